"""Invocation: one run of one action, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from pydantic import BaseModel

from app.actions.invocation_model import (
    EmptyInput,
    InvocationModel,
    LinkElement,
    ProblemModel,
    ProgressModel,
    model_to_dict,
)
from app.actions.log import (
    DequeLogHandler,
    LogRecordModel,
    invocation_logger,
    let_go,
    message_of,
)
from app.actions.outcome import Outcome, blobs_in, failed, in_json, returned
from app.errors import InterlockError
from app.handles import (
    InvocationSnapshot,
    InvocationStatus,
    LogLine,
    Origin,
    OriginKind,
    OutputBlob,
    Problem,
)
from app.problems import said_by
from things.blobs import ServerSideBlobData, blobdata_to_url_ctx
from things.cancelling import CancelEvent
from things.context import running_in
from things.errors import InvocationCancelledError, NoBlobManagerError
from things.events import now
from things.locks import Place, acting_for
from things.progress import Later, ProgressTracker
from things.strands import Strands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.archive.records import BlobPath
    from things.actions import ActionDescriptor
    from things.events import Reading
    from things.thing import Thing

ACTION_INVOCATIONS_PATH = "/action_invocations"
"""The route under which invocations are listed."""

THREADS = "waiting for the threads it started"
"""Why a run whose body is through is not over."""


class MakesUrls(Protocol):
    """As much of a web request as is needed to write a link."""

    def url_for(self, name: str, /, **path_params: Any) -> Any:
        """The absolute URL of a route."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an invocation stands, all of it at one moment.

    Attributes:
        status: Where it stands.
        requested_at, started_at, ended_at: UTC, with zone.
        outcome: What came of it; None until it has ended.
    """

    status: InvocationStatus
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None


class Invocation(threading.Thread):
    """A run of an action. Made by the `ActionManager`; `start()` runs it in its own thread.

    Args:
        action: What to run.
        thing: On which Thing.
        id: Its id.
        input: The checked input.
        dependencies: More keyword arguments for the function.
        log_len: How many log records are kept.
        cancel_hook: The event that says it should stop. Without one `cancel()` does nothing.
        origin: Who asked.
        parent: The invocation that called this one through a slot, if one did.
        changed: Called after each change, with 'status', 'progress', or 'cancel' for the first
            time it is asked to stop; must not block. Called with 'starting', too, where it has
            its Thing and is about to take the Thing's own thread, which may take a while; and
            with 'over' when it has ended and its Thing is free.
        later: Tells progress a moment later, in another thread; a timer of its own without.
        interlock: Called just before the body, with the lock held; raises where it may not run.

    Attributes:
        action_ref, thing_ref: Weak references: an invocation keeps no Thing alive.
        retention_time: How long it can be asked for after its end, in seconds.
        expiry_time: When it will be forgotten; None until it has ended.
        cancelled_at_s: When it was first asked to stop, on the monotonic clock; None before.
        exclusive: Whether it holds its Thing while it runs.
        waited: Whether it had to wait for its Thing.
        stuck: Whether it was asked to stop longer ago than is allowed and still ran on.
        recorded: Done once it is on disk that it was accepted; None where nothing is recorded.
        values: The last known values of its Thing and of those in its slots, when it had ended.
    """

    def __init__(
        self,
        action: ActionDescriptor[..., Any],
        thing: Thing,
        id: UUID,
        input: BaseModel | None = None,
        dependencies: Mapping[str, Any] | None = None,
        log_len: int = 1000,
        cancel_hook: CancelEvent | None = None,
        *,
        origin: Origin = Origin(OriginKind.SCRIPT),
        parent: Invocation | None = None,
        changed: Callable[[Invocation, str], None] = lambda invocation, kind: None,
        interlock: Callable[[Thing, str, bool], None] = lambda thing, name, held: None,
        later: Later | None = None,
    ) -> None:
        super().__init__(name=f"{thing.name}.{action.name}", daemon=True)
        self.action_ref = weakref.ref(action)
        self.thing_ref = weakref.ref(thing)
        self.input: BaseModel = EmptyInput() if input is None else input
        self.dependencies = dict(dependencies or {})
        self.cancel_hook = cancel_hook
        self.origin = origin
        self.parent = parent.id if parent is not None else None
        self.root: UUID = parent.root if parent is not None else id
        self.thing_name = thing.name
        self.action_name = action.name
        self.title = action.title
        self.exclusive = action.exclusive and action.name != "stop"
        self.retention_time: float = action.retention_time
        self.expiry_time: datetime | None = None
        self.logger = invocation_logger(id, thing._core.logger)
        tell = partial(changed, self, "progress")
        self.progress = ProgressTracker(tell, later) if later else ProgressTracker(tell)
        self.waiting_for = ""
        self.waited = False
        self.cancelled_at_s: float | None = None
        self.stuck = False
        self.recorded: Future[None] | None = None
        self.values: tuple[tuple[str, Mapping[str, Reading]], ...] = ()
        self._kept: dict[BlobPath, UUID] = {}
        self._place: Place | None = None
        self._strands: Strands | None = None
        self._ID = id
        self._changed = changed
        self._interlock = interlock
        self._idle_event: CancelEvent | None = None
        self._status_lock = threading.Lock()
        self._status = InvocationStatus.PENDING
        self._return_value: Any = None
        self._outcome: Outcome | None = None
        self._request_time = now()
        self._start_time: datetime | None = None
        self._end_time: datetime | None = None
        self._started_s: float | None = None
        self._ended_s: float | None = None
        self._exception: BaseException | None = None
        self._log: deque[logging.LogRecord] = deque(maxlen=log_len)
        self._input_json, self._input_links = in_json(self.input)
        self._version = 0
        self._ended = threading.Event()

    @property
    def id(self) -> UUID:
        """Its id; not the thread's."""
        return self._ID

    @property
    def action(self) -> ActionDescriptor[..., Any]:
        """What it runs.

        Raises:
            RuntimeError: The class is gone.
        """
        return self._descriptor()

    @property
    def thing(self) -> Thing:
        """On which Thing.

        Raises:
            RuntimeError: The Thing is gone.
        """
        thing = self.thing_ref()
        if thing is None:
            raise RuntimeError("the Thing of this invocation is gone")
        return thing

    @property
    def strands(self) -> Strands:
        """The threads it started, while they run; most start none, and thousands are remembered."""
        with self._status_lock:
            if self._strands is None:
                self._strands = Strands()
            return self._strands

    @property
    def _goes_on(self) -> bool:
        """Whether threads run that it started."""
        return self._strands is not None and self._strands.running

    @property
    def cancel_event(self) -> CancelEvent:
        """The event running code looks at; one that is never set where there is no hook."""
        if self.cancel_hook is not None:
            return self.cancel_hook
        if self._idle_event is None:
            self._idle_event = CancelEvent(self.id)
        return self._idle_event

    @property
    def status(self) -> InvocationStatus:
        """Where it stands."""
        with self._status_lock:
            return self._status

    @property
    def standing(self) -> Standing:
        """Status, times and outcome as they were together at one moment."""
        with self._status_lock:
            return Standing(
                self._status, self._request_time, self._start_time, self._end_time, self._outcome
            )

    @property
    def expires_s(self) -> float | None:
        """When its time is up, on the monotonic clock, which nobody sets; None until its end."""
        with self._status_lock:
            return None if self._ended_s is None else self._ended_s + self.retention_time

    @property
    def took_s(self) -> float | None:
        """From its start to its end on the monotonic clock; None where either has not been."""
        with self._status_lock:
            if self._started_s is None or self._ended_s is None:
                return None
            return self._ended_s - self._started_s

    @property
    def input_json(self) -> Any:
        """The input in JSON form; each blob has a placeholder for an address."""
        return self._input_json

    @property
    def input_links(self) -> Mapping[str, ServerSideBlobData]:
        """Placeholder to data, for the blobs in the input."""
        return self._input_links

    @property
    def output_links(self) -> Mapping[str, ServerSideBlobData]:
        """Placeholder to data, for the blobs in the output; none until it has completed."""
        with self._status_lock:
            return {} if self._outcome is None else self._outcome.links

    @property
    def records(self) -> tuple[logging.LogRecord, ...]:
        """The newest log records, oldest first."""
        return tuple(self._log)

    @property
    def exception(self) -> BaseException | None:
        """What it raised, if it failed."""
        return self._exception

    @property
    def result(self) -> Any:
        """What the action returned; None until it has completed."""
        with self._status_lock:
            return self._return_value

    @property
    def output(self) -> Any:
        """What the action returned, for a web route; None until it has completed.

        Raises:
            NoBlobManagerError: There is no blob context, so that a Blob in it could not get an
                address. Use `result` where none is needed.
        """
        try:
            blobdata_to_url_ctx.get()
        except LookupError as error:
            raise NoBlobManagerError(
                "The output of an invocation was read outside a blob context; use `result`, or "
                "let the route depend on BlobIOContextDep."
            ) from error
        return self.result

    @property
    def log(self) -> list[LogRecordModel]:
        """The newest log records, oldest first."""
        return [LogRecordModel.model_validate(record) for record in tuple(self._log)]

    def log_lines(self) -> list[LogLine]:
        """The newest log records as the window shows them, oldest first."""
        return [
            LogLine(line.levelname, line.message, line.created, line.filename, line.lineno)
            for line in self.log
        ]

    @property
    def problem(self) -> Problem | None:
        """Why it failed or was cancelled."""
        with self._status_lock:
            return self._outcome.problem if self._outcome is not None else None

    def cancel(self, *, again: bool = True) -> None:
        """Ask it to stop. Code that never looks runs on; without a cancel hook nothing happens.

        Args:
            again: False where its event was set already, with that of the run that called it.
        """
        self.ask_to_stop(again=again)()

    def ask_to_stop(self, *, again: bool = True) -> Callable[[], None]:
        """Ask it to stop, at once.

        Args:
            again: As for `cancel`.

        Returns:
            What tells everybody that it was asked; that may take a moment.
        """
        if self.cancel_hook is None or self.status.ended:
            return lambda: None
        first = self._note_asked()
        if again:
            self.cancel_hook.set()
        thing = self.thing_ref()
        if thing is not None:
            thing.lock.wake()
        return lambda: self._changed(self, "cancel" if first else "progress")

    def _note_asked(self) -> bool:
        """Keep when it was first asked to stop; whether that is now."""
        with self._status_lock:
            if self.cancelled_at_s is not None:
                return False
            self.cancelled_at_s = time.monotonic()
            return True

    def mark_stuck(self) -> bool:
        """Say of it that it goes on although it was asked to stop.

        Returns:
            False where it has ended, or was said to be stuck before.
        """
        with self._status_lock:
            if self.stuck or self._status.ended:
                return False
            self.stuck = True
            return True

    def mark_kept(self, path: BlobPath, file: UUID | None) -> None:
        """Say of a blob of its output which file it is in the archive; None for none any more."""
        with self._status_lock:
            if file is None:
                self._kept.pop(path, None)
            else:
                self._kept[path] = file

    def exchange(self, old: ServerSideBlobData, new: ServerSideBlobData) -> None:
        """Hold other data in its output from now on, such as the same on the disk."""
        with self._status_lock:
            outcome = self._outcome
        if outcome is None:
            return
        for _, blob in blobs_in(outcome.value):
            if blob._data is old:
                blob._data = new
        outcome.exchange(old, new)

    def wait_ended(self, timeout_s: float | None = None) -> bool:
        """Wait until it has ended; also for one that runs in its caller's thread.

        Returns:
            Whether it has.
        """
        return self._ended.wait(timeout_s)

    def stand_in_line(self) -> None:
        """Take a place in the line for its Thing now: its thread may begin later than another's."""
        thing = self.thing_ref()
        if self.exclusive and thing is not None:
            self._place = thing.lock.stand_in_line()

    def leave_line(self) -> None:
        """Let those behind it in the line go on."""
        if self._place is not None:
            self._place.give_up()

    def not_started(self, error: BaseException) -> None:
        """End it before it began, since it could get no thread."""
        self._end(failed(error, InvocationStatus.ERROR))
        self._be_over()

    def run(self) -> None:
        """Run the action to its end and record what came of it.

        In its own thread it stays silent, since all is recorded. Called directly, as for a child
        that runs in its parent's thread, it also raises.

        Raises:
            Exception: Whatever the action raised.
            InvocationCancelledError: It was cancelled, and this is a child.
        """
        handler = DequeLogHandler(self._log)
        self.logger.addHandler(handler)
        try:
            self._run_to_its_end()
        finally:
            self.logger.removeHandler(handler)
            self._be_over()
        outcome = self._outcome
        own_thread = threading.current_thread() is self
        cancelled_root = self.parent is None and self.status is InvocationStatus.CANCELLED
        if outcome is not None and outcome.raised and not own_thread and not cancelled_root:
            raise outcome.raised

    def _run_to_its_end(self) -> None:
        try:
            self._changed(self, "status")
            self._execute()
            return
        except BaseException as error:  # no room even to say what went wrong: it ends all the same
            if self._outcome is not None:
                raise
            outcome = failed(error, InvocationStatus.ERROR)
        self._conclude(outcome)

    def _be_over(self) -> None:
        """Tell those who wait for its end: its Thing is free for others now."""
        self.leave_line()  # it may never have come so far
        try:
            self._changed(self, "over")
        finally:
            self._ended.set()

    def _conclude(self, outcome: Outcome) -> None:
        """End it, before anybody else may have its Thing: what is seen now is what it left."""
        # Before its end is told: who waits for it may need the room.
        self._let_go()
        if threading.current_thread() is self:
            _forget_frames(outcome.raised)
        self._end(outcome)

    def _let_go(self) -> None:
        """Keep of the log the words only."""
        try:
            for record in self._log:
                let_go(record)
        except MemoryError:  # the end counts more than the log
            self._log.clear()

    def _descriptor(self) -> ActionDescriptor[..., Any]:
        action = self.action_ref()
        if action is None:
            raise RuntimeError("the action of this invocation is gone")
        return action

    def _execute(self) -> None:
        """Run the body to its end; whatever it raises becomes an outcome."""
        try:
            thing = self.thing
            action = self._descriptor()
            with running_in(self), acting_for(self.root), self._holding(thing):
                try:
                    self.cancel_event.raise_if_set()
                    self._interlock(thing, action.name, True)
                    self._changed(self, "starting")
                    outcome = returned(action, self._run_body(thing, action))
                except BaseException as error:  # SystemExit must not leave it running
                    outcome = self._failed(error)
                self._conclude(outcome)
                return
        except BaseException as error:
            if self._outcome is not None:
                raise
            outcome = self._failed(error)  # it never got its Thing
        self._conclude(outcome)

    def _failed(self, error: BaseException) -> Outcome:
        """What came of it, where this was raised; called while that is handled."""
        if isinstance(error, InvocationCancelledError):
            self.logger.info("Invocation %s was cancelled.", self.id)
            return failed(error, InvocationStatus.CANCELLED)
        if isinstance(error, InterlockError):
            # Expected, of this run or of one it called: the words are all there is to say.
            self.logger.error("%s", error)
            return failed(error, InvocationStatus.ERROR)
        self.logger.error("%s", said_by(error), exc_info=error)
        return failed(error, InvocationStatus.ERROR)

    def _run_body(self, thing: Thing, action: ActionDescriptor[..., Any]) -> Any:
        """Run it to its end, and that of all threads it started: nobody could stop them later."""
        try:
            with self._in_turn(thing, action):
                # All that may take a while; who stopped it meanwhile must not see it begin.
                self.cancel_event.raise_if_set()
                self._begin()
                value = self._call(thing, action)
        except BaseException as error:
            if self._goes_on:
                if not isinstance(error, InvocationCancelledError):
                    self.logger.error("It failed; the threads it started are asked to stop.")
                first = self._note_asked()
                self.strands.ask_to_stop(self.cancel_event)
                self.waiting_for = THREADS
                self._changed(self, "cancel" if first else "progress")
                self.strands.wait()
            raise
        if self._goes_on:
            self.waiting_for = THREADS
            self._changed(self, "progress")
            self.strands.wait()
            self.cancel_event.raise_if_set()  # that may have been what ended them
        return value

    def _call(self, thing: Thing, action: ActionDescriptor[..., Any]) -> Any:
        try:
            return action.call(thing, self._call_keywords(action))
        except (MemoryError, SystemError) as error:  # C code may have no room to say which
            # The frames hold what filled the memory; without them there is room to go on. Here,
            # since whatever comes between may fail for want of it, and hide them behind its own.
            traceback.clear_frames(error.__traceback__)
            raise

    def _call_keywords(self, action: ActionDescriptor[..., Any]) -> dict[str, Any]:
        injected = {
            name: {"cancel_hook": self.cancel_event, "id": self.id, "logger": self.logger}[what]
            for name, what in action.injected.items()
        }
        return {**model_to_dict(self.input), **injected, **self.dependencies}

    @contextmanager
    def _holding(self, thing: Thing) -> Iterator[None]:
        """Hold the Thing's lock for an exclusive action; `stop` never takes it."""
        if not self.exclusive:
            yield
            return
        with thing.lock.held_by(
            self.root,
            self._described,
            waiting=self._wait_for,
            check=self.cancel_event.raise_if_set,
            place=self._place,
        ):
            self.waiting_for = ""
            yield

    @contextmanager
    def _in_turn(self, thing: Thing, action: ActionDescriptor[..., Any]) -> Iterator[None]:
        """Have the Thing's own thread, where it has one; `stop` runs in any."""
        if action.name == "stop" or not thing._core.has_own_thread:
            yield
            return
        with thing._core.in_turn(
            self.root,
            self._described,
            waiting=self._wait_for,
            check=self.cancel_event.raise_if_set,
            long=True,
        ):
            self.waiting_for = ""
            yield

    @property
    def _described(self) -> str:
        return f"{self.title} on {self.thing_name}, asked by {self.origin}"

    def _wait_for(self, holder: str) -> None:
        self.waited = True
        self.waiting_for = f"waiting for {holder}" if holder else "waiting in line"
        self._changed(self, "progress")

    def _begin(self) -> None:
        with self._status_lock:
            self._status = InvocationStatus.RUNNING
            self._start_time = now()
            self._started_s = time.monotonic()
        self._changed(self, "status")

    def _end(self, outcome: Outcome) -> None:
        """Status, times, output and expiry change in one step."""
        self.progress.close()
        with self._status_lock:
            self.waiting_for = ""
            self._outcome = outcome
            self._exception = outcome.raised if outcome.status is InvocationStatus.ERROR else None
            self._return_value = outcome.value
            self._end_time = now()
            self._ended_s = time.monotonic()
            self.expiry_time = self._end_time + timedelta(seconds=self.retention_time)
            self._status = outcome.status
        self._changed(self, "status")

    def snapshot(self) -> InvocationSnapshot:
        """How it stands, safe to keep."""
        progress = self.progress.snapshot()
        last = self._log[-1] if self._log else None
        with self._status_lock:
            self._version += 1
            outcome = self._outcome
            end_s = self._ended_s if self._ended_s is not None else time.monotonic()
            return InvocationSnapshot(
                id=self.id,
                thing=self.thing_name,
                action=self.action_name,
                title=self.title,
                status=self._status,
                origin=self.origin,
                parent=self.parent,
                requested_at=self._request_time,
                started_at=self._start_time,
                ended_at=self._end_time,
                elapsed_s=0.0 if self._started_s is None else end_s - self._started_s,
                progress=progress,
                waiting_for=self.waiting_for,
                input=self._input_json,
                output=None if outcome is None else outcome.json,
                blobs=() if outcome is None else self._blobs_of(outcome),
                error=None if outcome is None else outcome.problem,
                last_log="" if last is None else message_of(last),
                cancel_requested=self.cancelled_at_s is not None,
                stuck=self.stuck and outcome is None,
                version=self._version,
            )

    def _blobs_of(self, outcome: Outcome) -> tuple[OutputBlob, ...]:
        if not self._kept:
            return outcome.blobs
        return tuple(
            replace(blob, kept=self._kept[blob.path]) if blob.path in self._kept else blob
            for blob in outcome.blobs
        )

    def response(self, request: MakesUrls | None = None) -> InvocationModel:
        """The invocation as the network sees it.

        Args:
            request: Makes the links absolute; without it they are paths.

        Raises:
            NoBlobManagerError: There is no blob context.
        """
        if request is None:
            href = f"{ACTION_INVOCATIONS_PATH}/{self.id}"
        else:
            href = str(request.url_for("action_invocation", id=self.id))
        _ = self.output  # says at once when there is no blob context
        standing = self.standing
        outcome = standing.outcome
        problem = None if outcome is None else outcome.problem
        return InvocationModel(
            status=standing.status,
            id=self.id,
            action=f"/{self.thing_name}/{self.action_name}",
            href=href,
            timeStarted=standing.started_at,
            timeRequested=standing.requested_at,
            timeCompleted=standing.ended_at,
            input=self.input,
            output=None if outcome is None else outcome.value,
            log=self.log,
            links=[
                LinkElement(rel="self", href=href),
                LinkElement(rel="output", href=f"{href}/output"),
            ],
            error=None
            if problem is None
            else ProblemModel(
                type=problem.type,
                title=problem.title,
                status=problem.status,
                detail=problem.detail,
            ),
            progress=[ProgressModel(**asdict(step)) for step in self.progress.snapshot()],
            waiting_for=self.waiting_for,
            cancel_requested=self.cancelled_at_s is not None,
            stuck=self.stuck and outcome is None,
        )


def _forget_frames(error: BaseException | None) -> None:
    """Drop the traces of an error and of what led to it, once they are in the log.

    They would keep the local variables of the action - pictures, devices - and the invocation
    itself alive, for as long as it can be asked for.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = None
        error = error.__cause__ or error.__context__
