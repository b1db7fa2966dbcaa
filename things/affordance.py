"""What properties, actions, events, streams and slots have in common: a name on a class.

An affordance is a descriptor. It learns its name and its class when the class is made, and its
types as soon as they can be resolved.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import itertools
import textwrap
from collections.abc import Callable
from typing import Any

from things.errors import DefinitionError
from things.schemas import humanise
from things.scope import Scope

_MAX_TITLE = 40


class Unfinished:
    """An affordance that still waits for its function, such as `property(unit="mm")`.

    Attributes:
        needs: What is missing, in words.
    """

    needs = "a function"


class Affordance:
    """Something of a Thing that can be used from outside, or a slot.

    Attributes:
        name: Its name on the class and on the wire.
        title: A label of a few words.
        description: What it is, in sentences.
        group: The heading it stands under in a panel; '' for the first one.
    """

    kind = "affordance"

    def __init__(self, *, title: str | None, description: str | None, group: str) -> None:
        self.name = ""
        self.owner: type[Any] | None = None
        self._scope: Scope | None = None
        self.group = group
        self._title = title
        self._description = description

    def __set_name__(self, owner: type[Any], name: str) -> None:
        if not self.name:
            self.name = name
            self.owner = owner

    @property
    def title(self) -> str:
        """The given title, or one made of the name."""
        return self._title or humanise(self.name)

    @property
    def description(self) -> str:
        """The given description, or the docstring."""
        return self._description if self._description is not None else self._documented()

    @property
    def where(self) -> str:
        """Which one it is, for messages: 'Camera.exposure'."""
        return f"{self.owner.__name__ if self.owner else '?'}.{self.name}"

    @property
    def scope(self) -> Scope:
        """Where it was defined, by the class that declares it."""
        assert self.owner is not None, "an affordance belongs on a class"
        return self._scope or Scope(self.owner)

    @property
    def source(self) -> Callable[..., Any] | None:
        """The function whose annotations give the types; None where the class's own do."""
        return None

    def learn(self, scope: Scope) -> None:
        """Resolve the types now, or remember where to look once all names are known.

        Raises:
            DefinitionError: The types cannot be used.
        """
        self._scope = scope
        with contextlib.suppress(NameError):
            self.resolve(scope)

    def resolve_now(self) -> None:
        """Resolve the types when they are needed at last.

        Raises:
            DefinitionError: The types cannot be used, or a name in them means nothing.
        """
        try:
            self.resolve(self.scope)
        except NameError as error:
            raise DefinitionError(f"{self.where}: its type cannot be found: {error}") from error

    def resolve(self, scope: Scope) -> None:
        """Take the types from the annotations.

        Raises:
            DefinitionError: The types cannot be used.
            NameError: A name is not known yet.
        """

    def _documented(self) -> str:
        return attribute_docstrings(self.owner).get(self.name, "") if self.owner else ""


def short_title(docstring: str, name: str) -> str:
    """The first line of a docstring where it is short enough for a label, else from the name."""
    first = docstring.strip().partition("\n")[0].strip().rstrip(".")
    return first if 0 < len(first) <= _MAX_TITLE else humanise(name)


def attribute_docstrings(cls: type[Any]) -> dict[str, str]:
    """The strings that stand under attributes in the source of a class (PEP 257)."""
    cached: dict[str, str] | None = cls.__dict__.get("_attribute_docstrings")
    if cached is not None:
        return cached
    found: dict[str, str] = {}
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError, IndentationError):
        tree = ast.Module(body=[], type_ignores=[])
    if tree.body and isinstance(tree.body[0], ast.ClassDef):
        body = tree.body[0].body
        for before, after in itertools.pairwise(body):
            if not isinstance(after, ast.Expr) or not isinstance(after.value, ast.Constant):
                continue
            target: ast.expr | None = None
            if isinstance(before, ast.AnnAssign):
                target = before.target
            elif isinstance(before, ast.Assign) and len(before.targets) == 1:
                target = before.targets[0]
            if isinstance(target, ast.Name) and isinstance(after.value.value, str):
                found[target.id] = inspect.cleandoc(after.value.value)
    cls._attribute_docstrings = found
    return found
