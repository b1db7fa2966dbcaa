"""Brings values into the plot: events, and reads of what nobody tells of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.handles import BenchHandle, Reading
from things.events import Event, PropertyChanged, PropertyFailed, ThingState, ThingStateChanged
from ui.bridge import Bridge
from ui.plots.plot_model import PlotModel
from ui.tasks import Tasks

READ_EVERY_MS: Final = 1000
"""How often the plot asks for what has no clock of its own."""

SILENT_S: Final = 5.0
"""A read that takes longer breaks the line until its answer comes."""

Place = tuple[str, str]
"""A Thing and a property."""


class PlotFeed(QObject):
    """Listens to the Things that are plotted, and to no others.

    The bench tells of a value when it changes. Once a second the feed looks, without asking any
    device, whether one that did not change was read again; and it reads what the bench has no
    clock for, one read at a time a property.
    """

    def __init__(
        self,
        model: PlotModel,
        bench: BenchHandle,
        bridge: Bridge,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        """Begin to listen.

        Args:
            model: What is plotted.
            bench: Where values are read.
            bridge: Brings the events.
            tasks: Runs the reads.
            parent: The owner.
        """
        super().__init__(parent)
        self._model = model
        self._bench = bench
        self._bridge = bridge
        self._tasks = tasks
        self._leave: dict[str, Callable[[], None]] = {}
        self._places: set[Place] = set()
        self._reading: dict[Place, float] = {}
        self._clock = QTimer(self)
        self._clock.setInterval(READ_EVERY_MS)
        self._clock.timeout.connect(self.tick)
        self._states = bridge.on(ThingStateChanged, self._come_or_go, owner=self)
        model.changed.connect(self._follow)
        self._follow()

    def close(self) -> None:
        """Listen and read no more."""
        self._clock.stop()
        self._states()
        for leave in self._leave.values():
            leave()
        self._leave.clear()

    def tick(self) -> None:
        """A second went by."""
        for place in self._places:
            self._look_at(place)

    def _follow(self) -> None:
        """Listen to what is plotted now."""
        places = {(each.key.thing, each.key.property) for each in self._model.series}
        things = {thing for thing, _ in places}
        for thing in things - self._leave.keys():
            self._leave[thing] = self._bridge.on(Event, self._apply, thing=thing, owner=self)
        for thing in self._leave.keys() - things:
            self._leave.pop(thing)()
        new, self._places = places - self._places, places
        for place in new:
            self._begin(place)
        if places and not self._clock.isActive():
            self._clock.start()
        elif not places:
            self._clock.stop()

    def _begin(self, place: Place) -> None:
        """A line begins now, with what is known now."""
        thing, name = place
        handle = self._bench.things[thing]
        now_s = self._model.now_s
        if handle.state is not ThingState.READY:
            self._model.lose(thing, name, now_s, handle.reason)
            return
        last = handle.last(name)
        if last is None:
            self._read(place)
        else:
            self._model.take(thing, name, now_s, last.value)

    def _look_at(self, place: Place) -> None:
        thing, name = place
        handle = self._bench.things.get(thing)
        series = self._model.of(thing, name)
        if handle is None or handle.state is not ThingState.READY or not series:
            return
        first = series[0]
        if not first.what.is_told:
            asked_s = self._reading.get(place)
            if asked_s is not None and self._model.now_s - asked_s > SILENT_S and not first.reason:
                self._model.lose(thing, name, asked_s, self.tr("does not answer"))
            self._read(place)
            return
        last = handle.last(name)
        heard_s = first.heard_s
        if last is not None and (heard_s is None or last.at.timestamp() > heard_s):
            self._take(place, last)
        elif first.value is None:
            # It failed and is well again perhaps; nobody would tell if its value is the same.
            self._read(place)

    def _apply(self, event: Event) -> None:
        at_s = event.at.timestamp()
        match event:
            case PropertyChanged():
                self._model.take(event.thing, event.name, at_s, event.value)
            case PropertyFailed():
                self._model.lose(event.thing, event.name, at_s, event.reason)

    def _come_or_go(self, event: ThingStateChanged) -> None:
        if event.state is not ThingState.READY:
            self._model.lose_thing(event.thing, event.at.timestamp(), event.reason)
            return
        self._model.look_again(event.thing)
        for place in self._places:
            if place[0] == event.thing:
                self._read(place)

    def _take(self, place: Place, reading: Reading) -> None:
        self._model.take(*place, reading.at.timestamp(), reading.value)

    def _read(self, place: Place) -> None:
        if place in self._reading:
            return
        self._reading[place] = self._model.now_s
        thing, name = place
        self._tasks.start(self._ask(place), f"{thing}: {name}")

    async def _ask(self, place: Place) -> None:
        thing, name = place
        try:
            self._take(place, await self._bench.things[thing].read(name))
        except Exception as error:
            # A getter may raise whatever it likes, every second; it is said beside the value.
            self._model.lose(thing, name, self._model.now_s, str(error) or type(error).__name__)
        finally:
            self._reading.pop(place, None)
