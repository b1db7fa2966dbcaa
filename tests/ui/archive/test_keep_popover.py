"""Keeping under another name, in a folder, with tags and a note."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.handles import OutputBlob, Stamp
from things.errors import ValueRefusedError
from ui.archive.keep_popover import KeepPopover
from ui.archive.keep_wish import KeepWish
from ui.states import State

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.handles import InvocationSnapshot
    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton


def test_what_is_not_said_is_not_asked_for() -> None:
    assert KeepWish().asked() == {}
    assert KeepWish(" ", " ", " , ", "\n").asked() == {}
    wish = KeepWish("onion skin", "beam time", "good, , cells", "in focus", Stamp("Ada"))
    assert wish.asked() == {
        "name": "onion skin",
        "meta": {"folder": "beam time"},
        "tags": ("good", "cells"),
        "notes": "in focus",
        "stamp": Stamp("Ada"),
    }


class Desk:
    """A popover over a window, and what was kept."""

    def __init__(self, popover: KeepPopover, archive: FakeArchive, anchor: QWidget) -> None:
        self.popover = popover
        self.archive = archive
        self.anchor = anchor
        self.kept: list[dict[str, Any]] = []

    def ask(self, run: InvocationSnapshot, qtbot: QtBot, *paths: tuple[str, ...]) -> None:
        """Open it, and wait for the name."""

        async def keep(wish: KeepWish) -> None:
            await self.archive.keep(run.id, (), **wish.asked())
            self.kept.append(dict(wish.asked()))

        self.popover.ask(run, list(paths) or [()], self.anchor, keep)
        if len(paths) < 2:
            qtbot.waitUntil(lambda: bool(self.popover.name.text()), timeout=PATIENCE_MS)


@pytest.fixture
def desk(theme: Theme, bench: FakeBench, archive: FakeArchive, tasks: Tasks, qtbot: QtBot) -> Desk:
    bench.stamp = Stamp("Ada", "onion", "Monday")
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    anchor = QWidget(window)
    anchor.setGeometry(500, 40, 60, 28)
    with qtbot.waitExposed(window):
        window.show()
    return Desk(KeepPopover(theme, bench, archive, tasks, window), archive, anchor)


@pytest.fixture
def snap(bench: FakeBench) -> InvocationSnapshot:
    run = bench.start("camera", "snap")
    run.run()
    run.complete({}, (OutputBlob((), "image/png", "snap.png", 2000),))
    return run.snapshot


def test_the_name_that_the_pattern_gives_is_shown_and_left_to_it(
    desk: Desk, snap: InvocationSnapshot, qtbot: QtBot
) -> None:
    desk.ask(snap, qtbot)
    popover = desk.popover
    assert popover.name.text() == "onion-snap-001"
    assert popover.name.hasSelectedText()
    QTest.keyClick(popover.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not popover.isVisible(), timeout=PATIENCE_MS)
    assert desk.kept == [{}]


def test_all_that_is_said_is_kept_with_it(
    desk: Desk, snap: InvocationSnapshot, qtbot: QtBot
) -> None:
    desk.ask(snap, qtbot)
    popover = desk.popover
    for field, text in (
        (popover.name, "skin"),
        (popover.folder, "beam time"),
        (popover.tags, "good, cells"),
        (popover.notes, "in focus"),
    ):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
    QTest.keyClick(popover.notes, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not popover.isVisible(), timeout=PATIENCE_MS)
    assert desk.kept == [
        {
            "name": "skin",
            "meta": {"folder": "beam time"},
            "tags": ("good", "cells"),
            "notes": "in focus",
        }
    ]


def test_another_sample_makes_another_name_and_is_kept_with_it(
    desk: Desk, snap: InvocationSnapshot, qtbot: QtBot
) -> None:
    desk.ask(snap, qtbot)
    popover = desk.popover
    popover.sample.setFocus()
    popover.sample.selectAll()
    QTest.keyClicks(popover.sample, "leek")
    qtbot.waitUntil(lambda: popover.name.text() == "leek-snap-001", timeout=PATIENCE_MS)
    qtbot.mouseClick(popover.keep_button, LEFT)
    qtbot.waitUntil(lambda: not popover.isVisible(), timeout=PATIENCE_MS)
    assert desk.kept == [{"stamp": Stamp("Ada", "leek", "Monday")}]


def test_a_name_that_was_typed_stays_whatever_the_sample(
    desk: Desk, snap: InvocationSnapshot, qtbot: QtBot
) -> None:
    desk.ask(snap, qtbot)
    popover = desk.popover
    QTest.keyClicks(popover.name, "mine")
    popover.sample.selectAll()
    QTest.keyClicks(popover.sample, "leek")
    suggested = "leek-snap-001"
    qtbot.waitUntil(lambda: popover._suggested == suggested, timeout=PATIENCE_MS)
    assert popover.name.text() == "mine"


def test_a_refusal_stands_there_and_what_was_typed_stays(
    desk: Desk, snap: InvocationSnapshot, archive: FakeArchive, qtbot: QtBot
) -> None:
    desk.ask(snap, qtbot)
    popover = desk.popover
    popover.tags.setText("x" * 500)
    archive.refusal = ValueRefusedError("tags", "one is too long")
    qtbot.mouseClick(popover.keep_button, LEFT)
    qtbot.waitUntil(lambda: popover.reason.state is State.REFUSED, timeout=PATIENCE_MS)
    assert "too long" in popover.reason.text
    assert popover.isVisible()
    assert popover.tags.text() == "x" * 500
    assert desk.kept == []

    archive.refusal = None
    qtbot.mouseClick(popover.keep_button, LEFT)
    qtbot.waitUntil(lambda: not popover.isVisible(), timeout=PATIENCE_MS)


def test_several_get_their_names_from_the_pattern(
    desk: Desk, snap: InvocationSnapshot, qtbot: QtBot
) -> None:
    desk.ask(snap, qtbot, ("left",), ("right",))
    assert not desk.popover.name.isEnabled()
    assert desk.popover.window().focusWidget() is desk.popover.folder
    assert desk.popover.wish == KeepWish()


def test_esc_keeps_nothing_and_the_next_one_begins_anew(
    desk: Desk, snap: InvocationSnapshot, qtbot: QtBot
) -> None:
    desk.ask(snap, qtbot)
    desk.popover.tags.setText("good")
    QTest.keyClick(desk.popover.tags, Qt.Key.Key_Escape)
    assert not desk.popover.isVisible()
    desk.ask(replace(snap, id=uuid.uuid4()), qtbot)
    assert desk.popover.tags.text() == ""
    assert desk.kept == []
