"""Where a Thing class was defined: what the names in its annotations mean.

With `from __future__ import annotations` every annotation is text. It is looked up where Python
itself would have: in the class, in the function around it, in the module.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from types import FrameType
from typing import Any

_NAME = re.compile(r"[^\W\d]\w*")

_NEVER_TYPES = (types.FunctionType, classmethod, staticmethod, property)
"""What may stand in a class under the name of a type (`def list(self)`) and is none.

Neither are affordances; they have a `__set_name__`."""


class Scope:
    """The names that the annotations of one class may use.

    Args:
        cls: The class.
        local_names: Names known only where it was defined, such as in a test function.
        global_names: Names of its module; found by the module's name when not given.
    """

    def __init__(
        self,
        cls: type[Any],
        local_names: Mapping[str, Any] | None = None,
        global_names: dict[str, Any] | None = None,
    ) -> None:
        self._cls = cls
        self._local_names = local_names or {}
        self._global_names = global_names

    def annotation(self, name: str) -> Any:
        """The type of one attribute, constraints kept; None where the class does not say.

        Only this one is looked up: the others may name what is imported for type checkers only.

        Raises:
            NameError: A name is not known yet.
        """
        annotations = inspect.get_annotations(self._cls)
        if name not in annotations:
            return None
        return self._evaluated({name: annotations[name]}, self._module_names())[name]

    def hints(self, func: Callable[..., Any]) -> dict[str, Any]:
        """The annotations of a function of the class, constraints kept.

        Raises:
            NameError: A name is not known yet.
        """
        inner = inspect.unwrap(func)
        global_names = getattr(inner, "__globals__", None)
        return self._evaluated(
            inspect.get_annotations(inner),
            self._module_names() if global_names is None else global_names,
        )

    def _module_names(self) -> dict[str, Any]:
        if self._global_names is not None:
            return self._global_names
        module = sys.modules.get(self._cls.__module__)
        return {} if module is None else vars(module)

    def _evaluated(
        self, annotations: Mapping[str, Any], global_names: dict[str, Any]
    ) -> dict[str, Any]:
        inner = {
            name: value
            for name, value in vars(self._cls).items()
            if not isinstance(value, _NEVER_TYPES) and not hasattr(type(value), "__set_name__")
        }
        holder = types.SimpleNamespace(__annotations__=dict(annotations))
        return typing.get_type_hints(
            holder,
            globalns=global_names,
            localns={**self._local_names, **inner, self._cls.__name__: self._cls},
            include_extras=True,
        )


def scope_of(cls: type[Any], functions: Iterable[Callable[..., Any]], frame: FrameType) -> Scope:
    """The scope of a class that is being made.

    Of the local names around it only those are kept that its annotations use: to keep them all
    would keep alive whatever the function around it works with.

    Args:
        cls: The class.
        functions: Those of its functions whose annotations count.
        frame: Where to begin to look, outwards, for the place where it is defined.
    """
    around, is_local, _ = cls.__qualname__.rpartition(".<locals>.")
    place: FrameType | None = frame
    # A metaclass or an overridden __init_subclass__ may stand between.
    while place is not None and not (
        place.f_globals.get("__name__", "builtins") == cls.__module__
        and (not is_local or place.f_code.co_qualname == around)
    ):
        place = place.f_back
    if place is None:
        return Scope(cls)
    if not is_local:
        return Scope(cls, global_names=place.f_globals)
    annotations = [*inspect.get_annotations(cls).values()]
    for func in functions:
        annotations += inspect.get_annotations(inspect.unwrap(func)).values()
    wanted = {
        name
        for annotation in annotations
        for name in _NAME.findall(annotation if isinstance(annotation, str) else repr(annotation))
    }
    known = place.f_locals
    return Scope(cls, {name: known[name] for name in wanted & known.keys()}, place.f_globals)
