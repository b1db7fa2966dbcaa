"""Curves of a file: which columns of a table are drawn over which, and how many points it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.imaging.previews import TablePreview
from ui.viewer.wording import counts, number, tr

MOST: Final = 6
"""More lines than that cannot be told apart."""

Row = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line.

    Attributes:
        title: In the legend.
        x: (n,), rising.
        y: (n,); not a number breaks the line.
    """

    title: str
    x: Row
    y: Row


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Some lines over one axis.

    Attributes:
        lines: At most `MOST`.
        axis: What is to the right.
        left_out: How many more there would be.
    """

    lines: tuple[Curve, ...]
    axis: str = ""
    left_out: int = 0


def curve_of_array(title: str, values: Row) -> Curves:
    """An array of one axis over the number of each value."""
    if len(values) < 2:
        return Curves(())
    return Curves((Curve(title, np.arange(len(values), dtype=np.float64), values),), tr("number"))


def curves_of_table(table: TablePreview) -> Curves:
    """The columns of numbers; over the first of them, if it rises or falls all the way."""
    if table.row_count < 2:
        return Curves(())
    known = np.isfinite(table.numbers)
    numeric = [
        place
        for place in range(len(table.columns))
        if 2 * np.count_nonzero(known[:, place]) > table.row_count
    ]
    if not numeric:
        return Curves(())
    first = table.numbers[:, numeric[0]]
    steps = np.diff(first)
    ordered = bool(known[:, numeric[0]].all() and ((steps > 0).all() or (steps < 0).all()))
    if ordered and len(numeric) > 1:
        backwards = slice(None, None, -1) if steps[0] < 0 else slice(None)
        x, axis, drawn = first[backwards], _title(table, numeric[0]), numeric[1:]
    else:
        backwards, drawn = slice(None), numeric
        x, axis = np.arange(1, table.row_count + 1, dtype=np.float64), tr("row")
    lines = tuple(
        Curve(_title(table, place), x, table.numbers[backwards, place]) for place in drawn[:MOST]
    )
    return Curves(lines, axis, len(drawn) - len(lines))


def _title(table: TablePreview, place: int) -> str:
    return table.columns[place] or tr("column {number}").format(number=place + 1)


def thinned(x: Row, y: Row, columns: int) -> tuple[Row, Row]:
    """The lowest and highest value of each column of pixels, in order: looks the same.

    Args:
        x: (n,), rising.
        y: (n,).
        columns: How many pixels there are.
    """
    if len(x) <= 4 * columns:
        return x, y
    per_bin = math.ceil(len(x) / (2 * columns))
    bins = len(x) // per_bin
    block = y[: bins * per_bin].reshape(bins, per_bin)
    # All not a number gives the first, which is not a number either.
    low = np.argmin(np.where(np.isnan(block), np.inf, block), axis=1)
    high = np.argmax(np.where(np.isnan(block), -np.inf, block), axis=1)
    starts = np.arange(bins) * per_bin
    picked = np.sort(np.stack((starts + low, starts + high), axis=1), axis=1).reshape(-1)
    rest = np.arange(bins * per_bin, len(x))
    picked = np.concatenate((picked, rest))
    return x[picked], y[picked]


def extent(rows: Sequence[Row]) -> tuple[float, float] | None:
    """The lowest and highest finite value, a little apart even where all are alike."""
    finite = [row[np.isfinite(row)] for row in rows]
    finite = [row for row in finite if row.size]
    if not finite:
        return None
    low, high = min(float(row.min()) for row in finite), max(float(row.max()) for row in finite)
    if not high > low:
        room = abs(low) / 10 or 1.0
        return low - room, high + room
    return low, high


def tick_words(values: Sequence[float]) -> list[str]:
    """Marks in words, all with as many decimals as their distance needs."""
    step = values[1] - values[0] if len(values) > 1 else 0.0
    largest = max(map(abs, values), default=0.0)
    if not step > 0 or not 1e-4 <= largest < 1e6:
        return [counts(value, False) for value in values]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [number(value, decimals) for value in values]


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two values, 1, 2 or 5 times a power of ten apart."""
    rough = (high / 2 - low / 2) / max(1, most) * 2
    if not math.isfinite(rough) or rough <= 0:
        return []
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999), rough)
    if not step > 0:
        return []
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)] if last - first < 1000 else []
