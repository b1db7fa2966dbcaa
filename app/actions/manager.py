"""The ActionManager: runs every invocation, whoever asked."""

from __future__ import annotations

import itertools
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from app.actions.alarms import Alarms
from app.actions.events import InvocationChanged, InvocationProgressed
from app.actions.invocation import Invocation, MakesUrls
from app.actions.invocation_model import InvocationModel
from app.actions.recording import Recorder
from app.actions.stops import Stops
from app.errors import (
    InvocationNotFoundError,
    LedgerFullError,
    TooManyInvocationsError,
)
from app.handles import InvocationStatus, Origin, OriginKind
from things.cancelling import CancelEvent
from things.errors import NotAvailableError
from things.events import Event

if TYPE_CHECKING:
    from pydantic import BaseModel

    from things.actions import ActionDescriptor
    from things.thing import Thing

_log = logging.getLogger(__name__)

DEFAULT_LIMIT = 100
STUCK_AFTER_S = 3.0
_LAST_CALL = 0.2
"""At the end those that go on are asked to stop once more when this part of the time is left."""


class ActionManager:
    """Starts, lists, cancels and forgets invocations.

    Ended ones are forgotten when their time is up, by the clock.

    Args:
        publish: Where events go; called from any thread.
        limit: How many may run or wait at once.
        after: Called with each invocation that ended, in its own thread.
        stuck_after_s: How long after it was asked to stop one that goes on is said to be stuck,
            in seconds.
        recorder: Keeps a record of every run; None where none is kept.
        interlock: Called before an action runs: when asked, and again (True) with the lock held,
            just before the body; raises where it may not.
        forgotten: Called with each run that can be asked for no more, since its time was up; must
            not block.

    Attributes:
        recorder: As given; a bench sets it when its ledger is open.
        stops: How often everything was stopped, and whether the program is ending.
    """

    def __init__(
        self,
        publish: Callable[[Event], None] = lambda event: None,
        *,
        limit: int = DEFAULT_LIMIT,
        after: Callable[[Invocation], None] = lambda invocation: None,
        stuck_after_s: float = STUCK_AFTER_S,
        recorder: Recorder | None = None,
        interlock: Callable[[Thing, str, bool], None] = lambda thing, name, held: None,
        forgotten: Callable[[Invocation], None] = lambda invocation: None,
    ) -> None:
        self._forgotten = forgotten
        self.recorder = recorder
        self.stops = Stops()
        self._interlock = interlock
        self._publish = publish
        self._limit = limit
        self._after = after
        self._invocations: dict[UUID, Invocation] = {}
        self._active: dict[UUID, Invocation] = {}
        self._invocations_lock = threading.Lock()
        self._publishing = threading.RLock()
        self._admitting = threading.Lock()
        self._seq = itertools.count(1)
        self._stuck_after_s = stuck_after_s
        self._alarms = Alarms("invocation-alarms")

    @property
    def invocations(self) -> list[Invocation]:
        """All that run or ended recently, oldest first."""
        with self._invocations_lock:
            return list(self._invocations.values())

    @property
    def active(self) -> list[Invocation]:
        """Those that have not ended."""
        with self._invocations_lock:
            return list(self._active.values())

    def append_invocation(self, invocation: Invocation) -> None:
        """List an invocation."""
        with self._invocations_lock:
            self._invocations[invocation.id] = invocation

    def get_invocation(self, id: UUID) -> Invocation:
        """The invocation of an id.

        Raises:
            InvocationNotFoundError: There is none, or not any more (a KeyError).
        """
        with self._invocations_lock:
            try:
                return self._invocations[id]
            except KeyError:
                raise InvocationNotFoundError(id) from None

    def find(self, id: UUID) -> Invocation | None:
        """The invocation of an id; None where there is none, or not any more."""
        with self._invocations_lock:
            return self._invocations.get(id)

    def invoke_action(
        self,
        action: ActionDescriptor[..., Any],
        thing: Thing,
        id: UUID | None = None,
        input: BaseModel | None = None,
        dependencies: Mapping[str, Any] | None = None,
        cancel_hook: CancelEvent | None = None,
        *,
        origin: Origin = Origin(OriginKind.SCRIPT),
        since: int | None = None,
    ) -> Invocation:
        """Start an action.

        Args:
            action: What to run.
            thing: On which Thing.
            id: Its id; a new one when None.
            input: The checked input.
            dependencies: More keyword arguments for the function.
            cancel_hook: The event that says it should stop; a new one when None.
            origin: Who asked.
            since: How often everything had been stopped when it was asked for; None for now.

        Returns:
            The started invocation, already listed.

        Raises:
            InterlockError: A condition for it is not met; nothing was started.
            TooManyInvocationsError: As many run as are allowed.
            LedgerFullError: It could not be recorded.
            ClosingError: The program is ending.
            StoppedError: Everything was stopped since it was asked for.
            NotAvailableError: There is no thread to be had for it.
        """
        since = self.stops.count if since is None else since
        self._interlock(thing, action.name, False)
        id = uuid.uuid4() if id is None else id
        invocation = Invocation(
            action,
            thing,
            id,
            input,
            dependencies,
            cancel_hook=cancel_hook or CancelEvent(id),
            origin=origin,
            changed=self._changed,
            interlock=self._interlock,
            later=self._alarms.at,
        )
        # One order of records and of the line for a Thing.
        with self._admitting if invocation.exclusive else nullcontext():
            self._admit(invocation, since=since)
            invocation.stand_in_line()
        try:
            invocation.start()
        except RuntimeError as error:
            invocation.not_started(error)
            self._forget(invocation.id)
            reason = "the computer has no room for another thread"
            raise NotAvailableError(thing.name, reason) from error
        except BaseException:  # it may run or not; nobody must wait behind it for ever
            invocation.leave_line()
            raise
        return invocation

    def call_child(
        self,
        action: ActionDescriptor[..., Any],
        thing: Thing,
        input: BaseModel,
        parent: Invocation | None,
        origin: Origin,
        *,
        leaving: bool = False,
    ) -> Any:
        """Run an action in the caller's own thread, as a child of the running invocation.

        Args:
            action: What to run.
            thing: On which Thing.
            input: The checked input.
            parent: The invocation that calls; None where a Thing's own thread does.
            origin: Who asked, where there is no parent.
            leaving: Whether a Thing calls that is being left: while the program ends too.

        Returns:
            What the action returned.

        Raises:
            BaseException: Whatever it raised.
        """
        self._interlock(thing, action.name, False)
        id = uuid.uuid4()
        child = Invocation(
            action,
            thing,
            id,
            input,
            cancel_hook=parent.cancel_event if parent is not None else CancelEvent(id),
            origin=parent.origin if parent is not None else origin,
            parent=parent,
            changed=self._changed,
            later=self._alarms.at,
            interlock=self._interlock,
        )
        # What has begun may end in order, also while nothing new is started.
        new = parent is None and not leaving
        self._admit(child, limited=parent is None, since=self.stops.count if new else None)
        child.run()
        return child.result

    def list_invocations(
        self,
        action: ActionDescriptor[..., Any] | None = None,
        thing: Thing | None = None,
        request: MakesUrls | None = None,
    ) -> list[InvocationModel]:
        """Those that run or ended recently, as the network sees them, oldest first.

        Args:
            action: Only of this action, on every Thing of its class.
            thing: Only on this Thing.
            request: Makes the links absolute.
        """
        return [
            invocation.response(request)
            for invocation in self.invocations
            if (action is None or invocation.action_ref() is action)
            and (thing is None or invocation.thing_ref() is thing)
        ]

    def expire_invocations(self) -> None:
        """Forget those whose time is up; running ones never."""
        moment_s = time.monotonic()
        with self._invocations_lock:
            for id, invocation in tuple(self._invocations.items()):
                due_s = invocation.expires_s
                if due_s is not None and due_s <= moment_s:
                    del self._invocations[id]
                    self._forgotten(invocation)

    def attach_to_app(self, app: Any) -> None:
        """Put the routes under `/action_invocations` into an application of somebody else's.

        Args:
            app: A FastAPI application.
        """
        from app.server.attach import attach_actions  # FastAPI stays in app.server

        attach_actions(self, app)

    def cancel(self, id: UUID) -> bool:
        """Ask an invocation to stop.

        Returns:
            False where it had ended already.

        Raises:
            InvocationNotFoundError: There is none.
        """
        invocation = self.get_invocation(id)
        if invocation.status.ended:
            return False
        invocation.cancel()
        return True

    def cancel_all(self) -> list[Invocation]:
        """Ask all that run or wait to stop; returns them."""
        active, tell = self.ask_all_to_stop()
        tell()
        return active

    def ask_all_to_stop(self) -> tuple[list[Invocation], Callable[[], None]]:
        """Ask all that run or wait to stop, at once.

        Returns:
            Them, and what tells everybody that they were asked; that may take a moment.
        """
        self.stops.stop()  # first: what is being listed just now is refused, or among these
        active = self.active
        return active, _ask(active)

    def refuse_new(self) -> None:
        """Start nothing new from now on."""
        with self._invocations_lock:
            self.stops.close()

    def close(self, timeout_s: float) -> list[Invocation]:
        """Cancel all, wait for them, and end. What they do to end in order is waited for too.

        They are asked once, and those that go on are asked again when little of the time is left:
        a second cancellation breaks off what an action does to clean up, but one that swallowed
        the first would else be abandoned.

        Args:
            timeout_s: How long to wait for all of them together, in seconds.

        Returns:
            Those that did not end in time; they are abandoned.
        """
        self.refuse_new()
        deadline_s = time.monotonic() + timeout_s
        running = self.cancel_all()
        if not _all_ended(running, deadline_s - timeout_s * _LAST_CALL):
            late = self.active
            for invocation in late:
                if invocation.parent is None:
                    _log.warning(
                        "%s on %s goes on although it was asked to stop; it is asked again.",
                        invocation.title,
                        invocation.thing_name,
                    )
            _ask(late)()
            _all_ended(late, deadline_s)
        for invocation in running:
            if invocation.is_alive() and invocation.wait_ended(0):
                invocation.join(max(0.1, deadline_s - time.monotonic()))
        self._alarms.close()
        # Also what they started meanwhile, to end in order.
        abandoned = [invocation for invocation in self.active if not invocation.wait_ended(0)]
        if self.recorder is not None:
            for invocation in abandoned:
                self.recorder.abandoned(invocation, timeout_s)
        return abandoned

    def _admit(self, invocation: Invocation, *, limited: bool = True, since: int | None) -> None:
        """List a run that is about to start, here and with whoever records it.

        Args:
            invocation: The run.
            limited: Whether as many as run already may stand in its way.
            since: How often everything had been stopped when it was asked for; None for what
                belongs to a run that has begun.
        """
        recorder = self.recorder
        # Stopping a Thing never depends on a disk, nor on how many others run.
        limited = must_be_recorded = limited and invocation.action_name != "stop"
        if recorder is not None and must_be_recorded:
            recorder.check()
        self._list(invocation, limited=limited, since=since)
        if recorder is None:
            return
        try:
            invocation.recorded = recorder.accepted(invocation)
        except LedgerFullError:
            if must_be_recorded:
                self._forget(invocation.id)
                raise
        except BaseException:
            self._forget(invocation.id)
            raise

    def _list(self, invocation: Invocation, *, limited: bool, since: int | None) -> None:
        self._alarms.begin()
        with self._invocations_lock:
            if since is not None:
                self.stops.refuse(since)
            if limited and len(self._active) >= self._limit:
                raise TooManyInvocationsError(self._limit)
            self._invocations[invocation.id] = invocation
            self._active[invocation.id] = invocation

    def _forget(self, id: UUID) -> None:
        with self._invocations_lock:
            self._invocations.pop(id, None)
            self._active.pop(id, None)

    def _changed(self, invocation: Invocation, kind: str) -> None:
        """Publish a change; in order, so that nobody sees an older state after a newer one."""
        if kind == "starting":
            self._record(invocation, "starting")
            return
        if kind == "over":
            self._follow(invocation)
            return
        with self._publishing:
            snapshot = invocation.snapshot()
            if kind == "status":
                if snapshot.status.ended:
                    with self._invocations_lock:
                        self._active.pop(invocation.id, None)
                self._tell(
                    InvocationChanged(
                        thing=invocation.thing_name, snapshot=snapshot, seq=next(self._seq)
                    )
                )
            else:
                self._tell(InvocationProgressed(thing=invocation.thing_name, snapshot=snapshot))
        if kind == "cancel":
            self._watch_for_stuck(invocation)
        if kind == "status" and snapshot.status.ended:
            self._record(invocation, "ended")
        elif kind == "status" and snapshot.status is InvocationStatus.RUNNING:
            self._record(invocation, "started")

    def _follow(self, invocation: Invocation) -> None:
        """Do what follows an invocation, once whoever waits for its Thing may go on."""
        self._expire_later(invocation)
        try:
            self._after(invocation)
        except Exception:
            _log.exception("What follows an invocation failed.")

    def _record(
        self, invocation: Invocation, what: Literal["starting", "started", "ended"]
    ) -> None:
        recorder = self.recorder
        if recorder is None:
            return
        try:
            match what:
                case "starting":
                    recorder.starting(invocation)
                case "started":
                    recorder.started(invocation)
                case "ended":
                    recorder.ended(invocation)
        except Exception:
            _log.exception("What became of an invocation could not be recorded.")

    def _tell(self, event: Event) -> None:
        """Publish; a listener that fails must not end an invocation half way."""
        try:
            self._publish(event)
        except Exception:
            _log.exception("What happened to an invocation could not be published.")

    def _expire_later(self, invocation: Invocation) -> None:
        id = invocation.id
        due_s = time.monotonic() + invocation.retention_time
        self._alarms.at(due_s, lambda: self._expire(id))

    def _expire(self, id: UUID) -> None:
        with self._invocations_lock:
            invocation = self._invocations.pop(id, None)
        if invocation is not None:
            self._forgotten(invocation)

    def _watch_for_stuck(self, invocation: Invocation) -> None:
        """Look again, a while after it was asked to stop for the first time."""
        id, asked_s = invocation.id, invocation.cancelled_at_s
        if asked_s is not None:
            self._alarms.at(asked_s + self._stuck_after_s, lambda: self._look_if_stuck(id))

    def _look_if_stuck(self, id: UUID) -> None:
        with self._invocations_lock:
            invocation = self._active.get(id)
        if invocation is None or not invocation.mark_stuck():
            return
        _log.warning(
            "%s on %s (%s) was asked to stop %.1f s ago and still runs: it is stuck.",
            invocation.title,
            invocation.thing_name,
            id,
            self._stuck_after_s,
        )
        if self.recorder is not None:
            self.recorder.stuck(invocation)
        self._changed(invocation, "progress")


def _ask(invocations: Sequence[Invocation]) -> Callable[[], None]:
    """Ask them to stop; those that share an event once, since a second time breaks the clean-up.

    Returns:
        What tells everybody.
    """
    asked: set[CancelEvent] = set()
    telling: list[Callable[[], None]] = []
    for invocation in invocations:
        event = invocation.cancel_event
        telling.append(invocation.ask_to_stop(again=event not in asked))
        asked.add(event)

    def tell() -> None:
        for each in telling:
            each()

    return tell


def _all_ended(invocations: Sequence[Invocation], deadline_s: float) -> bool:
    """Wait for them, until a time on the monotonic clock."""
    return all(
        invocation.wait_ended(max(0.0, deadline_s - time.monotonic())) for invocation in invocations
    )
