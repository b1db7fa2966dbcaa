"""How a bench keeps its files: opened after its database, closed before it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.archive.errors import (
    ArchiveClosedError,
    ArchiveError,
    ArchiveOpeningError,
    ArchiveUnopenedError,
)
from app.archive.events import ArchiveTroubled
from app.archive.naming import DEFAULT_PATTERN, NamePattern
from app.run_facts import Stamp
from things.errors import ThingError
from things.events import Event

if TYPE_CHECKING:
    from app.archive.archive import Archive
    from app.archive.housekeeper import Housekeeper
    from app.archive.limits import ArchiveLimits
    from app.archive.service import FileService
    from app.database.database import Database
    from app.settings import Settings
    from app.thumbnails import Thumbnails

_log = logging.getLogger(__name__)

OPEN_WAIT_S = 10.0
"""How long whoever asks early waits: the window is there before the bench is."""

CLOSE_WAIT_S = 5.0
"""How long is waited for an archive that is just being opened, where it is to be closed."""

FOLDER = "files"
"""Where contents are kept, in a bench's folder of data."""


@dataclass(frozen=True, slots=True)
class ArchivingRules:
    """What files are called, and how much they may take.

    Attributes:
        folder: Where contents are kept; None for `files` in the bench's folder of data.
        name_pattern: What files are called that are kept without a name.
        quota_mb: What all of them may take, in megabytes; None for as much as there is.
        low_mb: With less room than this on the disk nothing new is kept.
        memory_mb: How much of what runs returned may be in memory, in megabytes.
        cache_mb: What outputs that are not kept may take on the disk.
        cache_days: How long those stay.
    """

    folder: Path | None = None
    name_pattern: str = DEFAULT_PATTERN
    quota_mb: float | None = None
    low_mb: float = 256.0
    memory_mb: float = 512.0
    cache_mb: float = 2_000.0
    cache_days: float = 7.0

    def place(self, bench_folder: Path) -> Path:
        """Where contents are kept.

        Args:
            bench_folder: The bench's folder of data.
        """
        return self.folder or bench_folder / FOLDER

    @property
    def limits(self) -> ArchiveLimits:
        """How much may be kept."""
        # Imported here: the window is drawn before it is needed.
        from app.archive.limits import MB, ArchiveLimits

        return ArchiveLimits(
            quota_bytes=None if self.quota_mb is None else int(self.quota_mb * MB),
            low_bytes=int(self.low_mb * MB),
        )


def rules_of(settings: Settings, bench_folder: Path) -> ArchivingRules:
    """How a bench keeps its files, by the settings; the same for its program and for commands.

    Args:
        settings: Of the program.
        bench_folder: The bench's folder of data.
    """
    elsewhere = settings.archive_folder
    return ArchivingRules(
        folder=None if elsewhere is None else elsewhere / bench_folder.name,
        name_pattern=settings.archive_names,
        quota_mb=settings.archive_max_mb,
        low_mb=settings.archive_low_mb,
        memory_mb=settings.output_memory_mb,
        cache_mb=settings.output_cache_mb,
        cache_days=settings.output_cache_days,
    )


