"""Properties and settings: typed, bounded, observable values of a Thing.

Two forms. Data, kept by the Thing itself:

    exposure: float = property(default=10.0, gt=0, le=1000, unit="ms")

Functional, read from and written to a device:

    @property(unit="dB", poll_s=1.0)
    def gain(self) -> float:
        return self._device.gain()

    @gain.setter
    def _set_gain(self, value: float) -> None:
        self._device.set_gain(value)

A setter may have the property's own name too; type checkers know that only from the built-in
`property`, so a name of its own keeps them quiet and the types whole.

A `setting` is a property that is kept on disk.

Values are changed by setting them: a list or a model that is changed in place tells nobody.
"""

from __future__ import annotations

import builtins
import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
    cast,
    overload,
)

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from things.affordance import Affordance, Unfinished
from things.errors import DefinitionError, ReadOnlyError, ValueRefusedError
from things.schemas import adapter_for, as_json, data_schema, finite, name_of, refusal
from things.scope import Scope

if TYPE_CHECKING:
    from things.thing import Thing

V = TypeVar("V")


class PropertyOptions(TypedDict, total=False):
    """What can be said of every property."""

    title: str | None
    description: str | None
    group: str
    unit: str
    read_only: bool
    requires: str
    snapshot: bool
    axis: str
    gt: float | None
    ge: float | None
    lt: float | None
    le: float | None
    multiple_of: float | None
    min_length: int | None
    max_length: int | None
    pattern: str | None


class FunctionalOptions(PropertyOptions, total=False):
    """What can be said of a property with a getter."""

    poll_s: float | None


_NUMBERS = ("number", "integer")

_CONSTRAINTS: dict[str, tuple[tuple[str, str], ...]] = {
    "gt": tuple((kind, "exclusiveMinimum") for kind in _NUMBERS),
    "ge": tuple((kind, "minimum") for kind in _NUMBERS),
    "lt": tuple((kind, "exclusiveMaximum") for kind in _NUMBERS),
    "le": tuple((kind, "maximum") for kind in _NUMBERS),
    "multiple_of": tuple((kind, "multipleOf") for kind in _NUMBERS),
    "min_length": (("string", "minLength"), ("array", "minItems"), ("object", "minProperties")),
    "max_length": (("string", "maxLength"), ("array", "maxItems"), ("object", "maxProperties")),
    "pattern": (("string", "pattern"),),
}
"""What limits a value: the types it can limit, and what it is called in their schemas."""


