"""Blobs of a bench elsewhere: a link until somebody wants the data."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from app.client.errors import BlobExpiredError, UnexpectedAnswerError
from app.client.http import HttpLink, media_type, pieces
from app.client.input import Linked
from app.client.problems import Subject
from things.errors import NoBlobDataError

_IN_MEMORY_BYTES = 16 * 2**20
_SUBJECT = Subject("blob")


class RemoteBlob(Linked):
    """A picture or file that an action gave, fetched when it is asked for.

    It can be given to an action of the same bench as input; only the link travels then.

    Args:
        http: Asks the bench.
        link: `{href, media_type, rel, description}`, as it stands in an output.

    Attributes:
        link: The same.
        media_type: What it is said to be, such as 'image/png'.
    """

    def __init__(self, http: HttpLink, link: Mapping[str, Any]) -> None:
        self._http = http
        self.link = dict(link)
        self.media_type = str(link["media_type"])

    @property
    def href(self) -> str:
        """Where it is fetched."""
        return str(self.link["href"])

    @cached_property
    def content(self) -> bytes:
        """All of it in memory; fetched once.

        Raises:
            BlobExpiredError: It is not kept any more.
            UnexpectedAnswerError: Something else came.
            BenchUnreachableError: Nobody answers, or the connection broke.
        """
        return b"".join(self._pieces())

    @property
    def size(self) -> int | None:
        """In bytes, without fetching it; None where the bench does not say.

        Raises:
            BlobExpiredError: It is not kept any more.
        """
        with self._http.answer("HEAD", self.href, _SUBJECT) as answer:
            length = answer.headers.get("content-length", "")
            return int(length) if length.isdigit() else None

    def save(self, filename: str | os.PathLike[str]) -> None:
        """Write it to a file, piece by piece. A file that is there stays whole until all came.

        Raises:
            BlobExpiredError: It is not kept any more.
            OSError: The disk did not take it.
        """
        saved_whole(Path(filename), self._pieces())

    def open(self) -> BinaryIO:
        """A file object over it, at its beginning; what is large lies on disk until it is closed.

        Raises:
            BlobExpiredError: It is not kept any more.
        """
        if "content" in self.__dict__:
            return io.BytesIO(self.content)
        # Closed by whoever asked for it.
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115
        try:
            for piece in self._pieces():
                file.write(piece)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file  # type: ignore[return-value]  # it has all of a BinaryIO, in fact

    def __repr__(self) -> str:
        return f"<{self.media_type} at {self.href}>"

    def _pieces(self) -> Iterator[bytes]:
        with self._http.answer("GET", self.href, _SUBJECT) as answer:
            found = media_type(answer)
            if self.media_type != "*/*" and found != self.media_type.lower():
                raise UnexpectedAnswerError(
                    self.href, f"{self.media_type} was expected, not {found or 'nothing'}"
                )
            yield from pieces(answer, None)


def saved_whole(target: Path, pieces: Iterator[bytes]) -> None:
    """Write pieces to a file. One that is there stays whole until all came.

    Raises:
        OSError: The disk did not take it.
        Exception: What the pieces raise; nothing is left then.
    """
    handle, part = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
        Path(part).chmod(_mode_of_new_files())
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def is_link(value: Any) -> bool:
    """Whether something in an output is the link to a blob."""
    return (
        isinstance(value, Mapping)
        and value.get("rel") == "output"
        and isinstance(value.get("href"), str)
        and isinstance(value.get("media_type"), str)
    )


def with_blobs(http: HttpLink, value: Any) -> Any:
    """An output in which every link to a blob is a `RemoteBlob`."""
    if is_link(value):
        return RemoteBlob(http, value)
    if isinstance(value, dict):
        return {key: with_blobs(http, item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_blobs(http, item) for item in value]
    return value


def blob_in(http: HttpLink, output: Any, path: Sequence[str | int]) -> RemoteBlob:
    """The blob at a place in an output.

    Args:
        http: Asks the bench.
        output: In JSON form.
        path: Keys and indices, outermost first.

    Raises:
        NoBlobDataError: There is none.
    """
    found = output
    for part in path:
        try:
            found = found[part]
        except (LookupError, TypeError):
            found = None
            break
    if not is_link(found):
        raise NoBlobDataError("This invocation has no such output.")
    return RemoteBlob(http, found)


def _mode_of_new_files() -> int:
    """What a file gets that is made in the ordinary way; temporary ones are for the owner only."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


__all__ = ["BlobExpiredError", "RemoteBlob", "blob_in", "is_link", "with_blobs"]
