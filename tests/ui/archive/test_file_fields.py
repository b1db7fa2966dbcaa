"""What people say of a file: sent, refused where it was typed, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.archive.records import ArchivedFile
from things.errors import ValueRefusedError
from ui.archive.file_fields import FileFields
from ui.states import State

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.archive.conftest import FakeArchive
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000


@pytest.fixture
def file(archive: FakeArchive) -> ArchivedFile:
    return archive.add("onion", tags=("good",), notes="in focus")


@pytest.fixture
def fields(
    theme: Theme, archive: FakeArchive, tasks: Tasks, qtbot: QtBot, file: ArchivedFile
) -> FileFields:
    made = FileFields(theme, archive, tasks)
    qtbot.addWidget(made)
    made.changed.connect(made.take)
    made.show_file(file)
    with qtbot.waitExposed(made):
        made.show()
    return made


def retype(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_file_does_not_lose_its_name_by_a_slip(
    fields: FileFields, archive: FakeArchive, file: ArchivedFile
) -> None:
    retype(fields.name, "  ")
    assert fields.reasons["name"].state is State.REFUSED
    assert fields.name.property("fieldState") == "refused"
    assert archive.files[file.id].name == "onion"

    QTest.keyClick(fields.name, Qt.Key.Key_Escape)
    assert fields.name.text() == "onion"
    assert fields.reasons["name"].text == ""
    assert not fields.name.property("fieldState")


def test_what_was_refused_stays_with_its_reason_while_something_else_is_sent(
    fields: FileFields, archive: FakeArchive, file: ArchivedFile, qtbot: QtBot
) -> None:
    archive.refusal = ValueRefusedError("name", "it is too long")
    retype(fields.name, "much")
    reasons = fields.reasons
    qtbot.waitUntil(lambda: reasons["name"].state is State.REFUSED, timeout=PATIENCE_MS)
    assert reasons["name"].text == "Refused. It is too long"

    archive.refusal = None
    retype(fields.tags, "sharp")
    qtbot.waitUntil(lambda: archive.files[file.id].tags == ("sharp",), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not fields.tags.isModified(), timeout=PATIENCE_MS)
    assert fields.name.text() == "much"
    assert reasons["name"].state is State.REFUSED
    assert reasons["tags"].text == ""


def test_esc_brings_back_each_of_them(fields: FileFields) -> None:
    for field in (fields.tags, fields.notes):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "typed")
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert fields.tags.text() == "good"
    assert fields.notes.toPlainText() == "in focus"


def test_what_does_not_fit_is_told_whole(fields: FileFields, archive: FakeArchive) -> None:
    assert fields.tags.toolTip() == ""
    fields.show_file(archive.add(tags=tuple(f"tag {number}" for number in range(200))))
    assert "tag 199" in fields.tags.toolTip()


def test_what_was_typed_of_one_file_is_not_said_of_another(
    fields: FileFields, archive: FakeArchive
) -> None:
    other = archive.add("leek")
    fields.name.selectAll()
    QTest.keyClicks(fields.name, "typed")
    fields.show_file(other)
    assert fields.name.text() == "leek"
    assert not fields.name.isModified()
