"""A bench elsewhere, as a script uses it.

    from app.client import connect

    with connect("http://127.0.0.1:7170") as bench:
        camera = bench["camera"]
        camera.exposure = 20
        camera.snap().save("cells.png")

Ordinary blocking calls; only who subscribes, or wants to hear of progress, has a thread more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

from app.client import history
from app.client.archive import ArchiveClient
from app.client.blobs import RemoteBlob
from app.client.errors import BenchUnreachableError, UnexpectedAnswerError
from app.client.event_feed import EventFeed
from app.client.http import ANSWER_WITHIN_S, HttpLink
from app.client.invocation_client import RunningInvocation, Watch
from app.client.mirror import Mirror
from app.client.remote_bench import stop_all, whole
from app.client.thing_client import ThingClient
from app.client.uploads import upload
from app.handles import Stamp, StopReport
from app.run_records import RunRecord
from things.events import Event

_log = logging.getLogger(__name__)

_PAGE: Final = 100


class BenchClient:
    """A bench that another program serves. May be used from any thread.

    Args:
        url: Where, with its prefix where it has one.
        timeout_s: How long an answer may take, in seconds. Actions may take longer: they are
            started and looked after.

    Raises:
        ValueError: The URL is no address.
        BenchUnreachableError: Nobody answers there.
        UnexpectedAnswerError: What answers is no bench.
    """

    def __init__(self, url: str, *, timeout_s: float = ANSWER_WITHIN_S) -> None:
        self._http = HttpLink(url, timeout_s=timeout_s)
        self._lock = threading.Lock()
        self._mirror: Mirror | None = None
        self._feed: EventFeed | None = None
        self._followers: dict[object, Callable[[Event], object]] = {}
        try:
            found = self._http.get("/things/")
            if not isinstance(found, dict):
                raise UnexpectedAnswerError(self._http.url, "is no bench: it has no list of Things")
        except BaseException:
            self._http.close()
            raise
        self._names = tuple(str(name) for name in found)

    @property
    def url(self) -> str:
        """Where it is served."""
        return self._http.url

    @property
    def things(self) -> Sequence[str]:
        """The names of its Things, in the order of the bench."""
        return self._names

    def __getitem__(self, name: str) -> ThingClient:
        if name not in self._names:
            raise KeyError(f"the bench has no {name!r}; there is {', '.join(self._names)}")
        return ThingClient(name, self._http, self._watch, self.subscribe)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go."""
        self.close()

    def close(self) -> None:
        """Let go; what runs over there runs on."""
        with self._lock:
            feed, self._feed = self._feed, None
            self._followers.clear()
        if feed is not None:
            feed.close()
        self._http.close()

    def invocation(self, id: UUID | str) -> RunningInvocation:
        """A run that somebody started, by its id.

        Raises:
            InvocationNotFoundError: It is not kept any more.
        """
        answer = whole(self._http, UUID(str(id)))
        path = str(answer.get("action", "")).strip("/").rpartition("/")
        return RunningInvocation(self._http, path[0], path[2], answer, self._watch)

    def upload(self, source: Path | bytes, media_type: str | None = None) -> RemoteBlob:
        """Bring data to the bench, for an action to take. What none takes is forgotten there.

        Args:
            source: A file, sent piece by piece; or bytes.
            media_type: What it is; guessed from the file's name where None.

        Raises:
            OSError: The file cannot be read.
            ThingError: The bench does not take it.
        """
        return upload(self._http, source, media_type)

    def runs(
        self, *, limit: int | None = None, page: int = _PAGE, **wanted: Any
    ) -> Iterator[RunRecord]:
        """What was run, newest first; asked for page by page while it is looped over.

        Args:
            limit: How many at most; None for all.
            page: How many are asked for at once.
            **wanted: `thing`, `action`, `state`, `origin`, `who`, `since`, `until`, `text`,
                `parent` or `roots`, as `app.run_records.RunQuery` has them; states, ids and times
                may be text, and times without a zone are those of this computer.

        Raises:
            RunQueryError: Something is not known, or not what it should be.
            LedgerError: The bench has no ledger, or cannot read it.
        """
        query = replace(history.query_of(wanted), limit=page)
        return history.all_runs(self._http, query, limit)

    def run(self, id: UUID | str) -> RunRecord:
        """One run with its log, and the values before and after, however long ago it was.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: The bench has no ledger, or cannot read it.
        """
        return history.one_run(self._http, UUID(str(id)))

    def annotate(self, id: UUID | str, note: str) -> RunRecord:
        """Write a note to a run, in place of the one it has; returns once it is on disk.

        Raises:
            ValueRefusedError: It is too long, or holds a control character.
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: The bench has no ledger, or cannot write it.
        """
        return history.annotate(self._http, UUID(str(id)), note)

    @property
    def archive(self) -> ArchiveClient:
        """The files that are kept over there."""
        return ArchiveClient(self._http)

    @property
    def stamp(self) -> Stamp:
        """Operator, sample and session, which are written on everything that is run."""
        return history.get_stamp(self._http)

    def set_stamp(self, operator: str = "", sample: str = "", session: str = "") -> Stamp:
        """Write something else on everything from now on.

        Raises:
            ValueRefusedError: A field is longer than 200 characters, or holds a control character.
        """
        return history.put_stamp(self._http, Stamp(operator, sample, session))

    def stop_all(self) -> Sequence[StopReport]:
        """Cancel everything and call `stop()` of every Thing that has one."""
        return stop_all(self._http)

    def subscribe(self, call: Callable[[Event], object]) -> Callable[[], None]:
        """Have a function called with everything that happens.

        After a cut line it goes on where it was; while it is cut, and when it is back, every Thing
        is said to be disconnected, and what it is then (`ThingStateChanged`).

        Args:
            call: Called in the thread that follows the bench; what it raises is logged.

        Returns:
            Call it to end this.

        Raises:
            BenchUnreachableError: Nobody answers.
        """
        self._follow()
        key = object()
        with self._lock:
            self._followers = {**self._followers, key: call}

        def leave() -> None:
            with self._lock:
                self._followers = {
                    other: kept for other, kept in self._followers.items() if other is not key
                }

        return leave

    def _watch(self) -> Watch:
        return self._follow().invocations.get

    def _follow(self) -> Mirror:
        """Follow the events, from the first time that anybody wants to."""
        with self._lock:
            if self._mirror is None:
                mirror = Mirror(self._http)
                mirror.load()
                events = mirror.bus.subscribe(lambda: self._hand_out(events.take()))
                feed = EventFeed(self._http, mirror)
                feed.start()
                self._mirror, self._feed = mirror, feed
            mirror = self._mirror
        if not mirror.wait_connected(self._http.timeout_s):
            raise BenchUnreachableError(self._http.url, mirror.trouble or "it sends no events")
        return mirror

    def _hand_out(self, events: Sequence[Event]) -> None:
        """In the feed's thread; every event is handed out before the next one comes."""
        for event in events:
            for call in tuple(self._followers.values()):
                try:
                    call(event)
                except Exception:  # the caller's own code
                    _log.exception("Who listens to %s failed; the events go on.", self._http.url)


def connect(url: str, *, timeout_s: float = ANSWER_WITHIN_S) -> BenchClient:
    """Connect to a bench that another program serves.

    Args:
        url: Such as 'http://127.0.0.1:7170'.
        timeout_s: How long an answer may take, in seconds.

    Raises:
        ValueError: The URL is no address.
        BenchUnreachableError: Nobody answers there.
        UnexpectedAnswerError: What answers is no bench.
    """
    return BenchClient(url, timeout_s=timeout_s)
