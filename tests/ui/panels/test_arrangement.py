"""Panels stand one above the other, beside each other, or one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from things.events import ThingRemoved
from ui.panels import PanelsArea
from ui.panels.panel_column import TILE_WIDTH, Arrangement

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.conftest import FakeBench, MakeThing

NAMES = ("one", "two", "three", "four", "five")


@pytest.fixture
def bench(make_bench: Callable[..., FakeBench], make_thing: MakeThing) -> FakeBench:
    return make_bench(*(make_thing(name) for name in NAMES))


@pytest.fixture
def area(make_area: Callable[[FakeBench], PanelsArea], bench: FakeBench) -> PanelsArea:
    return make_area(bench)


def lefts(area: PanelsArea) -> list[int]:
    """The left edges of all panels, in pixels."""
    return [area.panel(name).mapTo(area, QPoint(0, 0)).x() for name in NAMES]


def shown(area: PanelsArea) -> list[str]:
    return [name for name in NAMES if area.panel(name).isVisible()]


def test_beside_each_other_there_are_as_many_as_there_is_room_for(
    area: PanelsArea, qtbot: QtBot
) -> None:
    area.arrange(Arrangement.TILES)
    assert len(set(lefts(area))) == 1
    area.resize(3 * TILE_WIDTH + 40, 700)
    qtbot.waitUntil(lambda: len(set(lefts(area))) == 3)
    first = lefts(area)
    assert first[0] < first[1] < first[2]
    assert first[3:] == first[:2], "the next row begins at the left again"

    area.arrange(Arrangement.COLUMN)
    qtbot.waitUntil(lambda: len(set(lefts(area))) == 1)
    tops = [area.panel(name).mapTo(area, QPoint(0, 0)).y() for name in NAMES]
    assert tops == sorted(tops)


def test_one_at_a_time_it_is_the_one_that_was_chosen(area: PanelsArea, qtbot: QtBot) -> None:
    area.arrange(Arrangement.ONE)
    assert shown(area) == ["one"]

    area.show_thing("four")
    assert shown(area) == ["four"]
    area.show_property("two", "exposure")
    assert shown(area) == ["two"]

    area.arrange(Arrangement.COLUMN)
    assert shown(area) == list(NAMES)


def test_one_that_is_popped_out_leaves_the_next_and_comes_back_to_its_place(
    area: PanelsArea, qtbot: QtBot
) -> None:
    area.arrange(Arrangement.ONE)
    area.show_thing("three")
    area.pop_out("three")
    assert area.panel("one").isVisible()
    assert area.panel("three").window() is not area.window()

    area.panel("three").window().close()

    qtbot.waitUntil(lambda: area.panel("three").window() is area.window())
    area.arrange(Arrangement.COLUMN)
    assert [area._column.place_of(area.panel(name)) for name in NAMES] == [0, 1, 2, 3, 4]


def test_one_that_is_taken_off_the_bench_leaves_no_hole(
    area: PanelsArea, bench: FakeBench, qtbot: QtBot
) -> None:
    area.arrange(Arrangement.TILES)
    del bench.things["two"]
    bench.publish(ThingRemoved(thing="two"))

    qtbot.waitUntil(lambda: "two" not in area.panels)
    assert area._column.place_of(area.panel("three")) == 1


def test_how_they_stand_is_remembered_and_can_be_reset(
    area: PanelsArea, make_area: Callable[[FakeBench], PanelsArea], bench: FakeBench
) -> None:
    area.arrange(Arrangement.TILES)

    again = make_area(bench)
    again.restore_layout(area.layout_state())
    assert again.arrangement is Arrangement.TILES
    again.restore_layout({"all panels": "something newer"})
    assert again.arrangement is Arrangement.COLUMN

    area.reset_layout()
    assert area.arrangement is Arrangement.COLUMN
