"""The Bench: the composition root that opens everything in order and closes it in reverse."""

from __future__ import annotations

import logging
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from app.actions.events import LedgerTroubled
from app.actions.invocation import Invocation
from app.actions.manager import DEFAULT_LIMIT, STUCK_AFTER_S, ActionManager
from app.archiving import Archiving, ArchivingRules
from app.bench_file import BenchSpec, ThingSpec, refuse_spec
from app.bench_things import BenchThing, said
from app.driver_faults import contained
from app.entering_order import entering_order, leaving_order
from app.errors import ClosingError
from app.event_bus import EventBus
from app.fair_workers import FairWorkers
from app.handles import InvocationStatus, Origin, Reading, Stamp, StopReport
from app.history import History
from app.interlocks.engine import Interlocks
from app.interlocks.errors import ConditionError
from app.keeping import Keeping
from app.ledger.known_values import known_values
from app.output_cache import CacheLimits
from app.outputs import Outputs
from app.property_desk import WRITE_WAIT_S, PropertyDesk, property_named
from app.recording import Recording, RecordingRules, wait_until_recorded
from app.run_records import RunHistory
from app.slot_calls import SlotCaller
from app.stamp import StampKeeper
from app.stopping import StopThreads, stop_things
from app.thing_table import ThingTable
from things.actions import ActionDescriptor
from things.blobs import Blob, BlobDataManager
from things.errors import (
    AffordanceNotFoundError,
    BusyError,
    DefinitionError,
    NotAvailableError,
)
from things.events import Event, ThingAdded, ThingRemoved, ThingState
from things.locks import LockRegistry
from things.streams import FrameStream, FrameStreamDescriptor
from things.thing import Thing

if TYPE_CHECKING:
    from uuid import UUID

    from app.archive.archive import Archive
    from app.archive.records import BlobPath
    from app.thumbnails import Thumbnails

_log = logging.getLogger(__name__)

NOT_STARTED = "nothing was started, as --safe says; try each by itself"

SWITCH_INTERVAL_S = 0.0005
"""How often Python changes threads. With the default of 5 ms a busy action makes the window's
10 ms timer late by 20 ms (p99); with this by 2 ms."""

