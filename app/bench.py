"""The Bench: the composition root that opens everything in order and closes it in reverse."""

from __future__ import annotations

import logging
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from app.actions.events import LedgerTroubled
from app.actions.invocation import Invocation
from app.actions.manager import DEFAULT_LIMIT, STUCK_AFTER_S, ActionManager
from app.archive.errors import ArchiveFullError
from app.archiving import Archiving, ArchivingRules
from app.bench_file import BenchSpec, ThingSpec, refuse_spec
from app.bench_things import BenchThing
from app.errors import ClosingError
from app.event_bus import EventBus
from app.fair_workers import FairWorkers
from app.handles import Origin, Reading, Stamp, StopReport
from app.history import History
from app.interlocks.engine import Interlocks
from app.keeping import Keeping
from app.ledger.known_values import known_values, learn_unknown
from app.opened_later import OpenedLater
from app.output_cache import CacheLimits
from app.outputs import Outputs
from app.property_desk import WRITE_WAIT_S, PropertyDesk, property_named
from app.recording import Recording, RecordingRules, wait_until_recorded
from app.run_records import RunHistory
from app.slot_calls import SlotCaller
from app.stamp import STAMP_FILE, StampKeeper
from app.stopping import StopThreads, stop_things
from app.thing_life import ThingLife, within
from app.thing_table import ThingTable
from things.actions import ActionDescriptor
from things.blobs import Blob, BlobDataManager
from things.errors import (
    AffordanceNotFoundError,
    NotAvailableError,
)
from things.events import Event, ThingAdded, ThingRemoved
from things.locks import LockRegistry
from things.streams import FrameStream, FrameStreamDescriptor
from things.thing import Thing

if TYPE_CHECKING:
    from uuid import UUID

    from app.actions.recording import Recorder
    from app.archive.archive import Archive
    from app.archive.records import BlobPath
    from app.thumbnails import Thumbnails

_log = logging.getLogger(__name__)

SWITCH_INTERVAL_S = 0.0005
"""How often Python changes threads. With the default of 5 ms a busy action makes the window's
10 ms timer late by 20 ms (p99); with this by 2 ms."""

STOP_ANSWER_S = 2.0
WORKERS_WAIT_S = 2.0
LEAVE_WITHIN_S = 4.0
"""For stopping and leaving all Things together, beyond what running actions are waited for."""

LEAST_S = 0.3
"""What each of them has at least, however long the others took."""


