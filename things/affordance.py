"""What properties, actions, events, streams and slots have in common: a name on a class.

An affordance is a descriptor. It learns its name and its class when the class is made, and its
types as soon as they can be resolved.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import textwrap
import typing
from collections.abc import Callable, Mapping
from typing import Any

from things.schemas import humanise

_MAX_TITLE = 40


class Scope:
    """Where a Thing class was defined: what the names in its annotations mean.

    Args:
        cls: The class.
        local_names: Names known only where it was defined, such as in a test function.
    """

    def __init__(self, cls: type[Any], local_names: Mapping[str, Any]) -> None:
        self._cls = cls
        self._local_names = local_names

    def hints(self, func: Callable[..., Any] | None = None) -> dict[str, Any]:
        """The annotations of the class, or of one of its functions, constraints kept.

        Raises:
            NameError: A name is not known yet.
        """
        names = {self._cls.__name__: self._cls, **self._local_names}
        return typing.get_type_hints(func or self._cls, localns=names, include_extras=True)


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
        return self._scope or Scope(self.owner, {})

    def learn(self, scope: Scope) -> None:
        """Resolve the types now, or remember where to look once all names are known.

        Raises:
            DefinitionError: The types cannot be used.
        """
        self._scope = scope
        with contextlib.suppress(NameError):
            self.resolve(scope)

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
        for before, after in zip(body, body[1:], strict=False):
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
