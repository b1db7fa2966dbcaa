"""The handles of a bench in this process."""

from __future__ import annotations

import asyncio
import mimetypes
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from app.actions.outcome import blob_at
from app.archive.addresses import file_at
from app.archive.errors import ArchiveError
from app.bench import Bench
from app.bench_things import BenchThing
from app.dev_faults import NotInDevModeError, faults_on, put_faults_on
from app.event_bus import Mailbox
from app.handles import (
    InvocationSnapshot,
    LogLine,
    Origin,
    OriginKind,
    Picture,
    Reading,
    ServerInfo,
    Stamp,
    StopReport,
    ThingHandle,
)
from app.local_archive import LocalArchive
from app.run_records import RunPage, RunQuery, RunRecord
from things.blobs import LOCAL_HREF, Blob, BlobArray, BlobData, BlobFile, url_to_blobdata_ctx
from things.events import ThingState
from things.streams import FrameReader

T = TypeVar("T")


class LocalThing:
    """A Thing of this process, as `app.handles.ThingHandle`.

    Args:
        bench: The bench it is on.
        entry: The Thing with its state.
        origin: Who asks, through this handle.
        dev: Whether faults may be tried on it.
    """

    def __init__(
        self, bench: Bench, entry: BenchThing, origin: Origin, *, dev: bool = False
    ) -> None:
        self._bench = bench
        self._entry = entry
        self._origin = origin
        self._dev = dev

    @property
    def name(self) -> str:
        """Its name."""
        return self._entry.name

    @property
    def title(self) -> str:
        """What to call it."""
        return self._entry.title

    @property
    def group(self) -> str:
        """The heading it stands under."""
        return self._entry.spec.group

    @property
    def state(self) -> ThingState:
        """What it is doing."""
        return self._entry.state

    @property
    def reason(self) -> str:
        """Why it failed or is disconnected."""
        return self._entry.reason

    def describe(self) -> Mapping[str, Any]:
        """Its Thing Description."""
        return self._entry.describe()

    def last(self, name: str) -> Reading | None:
        """The last known value of a property."""
        thing = self._entry.thing
        return None if thing is None else thing._core.readings.get(name)

    def refusal(self, name: str) -> str:
        """Why an action or a write would be refused now, by what is known."""
        return self._bench.interlocks.refusal(self.name, name)

    async def read(self, name: str) -> Reading:
        """Read in a worker."""
        return await self._in_worker(lambda: self._bench.read(self.name, name))

    async def write(self, name: str, value: Any) -> Reading:
        """Write in a worker."""
        bench, since = self._bench, self._bench.stopped
        return await self._in_worker(
            lambda: bench.write(self.name, name, value, self._origin, since=since)
        )

    async def reset(self, name: str) -> Reading:
        """Reset in a worker."""
        bench, since = self._bench, self._bench.stopped
        return await self._in_worker(
            lambda: bench.reset(self.name, name, self._origin, since=since)
        )

    async def invoke(
        self, action: str, input: Mapping[str, Any] | None = None
    ) -> InvocationSnapshot:
        """Start an action.

        A blob in the input may be a file of this computer, `file:///...`, a file of the archive
        by its `uri`, or a link out of the input or the output of an invocation that is remembered.
        """
        bench, since = self._bench, self._bench.stopped

        def start() -> InvocationSnapshot:
            token = url_to_blobdata_ctx.set(self._data_behind)
            try:
                return bench.invoke(self.name, action, input, self._origin, since=since).snapshot()
            finally:
                url_to_blobdata_ctx.reset(token)

        return await self._in_worker(start)

    async def reconnect(self) -> None:
        """Bring it back, in a worker."""
        await self._in_worker(lambda: self._bench.reconnect(self.name))

    async def reload(self) -> None:
        """Read its driver again, in a worker."""
        await self._in_worker(lambda: self._bench.reload(self.name))

    async def faults(self) -> Mapping[str, Any]:
        """What is wrong with it, where it is simulated."""
        return await self._beside(lambda: faults_on(self._bench, self.name))

    async def set_faults(self, faults: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have other faults."""
        return await self._beside(lambda: put_faults_on(self._bench, self.name, faults))

    def open_stream(self, name: str, wake: Callable[[], None]) -> FrameReader:
        """Read a live stream."""
        return self._bench.stream(self.name, name).open(wake)

    def _data_behind(self, href: str) -> BlobData:
        """What a link in an input leads to.

        Raises:
            ValueError: Nothing of this computer, or nothing that is there any more.
        """
        if (file := file_at(href)) is not None:
            return self._archived(file)
        if not href.startswith(f"{LOCAL_HREF}/"):
            return _file_behind(href)
        for invocation in reversed(self._bench.actions.invocations):
            for links in (invocation.output_links, invocation.input_links):
                if href in links:
                    return links[href]
        raise ValueError("leads to a file that is not remembered any more")

    def _archived(self, id: UUID) -> BlobFile:
        """The content of a file of the archive.

        Raises:
            ValueError: It cannot be had.
        """
        try:
            archive = self._bench.opened_archive
            return BlobFile(archive.path_of(id), archive.get(id).media_type)
        except (ArchiveError, OSError) as error:
            raise ValueError(f"cannot be had: {error}") from error

    async def _in_worker(self, call: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._bench.workers.of(self.name).submit(call))

    async def _beside(self, call: Callable[[], T]) -> T:
        """Beside the Thing's own calls, which may hang because of the very faults."""
        if not self._dev:
            raise NotInDevModeError(self.name)
        return await asyncio.wrap_future(self._bench.workers.submit(call))


def _file_behind(href: str) -> BlobFile:
    """The file an operator chose as an input; whoever sits at this window may read it anyway.

    Raises:
        ValueError: It is no file of this computer, or not there.
    """
    parts = urlsplit(href)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f"{href} is no file of this computer")
    # Here: it imports HTTP, which the start of a window is spared.
    from urllib.request import url2pathname

    path = Path(url2pathname(parts.path))
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    try:
        return BlobFile(path, media_type)
    except OSError as error:
        raise ValueError(str(error)) from error


