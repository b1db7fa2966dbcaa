"""Where contents come from: bytes, streams, files of this computer that may change meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.archive.disk import Disk
from app.archive.errors import UploadChangedError, UploadError
from app.archive.store import CHUNK_BYTES


class LocalSource:
    """A file of this computer that is being read.

    Attributes:
        path: Which one.
        size: In bytes, when it was opened.
    """

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self.path = path
        self._stream = stream
        self._before = _standing(os.fstat(stream.fileno()))
        self.size = self._before[0]

    def chunks(self) -> Iterator[bytes]:
        """All of it, piece by piece.

        Raises:
            UploadError: It cannot be read.
            UploadChangedError: It has more or fewer bytes than when it was opened.
        """
        count = 0
        while True:
            try:
                chunk = self._stream.read(CHUNK_BYTES)
            except OSError as error:
                raise _unreadable(self.path, error) from error
            count += len(chunk)
            if count > self.size or (not chunk and count < self.size):
                raise UploadChangedError(self.path)
            if not chunk:
                return
            yield chunk

    def refuse_changed(self) -> None:
        """Say so where it is not any more what it was when it was opened.

        Raises:
            UploadChangedError: It is not.
        """
        if _standing(os.fstat(self._stream.fileno())) != self._before:
            raise UploadChangedError(self.path)

    def remove(self, disk: Disk) -> None:
        """Remove it, now that it is safe elsewhere; another one in its place stays.

        Raises:
            UploadError: It cannot be removed.
        """
        try:
            found = self.path.stat(follow_symlinks=False)
            ours = os.fstat(self._stream.fileno())
            if (found.st_dev, found.st_ino) != (ours.st_dev, ours.st_ino):
                return  # a link to it, or somebody put another file there
            if _standing(found) != self._before:
                raise UploadChangedError(self.path)
            disk.remove(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            reason = error.strerror or str(error)
            raise UploadError(
                f"{self.path.name} is kept, but could not be removed where it was: {reason}"
            ) from error


@contextmanager
def chunks_of(path: Path) -> Iterator[LocalSource]:
    """A file of this computer, opened for reading.

    Raises:
        UploadError: It cannot be read, or is no file.
    """
    try:
        if not path.is_file():
            raise UploadError(f"there is no file {path}")
        stream = path.open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    with stream:
        yield LocalSource(path, stream)


def pieces(content: bytes | BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """A content piece by piece, however it is given.

    Raises:
        UploadError: A file cannot be read, or there is something else than bytes in it.
    """
    if isinstance(content, (bytes, bytearray, memoryview)):
        yield bytes(content)
    elif not hasattr(content, "read") and not isinstance(content, Iterable):
        raise UploadError(f"bytes, a file or pieces were expected, not {type(content).__name__}")
    elif hasattr(content, "read"):
        while True:
            try:
                chunk = content.read(CHUNK_BYTES)
            except OSError as error:
                raise UploadError(f"it cannot be read: {error.strerror or error}") from error
            if not chunk:
                return
            yield _in_bytes(chunk)
    else:
        for piece in content:
            yield _in_bytes(piece)


def _in_bytes(piece: object) -> bytes:
    """A piece as bytes: of a view of larger items its length says little."""
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, (bytearray, memoryview)):
        return bytes(piece)
    raise UploadError(f"pieces of bytes were expected, not {type(piece).__name__}")


def _standing(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino


def _unreadable(path: Path, error: Exception) -> UploadError:
    reason = getattr(error, "strerror", None) or str(error)
    return UploadError(f"{path.name} cannot be read: {reason}")
