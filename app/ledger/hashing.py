"""Hashes of blobs, taken in the background: what a run returned can be told from anything else."""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from app.run_records import RecordedBlob
from things.blobs import BlobArray

if TYPE_CHECKING:
    from app.ledger.entries import BlobRefs
    from things.blobs import ServerSideBlobData

_log = logging.getLogger(__name__)

CAPACITY = 10_000
CLOSE_WAIT_S = 5.0
_CHUNK_BYTES = 2**20
_NICE = 10

Hashed = Callable[[tuple[RecordedBlob, ...]], None]
"""Told of the blobs with their hashes, in the hasher's thread."""


class BlobHasher:
    """Hashes blobs in a thread of low priority, in the order they came.

    Data is held weakly: what is gone before its turn has no hash.
    """

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[tuple[RecordedBlob, ...], BlobRefs, Hashed] | None] = (
            queue.Queue(CAPACITY)
        )
        self._lock = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def hash(self, blobs: tuple[RecordedBlob, ...], data: BlobRefs, hashed: Hashed) -> None:
        """Hash some blobs soon; never waits.

        Args:
            blobs: What is known of them.
            data: Where their data may still be, in the same order.
            hashed: Told of them with their hashes, unless no hash could be had.
        """
        with self._lock:
            if self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="blob-hasher", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait((blobs, data, hashed))
        except queue.Full:
            _log.warning("Too many pictures and files come at once; one run's have no hash.")

    def close(self) -> None:
        """Hash what waits, for a bounded time, and end."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is None:
            return
        try:
            self._waiting.put(None, timeout=CLOSE_WAIT_S)
        except queue.Full:
            _log.warning("Some pictures and files have no hash: there were too many at the end.")
        thread.join(CLOSE_WAIT_S)

    def _work(self) -> None:
        if sys.platform == "linux":
            # There a thread can be given way; elsewhere only the whole program.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while (job := self._waiting.get()) is not None:
            blobs, data, hashed = job
            found = with_hashes(blobs, data)
            if found != blobs:
                hashed(found)
            del job, data


def with_hashes(blobs: Sequence[RecordedBlob], data: BlobRefs) -> tuple[RecordedBlob, ...]:
    """Blobs with the hashes that can be had."""
    found = []
    for blob, ref in zip(blobs, data, strict=True):
        there = ref()
        try:
            found.append(blob if there is None else hashed_blob(blob, there))
        except Exception as error:  # whatever data from a driver raises
            _log.info("%s has no hash: %s", blob.name or blob.media_type, error)
            found.append(blob)
        del there
    return tuple(found)


def hashed_blob(blob: RecordedBlob, data: ServerSideBlobData) -> RecordedBlob:
    """A blob with its hash: of its bytes, or of its pixels where it is not encoded.

    Raises:
        OSError: Its file cannot be read any more.
    """
    if isinstance(data, BlobArray):
        pixels = pixels_sha256(data)
        if data.size is None:
            return replace(blob, pixels_sha256=pixels)
        return replace(blob, pixels_sha256=pixels, sha256=_sha256(data), size=data.size)
    return replace(blob, sha256=_sha256(data))


def pixels_sha256(data: BlobArray) -> str:
    """SHA-256 of dtype, shape and bytes of an array, in the order of its axes."""
    array = np.ascontiguousarray(data.array)
    found = hashlib.sha256(f"{array.dtype.str} {array.shape} ".encode())
    found.update(array.reshape(-1).view(np.uint8).data if array.size else b"")
    return found.hexdigest()


def _sha256(data: ServerSideBlobData) -> str:
    found = hashlib.sha256()
    with data.open() as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
