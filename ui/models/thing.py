"""One Thing as the window holds it, built from its description when it is first looked at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.actions.events import InterlockChanged, InvocationChanged, InvocationProgressed
from app.handles import InvocationSnapshot, InvocationStatus, Reading, ThingHandle
from things.events import (
    Event,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingState,
    ThingStateChanged,
)
from ui.models.action import ActionModel, Silence, never_silent
from ui.models.counts import values_in_words
from ui.models.field import FieldModel
from ui.models.numbers import PLAIN, NumberStyle
from ui.models.progress import asked_by
from ui.models.schema import DataSchema, Kind
from ui.states import State, state_of_thing


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together.

    Attributes:
        title: What stands above them; '' for the ones that stand first without a title.
        fields: In the order of the description.
    """

    title: str
    fields: tuple[FieldModel, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """A live stream of a Thing."""

    name: str
    title: str


class ThingModel(QObject):
    """A Thing: its groups of fields, its actions and its state, from its description alone.

    Attributes:
        silence: For how many seconds a run has given no sign of life, by its id; set before
            anything of the description is read.
    """

    changed = Signal()
    """The state of the Thing, what it runs or streams changed (not the value of a field)."""

    run_ended = Signal()
    """An action of it ended: what nobody tells of when it changes should be read again."""

    rebuilt = Signal()
    """The description changed; fields and actions are other objects from now on."""

    def __init__(
        self, handle: ThingHandle, style: NumberStyle = PLAIN, parent: QObject | None = None
    ) -> None:
        """Hold a Thing; nothing of its description is read before it is needed."""
        super().__init__(parent)
        self.handle = handle
        self._name = handle.name
        self._style = style
        self.silence: Silence = never_silent
        self._live: set[str] = set()
        self._alive: dict[object, InvocationSnapshot] = {}
        self._state = handle.state
        self._reason = handle.reason

    # What it is.

    @property
    def name(self) -> str:
        """The name of the Thing."""
        return self._name

    @property
    def title(self) -> str:
        """What the Thing is called."""
        return self.handle.title

    @property
    def state(self) -> ThingState:
        """What the Thing is doing."""
        return self._state

    @property
    def reason(self) -> str:
        """Why it failed or is away; '' otherwise."""
        return self._reason

    @cached_property
    def description(self) -> Mapping[str, Any]:
        """Its Thing Description; {} for one that never started."""
        return self.handle.describe()

    @cached_property
    def fields(self) -> dict[str, FieldModel]:
        """Its properties, in the order of the description."""
        found = {}
        for name, raw in _affordances(self.description, "properties"):
            field = FieldModel(
                name,
                DataSchema(raw, name),
                partial(self.handle.write, name),
                self.title,
                self._style,
                self,
            )
            reading = self.handle.last(name)
            if reading is not None:
                field.confirm(reading)
            if self._state is not ThingState.READY:
                field.go_away()
            field.set_interlock(self.handle.refusal(name))
            found[name] = field
        return found

    @cached_property
    def actions(self) -> dict[str, ActionModel]:
        """Its actions, in the order of the description."""
        found = {}
        for name, raw in _affordances(self.description, "actions"):
            found[name] = ActionModel(name, raw, self._style, self)
            found[name].set_interlock(self.handle.refusal(name))
            found[name].silence = self.silence
        return found

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        """Its live streams."""
        return tuple(
            Stream(name, DataSchema(raw, name).title)
            for name, raw in _affordances(self.description, "lw:streams")
        )

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Its fields by group; those without one come first."""
        titled: dict[str, list[FieldModel]] = {"": []}
        for field in self.fields.values():
            title = str(field.schema.raw.get("lw:group") or "")
            titled.setdefault(title, []).append(field)
        return tuple(Group(title, tuple(fields)) for title, fields in titled.items() if fields)

    @property
    def shown_state(self) -> State:
        """How it stands, in a word."""
        return state_of_thing(self._state, running=bool(self._running), live=bool(self._live))

    @property
    def detail(self) -> str:
        """What it runs and who asked, such as 'autofocus by anna'; '' where that says nothing."""
        if self.shown_state is not State.RUNNING:
            return ""
        top = min(self._running, key=lambda run: run.requested_at)
        title = f"{top.title[:1].lower()}{top.title[1:]}"
        who = asked_by(top.origin)
        return self.tr("{0} by {1}").format(title, who) if who else title

    @property
    def _running(self) -> list[InvocationSnapshot]:
        return [run for run in self._alive.values() if run.status is InvocationStatus.RUNNING]

    @property
    def current(self) -> ActionModel | None:
        """The action that runs, or None."""
        return next((each for each in self.actions.values() if each.progress is not None), None)

    def is_live(self, stream: str) -> bool:
        """Whether a stream delivers frames."""
        return stream in self._live

    def headline(self) -> FieldModel | None:
        """The field a row shows: the first number or vector, or else the first value."""
        numbers = (Kind.NUMBER, Kind.INTEGER, Kind.VECTOR)
        fields = list(self.fields.values())
        found = (field for field in fields if field.schema.kind in numbers)
        return next(found, fields[0] if fields else None)

    def summary(self, group: Group) -> str:
        """A folded group in a few words: its first measured number, and how many values."""
        count = len(group.fields)
        words = values_in_words(count)
        numbers = [
            field
            for field in group.fields
            if field.known and field.schema.kind in (Kind.NUMBER, Kind.INTEGER)
        ]
        # A measured value tells more than a set one, one that changes more than a constant.
        numbers.sort(
            key=lambda field: (not field.schema.read_only, not field.schema.raw.get("observable"))
        )
        if numbers:
            return f"{numbers[0].text(numbers[0].confirmed)}, {words}"
        return words

    def look_again(self) -> bool:
        """Whether there is a description now where there was none; forgets what was built."""
        if self.description or not self.handle.describe():
            return False
        self._forget()
        return True

    # What comes from the bench.

    def apply(self, event: Event) -> None:
        """Take an event; those of other Things are passed over."""
        if event.thing != self._name:
            return
        if isinstance(event, PropertyChanged):  # first: of these there may be thousands a second
            self._confirm(event)
            return
        match event:
            case PropertyFailed() if "fields" in self.__dict__ and event.name in self.fields:
                self.fields[event.name].go_stale(event.reason.removeprefix(f"{event.name}: "))
            case ThingStateChanged():
                self._come_or_go(event.state, event.reason)
            case InterlockChanged():
                self._take_interlock(event)
            case StreamChanged():
                (self._live.add if event.live else self._live.discard)(event.name)
                self.changed.emit()
            case InvocationChanged() | InvocationProgressed():
                self._follow(event.snapshot)

    def catch_up(self, snapshots: list[InvocationSnapshot]) -> None:
        """Take the invocations that began before anybody listened."""
        for snapshot in snapshots:
            if snapshot.thing == self.name and not snapshot.status.ended:
                self._follow(snapshot)

    async def read_unknown(self) -> None:
        """Read what is not known yet, and what nobody tells of when it changes.

        A property that cannot be read goes stale with the reason; the others are read all the
        same. All are asked for at once.
        """
        if self._state is not ThingState.READY:
            return
        wanted = [
            field
            for field in self.fields.values()
            if not field.schema.write_only
            and (not field.known or not field.schema.raw.get("observable"))
        ]
        await asyncio.gather(*(self.read(field) for field in wanted))

    async def read_all(self) -> None:
        """Read everything that can be read."""
        readable = [field for field in self.fields.values() if not field.schema.write_only]
        await asyncio.gather(*(self.read(field) for field in readable))

    async def read(self, field: FieldModel) -> None:
        """Read a property; one that cannot be read goes stale with the reason."""
        try:
            field.confirm(await self.handle.read(field.name))
        except Exception as error:  # whatever a getter raises belongs to its field
            said = str(error) or type(error).__name__
            field.go_stale(self.tr("could not be read: {0}").format(said))

    def _confirm(self, event: PropertyChanged) -> None:
        # Before anybody looks there are no fields; they will begin with the last reading.
        fields: dict[str, FieldModel] = self.__dict__.get("fields", {})
        field = fields.get(event.name)
        if field is not None:
            field.confirm(Reading(event.value, event.at, time.monotonic()))

    def _take_interlock(self, event: InterlockChanged) -> None:
        # Before anybody looks there are no models; they will ask when they are made.
        for section in ("fields", "actions"):
            model = self.__dict__.get(section, {}).get(event.name)
            if model is not None:
                model.set_interlock(event.reason)
        self.changed.emit()

    def _come_or_go(self, state: ThingState, reason: str) -> None:
        came = state is ThingState.READY and self._state is not ThingState.READY
        self._state, self._reason = state, reason
        if came:
            self._rebuild()
        elif state is not ThingState.READY:
            self._live.clear()
            for field in self.__dict__.get("fields", {}).values():
                field.go_away()
        self.changed.emit()

    def _rebuild(self) -> None:
        """Build anew where the description is another one; else go on with the same fields."""
        before = self.__dict__.get("description")
        if before is None:
            return
        if before == self.handle.describe():
            for field in self.fields.values():
                field.come_back()
            return
        self._forget()
        self.rebuilt.emit()

    def _forget(self) -> None:
        for child in [*self.fields.values(), *self.actions.values()]:
            child.deleteLater()
        for built in ("description", "fields", "actions", "streams", "groups"):
            self.__dict__.pop(built, None)

    def _follow(self, snapshot: InvocationSnapshot) -> None:
        known = self._alive.get(snapshot.id)
        if known is None or known.version < snapshot.version:
            if snapshot.status.ended:
                self._alive.pop(snapshot.id, None)
            else:
                self._alive[snapshot.id] = snapshot
        if snapshot.action in self.actions:
            self.actions[snapshot.action].follow(snapshot)
        self.changed.emit()
        if snapshot.status.ended:
            self.run_ended.emit()


def _affordances(
    description: Mapping[str, Any], section: str
) -> list[tuple[str, Mapping[str, Any]]]:
    found = description.get(section)
    if not isinstance(found, Mapping):
        return []
    return [(name, raw) for name, raw in found.items() if isinstance(raw, Mapping)]
