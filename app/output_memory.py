"""What is held in memory of outputs: a budget, and what is put on the disk when it is exceeded.

The output of a run that has ended stays in memory, for as long as the run can be asked for. When
all of them take more than the budget, the oldest are put aside on the disk, and read from there
when somebody looks. When a run can be asked for no more, its outputs go the same way, and the
ledger's row opens them, whoever asked for the run; the addresses that clients were given end.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from app.actions.outcome import blobs_in
from app.heap import give_back
from app.output_cache import OutputCache
from app.spilled_bytes import SpilledBytes
from things.blobs import BlobArray, BlobBytes

if TYPE_CHECKING:
    from app.actions.invocation import Invocation
    from things.blobs import BlobDataManager, ServerSideBlobData

GIVE_BACK_BYTES = 64 * 2**20
"""So much put aside, and the memory it was in is handed back."""

_log = logging.getLogger(__name__)


class OutputMemory:
    """Keeps outputs within a budget of memory. Its methods wait for the disk.

    Args:
        cache: Where outputs are put aside.
        blobs: Gave them their ids; keeps them under the same ones.
        budget_bytes: How much may be in memory.
    """

    def __init__(
        self,
        cache: Callable[[], OutputCache | None],
        blobs: BlobDataManager,
        budget_bytes: int,
    ) -> None:
        self._cache = cache
        self._blobs = blobs
        self._budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[UUID, tuple[Invocation, int]] = OrderedDict()
        self._bytes = 0
        self._aside_bytes = 0

    @property
    def bytes(self) -> int:
        """What outputs take in memory now, as far as they were counted."""
        return self._bytes

    def ended(self, invocation: Invocation) -> None:
        """A run has ended; older ones may have to make room for what it returned."""
        size = sum(in_memory(blob.data) for _, blob in blobs_in(invocation.result))
        if not size:
            return
        with self._lock:
            self._held[invocation.id] = (invocation, size)
            self._bytes += size
        before = self._bytes
        self._make_room()
        self._aside_bytes += before - self._bytes
        if self._aside_bytes >= GIVE_BACK_BYTES:
            self._aside_bytes = 0
            give_back()

    def forgotten(self, invocation: Invocation) -> None:
        """A run can be asked for no more."""
        self.let_go(invocation)
        self._put_aside(invocation, gone=True)

    def let_go(self, invocation: Invocation) -> None:
        """Count a run no more; never waits."""
        with self._lock:
            _, size = self._held.pop(invocation.id, (None, 0))
            self._bytes -= size

    def _make_room(self) -> None:
        """Put aside the oldest, so that the others fit; on a full disk, when the next one ends."""
        cache = self._cache()
        if cache is None:
            return
        for invocation, size in self._beyond(cache.largest_bytes):
            if not self._put_aside(invocation, gone=False):
                return
            with self._lock:
                if self._held.pop(invocation.id, None) is not None:
                    self._bytes -= size

    def _beyond(self, largest_bytes: int) -> list[tuple[Invocation, int]]:
        """The oldest that have to go, so that the others fit, and what each takes."""
        found: list[tuple[Invocation, int]] = []
        with self._lock:
            left = self._bytes
            for invocation, size in self._held.values():
                if left <= self._budget_bytes:
                    break
                if size <= largest_bytes:
                    found.append((invocation, size))
                    left -= size
        return found

    def _put_aside(self, invocation: Invocation, *, gone: bool) -> bool:
        """Write what is in memory, and hold from now on what is on the disk.

        Args:
            invocation: Of which run.
            gone: Whether it can be asked for no more, so that nothing of it need be held.

        Returns:
            Whether nothing of it is in memory any more.
        """
        cache = self._cache()
        if cache is None:
            return False
        all_of_it = True
        known = {blob.path: blob for blob in invocation.snapshot().blobs}
        for path, blob in list(blobs_in(invocation.result)):
            data = blob.data
            if is_aside(data) or (gone and known[path].kept is not None):
                continue  # it is on the disk already
            if not gone and not in_memory(data):
                continue
            if not cache.put(invocation.id, path, known[path].name, data):
                all_of_it = False
            elif not gone and (aside := cache.get(invocation.id, path)) is not None:
                self._blobs.exchange(data, aside)
                invocation.exchange(data, aside)
        return all_of_it


def in_memory(data: ServerSideBlobData) -> int:
    """How much memory it takes, in bytes."""
    if isinstance(data, BlobArray):
        encoded = data.size or 0
        return encoded + (0 if is_aside(data) else int(data.array.nbytes))
    if isinstance(data, BlobBytes):
        return data.size or 0
    return 0


def is_aside(data: ServerSideBlobData) -> bool:
    """Whether it lies in the cache."""
    if isinstance(data, BlobArray):
        return isinstance(data.array, np.memmap)
    return isinstance(data, SpilledBytes)
