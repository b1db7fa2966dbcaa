"""What all properties share: a type, limits, checks, JSON and a schema."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, cast

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from things.affordance import Affordance
from things.errors import DefinitionError, ReadOnlyError, ValueRefusedError
from things.schemas import adapter_for, as_json, data_schema, finite, name_of, refusal

if TYPE_CHECKING:
    from things.thing import Thing

V = TypeVar("V")


_NUMBERS = ("number", "integer")

CONSTRAINTS: dict[str, tuple[tuple[str, str], ...]] = {
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
        self._unlimited: TypeAdapter[V] | None = None

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

    @functools.cached_property
    def _type_schema(self) -> dict[str, Any]:
        """Made once a class: a bench may have a hundred Things of it."""
        return data_schema(self.adapter, self.where, "validation")

    def schema(self) -> dict[str, Any]:
        """Its data schema, with constraints, unit and default but without forms."""
        schema = {**self._type_schema, "title": self.title}
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

    def from_json(self, value: Any) -> V:
        """A reading in JSON as Python again; the limits of `property()` do not count.

        Raises:
            ValueRefusedError: It is not of this type.
        """
        if self._unlimited is None:
            self.resolve_now()
        try:
            return cast("TypeAdapter[V]", self._unlimited).validate_python(value)
        except ValidationError as error:
            reason, details = refusal(error)
            raise ValueRefusedError(self.name, reason, details) from error

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
        self._unlimited = adapter
        if self._constraints:
            self._refuse_idle_constraints(adapter, annotation)
            self._unlimited = adapter_for(annotation, self.where)
        self._adapter = adapter

    def _refuse_idle_constraints(self, adapter: TypeAdapter[V], annotation: Any) -> None:
        """A limit that its type does not know would never refuse anything, or fail when set."""
        known = set(_limits_in(data_schema(adapter, self.where, "validation")))
        for name in self._constraints:
            if known.isdisjoint(CONSTRAINTS[name]):
                raise DefinitionError(
                    f"{self.where}: {name!r} means nothing for {name_of(annotation)}"
                )


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
