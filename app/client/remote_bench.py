"""A bench elsewhere, as `app.handles.BenchHandle`: the same window shows it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from app.client import history
from app.client.blobs import RemoteBlob, blob_in
from app.client.errors import BenchUnreachableError, BlobExpiredError, UnexpectedAnswerError
from app.client.event_feed import FIRST_PAUSE_S, LONGEST_PAUSE_S, EventFeed
from app.client.http import ANSWER_WITHIN_S, HttpLink
from app.client.invocation_log import log_of
from app.client.mirror import KnownThing, Mirror
from app.client.problems import Subject
from app.client.remote_archive import RemoteArchive
from app.client.remote_thing import RemoteThing
from app.client.workers import Workers
from app.errors import InvocationNotFoundError
from app.event_bus import Mailbox
from app.handles import (
    InvocationSnapshot,
    LogLine,
    Picture,
    ServerInfo,
    Stamp,
    StopReport,
    ThingHandle,
)
from app.run_records import RunPage, RunQuery, RunRecord
from app.run_wire import RUNS_PATH
from things.errors import ThingError

T = TypeVar("T")

_REPORTS = TypeAdapter(list[StopReport])


class RemoteBench:
    """A bench that another program serves.

    Args:
        url: Where, with its prefix where it has one.
        timeout_s: How long an answer may take, in seconds.
        pauses_s: How long to wait before a cut line is tried again, and, doubling, at the longest.

    Raises:
        ValueError: The URL is no address.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = ANSWER_WITHIN_S,
        pauses_s: tuple[float, float] = (FIRST_PAUSE_S, LONGEST_PAUSE_S),
    ) -> None:
        self._http = HttpLink(url, timeout_s=timeout_s)
        self._mirror = Mirror(self._http)
        self._feed = EventFeed(self._http, self._mirror, pauses_s=pauses_s)
        self._workers = Workers(self._http.url)
        self._contents = Workers(self._http.url)
        self._archive = RemoteArchive(self._http, self._mirror, self._workers, self._contents)
        self._seen: Mapping[str, KnownThing] = {}
        self._things: dict[str, ThingHandle] = {}
        self._free_bytes: int | None = None

    def open(self, timeout_s: float | None = None) -> Self:
        """Connect; returns when it is known what is on the bench.

        Args:
            timeout_s: How long to wait for that; as long as for any answer where None.

        Raises:
            BenchUnreachableError: Nobody answers there.
            UnexpectedAnswerError: What answers is no bench of this program.
        """
        within_s = self._http.timeout_s if timeout_s is None else timeout_s
        try:
            self._mirror.load()
            self._feed.start()
            if not self._mirror.wait_connected(within_s):
                raise BenchUnreachableError(
                    self._http.url, self._mirror.trouble or "it sends no events"
                )
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Let go; what runs over there runs on."""
        self._feed.close()
        self._workers.close()
        self._contents.close()
        self._http.close()

    @property
    def connected(self) -> bool:
        """Whether the line stands."""
        return self._mirror.connected

    @property
    def title(self) -> str:
        """The bench's title."""
        return self._mirror.title

    @property
    def file(self) -> Path | None:
        """None: its file is elsewhere."""
        return None

    @property
    def things(self) -> Mapping[str, ThingHandle]:
        """All Things, failed ones too; each keeps its handle for as long as it is there."""
        now = self._mirror.things
        if now is not self._seen:
            self._things = {name: self._things.get(name) or self._handle(name) for name in now}
            self._seen = now
        return self._things

    def _handle(self, name: str) -> RemoteThing:
        return RemoteThing(name, self._mirror, self._http, self._workers, self._feed.hurry)

    @property
    def server(self) -> ServerInfo:
        """Where it is served, and whether the line stands."""
        note = "" if self._mirror.connected else "connection lost, trying again"
        return ServerInfo(self._http.url, note)

    def subscribe(self, wake: Callable[[], None]) -> Mailbox:
        """Everything that happens on the bench."""
        return self._mirror.bus.subscribe(wake)

    def invocations(self) -> Sequence[InvocationSnapshot]:
        """What runs and what ended recently."""
        return self._mirror.invocations.all

    async def cancel(self, invocation: UUID) -> bool:
        """Ask an invocation to stop."""
        return await self._workers.run(lambda: cancel(self._http, invocation))

    async def log(self, invocation: UUID) -> Sequence[LogLine]:
        """What an invocation logged."""
        return log_of(await self._workers.run(lambda: whole(self._http, invocation)))

    async def picture(self, invocation: UUID, path: tuple[str | int, ...] = ()) -> Picture | bytes:
        """The bytes of a picture, not looked into here."""
        return await self._workers.run(lambda: self._output(invocation, path, _all_of))

    async def save(self, invocation: UUID, path: tuple[str | int, ...], target: Path) -> None:
        """Write a blob to a file, piece by piece."""
        await self._workers.run(
            lambda: self._output(invocation, path, lambda blob: blob.save(target))
        )

    def _output(
        self, invocation: UUID, path: tuple[str | int, ...], use: Callable[[RemoteBlob], T]
    ) -> T:
        """A blob of an output; also where its link leads nowhere, but it is still there."""
        try:
            return use(blob_in(self._http, whole(self._http, invocation).get("output"), path))
        except (InvocationNotFoundError, BlobExpiredError):
            place = quote(json.dumps(list(path)))
            href = f"{RUNS_PATH}/{invocation}/output?path={place}"
            return use(RemoteBlob(self._http, {"href": href, "media_type": "*/*"}))

    async def stop_all(self) -> Sequence[StopReport]:
        """Stop everything. In a thread of its own: the workers may all be waiting."""
        future: Future[Sequence[StopReport]] = Future()

        def work() -> None:
            try:
                future.set_result(stop_all(self._http))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, name="remote-stop", daemon=True).start()
        return await asyncio.wrap_future(future)

    def disk_free_bytes(self) -> int:
        """Room where the bench keeps its data; what was last known while the line is cut.

        Raises:
            ThingError: It never was known.
        """
        try:
            answer = self._http.get("/events/state/disk")
        except BenchUnreachableError:
            if self._free_bytes is None:
                raise
            return self._free_bytes
        if not isinstance(answer, dict) or not isinstance(answer.get("free_bytes"), int):
            raise UnexpectedAnswerError(self._http.url, "the room on a disk was expected")
        free: int = answer["free_bytes"]
        self._free_bytes = free
        return free

    @property
    def stamp(self) -> Stamp:
        """What is written on everything over there."""
        return self._mirror.stamp

    async def set_stamp(self, stamp: Stamp) -> None:
        """Write something else; the event tells everybody, this window too."""
        await self._workers.run(lambda: history.put_stamp(self._http, stamp))

    @property
    def archive(self) -> RemoteArchive | None:
        """The files that are kept over there; None where none are."""
        return self._archive if self._mirror.keeps_files else None

    @property
    def ledger_trouble(self) -> str:
        """Why nothing can be recorded over there."""
        return self._mirror.ledger_trouble

    async def runs(self, query: RunQuery) -> RunPage:
        """A page of what was run over there."""
        return await self._workers.run(lambda: history.find_runs(self._http, query))

    async def run(self, id: UUID) -> RunRecord:
        """One run, with its log and values."""
        return await self._workers.run(lambda: history.one_run(self._http, id))

    async def annotate(self, id: UUID, note: str) -> RunRecord:
        """Write a note to a run; the event tells everybody."""
        return await self._workers.run(lambda: history.annotate(self._http, id, note))


