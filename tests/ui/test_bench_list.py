"""The bench at the left can be searched, chosen from and retried, by mouse and by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from things.events import ThingState
from ui.bench_list import BenchList
from ui.bridge import Bridge
from ui.models.bench_list import BenchListModel, Role
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def laser(make_thing: MakeThing) -> FakeThing:
    return make_thing(
        "laser", {"title": "Laser 488"}, {}, ThingState.FAILED, "driver did not start"
    )


@pytest.fixture
def shown(
    theme: Theme,
    bench: FakeBench,
    laser: FakeThing,
    bridge: Bridge,
    tasks: Tasks,
    qtbot: QtBot,
) -> BenchList:
    bench.things["laser"] = laser
    laser.bench = bench
    made = BenchList(theme, BenchListModel(bench), bridge, tasks)
    qtbot.addWidget(made)
    made.resize(232, 400)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def row(shown: BenchList, name: str) -> QPoint:
    model = shown.view.model()
    assert isinstance(model, BenchListModel)
    return shown.view.visualRect(model.index_of(name)).center()


def test_a_click_on_a_thing_chooses_it(shown: BenchList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.chosen) as chosen:
        qtbot.mouseClick(shown.view.viewport(), LEFT, pos=row(shown, "camera"))

    assert chosen.args == ["camera"]
    assert shown.view.currentIndex().data(Role.NAME) == "camera"


@pytest.mark.parametrize("compact", [False, True])
def test_a_click_on_the_arrow_of_a_broken_thing_tries_it_again(
    shown: BenchList, laser: FakeThing, qtbot: QtBot, compact: bool
) -> None:
    shown.set_compact(compact)
    qtbot.waitUntil(lambda: shown.view.sizeHintForRow(0) == (32 if compact else 48))
    delegate = shown.view.itemDelegate()
    model = shown.view.model()
    assert isinstance(model, BenchListModel)
    area = delegate.retry_area(  # type: ignore[attr-defined]  # it is our own delegate
        shown.view.visualRect(model.index_of("laser"))
    )
    with qtbot.assertNotEmitted(shown.chosen):
        qtbot.mouseClick(shown.view.viewport(), LEFT, pos=area.center())

    qtbot.waitUntil(lambda: laser.reconnects == 1)
    assert laser.state is ThingState.READY


def test_a_retry_that_fails_is_said(
    shown: BenchList,
    laser: FakeThing,
    reports: list[tuple[str, Exception]],
    qtbot: QtBot,
) -> None:
    laser.refusals["reconnect"] = OSError("no such USB device")
    shown.try_again("laser")
    qtbot.waitUntil(lambda: bool(reports))
    assert reports[0][0] == "Trying Laser 488 again"
    reports.clear()


def test_keys_lead_from_the_search_box_to_the_panel(shown: BenchList, qtbot: QtBot) -> None:
    shown.search.setFocus()
    qtbot.keyClicks(shown.search, "laser")
    qtbot.keyClick(shown.search, Qt.Key.Key_Down)
    assert shown.view.hasFocus()

    with qtbot.waitSignal(shown.chosen) as chosen:
        qtbot.keyClick(shown.view, Qt.Key.Key_Return)
    assert chosen.args == ["laser"]


def test_the_menu_offers_to_try_again_only_what_is_broken(shown: BenchList) -> None:
    model = shown.view.model()
    assert isinstance(model, BenchListModel)
    for name, enabled in (("laser", True), ("camera", False)):
        menu = shown.view.menu_for(model.index_of(name))
        again = next(action for action in menu.actions() if action.text() == "Try again")
        assert again.isEnabled() is enabled
        menu.deleteLater()


def test_a_value_that_changes_is_shown_soon(
    shown: BenchList, camera: FakeThing, qtbot: QtBot
) -> None:
    model = shown.view.model()
    assert isinstance(model, BenchListModel)
    with qtbot.waitSignal(model.dataChanged):
        camera.change("temperature", -20.5)
    assert "−20.5 °C" in model.index_of("camera").data(Role.SECOND_LINE)


def test_the_selection_survives_a_search(shown: BenchList, qtbot: QtBot) -> None:
    qtbot.mouseClick(shown.view.viewport(), LEFT, pos=row(shown, "camera"))
    shown.search.setText("laser")
    shown.search.clear()
    assert shown.view.currentIndex().data(Role.NAME) == "camera"
