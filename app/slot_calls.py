"""Carries calls from one Thing to another: as child invocations, under the same rules."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Hashable, Mapping
from typing import Any, cast

from app.actions.invocation import Invocation
from app.actions.manager import ActionManager
from app.handles import Origin, OriginKind
from app.leaving import is_left
from app.property_desk import PropertyDesk
from things.actions import ActionDescriptor
from things.context import current_invocation
from things.properties import PropertyDescriptor
from things.thing import Thing


class SlotCaller:
    """What a Thing's slots call through.

    Args:
        near: Name of the Thing that calls.
        actions: Runs the child invocations.
        desk: Reads and writes properties.
    """

    def __init__(self, near: str, actions: ActionManager, desk: PropertyDesk) -> None:
        self._near = near
        self._actions = actions
        self._desk = desk

    def call(
        self, thing: Thing, action: ActionDescriptor[..., Any], input: Mapping[str, Any]
    ) -> Any:
        """Run an action of another Thing in this thread, as a child of what runs here."""
        checked = action.validated_input(input)
        return self._actions.call_child(
            action, thing, checked, self._running(), self._origin(), leaving=is_left()
        )

    def read(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Any:
        """Read a property of another Thing, as Python."""
        if not prop.needs_device:
            return prop.read(thing)
        running = self._running()
        if running is None:
            return prop.from_json(self._desk.read(thing, prop).value)
        check = running.cancel_event.raise_if_set
        reading = self._desk.read_for(thing, prop, running.root, str(self._origin()), check)
        return prop.from_json(reading.value)

    def write(self, thing: Thing, prop: PropertyDescriptor[Any], value: Any) -> None:
        """Write a property of another Thing, under its lock."""
        running = self._running()
        owner: Hashable = running.root if running is not None else uuid.uuid4()
        stops, new = self._actions.stops, running is None and not is_left()
        since = stops.count

        def wanted() -> None:
            if running is not None and stops.count != since:
                running.cancel_event.raise_if_set()
            stops.refuse(since, new=new)

        self._desk.write(thing, prop, value, owner, str(self._origin()), wanted)

    def _running(self) -> Invocation | None:
        return cast("Invocation | None", current_invocation())

    def _origin(self) -> Origin:
        return Origin(OriginKind.SCRIPT, f"{self._near} ({threading.current_thread().name})")
