"""What is held of a run from the moment it is accepted until its end is on disk.

Plain values only: no Thing, no invocation and no Blob is kept alive by it.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.actions.outcome import blobs_in
from app.ledger.known_values import KnownValues
from app.run_facts import Origin, Problem, Stamp
from app.run_records import RecordedBlob, RunState
from things.blobs import BlobArray

if TYPE_CHECKING:
    from app.actions.invocation import Invocation
    from things.blobs import ServerSideBlobData

BlobRefs = tuple["weakref.ref[ServerSideBlobData]", ...]
"""The data of some blobs, which may be gone by the time it is looked at."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended.

    Attributes:
        state: As what.
        ended_at: When, UTC; None where nobody saw it end.
        elapsed_s: From start to end on the monotonic clock.
        output: In JSON form, blobs with a placeholder for an address.
        blobs: The blobs in it.
        error: Why it did not complete.
        log: What it logged; records whose text is made already.
        after: The last known values.
    """

    state: RunState
    ended_at: datetime | None
    elapsed_s: float | None
    output: Any
    blobs: tuple[RecordedBlob, ...]
    error: Problem | None
    log: tuple[logging.LogRecord, ...]
    after: KnownValues


@dataclass(slots=True, eq=False)
class Entry:
    """A run that is not completely on disk yet.

    Attributes:
        number: Counts the runs of the ledger.
        id, parent, root, thing, action, title, origin, stamp, requested_at: As in `RunRecord`.
        input: In JSON form, blobs with a placeholder for an address.
        input_blobs: The blobs in it.
        before: The last known values.
        recorded: Done once it is on disk that the run was accepted.
        started_at: When its body began, UTC.
        ending: How it ended.
        stuck: Whether it ran on after it was asked to stop.
        hashed, input_hashed: The blobs with their hashes, once there are some.
        before_read: Whether `before` was read anew when the body began.
        queued: Whether it waits to be written.
        inserted: Whether there is a row of it.
        end_written: Whether that row tells how it ended.
        end_taken: The end that is being written just now.
        asked_chars: What its input and the values before take in its row, in characters.
    """

    number: int
    id: UUID
    parent: UUID | None
    root: UUID
    thing: str
    action: str
    title: str
    origin: Origin
    stamp: Stamp
    requested_at: datetime
    input: Any
    input_blobs: tuple[RecordedBlob, ...]
    before: KnownValues
    recorded: Future[None]
    started_at: datetime | None = None
    ending: Ending | None = None
    stuck: bool = False
    hashed: tuple[RecordedBlob, ...] = ()
    input_hashed: tuple[RecordedBlob, ...] = ()
    before_read: bool = False
    queued: bool = False
    inserted: bool = False
    end_written: bool = False
    end_taken: Ending | None = None
    asked_chars: int = 0


def output_blobs(invocation: Invocation) -> tuple[tuple[RecordedBlob, ...], BlobRefs]:
    """The blobs in the output of a run that has ended, and where their data may still be."""
    outcome = invocation.standing.outcome
    if outcome is None or not outcome.blobs:
        return (), ()
    recorded = tuple(
        RecordedBlob(blob.path, blob.media_type, blob.name, blob.size, blob.shape)
        for blob in outcome.blobs
    )
    return recorded, tuple(weakref.ref(blob.data) for _, blob in blobs_in(outcome.value))


def input_blobs(
    input: Any, links: Mapping[str, ServerSideBlobData]
) -> tuple[tuple[RecordedBlob, ...], BlobRefs]:
    """The blobs in an input, and where their data may still be.

    Args:
        input: In JSON form, blobs with a placeholder for an address.
        links: Placeholder to data.
    """
    if not links:
        return (), ()
    found = [(path, links[href]) for path, href in _placeholders(input) if href in links]
    recorded = tuple(
        RecordedBlob(
            path=path,
            media_type=data.media_type,
            name=str(path[-1]) if path else "",
            size=getattr(data, "size", None),
            shape=data.array.shape if isinstance(data, BlobArray) else None,
        )
        for path, data in found
    )
    return recorded, tuple(weakref.ref(data) for _, data in found)


def _placeholders(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every link in a JSON value, with where it stands."""
    if isinstance(value, dict):
        href = value.get("href")
        if isinstance(href, str):
            yield path, href
        for name, item in value.items():
            yield from _placeholders(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _placeholders(item, (*path, index))
