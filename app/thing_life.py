"""How the Things of a bench come to life, are brought back, and leave.

Entered in the order of what needs what, left in reverse; one that fails or takes its time holds up
none of the others.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from app.actions.manager import ActionManager
from app.bench_things import BenchThing, said
from app.driver_faults import contained
from app.entering_order import entering_order, leaving_order
from app.handles import InvocationStatus
from app.interlocks.engine import Interlocks
from app.interlocks.errors import ConditionError
from app.property_desk import PropertyDesk
from app.stopping import stop_things
from app.thing_table import ThingTable
from things.errors import (
    BusyError,
    DefinitionError,
    NotAvailableError,
)
from things.events import ThingState
from things.thing import Thing

_log = logging.getLogger(__name__)

NOT_STARTED: Final = "nothing was started, as --safe says; try each by itself"

ENTER_WAIT_S: Final = 10.0
STARTING_WAIT_S: Final = 2.0
STOP_WAIT_S: Final = 2.0
EXIT_WAIT_S: Final = 5.0


class ThingLife:
    """Brings the Things of a bench to life, back, and out again. From any thread.

    Args:
        things: By name; they come and go.
        actions: What runs on them.
        properties: What is read and written of them.
        interlocks: Learns what guards each.
    """

    def __init__(
        self,
        things: ThingTable,
        actions: ActionManager,
        properties: PropertyDesk,
        interlocks: Interlocks,
    ) -> None:
        self._things = things
        self._actions = actions
        self._properties = properties
        self._interlocks = interlocks
        self._entered: list[BenchThing] = []
        self._retries: dict[str, threading.Timer] = {}
        self._opening = threading.Lock()
        self._entering = threading.Lock()
        self._closed = False
        self._gone = False

    @property
    def entered(self) -> Sequence[BenchThing]:
        """Those that were entered and not left, in that order."""
        return tuple(self._entered)

    @property
    def moving(self) -> Sequence[BenchThing]:
        """Those that may move something: one that is just starting may look for its home."""
        starting = (entry for entry in self._things.values() if entry.entering)
        return (*self._entered, *starting)

    @contextmanager
    def beginning(self) -> Iterator[bool]:
        """Nobody else begins anything in the body of the `with`; False where nothing may begin."""
        with self._opening:
            yield not self._closed

    def open(self, *, safe: bool = False) -> None:
        """Make all Things, fill their slots, enter them in order of what they need.

        Args:
            safe: Start none, nor import its driver: each is started by `bring_back`.
        """
        if safe:
            for entry in self._things.values():
                entry.set_state(ThingState.NOT_STARTED, NOT_STARTED)
            return
        for entry in self._things.values():
            entry.make()
        for entry in self._things.values():
            entry.fill_slots(self._things)
        for entry in self._things.values():
            self._learn_interlocks(entry)
        for name in entering_order(self._things):
            with self.beginning() as goes_on:
                if not goes_on:
                    return
                self._enter(self._things[name])

    def begin_no_more(self) -> None:
        """From now on nothing is entered, nor tried again."""
        self._closed = True
        for timer in tuple(self._retries.values()):
            timer.cancel()

    def leave_all(self, left_s: Callable[[float], float]) -> list[str]:
        """Stop all Things at once, then leave them in reverse order, and close them.

        Args:
            left_s: How much of so many seconds there is still time for.

        Returns:
            What did not end in time, in words; it is abandoned.
        """
        stuck: list[str] = []
        # One that is just being entered is waited for, but not for ever.
        if not self._opening.acquire(timeout=left_s(STARTING_WAIT_S)):
            stuck.append("a Thing that is still starting")
        with self._entering:
            self._gone = True
        entered = tuple(leaving_order(self._entered))
        # All at once, as at STOP ALL: one that does not answer must not leave others moving.
        reports = stop_things(entered, left_s(STOP_WAIT_S))
        stuck += [f"stopping {report.thing}" for report in reports if not report.answered]
        for entry in entered:
            if not within(left_s(EXIT_WAIT_S), f"exit-{entry.name}", entry.leave):
                stuck.append(f"leaving {entry.name}")
            entry.set_state(ThingState.CLOSED)
        self._entered.clear()
        for entry in self._things.values():
            if entry.thing is not None:
                entry.thing._core.close()
        return stuck

    def bring_back(self, entry: BenchThing, *, reload: bool) -> None:
        """Reconnect a Thing, or open it anew.

        Args:
            entry: Which; it is on the bench.
            reload: Whether its driver is read again first.

        Raises:
            NotAvailableError: It did not come back; the reason is the Thing's.
            BusyError: Something runs on it.
        """
        name = entry.name
        with entry.changing:
            thing = entry.thing
            if thing is None:
                self.open_anew(entry, reload=reload)
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
                for run in self._actions.active:
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
                self._properties.after_action(thing)
            return
        self._properties.stop_polling(thing)
        entry.leave()
        if entry in self._entered:
            self._entered.remove(entry)
        self.open_anew(entry, reload=reload)

    def open_anew(self, entry: BenchThing, *, reload: bool = False) -> None:
        """Make a Thing again, whatever it was, and enter it; whoever changes it holds it.

        Args:
            entry: Which; where it cannot be opened it is 'failed' with its reason.
            reload: Whether its driver is read again first.
        """
        entry.discard()
        if reload:
            entry.reload_module()
            if entry.state is ThingState.FAILED:
                return
        entry.make()
        for other in self._things.values():
            other.fill_slots(self._things)
        self._learn_interlocks(entry)
        with self.beginning() as goes_on:
            if goes_on:
                self._enter(entry)

    def _learn_interlocks(self, entry: BenchThing) -> None:
        """Take in what guards a Thing; one whose own conditions are wrong must not run."""
        if entry.thing is None or entry.state is ThingState.FAILED:
            return
        try:
            self._interlocks.learn(entry.thing)
        except ConditionError as error:
            entry.fail(DefinitionError(str(error)), "an interlock of its class is wrong")

    def leave_for_good(self, entry: BenchThing) -> None:
        """Leave a Thing that is to go from the bench.

        Raises:
            BusyError: Something runs on it.
        """
        timer = self._retries.pop(entry.name, None)
        if timer is not None:
            timer.cancel()
        thing = entry.thing
        if thing is not None:
            with self._alone_on(entry, thing, f"removing {entry.name}"):
                self._properties.stop_polling(thing)
                entry.leave()
                if entry in self._entered:
                    self._entered.remove(entry)
            thing._core.close()
        entry.set_state(ThingState.CLOSED)

    def refuse_what_is_left(self, thing: Thing, name: str) -> None:
        """Refuse what would begin on a Thing that is being left, or was while it waited.

        Raises:
            BusyError: It is being left.
            NotAvailableError: It was opened anew meanwhile, or is gone.
        """
        entry = self._things.get(thing.name)
        if name == "stop":
            return
        if entry is not None and entry.held_for:
            raise BusyError(thing.name, entry.held_for)
        if entry is None or entry.thing is not thing:
            raise NotAvailableError(thing.name, "it was opened anew meanwhile; ask for it again")

    def lost(self, thing: Thing, reason: str) -> None:
        """Its device does not answer any more: say so, and try again where the bench says so."""
        entry = self._things.get(thing.name)
        if entry is None or entry.thing is not thing:
            return
        entry.lost(reason)
        self._retry_later(entry)

    def _enter(self, entry: BenchThing) -> None:
        """Enter a Thing; one that takes its time is left to it, and the others go on."""
        if not within(ENTER_WAIT_S, f"enter-{entry.name}", lambda: self._enter_now(entry)):
            _log.warning("%s is still starting; the others go on.", entry.name)

    def _enter_now(self, entry: BenchThing) -> None:
        entry.enter()
        if entry.state is not ThingState.READY or entry.thing is None:
            self._retry_later(entry)
            return
        with self._entering:
            if not self._gone:
                self._entered.append(entry)
                self._properties.start_polling(entry.thing)
                return
        entry.leave()  # the bench was closed while it started

    def _retry_later(self, entry: BenchThing) -> None:
        """Try again by the rule of the bench file, where there is one."""
        every_s = entry.spec.reconnect_s
        if every_s is None or self._closed or entry.name in self._retries:
            return

        def retry() -> None:
            self._retries.pop(entry.name, None)
            try:
                if entry.state in (ThingState.DISCONNECTED, ThingState.FAILED):
                    self.bring_back(entry, reload=False)
            except Exception as error:
                _log.info("%s did not come back: %s", entry.name, error)
                self._retry_later(entry)

        timer = threading.Timer(every_s, retry)
        timer.name = f"retry-{entry.name}"
        timer.daemon = True
        self._retries[entry.name] = timer
        timer.start()


def within(seconds: float, name: str, call: Callable[[], None]) -> bool:
    """Run `call` in a thread; False when it takes longer."""
    thread = threading.Thread(target=call, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()
