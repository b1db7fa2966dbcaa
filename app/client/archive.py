"""The archive of a bench elsewhere, asked by ordinary blocking calls. For scripts and commands.

file = bench.archive.put("cells.png", tags=["onion"])
for each in bench.archive.files(tags=("onion",)):
print(each.name, each.sha256)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from pydantic import TypeAdapter

from app import file_wire as wire
from app.archive.errors import ArchiveDamagedError, FileQueryError
from app.archive.records import (
    ArchivedFile,
    ArchiveUsage,
    BlobPath,
    FilePage,
    FileQuery,
    FileVersion,
    SettingDifference,
    SettingRestored,
)
from app.client.blobs import saved_whole
from app.client.errors import UnexpectedAnswerError
from app.client.file_upload import send
from app.client.http import HttpLink, pieces
from app.client.input import json_of
from app.client.problems import Subject
from app.client.questions import checked_query, said
from app.file_wire import ANY_STATE, ARCHIVE_PATH
from app.page_by_page import page_by_page
from app.run_facts import Stamp
from app.run_wire import WireError

T = TypeVar("T")

SCRUB_WITHIN_S: Final = 24 * 3600.0

_QUERY: Final = TypeAdapter(FileQuery)
_NOT_ASKED: Final = frozenset({"limit", "after", "total"})


class ArchiveClient:
    """Files that are kept on a bench elsewhere. May be used from any thread.

    Args:
        http: Asks the bench.
    """

    def __init__(self, http: HttpLink) -> None:
        self._http = http

    def find(self, query: FileQuery) -> FilePage:
        """The files that fit, newest first, page by page.

        Raises:
            FileQueryError: The bench does not understand what it is asked.
        """
        path = ARCHIVE_PATH + question(query)
        return self._agreed(path, wire.page_from, self._http.get(path, Subject("files")))

    def files(self, *, limit: int | None = None, page: int = 100, **wanted: Any) -> Iterator[Any]:
        """Files that fit, newest first; asked for page by page while it is looped over.

        Args:
            limit: How many at most; None for all.
            page: How many are asked for at once.
            **wanted: What `app.archive.records.FileQuery` has: `text`, `tags`, `meta`, `thing`...;
                ids and times may be text, and times without a zone are those of this computer.

        Raises:
            FileQueryError: Something is not known, or not what it should be.
        """
        return self.all(replace(query_of(wanted), limit=page), limit)

    def all(self, query: FileQuery, most: int | None) -> Iterator[ArchivedFile]:
        """All files that fit.

        Args:
            query: Its limit is that of one page.
            most: How many at most; None for all.

        Raises:
            FileQueryError: The bench does not understand what it is asked.
        """

        def find(asked: FileQuery) -> tuple[Sequence[ArchivedFile], str | None]:
            page = self.find(asked)
            return page.files, page.next

        return page_by_page(find, query, most)

    def get(self, id: UUID | str) -> ArchivedFile:
        """One file with all that is known of it.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        return self._file("GET", "", id)

    def tags(self) -> dict[str, int]:
        """All tags there are, and how many files have each."""
        path = f"{ARCHIVE_PATH}/tags"
        return self._agreed(path, wire.tags_from, self._http.get(path))

    def versions(self, id: UUID | str) -> list[FileVersion]:
        """What a file held, the oldest first.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        path = _path(id, "/versions")
        return self._agreed(path, wire.versions_from, self._http.get(path, _subject(id)))

    def usage(self) -> ArchiveUsage:
        """How full it is."""
        path = f"{ARCHIVE_PATH}/usage"
        return self._agreed(path, wire.usage_from, self._http.get(path))

    def keep(
        self,
        run: UUID | str,
        path: BlobPath = (),
        *,
        name: str = "",
        tags: Sequence[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
        stamp: Stamp | None = None,
    ) -> ArchivedFile:
        """Keep a blob of an output; one that is kept already stays the one file it is.

        Raises:
            InvocationNotFoundError: There is no such run, or its output is gone.
            NoBlobDataError: It has no such output.
            ValueRefusedError: Something that is said about it does not fit.
        """
        asked: dict[str, Any] = {"invocation": str(run), "path": list(path)}
        asked |= {"name": name, "tags": list(tags)}
        if notes:
            asked["notes"] = notes
        if meta:
            asked["meta"] = dict(meta)
        if stamp is not None:
            asked["stamp"] = asdict(stamp)
        place = f"{ARCHIVE_PATH}/kept"
        subject = Subject("invocation", name=str(run))
        return self._agreed(place, wire.file_from, self._http.ask("POST", place, subject, asked))

    def kept(self, run: UUID | str) -> dict[BlobPath, UUID]:
        """Which blobs of an output are kept, and the ids of the files."""
        path = f"{ARCHIVE_PATH}/kept/{run}"
        return self._agreed(path, wire.kept_from, self._http.get(path))

    def coming_name(self, run: UUID | str, path: BlobPath = (), stamp: Stamp | None = None) -> str:
        """What a blob of an output would be called now by the pattern; the name stays free.

        Raises:
            InvocationNotFoundError: There is no such run.
            ValueRefusedError: The stamp does not fit.
        """
        asked: dict[str, Any] = {"path": list(path)}
        if stamp is not None:
            asked["stamp"] = asdict(stamp)
        place = f"{ARCHIVE_PATH}/kept/{run}/name"
        subject = Subject("invocation", name=str(run))
        return self._agreed(place, wire.name_from, self._http.ask("POST", place, subject, asked))

    def put(
        self,
        source: Path | str,
        *,
        name: str = "",
        tags: Sequence[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
    ) -> ArchivedFile:
        """Keep a copy of a file of this computer. A cut line is gone on from where it was cut.

        Raises:
            UploadError: It cannot be read, or was changed meanwhile.
            ValueRefusedError: Something of it does not fit.
            ArchiveFullError: There is no room.
        """
        about = {"name": name, "tags": list(tags), "notes": notes, "meta": dict(meta or {})}
        return send(self._http, Path(source), about, self._made_of)

    def update(self, id: UUID | str, **changes: Any) -> ArchivedFile:
        """Change what people say about a file.

        Args:
            id: Which file.
            **changes: `name`, `notes`, `tags` or `meta`; what is not given stays.

        Raises:
            FileNotKeptError: There is none of that id.
            ValueRefusedError: A value does not fit; nothing was changed.
        """
        given = {key: value for key, value in changes.items() if value is not None}
        return self._file("PATCH", "", id, given)

    def trash(self, id: UUID | str) -> ArchivedFile:
        """Put a file into the trash.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        return self._file("POST", "/trash", id)

    def restore(self, id: UUID | str) -> ArchivedFile:
        """Bring a file back from the trash.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        return self._file("POST", "/restore", id)

    def delete(self, id: UUID | str) -> None:
        """Delete a file that is in the trash, for good.

        Raises:
            FileNotKeptError: There is none of that id.
            FileStateError: It is not in the trash.
        """
        self._http.ask("DELETE", _path(id), _subject(id))

    def read(self, id: UUID | str) -> bytes:
        """The content of a file.

        Raises:
            FileNotKeptError: There is none of that id.
            FileEmptyError: It is a draft.
            ArchiveDamagedError: What came is not what was kept.
        """
        return b"".join(self._content(id, "/content"))

    def download(self, id: UUID | str, target: Path | str) -> None:
        """Write the content of a file to a path, whole or not at all.

        Raises:
            FileNotKeptError: There is none of that id.
            ArchiveDamagedError: What came is not what was kept.
            OSError: It cannot be written.
        """
        saved_whole(Path(target), self._content(id, "/content"))

    def save(self, id: UUID | str, target: Path | str) -> None:
        """The same; a picture carries in it how it was made."""
        saved_whole(Path(target), self._content(id, "/export"))

    def export(self, ids: Sequence[UUID | str], target: Path | str) -> None:
        """Write files to a zip with readable names and a manifest (RO-Crate).

        Raises:
            FileNotKeptError: There is none of one of the ids; nothing is written.
            OSError: The zip cannot be written.
        """
        file = Path(target)
        asked = {"ids": [str(id) for id in ids], "title": file.stem}
        saved_whole(file, self._zip(asked))

    def thumbnail(self, id: UUID | str, size: int = 256) -> bytes:
        """A small picture of a picture, as PNG.

        Raises:
            FileNotKeptError: There is none of that id.
            ImageError: It is no picture, or cannot be decoded.
        """
        path = _path(id, f"/thumbnail?size={size}")
        with self._http.answer("GET", path, _subject(id)) as answer:
            return b"".join(pieces(answer, self._http.timeout_s))

    def difference(self, id: UUID | str) -> list[SettingDifference]:
        """Which settings have another value now than when a file was made.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        path = _path(id, "/settings")
        return self._agreed(path, wire.differences_from, self._http.get(path, _subject(id)))

    def restore_settings(
        self, id: UUID | str, only: Sequence[tuple[str, str]] | None = None
    ) -> list[SettingRestored]:
        """Set properties back to what they were when a file was made, by the ordinary checks.

        Raises:
            FileNotKeptError: There is none of that id.
        """
        path = _path(id, "/settings")
        asked = {"only": None if only is None else [list(each) for each in only]}
        answer = self._http.ask("POST", path, _subject(id), asked)
        return self._agreed(path, wire.restored_from, answer)

    def sweep(self, *, dry_run: bool = False) -> Mapping[str, Any]:
        """Sweep up what no file names; says what went, or would go."""
        return self._report("/sweep", {"dry_run": dry_run})

    def scrub(self) -> Mapping[str, Any]:
        """Read and hash every content again; says what was found. May take hours."""
        return self._report("/scrub", {})

    def rebuild_views(self, *, links: bool = False) -> Mapping[str, Any]:
        """Make the folder of readable names anew, on the bench's computer; says how many files.

        Args:
            links: Relative links instead of copies.
        """
        return self._report("/views", {"links": links})

    def _report(self, what: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        path = ARCHIVE_PATH + what
        found = self._http.ask("POST", path, body=asked, timeout_s=SCRUB_WITHIN_S)
        if not isinstance(found, dict):
            raise UnexpectedAnswerError(self._http.url + path, "a report was expected")
        return found

    def _made_of(self, answer: Any) -> ArchivedFile:
        return self._agreed(ARCHIVE_PATH, wire.file_from, answer)

    def _file(
        self, method: str, below: str, id: UUID | str, body: Mapping[str, Any] | None = None
    ) -> ArchivedFile:
        path, subject = _path(id, below), _subject(id)
        if method == "GET":
            answer = self._http.get(path, subject)
        elif body is None:
            answer = self._http.ask(method, path, subject)
        else:
            answer = self._http.ask(method, path, subject, body)
        return self._agreed(path, wire.file_from, answer)

    def _content(self, id: UUID | str, below: str) -> Iterator[bytes]:
        """The bytes; they are looked through, since a network is longer than a cable."""
        digest = hashlib.sha256()
        with self._http.answer("GET", _path(id, below), _subject(id)) as answer:
            for piece in pieces(answer, None):
                digest.update(piece)
                yield piece
            told = str(answer.headers.get("etag", "")).strip('"')
        if told and told != digest.hexdigest():
            raise ArchiveDamagedError(told, "other bytes came than were sent")

    def _zip(self, asked: Mapping[str, Any]) -> Iterator[bytes]:
        with self._http.answer(
            "POST",
            f"{ARCHIVE_PATH}/export",
            Subject("file", name=", ".join(asked["ids"][:3])),
            content=json_of(asked),
            headers={"content-type": "application/json"},
        ) as answer:
            yield from pieces(answer, None)

    def _agreed(self, path: str, read: Callable[[Any], T], answer: Any) -> T:
        try:
            return read(answer)
        except WireError as error:
            raise UnexpectedAnswerError(self._http.url + path, str(error)) from None


def query_of(given: Mapping[str, Any]) -> FileQuery:
    """A query of what a script gives: states, ids and times may be text.

    Times without a zone are those of this computer.

    Raises:
        FileQueryError: Something in it is not known, or not what it should be.
    """
    known = [field.name for field in fields(FileQuery) if field.name not in _NOT_ASKED]
    return checked_query(_QUERY, given, known, FileQueryError)


def question(query: FileQuery) -> str:
    """A query as the end of an address; '' where nothing but what is usual is asked."""
    usual = FileQuery()
    given: list[tuple[str, str]] = [("tag", tag) for tag in query.tags]
    given += [(f"meta.{key}", json.dumps(value)) for key, value in query.meta.items()]
    given += [(f"setting.{key}", json.dumps(value)) for key, value in query.settings.items()]
    for field in fields(FileQuery):
        value = getattr(query, field.name)
        if field.name in ("tags", "meta", "settings") or value == getattr(usual, field.name):
            continue
        given.append((field.name, ANY_STATE if value is None else said(value)))
    return f"?{urlencode(given)}" if given else ""


def _path(id: UUID | str, below: str = "") -> str:
    return f"{ARCHIVE_PATH}/{UUID(str(id))}{below}"


def _subject(id: UUID | str) -> Subject:
    return Subject("file", name=str(id))
