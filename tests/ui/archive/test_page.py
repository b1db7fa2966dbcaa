"""The archive's page by clicks and keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from app.archive.errors import ArchiveError
from app.archive.records import ArchivedFile, FileState, Provenance, SettingDifference
from app.run_facts import Stamp
from things.errors import ValueRefusedError
from ui.archive.file_actions import MANY
from ui.archive.file_menu import FileMenu
from ui.archive.page import ArchivePage
from ui.states import State

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from pytestqt.qtbot import QtBot

    from app.imaging.decoder import ImageDecoder
    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench
    from ui.bridge import Bridge
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(
    theme: Theme,
    bench: FakeBench,
    archive: FakeArchive,
    bridge: Bridge,
    decoder: ImageDecoder,
    tasks: Tasks,
    qtbot: QtBot,
) -> ArchivePage:
    made = ArchivePage(theme, bench, archive, bridge, decoder, tasks)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    return made


def show(qtbot: QtBot, page: ArchivePage) -> None:
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.model.total is not None, timeout=PATIENCE_MS)


def select(page: ArchivePage, *files: ArchivedFile) -> None:
    page.gallery.show_file(files[0].id)
    for file in files[1:]:
        page.grid.selectionModel().select(
            page.model.index_of(file.id), page.grid.selectionModel().SelectionFlag.Select
        )


def test_nothing_is_asked_before_it_is_shown(page: ArchivePage, archive: FakeArchive) -> None:
    assert archive.queries == []


def test_an_empty_archive_says_how_things_get_there(page: ArchivePage, qtbot: QtBot) -> None:
    show(qtbot, page)
    assert "Press 'Keep'" in page.grid._empty
    assert page.gallery.count.text() == "0 files"


def test_small_pictures_are_asked_for_of_what_is_in_sight_only(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    files = [archive.add() for _ in range(150)]
    show(qtbot, page)
    newest = files[-1]
    qtbot.waitUntil(
        lambda: page.gallery.thumbnails.picture(newest) is not None, timeout=PATIENCE_MS
    )
    assert page.gallery.count.text() == "150 files"
    assert files[0].id not in archive.thumbnails


def test_what_cannot_be_seen_says_so_and_is_not_asked_for_again(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add("broken")
    archive.broken.add(file.id)
    show(qtbot, page)
    qtbot.waitUntil(lambda: page.gallery.thumbnails.failed(file), timeout=PATIENCE_MS)
    page.grid.viewport().repaint()
    assert archive.thumbnails == [file.id]


def test_typing_finds_and_esc_shows_all_again(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add("onion")
    archive.add("leek")
    show(qtbot, page)
    QTest.keyClicks(page.gallery.filters.search, "onion")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE_MS)
    assert archive.queries[-1].text == "onion"

    QTest.keyClicks(page.gallery.filters.search, "x")
    qtbot.waitUntil(lambda: page.model.rowCount() == 0, timeout=PATIENCE_MS)
    assert page.grid._empty == "Nothing that is kept fits."
    QTest.keyClick(page.gallery.filters.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE_MS)


def test_each_choice_is_a_part_of_the_question(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add(tags=("good",))
    show(qtbot, page)
    filters = page.gallery.filters
    qtbot.waitUntil(lambda: filters.tag.count() == 2, timeout=PATIENCE_MS)
    for box, words in (
        (filters.thing, "Camera"),
        (filters.kind, "Pictures"),
        (filters.when, "Today"),
        (filters.tag, "good (1)"),
        (filters.state, "Trash"),
    ):
        box.setCurrentIndex(box.findText(words))
    query = filters.query

    assert (query.thing, query.media_type, query.tags) == ("camera", "image/*", ("good",))
    assert query.state is FileState.TRASHED
    assert query.since is not None
    assert query.since.astimezone().hour == 0
    filters.clear()
    assert not filters.narrowed


def test_samples_that_were_come_across_narrow_it(
    page: ArchivePage, archive: FakeArchive, bench: FakeBench, qtbot: QtBot
) -> None:
    bench.stamp = Stamp(sample="yeast")
    archive.add("first")
    archive.add("second", provenance=Provenance(thing="camera", stamp=Stamp(sample="Diatoms")))
    show(qtbot, page)
    box = page.gallery.filters.sample
    offered = [box.itemText(row) for row in range(box.count())]
    assert offered == ["Any sample", "Diatoms", "onion", "yeast"]

    box.setCurrentIndex(box.findText("onion"))
    box.activated.emit(box.currentIndex())
    assert page.gallery.filters.narrowed
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE_MS)
    assert archive.queries[-1].sample == "onion"
    assert [box.itemText(row) for row in range(box.count())] == offered
    page.gallery.filters.clear()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE_MS)


def test_the_pictures_of_a_thing_are_shown_whatever_was_looked_for_before(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add("other", provenance=Provenance(thing="stage"))
    archive.add("words", media_type="text/plain", extension="txt")
    wanted = archive.add("picture")
    page.gallery.filters.search.setText("nothing like it")
    page.gallery.show_pictures_of("camera")
    show(qtbot, page)
    qtbot.waitUntil(lambda: not page.model.asking, timeout=PATIENCE_MS)
    assert [file.id for file in page.model.files] == [wanted.id]
    assert page.gallery.filters.thing.currentText() == "Camera"
    assert page.gallery.filters.kind.currentText() == "Pictures"


def test_what_is_chosen_stays_so_while_it_is_shown_and_is_let_go_with_its_tile(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    onion = archive.add("onion")
    archive.add("leek")
    show(qtbot, page)
    select(page, onion)
    assert page.details.file is not None
    for words, left in (("onion", 1), ("leek", 0)):
        page.gallery.filters.search.setText(words)

        def only(name: str = words) -> bool:
            return [file.name for file in page.model.files] == [name]

        qtbot.waitUntil(only, timeout=PATIENCE_MS)
        assert len(page.grid.selected()) == left
        assert (page.details.file is not None) is bool(left)


def test_one_file_is_told_whole_of_several_how_many(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    first, second = archive.add(tags=("good", "cells"), notes="sharp"), archive.add()
    show(qtbot, page)
    select(page, first)
    details = page.details
    assert details.header.title.text() == "snap-001.png"
    assert (details.name.text(), details.tags.text()) == ("snap-001", "good, cells")
    assert details.notes.toPlainText() == "sharp"

    select(page, first, second)
    assert details.header.title.text() == "2 files selected"
    assert not details.name.isEnabled()
    assert details.export_button.isEnabled()
    assert not details.save_button.isEnabled()


def test_enter_renames_and_a_refusal_stands_under_what_was_typed(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add()
    show(qtbot, page)
    select(page, file)
    name = page.details.name
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "onion skin")
    QTest.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: archive.files[file.id].name == "onion skin", timeout=PATIENCE_MS)

    archive.refusal = ValueRefusedError("name", "it is too long")
    name.selectAll()
    QTest.keyClicks(name, "much")
    QTest.keyClick(name, Qt.Key.Key_Return)
    reason = page.details.fields.reasons["name"]
    qtbot.waitUntil(lambda: reason.state is State.REFUSED, timeout=PATIENCE_MS)
    assert "It is too long" in reason.text
    assert name.text() == "much"


def test_tags_and_notes_are_kept(page: ArchivePage, archive: FakeArchive, qtbot: QtBot) -> None:
    file = archive.add()
    show(qtbot, page)
    select(page, file)
    tags, notes = page.details.tags, page.details.notes
    tags.setFocus()
    QTest.keyClicks(tags, "good, onion")
    QTest.keyClick(tags, Qt.Key.Key_Return)
    notes.setFocus()
    QTest.keyClicks(notes, "in focus")
    QTest.keyClick(notes, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: archive.files[file.id].notes == "in focus", timeout=PATIENCE_MS)
    assert archive.files[file.id].tags == ("good", "onion")


def test_what_somebody_types_is_not_replaced_by_what_somebody_else_changed(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot, run: Any
) -> None:
    file = archive.add()
    show(qtbot, page)
    select(page, file)
    name = page.details.name
    QTest.keyClicks(name, "mine")
    typed = name.text()
    run(archive.update(file.id, name="theirs", tags=("new",)))
    qtbot.waitUntil(lambda: page.details.tags.text() == "new", timeout=PATIENCE_MS)
    assert name.text() == typed


def test_delete_moves_to_the_trash_and_undo_brings_back(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add()
    show(qtbot, page)
    select(page, file)
    with qtbot.waitSignal(page.undoable, timeout=PATIENCE_MS) as told:
        QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    words, undo = told.args
    assert words == "snap-001.png is in the trash now."
    assert archive.files[file.id].state is FileState.TRASHED
    qtbot.waitUntil(lambda: page.model.rowCount() == 0, timeout=PATIENCE_MS)

    undo()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE_MS)
    assert archive.files[file.id].state is FileState.LINKED


def test_that_many_files_take_their_time_is_said(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    files = [archive.add() for _ in range(MANY)]
    show(qtbot, page)
    said: list[str] = []
    page.said.connect(lambda words, _role: said.append(words))
    with qtbot.waitSignal(page.undoable, timeout=PATIENCE_MS):
        page.file_actions.trash_or_restore(files[:1])
    assert said == []
    with qtbot.waitSignal(page.undoable, timeout=PATIENCE_MS):
        page.file_actions.trash_or_restore([archive.add(), *files[1:]])
    assert said == [f"Moving {MANY} files to the trash…"]


def test_what_went_into_the_trash_before_one_was_refused_can_be_taken_back(
    page: ArchivePage,
    archive: FakeArchive,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    reports: list[tuple[str, Exception]],
) -> None:
    refused, gone = archive.add("refused"), archive.add("gone")
    show(qtbot, page)
    select(page, gone, refused)
    trash = archive.trash

    async def only_some(id: UUID) -> ArchivedFile:
        if id == refused.id:
            raise ArchiveError("the folder can only be read")
        return await trash(id)

    monkeypatch.setattr(archive, "trash", only_some)
    with qtbot.waitSignal(page.undoable, timeout=PATIENCE_MS) as told:
        QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    assert told.args is not None
    words, undo = told.args
    assert words == "gone.png is in the trash now."
    undo()
    qtbot.waitUntil(lambda: archive.files[gone.id].state is FileState.LINKED, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: len(reports) == 1, timeout=PATIENCE_MS)
    assert "only be read" in str(reports.pop()[1])


def test_out_of_the_trash_by_its_button(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add(state=FileState.TRASHED)
    show(qtbot, page)
    page.gallery.filters.state.setCurrentIndex(1)
    page.gallery.filters.state.activated.emit(1)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE_MS)
    select(page, file)
    assert page.details.trash_button.text() == "Put back"
    assert not page.details.open_button.isEnabled()
    qtbot.mouseClick(page.details.trash_button, LEFT)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0, timeout=PATIENCE_MS)


def test_what_nothing_brings_back_takes_two_steps(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    files = [archive.add(state=FileState.TRASHED) for _ in range(2)]
    show(qtbot, page)
    page.gallery.show_trash()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE_MS)
    select(page, *files)
    page.grid.menu.emit(page.grid.mapToGlobal(page.grid.rect().center()))
    (menu,) = page.findChildren(FileMenu)
    last = menu.actions()[-1]
    assert last.text() == "Delete for good"
    last.trigger()
    sure = last.menu()
    assert isinstance(sure, QMenu)
    assert len(archive.files) == 2
    assert "these 2 files" in sure.actions()[0].text()
    sure.actions()[0].trigger()
    qtbot.waitUntil(lambda: archive.files == {}, timeout=PATIENCE_MS)
    menu.close()


def test_a_new_tag_is_offered_while_the_page_is_shown(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot, run: Any
) -> None:
    file = archive.add()
    show(qtbot, page)
    page.gallery._changes.setInterval(0)
    run(archive.update(file.id, tags=("new",)))
    tag = page.gallery.filters.tag
    qtbot.waitUntil(lambda: tag.findData("new") > 0, timeout=PATIENCE_MS)


def test_nothing_moves_aside_while_somebody_types(page: ArchivePage, qtbot: QtBot) -> None:
    show(qtbot, page)
    filters = page.gallery.filters
    before = [box.geometry() for box in (filters.search, filters.thing, filters.state)]
    assert not filters.clear_button.isEnabled()
    QTest.keyClicks(filters.search, "onion")
    QTest.keyClick(filters.search, Qt.Key.Key_Return)
    assert filters.clear_button.isEnabled()
    QTest.qWait(0)
    assert [box.geometry() for box in (filters.search, filters.thing, filters.state)] == before


def test_enter_and_a_double_click_open(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add()
    show(qtbot, page)
    select(page, file)
    with qtbot.waitSignal(page.opened, timeout=PATIENCE_MS) as opened:
        QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert [each.id for each in opened.args[0]] == [file.id]
    at = page.grid.visualRect(page.model.index_of(file.id)).center()
    qtbot.mouseClick(page.grid.viewport(), LEFT, pos=at)
    with qtbot.waitSignal(page.opened, timeout=PATIENCE_MS):
        qtbot.mouseDClick(page.grid.viewport(), LEFT, pos=at)


def test_a_selection_is_exported_and_one_file_saved(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = archive.add(), archive.add("a/b")
    show(qtbot, page)
    select(page, first, second)
    qtbot.mouseClick(page.details.export_button, LEFT)
    (dialog,) = page.findChildren(QFileDialog)
    assert not dialog.isModal() or dialog.windowModality() is not None
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS):
        dialog.fileSelected.emit(str(tmp_path / "all.zip"))
    ids, target = archive.exported[0]
    assert set(ids) == {first.id, second.id}
    assert target == tmp_path / "all.zip"
    dialog.close()

    select(page, second)
    qtbot.mouseClick(page.details.save_button, LEFT)
    dialog = page.findChildren(QFileDialog)[-1]
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS):
        dialog.fileSelected.emit(str(tmp_path / "b.png"))
    assert archive.saved == [(second.id, tmp_path / "b.png")]
    dialog.close()


DIFFERENT = [
    SettingDifference("camera", "exposure", "Exposure", 25.0, 77.0, "ms"),
    SettingDifference("camera", "gain", "Gain", 3.0, 1.0, "dB"),
    SettingDifference("camera", "binning", "Binning", "2x2", "1x1", "", "The camera is busy."),
]


def test_settings_are_put_back_after_the_difference_was_seen(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add()
    archive.differences[file.id] = list(DIFFERENT)
    archive.refused["gain"] = "The camera refuses 3 dB."
    show(qtbot, page)
    select(page, file)
    qtbot.mouseClick(page.details.restore_button, LEFT)
    dialog = page.restoring
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.boxes) == 3, timeout=PATIENCE_MS)
    assert not dialog.isModal()
    # What could not be written is shown, and cannot be chosen.
    assert not dialog.boxes["camera", "binning"].isEnabled()
    assert archive.differences[file.id] == DIFFERENT  # nothing is written by looking
    # From the values by Tab to the buttons, not the other way round.
    first, second, third = dialog.boxes.values()
    assert first.nextInFocusChain() is second
    assert second.nextInFocusChain() is third
    after: QWidget | None = dialog._scroll
    while after is not None and after is not first:
        after = after.nextInFocusChain()
        assert not isinstance(after, QPushButton)

    qtbot.mouseClick(dialog.restore_button, LEFT)
    qtbot.waitUntil(lambda: len(dialog.boxes) == 2, timeout=PATIENCE_MS)
    assert [each.name for each in archive.differences[file.id]] == ["gain", "binning"]
    qtbot.waitUntil(lambda: "1 of 2" in dialog.status.text(), timeout=PATIENCE_MS)
    dialog.close()


def test_where_nothing_differs_there_is_nothing_to_put_back(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add()
    show(qtbot, page)
    select(page, file)
    qtbot.mouseClick(page.details.restore_button, LEFT)
    dialog = page.restoring
    assert dialog is not None
    qtbot.waitUntil(lambda: "Nothing differs" in dialog.status.text(), timeout=PATIENCE_MS)
    assert not dialog.restore_button.isEnabled()
    with qtbot.waitSignal(page.stop_all, timeout=PATIENCE_MS):
        dialog.stop_all.emit()
    dialog.close()


def test_what_was_uploaded_has_no_settings(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add("table", media_type="text/csv", extension="csv", provenance=Provenance())
    show(qtbot, page)
    select(page, replace(file))
    assert not page.details.restore_button.isEnabled()
    assert not page.details.made_button.isEnabled()
    assert file.id not in archive.thumbnails


def test_a_content_that_is_gone_is_seen_on_its_tile(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file, sound = archive.add("gone"), archive.add("sound")
    archive.lost.add(file.id)
    show(qtbot, page)
    qtbot.waitUntil(lambda: page.gallery.thumbnails.failed(file), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.gallery.thumbnails.picture(sound) is not None, timeout=PATIENCE_MS)
    assert page.gallery.thumbnails.damaged(file)
    assert not page.gallery.thumbnails.damaged(sound)
    assert page.grid._tile._mark(file) == ("Damaged", "failed")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("onion", "onion.png"),
        ("\u202egnp.live", "gnp.live.png"),
        ("two\nlines", "two lines.png"),
        ("بصل", "\u2068بصل\u2069.png"),
        ("x" * 4000, "x" * 299 + "….png"),
    ],
)
def test_names_of_any_kind_are_shown_on_one_line_the_right_way_round(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot, name: str, shown: str
) -> None:
    file = archive.add(name, tags=tuple(f"tag {number}" for number in range(100)))
    show(qtbot, page)
    select(page, file)
    assert page.details.header.title.text() == shown
    assert page.details.tags.cursorPosition() == 0
    page.grid.viewport().repaint()


def selected(page: ArchivePage) -> list[str]:
    return [file.name for file in page.grid.selected()]


def test_a_file_that_is_asked_for_is_found_whatever_is_left_out_and_however_old_it_is(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    files = [archive.add() for _ in range(250)]
    uploaded = archive.add("table", provenance=Provenance())
    page.gallery.show_file(files[100].id)  # before it was ever shown
    show(qtbot, page)
    qtbot.waitUntil(lambda: selected(page) == ["snap-101"], timeout=PATIENCE_MS)
    assert not page.gallery.filters.narrowed

    page.gallery.show_file(files[0].id)  # farther than what was brought
    qtbot.waitUntil(lambda: selected(page) == ["snap-001"], timeout=PATIENCE_MS)
    assert page.model.rowCount() == 1
    page.gallery.show_file(uploaded.id)  # left out by what is asked for now
    qtbot.waitUntil(lambda: selected(page) == ["table"], timeout=PATIENCE_MS)


def test_a_file_in_the_trash_is_asked_for_in_vain_and_only_once(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add(state=FileState.TRASHED)
    archive.add()
    show(qtbot, page)
    page.gallery.show_file(file.id)
    run = str(file.provenance.run)
    search = page.gallery.filters.search
    qtbot.waitUntil(lambda: search.text() == run, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.model.total == 0, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not page.model.asking, timeout=PATIENCE_MS)
    assert selected(page) == []


def test_delete_in_the_trash_changes_nothing_and_says_what_does(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    file = archive.add(state=FileState.TRASHED)
    page.gallery.show_trash()
    show(qtbot, page)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE_MS)
    select(page, file)
    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS) as said:
        QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    assert said.args is not None
    assert "deletes it for good" in said.args[0]
    assert archive.files[file.id].state is FileState.TRASHED
