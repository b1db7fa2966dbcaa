"""Writes lines of a plot as CSV: a row for each moment, a column for each line."""

from __future__ import annotations

import csv
import heapq
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ui.plots.ring import Row

_HEAD = ("time (UTC)", "seconds")


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A line as a column.

    Attributes:
        title: Such as 'Thermostat: Temperature'.
        unit: Stands behind the title; may be ''.
        times: (n,), seconds since 1970, in order.
        values: (n,).
        words: For a switch or a choice: what to write for 0, 1, ...; () for numbers.
    """

    title: str
    unit: str
    times: Row
    values: Row
    words: tuple[str, ...] = ()


def write_csv(columns: Sequence[Column], target: Path) -> int:
    """Write a file; whoever reads it sees the old one or the whole new one.

    A cell is empty where a line has no sample at that moment. Seconds are counted from the first
    row. Numbers are written with a point and all their digits, whatever the locale.

    Returns:
        How many rows were written, without the head.

    Raises:
        OSError: It could not be written; nothing is left behind.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".plot-", suffix=".csv")
    written = Path(name)
    try:
        with os.fdopen(handle, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow((*_HEAD, *map(_heading, columns)))
            count = 0
            for row in rows(columns):
                writer.writerow(row)
                count += 1
        written.chmod(0o644)
        written.replace(target)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
    return count


def rows(columns: Sequence[Column]) -> Iterator[list[str]]:
    """The rows of a file, in the order of time; samples of one moment share a row."""
    first_s: float | None = None
    row: list[str] = []
    row_s = 0.0
    for at_s, i, value in heapq.merge(*(_samples(i, each) for i, each in enumerate(columns))):
        if first_s is None:
            first_s = at_s
        # What is in the row already must not be overwritten: two samples may claim one moment.
        if not row or at_s != row_s or row[2 + i]:
            if row:
                yield row
            row_s = at_s
            moment = datetime.fromtimestamp(at_s, UTC)
            said = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
            row = [said, f"{at_s - first_s:.6f}", *[""] * len(columns)]
        row[2 + i] = _written(columns[i], value)
    if row:
        yield row


def _samples(place: int, column: Column) -> Iterable[tuple[float, int, float]]:
    return (
        (at_s, place, value)
        for at_s, value in zip(column.times.tolist(), column.values.tolist(), strict=True)
    )


def _written(column: Column, value: float) -> str:
    if not column.words:
        return repr(value)
    place = round(value)
    return column.words[place] if 0 <= place < len(column.words) else ""


def _heading(column: Column) -> str:
    """A title with its unit; one that begins like a formula must not be taken for one."""
    title = f"{column.title} ({column.unit})" if column.unit else column.title
    return f"'{title}" if title[:1] in ("=", "+", "-", "@", "\t") else title
