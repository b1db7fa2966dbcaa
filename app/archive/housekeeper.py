"""Keeps house in the archive by itself: sweeps at the start and every while, scrubs at leisure."""

from __future__ import annotations

import threading
import time

from app.archive.archive import Archive
from app.archive.errors import ArchiveClosedError, ArchiveError, ArchiveReadOnlyError
from app.archive.scrubbing import scrub
from app.archive.sweeping import sweep

FIRST_LOOK_S = 5.0
SCRUB_EVERY_S = 30 * 86_400.0
SCRUB_BYTES_PER_S = 20e6
END_WAIT_S = 2.0
WRITE_LOOK_S = 10.0


class Housekeeper:
    """A thread that sweeps and scrubs an archive while that is open.

    Args:
        archive: Which.
        first_look_s: How long after the opening it sweeps for the first time, in seconds.
        every_s: How often afterwards; as the archive's limits say where None.
        scrub_every_s: How long a content is trusted before it is read again; never where None.
        write_look_s: How often it looks whether a folder that could only be read can be written.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        first_look_s: float = FIRST_LOOK_S,
        every_s: float | None = None,
        scrub_every_s: float | None = SCRUB_EVERY_S,
        write_look_s: float = WRITE_LOOK_S,
    ) -> None:
        self._archive = archive
        self._first_look_s = first_look_s
        self._every_s = archive.limits.sweep_every_s if every_s is None else every_s
        self._scrub_every_s = scrub_every_s
        self._write_look_s = write_look_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="archive-sweeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End, after what it is at; twice is harmless."""
        self._ending.set()
        self._thread.join(END_WAIT_S)

    def _work(self) -> None:
        due_s = time.monotonic() + self._first_look_s
        while not self._ending.wait(max(0.0, min(due_s - time.monotonic(), self._write_look_s))):
            try:
                self._archive.try_to_write()
                if time.monotonic() < due_s:
                    continue
                due_s = time.monotonic() + self._every_s
                sweep(self._archive, stop=self._ending)
                if self._scrub_every_s is not None:
                    scrub(
                        self._archive,
                        older_than_s=self._scrub_every_s,
                        bytes_per_s=SCRUB_BYTES_PER_S,
                        stop=self._ending,
                    )
            except ArchiveClosedError:
                return
            except ArchiveReadOnlyError:
                continue  # that was said when it was found out
            except ArchiveError as error:
                self._archive.log.warning("The archive could not be swept: %s", error)
            except Exception:
                # Whatever it is, an archive that nobody looks after any more is worse.
                self._archive.log.exception("The archive could not be swept")
