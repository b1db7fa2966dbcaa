"""Sample, session and operator in the top bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.actions.events import StampChanged
from app.handles import Stamp
from things.errors import ValueRefusedError
from ui.main_window import MainWindow
from ui.stamp_words import stamp_in_words

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench

LEFT = Qt.MouseButton.LeftButton
SET = Stamp(operator="Marta Keller", sample="HeLa 12", session="2026-11")


def wide(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not window.compact)


def test_three_lines_typed_once_are_written_on_everything(
    window: MainWindow, bench: FakeBench, qtbot: QtBot
) -> None:
    wide(window, qtbot)
    button = window.top_bar.stamp_button
    assert button.text() == "Sample, operator…"

    qtbot.mouseClick(button, LEFT)
    popover = window.stamp_popover
    assert popover.isVisible()
    qtbot.waitUntil(popover.lines["sample"].hasFocus)
    qtbot.keyClicks(popover.lines["sample"], "HeLa 12")
    qtbot.keyClick(popover.lines["sample"], Qt.Key.Key_Tab)
    qtbot.keyClicks(popover.lines["session"], "2026-11")
    qtbot.keyClicks(popover.lines["operator"], "Marta Keller ")
    qtbot.keyClick(popover.lines["operator"], Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: bench.stamp == SET)
    qtbot.waitUntil(lambda: not popover.isVisible())
    assert button.text() == "HeLa 12 · Marta Keller"
    assert button.hasFocus()


def test_what_somebody_else_sets_appears_and_leaves_alone_what_is_being_typed(
    window: MainWindow, bench: FakeBench, qtbot: QtBot
) -> None:
    wide(window, qtbot)
    window.edit_stamp()
    lines = window.stamp_popover.lines
    qtbot.keyClicks(lines["sample"], "mine")

    bench.stamp = SET
    bench.publish_from_thread(StampChanged(thing="", stamp=SET))

    qtbot.waitUntil(lambda: lines["operator"].text() == "Marta Keller")
    assert lines["sample"].text() == "mine"
    assert window.top_bar.stamp_button.text() == "HeLa 12 · Marta Keller"


def test_a_refusal_is_explained_under_its_line_and_nothing_is_lost(
    window: MainWindow, bench: FakeBench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_stamp: Stamp) -> None:
        raise ValueRefusedError("sample", "should have at most 200 characters, not 201")

    monkeypatch.setattr(bench, "set_stamp", refuse)
    window.edit_stamp()
    popover = window.stamp_popover
    qtbot.keyClicks(popover.lines["sample"], "x" * 201)
    qtbot.mouseClick(popover.save_button, LEFT)

    reason = popover.reasons["sample"]
    qtbot.waitUntil(reason.isVisible)
    assert reason.text == "Refused. should have at most 200 characters, not 201"
    assert popover.isVisible()
    assert len(popover.lines["sample"].text()) == 201


def test_what_could_not_be_kept_on_disk_is_said(
    window: MainWindow, bench: FakeBench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_stamp: Stamp) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(bench, "set_stamp", refuse)
    window.edit_stamp()
    qtbot.mouseClick(window.stamp_popover.save_button, LEFT)

    qtbot.waitUntil(window.stamp_popover.trouble.isVisible)
    assert "No space left" in window.stamp_popover.trouble.text()


def test_it_does_not_stand_in_the_way_of_stop_all_and_escape_closes_it(
    window: MainWindow, bench: FakeBench, qtbot: QtBot
) -> None:
    window.edit_stamp()
    line = window.stamp_popover.lines["sample"]
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClicks(line, "half")
    qtbot.keyClick(line, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bench.stops == 1)
    assert line.text() == "half"

    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not window.stamp_popover.isVisible()
    assert bench.stamp == Stamp()


@pytest.mark.parametrize(
    ("stamp", "short", "said"),
    [
        (SET, False, "HeLa 12 · Marta Keller"),
        (SET, True, "Marta Keller"),
        (Stamp(sample="HeLa 12"), True, "HeLa 12"),
        (Stamp(session="2026-11"), False, "2026-11"),
        (Stamp(), False, ""),
    ],
)
def test_what_fits_is_said(stamp: Stamp, short: bool, said: str) -> None:
    assert stamp_in_words(stamp, short=short) == said


def test_a_name_with_markup_stays_text(window: MainWindow, qtbot: QtBot) -> None:
    window.top_bar.show_stamp(Stamp(sample="<b>A</b>"))
    assert "&lt;b&gt;" in window.top_bar.stamp_button.toolTip()
