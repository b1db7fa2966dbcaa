"""Whose the folder of an archive is, and whether it can be written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from app.archive.disk import Disk
from app.archive.errors import ArchiveFolderError, ArchiveReadOnlyError
from app.archive.store import ObjectStore


class FolderHold:
    """Holds a folder for this program, and no other one. From any thread.

    Args:
        folder: Which.
        disk: How it is reached.
        changed: Told why it can only be read, and '' when it can be written again.

    Attributes:
        store: The contents in it.
    """

    def __init__(self, folder: Path, disk: Disk | None, changed: Callable[[str], None]) -> None:
        self.store = ObjectStore(folder, disk, self._say_read_only)
        self._folder = folder
        self._changed = changed
        self._read_only = ""
        self._taking = threading.Lock()
        self._lock = FileLock(folder / "in-use.lock", thread_local=False)
        self._held = False

    @property
    def read_only(self) -> str:
        """Why it can only be read, in words; '' where it can be written."""
        return self._read_only

    def take(self, contents: int) -> None:
        """Take it, and clear away what was half done when the program died.

        One that can only be read is taken to be read.

        Args:
            contents: How many should be in it.

        Raises:
            ArchiveFolderError: It cannot be used, is another program's, or contents should be in
                it and it is gone.
        """
        if contents and not self.store.objects.is_dir():
            raise ArchiveFolderError(
                self._folder, f"it is gone or was moved; {contents} contents should be in it"
            )
        try:
            self._take()
        except ArchiveReadOnlyError as error:
            if not self.store.objects.is_dir():
                raise  # there is nothing to be read
            self._say_read_only(error.why)
        self._held = True

    def try_to_write(self) -> None:
        """Find out whether one that could only be read can be written now.

        Raises:
            ArchiveReadOnlyError: It can not.
            ArchiveFolderError: Another program has it now.
        """
        if not self._read_only:
            return
        with self._taking:
            if not self._read_only or not self._held:
                return
            if self._lock.is_locked:  # it was ours before it could only be read
                self.store.try_to_write()
            else:
                self._take()
            self._say_read_only("")

    def let_go(self) -> None:
        """It may be another program's now; twice is harmless."""
        with self._taking:
            if self._held:
                self._held = False
                self._lock.release()

    def _take(self) -> None:
        with self.store.told():
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                reason = "another program keeps its files there"
                raise ArchiveFolderError(self._folder, reason) from None
        try:
            self.store.open()
        except BaseException:
            self._lock.release()
            raise

    def _say_read_only(self, reason: str) -> None:
        if reason != self._read_only:
            self._read_only = reason
            self._changed(reason)
