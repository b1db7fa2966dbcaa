"""The file service: files are put in, given back and found again, from any loop and any thread.

    async with FileService(app, database, dir="files") as file_service:
        data = await file_service.create({"name": "test", "extension": "txt"})
        data = await file_service.upload_local_file(data["id"], file_path)

Names and arguments are those of `kaiju_files.files.FileService`. Beneath it is an `Archive`, whose
methods wait for the disk: each of them runs in a worker here.
"""

from __future__ import annotations

import asyncio
import logging
import math
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, ClassVar, Self, TypeVar, Union
from uuid import UUID

from app.archive.archive import URI_PREFIX, Archive
from app.archive.errors import ArchiveClosedError
from app.archive.housekeeper import Housekeeper
from app.archive.limits import ArchiveLimits
from app.archive.records import ArchivedFile, FilePage, FileQuery
from app.archive.scrubbing import ScrubReport, scrub
from app.archive.sweeping import SweepReport, remove_drafts, sweep
from app.archive.temporary import TemporaryFiles
from app.archive.views import rebuild_views
from app.database.database import Database
from things.errors import ValueRefusedError

_log = logging.getLogger(__name__)

T = TypeVar("T")

LocalFile = Union[str, Path, IO[Any], "tempfile._TemporaryFileWrapper[Any]"]
"""A file of this computer: its path, or the file itself with its `name`."""

_WORKERS = 4


