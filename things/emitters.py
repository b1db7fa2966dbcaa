"""Events of a Thing's own: declared on the class, emitted by the driver.

overheated = event(float, title="Overheated", unit="°C")
...
self.overheated.emit(81.5)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from pydantic import TypeAdapter, ValidationError

from things.affordance import Affordance
from things.errors import ValueRefusedError
from things.events import EventEmitted
from things.schemas import adapter_for, as_json, data_schema, refusal

if TYPE_CHECKING:
    from things.thing import Thing

D = TypeVar("D")


class Emitter(Generic[D]):
    """Emits one event of one Thing."""

    def __init__(self, thing: Thing, descriptor: EventDescriptor[D]) -> None:
        self._thing = thing
        self._descriptor = descriptor

    def emit(self, data: D) -> None:
        """Tell all who listen; from any thread.

        Args:
            data: What the event carries.

        Raises:
            ValueRefusedError: The data is not of the declared type.
        """
        core = self._thing._core
        core.sink(
            EventEmitted(
                thing=core.name,
                name=self._descriptor.name,
                data=self._descriptor.to_json(data),
            )
        )


class EventDescriptor(Affordance, Generic[D]):
    """An event on a Thing class; on a Thing it is its `Emitter`."""

    kind = "event"

    def __init__(
        self, data: type[D], *, title: str | None, description: str | None, group: str, unit: str
    ) -> None:
        super().__init__(title=title, description=description, group=group)
        self.unit = unit
        self.adapter: TypeAdapter[D] = adapter_for(data, "event")

    def to_json(self, data: D) -> Any:
        """The data as JSON carries it.

        Raises:
            ValueRefusedError: It is not of the declared type.
        """
        try:
            return as_json(self.adapter, self.adapter.validate_python(data))
        except ValidationError as error:
            reason, details = refusal(error)
            raise ValueRefusedError(self.name, reason, details) from error

    def schema(self) -> dict[str, Any]:
        """The data schema of what it carries."""
        schema = data_schema(self.adapter, self.where, "serialization")
        return {**schema, "unit": self.unit} if self.unit else schema

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, obj: Thing, owner: type[Any]) -> Emitter[D]: ...
    def __get__(self, obj: Thing | None, owner: type[Any]) -> Self | Emitter[D]:
        return self if obj is None else Emitter(obj, self)


def event(
    data: type[D],
    *,
    title: str | None = None,
    description: str | None = None,
    group: str = "",
    unit: str = "",
) -> EventDescriptor[D]:
    """Declare an event.

    Args:
        data: The type of what it carries.
        title: A label.
        description: What it means; else the docstring beneath.
        group: The heading it stands under.
        unit: Of the data, where it is a number.
    """
    return EventDescriptor(data, title=title, description=description, group=group, unit=unit)
