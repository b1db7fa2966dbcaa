"""Values reach the plot: told, read again, lost and found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from things.errors import ThingError
from things.events import PropertyChanged, ThingState
from ui.bridge import Bridge
from ui.plots.feed import SILENT_S, PlotFeed
from ui.plots.plot_model import PlotModel
from ui.plots.plottable import SeriesKey
from ui.plots.series import Series
from ui.tasks import Tasks

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing

PRESSURE, FLOW = SeriesKey("rig", "pressure"), SeriesKey("rig", "flow")


@pytest.fixture
def model(bench: FakeBench, qapp: object) -> PlotModel:
    return PlotModel(lambda thing: (bench.things[thing].title, bench.things[thing].describe()))


@pytest.fixture
def feed(model: PlotModel, bench: FakeBench, bridge: Bridge, tasks: Tasks) -> PlotFeed:
    made = PlotFeed(model, bench, bridge, tasks)
    # The test says when a second went by.
    made._clock.setInterval(10**6)
    return made


def line(model: PlotModel, key: SeriesKey) -> Series:
    added = model.add(key)
    assert added is not None
    return added


def test_a_line_begins_with_what_is_known_and_follows_what_is_told(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, qtbot: QtBot
) -> None:
    series = line(model, PRESSURE)
    assert series.value == 980.5
    assert rig.asked == []

    rig.change("pressure", 981.5)
    qtbot.waitUntil(lambda: series.value == 981.5)
    rig.change("target", 1.0)
    assert series.count >= 2


def test_the_time_is_the_events_own(
    feed: PlotFeed, model: PlotModel, bench: FakeBench, qtbot: QtBot
) -> None:
    series = line(model, PRESSURE)
    at = datetime(2100, 1, 2, 3, 4, 5, tzinfo=UTC)
    bench.publish_from_thread(PropertyChanged(thing="rig", name="pressure", value=7.0, at=at))
    qtbot.waitUntil(lambda: series.value == 7.0)
    assert series.samples()[0][-1] == at.timestamp()


def test_what_nobody_tells_of_is_read_every_second_once_at_a_time(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, qtbot: QtBot
) -> None:
    series = line(model, FLOW)
    rig.hold("read flow")
    feed.tick()
    feed.tick()
    qtbot.waitUntil(lambda: rig.waiting("read flow") == 1)
    assert rig.asked == ["flow"]

    rig.values["flow"] = 9.5
    rig.release("read flow")
    qtbot.waitUntil(lambda: series.value == 9.5)
    feed.tick()
    qtbot.waitUntil(lambda: rig.asked == ["flow", "flow"])


def test_a_polled_value_that_was_read_again_unchanged_is_heard_of_without_asking(
    feed: PlotFeed, model: PlotModel, rig: FakeThing
) -> None:
    series = line(model, PRESSURE)
    before = series.count
    rig._readings["pressure"] = type(rig._readings["pressure"])(980.5, datetime.now(UTC), 0.0)
    feed.tick()
    feed.tick()
    assert series.count == before + 1
    assert rig.asked == []


def test_a_read_that_fails_breaks_the_line_and_is_tried_again(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, qtbot: QtBot
) -> None:
    series = line(model, FLOW)
    rig.refusals["read flow"] = ThingError("no answer")
    feed.tick()
    qtbot.waitUntil(lambda: series.reason == "no answer")
    assert series.value is None

    rig.refusals["read flow"] = ZeroDivisionError("a driver's own mistake")
    feed.tick()
    qtbot.waitUntil(lambda: series.reason == "a driver's own mistake")
    rig.refusals.clear()
    feed.tick()
    qtbot.waitUntil(lambda: series.value == 2.5)


def test_a_read_that_never_ends_breaks_the_line_after_a_while(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, qtbot: QtBot
) -> None:
    series = line(model, FLOW)
    rig.hold("read flow")
    feed.tick()
    qtbot.waitUntil(lambda: rig.waiting("read flow") == 1)
    feed.tick()
    assert series.value == 2.5
    feed._reading["rig", "flow"] -= SILENT_S + 1
    feed.tick()
    assert (series.value, series.reason) == (None, "does not answer")

    rig.release("read flow")
    qtbot.waitUntil(lambda: series.value == 2.5)


def test_a_told_value_that_failed_is_asked_for_until_it_is_back(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, qtbot: QtBot
) -> None:
    series = line(model, PRESSURE)
    rig.fail_to_read("pressure", "the cable is out")
    qtbot.waitUntil(lambda: series.reason == "the cable is out")
    # Well again with the value it had: the bench has nothing to tell.
    feed.tick()
    qtbot.waitUntil(lambda: series.value == 980.5)


def test_a_thing_that_goes_and_comes_leaves_a_gap(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, qtbot: QtBot
) -> None:
    series = line(model, PRESSURE)
    rig.become(ThingState.DISCONNECTED, "unplugged")
    qtbot.waitUntil(lambda: series.reason == "unplugged")
    feed.tick()
    assert rig.asked == []

    rig.become(ThingState.READY)
    qtbot.waitUntil(lambda: series.value == 980.5)
    gaps = series.trace(0.0, 1e12, model.now_s).gaps
    assert len(gaps) == 1
    assert gaps[0][1] < 1e11


def test_a_line_of_a_thing_that_is_away_begins_when_it_comes(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, qtbot: QtBot
) -> None:
    description = rig._description
    rig._description = {}
    rig.become(ThingState.FAILED, "no such port")
    model.restore([PRESSURE])
    assert model.series == []

    rig._description = description
    rig.become(ThingState.READY)
    qtbot.waitUntil(lambda: [each.value for each in model.series] == [980.5])


def test_removed_and_closed_it_listens_no_more(
    feed: PlotFeed, model: PlotModel, rig: FakeThing, bridge: Bridge, qtbot: QtBot
) -> None:
    listening = len(bridge._receivers)
    series = line(model, PRESSURE)
    model.add(FLOW)
    assert len(bridge._receivers) == listening + 1
    model.remove(PRESSURE)
    model.remove(FLOW)
    assert len(bridge._receivers) == listening
    assert not feed._clock.isActive()
    count = series.count
    rig.change("pressure", 1.0)
    feed.tick()
    assert series.count == count
    assert rig.asked == []

    feed.close()
    assert len(bridge._receivers) == listening - 1
