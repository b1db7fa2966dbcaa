"""Outputs that nobody kept, on the disk for a while: they can still be opened from the ledger.

Each is a file that says itself what it is, so that no catalogue need be written for what is taken
and forgotten a thousand times a day. Pixels are written as they are: encoding a picture that
nobody may ever look at takes a hundred times as long.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import struct
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from app.archive.disk import Disk
from app.archive.records import BlobPath
from app.spilled_bytes import SpilledBytes
from things.blob_data import BlobArray, ServerSideBlobData

_log = logging.getLogger(__name__)

_MAGIC = b"LWOUT1\r\n"
_ALIGNMENT = 4096
_SUFFIX = ".output"
_CHUNK_BYTES = 2**20
LONGEST_HEADER = 2**20
_DAY_S = 86_400.0
_SPARE = 0.05
_NAME = re.compile(r"[0-9a-f-]{36}-[0-9a-f]{16}\.output")


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """How much of what nobody kept stays, and for how long.

    Attributes:
        bytes: What all of it may take; the oldest goes first.
        days: How long it stays.
    """

    bytes: int = 2_000 * 2**20
    days: float = 7.0


class OutputCache:
    """Outputs of runs in a folder. Used from any thread; waits for the disk.

    Args:
        folder: Its own.
        limits: How much stays.
        disk: How the folder is reached.
    """

    def __init__(
        self, folder: Path, limits: CacheLimits | None = None, disk: Disk | None = None
    ) -> None:
        self._folder = folder
        self._limits = limits or CacheLimits()
        self._disk = disk or Disk()
        self._lock = threading.Lock()
        self._bytes = 0

    @property
    def largest_bytes(self) -> int:
        """The most that one output may take; a larger one is never put here."""
        return self._limits.bytes - _ALIGNMENT

    @property
    def bytes(self) -> int:
        """What all of it takes, as far as is known."""
        return self._bytes

    def open(self) -> None:
        """Make the folder, and find out what is in it.

        Raises:
            OSError: It cannot be used.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self.tidy()

    def put(self, run: UUID, path: BlobPath, name: str, data: ServerSideBlobData) -> bool:
        """Write an output, as it is in memory.

        Args:
            run: Of which run.
            path: Where in its output it stood.
            name: A file name to suggest.
            data: What it is.

        Returns:
            Whether it is there now; False where there is no room for it.
        """
        target = self._path(run, path)
        header, payload = _described(data, run, path, name)
        size = len(payload) + _ALIGNMENT
        if size > self._limits.bytes:
            return False
        beside = target.with_name(f".{uuid.uuid4().hex}")
        try:
            target.parent.mkdir(exist_ok=True)
            with beside.open("xb") as stream:
                stream.write(header)
                stream.write(payload)
            beside.replace(target)
        except OSError as error:
            _log.warning("An output could not be put aside on the disk: %s", error)
            with suppress(OSError):  # what it leaves is tidied up with the others
                beside.unlink(missing_ok=True)
            return False
        with self._lock:
            self._bytes += size
            full = self._bytes > self._limits.bytes
        if full:
            self.tidy()
        return target.exists()

    def get(self, run: UUID, path: BlobPath) -> ServerSideBlobData | None:
        """An output, where it is still there; its pixels are read when they are looked at."""
        target = self._path(run, path)
        try:
            with target.open("rb") as stream:
                header, offset = _header(stream)
                length = os.fstat(stream.fileno()).st_size
            if header["run"] != str(run) or length != offset + header["bytes"]:
                raise ValueError("it is cut short")
            return _read(target, header, offset)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, struct.error) as error:
            # Half written, or no file of ours: as good as not there.
            _log.warning("%s cannot be opened: %s", target, error)
            return None

    def give_way(self, short_bytes: int) -> int:
        """Take out the oldest, since the disk is needed for what is kept.

        Args:
            short_bytes: How much room is missing.

        Returns:
            How many outputs went.
        """
        return self.tidy(max(0, self._bytes - short_bytes))

    def is_beside(self, folder: Path) -> bool:
        """Whether what is taken out here makes room there: whether both are on one disk."""
        try:
            return self._folder.stat().st_dev == folder.stat().st_dev
        except OSError:
            return False

    def tidy(self, most_bytes: int | None = None) -> int:
        """Take out what is too old, and the oldest of what is too much.

        Args:
            most_bytes: What may stay, where that is less than ever.

        Returns:
            How many outputs went.
        """
        found = sorted(self._all())
        before_s = time.time() - self._limits.days * _DAY_S
        total = sum(size for _, size, _ in found)
        # A little more than must go: to look at thousands of files takes as long as to write one.
        enough = self._limits.bytes if most_bytes is None else most_bytes
        if total > enough:
            enough -= int(enough * _SPARE)
        gone = 0
        for at_s, size, path in found:
            if at_s >= before_s and total <= enough:
                break
            try:
                self._disk.remove(path)
            except OSError as error:
                _log.warning("%s cannot be removed: %s", path, error)
                continue
            total -= size
            gone += 1
        with self._lock:
            self._bytes = total
        return gone

    def _all(self) -> Iterator[tuple[float, int, Path]]:
        for folder in self._folder.iterdir():
            if not folder.is_dir():
                continue
            for path in folder.iterdir():
                try:
                    found = path.stat()
                except FileNotFoundError:
                    continue  # it went while we looked
                if _NAME.fullmatch(path.name) or path.name.startswith("."):
                    yield found.st_mtime, found.st_size, path

    def _path(self, run: UUID, path: BlobPath) -> Path:
        digest = hashlib.sha256(json.dumps(list(path)).encode()).hexdigest()[:16]
        return self._folder / str(run)[:2] / f"{run}-{digest}{_SUFFIX}"