class Archiving:
    """The archive of a bench while that is open.

    Args:
        folder: The bench's folder of data; None keeps no files.
        rules: What files are called, and how much they may take.
        publish: Is told of what happens to files; in any thread.
        owner: Whose `services` has the file service while it is open.
        stamp: Gives what is written on files that no run made.

    Attributes:
        trouble: Why nothing can be kept, in words; '' while all is well.
    """

    def __init__(
        self,
        folder: Path | None,
        rules: ArchivingRules,
        publish: Callable[[Event], None],
        owner: object = None,
        stamp: Callable[[], Stamp] = Stamp,
    ) -> None:
        self._owner = owner
        self._stamp = stamp
        self._folder = None if folder is None else rules.place(folder)
        self._rules = rules
        self._publish = publish
        self._archive: Archive | None = None
        self._tried = threading.Event()
        self._asked_early = False
        self._changing = threading.Lock()
        self._closed = False
        self._housekeeper: Housekeeper | None = None
        self._service: FileService | None = None
        self._thumbnails: Thumbnails | None = None
        self.trouble = "this bench keeps no files" if folder is None else ""

    @property
    def may_open_later(self) -> bool:
        """Whether it could not be opened, and `open` may do better later."""
        return self._folder is not None and self._archive is None and not self._closed

    @property
    def archive(self) -> Archive | None:
        """The archive; None while it is not open."""
        return self._archive

    def opened(self) -> Archive:
        """The archive; waits a while for one that is just being opened. Never on a loop.

        Raises:
            ArchiveOpeningError: It is still being opened.
            ArchiveClosedError: It is closed.
            ArchiveUnopenedError: It could not be opened; says why.
            ArchiveError: No files are kept here.
        """
        if self._folder is None:
            raise ArchiveError(self.trouble)
        if not self._tried.wait(OPEN_WAIT_S):
            self._asked_early = True
            if not self._tried.is_set():
                raise ArchiveOpeningError
        archive = self._archive
        if archive is None:
            if self._closed:
                raise ArchiveClosedError
            raise ArchiveUnopenedError(self.trouble)
        return archive

    def refuse_low(self) -> None:
        """Say so where what keeps files should not be begun. Never waits.

        Raises:
            ArchiveError: There is too little room, or the archive is not open. Where no files are
                kept at all that is what was wanted, and nothing is refused.
        """
        archive = self._archive
        if archive is not None:
            archive.refuse_low()
        elif self._folder is not None:
            if self._closed or not self._tried.is_set():
                raise ArchiveClosedError
            raise ArchiveUnopenedError(self.trouble)

    @property
    def thumbnails(self) -> Thumbnails:
        """Small pictures of its pictures.

        Raises:
            ArchiveError: It is not open.
        """
        archive = self.opened()
        if self._thumbnails is None:
            from app.thumbnails import Thumbnails

            self._thumbnails = Thumbnails(archive)
        return self._thumbnails

    def troubled(self, reason: str) -> None:
        """Something could not be kept that should be; '' when the next one could."""
        if reason == self.trouble:
            return
        self.trouble = reason
        self._publish(ArchiveTroubled(thing="", reason=reason))

    def _happened(self, event: Event) -> None:
        """Something happened in the archive; what is wrong with it stays known."""
        if isinstance(event, ArchiveTroubled):
            self.troubled(event.reason)
        else:
            self._publish(event)

    def open(self, database: Database | None) -> None:
        """Open it; where that cannot be, `trouble` says why, and everything else works.

        May be called again where that failed.

        Args:
            database: Where its catalogue is; None where that could not be opened.
        """
        if self._folder is None:
            return
        try:
            with self._changing:
                if database is None:
                    self.troubled("its catalogue cannot be opened")
                elif self._archive is None:
                    self._open(self._folder, database)
                if self._closed:
                    self._let_go()
        finally:
            self._tried.set()

    def _open(self, folder: Path, database: Database) -> None:
        # Imported here: SQLAlchemy takes 0.16 s, and the window is drawn before it is needed.
        from app.archive.archive import Archive
        from app.archive.housekeeper import Housekeeper
        from app.archive.service import FileService

        try:
            archive = Archive(
                database,
                folder,
                limits=self._rules.limits,
                publish=self._happened,
                names=NamePattern(self._rules.name_pattern),
                stamp=self._stamp,
            )
            archive.open()
        except ThingError as error:
            if str(error) != self.trouble:
                _log.error("No files can be kept: %s", error)
            self.troubled(str(error))
            return
        self._housekeeper = Housekeeper(archive)
        self._service = FileService(self._owner, database, archive=archive)
        self._service.open()
        self._archive = archive
        if not archive.read_only:
            self.troubled("")
        if self._asked_early:  # they were told that it is not open; now they may ask again
            self._publish(ArchiveTroubled(thing="", reason=self.trouble))

    def close(self) -> None:
        """Close it; twice is harmless."""
        self._closed = True
        self._tried.set()
        # What is just being opened, and takes its time, is let go of by whoever opens it.
        if self._changing.acquire(timeout=CLOSE_WAIT_S):
            try:
                self._let_go()
            finally:
                self._changing.release()

    def _let_go(self) -> None:
        archive, self._archive = self._archive, None
        thumbnails, self._thumbnails = self._thumbnails, None
        if thumbnails is not None:
            thumbnails.close()
        if self._service is not None:
            self._service.end()
        if self._housekeeper is not None:
            self._housekeeper.close()
        if archive is not None:
            archive.close()
