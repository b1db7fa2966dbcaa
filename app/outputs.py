"""Outputs of runs that have ended: kept by rule, held within a budget, found again later."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from app.actions.outcome import blob_at, blobs_in
from app.archive.records import BlobPath
from app.errors import InvocationNotFoundError
from app.output_cache import CacheLimits, OutputCache
from app.output_memory import OutputMemory
from things.blobs import Blob, BlobDataManager, BlobFile
from things.errors import NoBlobDataError, ThingError

if TYPE_CHECKING:
    from app.actions.invocation import Invocation
    from app.actions.manager import ActionManager
    from app.archive.archive import Archive
    from app.keeping import Keeping

_log = logging.getLogger(__name__)

MEMORY_BYTES = 512 * 2**20
WAITING = 100
"""Runs whose outputs wait to be looked after; one that ends then waits for its turn."""

FULL_WAIT_S = 30.0
SPARE_BYTES = 64 * 2**20
"""So much more gives way at once where the disk is short of room."""

CLOSE_WAIT_S = 15.0


class Outputs:
    """Looks after outputs in a thread of its own, and finds them.

    Args:
        actions: Has the runs of now and of a while ago.
        blobs: Gave blobs their ids.
        keeping: Keeps what rules and code say.
        archive: Gives the archive; None where there is none.
        folder: Where outputs are put aside; None holds all of them in memory.
        memory_bytes: How much of what was returned may be in memory.
        limits: How much may be put aside.
    """

    def __init__(
        self,
        actions: ActionManager,
        blobs: BlobDataManager,
        keeping: Keeping,
        archive: Callable[[], Archive | None],
        *,
        folder: Path | None,
        memory_bytes: int = MEMORY_BYTES,
        limits: CacheLimits | None = None,
    ) -> None:
        self._actions = actions
        self._keeping = keeping
        self._archive = archive
        self._possible = None if folder is None else OutputCache(folder, limits)
        self._cache: OutputCache | None = None
        self.memory = OutputMemory(lambda: self._cache, blobs, memory_bytes)
        self._jobs: queue.Queue[tuple[str, Callable[[], None]] | None] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def cache(self) -> OutputCache | None:
        """Where outputs are put aside; None while there is no such place."""
        return self._cache

    def open(self) -> None:
        """Find out what was put aside before; without it all works but that."""
        if self._possible is None:
            return
        try:
            self._possible.open()
        except OSError as error:
            _log.error("Outputs cannot be put aside on the disk: %s", error)
        else:
            self._cache = self._possible

    def ended(self, invocation: Invocation) -> None:
        """A run has ended; waits only where many others wait already."""
        if any(True for _ in blobs_in(invocation.result)):
            self._put(invocation, forgotten=False)

    def forgotten(self, invocation: Invocation) -> None:
        """A run can be asked for no more; never waits."""
        if any(True for _ in blobs_in(invocation.result)):
            self._put(invocation, forgotten=True)

    def give_way(self) -> None:
        """Let go of outputs that nobody kept, where what is kept needs the disk; never waits."""
        if self._begun():
            with suppress(queue.Full):  # whoever ends now does it as well
                self._jobs.put_nowait(("others", lambda: None))

    def find(self, run: UUID, path: BlobPath) -> Blob:
        """A blob of an output, wherever it is now. May wait for the disk.

        Raises:
            InvocationNotFoundError: The run is unknown, or what it returned is gone.
            NoBlobDataError: It has no such output.
        """
        invocation = self._actions.find(run)
        if invocation is not None:
            blob = blob_at(invocation.result, path)
            if blob is None:
                raise NoBlobDataError("This invocation has no such output.")
            return blob
        data = None if self._cache is None else self._cache.get(run, path)
        if data is not None:
            return Blob.from_data(data)
        kept = self._kept(run, path)
        if kept is None:
            raise InvocationNotFoundError(run)
        return Blob.from_data(kept)

    def wait(self) -> None:
        """Wait until all that ended so far has been looked after."""
        self._jobs.join()

    def close(self) -> None:
        """Keep what is still to be kept, for a bounded time, and end; twice is harmless."""
        with self._lock:
            first, self._closed = not self._closed, True
            thread = self._thread
        if not first or thread is None:
            return
        try:
            self._jobs.put(None, timeout=CLOSE_WAIT_S)
        except queue.Full:
            _log.error("Some outputs that were to be kept are lost: the disk does not answer.")
        thread.join(CLOSE_WAIT_S)

    def _kept(self, run: UUID, path: BlobPath) -> BlobFile | None:
        # Imported here: SQLAlchemy takes 0.16 s, and the window is drawn before it is needed.
        from app.archive.of_runs import file_of

        archive = self._archive()
        there = None if archive is None else file_of(archive, run, path)
        if archive is None or there is None:
            return None
        return BlobFile(archive.path_of(there.id), archive.get(there.id).media_type)

    def _begun(self) -> bool:
        """Whether there is a thread for it, now."""
        with self._lock:
            if self._closed:
                return False
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="outputs", daemon=True)
                self._thread.start()
            return True

    def _put(self, invocation: Invocation, *, forgotten: bool) -> None:
        if not self._begun():
            return
        look = self.memory.forgotten if forgotten else self._look_after
        job = invocation.title, lambda: look(invocation)
        try:
            if forgotten:
                self._jobs.put_nowait(job)
            else:
                self._jobs.put(job, timeout=FULL_WAIT_S)
        except queue.Full:
            if forgotten:
                self.memory.let_go(invocation)
            what = "put aside" if forgotten else "kept"
            _log.error("An output of %s was not %s: too many wait.", invocation.title, what)
            if not forgotten:
                self._keeping.missed(invocation, "too many outputs wait for the disk")

    def _look_after(self, invocation: Invocation) -> None:
        try:
            self._keeping.by_itself(invocation)
        finally:
            # Kept or not, it is in memory. One that was forgotten meanwhile has been put aside, or
            # is about to be.
            if self._actions.find(invocation.id) is not None:
                self.memory.ended(invocation)

    def _make_room(self) -> None:
        """What nobody kept gives way where the disk has too little room for what is."""
        archive, cache = self._archive(), self._cache
        if archive is None or cache is None or not cache.bytes:
            return
        short = archive.intake.short_bytes
        if short and cache.is_beside(archive.folder):
            gone = cache.give_way(short + SPARE_BYTES)
            _log.warning("%d outputs that nobody kept made room for what is kept.", gone)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            title, look = job
            try:
                look()
                self._make_room()
            except ThingError as error:
                _log.error("The output of %s: %s", title, error)
            except Exception:
                _log.exception("The output of %s could not be looked after.", title)
            finally:
                self._jobs.task_done()
            del job, look  # they hold the run, and all it returned
        self._jobs.task_done()