class PropertyDescriptor(Affordance, Generic[V]):
    """What both forms share: schema, constraints, checks and JSON.

    Attributes:
        unit: Short text to show behind the number, such as 'ms'.
        poll_s: How often it is read to notice changes, in seconds; None for never.
        requires: A condition for writing it, in words of the bench.
        persistent: Whether it is kept on disk.
        needs_device: Whether reading or writing it may touch hardware.
        axis: Name of another array property that gives this one's x axis.
    """

    kind = "property"
    needs_device = False

    def __init__(
        self,
        *,
        title: str | None,
        description: str | None,
        group: str,
        unit: str,
        read_only: bool,
        persistent: bool,
        poll_s: float | None,
        requires: str,
        snapshot: bool,
        axis: str,
        constraints: Mapping[str, Any],
    ) -> None:
        super().__init__(title=title, description=description, group=group)
        self.unit = unit
        self.persistent = persistent
        self.poll_s = poll_s
        self.requires = requires
        self.snapshot = snapshot
        self.axis = axis
        self._read_only = read_only
        self._constraints = {key: value for key, value in constraints.items() if value is not None}
        self._adapter: TypeAdapter[V] | None = None

    @builtins.property
    def read_only(self) -> bool:
        """Whether it can only be read from outside."""
        return self._read_only

    @builtins.property
    def observable(self) -> bool:
        """Whether changes are published as they happen."""
        return True

    @builtins.property
    def adapter(self) -> TypeAdapter[V]:
        """The value's pydantic adapter, with the constraints.

        Raises:
            DefinitionError: The type is missing or cannot be described.
        """
        if self._adapter is None:
            self.resolve_now()
        return cast("TypeAdapter[V]", self._adapter)

    def schema(self) -> dict[str, Any]:
        """Its data schema, with constraints, unit and default but without forms."""
        schema = data_schema(self.adapter, self.where, "validation")
        schema["title"] = self.title
        if self.description:
            schema["description"] = self.description
        if self.unit:
            schema["unit"] = self.unit
        return schema

    def validated(self, value: Any) -> V:
        """The value as the driver gets it.

        Args:
            value: From JSON or from Python.

        Raises:
            ValueRefusedError: It does not fit.
        """
        try:
            return finite(self.adapter.validate_python(value))
        except ValidationError as error:
            reason, details = refusal(error)
            raise ValueRefusedError(self.name, reason, details) from error

    def to_json(self, value: V) -> Any:
        """The value as JSON carries it. Limits do not count: a reading may lie beyond them.

        Raises:
            ValueRefusedError: The getter gave something its type or JSON cannot say.
        """
        try:
            return as_json(self.adapter, value)
        except ValidationError as error:
            raise ValueRefusedError(
                self.name, "the driver gave a number that is not finite", refusal(error)[1]
            ) from error
        except PydanticSerializationError as error:
            raise ValueRefusedError(
                self.name, f"the driver gave {_short(value)}, which does not fit its type"
            ) from error

    def read(self, thing: Thing) -> V:
        """The value now, from the device where it is functional. May be slow."""
        raise NotImplementedError

    def write(self, thing: Thing, value: Any) -> None:
        """Check and set.

        Raises:
            ReadOnlyError: It can only be read.
            ValueRefusedError: It does not fit; the device was not touched.
        """
        raise NotImplementedError

    def reset(self, thing: Thing) -> None:
        """Back to the default.

        Raises:
            ReadOnlyError: There is nothing to go back to.
        """
        raise ReadOnlyError(self.name)

    def restore(self, thing: Thing, value: Any) -> None:
        """Set to the value that was kept on disk, even where others may only read it.

        Raises:
            ValueRefusedError: It does not fit any more.
        """
        raise NotImplementedError

    @builtins.property
    def resettable(self) -> bool:
        """Whether `reset` works."""
        return False

    def _adopt(self, annotation: Any) -> None:
        if annotation is None:
            raise DefinitionError(f"{self.where} has no type: write '{self.name}: float = ...'")
        limited = annotation
        if self._constraints:
            limited = Annotated[annotation, Field(**self._constraints)]
        adapter = adapter_for(limited, self.where)
        if self._constraints:
            self._refuse_idle_constraints(adapter, annotation)
        self._adapter = adapter

    def _refuse_idle_constraints(self, adapter: TypeAdapter[V], annotation: Any) -> None:
        """A limit that its type does not know would never refuse anything, or fail when set."""
        known = set(_limits_in(data_schema(adapter, self.where, "validation")))
        for name in self._constraints:
            if known.isdisjoint(_CONSTRAINTS[name]):
                raise DefinitionError(
                    f"{self.where}: {name!r} means nothing for {name_of(annotation)}"
                )


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
        self._store(thing, self.validated(value))

    def reset(self, thing: Thing) -> None:
        """Back to the default."""
        if not self.resettable:
            raise ReadOnlyError(self.name)
        self._store(thing, self.default())

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
        return thing._core.run(lambda: self._getter(thing))

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
        thing._core.run(lambda: resetter(thing))

    def _set(self, thing: Thing, value: Any, *, keep: bool = True) -> None:
        setter = self._setter
        if setter is None:
            raise ReadOnlyError(self.name)
        checked = self.validated(value)
        thing._core.run(lambda: setter(thing, checked))
        if keep and self.persistent:
            thing._core.keep(self.name, self.to_json(checked))

    def _documented(self) -> str:
        return inspect.cleandoc(self._getter.__doc__ or "")