def _all_of(blob: RemoteBlob) -> bytes:
    return blob.content


def whole(http: HttpLink, invocation: UUID) -> dict[str, Any]:
    """An invocation with its input, output, log and error.

    Raises:
        InvocationNotFoundError: It is not kept any more.
    """
    path = f"/action_invocations/{invocation}"
    answer = http.get(path, Subject("invocation", name=str(invocation)))
    if not isinstance(answer, dict):
        raise UnexpectedAnswerError(http.url + path, "an invocation was expected")
    return answer


def cancel(http: HttpLink, invocation: UUID) -> bool:
    """Ask an invocation to stop; False where it had ended already."""
    subject = Subject("invocation", name=str(invocation))
    try:
        http.ask("DELETE", f"/action_invocations/{invocation}", subject)
    except BenchUnreachableError:
        raise
    except ThingError:
        # 503 says that it has ended; whatever else it may be, looking tells.
        if whole(http, invocation).get("status") in ("pending", "running"):
            raise
        return False
    return True


def stop_all(http: HttpLink) -> Sequence[StopReport]:
    """Cancel everything on a bench and call `stop()` of every Thing that has one."""
    answer = http.ask("POST", "/stop")
    try:
        return _REPORTS.validate_python(answer["things"])
    except (TypeError, LookupError, ValidationError):
        raise UnexpectedAnswerError(http.url + "/stop", "reports were expected") from None
