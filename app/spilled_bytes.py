"""Data of an output that lies in a file behind a header: read where it is, never copied whole."""

from __future__ import annotations

import io
import mmap
import os
import shutil
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from things.blob_data import BlobFile

_COPIED_BYTES: Final = 2**20


class SpilledBytes(BlobFile):
    """Data that lies in a file of the cache, behind a header.

    Args:
        file_path: The file.
        media_type: What it is.
        offset: Where the data begins in it.
        size: How many bytes it has.
    """

    def __init__(self, file_path: Path, media_type: str, offset: int, size: int) -> None:
        super().__init__(file_path, media_type)
        self._offset = offset
        self._size = size

    @property
    def content(self) -> bytes:
        """All of it."""
        with self.file_path.open("rb") as stream:
            stream.seek(self._offset)
            return stream.read(self._size)

    @property
    def size(self) -> int | None:
        """In bytes."""
        return self._size

    def save(self, filename: str | os.PathLike[str]) -> None:
        """Copy it to another file."""
        with self.open() as source, Path(filename).open("wb") as target:
            shutil.copyfileobj(source, target, _COPIED_BYTES)

    def open(self) -> BinaryIO:
        """A file object over it; nothing is read before it is asked for."""
        span = _Span(self.file_path, self._offset, self._size)
        return cast(BinaryIO, io.BufferedReader(span))

    def response(self) -> Any:
        """An answer that sends it, with Range and ETag; of the file's own pages, not of a copy."""
        from things.blob_response import BytesResponse, etag_of

        with self.file_path.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), self._offset + self._size, access=mmap.ACCESS_READ)
        content = memoryview(mapped)[self._offset :]
        return BytesResponse(content, self.media_type, etag_of(content))


class _Span(io.RawIOBase):
    """A part of a file, as if it were one.

    Args:
        file: Which file.
        offset: Where the part begins.
        size: How long it is, in bytes.
    """

    def __init__(self, file: Path, offset: int, size: int) -> None:
        super().__init__()
        self._stream = file.open("rb", buffering=0)
        self._offset = offset
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")[: max(0, self._size - self._at)]
        self._stream.seek(self._offset + self._at)
        count = self._stream.readinto(view) or 0
        self._at += count
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()
