"""The list of files without a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, Qt

from app.archive.errors import ArchiveClosedError
from app.archive.events import ArchiveTroubled
from app.archive.records import FileQuery, FileState
from ui.archive.model import LOOK_MS, PAGE, FilesModel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench, RunCoroutine
    from ui.bridge import Bridge
    from ui.tasks import Tasks

PATIENCE_MS = 20_000


@pytest.fixture
def model(archive: FakeArchive, bridge: Bridge, tasks: Tasks, run: RunCoroutine) -> FilesModel:
    return FilesModel(archive, bridge, tasks)


def names(model: FilesModel) -> list[str]:
    return [file.name for file in model.files]


def answered(qtbot: QtBot, model: FilesModel) -> None:
    qtbot.waitUntil(lambda: not model.asking, timeout=PATIENCE_MS)


def test_files_come_newest_first_with_their_total(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    for _ in range(3):
        archive.add()
    model.ask(FileQuery())
    answered(qtbot, model)

    assert names(model) == ["snap-003", "snap-002", "snap-001"]
    assert (model.total, model.trouble) == (3, "")
    index = model.index(0)
    assert model.data(index, Qt.ItemDataRole.DisplayRole) == "snap-003.png"
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == "snap-003.png"


def test_the_next_page_is_asked_for_when_a_view_wants_more(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    for _ in range(PAGE + 5):
        archive.add()
    model.ask(FileQuery())
    answered(qtbot, model)
    assert model.rowCount() == PAGE
    assert model.canFetchMore(QModelIndex())

    model.fetchMore(QModelIndex())
    answered(qtbot, model)
    assert model.rowCount() == PAGE + 5
    assert len(set(names(model))) == PAGE + 5
    assert not model.canFetchMore(QModelIndex())
    assert not archive.queries[-1].total


def test_what_is_kept_meanwhile_comes_in_at_the_top_and_moves_nobody_s_selection(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    old = archive.add()
    model.ask(FileQuery())
    answered(qtbot, model)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))

    archive.add()
    qtbot.waitUntil(lambda: model.total == 2, timeout=PATIENCE_MS)
    assert names(model) == ["snap-002", "snap-001"]
    assert model.index_of(old.id).row() == 1
    assert resets == []


def test_of_hundreds_that_are_kept_at_once_many_are_looked_for_together_and_none_counted(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add()
    model.ask(FileQuery())
    answered(qtbot, model)
    archive.queries.clear()
    archive.gate.clear()  # an archive that takes its time

    for _ in range(50):
        archive.add()
    qtbot.waitUntil(lambda: len(archive.queries) == 1)
    for _ in range(50):
        archive.add()
    qtbot.wait(2 * LOOK_MS)
    assert len(archive.queries) == 1
    archive.gate.set()

    qtbot.waitUntil(lambda: model.rowCount() == 101)
    assert model.total == 101
    assert not any(query.total for query in archive.queries)
    assert len(archive.queries) <= 3


def test_what_comes_back_from_the_trash_far_below_is_counted(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot, run: RunCoroutine
) -> None:
    old = archive.add()
    archive.add()
    run(archive.trash(old.id))
    model.ask(FileQuery())
    answered(qtbot, model)
    assert model.total == 1

    run(archive.restore(old.id))

    qtbot.waitUntil(lambda: model.total == 2)


def test_of_what_is_kept_meanwhile_only_what_fits_is_shown(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add("cell", tags=("good",))
    model.ask(FileQuery(tags=("good",)))
    answered(qtbot, model)

    archive.add("other")
    archive.add("cell 2", tags=("good",))
    qtbot.waitUntil(lambda: model.total == 2, timeout=PATIENCE_MS)
    assert names(model) == ["cell 2", "cell"]


def test_what_goes_into_the_trash_goes_and_comes_back(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot, run: RunCoroutine
) -> None:
    file = archive.add()
    archive.add()
    model.ask(FileQuery())
    answered(qtbot, model)

    run(archive.trash(file.id))
    qtbot.waitUntil(lambda: names(model) == ["snap-002"], timeout=PATIENCE_MS)
    assert model.total == 1
    run(archive.restore(file.id))
    qtbot.waitUntil(lambda: model.total == 2, timeout=PATIENCE_MS)


@pytest.mark.parametrize("oldest_first", [False, True])
def test_what_comes_back_stands_where_it_stood(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot, run: RunCoroutine, oldest_first: bool
) -> None:
    files = [archive.add() for _ in range(4)]
    model.ask(FileQuery(oldest_first=oldest_first))
    answered(qtbot, model)
    before = names(model)
    for file in (files[0], files[2], files[3]):
        run(archive.trash(file.id))
    qtbot.waitUntil(lambda: names(model) == ["snap-002"], timeout=PATIENCE_MS)
    for file in (files[2], files[0], files[3]):
        run(archive.restore(file.id))
    qtbot.waitUntil(lambda: names(model) == before, timeout=PATIENCE_MS)
    assert model.total == 4


def test_what_comes_back_and_does_not_fit_stays_away(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot, run: RunCoroutine
) -> None:
    onion, leek = archive.add("onion"), archive.add("leek", state=FileState.TRASHED)
    model.ask(FileQuery(text="onion"))
    answered(qtbot, model)
    asked = len(archive.queries)
    run(archive.restore(leek.id))
    qtbot.waitUntil(lambda: len(archive.queries) >= asked + 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not model._come_back, timeout=PATIENCE_MS)
    assert names(model) == [onion.name]

    run(archive.update(leek.id, name="onion and leek"))
    qtbot.waitUntil(lambda: names(model) == ["onion and leek", "onion"], timeout=PATIENCE_MS)


def test_a_new_name_is_seen_and_what_is_deleted_is_gone(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot, run: RunCoroutine
) -> None:
    file = archive.add()
    model.ask(FileQuery())
    answered(qtbot, model)

    run(archive.update(file.id, name="onion"))
    qtbot.waitUntil(lambda: names(model) == ["onion"], timeout=PATIENCE_MS)
    run(archive.delete(file.id))
    qtbot.waitUntil(lambda: names(model) == [], timeout=PATIENCE_MS)
    assert model.total == 0


def test_rows_stay_until_the_answer_to_another_question_is_there(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add("one")
    archive.add("two")
    model.ask(FileQuery())
    answered(qtbot, model)

    archive.gate.clear()
    model.ask(FileQuery(text="one"))
    assert names(model) == ["two", "one"]
    assert model.asking
    archive.gate.set()
    answered(qtbot, model)
    assert names(model) == ["one"]


def test_the_answer_to_an_older_question_is_not_shown(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add("one")
    archive.add("two")
    archive.gate.clear()
    model.ask(FileQuery(text="one"))
    model.ask(FileQuery(text="two"))
    archive.gate.set()
    answered(qtbot, model)

    assert names(model) == ["two"]


def test_an_archive_that_does_not_answer_is_said_and_what_was_there_stays(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add("one")
    model.ask(FileQuery())
    answered(qtbot, model)
    archive.failing = ArchiveClosedError()
    model.refresh()
    answered(qtbot, model)

    assert model.trouble == "the archive is not open"
    assert names(model) == ["one"]
    archive.failing = None
    model.refresh()
    answered(qtbot, model)
    assert model.trouble == ""


def test_an_archive_that_was_not_open_is_asked_again_when_it_is(
    model: FilesModel, archive: FakeArchive, bench: FakeBench, qtbot: QtBot
) -> None:
    archive.add("one")
    archive.failing = ArchiveClosedError()
    model.ask(FileQuery())
    answered(qtbot, model)
    assert model.trouble

    archive.failing = None
    bench.publish(ArchiveTroubled(thing="", reason=""))

    qtbot.waitUntil(lambda: names(model) == ["one"])
    assert model.trouble == ""


def test_the_trash_shows_what_is_in_it(
    model: FilesModel, archive: FakeArchive, qtbot: QtBot, run: RunCoroutine
) -> None:
    file = archive.add()
    archive.add()
    run(archive.trash(file.id))
    model.ask(FileQuery(state=FileState.TRASHED))
    answered(qtbot, model)

    assert names(model) == ["snap-001"]
