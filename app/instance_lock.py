"""One program a bench and data folder: the second one says who has it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from app.errors import BenchInUseError, DataFolderError
from things.events import now

_log = logging.getLogger(__name__)


def bench_folder(data_folder: Path, bench_file: Path | None) -> Path:
    """Where the data of one bench is kept: a readable name and a hash of the file's address.

    Args:
        data_folder: The program's data folder.
        bench_file: The bench file.
    """
    if bench_file is None:
        return data_folder / "benches" / "unnamed"
    address = str(bench_file.resolve())
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    return data_folder / "benches" / f"{bench_file.stem}-{digest}"


class InstanceLock:
    """The right to run a bench, held until `release` or until the program ends.

    The lock is the system's own, so that it ends with the process however that ends.

    Args:
        folder: The bench's data folder.
        title: The bench, for messages.

    Raises:
        BenchInUseError: Another program has it.
        DataFolderError: The folder cannot be made or written.
    """

    def __init__(self, folder: Path, title: str) -> None:
        self._title = title
        self._since = now()
        self._note = folder / "in-use.json"
        self._lock = FileLock(folder / "in-use.lock", thread_local=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout:
            raise self._in_use(title) from None
        except OSError as error:
            raise DataFolderError(folder, error.strerror or str(error)) from error
        try:
            self._write({})
        except OSError as error:
            self._lock.release()
            raise DataFolderError(folder, error.strerror or str(error)) from error

    def announce(self, url: str) -> None:
        """Say where the bench can be reached, for those who come second."""
        try:
            self._write({"url": url})
        except OSError as error:  # a full disk; those who come second are told less
            _log.warning("%s could not be written: %s", self._note, error)

    def release(self) -> None:
        """Let others have it."""
        self._note.unlink(missing_ok=True)
        self._lock.release()

    def _write(self, more: dict[str, Any]) -> None:
        found = {
            "pid": os.getpid(),
            "since": self._since.isoformat(timespec="seconds"),
            "title": self._title,
            **more,
        }
        self._note.write_text(json.dumps(found), encoding="utf-8")

    def _in_use(self, title: str) -> BenchInUseError:
        try:
            found = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        holder = f"process {found['pid']}" if "pid" in found else "another program"
        if "since" in found:
            holder += f", since {found['since']}"
        return BenchInUseError(title, holder, str(found.get("url", "")))
