"""What was uploaded: on disk, for a while, in case somebody gives it to an action."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from app.server.answers import Refused
from things.blob_data import BlobFile

KEEP_S = 600.0
"""How long an upload waits to be used. An invocation that was given it keeps it longer."""

_NAME = "upload"


class Incoming:
    """A file that is being uploaded. Its methods touch the disk: for workers only."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="labwright-")
        self._file: BinaryIO = (Path(self._folder.name) / _NAME).open("wb")

    def write(self, chunk: bytes) -> None:
        """Append what came.

        Raises:
            OSError: The disk is full.
        """
        self._file.write(chunk)

    def finish(self, media_type: str) -> BlobFile:
        """All of it is here.

        Returns:
            The data; its file goes when nobody holds the data any more.

        Raises:
            OSError: The disk is full.
        """
        self._file.close()
        folder = self._folder
        data = BlobFile(Path(folder.name) / _NAME, media_type, _temporary_directory=folder)
        # Left to itself, the directory would complain of being cleaned up implicitly.
        weakref.finalize(data, folder.cleanup)
        return data

    def drop(self) -> None:
        """Forget it: the client left, or sent too much."""
        with contextlib.suppress(OSError):  # what it still had to write does not matter any more
            self._file.close()
        self._folder.cleanup()


class Uploads:
    """Holds uploads until their time is up, and no more than fit. Used on the server's loop only.

    Args:
        room_bytes: How much all of them may hold together, those under way included.
        keep_s: How long each is held, in seconds.
    """

    def __init__(self, room_bytes: int, keep_s: float = KEEP_S) -> None:
        self._room_bytes = room_bytes
        self._keep_s = keep_s
        self._used_bytes = 0
        self._held: dict[BlobFile, tuple[int, asyncio.TimerHandle]] = {}

    def reserve(self, size_bytes: int) -> None:
        """Make room for bytes that are about to be written.

        Raises:
            Refused: There is no room until an earlier upload has been forgotten.
        """
        if self._used_bytes + size_bytes > self._room_bytes:
            raise Refused(
                507,
                "No room",
                "Uploads that nobody used yet fill the room there is for them; try again later.",
                {"retry-after": str(round(self._keep_s))},
            )
        self._used_bytes += size_bytes

    def release(self, size_bytes: int) -> None:
        """Give reserved room back."""
        self._used_bytes -= size_bytes

    def hold(self, data: BlobFile, size_bytes: int) -> None:
        """Keep an upload for a while; its room has been reserved."""
        timer = asyncio.get_running_loop().call_later(self._keep_s, self._forget, data)
        self._held[data] = (size_bytes, timer)

    def close(self) -> None:
        """Forget all of them."""
        for _, timer in self._held.values():
            timer.cancel()
        self._held.clear()

    def _forget(self, data: BlobFile) -> None:
        size_bytes, _ = self._held.pop(data)
        self.release(size_bytes)
