"""How much room there is, in words and by a click."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QWidget

from app.archive.errors import ArchiveError
from app.archive.records import ArchiveUsage
from ui.archive.room import RoomWords, room_in_words
from ui.room_button import RoomButton
from ui.widgets import PlainLabel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton
GB = 1_000_000_000
USUAL = ArchiveUsage(1200, 12 * GB, 0, 412 * GB, low_mark_bytes=256_000_000)
LIMITED = replace(USUAL, quota_bytes=50 * GB)


def words(free: int = 412 * GB, usage: ArchiveUsage | None = USUAL, trouble: str = "") -> RoomWords:
    return room_in_words(free, usage, trouble, QLocale(QLocale.Language.English))


def test_while_all_is_well_it_says_what_is_free_and_gives_no_advice() -> None:
    said = words()
    assert (said.short, said.role, said.advice) == ("412 GB free", "text", ())
    assert said.lines == (
        "412 GB are free where data is kept.",
        "1,200 files are kept, 12 GB.",
        "With less than 256 MB free nothing is kept, and no run begins that would.",
    )


def test_a_quota_is_said_with_its_share() -> None:
    assert (
        "1,200 files are kept, 12 GB of the 50 GB they may take (24 %)."
        in words(usage=LIMITED).lines
    )


@pytest.mark.parametrize(
    ("free", "usage", "short", "role"),
    [
        (15 * GB, USUAL, "15 GB free", "waiting"),
        (GB, USUAL, "1.0 GB free", "failed"),
        (15 * GB, None, "15 GB free", "waiting"),
        (412 * GB, replace(LIMITED, bytes=46 * GB), "46 GB of 50 GB kept", "waiting"),
        (412 * GB, replace(LIMITED, bytes=50 * GB, low="it is full"), "Archive is full", "failed"),
        (412 * GB, replace(LIMITED, quota_bytes=0, low="it is full"), "Archive is full", "failed"),
        (GB // 10, replace(USUAL, low="only 100 MB are free"), "100 MB free", "failed"),
    ],
)
def test_what_is_short_is_said_in_its_colour_with_what_to_do(
    free: int, usage: ArchiveUsage | None, short: str, role: str
) -> None:
    said = words(free, usage)
    assert (said.short, said.role) == (short, role)
    assert bool(said.advice) is (usage is not None)


def test_an_archive_that_cannot_be_used_is_said_first() -> None:
    said = words(usage=None, trouble="its folder is gone")
    assert (said.short, said.role) == ("Nothing can be kept", "failed")
    assert said.lines[0].startswith("Its folder is gone")
    assert said.advice


def test_a_click_tells_all_and_leads_to_the_trash(
    theme: Theme, bench: FakeBench, archive: FakeArchive, tasks: Tasks, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 500)
    button = RoomButton(theme, bench, tasks, window)
    asked: list[bool] = []
    button.archive_asked.connect(asked.append)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: button.text() == "412 GB free", timeout=PATIENCE_MS)
    button.resize(button.sizeHint())

    archive.trouble = "the disk does not answer"
    button.look()
    qtbot.waitUntil(lambda: button.role == "failed", timeout=PATIENCE_MS)
    qtbot.mouseClick(button, LEFT)
    popover = button.popover
    assert popover is not None
    assert popover.isVisible()
    assert popover.said[0].startswith("The disk does not answer")
    button.look()
    qtbot.waitUntil(lambda: len(tasks) == 0, timeout=PATIENCE_MS)
    labels = [each for each in popover.findChildren(PlainLabel) if each.text() in popover.said]
    assert len(labels) == len(popover.said) > 2
    for label in labels:
        assert label.isVisible()
        assert label.height() >= label.heightForWidth(label.width())
        assert popover.rect().contains(label.geometry())
    qtbot.mouseClick(popover.trash_button, LEFT)
    assert asked == [True]
    assert not popover.isVisible()
    qtbot.mouseClick(button, LEFT)
    qtbot.mouseClick(popover.archive_button, LEFT)
    assert asked == [True, False]


def test_a_folder_that_went_away_is_said_before_anything_is_kept_in_it(
    theme: Theme,
    bench: FakeBench,
    archive: FakeArchive,
    tasks: Tasks,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def usage() -> ArchiveUsage:
        raise ArchiveError("the folder of the files is gone")

    monkeypatch.setattr(archive, "usage", usage)
    button = RoomButton(theme, bench, tasks)
    qtbot.addWidget(button)
    qtbot.waitUntil(lambda: button.role == "failed", timeout=PATIENCE_MS)
    assert button.text() == "Nothing can be kept"
    assert button.words.lines[0].startswith("The folder of the files is gone")
