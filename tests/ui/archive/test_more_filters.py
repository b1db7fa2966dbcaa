"""Finding by session, operator, action, metadata and settings, by clicks and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from app.archive.records import Provenance
from app.run_facts import Stamp
from app.run_records import RecordedValue
from tests.ui.archive.conftest import BEGAN
from ui.archive.page import ArchivePage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.imaging.decoder import ImageDecoder
    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench
    from ui.bridge import Bridge
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton


def made(session: str = "", **settings: Any) -> Provenance:
    values = {name: RecordedValue(value, BEGAN) for name, value in settings.items()}
    stamp = Stamp("Ada", "onion", session)
    return Provenance(thing="camera", action="snap", stamp=stamp, settings={"camera": values})


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
    page = ArchivePage(theme, bench, archive, bridge, decoder, tasks)
    qtbot.addWidget(page)
    page.resize(1264, 656)  # what the window has for it at 1280 x 720
    archive.add("first", provenance=made("Monday", exposure=25.0), meta={"lens": "10x"})
    archive.add("second", provenance=made("Tuesday", exposure=25.0))
    archive.add("third", provenance=made("Tuesday", exposure=30.0), meta={"lens": "20x"})
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 3, timeout=PATIENCE_MS)
    return page


def found(page: ArchivePage, qtbot: QtBot, *names: str) -> None:
    def as_said() -> bool:
        return [file.name for file in page.model.files] == list(names)

    qtbot.waitUntil(as_said, timeout=PATIENCE_MS)


def test_what_was_come_across_is_offered_and_enter_finds(page: ArchivePage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.gallery.filters.more_button, LEFT)
    more = page.gallery.more
    assert more.isVisible()
    assert more.session.completer().model().rowCount() == 2
    more.session.setFocus()
    QTest.keyClicks(more.session, "Tuesday")
    QTest.keyClick(more.session, Qt.Key.Key_Return)

    found(page, qtbot, "third", "second")
    assert not more.isVisible()
    assert [button.accessibleName() for button in page.gallery.filters.chips.buttons] == [
        "Session: Tuesday; a click lets go of it"
    ]
    assert page.gallery.filters.narrowed


def test_a_cross_lets_go_of_one_and_show_all_of_everything(page: ArchivePage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.gallery.filters.more_button, LEFT)
    page.gallery.more.session.setText("Tuesday")
    page.gallery.more.meta_key.setText("lens")
    page.gallery.more.meta_value.setText("20x")
    qtbot.mouseClick(page.gallery.more.find_button, LEFT)
    found(page, qtbot, "third")

    qtbot.mouseClick(page.gallery.filters.chips.buttons[0], LEFT)
    found(page, qtbot, "third")
    assert page.gallery.filters.query.session is None
    assert page.gallery.filters.query.meta == {"lens": "20x"}
    qtbot.mouseClick(page.gallery.filters.clear_button, LEFT)
    found(page, qtbot, "third", "second", "first")
    assert not page.gallery.filters.chips.isVisible()
    assert not page.gallery.filters.clear_button.isEnabled()


def test_a_setting_is_chosen_from_the_bench(page: ArchivePage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.gallery.filters.more_button, LEFT)
    more = page.gallery.more
    assert not more.setting_value.isEnabled()
    more.setting_thing.setCurrentIndex(more.setting_thing.findData("camera"))
    more.setting_property.setCurrentIndex(more.setting_property.findData("exposure"))
    QTest.keyClicks(more.setting_value, "25")
    qtbot.mouseClick(more.find_button, LEFT)

    found(page, qtbot, "second", "first")
    assert page.gallery.filters.narrowings[0].words == "Exposure, Camera: 25 ms"
    # Opened again it shows what is asked for.
    qtbot.mouseClick(page.gallery.filters.more_button, LEFT)
    assert more.setting_property.currentText() == "Exposure"
    assert more.setting_value.text() == "25"
    qtbot.mouseClick(more.clear_button, LEFT)
    qtbot.mouseClick(more.find_button, LEFT)
    found(page, qtbot, "third", "second", "first")


def test_from_a_setting_to_its_pictures(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    archive.add("words", provenance=made(exposure=25.0), media_type="text/plain", extension="txt")
    page.gallery.filters.search.setText("nothing like it")
    page.gallery.show_pictures_with("camera", "exposure", 25.0, "25.0 ms")
    found(page, qtbot, "second", "first")
    assert page.gallery.filters.search.text() == ""
    assert page.gallery.filters.narrowings[0].words == "Exposure, Camera: 25.0 ms"
    assert page.gallery.filters.kind.currentText() == "Pictures"


def test_esc_closes_it_and_changes_nothing(page: ArchivePage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.gallery.filters.more_button, LEFT)
    page.gallery.more.session.setText("Tuesday")
    QTest.keyClick(page.gallery.more.session, Qt.Key.Key_Escape)
    assert not page.gallery.more.isVisible()
    assert page.gallery.filters.narrowings == ()


def test_a_pasted_sha256_finds_its_file(
    page: ArchivePage, archive: FakeArchive, qtbot: QtBot
) -> None:
    wanted = next(file for file in archive.files.values() if file.name == "second")
    page.gallery.filters.search.setText(wanted.sha256)
    found(page, qtbot, "second")


def test_every_filter_is_within_reach_in_a_small_window(page: ArchivePage, qtbot: QtBot) -> None:
    page.gallery.show_pictures_with("camera", "exposure", 25.0, "a value that is long " * 20)
    found(page, qtbot, "second", "first")
    assert page.size() == QSize(1264, 656)
    filters = page.gallery.filters
    for part in (
        filters.search,
        filters.thing,
        filters.state,
        filters.more_button,
        filters.clear_button,
        *filters.chips.buttons,
    ):
        assert part.isVisible()
        corner = part.mapTo(page, part.rect().bottomRight())
        assert page.rect().contains(corner)
        assert part.width() >= part.minimumSizeHint().width()
