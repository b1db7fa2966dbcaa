"""A run of an action on a bench elsewhere, as a script holds it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from app.client.blobs import with_blobs
from app.client.errors import BenchUnreachableError, UnexpectedAnswerError
from app.client.http import HttpLink
from app.client.invocation_log import log_of
from app.client.problems import Subject, error_of
from app.client.remote_bench import cancel, whole
from app.handles import InvocationSnapshot, InvocationStatus, LogLine, Problem, ProgressStep

_FIRST_LOOK_S: Final = 0.01
_LONGEST_PAUSE_S: Final = 0.25

OnProgress = Callable[[Sequence[ProgressStep]], object]
"""Called with the levels of progress, outermost first, whenever they changed."""

Watch = Callable[[UUID], InvocationSnapshot | None]
"""What the events told of an invocation so far."""


class RunningInvocation:
    """One run of an action. It goes on over there, whoever holds this or not.

    Args:
        http: Asks the bench.
        thing: Name of the Thing.
        action: Name of the action.
        answer: The invocation as the bench answered it.
        watch: Begins to follow the bench's events.

    Attributes:
        id: Its id.
        thing: Name of the Thing.
        action: Name of the action.
    """

    def __init__(
        self,
        http: HttpLink,
        thing: str,
        action: str,
        answer: Any,
        watch: Callable[[], Watch],
    ) -> None:
        self._http = http
        self._watch = watch
        self.thing = thing
        self.action = action
        self._take(answer)
        try:
            self.id = UUID(self._model["id"])
        except (LookupError, TypeError, ValueError):
            raise UnexpectedAnswerError(http.url, "an invocation was expected") from None

    @property
    def status(self) -> InvocationStatus:
        """Where it stands now; asks the bench until it has ended.

        Raises:
            InvocationNotFoundError: It is not kept any more.
            BenchUnreachableError: Nobody answers.
        """
        self._refresh()
        return self._status

    @property
    def log(self) -> Sequence[LogLine]:
        """What it logged so far, oldest first."""
        self._refresh()
        return log_of(self._model)

    @property
    def output(self) -> Any:
        """What it gave, links to data as `RemoteBlob`; None until it has completed."""
        self._refresh()
        return with_blobs(self._http, self._model.get("output"))

    @property
    def error(self) -> Problem | None:
        """Why it did not complete; None while it may."""
        self._refresh()
        found = self._model.get("error")
        if not isinstance(found, Mapping):
            return None
        return Problem(
            str(found.get("title")),
            str(found.get("detail")),
            str(found.get("type")),
            int(found.get("status") or 500),
        )

    def cancel(self) -> bool:
        """Ask it to stop; False where it had ended already."""
        return cancel(self._http, self.id)

    def wait(self, timeout_s: float | None = None, *, on_progress: OnProgress | None = None) -> Any:
        """Wait until it has ended.

        A connection that is cut meanwhile does not end the wait, unless for longer than one answer
        may take.

        Args:
            timeout_s: How long at most, in seconds; None for as long as it takes.
            on_progress: Called in this thread whenever the progress changed.

        Returns:
            What it gave, links to data as `RemoteBlob`.

        Raises:
            TimeoutError: It goes on; that is no cancellation.
            InvocationCancelledError: It was cancelled. No Exception, so that a script whose run
                was stopped does not go on with the next one.
            BenchUnreachableError: Nobody answers.
            ThingError: The Thing raised it.
            Exception: Whatever else the Thing raised, where it is a built-in error.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        watch = None if on_progress is None else self._watch()
        told: Sequence[ProgressStep] = ()
        pause_s = _FIRST_LOOK_S
        seen_s = time.monotonic()
        while True:
            try:
                if self.status.ended:
                    break
                seen_s = time.monotonic()
            except BenchUnreachableError:
                if time.monotonic() - seen_s > self._http.timeout_s:
                    raise
            if watch is not None and on_progress is not None:
                known = watch(self.id)
                if known is not None and known.progress != told:
                    told = known.progress
                    on_progress(told)
            left_s = pause_s if deadline is None else min(pause_s, deadline - time.monotonic())
            if left_s <= 0:
                raise TimeoutError(f"{self.action} on {self.thing} goes on after {timeout_s:g} s")
            time.sleep(left_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        self._raise_if_failed()
        return self.output

    def __repr__(self) -> str:
        return f"<{self.thing}.{self.action} {self.id}: {self._status.value}>"

    def _raise_if_failed(self) -> None:
        problem = self.error
        if self._status is InvocationStatus.COMPLETED:
            return
        if problem is None:
            problem = Problem(self._status.value, f"{self.action} ended without a word")
        error = error_of(problem, Subject("action", self.thing, self.action))
        error.add_note(f"Raised by {self.action} on {self.thing}, at {self._http.url}.")
        raise error

    def _refresh(self) -> None:
        if not self._status.ended:
            self._take(whole(self._http, self.id))

    def _take(self, answer: Any) -> None:
        try:
            self._model: Mapping[str, Any] = dict(answer)
            self._status = InvocationStatus(self._model["status"])
        except (LookupError, TypeError, ValueError):
            raise UnexpectedAnswerError(self._http.url, "an invocation was expected") from None
