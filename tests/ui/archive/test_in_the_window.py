"""Keeping and finding again in the whole window, over the demo bench and its real archive."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu

from app.archive.errors import ArchiveDamagedError
from app.bench_file import read_bench_file
from app.handles import InvocationSnapshot, InvocationStatus
from app.program import Program
from app.settings import read_settings
from resources import resource
from things.events import ThingState
from ui.archive.page import ArchivePage
from ui.composition import Composition

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path
    from uuid import UUID

    from pytestqt.qtbot import QtBot

    from tests.ui.conftest import RunCoroutine

PATIENCE_MS = 60_000
LEFT = Qt.MouseButton.LeftButton
T = TypeVar("T")


@pytest.fixture
def composed(
    qapp: QApplication, qloop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path
) -> Iterator[Composition]:
    settings = read_settings(port=0, data_folder=tmp_path)
    made = Composition(
        qapp, Program(read_bench_file(resource("benches/demo.toml")), settings), welcome=False
    )
    made.window.resize(1440, 900)
    made.window.show()
    made.start()
    things = made.session.handle.things
    qtbot.waitUntil(
        lambda: all(each.state is ThingState.READY for each in things.values()),
        timeout=PATIENCE_MS,
    )
    yield made
    task = qloop.create_task(made.close())
    qtbot.waitUntil(task.done, timeout=PATIENCE_MS)
    task.result()
    made.window.hide()
    made.window.deleteLater()


@pytest.fixture
def run(qloop: asyncio.AbstractEventLoop, qtbot: QtBot) -> RunCoroutine:
    """As elsewhere, with the patience that whole pictures need."""

    def to_its_end(coroutine: Coroutine[Any, Any, T]) -> T:
        task = qloop.create_task(coroutine)
        qtbot.waitUntil(task.done, timeout=PATIENCE_MS)
        return task.result()

    return to_its_end


def page_of(composed: Composition) -> ArchivePage:
    page = composed.archive_page
    assert page is not None
    return page


def shown_file(composed: Composition) -> UUID | None:
    current = composed.viewer.current
    return None if current is None else current.archived


def as_it_is(composed: Composition, run: UUID) -> InvocationSnapshot:
    return next(each for each in composed.session.handle.invocations() if each.id == run)


async def snap(composed: Composition, exposure_ms: float) -> InvocationSnapshot:
    """Take a picture as the window does, and wait for it."""
    camera = composed.session.handle.things["camera"]
    await camera.write("exposure", exposure_ms)
    started = await camera.invoke("snap")
    while True:
        found = as_it_is(composed, started.id)
        if found.status.ended:
            assert found.status is InvocationStatus.COMPLETED
            return found
        await asyncio.sleep(0.005)


async def keep_pictures(composed: Composition, count: int) -> None:
    archive = composed.session.handle.archive
    assert archive is not None
    for number in range(count):
        run = await snap(composed, 10.0 + number % 80)
        await archive.keep(run.id)


def test_keep_says_that_it_is_kept_and_leads_to_the_archive_and_back(
    composed: Composition, qtbot: QtBot, run: RunCoroutine
) -> None:
    window, button, page = composed.window, composed.keeping.button, page_of(composed)
    assert button.isHidden()
    run(snap(composed, 30.0))
    qtbot.waitUntil(button.isVisible, timeout=PATIENCE_MS)
    assert button.text() == "Keep"

    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: button.text() == "Kept", timeout=PATIENCE_MS)
    before = [(dock.isVisible(), dock.geometry()) for dock in docks(composed)]
    qtbot.mouseClick(button, LEFT)
    assert window.pages.archive_shown
    assert window.top_bar.pages.choice == "archive"
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=PATIENCE_MS)
    assert not any(dock.isVisible() for dock in docks(composed))
    page.grid.select_only(page.model.files[0].id)
    qtbot.waitUntil(page.details.made_button.isEnabled, timeout=PATIENCE_MS)

    qtbot.mouseClick(page.details.made_button, LEFT)
    assert not window.pages.archive_shown
    qtbot.waitUntil(
        lambda: [(dock.isVisible(), dock.geometry()) for dock in docks(composed)] == before,
        timeout=PATIENCE_MS,
    )
    current = composed.viewer
    qtbot.waitUntil(
        lambda: current.current is not None and current.current.archived is not None,
        timeout=PATIENCE_MS,
    )
    assert button.text() == "Kept"
    assert current.area.made.isVisible()
    made = current.current.made_by
    assert made is not None
    assert [blob.kept for blob in made.blobs] == [current.current.archived]


def test_the_next_picture_is_not_said_to_be_kept_because_the_one_before_was(
    composed: Composition, qtbot: QtBot, run: RunCoroutine
) -> None:
    keeping, viewer = composed.keeping, composed.viewer
    run(snap(composed, 30.0))
    qtbot.waitUntil(keeping.button.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(keeping.button, LEFT)
    qtbot.waitUntil(lambda: keeping.button.text() == "Kept", timeout=PATIENCE_MS)
    assert not keeping.as_button.isVisible()

    second = run(snap(composed, 40.0))

    def shown() -> bool:
        made = viewer.current.made_by if viewer.current is not None else None
        return made is not None and made.id == second.id

    qtbot.waitUntil(shown, timeout=PATIENCE_MS)
    assert keeping.button.text() == "Keep"
    qtbot.mouseClick(keeping.as_button, LEFT)
    popover = keeping.popover
    assert popover is not None
    qtbot.waitUntil(lambda: popover.name.text().endswith("-snap-002"), timeout=PATIENCE_MS)
    popover.tags.setText("good")
    qtbot.mouseClick(popover.keep_button, LEFT)
    qtbot.waitUntil(lambda: keeping.button.text() == "Kept", timeout=PATIENCE_MS)
    archive = composed.session.handle.archive
    assert archive is not None
    assert run(archive.tags()) == {"good": 1}


def test_into_the_trash_it_is_not_kept_any_more(
    composed: Composition, qtbot: QtBot, run: RunCoroutine
) -> None:
    button = composed.keeping.button
    archive = composed.session.handle.archive
    assert archive is not None
    made = run(snap(composed, 30.0))
    file = run(archive.keep(made.id))
    qtbot.waitUntil(lambda: button.isVisible() and button.text() == "Kept", timeout=PATIENCE_MS)
    run(archive.trash(file.id))
    qtbot.waitUntil(lambda: button.text() == "Keep", timeout=PATIENCE_MS)

    # Neither is a tab that was opened from the archive, before or after.
    viewer, page = composed.viewer, page_of(composed)
    page.opened.emit([run(archive.restore(file.id))])
    qtbot.waitUntil(lambda: shown_file(composed) == file.id, timeout=PATIENCE_MS)
    assert button.text() == "Kept"
    run(archive.trash(file.id))
    qtbot.waitUntil(button.isHidden, timeout=PATIENCE_MS)
    run(archive.restore(file.id))
    qtbot.waitUntil(button.isVisible, timeout=PATIENCE_MS)
    trashed = run(archive.trash(file.id))
    opened = f"archive {file.id}"
    viewer.close_page(opened)
    assert all(each.key != opened for each in viewer.pages)
    page.made_asked.emit(trashed)
    qtbot.waitUntil(
        lambda: viewer.current is not None and viewer.current.key == opened, timeout=PATIENCE_MS
    )
    assert shown_file(composed) is None
    assert button.isHidden()


def test_damage_that_is_found_by_opening_is_seen_on_the_tile_too(
    composed: Composition, qtbot: QtBot, run: RunCoroutine, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, page = composed.session.handle.archive, page_of(composed)
    assert archive is not None
    file = run(archive.keep(run(snap(composed, 30.0)).id))

    async def read(_id: UUID) -> bytes:
        raise ArchiveDamagedError(file.sha256, "it is gone from the disk")

    thumbnails = page.gallery.thumbnails
    with monkeypatch.context() as patched:
        patched.setattr(archive, "read", read)
        page.opened.emit([file])
        qtbot.waitUntil(lambda: thumbnails.damaged(file), timeout=PATIENCE_MS)
    page.opened.emit([file])
    qtbot.waitUntil(lambda: not thumbnails.damaged(file), timeout=PATIENCE_MS)


def test_the_menu_of_a_run_keeps_what_it_gave(
    composed: Composition, qtbot: QtBot, run: RunCoroutine
) -> None:
    made = run(snap(composed, 30.0))
    menu = composed.window.activity.menu_for(made)
    (keep,) = [action for action in menu.actions() if action.text() == "Keep in the archive"]
    keep.trigger()
    qtbot.waitUntil(lambda: composed.keeping.button.text() == "Kept", timeout=PATIENCE_MS)
    (again,) = [
        action
        for action in composed.window.activity.menu_for(as_it_is(composed, made.id)).actions()
        if action.text() == "Kept in the archive"
    ]
    assert not again.isEnabled()
    menu.deleteLater()


def test_the_menu_of_a_field_leads_to_the_pictures_of_its_thing(
    composed: Composition, qtbot: QtBot, run: RunCoroutine
) -> None:
    run(keep_pictures(composed, 1))
    page = page_of(composed)
    composed.panels.show_thing("camera")
    row = composed.panels.panel("camera").field("exposure")
    menu = QMenu()
    (pictures,) = [
        action
        for action in row._menu_actions(menu)
        if action.text() == "Kept pictures of this Thing"
    ]
    pictures.trigger()
    assert composed.window.pages.archive_shown
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=PATIENCE_MS)
    assert page.model.query.thing == "camera"
    menu.deleteLater()


def test_from_a_setting_to_the_pictures_that_were_made_with_it(
    composed: Composition, qtbot: QtBot, run: RunCoroutine
) -> None:
    run(keep_pictures(composed, 3))  # with 10, 11 and 12 ms
    page = page_of(composed)
    composed.panels.show_thing("camera")
    row = composed.panels.panel("camera").field("exposure")
    menu = QMenu()
    alike = "Kept pictures with 12.0 ms"
    (pictures,) = [action for action in row._menu_actions(menu) if action.text() == alike]
    pictures.trigger()
    assert composed.window.pages.archive_shown
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=PATIENCE_MS)
    archive = composed.session.handle.archive
    assert archive is not None
    whole = run(archive.get(page.model.files[0].id))
    assert whole.provenance.settings["camera"]["exposure"].value == 12.0
    menu.deleteLater()


def docks(composed: Composition) -> list[QDockWidget]:
    window = composed.window
    return [window.bench_dock, window.panels_dock, window.activity_dock]


def put_settings_back(composed: Composition, qtbot: QtBot, run: RunCoroutine, place: int) -> None:
    """Pick one picture, change the camera, put its settings back: nothing differs then."""
    page, camera = page_of(composed), composed.session.handle.things["camera"]
    archive = composed.session.handle.archive
    assert archive is not None
    composed.window.pages.show_archive()
    qtbot.waitUntil(lambda: page.model.total is not None, timeout=PATIENCE_MS)
    while place >= page.model.rowCount():
        page.grid.scrollToBottom()
        qtbot.waitUntil(lambda: not page.model.asking, timeout=PATIENCE_MS)
    file = page.model.files[place]
    whole = run(archive.get(file.id))
    then = whole.provenance.settings["camera"]["exposure"].value
    run(camera.write("exposure", 99.0))
    run(camera.write("gain", 7.0))

    page.grid.select_only(file.id)
    qtbot.mouseClick(page.details.restore_button, LEFT)
    dialog = page.restoring
    assert dialog is not None
    qtbot.waitUntil(lambda: ("camera", "gain") in dialog.boxes, timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.restore_button, LEFT)
    qtbot.waitUntil(lambda: "Nothing differs" in dialog.status.text(), timeout=PATIENCE_MS)
    assert run(camera.read("exposure")).value == then != 99.0
    assert run(archive.difference(file.id)) == []
    dialog.close()


def test_of_the_pictures_one_is_picked_and_its_settings_are_put_back(
    composed: Composition, qtbot: QtBot, run: RunCoroutine
) -> None:
    run(keep_pictures(composed, 6))
    put_settings_back(composed, qtbot, run, 3)


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_of_a_thousand_pictures_one_is_picked_and_its_settings_are_put_back(
    composed: Composition, qtbot: QtBot, qloop: asyncio.AbstractEventLoop, run: RunCoroutine
) -> None:
    kept = qloop.create_task(keep_pictures(composed, 1000))
    qtbot.waitUntil(kept.done, timeout=2_400_000)
    kept.result()
    put_settings_back(composed, qtbot, run, 700)
    assert page_of(composed).model.total == 1000