class FileService:
    """Files that are kept. Asynchronous; every method may be called on any loop.

    Args:
        app: Whose service it is; where it has a mapping `services`, it is found there by its
            `service_name`. None for nobody's.
        database_service: Where the catalogue is; opened and closed by whoever made it.
        dir: The folder the contents are kept in; its own.
        uri_prefix: What the addresses of files begin with.
        logger: Where it says what it does by itself.
        limits: How much it may take.
        archive: One that is open already, which it then neither opens nor closes.

    Raises:
        ArchiveClosedError: By every method, before it is open and after it was closed.
    """

    service_name = "files"
    URI_PREFIX: ClassVar[str] = URI_PREFIX
    DELETE_UNLINKED_INTERVAL_DAYS: ClassVar[float] = 1
    insert_columns: ClassVar[Sequence[str]] = (
        "name",
        "extension",
        "meta",
        "media_type",
        "tags",
        "notes",
    )
    update_columns: ClassVar[Sequence[str]] = ("name", "extension", "meta", "tags", "notes")
    """What may be changed. The hash is not among them: it is nobody's to set."""

    def __init__(
        self,
        app: Any,
        database_service: Database,
        dir: str | Path = ".",
        uri_prefix: str = URI_PREFIX,
        logger: logging.Logger | None = None,
        *,
        limits: ArchiveLimits | None = None,
        archive: Archive | None = None,
    ) -> None:
        self.app = app
        self.uri_prefix = uri_prefix
        self._own = archive is None
        self.archive = archive or Archive(
            database_service,
            Path(dir),
            uri_prefix=uri_prefix,
            limits=limits or ArchiveLimits(draft_days=self.DELETE_UNLINKED_INTERVAL_DAYS),
            logger=logger,
        )
        self._temporary = TemporaryFiles(self.archive.store)
        self._opening = threading.Lock()
        self._workers: ThreadPoolExecutor | None = None
        self._housekeeper: Housekeeper | None = None

    async def __aenter__(self) -> Self:
        """Open it."""
        await self.init()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()

    @property
    def closed(self) -> bool:
        """Whether it is not open."""
        return self._workers is None

    async def init(self) -> None:
        """Open it; twice is harmless.

        Raises:
            ArchiveFolderError: Its folder cannot be used.
        """
        if self._workers is None:
            await asyncio.to_thread(self.open)

    def open(self) -> None:
        """Open it without a loop; twice is harmless.

        Raises:
            ArchiveFolderError: Its folder cannot be used.
        """
        with self._opening:
            if self._workers is not None:
                return
            if self._own:
                self.archive.open()
                self._housekeeper = Housekeeper(self.archive)
            self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix=self.service_name)
            services = getattr(self.app, "services", None)
            if isinstance(services, MutableMapping):
                services[self.service_name] = self

    async def close(self) -> None:
        """Finish what was begun and close it; twice is harmless."""
        if self._workers is not None:
            await asyncio.to_thread(self.end)

    def end(self) -> None:
        """Close it without a loop; twice is harmless."""
        with self._opening:
            workers, self._workers = self._workers, None
            if workers is None:
                return
            services = getattr(self.app, "services", None)
            if isinstance(services, MutableMapping) and services.get(self.service_name) is self:
                del services[self.service_name]
            workers.shutdown(wait=True)
            if self._housekeeper is not None:
                self._housekeeper.close()
            if self._own:
                self.archive.close()

    # --- records ------------------------------------------------------------------------------

    async def create(self, data: Mapping[str, Any]) -> ArchivedFile:
        """An empty record with all that is known of a file; its content is uploaded later.

        Args:
            data: `insert_columns`, of which none has to be there; and `id`, for a chosen one.

        Raises:
            ValueRefusedError: Another column was given, or a value does not fit.
        """
        given = _columns(data, (*self.insert_columns, "id"))
        if "id" in given:
            given["id"] = _uuid(given["id"])
        return await self._call(partial(self.archive.create, **given))

    async def get(self, id: UUID | str) -> ArchivedFile:
        """One file with all that is known of it.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        return await self._call(partial(self.archive.get, _uuid(id)))

    async def list(self, query: FileQuery | None = None) -> FilePage:
        """The files that fit, newest first, page by page.

        Raises:
            FileQueryError: The query cannot be understood.
        """
        return await self._call(partial(self.archive.find, query or FileQuery()))

    async def update(self, id: UUID | str, data: Mapping[str, Any]) -> ArchivedFile:
        """Change what people say about a file.

        Args:
            id: Which file.
            data: Some of `update_columns`.

        Raises:
            FileNotKeptError: There is none of that id.
            ValueRefusedError: Another column was given, or a value does not fit.
        """
        given = _columns(data, self.update_columns)
        return await self._call(partial(self.archive.update, _uuid(id), **given))

    async def trash(self, id: UUID | str) -> ArchivedFile:
        """Put a file into the trash.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        return await self._call(partial(self.archive.trash, _uuid(id)))

    async def restore(self, id: UUID | str) -> ArchivedFile:
        """Bring a file back from the trash.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        return await self._call(partial(self.archive.restore, _uuid(id)))

    async def delete(self, id: UUID | str) -> None:
        """Delete a draft, or a file that is in the trash, for good.

        Raises:
            FileNotKeptError: There is none of that id.
            FileStateError: It is not in the trash.
        """
        await self._call(partial(self.archive.delete, _uuid(id)))

    # --- contents -----------------------------------------------------------------------------

    async def upload_local_file(
        self, id: UUID | str, path: LocalFile, move: bool = True
    ) -> ArchivedFile:
        """Put a file of this computer into a record.

        Args:
            id: Which record.
            path: Which file of the computer.
            move: Whether it is removed there, once it is safe here.

        Returns:
            The file, and with it where it is served: `uri`.

        Raises:
            FileNotKeptError: There is no such record.
            UploadError: The file cannot be read, or was changed meanwhile; it stays.
            ArchiveFullError: There is no room; the file stays.
        """
        if not isinstance(path, (str, Path)):
            path.flush()
        local = _path(path)
        return await self._call(partial(self.archive.put_file, _uuid(id), local, move=move))

    async def upload_content(
        self,
        id: UUID | str,
        content: bytes | str | BinaryIO | Iterable[bytes],
        _move: bool = True,
        *,
        size: int | None = None,
        sha256: str | None = None,
    ) -> ArchivedFile:
        """Put content into a record.

        Args:
            id: Which record.
            content: All of it, text as UTF-8, a binary file, or piece by piece.
            _move: Of no effect; in the original's signature.
            size: How many bytes were promised.
            sha256: Which hash was promised, as hex digits.

        Raises:
            FileNotKeptError: There is no such record.
            UploadError: It is not what was promised; nothing was kept of it.
            ArchiveFullError: There is no room.
        """
        data = content.encode() if isinstance(content, str) else content
        put = partial(self.archive.put, _uuid(id), data, size=size, sha256=sha256)
        return await self._call(put)

    async def get_local_file_path(self, id: UUID | str) -> Path:
        """Where the content of a file lies. It is read-only, and must stay as it is.

        Raises:
            FileNotKeptError: There is no such file.
            FileEmptyError: Nothing was uploaded yet.
        """
        return await self._call(partial(self.archive.path_of, _uuid(id)))

    async def delete_local_file(self, name: LocalFile) -> None:
        """Remove a temporary file of this service.

        Contents are not removed by hand: they go a day after no record names them any more.

        Args:
            name: The file, its path, or its name in `temp_dir`.

        Raises:
            ArchiveError: It is no temporary file of this service.
        """
        await self._call(partial(self._temporary.remove, _path(name)))

    async def delete_unlinked_files(
        self, days: float = 1, *, dry_run: bool = False
    ) -> Sequence[UUID]:
        """Remove records to which nothing was uploaded for so many days.

        Also done by itself, every `DELETE_UNLINKED_INTERVAL_DAYS`.

        Args:
            days: How many.
            dry_run: Only say which.

        Returns:
            The ids of what was removed.

        Raises:
            ValueRefusedError: That is no number of days.
        """
        try:
            passed = 0 <= days < math.inf
        except TypeError:
            passed = False
        if not passed:
            raise ValueRefusedError("days", "0 or more were expected")

        def remove() -> list[UUID]:
            report = SweepReport(dry_run)
            remove_drafts(self.archive, days, report)
            return report.drafts

        return await self._call(remove)

    async def sweep(self, *, dry_run: bool = False) -> SweepReport:
        """Sweep up what a crash left over and what no record names any more, now.

        Args:
            dry_run: Only say what would be done.
        """
        return await self._call(partial(sweep, self.archive, dry_run=dry_run))

    async def scrub(self) -> ScrubReport:
        """Read and hash every content again; what differs goes into quarantine."""
        return await self._call(partial(scrub, self.archive))

    async def rebuild_views(self, *, links: bool = False) -> int:
        """Make the folder `views/` with readable names anew.

        Args:
            links: Make relative symbolic links instead of copies.

        Returns:
            How many files are in it.
        """
        return await self._call(partial(rebuild_views, self.archive, links=links))

    # --- temporary files ----------------------------------------------------------------------

    @property
    def temp_dir(self) -> Path:
        """Where temporary files are: on the file system of the contents."""
        self._refuse_closed()
        return self._temporary.folder

    def get_temp_file_path(self) -> Path:
        """A path in `temp_dir` that nobody else gets; nothing is there yet."""
        self._refuse_closed()
        return self._temporary.path()

    async def get_temp_dir(self, *args: Any, **kws: Any) -> tempfile.TemporaryDirectory[str]:
        """A temporary folder, removed with all in it when it is closed.

        Args:
            *args: As for `tempfile.TemporaryDirectory`.
            **kws: As there.
        """
        return await self._call(partial(self._temporary.make_folder, *args, **kws))

    async def get_temp_file(self, *args: Any, **kws: Any) -> tempfile._TemporaryFileWrapper[Any]:
        """A temporary file, removed when it is closed.

        Args:
            *args: As for `tempfile.NamedTemporaryFile`.
            **kws: As there.
        """
        return await self._call(partial(self._temporary.make_file, *args, **kws))

    def get_temp_file_sync(self, *args: Any, **kws: Any) -> tempfile._TemporaryFileWrapper[Any]:
        """The same without a loop."""
        self._refuse_closed()
        return self._temporary.make_file(*args, **kws)

    def _refuse_closed(self) -> None:
        if self._workers is None:
            raise ArchiveClosedError

    async def _call(self, call: Callable[[], T]) -> T:
        workers = self._workers
        if workers is None:
            raise ArchiveClosedError
        try:
            running = asyncio.get_running_loop().run_in_executor(workers, call)
        except RuntimeError:
            raise ArchiveClosedError from None  # it was closed in this very moment
        return await running


def _columns(data: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    for name in data:
        if name not in known:
            raise ValueRefusedError(name, f"cannot be set; there are {', '.join(known)}")
    return {name: value for name, value in data.items() if value is not None}


def _uuid(id: UUID | str) -> UUID:
    if isinstance(id, UUID):
        return id
    try:
        return UUID(id)
    except ValueError:
        raise ValueRefusedError("id", f"{id!r} is no UUID") from None


def _path(file: LocalFile) -> Path:
    return Path(file) if isinstance(file, (str, Path)) else Path(file.name)