def _described(
    data: ServerSideBlobData, run: UUID, path: BlobPath, name: str
) -> tuple[bytes, memoryview | bytes]:
    """The beginning of a file, as long as a page of memory or several, and what follows."""
    known: dict[str, Any] = {
        "run": str(run),
        "path": list(path),
        "name": name,
        "media_type": data.media_type,
    }
    payload: memoryview | bytes
    if isinstance(data, BlobArray) and data.size is None:
        array = np.ascontiguousarray(data.array)
        payload = array.reshape(-1).view(np.uint8).data if array.size else b""
        known |= {
            "dtype": array.dtype.str,
            "shape": array.shape,
            "pixel_size_um": data.pixel_size_um,
            "full_scale": data.full_scale,
            "metadata": data.metadata,
        }
    else:  # also of a picture whose bytes somebody may have seen: they have to stay the same
        payload = data.content
    known["bytes"] = len(payload)
    text = json.dumps(known, default=str).encode()
    begin = _MAGIC + struct.pack("<I", len(text)) + text
    return begin + b"\0" * (-len(begin) % _ALIGNMENT), payload


def _header(stream: Any) -> tuple[Mapping[str, Any], int]:
    begin = stream.read(len(_MAGIC) + 4)
    if not begin.startswith(_MAGIC):
        raise ValueError("it is no output")
    (length,) = struct.unpack("<I", begin[len(_MAGIC) :])
    if length > LONGEST_HEADER:
        raise ValueError("its header is too long")
    header = json.loads(stream.read(length))
    end = len(begin) + length
    return header, end + -end % _ALIGNMENT


def _read(file: Path, header: Mapping[str, Any], offset: int) -> ServerSideBlobData:
    media_type = str(header["media_type"])
    if "dtype" not in header:
        return SpilledBytes(file, media_type, offset, int(header["bytes"]))
    array = np.memmap(file, np.dtype(header["dtype"]), "r", offset, tuple(header["shape"]))
    return BlobArray(
        array,
        media_type,
        pixel_size_um=header["pixel_size_um"],
        full_scale=header["full_scale"],
        metadata=header["metadata"],
    )