class FunctionalDecorator(Unfinished):
    """`@property(unit=...)`: holds the options until the getter comes."""

    needs = "a default (default=...) or a getter (as a decorator)"

    def __init__(self, **options: Any) -> None:
        self._options = options

    def __call__(self, getter: Callable[[Any], V]) -> FunctionalProperty[V]:
        """Make the property of its getter."""
        return FunctionalProperty(getter, **self._options)


def _limits_in(schema: Any) -> Iterator[tuple[str, str]]:
    """All types and keys of a schema, however deep."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            yield str(schema.get("type")), key
            yield from _limits_in(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _limits_in(item)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


_MAX_SHOWN = 80


def _collect(persistent: bool, options: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: options[key] for key in _OPTION_DEFAULTS if key in options}
    constraints = {key: options[key] for key in _CONSTRAINTS if key in options}
    unknown = set(options) - set(known) - set(constraints)
    if unknown:
        raise DefinitionError(
            f"property() knows no {', '.join(sorted(unknown))}; "
            f"it knows default, default_factory, {', '.join((*_OPTION_DEFAULTS, *_CONSTRAINTS))}"
        )
    return {
        **_OPTION_DEFAULTS,
        **known,
        "constraints": constraints,
        "persistent": persistent,
    }


_OPTION_DEFAULTS: dict[str, Any] = {
    "title": None,
    "description": None,
    "group": "",
    "unit": "",
    "read_only": False,
    "poll_s": None,
    "requires": "",
    "snapshot": False,
    "axis": "",
}

_UNSET: Any = object()


def _make(persistent: bool, getter: Any, options: dict[str, Any]) -> Any:
    default = options.pop("default", _UNSET)
    factory = options.pop("default_factory", None)
    collected = _collect(persistent, options)
    if default is not _UNSET and factory is not None:
        raise DefinitionError("property() takes default or default_factory, not both")
    if getter is not None:
        return FunctionalProperty(getter, **collected)
    if default is _UNSET and factory is None:
        return FunctionalDecorator(**collected)
    if collected["poll_s"] is not None:
        raise DefinitionError("poll_s is for properties with a getter; this one has a default")
    if factory is not None:
        return DataProperty(factory, **collected)
    # Copied each time: two Things must not share one list.
    return DataProperty(lambda: copy.deepcopy(default), **collected)


@overload
def property(getter: Callable[[Any], V], /) -> FunctionalProperty[V]: ...
@overload
def property(*, default: V, **options: Unpack[PropertyOptions]) -> V: ...
@overload
def property(*, default_factory: Callable[[], V], **options: Unpack[PropertyOptions]) -> V: ...
@overload
def property(**options: Unpack[FunctionalOptions]) -> FunctionalDecorator: ...
def property(getter: Any = None, /, **options: Any) -> Any:
    """Declare a property of a Thing, with a default (data) or over a getter (functional).

    Args:
        getter: The function that reads it, when used as a bare decorator.
        **options: `default` or `default_factory` make a data property. For both forms: `title`,
            `description` (else the docstring), `group` (heading in a panel), `unit` (shown),
            `read_only`, `requires` (a condition for writing), `snapshot` (read afresh for the
            record of a run), `axis` (the array property that is this one's x axis), and the
            limits `gt`, `ge`, `lt`, `le`, `multiple_of`, `min_length`, `max_length`, `pattern`.
            For functional ones: `poll_s`, how often it is read to notice changes (seconds).

    Raises:
        DefinitionError: An option is not known.
    """
    return _make(False, getter, options)


@overload
def setting(getter: Callable[[Any], V], /) -> FunctionalProperty[V]: ...
@overload
def setting(*, default: V, **options: Unpack[PropertyOptions]) -> V: ...
@overload
def setting(*, default_factory: Callable[[], V], **options: Unpack[PropertyOptions]) -> V: ...
@overload
def setting(**options: Unpack[FunctionalOptions]) -> FunctionalDecorator: ...
def setting(getter: Any = None, /, **options: Any) -> Any:
    """Declare a property whose value is kept on disk and set again at the next start.

    Takes what `property` takes. All settings of a Thing are in one file, written as a whole.
    """
    return _make(True, getter, options)
