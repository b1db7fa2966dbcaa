"""Time windows, marks, axes and pixels: what is computed before anything is painted."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from ui.models.numbers import PLAIN, NumberStyle
from ui.plots.legend import entry_widths
from ui.plots.picture import PlotPicture, lay_out
from ui.plots.plottable import plottables
from ui.plots.series import Series, Trace
from ui.plots.ticks import (
    moment_text,
    tick_text,
    time_step_s,
    time_text,
    time_ticks,
    value_step,
    value_ticks,
)
from ui.plots.time_window import ALL, TimeWindow
from ui.plots.tracing import Frame, columns, lines, polygon

pytestmark = pytest.mark.usefixtures("qapp")  # for the font

NOW = 1_700_000_000.0

DESCRIPTION = {
    "properties": {
        "a": {"type": "number", "unit": "K", "readOnly": True, "lw:poll": 1.0},
        "b": {"type": "number", "unit": "K", "readOnly": True, "lw:poll": 1.0},
        "c": {"type": "number", "unit": "bar", "observable": True},
        "d": {"type": "string", "enum": ["cold", "warm", "hot"], "observable": True},
    }
}


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall of Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def made(values: dict[str, list[float | str]]) -> list[Series]:
    """Lines with a value a second, the last one now."""
    found = []
    for slot, what in enumerate(plottables("rig", DESCRIPTION)):
        given = values.get(what.key.property)
        if given is None:
            continue
        series = Series(what, "Rig", slot)
        for place, value in enumerate(given):
            series.take(NOW - len(given) + 1 + place, value)
        found.append(series)
    return found


def laid_out(
    series: list[Series],
    span_s: float = 10.0,
    fixed: dict[str, tuple[float, float]] | None = None,
    *,
    own: bool = False,
) -> PlotPicture:
    return lay_out(
        series,
        QSizeF(800, 200),
        (NOW - span_s, NOW),
        NOW,
        fixed or {},
        QFontMetricsF(QFont()),
        PLAIN,
        own=own,
    )


def test_it_follows_the_present_until_it_is_moved_and_again_when_moved_back() -> None:
    window = TimeWindow()
    assert window.ends(1000.0, None) == (400.0, 1000.0)

    window.pan(-0.5, 1000.0, 0.0)
    assert not window.follows
    assert window.ends(2000.0, 0.0) == (100.0, 700.0)
    window.pan(0.5, 1000.0, 0.0)
    assert window.follows
    assert window.ends(2000.0, 0.0) == (1400.0, 2000.0)


def test_zooming_keeps_the_time_under_the_mouse() -> None:
    window = TimeWindow()
    window.zoom(0.5, 0.25, 1000.0, 0.0)
    assert window.ends(9999.0, 0.0) == (475.0, 775.0)

    window.follow(60.0)
    assert window.ends(1000.0, 0.0) == (940.0, 1000.0)
    window.hold(1000.0, 0.0)
    assert window.ends(5000.0, 0.0) == (940.0, 1000.0)


def test_all_reaches_back_to_the_first_value() -> None:
    window = TimeWindow()
    window.follow(ALL)
    assert window.ends(1000.0, 250.0) == (250.0, 1000.0)
    assert window.ends(1000.0, None) == (999.0, 1000.0)


@given(st.lists(st.tuples(st.sampled_from(["pan", "zoom"]), st.floats(0.001, 50)), max_size=40))
def test_nobody_gets_lost_in_empty_time(moves: list[tuple[str, float]]) -> None:
    window = TimeWindow()
    for move, amount in moves:
        if move == "pan":
            window.pan(amount - 25, 1e9, 1e9 - 1000)
        else:
            window.zoom(amount, 0.5, 1e9, 1e9 - 1000)
        begun_s, end_s = window.ends(1e9, 1e9 - 1000)
        assert begun_s < end_s
        assert begun_s < 1e9
        assert end_s >= 1e9 - 1000 - 1e-6


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e9), st.integers(1, 20))
def test_marks_are_round_few_and_in_sight(low: float, span: float, most: int) -> None:
    high = low + span
    found = value_ticks(low, high, most)
    step = value_step(low, high, most)

    assert len(found) <= most + 1
    assert all(low - 1e-6 * step <= each <= high + 1e-6 * step for each in found)
    digits = 1e-15 * max(abs(low), abs(high))
    assert all(abs(b - a - step) <= 1e-6 * step + digits for a, b in itertools.pairwise(found))
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert round(mantissa, 6) in (1, 2, 5)


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (36.5, 0.5, "36.5"),
        (37.0, 0.5, "37.0"),
        (1500, 500, "1,500"),
        (-20, 10, "−20"),
        (0.0, 0.2, "0.0"),
        (2.5e-7, 5e-8, "2.5e−7"),
        (3e9, 1e9, "3e9"),
        (0, 1e9, "0"),
    ],
)
def test_marks_have_the_decimals_of_their_step(value: float, step: float, text: str) -> None:
    assert tick_text(value, step, PLAIN) == text


def test_marks_are_written_in_the_signs_of_the_locale() -> None:
    assert tick_text(1234.5, 0.5, NumberStyle(",", ".")) == "1.234,5"


@pytest.mark.usefixtures("berlin")
def test_times_are_round_on_the_wall_also_when_summer_begins() -> None:
    begun = datetime(2026, 3, 28, 20, 0).timestamp()
    found = time_ticks(begun, begun + 12 * 3600, 4)
    step_s = time_step_s(12 * 3600, 4)

    assert [time_text(each, step_s) for each in found] == [
        *("21:00", "29 Mar", "03:00", "06:00", "09:00"),
    ]


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("span_s", "words"),
    [
        (600, ["12:00", "12:05", "12:10"]),
        (30, ["12:00:00", "12:00:10", "12:00:20", "12:00:30"]),
        (0.3, ["12:00:00.00", "12:00:00.10", "12:00:00.20", "12:00:00.30"]),
        (6 * 86400, ["23 Nov", "25 Nov", "27 Nov"]),
    ],
)
def test_times_are_as_exact_as_their_step(span_s: float, words: list[str]) -> None:
    begun = datetime(2026, 11, 21, 12, 0).timestamp()
    found = time_ticks(begun, begun + span_s + 1e-6, 5)
    step_s = time_step_s(span_s, 5)
    assert [time_text(each, step_s) for each in found] == words


@pytest.mark.usefixtures("berlin")
def test_a_moment_is_as_exact_as_what_is_in_sight() -> None:
    at_s = datetime(2026, 11, 21, 12, 34, 56, 780_000).timestamp()
    assert [moment_text(at_s, span_s) for span_s in (5.0, 600.0, 1e6)] == [
        "12:34:56.78",
        "12:34:56",
        "21 Nov 12:34:56",
    ]


def test_lines_of_one_unit_share_an_axis_and_choices_have_their_own() -> None:
    picture = laid_out(made({"a": [1.0, 2.0], "b": [5.0, 6.0], "c": [0.5], "d": ["hot"]}))

    assert [[each.key.property for each in axis.scale.series] for axis in picture.axes] == [
        ["a", "b"],
        ["c"],
        ["d"],
    ]
    assert [axis.scale.unit for axis in picture.axes] == ["K", "bar", ""]
    shared = picture.axes[0].scale
    assert shared.low < 1.0
    assert shared.high > 6.0
    assert [text for _, text in picture.axes[2].marks] == ["cold", "warm", "hot"]
    assert picture.area.left() > 12 + 2 * 12


def test_every_line_gets_an_axis_of_its_own_on_demand() -> None:
    picture = laid_out(made({"a": [1.0, 2.0], "b": [500.0, 600.0]}), own=True)
    assert [axis.scale.high < 3 for axis in picture.axes] == [True, False]


def test_a_range_the_operator_chose_is_kept() -> None:
    picture = laid_out(made({"a": [1.0, 2.0]}), fixed={"in K": (-5.0, 5.0)})
    assert (picture.axes[0].scale.low, picture.axes[0].scale.high) == (-5.0, 5.0)


def test_the_range_is_that_of_what_is_in_sight_and_a_flat_line_has_one_too() -> None:
    values: list[float | str] = [1000.0, *[20.0] * 60]
    picture = laid_out(made({"a": values}), span_s=10)
    scale = picture.axes[0].scale
    assert 19 < scale.low < 20 < scale.high < 21
    zero = laid_out(made({"a": [0.0, 0.0]})).axes[0].scale
    assert (zero.low, zero.high) == (-0.5, 0.5)


def test_axes_leave_room_for_the_lines() -> None:
    description = {
        "properties": {f"p{i}": {"type": "number", "unit": f"long{i} unit"} for i in range(12)}
    }
    many = [Series(what, "Rig", i) for i, what in enumerate(plottables("rig", description))]
    for series in many:
        series.take(NOW - 5, 1.0)
    picture = laid_out(many)
    assert len(picture.axes) == 12
    assert sum(axis.column is not None for axis in picture.axes) < 12
    assert picture.area.width() >= 0.5 * 800


def test_time_in_which_no_line_knew_anything_is_found() -> None:
    first, second = made({"a": [1.0] * 9, "b": [1.0] * 9})
    first.lose(NOW + 1)
    second.lose(NOW + 3)
    first.take(NOW + 6, 1.0)
    picture = lay_out(
        [first, second],
        QSizeF(800, 200),
        (NOW - 10, NOW + 20),
        NOW + 20,
        {},
        QFontMetricsF(QFont()),
        PLAIN,
    )
    assert picture.unknown() == [(NOW + 3, NOW + 6)]


FRAME = Frame(QRectF(0, 0, 100, 50), 0.0, 100.0, -1.0, 1.0)


def corners(trace: Trace, *, in_steps: bool) -> list[list[tuple[float, float]]]:
    return [
        [(point.x(), point.y()) for point in (piece.at(i) for i in range(piece.size()))]
        for piece in lines(trace, FRAME, in_steps=in_steps)
    ]


def trace(times: list[float], values: list[float]) -> Trace:
    return Trace(np.array(times), np.array(values), ())


def test_a_line_is_broken_where_nothing_was_known() -> None:
    given = trace([0, 10, 20, 20, 50, 60], [-1, 0, 0, math.nan, 1, 1])
    assert corners(given, in_steps=False) == [
        [(0, 50), (10, 25), (20, 25)],
        [(50, 0), (60, 0)],
    ]


def test_a_step_is_drawn_square() -> None:
    given = trace([0, 10, 50], [-1, 1, 1])
    assert corners(given, in_steps=True) == [[(0, 50), (10, 50), (10, 0), (50, 0), (50, 0)]]


def test_nothing_known_is_no_line() -> None:
    assert lines(trace([], []), FRAME, in_steps=False) == []
    assert polygon(np.empty(0), np.empty(0)).size() == 0


@given(
    st.lists(
        st.tuples(st.floats(0, 99.99), st.one_of(st.integers(0, 50), st.just(math.nan))),
        min_size=1,
        max_size=400,
    )
)
def test_thinned_to_pixels_no_column_loses_its_peaks(points: list[tuple[float, float]]) -> None:
    points.sort(key=lambda each: each[0])
    x, y = (np.array(each, dtype=float) for each in zip(*points, strict=True))
    thin_x, thin_y = columns(x, y)

    assert np.isnan(thin_y).any() == np.isnan(y).any()
    assert (np.diff(thin_x) >= 0).all()
    for column in range(100):
        true = y[np.floor(x) == column]
        told = thin_y[np.floor(thin_x) == column]
        if np.isfinite(true).any():
            assert (np.nanmin(told), np.nanmax(told)) == (np.nanmin(true), np.nanmax(true))
        if true.size and not np.isnan(y).any():
            assert told.size <= 4
            assert (told[0], told[-1]) == (true[0], true[-1])


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(20, 120)), max_size=12),
    st.integers(0, 1500),
)
def test_a_legend_never_needs_more_room_than_there_is(
    parts: list[tuple[int, int]], room: int
) -> None:
    found = entry_widths(parts, room, 52)
    left_out = len(found) < len(parts)
    if found:
        assert sum(found) + 6 * (len(found) - 1) + (52 if left_out else 0) <= room
    assert all(
        other <= width <= title + other for width, (title, other) in zip(found, parts, strict=False)
    )


def test_a_legend_that_is_too_long_cuts_titles_before_it_leaves_lines_out() -> None:
    parts = [(100, 80), (200, 80), (40, 80)]
    assert entry_widths(parts, 700, 52) == [180, 280, 120]
    cut = entry_widths(parts, 480, 52)
    assert len(cut) == 3
    assert cut[2] == 120
    assert sum(cut) + 12 <= 480
    left_out = entry_widths(parts, 330, 52)
    assert len(left_out) == 2
    assert sum(left_out) + 6 + 52 <= 330
    assert entry_widths(parts, 90, 52) == []
    assert entry_widths([], 90, 52) == []
