"""Files of the archive into other programs, by mouse and by key."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from ui.archive.copies import MOST_BYTES, MOST_FILES, FileCopies, names_of
from ui.archive.page import ArchivePage
from ui.archive.taking_out import DragOut, TakingOut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.archive.records import ArchivedFile
    from app.imaging.decoder import ImageDecoder
    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench, RunCoroutine
    from ui.bridge import Bridge
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def copies(archive: FakeArchive) -> Iterator[FileCopies]:
    made = FileCopies(archive)
    yield made
    made.close()


@pytest.fixture
def page(
    theme: Theme,
    bench: FakeBench,
    archive: FakeArchive,
    bridge: Bridge,
    decoder: ImageDecoder,
    tasks: Tasks,
    qtbot: QtBot,
) -> Iterator[ArchivePage]:
    made = ArchivePage(theme, bench, archive, bridge, decoder, tasks)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.copies.close()


def brought(qtbot: QtBot, page: ArchivePage, count: int) -> None:
    qtbot.waitUntil(lambda: page.model.rowCount() == count, timeout=PATIENCE_MS)


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


# Copies.


def test_copies_have_names_that_people_can_read_and_an_ending(
    archive: FakeArchive, copies: FileCopies, run: RunCoroutine
) -> None:
    files = [
        archive.add("onion skin"),
        archive.add("a/b: c"),
        archive.add("Onion Skin"),
        archive.add("numbers", extension="", media_type="text/csv; charset=utf-8"),
        archive.add("\u202egnp.evil"),
    ]
    paths = run(copies.fetch(files))

    assert names(paths) == [
        "onion skin.png",
        "a_b_ c.png",
        "Onion Skin-2.png",
        "numbers.csv",
        "gnp.evil.png",
    ]
    assert all(path.is_file() for path in paths)


def test_a_copy_is_fetched_once_and_again_only_where_it_is_another_content(
    archive: FakeArchive, copies: FileCopies, run: RunCoroutine
) -> None:
    file = archive.add("onion")
    assert copies.ready([file]) is None
    (first,) = run(copies.fetch([file]))
    assert copies.ready([file]) == [first]
    assert run(copies.fetch([file])) == [first]
    assert len(archive.saved) == 1

    changed = run(archive.update(file.id, sha256="f" * 64))
    assert copies.ready([changed]) is None
    assert run(copies.fetch([changed])) != [first]


def test_nothing_is_left_behind(
    archive: FakeArchive, copies: FileCopies, run: RunCoroutine
) -> None:
    run(copies.fetch([archive.add()]))
    folder = copies.folder
    assert folder is not None
    copies.close()
    assert not folder.exists()
    copies.close()


def test_too_much_at_once_is_told_by_number_and_by_size(
    archive: FakeArchive, copies: FileCopies
) -> None:
    file = archive.add()
    assert not copies.too_much([file] * MOST_FILES)
    assert copies.too_much([file] * (MOST_FILES + 1))
    assert copies.too_much([archive.add(size=MOST_BYTES + 1)])


def test_a_long_name_is_cut_and_keeps_its_ending(archive: FakeArchive) -> None:
    (name,) = names_of([archive.add("å" * 4000)])
    assert len(name.encode()) <= 120
    assert name.endswith(".png")


# By the mouse.


class Carried:
    """What drags carried, in place of the system, which would wait for a mouse."""

    def __init__(self) -> None:
        self.files: list[list[str]] = []

    def __call__(self, drag: QDrag) -> None:
        urls = drag.mimeData().urls()
        paths = [Path(url.toLocalFile()) for url in urls]
        assert all(path.is_file() for path in paths)
        self.files.append([path.name for path in paths])


def drag(page: ArchivePage, file: ArchivedFile, *, let_go: bool = False) -> None:
    """Press on a tile and move; Qt takes moves for what the mouse does."""
    viewport = page.grid.viewport()
    at = page.grid.visualRect(page.model.index_of(file.id)).center()
    QTest.mousePress(viewport, LEFT, pos=at)
    for step in (10, 20, 30):
        QTest.mouseMove(viewport, at + QPoint(step, step))
    if let_go:
        QTest.mouseRelease(viewport, LEFT, pos=at + QPoint(30, 30))


def held(monkeypatch: pytest.MonkeyPatch, button: Qt.MouseButton) -> None:
    """Whether the button of the mouse is down, which only the system knows."""
    monkeypatch.setattr(QGuiApplication, "mouseButtons", staticmethod(lambda: button))


def test_a_tile_is_dragged_out_as_a_file(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = Carried()
    monkeypatch.setattr(page.taking, "_carry", carried)
    held(monkeypatch, LEFT)
    file = archive.add("onion skin")
    brought(qtbot, page, 1)
    drag(page, file)
    qtbot.waitUntil(lambda: bool(carried.files), timeout=PATIENCE_MS)
    assert carried.files == [["onion skin.png"]]


def test_all_that_are_selected_go_along_and_a_frame_is_not_drawn(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = Carried()
    monkeypatch.setattr(page.taking, "_carry", carried)
    held(monkeypatch, LEFT)
    first, second, third = (archive.add() for _ in range(3))
    brought(qtbot, page, 3)
    page.gallery.show_file(first.id)
    selection = page.grid.selectionModel()
    selection.select(page.model.index_of(third.id), selection.SelectionFlag.Select)
    drag(page, third)
    qtbot.waitUntil(lambda: bool(carried.files), timeout=PATIENCE_MS)

    assert carried.files == [["snap-003.png", "snap-001.png"]]
    assert {file.id for file in page.grid.selected()} == {first.id, third.id}
    assert second.id not in {id for id, _path in archive.saved}


def test_where_it_was_let_go_of_before_the_file_came_that_is_said_and_the_next_one_begins_at_once(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = Carried()
    monkeypatch.setattr(page.taking, "_carry", carried)
    held(monkeypatch, Qt.MouseButton.NoButton)
    file = archive.add("onion")
    brought(qtbot, page, 1)
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS) as said:
        drag(page, file, let_go=True)
    assert said.args is not None
    assert said.args[0] == "onion.png is ready now. Drag it once more."
    assert carried.files == []

    drag(page, file)
    qtbot.waitUntil(lambda: bool(carried.files), timeout=PATIENCE_MS)
    assert len(archive.saved) == 1


def test_ctrl_c_puts_files_onto_the_clipboard(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add("onion")
    brought(qtbot, page, 1)
    page.gallery.show_file(file.id)
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS) as said:
        QTest.keyClick(page.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert said.args == ["Copied onion.png", "secondary"]
    (url,) = QGuiApplication.clipboard().mimeData().urls()
    assert Path(url.toLocalFile()).read_bytes() == archive.content(file.id)


def test_what_is_too_much_is_said_and_nothing_is_fetched(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add("huge", size=MOST_BYTES + 1)
    brought(qtbot, page, 1)
    page.gallery.show_file(file.id)
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS) as said:
        QTest.keyClick(page.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert said.args is not None
    assert "Export it" in said.args[0]
    assert archive.saved == []


def test_a_file_that_is_gone_is_reported(
    page: ArchivePage,
    archive: FakeArchive,
    qtbot: QtBot,
    reports: list[tuple[str, Exception]],
) -> None:
    file = archive.add("onion")
    brought(qtbot, page, 1)
    page.gallery.show_file(file.id)
    archive.lost.add(file.id)
    QTest.keyClick(page.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(reports), timeout=PATIENCE_MS)
    assert reports[0][0] == "Copying onion.png"
    reports.clear()


def test_a_button_is_dragged_and_a_click_stays_a_click(
    tasks: Tasks, copies: FileCopies, qtbot: QtBot
) -> None:
    begun: list[bool] = []
    clicked: list[bool] = []
    button = QPushButton("Kept")
    qtbot.addWidget(button)
    button.clicked.connect(lambda: clicked.append(True))
    DragOut(button, lambda: begun.append(True))
    with qtbot.waitExposed(button):
        button.show()
    qtbot.mouseClick(button, LEFT)
    assert (len(clicked), begun) == (1, [])

    middle = button.rect().center()
    QTest.mousePress(button, LEFT, pos=middle)
    QTest.mouseMove(button, middle + QPoint(40, 0))
    qtbot.waitUntil(lambda: bool(begun), timeout=PATIENCE_MS)
    QTest.mouseRelease(button, LEFT, pos=middle + QPoint(40, 0))
    assert (len(clicked), len(begun)) == (1, 1)


def test_nothing_begins_where_what_it_came_from_is_gone(
    archive: FakeArchive,
    copies: FileCopies,
    tasks: Tasks,
    qtbot: QtBot,
    run: RunCoroutine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    carried = Carried()
    held(monkeypatch, LEFT)
    taking = TakingOut(copies, tasks, carry=carried)
    button = QPushButton()
    gone: list[bool] = []
    button.destroyed.connect(lambda _object: gone.append(True))
    archive.gate.clear()
    taking.drag([archive.add()], button)
    button.deleteLater()
    qtbot.waitUntil(lambda: bool(gone), timeout=PATIENCE_MS)
    archive.gate.set()
    qtbot.waitUntil(lambda: len(tasks) == 0, timeout=PATIENCE_MS)
    run(asyncio.sleep(0))
    assert carried.files == []


def test_that_files_take_their_time_is_said(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add("onion")
    brought(qtbot, page, 1)
    page.gallery.show_file(file.id)
    archive.gate.clear()
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS) as said:
        page.taking.copy([file])
    assert said.args == ["Fetching onion.png…", "secondary"]
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS) as said:
        archive.gate.set()
    assert said.args == ["Copied onion.png", "secondary"]
