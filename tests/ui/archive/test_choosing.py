"""A file of the archive as the input of an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ui.archive.choosing import ArchivedFileChooser, ArchivedFiles
from ui.editors import EditorContext, FileChoice, make_editor
from ui.editors.blob import BlobEditor
from ui.models.numbers import PLAIN
from ui.models.schema import DataSchema

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.imaging.decoder import ImageDecoder
    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench
    from ui.bridge import Bridge
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000
PNG_INPUT = {"type": "object", "properties": {"href": {}, "media_type": {"const": "image/png"}}}


class Desk:
    """A window with one input, and STOP ALL counted."""

    def __init__(
        self, window: QWidget, editor: BlobEditor, stops: list[bool], tasks: Tasks
    ) -> None:
        self.window = window
        self.editor = editor
        self.stops = stops
        self.tasks = tasks

    def ask(self, qtbot: QtBot) -> ArchivedFileChooser:
        """Choose 'A file of the archive…' in the menu of the input."""
        menu = self.editor.menu()
        (entry,) = [each for each in menu.actions() if each.text() == "A file of the archive…"]
        entry.trigger()
        menu.deleteLater()
        (dialog,) = self.window.findChildren(ArchivedFileChooser)
        qtbot.waitUntil(lambda: dialog.model.total is not None, timeout=PATIENCE_MS)
        return dialog


@pytest.fixture
def desk(
    theme: Theme,
    bench: FakeBench,
    archive: FakeArchive,
    bridge: Bridge,
    decoder: ImageDecoder,
    tasks: Tasks,
    qtbot: QtBot,
) -> Desk:
    stops: list[bool] = []
    files = ArchivedFiles(theme, bench, archive, bridge, decoder, tasks, lambda: stops.append(True))
    window = QWidget()
    qtbot.addWidget(window)
    context = EditorContext(theme, PLAIN, archived=files.choose)
    editor = make_editor(DataSchema(PNG_INPUT, "image"), context, window)
    assert isinstance(editor, BlobEditor)
    with qtbot.waitExposed(window):
        window.show()
    return Desk(window, editor, stops, tasks)


def test_a_file_of_the_archive_becomes_the_input(
    desk: Desk, archive: FakeArchive, qtbot: QtBot
) -> None:
    flat = archive.add("flat", uri="/files/1/flat.png")
    archive.add("words", media_type="text/plain", extension="txt")
    archive.add("dark", uri="/files/2/dark.png")
    dialog = desk.ask(qtbot)
    assert archive.queries[-1].media_type == "image/png"
    assert dialog.model.total == 2
    assert not dialog.choose_button.isEnabled()

    QTest.keyClicks(dialog.search, "flat")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1, timeout=PATIENCE_MS)
    dialog.grid.select_only(flat.id)
    committed = []
    desk.editor.committed.connect(lambda: committed.append(desk.editor.value()))
    qtbot.mouseClick(dialog.choose_button, Qt.MouseButton.LeftButton)
    assert committed == [{"href": "/files/1/flat.png", "media_type": "image/png"}]
    assert desk.editor.label.text() == "flat.png"
    qtbot.waitUntil(lambda: not desk.window.findChildren(ArchivedFileChooser), timeout=PATIENCE_MS)


def test_enter_on_a_tile_chooses_it_and_in_the_search_box_it_does_not(
    desk: Desk, archive: FakeArchive, qtbot: QtBot
) -> None:
    dark = archive.add("dark", uri="/files/2/dark.png")
    dialog = desk.ask(qtbot)
    dialog.grid.select_only(dark.id)
    asked = len(archive.queries)
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(archive.queries) > asked, timeout=PATIENCE_MS)
    assert desk.editor.value() is None
    qtbot.waitUntil(lambda: not dialog.model.asking, timeout=PATIENCE_MS)
    dialog.grid.select_only(dark.id)
    QTest.keyClick(dialog.grid, Qt.Key.Key_Return)
    assert desk.editor.value() == {"href": "/files/2/dark.png", "media_type": "image/png"}


def test_nothing_that_fits_is_said_and_stop_all_is_at_hand(desk: Desk, qtbot: QtBot) -> None:
    dialog = desk.ask(qtbot)
    assert dialog.grid._empty == "Nothing that is kept fits."
    assert dialog.count.text() == "0 files"
    dialog.stop_all.emit()
    assert desk.stops == [True]


def test_an_answer_that_comes_after_it_was_closed_is_passed_over(
    desk: Desk, archive: FakeArchive, reports: list[tuple[str, Exception]], qtbot: QtBot
) -> None:
    archive.add("dark")
    dialog = desk.ask(qtbot)
    archive.gate.clear()
    asked = len(archive.queries)
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(archive.queries) > asked, timeout=PATIENCE_MS)
    gone: list[bool] = []
    dialog.destroyed.connect(lambda _object: gone.append(True))
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(gone), timeout=PATIENCE_MS)
    archive.gate.set()
    qtbot.waitUntil(lambda: len(desk.tasks) == 0, timeout=PATIENCE_MS)
    assert reports == []


def test_an_input_that_is_gone_takes_nothing(
    desk: Desk, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add("dark", uri="/files/2/dark.png")
    dialog = desk.ask(qtbot)
    gone: list[bool] = []
    desk.editor.destroyed.connect(lambda _object: gone.append(True))
    desk.editor.deleteLater()
    qtbot.waitUntil(lambda: bool(gone), timeout=PATIENCE_MS)
    dialog.grid.select_only(file.id)
    chosen: list[FileChoice] = []
    dialog.chosen.connect(chosen.append)
    qtbot.mouseClick(dialog.choose_button, Qt.MouseButton.LeftButton)
    assert [choice.name for choice in chosen] == ["dark.png"]