STOP_ANSWER_S = 2.0
ENTER_WAIT_S = 10.0
EXIT_WAIT_S = 5.0
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
            None if data_folder is None else data_folder / "stamp.json", self.bus.publish
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
        self._archiving = Archiving(data_folder, archiving, self._file_event, self)
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
            memory_bytes=int(archiving.memory_mb * 2**20),
            limits=CacheLimits(int(archiving.cache_mb * 2**20), archiving.cache_days),
        )
        self._entered: list[BenchThing] = []
        self._retries: dict[str, threading.Timer] = {}
        self._opening = threading.Lock()
        self._entering = threading.Lock()
        self._gone = False
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
        if safe:
            for entry in self.things.values():
                entry.set_state(ThingState.NOT_STARTED, NOT_STARTED)
            return
        for entry in self.things.values():
            entry.make()
        for entry in self.things.values():
            entry.fill_slots(self.things)
        for entry in self.things.values():
            self._learn_interlocks(entry)
        for name in entering_order(self.things):
            with self._opening:
                if self._closed:
                    return
                self._enter(self.things[name])

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
        for timer in tuple(self._retries.values()):
            timer.cancel()
        stuck = [
            f"{invocation.title} on {invocation.thing_name}"
            for invocation in self.actions.close(timeout_s)
        ]
        self.interlocks.close()
        self.properties.close()
        # One that is just being entered is waited for, but not for ever.
        if not self._opening.acquire(timeout=left_s(STOP_ANSWER_S)):
            stuck.append("a Thing that is still starting")
        with self._entering:
            self._gone = True
        entered = tuple(leaving_order(self._entered))
        # All at once, as at STOP ALL: one that does not answer must not leave others moving.
        reports = stop_things(entered, left_s(STOP_ANSWER_S))
        stuck += [f"stopping {report.thing}" for report in reports if not report.answered]
        for entry in entered:
            if not _within(left_s(EXIT_WAIT_S), f"exit-{entry.name}", entry.leave):
                stuck.append(f"leaving {entry.name}")
            entry.set_state(ThingState.CLOSED)
        self._entered.clear()
        for entry in self.things.values():
            if entry.thing is not None:
                entry.thing._core.close()
        self.workers.shutdown(wait=False, cancel_futures=True)
        if not _within(left_s(WORKERS_WAIT_S), "workers", lambda: self.workers.shutdown(wait=True)):
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
        starting = [entry for entry in self.things.values() if entry.entering]
        return stop_things((*self._entered, *starting), answer_s, tell)

    def stop_all_soon(self) -> Future[Sequence[StopReport]]:
        """The same in a thread of its own, which is there whatever else is not."""
        return self._stopping.run(self.stop_all)

    def reconnect(self, name: str) -> None:
        """Bring a failed or disconnected Thing back.

        Raises:
            NotAvailableError: It did not come back; the reason is the Thing's.
            BusyError: Something runs on it.
        """
        self._bring_back(name, reload=False)

    def reload(self, name: str) -> None:
        """Read a Thing's driver again and open it anew.

        Raises:
            NotAvailableError: It did not come back; the reason is the Thing's.
            BusyError: Something runs on it.
        """
        self._bring_back(name, reload=True)

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
                self._open_anew(entry, reload=False)

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
            timer = self._retries.pop(name, None)
            if timer is not None:
                timer.cancel()
            with entry.changing:
                self._leave_for_good(entry)
            self.things.take(name)
            kept = tuple(each for each in self.spec.things if each.name != name)
            self.spec = replace(self.spec, things=kept)
            self.bus.publish(ThingRemoved(thing=name))

    def _leave_for_good(self, entry: BenchThing) -> None:
        thing = entry.thing
        if thing is not None:
            with self._alone_on(entry, thing, f"removing {entry.name}"):
                self.properties.stop_polling(thing)
                entry.leave()
                if entry in self._entered:
                    self._entered.remove(entry)
            thing._core.close()
        entry.set_state(ThingState.CLOSED)

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

    def _bring_back(self, name: str, *, reload: bool) -> None:
        entry = self.entry(name)
        with entry.changing:
            thing = entry.thing
            if thing is None:
                self._open_anew(entry, reload=reload)
            else:
                what = f"{'reloading' if reload else 'reconnecting'} {name}"
                with self._alone_on(entry, thing, what):
                    self._reopen(entry, thing, reload=reload)
        if entry.state is not ThingState.READY:
            self._retry_later(entry)
            raise NotAvailableError(name, entry.reason)

    @contextmanager
    def _alone_on(self, entry: BenchThing, thing: Thing, what: str) -> Iterator[None]:
        """Hold a Thing that is about to be left: nothing runs on it, and nothing begins.

        Raises:
            BusyError: Something runs on it, beside others or not.
        """
        with thing.lock.held_by(uuid.uuid4(), what, timeout_s=1.0):
            entry.held_for = what  # first: what begins just now looks at it when it is listed
            try:
                for run in self.actions.active:
                    # Those that wait for the lock go on with it, where the Thing is the same then.
                    begun = run.status is InvocationStatus.RUNNING or not run.exclusive
                    if run.thing_ref() is thing and begun and not run.status.ended:
                        raise BusyError(entry.name, f"{run.title}, asked by {run.origin}")
                yield
            finally:
                entry.held_for = ""

    def _reopen(self, entry: BenchThing, thing: Thing, *, reload: bool) -> None:
        own = getattr(thing, "reconnect", None)
        if own is not None and not reload and entry.state is ThingState.DISCONNECTED:
            try:
                with contained():
                    thing._core.run(own)
            except Exception as error:
                entry.set_state(ThingState.DISCONNECTED, said(error))
            else:
                entry.set_state(ThingState.READY)
                self.properties.after_action(thing)
            return
        self.properties.stop_polling(thing)
        entry.leave()
        if entry in self._entered:
            self._entered.remove(entry)
        self._open_anew(entry, reload=reload)

    def _open_anew(self, entry: BenchThing, *, reload: bool) -> None:
        entry.discard()
        if reload:
            entry.reload_module()
            if entry.state is ThingState.FAILED:
                return
        entry.make()
        for other in self.things.values():
            other.fill_slots(self.things)
        self._learn_interlocks(entry)
        with self._opening:
            if not self._closed:
                self._enter(entry)

    def _learn_interlocks(self, entry: BenchThing) -> None:
        """Take in what guards a Thing; one whose own conditions are wrong must not run."""
        if entry.thing is None or entry.state is ThingState.FAILED:
            return
        try:
            self.interlocks.learn(entry.thing)
        except ConditionError as error:
            entry.fail(DefinitionError(str(error)), "an interlock of its class is wrong")

    def _interlocked(self, thing: Thing, name: str, held: bool) -> None:
        """Refuse what a condition does not allow, and what would keep files without room."""
        if not held and self.archive is not None:
            action = thing._core.affordances.get(name)
            if isinstance(action, ActionDescriptor) and self.keeping.keeps(
                thing.name, name, action.keep
            ):
                self.archive.refuse_low()
        if held:
            self._refuse_what_is_left(thing, name)
        self.interlocks.check(thing, name, held)

    def _refuse_what_is_left(self, thing: Thing, name: str) -> None:
        """Refuse what would begin on a Thing that is being left, or was while it waited."""
        entry = self.things.get(thing.name)
        if name == "stop":
            return
        if entry is not None and entry.held_for:
            raise BusyError(thing.name, entry.held_for)
        if entry is None or entry.thing is not thing:
            raise NotAvailableError(thing.name, "it was opened anew meanwhile; ask for it again")

    def _enter(self, entry: BenchThing) -> None:
        """Enter a Thing; one that takes its time is left to it, and the others go on."""
        if not _within(ENTER_WAIT_S, f"enter-{entry.name}", lambda: self._enter_now(entry)):
            _log.warning("%s is still starting; the others go on.", entry.name)

    def _enter_now(self, entry: BenchThing) -> None:
        entry.enter()
        if entry.state is not ThingState.READY or entry.thing is None:
            self._retry_later(entry)
            return
        with self._entering:
            if not self._gone:
                self._entered.append(entry)
                self.properties.start_polling(entry.thing)
                return
        entry.leave()  # the bench was closed while it started

    def _open_ledger(self) -> None:
        with self._opening:
            if self._closed:
                return
            self.actions.recorder = self._recording.open()
            self.ledger = self._recording.ledger
            self._archiving.open(self._recording.database)
            self.outputs.open()

    def _ledger_troubled(self, reason: str) -> None:
        """Runs can be recorded no more, or can again."""
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

    def _after(self, invocation: Invocation) -> None:
        """Look at the Thing again, and whether its device was lost."""
        thing = invocation.thing_ref()
        if thing is None:
            return
        invocation.values = known_values(thing)
        self.outputs.ended(invocation)
        if isinstance(invocation.exception, ConnectionError):
            self._lost(thing, str(invocation.exception))
        self.properties.after_action(thing)

    def _lost(self, thing: Thing, reason: str) -> None:
        entry = self.things.get(thing.name)
        if entry is None or entry.thing is not thing:
            return
        entry.lost(reason)
        self._retry_later(entry)

    def _retry_later(self, entry: BenchThing) -> None:
        """Try again by the rule of the bench file, where there is one."""
        every_s = entry.spec.reconnect_s
        if every_s is None or self._closed or entry.name in self._retries:
            return

        def retry() -> None:
            self._retries.pop(entry.name, None)
            try:
                if entry.state in (ThingState.DISCONNECTED, ThingState.FAILED):
                    self.reconnect(entry.name)
            except Exception as error:
                _log.info("%s did not come back: %s", entry.name, error)
                self._retry_later(entry)

        timer = threading.Timer(every_s, retry)
        timer.name = f"retry-{entry.name}"
        timer.daemon = True
        self._retries[entry.name] = timer
        timer.start()


def _within(seconds: float, name: str, call: Callable[[], None]) -> bool:
    """Run `call` in a thread; False when it takes longer."""
    thread = threading.Thread(target=call, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()