class Bench:
    """All Things of a bench, and what runs them.

    Args:
        spec: What the bench file says.
        data_folder: Where settings are kept; None keeps none.
        limit: How many invocations may run at once.
        stuck_after_s: How long after it was asked to stop a run that goes on counts as stuck.
        write_wait_s: How long a write waits for a Thing that is busy, in seconds.
        recording: What is recorded of runs; nothing without a folder of data.
        archiving: What kept files are called, and how much they may take; none without such a
            folder.

    Attributes:
        bus: Everything that happens.
        blobs: Finds the data of blobs by the ids it gave them.
        actions: The one ActionManager.
        properties: Reads and writes of properties.
        things: By name, in the order of the bench file; failed ones are there too.
        interlocks: What actions and writes need, and why they would be refused now.
        history: What was run.
        ledger: Where runs are recorded; None where there is no data folder.
        ledger_trouble: Why nothing can be recorded now, in words; '' while all is well.
        keeping: Brings outputs of runs into the archive.
        outputs: Holds what runs returned, and finds it again.
        services: What else belongs to the bench, by name: the file service under 'files'.
    """

    def __init__(
        self,
        spec: BenchSpec,
        *,
        data_folder: Path | None = None,
        limit: int = DEFAULT_LIMIT,
        stuck_after_s: float = STUCK_AFTER_S,
        write_wait_s: float = WRITE_WAIT_S,
        recording: RecordingRules = RecordingRules(),
        archiving: ArchivingRules = ArchivingRules(),
    ) -> None:
        self.spec = spec
        self.data_folder = data_folder
        self.bus = EventBus()
        self.blobs = BlobDataManager()
        self.workers = FairWorkers()
        self.properties = PropertyDesk(
            self.workers, self._lost, write_wait_s=write_wait_s, interlock=self._interlocked
        )
        self.actions = ActionManager(
            self.bus.publish,
            limit=limit,
            after=self._after,
            stuck_after_s=stuck_after_s,
            interlock=self._interlocked,
            forgotten=self._output_forgotten,
        )
        self._registry = LockRegistry()
        self.things = ThingTable({thing.name: self._entry_of(thing) for thing in spec.things})
        self.interlocks = Interlocks(spec.interlocks, self.things, self.properties, self.bus)
        self._stamps = StampKeeper(
            None if data_folder is None else data_folder / STAMP_FILE, self.bus.publish
        )
        self._recording = Recording(
            data_folder,
            recording,
            stamp=lambda: self.stamp,
            reads=self.properties.request_afresh,
            troubled=self._ledger_troubled,
        )
        self.ledger: RunHistory | None = None
        self.ledger_trouble = ""
        self.history = History(lambda: self.ledger, lambda: self.ledger_trouble, self.bus.publish)
        self.services: dict[str, Any] = {}
        self._archiving = Archiving(
            data_folder, archiving, self._file_event, self, lambda: self.stamp
        )
        self.keeping = Keeping(
            self.actions,
            self._archiving.opened,
            lambda: self.ledger,
            lambda: self.stamp,
            rules=lambda: self.spec.keep,
            find=self._output,
            troubled=self._archiving.troubled,
        )
        self.outputs: Outputs = Outputs(
            self.actions,
            self.blobs,
            self.keeping,
            lambda: self.archive,
            folder=None if data_folder is None else data_folder / "outputs",
            memory_bytes=int(archiving.memory_mb * 10**6),
            limits=CacheLimits(int(archiving.cache_mb * 10**6), archiving.cache_days),
        )
        self._life = ThingLife(self.things, self.actions, self.properties, self.interlocks)
        self._opened_later = OpenedLater(self._recording, self._archiving, self._open_again)
        self._stopping = StopThreads()
        self._changing = threading.Lock()
        self._close_once = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        """Open the bench."""
        self.open()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the bench."""
        self.close()

    def open(self, *, safe: bool = False) -> None:
        """Open the ledger, make all Things, fill slots, enter them in order of what they need.

        One that fails is there as 'failed' with its reason; the others run.

        Args:
            safe: Start no Thing, nor import its driver: each is started by `reconnect`.
        """
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._stopping.begin()
        self._open_ledger()
        self._life.open(safe=safe)

    def close(self, timeout_s: float = 5.0) -> Sequence[str]:
        """Cancel what runs, wait for it, stop all Things, leave them in exact reverse order.

        Args:
            timeout_s: How long to wait for what runs, in seconds. Stopping and leaving the Things
                may take 4 s more, all of them together.

        Returns:
            What did not end in time, in words; it is abandoned. The interpreter waits for such
            threads at its exit, so the program should then end by `os._exit`.
        """
        with self._close_once:
            if self._closed:
                return ()
            self._closed = True
        deadline_s = time.monotonic() + timeout_s + LEAVE_WITHIN_S

        def left_s(most_s: float) -> float:
            """Of the time for all there is something left for everybody."""
            return max(LEAST_S, min(most_s, deadline_s - time.monotonic()))

        self.actions.refuse_new()
        self._registry.wake()
        self._life.begin_no_more()
        self._opened_later.close()
        stuck = [
            f"{invocation.title} on {invocation.thing_name}"
            for invocation in self.actions.close(timeout_s)
        ]
        self.interlocks.close()
        self.properties.close()
        stuck += self._life.leave_all(left_s)
        self.workers.shutdown(wait=False, cancel_futures=True)
        if not within(left_s(WORKERS_WAIT_S), "workers", lambda: self.workers.shutdown(wait=True)):
            stuck.append("a read or write that does not return")
        self.outputs.close()
        self.ledger = None
        self._archiving.close()
        self._recording.close()
        self._stopping.close()
        for line in stuck:
            _log.error("Abandoned: %s", line)
        return stuck

    def thing(self, name: str) -> Thing:
        """A Thing, ready to be used.

        Raises:
            AffordanceNotFoundError: The bench has none of that name.
            NotAvailableError: It failed, or is closed.
        """
        return self.entry(name).open_thing

    def entry(self, name: str) -> BenchThing:
        """A Thing with its state.

        Raises:
            AffordanceNotFoundError: The bench has none of that name.
        """
        try:
            return self.things[name]
        except KeyError:
            raise AffordanceNotFoundError("the bench", name) from None

    def read(self, thing: str, name: str) -> Reading:
        """Read a property now. May wait for the device.

        Raises:
            ThingError: There is none, or it cannot be read.
        """
        target = self.thing(thing)
        return self.properties.read(target, property_named(target, name))

    @property
    def stopped(self) -> int:
        """How often everything was stopped. Whoever asks now and is heard later says it then."""
        return self.actions.stops.count

    def write(
        self, thing: str, name: str, value: Any, origin: Origin, *, since: int | None = None
    ) -> Reading:
        """Write a property; returns what it is afterwards. May wait for the device.

        Args:
            thing: On which Thing.
            name: Which property.
            value: In JSON form or as Python.
            origin: Who asks.
            since: `stopped` as it was when that was asked for; None for now.

        Raises:
            ValueRefusedError: The value does not fit; the device was not touched.
            BusyError: The Thing is held by somebody else.
            StoppedError: Everything was stopped since it was asked for.
            ClosingError: The bench is closing.
            ThingError: There is none, or the device refused.
        """
        wanted = self._wanted(since)
        target = self.thing(thing)
        prop = property_named(target, name)
        return self.properties.write(target, prop, value, uuid.uuid4(), str(origin), wanted)

    def reset(self, thing: str, name: str, origin: Origin, *, since: int | None = None) -> Reading:
        """Set a property back to its default. As `write`.

        Raises:
            ThingError: There is none, or it has nothing to go back to.
        """
        wanted = self._wanted(since)
        target = self.thing(thing)
        prop = property_named(target, name)
        return self.properties.reset(target, prop, uuid.uuid4(), str(origin), wanted)

    def _wanted(self, since: int | None) -> Callable[[], None]:
        """Says whether what was asked for then may still begin; now it may."""
        stops = self.actions.stops
        asked = stops.count if since is None else since
        stops.refuse(asked)
        return lambda: stops.refuse(asked)

    def invoke(
        self,
        thing: str,
        name: str,
        input: Mapping[str, Any] | None,
        origin: Origin,
        *,
        since: int | None = None,
    ) -> Invocation:
        """Start an action. Returns once it is recorded that it was accepted; it runs meanwhile.

        Raises:
            InputRefusedError: The input does not fit; nothing was started.
            LedgerFullError: It cannot be recorded; it was not started, or is being cancelled.
            ThingError: It cannot be started now.
        """
        invocation = self.start(thing, name, input, origin, since=since)
        wait_until_recorded(invocation)
        return invocation

    def start(
        self,
        thing: str,
        name: str,
        input: Mapping[str, Any] | None,
        origin: Origin,
        *,
        since: int | None = None,
    ) -> Invocation:
        """Start an action. Returns at once: nobody may be told before it is recorded.

        `app.recording` waits for that.

        Args:
            thing: On which Thing.
            name: Which action.
            input: In JSON form or as Python.
            origin: Who asks.
            since: `stopped` as it was when that was asked for; None for now.

        Raises:
            InputRefusedError: The input does not fit; nothing was started.
            LedgerFullError: It could not be recorded; nothing was started.
            ThingError: It cannot be started now.
        """
        target = self.thing(thing)
        action = target._core.affordances.get(name)
        if not isinstance(action, ActionDescriptor):
            raise AffordanceNotFoundError(thing, name)
        checked = action.validated_input(input)
        return self.actions.invoke_action(action, target, None, checked, origin=origin, since=since)

    @property
    def archive(self) -> Archive | None:
        """The files that are kept; None where none are, or where they cannot be reached."""
        return self._archiving.archive

    @property
    def opened_archive(self) -> Archive:
        """The files that are kept.

        Raises:
            ArchiveError: None are, or they cannot be reached; says why.
        """
        return self._archiving.opened()

    @property
    def archive_trouble(self) -> str:
        """Why nothing can be kept now, in words; '' while all is well."""
        return self._archiving.trouble

    @property
    def thumbnails(self) -> Thumbnails:
        """Small pictures of kept pictures.

        Raises:
            ArchiveError: No files can be reached.
        """
        return self._archiving.thumbnails

    @property
    def stamp(self) -> Stamp:
        """What is written on everything that is run or kept."""
        return self._stamps.stamp

    def set_stamp(self, stamp: Stamp) -> Stamp:
        """Write something else on everything from now on; returns it as it is in force.

        Raises:
            ValueRefusedError: A field is too long, or holds a control character.
            SettingNotKeptError: It is in force, but could not be kept on disk.
        """
        return self._stamps.put(stamp)

    def stream(self, thing: str, name: str) -> FrameStream:
        """A live stream.

        Raises:
            ThingError: There is none.
        """
        target = self.thing(thing)
        if not isinstance(target._core.affordances.get(name), FrameStreamDescriptor):
            raise AffordanceNotFoundError(thing, name)
        stream: FrameStream = getattr(target, name)
        return stream

    def stop_all(self, answer_s: float = STOP_ANSWER_S) -> Sequence[StopReport]:
        """Cancel everything, and call `stop()` of every Thing that has one, all at once.

        Neither locks nor pools nor limits stand in its way. A Thing that is just starting is
        stopped too: it may be looking for its home.

        Args:
            answer_s: How long a `stop()` may take before it counts as not answered.
        """
        # First, or an action would go on after its Thing was stopped; all others hear of it later.
        _, tell = self.actions.ask_all_to_stop()
        self._registry.wake()  # writes that wait are not to be done any more
        return stop_things(self._life.moving, answer_s, tell)

    def stop_all_soon(self) -> Future[Sequence[StopReport]]:
        """The same in a thread of its own, which is there whatever else is not."""
        return self._stopping.run(self.stop_all)

    def reconnect(self, name: str) -> None:
        """Bring a failed or disconnected Thing back.

        Raises:
            NotAvailableError: It did not come back; the reason is the Thing's.
            BusyError: Something runs on it.
        """
        self._life.bring_back(self.entry(name), reload=False)

    def reload(self, name: str) -> None:
        """Read a Thing's driver again and open it anew.

        Raises:
            NotAvailableError: It did not come back; the reason is the Thing's.
            BusyError: Something runs on it.
        """
        self._life.bring_back(self.entry(name), reload=True)

    def add(self, spec: ThingSpec) -> None:
        """Add a Thing and start it. One that fails is there as 'failed' with its reason.

        Args:
            spec: As a bench file would say it.

        Raises:
            ValueRefusedError: Its name is taken or is none, or its class is no address of one.
            ClosingError: The bench is closed.
        """
        with self._changing:
            refuse_spec(spec, self.things)
            if self._closed:
                raise ClosingError
            entry = self._entry_of(spec)
            self.things.put(entry)
            self.spec = replace(self.spec, things=(*self.spec.things, spec))
            self.bus.publish(ThingAdded(thing=spec.name, title=entry.title))
            with entry.changing:
                self._life.open_anew(entry)

    def remove(self, name: str) -> None:
        """Leave a Thing and take it off the bench.

        Raises:
            AffordanceNotFoundError: The bench has none of that name.
            BusyError: Something runs on it.
            NotAvailableError: Another Thing uses it.
        """
        with self._changing:
            entry = self.entry(name)
            users = sorted(each.title for each in self.things.values() if each.uses(entry))
            if users:
                raise NotAvailableError(name, f"it is used by {', '.join(users)}")
            with entry.changing:
                self._life.leave_for_good(entry)
            self.things.take(name)
            kept = tuple(each for each in self.spec.things if each.name != name)
            self.spec = replace(self.spec, things=kept)
            self.bus.publish(ThingRemoved(thing=name))

    def _entry_of(self, spec: ThingSpec) -> BenchThing:
        folder = self.data_folder
        return BenchThing(
            spec,
            self.bus.publish,
            self._registry,
            SlotCaller(spec.name, self.actions, self.properties),
            None if folder is None else folder / "settings" / f"{spec.name}.json",
            self.spec.interlocks,
        )

    def _interlocked(self, thing: Thing, name: str, held: bool) -> None:
        """Refuse what a condition does not allow, and what would keep files without room."""
        if not held:
            action = thing._core.affordances.get(name)
            if isinstance(action, ActionDescriptor) and self.keeping.keeps(
                thing.name, name, action.keep
            ):
                try:
                    self._archiving.refuse_low()
                except ArchiveFullError:
                    self.outputs.give_way()  # so that it may go well a moment later
                    raise
        if held:
            self._life.refuse_what_is_left(thing, name)
        self.interlocks.check(thing, name, held)

    def _open_ledger(self) -> None:
        with self._life.beginning() as goes_on:
            if not goes_on:
                return
            self.actions.recorder = self._recording.open()
            self.ledger = self._recording.ledger
            self._archiving.open(self._recording.database)
            self.outputs.open()
        self._opened_later.start()

    def _open_again(self, recorder: Recorder | None) -> None:
        """The ledger was tried again, and may be open now."""
        self.actions.recorder = recorder
        self.ledger = self._recording.ledger

    def _ledger_troubled(self, reason: str) -> None:
        """Runs can be recorded no more, or can again."""
        if reason == self.ledger_trouble:
            return
        self.ledger_trouble = reason
        if reason:
            _log.error("No new runs are started: %s", reason)
        else:
            _log.warning("Runs are recorded again.")
        self.bus.publish(LedgerTroubled(thing="", reason=reason))

    def _output(self, run: UUID, path: BlobPath) -> Blob:
        return self.outputs.find(run, path)

    def _output_forgotten(self, invocation: Invocation) -> None:
        self.outputs.forgotten(invocation)

    def _file_event(self, event: Event) -> None:
        """Something happened to a file; a run hears first that an output of its is kept."""
        self.keeping.mark(event)
        self.bus.publish(event)

    def _lost(self, thing: Thing, reason: str) -> None:
        self._life.lost(thing, reason)

    def _after(self, invocation: Invocation) -> None:
        """Look at the Thing again, and whether its device was lost."""
        thing = invocation.thing_ref()
        if thing is None:
            return
        outcome = invocation.standing.outcome
        if outcome is not None and outcome.blobs and self.archive is not None:
            learn_unknown(thing, self.properties.request)  # mostly the ledger has done so
        invocation.values = known_values(thing)
        self.outputs.ended(invocation)
        if isinstance(invocation.exception, ConnectionError):
            self._life.lost(thing, str(invocation.exception))
        self.properties.after_action(thing)
