"""What can be plotted, lines and their values, without a widget."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ui.models.numbers import NumberStyle
from ui.plots.plot_model import PlotModel
from ui.plots.plottable import SeriesKey, plottables
from ui.plots.series import Series

if TYPE_CHECKING:
    from tests.ui.conftest import FakeThing
    from tests.ui.plots.conftest import Clock

T0 = 1_700_000_000.0
PRESSURE, TARGET = SeriesKey("rig", "pressure"), SeriesKey("rig", "target")


@pytest.fixture
def described(rig: FakeThing) -> dict[str, Mapping[str, Any]]:
    """The descriptions that are there; empty it for Things that have not come."""
    return {"rig": rig.describe()}


@pytest.fixture
def model(described: dict[str, Mapping[str, Any]], clock: Clock, qapp: object) -> PlotModel:
    return PlotModel(lambda thing: ("Rig", described.get(thing, {})), clock)


def line(model: PlotModel, key: SeriesKey) -> Series:
    added = model.add(key)
    assert added is not None
    return added


def drawn(series: Series, now_s: float, from_s: float = -math.inf) -> list[tuple[float, float]]:
    """Its points from `T0` on, NaN as None would be awkward to compare: as -1."""
    trace = series.trace(from_s, math.inf, now_s)
    values = np.where(np.isnan(trace.values), -1.0, trace.values)
    return list(zip((trace.times - T0).tolist(), values.tolist(), strict=True))


def test_numbers_switches_choices_and_parts_can_be_plotted(rig: FakeThing) -> None:
    found = {
        "/".join([each.key.property, *each.key.path]): each
        for each in plottables("rig", rig.describe())
    }

    assert list(found) == [
        *("pressure", "target", "flow", "count", "open", "mode"),
        *("position/x", "position/y", "corners/0", "corners/1", "sensor/temperature", "offset"),
    ]
    assert [found[each].title for each in ("position/x", "corners/1", "sensor/temperature")] == [
        "Position x",
        "Corners 1",
        "Sensor Temperature",
    ]
    assert [found[each].unit for each in ("pressure", "position/x", "count")] == ["mbar", "mm", ""]
    assert not found["pressure"].in_steps
    assert not found["flow"].in_steps
    assert all(found[each].in_steps for each in ("target", "count", "open", "mode"))
    assert (found["flow"].is_told, found["pressure"].is_told) == (False, True)


@pytest.mark.parametrize(
    ("name", "path", "value", "number"),
    [
        ("pressure", (), 3, 3.0),
        ("pressure", (), True, None),
        ("pressure", (), "3", None),
        ("pressure", (), None, None),
        ("open", (), True, 1.0),
        ("open", (), 1, None),
        ("mode", (), "hot", 2.0),
        ("mode", (), "lost", None),
        ("position", ("y",), {"x": 1, "y": 7.5}, 7.5),
        ("position", ("y",), [1, 2], None),
        ("corners", ("1",), [4, 5], 5.0),
        ("corners", ("1",), [4], None),
        ("offset", (), None, None),
        ("offset", (), -2.5, -2.5),
    ],
)
def test_the_number_is_found_in_the_value(
    rig: FakeThing, name: str, path: tuple[str, ...], value: Any, number: float | None
) -> None:
    key = SeriesKey("rig", name, path)
    what = next(each for each in plottables("rig", rig.describe()) if each.key == key)
    assert what.number_in(value) == number


def test_a_key_is_remembered_as_text_and_nonsense_is_passed_over() -> None:
    key = SeriesKey("a b", "c/d", ("é", "0"))
    assert SeriesKey.from_text(key.to_text()) == key
    for nonsense in ("", "{}", "[", '["only"]', "7", "null"):
        assert SeriesKey.from_text(nonsense) is None


def test_a_measured_value_that_stayed_is_flat_until_it_changed(model: PlotModel) -> None:
    series = line(model, PRESSURE)
    model.take("rig", "pressure", T0, 10.0)
    model.take("rig", "pressure", T0 + 60, 12.0)

    assert drawn(series, T0 + 65) == [(0, 10), (59, 10), (60, 12), (65, 12)]
    assert series.at(T0 + 30, T0 + 65) == 10.0
    assert series.at(T0 + 59.9, T0 + 65) == 12.0, "the nearest"
    assert series.at(T0 + 66, T0 + 65) is None, "nobody knows the future"
    assert series.at(T0 - 1, T0 + 65) is None


def test_a_set_value_goes_in_steps_and_holds_until_now(model: PlotModel) -> None:
    series = line(model, TARGET)
    model.take("rig", "target", T0, 10.0)
    model.take("rig", "target", T0 + 60, 12.0)

    assert drawn(series, T0 + 3600) == [(0, 10), (60, 12), (3600, 12)]
    assert series.at(T0 + 59.9, T0 + 65) == 10.0


def test_where_nothing_was_known_the_line_is_broken(model: PlotModel) -> None:
    series = line(model, PRESSURE)
    for second in range(3):
        model.take("rig", "pressure", T0 + second, 5.0)
    model.lose("rig", "pressure", T0 + 2.5, "the cable is out")
    assert series.value is None
    assert series.reason == "the cable is out"
    assert drawn(series, T0 + 9) == [(0, 5), (1, 5), (2, 5), (2.5, 5), (2.5, -1)]
    assert series.at(T0 + 8, T0 + 9) is None

    model.take("rig", "pressure", T0 + 10, 7.0)
    assert series.reason == ""
    trace = series.trace(T0, T0 + 20, T0 + 12)
    assert trace.gaps == ((T0 + 2.5, T0 + 10),)
    assert drawn(series, T0 + 12)[-4:] == [(2.5, 5), (2.5, -1), (10, 7), (12, 7)]
    assert series.at(T0 + 9.9, T0 + 12) is None


def test_a_value_that_is_none_breaks_the_line_too(model: PlotModel) -> None:
    series = line(model, SeriesKey("rig", "offset"))
    model.take("rig", "offset", T0, 1.0)
    model.take("rig", "offset", T0 + 1, None)
    assert series.value is None
    assert series.reason == "there is no number"


def test_a_thing_that_goes_away_breaks_all_its_lines(model: PlotModel) -> None:
    lines = [line(model, PRESSURE), line(model, TARGET)]
    for each in ("pressure", "target"):
        model.take("rig", each, T0, 1.0)
    model.lose_thing("camera", T0 + 1, "off")
    assert [each.value for each in lines] == [1.0, 1.0]
    model.lose_thing("rig", T0 + 1, "off")
    assert [(each.value, each.reason) for each in lines] == [(None, "off")] * 2


def test_values_are_said_with_unit_and_in_the_signs_of_the_locale(model: PlotModel) -> None:
    comma = NumberStyle(",", ".")
    pressure = line(model, PRESSURE)
    assert pressure.text(1234.5, comma) == "1.234,5 mbar"
    assert pressure.text(None) == "–"
    assert line(model, SeriesKey("rig", "open")).text(1.0) == "On"
    assert line(model, SeriesKey("rig", "mode")).text(1.0) == "warm"
    assert line(model, SeriesKey("rig", "count")).text(3.0) == "3"


def test_lines_keep_their_colour_and_a_freed_one_is_taken_again(model: PlotModel) -> None:
    keys = [SeriesKey("rig", each) for each in ("pressure", "target", "flow")]
    for key in keys:
        model.add(key)
    model.remove(keys[1])
    assert [(each.key, each.slot) for each in model.series] == [(keys[0], 0), (keys[2], 2)]
    assert line(model, SeriesKey("rig", "count")).slot == 1
    assert model.of("rig", "target") == []
    model.remove(keys[1])  # gone already


def test_adding_again_shows_it_again_and_does_not_double_it(model: PlotModel) -> None:
    first = line(model, PRESSURE)
    model.set_shown(PRESSURE, False)
    assert line(model, PRESSURE) is first
    assert first.shown
    assert model.keys == [PRESSURE]


def test_what_is_remembered_waits_for_its_thing(
    model: PlotModel, described: dict[str, Mapping[str, Any]]
) -> None:
    rig = described.pop("rig")
    model.restore([PRESSURE, TARGET, PRESSURE])
    assert model.series == []
    assert model.keys == [PRESSURE, TARGET]

    model.remove(TARGET)
    model.look_again("camera")
    described["rig"] = rig
    model.look_again("rig")
    assert [each.key for each in model.series] == model.keys == [PRESSURE]


def test_a_property_that_is_gone_is_not_waited_for(model: PlotModel) -> None:
    assert model.add(SeriesKey("rig", "gone")) is None
    assert model.add(SeriesKey("rig", "name")) is None
    assert model.keys == []


def test_cleared_it_begins_anew_with_what_is_true_now(model: PlotModel, clock: Clock) -> None:
    series = line(model, PRESSURE)
    for second in range(100):
        model.take("rig", "pressure", T0 + second, float(second))
    clock.now_s = T0 + 100
    model.forget_values()
    assert drawn(series, T0 + 101) == [(100, 99), (101, 99)]
    assert model.first_s == T0 + 100


def test_twelve_hours_at_ten_a_second_of_one_value_stay_small_and_quick_to_draw(
    model: PlotModel,
) -> None:
    series = line(model, PRESSURE)
    for number in range(12 * 3600 * 10):
        series.take(T0 + number / 10, math.sin(number / 3000))

    assert series.nbytes < 2.2e6
    trace = series.trace(T0, T0 + 43200, T0 + 43200, 43200 / 1000)
    assert trace.times.size < 13_000
    assert (trace.values.min(), trace.values.max()) == pytest.approx((-1, 1), abs=1e-6)
    assert all(a <= b for a, b in itertools.pairwise(trace.times.tolist()))
