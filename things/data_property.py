"""Data properties: values that the Thing keeps itself."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from things.errors import DefinitionError, ReadOnlyError, ValueRefusedError
from things.property_descriptor import PropertyDescriptor
from things.scope import Scope

if TYPE_CHECKING:
    from things.thing import Thing

V = TypeVar("V")


class DataProperty(PropertyDescriptor[V]):
    """A value the Thing keeps itself. Every change is published."""

    def __init__(self, default_factory: Callable[[], V], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._default_factory = default_factory

    def resolve(self, scope: Scope) -> None:
        """Take the type from the annotation and try the default against it."""
        self._adopt(scope.annotation(self.name))
        try:
            self.to_json(self.default())
        except ValueRefusedError as error:
            raise DefinitionError(
                f"{self.where}: its own default is refused: {error.reason}"
            ) from error

    def default(self) -> V:
        """A fresh default."""
        return self.validated(self._default_factory())

    def schema(self) -> dict[str, Any]:
        """Its data schema, with the default."""
        schema = super().schema()
        if not self.read_only:
            schema["default"] = self.to_json(self.default())
        return schema

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, obj: Thing, owner: type[Any]) -> V: ...
    def __get__(self, obj: Thing | None, owner: type[Any]) -> Self | V:
        if obj is None:
            return self
        return self.read(obj)

    def __set__(self, obj: Thing, value: V) -> None:
        """Set from the driver's own code; read-only properties may be set there."""
        self._store(obj, self.validated(value))

    def read(self, thing: Thing) -> V:
        """The value kept."""
        values = thing._core.values
        try:
            return cast(V, values[self.name])
        except KeyError:
            return cast(V, values.setdefault(self.name, self.default()))

    def write(self, thing: Thing, value: Any) -> None:
        """Set from outside."""
        if self.read_only:
            raise ReadOnlyError(self.name)
        checked = self.validated(value)
        thing._core.line.write(self.name, checked, lambda value: self._store(thing, value))

    def reset(self, thing: Thing) -> None:
        """Back to the default."""
        if not self.resettable:
            raise ReadOnlyError(self.name)
        thing._core.line.call(self.name, lambda: self._store(thing, self.default()))

    def restore(self, thing: Thing, value: Any) -> None:
        """Set to the value that was kept."""
        self._store(thing, self.validated(value), keep=False)

    @builtins.property
    def resettable(self) -> bool:
        """Every one that can be written has a default to go back to."""
        return not self.read_only

    def _store(self, thing: Thing, value: V, *, keep: bool = True) -> None:
        keep = keep and self.persistent
        json_value = self.to_json(value)
        with thing._core.keeping_order(persistent=keep):
            # One lock around both, so that observers see the values in the order they were set.
            with thing._core.publishing:
                thing._core.values[self.name] = value
                thing._core.note(self.name, json_value)
            if keep:
                thing._core.keep(self.name, json_value)
