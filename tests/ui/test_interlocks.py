"""Questions and interlocks in the whole window: repeating, the palette, running from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from ui.bridge import Bridge
from ui.main_window import MainWindow, WindowParts
from ui.panels import PanelsArea
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeInvocation, MakeThing

NEEDS = "Needs lid.closed; it is false."
STAGE: dict[str, Any] = {
    "title": "Stage",
    "actions": {
        "move": {
            "title": "Move",
            "lw:confirm": "Is the sample out of the way?",
            "input": {"type": "object", "properties": {"z": {"type": "number", "title": "z"}}},
        },
        "home": {"title": "Home", "lw:confirm": True},
    },
}


@pytest.fixture
def bench(make_bench: Callable[..., FakeBench], make_thing: MakeThing) -> FakeBench:
    return make_bench(make_thing("stage", STAGE))


@pytest.fixture
def area(
    bench: FakeBench, theme: Theme, tasks: Tasks, bridge: Bridge, parts: WindowParts
) -> PanelsArea:
    return PanelsArea(bench, theme, tasks, bridge)


@pytest.fixture
def window(
    make_window: Callable[[WindowParts], MainWindow], parts: WindowParts, area: PanelsArea
) -> MainWindow:
    return make_window(replace(parts, panels=area))


def ended(bench: FakeBench, action: str, **input: Any) -> FakeInvocation:
    run = bench.start("stage", action, input)
    run.run()
    run.complete()
    return run


def test_repeating_what_asks_first_asks_in_its_panel_with_the_same_input(
    window: MainWindow, area: PanelsArea, bench: FakeBench, qtbot: QtBot
) -> None:
    run = ended(bench, "move", z=1.5)
    qtbot.waitUntil(lambda: window.activity._model.snapshot(run.snapshot.id) == run.snapshot)

    window.activity.repeat(run.snapshot.id)

    row = area.panels["stage"].action("move")
    assert row.question == "Is the sample out of the way?"
    assert row.model.values == {"z": 1.5}
    assert bench.things["stage"].invoked == []

    row.confirm_button.click()
    qtbot.waitUntil(lambda: bench.things["stage"].invoked == [("move", {"z": 1.5})])


def test_saying_not_now_to_a_repeat_runs_nothing(
    window: MainWindow, area: PanelsArea, bench: FakeBench, qtbot: QtBot
) -> None:
    run = ended(bench, "home")
    qtbot.waitUntil(lambda: window.activity._model.snapshot(run.snapshot.id) == run.snapshot)
    window.activity.repeat(run.snapshot.id)
    row = area.panels["stage"].action("home")
    assert row.question == "Run Home?"

    row.decline_button.click()

    assert row.question == ""
    assert bench.things["stage"].invoked == []


def test_edit_and_run_and_the_palette_open_the_form_whose_button_asks(
    window: MainWindow, area: PanelsArea, bench: FakeBench, qtbot: QtBot
) -> None:
    run = ended(bench, "move", z=2.5)
    window.activity.edit.emit(run.snapshot)
    move = area.panels["stage"].action("move")
    assert move.model.values == {"z": 2.5}
    move.run_button.click()
    assert move.question == "Is the sample out of the way?"

    entry = next(each for each in window._palette_entries() if each.title == "Stage: Home")
    entry.run()
    home = area.panels["stage"].action("home")
    assert home.question == ""
    home.run_button.click()
    assert home.question == "Run Home?"
    assert bench.things["stage"].invoked == []


def test_a_refused_repeat_asks_nothing_and_its_panel_says_why(
    window: MainWindow, area: PanelsArea, bench: FakeBench, qtbot: QtBot
) -> None:
    run = ended(bench, "home")
    qtbot.waitUntil(lambda: window.activity._model.snapshot(run.snapshot.id) == run.snapshot)
    bench.things["stage"].interlock("home", NEEDS)
    row = area.panels["stage"].action("home")
    qtbot.waitUntil(lambda: row.model.interlock == NEEDS)

    window.activity.repeat(run.snapshot.id)

    assert row.question == ""
    assert row.status.interlock.text == f"Interlock. {NEEDS}"
    assert bench.things["stage"].invoked == []
