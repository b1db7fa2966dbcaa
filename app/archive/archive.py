"""The archive: contents on the disk, files in the catalogue, and the order in which both change.

A content is written into `staging/`, made safe against a power cut, given its name, and only then
named by a record; a file that is to be moved is removed after that, last of all. So whatever
happens in between, no record promises what is not there, and nothing is lost that was
acknowledged; what a crash leaves over is swept up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.archive import catalogue
from app.archive.catalogue_access import CatalogueAccess
from app.archive.disk import Disk
from app.archive.errors import (
    ArchiveClosedError,
    ArchiveError,
    ArchiveFullError,
    ArchiveReadOnlyError,
    FileEmptyError,
)
from app.archive.events import ArchiveTroubled, FileChanged, FileKept, FileRemoved
from app.archive.file_rows import file_of_row
from app.archive.folder_hold import FolderHold
from app.archive.intake import Intake
from app.archive.limits import ArchiveLimits
from app.archive.naming import NamePattern, NamesGiven, number_in
from app.archive.new_files import checked_file, extension_of
from app.archive.new_rows import prepared, put_new
from app.archive.records import (
    ArchivedFile,
    ArchiveUsage,
    BlobPath,
    FileEvent,
    FilePage,
    FileQuery,
    FileVersion,
    KeptBy,
    Provenance,
)
from app.archive.rows import Content, NewFile, path_from
from app.archive.searching import FileReader
from app.archive.sources import chunks_of, pieces
from app.archive.store import Staged
from app.archive.texts import (
    checked_extension,
    checked_media_type,
    checked_notes,
    checked_tags,
    meta_text,
    micros,
    plain,
    shown_name,
)
from app.database.archive_tables import file_events, files, objects
from app.database.database import Database
from app.run_facts import Stamp
from things.events import Event, now

_log = logging.getLogger(__name__)

T = TypeVar("T")

URI_PREFIX: Final = "/files/"


class Archive:
    """Keeps files. Its methods may be called from any thread, and wait for the disk.

    Args:
        database: Where the catalogue is; opened and closed by whoever made it.
        folder: Where contents are kept; its own.
        uri_prefix: What the addresses of files begin with.
        limits: How much it may take.
        publish: Is told of what happens to files; in any thread.
        disk: How the folder is reached.
        logger: Where it says what it does by itself.
        names: What files are called that are kept without a name.
        stamp: Gives what is written on files that no run made.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        uri_prefix: str = URI_PREFIX,
        limits: ArchiveLimits | None = None,
        publish: Callable[[Event], None] = lambda event: None,
        disk: Disk | None = None,
        logger: logging.Logger | None = None,
        names: NamePattern | None = None,
        stamp: Callable[[], Stamp] = Stamp,
    ) -> None:
        self.database = database
        self.folder = folder
        self.uri_prefix = uri_prefix
        self._hold = FolderHold(folder, disk, self._say_read_only)
        self.store = self._hold.store
        self.intake = Intake(self.store, limits or ArchiveLimits())
        self.log = logger or _log
        self._publish = publish
        self._stamp = stamp
        self._names = NamesGiven(names or NamePattern(), self._highest_number)
        self._catalogue = CatalogueAccess(database)
        self._reader = FileReader(database, uri_prefix)
        self._open = False

    @property
    def is_open(self) -> bool:
        """Whether it can be used now."""
        return self._open

    @property
    def read_only(self) -> str:
        """Why it can only be read, in words; '' where it can be written."""
        return self._hold.read_only

    @property
    def changes(self) -> int:
        """Grows with every change that is acknowledged: what was read before may be old then."""
        return self._catalogue.changes

    @property
    def limits(self) -> ArchiveLimits:
        """How much it may take."""
        return self.intake.limits

    @limits.setter
    def limits(self, limits: ArchiveLimits) -> None:
        self.intake.limits = limits

    def open(self) -> None:
        """Take the folder, and clear away what was half done when the program died.

        A folder that can only be read is opened to be read; see `try_to_write`.

        Raises:
            ArchiveFolderError: It cannot be used, is another program's, or contents are in the
                catalogue and their folder is gone.
            ArchiveError: The catalogue cannot be read.
        """
        if self._open:
            return
        count, taken = self._counted()
        self._hold.take(count)
        self.intake.begin(taken)
        self._open = True

    def close(self) -> None:
        """Let the folder go; twice is harmless."""
        self._open = False
        self._hold.let_go()

    def try_to_write(self) -> None:
        """Find out whether a folder that could only be read can be written now.

        Every change tries it, and so does whoever keeps house here.

        Raises:
            ArchiveReadOnlyError: It can not.
            ArchiveFolderError: Another program has it now.
        """
        self._hold.try_to_write()

    # --- records ------------------------------------------------------------------------------

    def create(
        self,
        name: str = "",
        *,
        extension: str = "",
        media_type: str = "",
        meta: Mapping[str, Any] | None = None,
        tags: Iterable[str] = (),
        notes: str = "",
        provenance: Provenance | None = None,
        kept_by: KeptBy = KeptBy.UPLOAD,
        who: str = "",
        id: UUID | None = None,
    ) -> ArchivedFile:
        """A record without content, to be uploaded later.

        Raises:
            ValueRefusedError: Name, extension, tags, notes or metadata do not fit.
            FileTakenError: There is a file of that id.
            ArchiveError: It cannot be written.
        """
        new = checked_file(
            name, extension, media_type, meta, tags, notes,
            provenance or Provenance(stamp=self._stamp()), kept_by, who, id,
        )  # fmt: skip
        draft = prepared(new, micros(now()))
        self.write(lambda connection: put_new(connection, draft))
        return self.get(new.id)

    def get(self, id: UUID) -> ArchivedFile:
        """One file with all that is known of it.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        self.refuse_closed()
        return self._reader.get(id)

    def all_of(self, ids: Sequence[UUID]) -> list[ArchivedFile]:
        """Files in the order they are asked for, without the values in their provenance.

        Raises:
            FileNotKeptError: There is none of one of the ids.
        """
        self.refuse_closed()
        return self._reader.all_of(ids)

    def find(self, query: FileQuery) -> FilePage:
        """The files that fit.

        Raises:
            FileQueryError: The query cannot be understood.
        """
        self.refuse_closed()
        return self._reader.find(query)

    def versions(self, id: UUID) -> list[FileVersion]:
        """What a file held, the oldest first.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        self.refuse_closed()
        return self._reader.versions(id)

    def events(self, id: UUID) -> list[FileEvent]:
        """What was done to a file, the oldest first; also to one that was deleted."""
        self.refuse_closed()
        return self._reader.events(id)

    def tags(self) -> dict[str, int]:
        """All tags there are, and how many files have each."""
        self.refuse_closed()
        return self._reader.tags()

    def update(
        self,
        id: UUID,
        *,
        name: str | None = None,
        extension: str | None = None,
        notes: str | None = None,
        tags: Iterable[str] | None = None,
        meta: Mapping[str, Any] | None = None,
        who: str = "",
    ) -> ArchivedFile:
        """Change what people say about a file; None leaves it. Its hash is nobody's to set.

        Raises:
            FileNotKeptError: There is none of that id.
            ValueRefusedError: A value does not fit; nothing was changed.
        """
        changes = catalogue.Changes(
            name=None if name is None else shown_name(name),
            extension=None if extension is None else checked_extension(extension),
            notes=None if notes is None else checked_notes(notes),
            tags=None if tags is None else checked_tags(tags),
            meta=None if meta is None else meta_text(meta),
        )
        at_us = micros(now())
        self.write(lambda c: catalogue.change(c, id, changes, at_us, who=who))
        return self._changed(id)

    def trash(self, id: UUID, *, who: str = "") -> ArchivedFile:
        """Put a file into the trash, from where it can be brought back.

        Raises:
            FileNotKeptError: There is none of that id.
            FileEmptyError: It is a draft.
        """
        self.write(lambda c: catalogue.trash(c, id, micros(now()), who=who))
        return self._changed(id)

    def restore(self, id: UUID, *, who: str = "") -> ArchivedFile:
        """Bring a file back from the trash.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        self.write(lambda c: catalogue.restore(c, id, micros(now()), who=who))
        return self._changed(id)

    def delete(self, id: UUID, *, who: str = "") -> None:
        """Delete a draft, or a file that is in the trash, for good.

        Its content goes a day later, where no other file has the same.

        Raises:
            FileNotKeptError: There is none of that id.
            FileStateError: It is not in the trash.
        """
        row = self.write(lambda c: catalogue.remove(c, id, micros(now()), who=who))
        path: BlobPath = path_from(row.path)
        self._publish(FileRemoved(thing=row.thing, id=id, run=row.run, path=path))

    # --- contents -----------------------------------------------------------------------------

    def put(
        self,
        id: UUID,
        content: bytes | BinaryIO | Iterable[bytes],
        *,
        size: int | None = None,
        sha256: str | None = None,
        media_type: str | None = None,
        limit: int | None = None,
        who: str = "",
    ) -> ArchivedFile:
        """Put content into a file; one that has some gets a new version.

        Args:
            id: Which file.
            content: All of it, a binary file, or piece by piece.
            size: How many bytes were promised.
            sha256: Which hash was promised, as hex digits.
            media_type: What it is; as before where None.
            limit: The most bytes that may come, where that is less than the archive allows.
            who: Who asked.

        Raises:
            FileNotKeptError: There is no such file.
            FileStateError: It is in the trash.
            ValueRefusedError: The media type is none.
            UploadTruncatedError: It has not as many bytes as were promised.
            UploadHashError: It has another hash than was promised.
            UploadTooLargeError: It has more bytes than are allowed.
            ArchiveFullError: There is no room.
        """
        kind = None if media_type is None else checked_media_type(media_type)
        self.get(id)  # said before a gigabyte is written
        with self._received(pieces(content), _promised(content, size), sha256, limit) as staged:
            self._link(id, staged, kind, who)
        return self._kept(id)

    def put_staged(
        self,
        id: UUID,
        staged: Staged,
        *,
        size: int | None = None,
        sha256: str | None = None,
        media_type: str | None = None,
        who: str = "",
    ) -> ArchivedFile:
        """Put a content into a file that lies in the archive's folder already: by its name alone.

        Args:
            id: Which file.
            staged: Where it lies, to the end and safe; it is nobody else's.
            size: As for `put`.
            sha256: As for `put`.
            media_type: As for `put`.
            who: Who asked.

        Raises:
            ArchiveError: As `put` does.
        """
        kind = None if media_type is None else checked_media_type(media_type)
        self.get(id)
        self.try_to_write()
        with self.intake.adopted(staged, size, sha256):
            self._link(id, staged, kind, who)
        return self._kept(id)

    def put_file(self, id: UUID, path: Path, *, move: bool = True, who: str = "") -> ArchivedFile:
        """Put a file of this computer into the archive.

        Args:
            id: Which file of the archive.
            path: Which file of the computer.
            move: Whether it is removed there, once it is safe here.
            who: Who asked.

        Raises:
            FileNotKeptError: There is no such file in the archive.
            UploadError: It cannot be read.
            UploadChangedError: It was changed while it was read.
            ArchiveFullError: There is no room.
        """
        self.get(id)
        with chunks_of(path) as source:
            with self._received(source.chunks(), source.size, None, None) as staged:
                source.refuse_changed()
                self._link(id, staged, None, who)
            file = self._kept(id)  # told first: it is kept, whatever becomes of the source
            if move and not self._is_ours(path):
                source.remove(self.store.disk)
        return file

    def keep(
        self,
        content: bytes | BinaryIO | Iterable[bytes],
        name: str,
        *,
        extension: str = "",
        media_type: str = "",
        meta: Mapping[str, Any] | None = None,
        tags: Iterable[str] = (),
        notes: str = "",
        provenance: Provenance | None = None,
        kept_by: KeptBy = KeptBy.UPLOAD,
        size: int | None = None,
        sha256: str | None = None,
        limit: int | None = None,
        who: str = "",
        id: UUID | None = None,
    ) -> ArchivedFile:
        """Record and content in one: neither is there without the other.

        Raises:
            ArchiveError: As `create` and `put` do.
            ValueRefusedError: As `create` does.
        """
        new = checked_file(
            name, extension, media_type, meta, tags, notes,
            provenance or Provenance(stamp=self._stamp()), kept_by, who, id,
        )  # fmt: skip
        with self._received(pieces(content), _promised(content, size), sha256, limit) as staged:
            row = self._put_new(new, staged)
        return self._tell_kept(file_of_row(row, new.tags, self.uri_prefix))

    def keep_file(
        self,
        path: Path,
        *,
        name: str = "",
        tags: Iterable[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
        media_type: str = "",
        who: str = "",
    ) -> ArchivedFile:
        """Keep a copy of a file of this computer: record and content in one.

        Raises:
            UploadError: It cannot be read, or was changed meanwhile.
            ValueRefusedError: Something that is said about it does not fit.
            ArchiveFullError: There is no room.
        """
        extension = extension_of(path)
        stem = path.name.removesuffix(f".{extension}") if extension else path.name
        new = checked_file(
            name or plain(stem), extension, media_type, meta, tags, notes,
            Provenance(stamp=self._stamp()),
            KeptBy.UPLOAD, who, None,
        )  # fmt: skip
        with (
            chunks_of(path) as source,
            self._received(source.chunks(), source.size, None, None) as staged,
        ):
            source.refuse_changed()
            row = self._put_new(new, staged)
        return self._tell_kept(file_of_row(row, new.tags, self.uri_prefix))

    def keep_again(
        self, sha256: str, name: str, *, who: str = "", **more: Any
    ) -> ArchivedFile | None:
        """Another file with a content that is here already, so that nobody sends it twice.

        Args:
            sha256: Hex digest of the content.
            name: What the file is called.
            who: Who asked.
            **more: As for `keep`.

        Returns:
            The file; None where that content is not here, or is damaged.
        """
        self.refuse_closed()
        wanted = select(objects.c.size).where(objects.c.sha256 == sha256, objects.c.damage == "")
        size = self.read(lambda connection: connection.execute(wanted).scalar())
        if size is None:
            return None
        try:
            content = self.store.open_content(sha256, int(size))
        except ArchiveError:
            return None
        with content:
            return self.keep(content, name, size=int(size), sha256=sha256, who=who, **more)

    def path_of(self, id: UUID) -> Path:
        """Where the content of a file lies. It is read-only, and must stay as it is.

        Raises:
            FileNotKeptError: There is no such file.
            FileEmptyError: It is a draft.
        """
        file = self.get(id)
        if not file.sha256:
            raise FileEmptyError(id)
        return self.store.path_of(file.sha256)

    def open_file(self, id: UUID, version: int | None = None) -> BinaryIO:
        """The content of a file, opened for reading.

        Args:
            id: Which file.
            version: Which of its versions; the newest where None.

        Raises:
            FileNotKeptError: There is no such file, or no such version of it.
            FileEmptyError: It is a draft.
            ArchiveDamagedError: Its content is gone, or of another size.
        """
        file = self.get(id)
        if not file.sha256 or file.size is None:
            raise FileEmptyError(id)
        if version is None or version == file.version:
            return self.store.open_content(file.sha256, file.size)
        for each in self.versions(id):
            if each.version == version:
                return self.store.open_content(each.sha256, each.size)
        raise FileEmptyError(f"{id}, version {version}")

    # --- how it is ----------------------------------------------------------------------------

    @property
    def low(self) -> str:
        """Why nothing should be begun that keeps files, in words; '' where it may."""
        if self._open and self.read_only:
            return f"its folder can only be read: {self.read_only}"
        return self.intake.low if self._open else ""

    def refuse_low(self) -> None:
        """Say so where there is too little room to begin something that keeps files.

        Raises:
            ArchiveReadOnlyError: There is none at all.
            ArchiveFolderError: Its folder is gone.
            ArchiveFullError: There is.
        """
        if self._open:
            self.try_to_write()
            self.store.refuse_missing_folder()
        if low := self.low:
            raise ArchiveFullError(low)

    def usage(self) -> ArchiveUsage:
        """How full it is.

        Raises:
            ArchiveError: The catalogue or the folder cannot be read.
        """
        self.refuse_closed()
        counting = select(func.count()).select_from(files).where(files.c.sha256.is_not(None))
        count = self.read(lambda connection: int(connection.execute(counting).scalar_one()))
        with self.store.told():
            free = self.store.disk.free_bytes(self.folder)
        return ArchiveUsage(
            files=count,
            bytes=self.intake.taken_bytes,
            cache_bytes=0,
            free_bytes=free,
            quota_bytes=self.limits.quota_bytes,
            low=self.low,
            low_mark_bytes=self.limits.low_bytes,
        )

    # --- for those who keep house here --------------------------------------------------------

    def refuse_closed(self) -> None:
        """Say so where it is not open.

        Raises:
            ArchiveClosedError: It is not.
        """
        if not self._open:
            raise ArchiveClosedError

    def write(self, job: Callable[[Connection], T]) -> T:
        """Carry out a job in the writer's thread; returns once it is on disk.

        Raises:
            ArchiveError: It cannot be written.
        """
        self.refuse_closed()
        self.try_to_write()
        return self._catalogue.write(job)

    def read(self, job: Callable[[Connection], T]) -> T:
        """Ask the catalogue something.

        Raises:
            ArchiveError: It cannot be read.
        """
        return self._catalogue.read(job)

    def tell(self, event: Event) -> None:
        """Tell of something that happened to a file."""
        self._publish(event)

    def _say_read_only(self, reason: str) -> None:
        if reason:
            said = str(ArchiveReadOnlyError(self.folder, reason))
            self.log.error("%s", said)
        else:
            said = ""
            self.log.warning("%s: files are kept there again.", self.folder)
        self._publish(ArchiveTroubled(thing="", reason=said))

    def _received(
        self, chunks: Iterable[bytes], size: int | None, sha256: str | None, limit: int | None
    ) -> AbstractContextManager[Staged]:
        self.refuse_closed()
        self.try_to_write()
        return self.intake.received(chunks, size, sha256, limit)

    def _put_new(self, new: NewFile, staged: Staged) -> Mapping[str, Any]:
        file = prepared(new, micros(now()), Content(staged.sha256, staged.size))
        row = file.row

        def name_it(connection: Connection) -> bool:
            nonlocal row
            put = put_new(connection, file)
            row = put.row  # of the last try, where it takes several
            return put.is_new_content

        self._place(staged, name_it)
        return row

    def _link(self, id: UUID, staged: Staged, media_type: str | None, who: str) -> None:
        content, at_us = Content(staged.sha256, staged.size), micros(now())

        def job(connection: Connection) -> bool:
            return catalogue.link(connection, id, content, at_us, who=who, media_type=media_type)

        self._place(staged, job)

    def _is_ours(self, path: Path) -> bool:
        """Whether a path leads to a content of this very archive, which must stay."""
        return path.resolve().is_relative_to(self.store.objects.resolve())

    def _place(self, staged: Staged, job: Callable[[Connection], bool]) -> None:
        self.intake.place(staged, lambda: self.write(job), self._knows)

    def _knows(self, sha256: str) -> bool:
        known = select(objects.c.sha256).where(objects.c.sha256 == sha256)
        return self.read(lambda connection: connection.execute(known).first()) is not None

    def _kept(self, id: UUID) -> ArchivedFile:
        return self._tell_kept(self.get(id))

    def _tell_kept(self, file: ArchivedFile) -> ArchivedFile:
        told = _without_settings(file)
        thing = file.provenance.thing
        if file.version == 1:
            self._publish(FileKept(thing=thing, file=told))
        else:
            self._publish(FileChanged(thing=thing, file=told))
        return file

    def _changed(self, id: UUID) -> ArchivedFile:
        file = self.get(id)
        self._publish(FileChanged(thing=file.provenance.thing, file=_without_settings(file)))
        return file

    def next_name(self, fields: Mapping[str, str], pattern: str = "") -> str:
        """What to call a file that was given no name; each name once.

        Args:
            fields: What goes into the pattern, as `app.archive.naming.fields_of` makes it.
            pattern: How it looks; by the archive's own where ''.

        Raises:
            ValueRefusedError: The pattern cannot be understood.
        """
        return self._names.next(fields, pattern)

    def coming_name(self, fields: Mapping[str, str]) -> str:
        """What the next file would be called that is given no name; somebody else may get it."""
        return self._names.coming(fields)

    def _highest_number(self, before: str, after: str) -> int:
        """Of all names that begin and end so, also of files that were deleted for good."""
        there = select(files.c.name).where(files.c.name.startswith(before, autoescape=True))
        gone = select(file_events.c.detail).where(
            file_events.c.what == catalogue.DELETED,
            file_events.c.detail.startswith(before, autoescape=True),
        )
        found = self.read(lambda connection: connection.execute(there.union(gone)).scalars().all())
        return max((number_in(name, before, after) for name in found), default=0)

    def _counted(self) -> tuple[int, int]:
        """How many contents there are, and what they take."""

        def count(connection: Connection) -> tuple[int, int]:
            found = connection.execute(select(func.count(), func.sum(objects.c.size))).one()
            return int(found[0]), int(found[1] or 0)

        return self.read(count)


def _promised(content: bytes | BinaryIO | Iterable[bytes], size: int | None) -> int | None:
    """How long a content will be, as far as that is known before it is read."""
    return len(content) if size is None and isinstance(content, bytes) else size


def _without_settings(file: ArchivedFile) -> ArchivedFile:
    return replace(file, provenance=replace(file.provenance, settings={}, input=None))
