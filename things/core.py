"""The inside of a Thing: what it keeps, publishes and runs in.

Drivers need none of this; the engine that runs Things does.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from things.affordance import Affordance
from things.device_line import DIRECT, DeviceLine
from things.errors import SettingNotKeptError
from things.events import EventSink, PropertyChanged, Reading, discard, now
from things.locks import LockRegistry, ThingLock, acting_for, current_owner
from things.own_thread import OwnThread
from things.settings_file import SettingsFile

if TYPE_CHECKING:
    from things.actions import ActionDescriptor
    from things.properties import PropertyDescriptor
    from things.thing import Thing

R = TypeVar("R")


class Caller(Protocol):
    """Who carries calls from one Thing to another through a slot."""

    def call(
        self, thing: Thing, action: ActionDescriptor[..., Any], input: Mapping[str, Any]
    ) -> Any:
        """Run an action of another Thing as a child of the running invocation."""

    def read(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Any:
        """Read a property of another Thing."""

    def write(self, thing: Thing, prop: PropertyDescriptor[Any], value: Any) -> None:
        """Write a property of another Thing."""


class DirectCaller:
    """Carries calls when there is no bench: straight to the other Thing."""

    def call(
        self, thing: Thing, action: ActionDescriptor[..., Any], input: Mapping[str, Any]
    ) -> Any:
        """Check the input, then run it in the caller's own thread."""
        return action.call(thing, action_kwargs(action, input))

    def read(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Any:
        """Read it."""
        return prop.read(thing)

    def write(self, thing: Thing, prop: PropertyDescriptor[Any], value: Any) -> None:
        """Check and write it."""
        prop.write(thing, value)


def action_kwargs(action: ActionDescriptor[..., Any], input: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of an action's function from its input, checked.

    Raises:
        InputRefusedError: The input does not fit.
    """
    model = action.validated_input(input)
    return {**dict(model), **(model.__pydantic_extra__ or {})}


class ThingCore:
    """What every Thing has, whatever its class.

    Attributes:
        name: What the bench calls it.
        values: The values of data properties.
        readings: The last known value of each property, in JSON form.
        slots: Who fills each slot.
        sink: Where events go.
        caller: Who carries calls through slots.
        line: Through which the device is reached.
        publishing: Held while a value is kept and published, so that order is kept.
        io: The lock for the wire to the device.
        lock: The right to act on the Thing.
        turn: The right to use the Thing's own thread, where it has one. It stands in the same
            registry, so that who waits for a thread is in line, can be called off, and is seen
            where Things wait in a circle.
        settings: Where settings are kept, or None.
    """

    def __init__(
        self, name: str, affordances: Mapping[str, Affordance], *, own_thread: bool
    ) -> None:
        self.name = name
        self.title = ""
        self.affordances = affordances
        self.values: dict[str, Any] = {}
        self.readings: dict[str, Reading] = {}
        self.slots: dict[str, Thing | None] = {}
        self.instances: dict[str, Any] = {}
        self.sink: EventSink = discard
        self.caller: Caller = DirectCaller()
        self.line: DeviceLine = DIRECT
        self.publishing = threading.RLock()
        self.io = threading.RLock()
        registry = LockRegistry()
        self.lock = ThingLock(registry, name)
        self.turn = ThingLock(registry, name)
        self.settings: SettingsFile | None = None
        self.logger = logging.getLogger(f"labwright.things.{name}")
        self._keeping = threading.RLock()
        self._taken = False
        self._own_thread = OwnThread(f"thing-{name}") if own_thread else None

    def bind(
        self, name: str, title: str, sink: EventSink, registry: LockRegistry, caller: Caller
    ) -> None:
        """Give the Thing its place on a bench."""
        self.name = name
        self.title = title
        self.sink = sink
        self.caller = caller
        self.lock = ThingLock(registry, name)
        self.turn = ThingLock(registry, name)
        self.logger = logging.getLogger(f"labwright.things.{name}")

    def run(self, call: Callable[[], R]) -> R:
        """Run code of the Thing: here, or in its own thread where it has one, in its turn."""
        own = self._own_thread
        if own is None or own.inside:
            return call()
        with self.turn.held_by(current_owner(), "a call in its own thread"):
            return own.run(call)

    @contextmanager
    def in_turn(
        self,
        owner: Hashable,
        described: str,
        *,
        timeout_s: float | None = None,
        waiting: Callable[[str], None] = lambda holder: None,
        check: Callable[[], None] = lambda: None,
        long: bool = False,
    ) -> Iterator[None]:
        """Have the Thing's own thread for the body of the `with`; nothing where it has none.

        As `ThingLock.acquire`, for what can be called off while it waits, or must not wait long.

        Args:
            owner: Who takes it.
            described: The same in words.
            timeout_s: How long to wait; None for as long as it takes.
            waiting: Called with the holder's words when there is need to wait.
            check: Called when woken; may raise to stop waiting.
            long: Whether it may take long, so that nobody should wait only to read a value.

        Raises:
            BusyError: It was not free in time.
            DeadlockError: Who has it waits, in the end, for something `owner` holds.
        """
        own = self._own_thread
        if own is None or own.inside:
            yield
            return
        turn = self.turn.held_by(
            owner, described, timeout_s=timeout_s, waiting=waiting, check=check
        )
        with turn, acting_for(owner):
            taken, self._taken = self._taken, self._taken or long
            try:
                yield
            finally:
                self._taken = taken

    @property
    def has_own_thread(self) -> bool:
        """Whether all of the Thing runs in one thread of its own."""
        return self._own_thread is not None

    @property
    def occupied(self) -> bool:
        """Whether an action has the Thing's own thread, and this is another one."""
        return self._taken and self._own_thread is not None and not self._own_thread.inside

    @property
    def inside(self) -> bool:
        """Whether this very code runs in the Thing's own thread."""
        return self._own_thread is not None and self._own_thread.inside

    def close(self) -> None:
        """End the Thing's own thread, where it has one."""
        if self._own_thread is not None:
            self._own_thread.close()

    def note(self, name: str, value: Any, *, publish: bool = True) -> Reading:
        """Remember the value of a property and publish it, in order.

        Args:
            name: The property.
            value: In JSON form.
            publish: False where it was read again and is what it was.
        """
        with self.publishing:
            reading = Reading(value, now(), time.monotonic())
            self.readings[name] = reading
            if publish:
                self.sink(PropertyChanged(thing=self.name, name=name, value=value, at=reading.at))
        return reading

    def open_settings(self, thing: Thing, file: Path) -> None:
        """Read the settings kept in `file` and set those that need no device."""
        self.settings = SettingsFile(file, self.logger)
        self._restore(thing, needs_device=False)

    def restore_device_settings(self, thing: Thing) -> None:
        """Write the settings that have a setter to the device, once it is there."""
        self._restore(thing, needs_device=True)

    def keeping_order(self, *, persistent: bool) -> AbstractContextManager[object]:
        """Around the change of a value and its `keep`: what is kept last is what is true last.

        Values that are not kept do not wait here for the disk.
        """
        return self._keeping if persistent else nullcontext()

    def keep(self, name: str, value: Any) -> None:
        """Keep a setting on disk.

        Args:
            name: The setting.
            value: In JSON form.

        Raises:
            SettingNotKeptError: The disk refused; the value is in force all the same.
        """
        if self.settings is None:
            return
        try:
            self.settings.put(name, value)
        except OSError as error:
            reason = error.strerror or str(error)
            self.logger.error("%s is set but could not be kept on disk: %s", name, reason)
            raise SettingNotKeptError(name, reason) from error

    def _restore(self, thing: Thing, *, needs_device: bool) -> None:
        if self.settings is None:
            return
        for name, value in self.settings.kept.items():
            prop = self.affordances.get(name)
            if not getattr(prop, "persistent", False):
                if not needs_device:  # said once, by the first of the two passes
                    self.logger.warning("The settings keep %r, which is no setting any more.", name)
                continue
            setting = cast("PropertyDescriptor[Any]", prop)
            if setting.needs_device is not needs_device:
                continue
            try:
                setting.restore(thing, value)
            except Exception as error:  # a driver's; one bad value keeps the rest
                self.logger.warning("The kept value of %s was refused: %s", name, error)
