"""A file of this computer into the archive of a bench elsewhere, over lines that may be cut."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.archive.errors import FileNotKeptError, UploadChangedError, UploadError, UploadHashError
from app.archive.records import ArchivedFile
from app.archive.texts import plain
from app.client.errors import BenchUnreachableError, RemoteFailureError, UnexpectedAnswerError
from app.client.http import HttpLink, parsed
from app.client.problems import Subject
from app.file_wire import ARCHIVE_PATH, OTHER_OFFSET
from things.errors import ThingError

_log = logging.getLogger(__name__)

TRIES: Final = 4
PAUSE_S: Final = 0.5
STORED_WITHIN_S: Final = 600.0
"""How long the bench may take to put a large content to where it stays."""

_PIECE_BYTES: Final = 256 * 1024

Read = Callable[[Any], ArchivedFile]


def send(
    http: HttpLink, source: Path, said: Mapping[str, Any], read: Read, *, pause_s: float = PAUSE_S
) -> ArchivedFile:
    """Keep a copy of a file: the record first, then its content.

    Where the line is cut it is gone on from where it was, a few times. What fails leaves no record.

    Args:
        http: Asks the bench.
        source: Which file.
        said: What to say about it; its own name counts where `name` is ''.
        read: Reads a file of an answer.
        pause_s: How long to wait before the first further try, doubled each time.

    Raises:
        UploadError: It cannot be read, or was changed meanwhile.
        ThingError: The bench does not take it.
    """
    try:
        if not source.is_file():  # another thing may never come to an end
            raise UploadError(f"there is no file {source}")
        with source.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stem, extension = _called(source.name)
            record = {**said, "name": said.get("name") or stem, "extension": extension}
            draft = read(http.ask("POST", ARCHIVE_PATH, Subject("file"), record))
            try:
                return _content(http, draft, stream, digest, size, read, pause_s)
            except BaseException as error:
                with suppress(ThingError):
                    http.ask("DELETE", f"{ARCHIVE_PATH}/{draft.id}", Subject("file"))
                if isinstance(error, UploadHashError):
                    raise UploadChangedError(source) from None
                raise
    except OSError as error:
        if isinstance(error, TimeoutError):
            raise  # of the network
        raise UploadError(f"{source.name} cannot be read: {error.strerror or error}") from error


def _content(
    http: HttpLink,
    draft: ArchivedFile,
    stream: BinaryIO,
    digest: str,
    size: int,
    read: Read,
    pause_s: float,
) -> ArchivedFile:
    """All of the content, or what is not there yet of it."""
    path = f"{ARCHIVE_PATH}/{draft.id}/content?sha256={digest}"
    tried = 0
    while True:
        try:
            first = min(_here(http, digest), size)
            stream.seek(first)
            headers = {"content-length": str(size - first), "content-type": draft.media_type}
            if first:
                span = "*" if first == size else f"{first}-{size - 1}"
                headers["content-range"] = f"bytes {span}/{size}"
            with http.answer(
                "PUT",
                path,
                Subject("file", name=str(draft.id)),
                content=_pieces(stream, size - first),
                headers=headers,
                timeout_s=max(http.timeout_s, STORED_WITHIN_S),
            ) as answer:
                return read(parsed(answer, STORED_WITHIN_S))
        except BenchUnreachableError as error:
            tried += 1
            if tried == TRIES:
                raise
            _log.info("%s; the upload goes on from where it was.", error)
            time.sleep(pause_s * 2 ** (tried - 1))
        except RemoteFailureError as error:
            # There is more of it, or less, than was said a moment ago.
            tried += 1
            if error.problem.title != OTHER_OFFSET or tried == TRIES:
                raise


def _here(http: HttpLink, digest: str) -> int:
    """How many bytes of a content the bench has."""
    path = f"{ARCHIVE_PATH}/uploads/{digest}"
    try:
        answer = http.get(path, Subject("upload part"))
    except FileNotKeptError:
        return 0
    if not isinstance(answer, dict) or not isinstance(answer.get("offset"), int):
        raise UnexpectedAnswerError(http.url + path, "an offset was expected")
    offset: int = answer["offset"]
    return offset


def _pieces(stream: BinaryIO, left: int) -> Iterator[bytes]:
    """So many bytes, piece by piece; a file that has become shorter ends the upload."""
    while left:
        piece = stream.read(min(_PIECE_BYTES, left))
        if not piece:
            raise UploadError("it became shorter while it was read")
        left -= len(piece)
        yield piece


def _called(name: str) -> tuple[str, str]:
    """'stack' and 'ome.tif' of 'stack.ome.tif'; an ending that the bench may not take is no one."""
    path = Path(plain(name))
    name = path.name
    endings = [ending[1:] for ending in path.suffixes]
    double = len(endings) > 1 and endings[-2].lower() in ("ome", "tar")
    kept = endings[-2:] if double else endings[-1:]
    extension = ".".join(kept)
    if not extension or len(extension) > 20 or not extension.replace(".", "").isalnum():
        return name, ""
    return name.removesuffix(f".{extension}"), extension
