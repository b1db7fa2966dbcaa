"""A Thing whose row is out of sight costs nothing; it is built when it is scrolled to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytestqt.qtbot import QtBot

from things.events import ThingState
from ui.panels import Depth, PanelsArea
from ui.tasks import Tasks

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing


def test_nothing_is_asked_of_a_thing_before_its_row_is_in_sight(
    make_thing: MakeThing,
    make_bench: Callable[..., FakeBench],
    make_area: Callable[[FakeBench], PanelsArea],
    qtbot: QtBot,
) -> None:
    things: list[FakeThing] = [make_thing(f"camera_{number}") for number in range(40)]
    area = make_area(make_bench(*things))
    first, last = area.panel("camera_2"), area.panel("camera_39")
    # The first two are panels.
    area.panel("camera_0").set_depth(first.shows)
    area.panel("camera_1").set_depth(first.shows)

    qtbot.waitUntil(lambda: first._row is not None)
    qtbot.waitUntil(lambda: bool(things[2].asked))
    assert last._row is None
    assert "fields" not in last.model.__dict__
    assert things[39].asked == []

    bar = area._column.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: last._row is not None)
    assert last._row is not None
    assert last._row.value.text() == "25.0 ms"
    assert last.height() == first.height(), "nothing moves when it comes"


def test_a_thing_that_comes_after_its_row_was_seen_is_read_then(
    make_thing: MakeThing,
    make_bench: Callable[..., FakeBench],
    make_area: Callable[[FakeBench], PanelsArea],
    tasks: Tasks,
    qtbot: QtBot,
) -> None:
    thing = make_thing("camera", state=ThingState.NOT_STARTED)
    area = make_area(make_bench(thing))
    area.panel("camera").set_depth(Depth.ROW)
    qtbot.waitUntil(lambda: area.panel("camera")._row is not None)
    qtbot.waitUntil(lambda: len(tasks) == 0)  # a reading that was begun would end well later
    assert thing.asked == []

    thing.become(ThingState.STARTING)
    thing.become(ThingState.READY)

    qtbot.waitUntil(lambda: "gain" in thing.asked)
