"""Functional properties: values that are read from a device, and written to it."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from things.affordance import Unfinished
from things.errors import DefinitionError, ReadOnlyError
from things.property_descriptor import PropertyDescriptor
from things.schemas import prose
from things.scope import Scope

if TYPE_CHECKING:
    from things.thing import Thing

V = TypeVar("V")


class FunctionalProperty(PropertyDescriptor[V]):
    """A value with a getter, and a setter where it can be written."""

    needs_device = True

    def __init__(self, getter: Callable[[Any], V], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._getter = getter
        self._setter: Callable[[Any, V], None] | None = None
        self._resetter: Callable[[Any], None] | None = None
        self.__doc__ = getter.__doc__

    def setter(self, func: Callable[[Any, V], None]) -> Callable[[Any, V], None]:
        """Decorator: `func` sets the value.

        Returns:
            The function itself, or this property where it has the property's own name.

        Raises:
            DefinitionError: The property is that of another class, which would be changed too.
        """
        self._refuse_when_made("setter")
        self._setter = func
        if func.__name__ == self._getter.__name__:
            return cast("Callable[[Any, V], None]", self)
        return func

    def resetter(self, func: Callable[[Any], None]) -> Callable[[Any], None]:
        """Decorator: `func` brings the value back to its default.

        Raises:
            DefinitionError: The property is that of another class, which would be changed too.
        """
        self._refuse_when_made("resetter")
        self._resetter = func
        if func.__name__ == self._getter.__name__:
            return cast("Callable[[Any], None]", self)
        return func

    def _refuse_when_made(self, what: str) -> None:
        if self.owner is not None:
            raise DefinitionError(
                f"{self.where} belongs to {self.owner.__name__}; to give it another {what}, "
                "declare the property anew"
            )

    @builtins.property
    def observable(self) -> bool:
        """Whether somebody looks at it regularly, so that changes are noticed."""
        return self.poll_s is not None

    @builtins.property
    def read_only(self) -> bool:
        """It is where there is no setter."""
        return self._read_only or self._setter is None

    @builtins.property
    def resettable(self) -> bool:
        """It is where there is a resetter."""
        return self._resetter is not None and not self.read_only

    @builtins.property
    def source(self) -> Callable[..., Any]:
        """The getter; what it returns is the type."""
        return self._getter

    def resolve(self, scope: Scope) -> None:
        """Take the type from the getter's return annotation."""
        returned = scope.hints(self._getter).get("return")
        if returned is None:
            raise DefinitionError(f"{self.where}: its getter does not say what it returns")
        self._adopt(returned)

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, obj: Thing, owner: type[Any]) -> V: ...
    def __get__(self, obj: Thing | None, owner: type[Any]) -> Self | V:
        if obj is None:
            return self
        return self.read(obj)

    def __set__(self, obj: Thing, value: V) -> None:
        """Set from the driver's own code, checked too; read-only properties may be set there."""
        self._set(obj, value)

    def read(self, thing: Thing) -> V:
        """Ask the getter, in the Thing's own thread where it has one."""
        core = thing._core
        return core.run(lambda: core.line.read(self.name, lambda: self._getter(thing)))

    def write(self, thing: Thing, value: Any) -> None:
        """Check, then call the setter, in the Thing's own thread where it has one."""
        if self.read_only:
            raise ReadOnlyError(self.name)
        self._set(thing, value)

    def restore(self, thing: Thing, value: Any) -> None:
        """Set to the value that was kept."""
        self._set(thing, value, keep=False)

    def reset(self, thing: Thing) -> None:
        """Call the resetter."""
        resetter = self._resetter
        if resetter is None or self.read_only:
            raise ReadOnlyError(self.name)
        core = thing._core
        core.run(lambda: core.line.call(self.name, lambda: resetter(thing)))

    def _set(self, thing: Thing, value: Any, *, keep: bool = True) -> None:
        setter = self._setter
        if setter is None:
            raise ReadOnlyError(self.name)
        checked = self.validated(value)
        core = thing._core
        core.run(lambda: core.line.write(self.name, checked, lambda value: setter(thing, value)))
        if keep and self.persistent:
            core.keep(self.name, self.to_json(checked))

    def _documented(self) -> str:
        return prose(self._getter.__doc__)


class FunctionalDecorator(Unfinished):
    """`@property(unit=...)`: holds the options until the getter comes."""

    needs = "a default (default=...) or a getter (as a decorator)"

    def __init__(self, **options: Any) -> None:
        self._options = options

    def __call__(self, getter: Callable[[Any], V]) -> FunctionalProperty[V]:
        """Make the property of its getter."""
        return FunctionalProperty(getter, **self._options)
