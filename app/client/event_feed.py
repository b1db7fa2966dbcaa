"""Follows the events of a bench in a thread of its own, and comes back when the line was cut."""

from __future__ import annotations

import logging
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import httpx
from pydantic_core import from_json

from app.client.errors import BenchUnreachableError, UnexpectedAnswerError
from app.client.http import HttpLink, media_type
from app.client.sse import events_in
from app.wire import WireError, event_from
from things.errors import ThingError
from things.events import Event

_log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 5.0
SILENCE_S: Final = 40.0
"""The server gives a sign of life every 15 s; after this long without, the line is cut."""


class Follower(Protocol):
    """What is told by an `EventFeed`, in its thread."""

    def load(self) -> str:
        """Look at everything anew; returns the id of the last event that is contained.

        Raises:
            ThingError: It cannot be had now.
        """

    def back(self) -> None:
        """The line stands; what follows is complete."""

    def received(self, event: Event) -> None:
        """Something happened."""

    def lost(self, error: ThingError) -> None:
        """The line is cut; it is tried again by itself."""


class EventFeed:
    """Follows `/events`. Nothing is lost between two connections: it goes on where it was.

    Args:
        http: Asks the bench.
        follower: Is told.
        pauses_s: How long to wait before the first new try and, doubling, at the longest.
        silence_s: How long nothing at all may come.
    """

    def __init__(
        self,
        http: HttpLink,
        follower: Follower,
        *,
        pauses_s: tuple[float, float] = (FIRST_PAUSE_S, LONGEST_PAUSE_S),
        silence_s: float = SILENCE_S,
    ) -> None:
        self._http = http
        self._follower = follower
        self._pauses_s = pauses_s
        self._silence_s = silence_s
        self._hurry = threading.Event()
        self._lock = threading.Lock()
        self._closed = False
        self._last_id = ""
        self._heard = False
        self._answer: httpx.Response | None = None
        self._thread = threading.Thread(target=self._run, name="remote-events", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def hurry(self) -> None:
        """Try again now, where it is waiting to."""
        self._hurry.set()

    def close(self) -> None:
        """Follow no more; returns when the thread has ended."""
        with self._lock:
            self._closed = True
            answer = self._answer
        self._hurry.set()
        if answer is not None:
            _cut(answer)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        first_s, longest_s = self._pauses_s
        pause_s = first_s
        while not self._closed:
            self._heard = False
            try:
                self._follow()
            except ThingError as error:
                self._tell_lost(error)
            except Exception as error:
                if not isinstance(error, WireError):
                    _log.exception("Following %s failed; it is tried again.", self._http.url)
                # It may be another server by now: look at everything anew.
                self._last_id = ""
                self._tell_lost(UnexpectedAnswerError(f"{self._http.url}/events", str(error)))
            pause_s = first_s if self._heard else min(2 * pause_s, longest_s)
            # Several windows on one bench must not come back in step.
            self._hurry.wait(pause_s * random.uniform(0.7, 1.0))
            self._hurry.clear()

    def _follow(self) -> None:
        """One connection, from its beginning to its end.

        Raises:
            ThingError: Why it ended.
            WireError: Something odd came.
        """
        if not self._last_id:
            self._last_id = self._follower.load()
        with self._connection() as answer:
            for event in events_in(answer.iter_bytes()):
                self._heard = True
                if event is None:
                    continue
                if event.name == "reset":
                    self._last_id = self._follower.load()
                    self._tell(self._follower.back)
                elif not event.data:  # only an id: all that was missed has come
                    self._last_id = event.id or self._last_id
                    self._tell(self._follower.back)
                elif _is_after(event.id, self._last_id):
                    self._hand_over(event.name, event.data)
                    self._last_id = event.id or self._last_id
        raise BenchUnreachableError(self._http.url, "the connection was closed")

    @contextmanager
    def _connection(self) -> Iterator[httpx.Response]:
        headers = {"accept": "text/event-stream", "last-event-id": self._last_id}
        with self._http.answer(
            "GET", "/events", headers=headers, timeout_s=self._silence_s
        ) as answer:
            if media_type(answer) != "text/event-stream":
                raise UnexpectedAnswerError(str(answer.url), "events were expected")
            with self._lock:
                self._answer = answer
                if self._closed:
                    raise BenchUnreachableError(self._http.url, "the connection is closed")
            try:
                yield answer
            finally:
                with self._lock:
                    self._answer = None

    def _hand_over(self, name: str, data: str) -> None:
        try:
            parsed: Any = from_json(data)
        except ValueError as error:
            raise WireError(f"{name}: no JSON: {error}") from None
        event = event_from(name, parsed)
        if event is not None:
            self._tell(lambda: self._follower.received(event))

    def _tell(self, call: Callable[[], None]) -> None:
        try:
            call()
        except ThingError:
            raise
        except Exception:  # somebody else's code
            _log.exception("Whoever follows a bench failed; the events go on.")

    def _tell_lost(self, error: ThingError) -> None:
        if not self._closed:
            self._tell(lambda: self._follower.lost(error))


def _is_after(id: str, last: str) -> bool:
    """Whether an event came after the last one that is known: ids are `<boot>-<seq>`."""
    boot, _, seq = id.rpartition("-")
    last_boot, _, last_seq = last.rpartition("-")
    if boot != last_boot or not seq.isdigit() or not last_seq.isdigit():
        return True
    return int(seq) > int(last_seq)


def _cut(answer: httpx.Response) -> None:
    """Wake the thread that waits for more of an answer: closing alone would not."""
    stream = answer.extensions.get("network_stream")
    raw = stream.get_extra_info("socket") if stream is not None else None
    if raw is not None:
        try:
            raw.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was closed already