class LocalBench:
    """A bench of this process, as `app.handles.BenchHandle`.

    Args:
        bench: The bench.
        server: Says where it is served.
        origin: Who asks, through this handle.
        dev: Whether faults may be tried on simulated Things.
    """

    def __init__(
        self,
        bench: Bench,
        server: Callable[[], ServerInfo] = lambda: ServerInfo(""),
        origin: Origin = Origin(OriginKind.WINDOW),
        *,
        dev: bool = False,
    ) -> None:
        self._bench = bench
        self._server = server
        self._origin = origin
        self._dev = dev
        self._archive = LocalArchive(bench, origin)
        self._seen: Mapping[str, BenchThing] = {}
        self._things: dict[str, ThingHandle] = {}

    @property
    def title(self) -> str:
        """The bench's title."""
        return self._bench.spec.title

    @property
    def file(self) -> Path | None:
        """Its file."""
        return self._bench.spec.file

    @property
    def things(self) -> Mapping[str, ThingHandle]:
        """All Things, failed ones too; each keeps its handle for as long as it is there."""
        now, seen = self._bench.things.now, self._seen
        if now is not seen:
            known = self._things
            self._things = {
                name: known[name]
                if seen.get(name) is entry
                else LocalThing(self._bench, entry, self._origin, dev=self._dev)
                for name, entry in now.items()
            }
            self._seen = now
        return self._things

    @property
    def server(self) -> ServerInfo:
        """Where it is served."""
        return self._server()

    def subscribe(self, wake: Callable[[], None]) -> Mailbox:
        """Everything that happens on the bench."""
        return self._bench.bus.subscribe(wake)

    def invocations(self) -> Sequence[InvocationSnapshot]:
        """What runs and what ended recently."""
        return [invocation.snapshot() for invocation in self._bench.actions.invocations]

    async def cancel(self, invocation: UUID) -> bool:
        """Ask an invocation to stop."""
        return self._bench.actions.cancel(invocation)

    async def log(self, invocation: UUID) -> Sequence[LogLine]:
        """What an invocation logged."""
        return self._bench.actions.get_invocation(invocation).log_lines()

    async def picture(self, invocation: UUID, path: tuple[str | int, ...] = ()) -> Picture | bytes:
        """A picture of an output: its array, or its bytes read in a worker."""
        running = self._bench.actions.find(invocation)
        found = None if running is None else blob_at(running.result, path)
        if found is None:
            found = await self._in_worker(lambda: self._blob(invocation, path))
        blob: Blob = found
        data = blob.data
        if isinstance(data, BlobArray):
            return Picture(data.array, data.pixel_size_um, data.full_scale)
        return await self._in_worker(lambda: data.content)

    async def save(self, invocation: UUID, path: tuple[str | int, ...], target: Path) -> None:
        """Write a blob to a file, in a worker."""
        await self._in_worker(lambda: self._blob(invocation, path).save(target))

    async def stop_all(self) -> Sequence[StopReport]:
        """Stop everything. In a thread of its own: the workers may all be busy."""
        stopping = self._bench.stop_all_soon()
        # Shielded: a window that goes away does not call the stop off.
        return await asyncio.shield(asyncio.wrap_future(stopping))

    def disk_free_bytes(self) -> int:
        """Room where data is kept."""
        folder = self._bench.data_folder or Path.cwd()
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    @property
    def stamp(self) -> Stamp:
        """What is written on everything."""
        return self._bench.stamp

    async def set_stamp(self, stamp: Stamp) -> None:
        """Write something else, and keep it on disk, in a worker."""
        await self._in_worker(lambda: self._bench.set_stamp(stamp))

    @property
    def archive(self) -> LocalArchive | None:
        """The files that are kept; None on a bench without a folder of data."""
        return None if self._bench.data_folder is None else self._archive

    @property
    def ledger_trouble(self) -> str:
        """Why nothing can be recorded now."""
        return self._bench.ledger_trouble

    async def runs(self, query: RunQuery) -> RunPage:
        """Ask the ledger, in a worker."""
        return await self._in_worker(lambda: self._bench.history.find(query))

    async def run(self, id: UUID) -> RunRecord:
        """Ask the ledger, in a worker."""
        return await self._in_worker(lambda: self._bench.history.run(id))

    async def annotate(self, id: UUID, note: str) -> RunRecord:
        """Write to the ledger, in a worker."""
        return await self._in_worker(lambda: self._bench.history.annotate(id, note))

    def _blob(self, invocation: UUID, path: tuple[str | int, ...]) -> Blob:
        """Wherever it is now: with the run, put aside on the disk, or in the archive."""
        return self._bench.outputs.find(invocation, path)

    async def _in_worker(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._bench.workers, call)
