"""The archive of a bench in another process, in a window attached to it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.client import connect
from app.client.session import RemoteSession
from app.settings import read_settings
from things.events import ThingState
from ui.archive.choosing import ArchivedFileChooser
from ui.composition import Composition
from ui.editors.blob import BlobEditor

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PATIENCE_MS = 60_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def kept(conformance: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What is in the archive of a bench in a process of its own: two pictures, and a text."""
    folder, contents = tmp_path_factory.mktemp("kept"), {}
    with connect(conformance) as bench:
        for name, edge in (("dark", 8), ("flat", 40)):
            picture = io.BytesIO()
            Image.effect_noise((edge, edge), 50).save(picture, "PNG")
            (folder / f"{name}.png").write_bytes(picture.getvalue())
            bench.archive.put(folder / f"{name}.png")
            contents[name] = picture.getvalue()
        (folder / "words.txt").write_text("hello")
        bench.archive.put(folder / "words.txt")
    return contents


@pytest.fixture
def composed(
    conformance: str,
    kept: dict[str, bytes],
    qapp: QApplication,
    qloop: asyncio.AbstractEventLoop,
    qtbot: QtBot,
    tmp_path: Path,
) -> Iterator[Composition]:
    made = Composition(
        qapp, RemoteSession(conformance, read_settings(data_folder=tmp_path / "window"))
    )
    made.window.resize(1280, 720)
    made.window.show()
    made.start()
    things = made.session.handle.things
    qtbot.waitUntil(
        lambda: all(each.state is ThingState.READY for each in things.values()),
        timeout=PATIENCE_MS,
    )
    yield made
    closing = qloop.create_task(made.close())
    qtbot.waitUntil(closing.done, timeout=PATIENCE_MS)
    closing.result()
    made.window.hide()
    made.window.deleteLater()


def test_a_file_of_the_archive_over_there_is_the_input_of_an_action(
    composed: Composition, kept: dict[str, bytes], qtbot: QtBot
) -> None:
    composed.panels.show_action("demo", "measure_blob")
    row = composed.panels.panel("demo").action("measure_blob")
    qtbot.waitUntil(lambda: bool(row.findChildren(BlobEditor)), timeout=PATIENCE_MS)
    (editor,) = row.findChildren(BlobEditor)
    menu = editor.menu()
    (entry,) = [each for each in menu.actions() if each.text() == "A file of the archive…"]
    entry.trigger()
    menu.deleteLater()
    (dialog,) = composed.window.findChildren(ArchivedFileChooser)
    qtbot.waitUntil(lambda: dialog.model.total == 2, timeout=PATIENCE_MS)  # no text

    QTest.keyClicks(dialog.search, "flat")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1, timeout=PATIENCE_MS)
    thumbnails = dialog.grid._tile._thumbnails
    file = dialog.model.files[0]
    qtbot.waitUntil(lambda: thumbnails.picture(file) is not None, timeout=PATIENCE_MS)
    dialog.grid.select_only(file.id)
    qtbot.mouseClick(dialog.choose_button, LEFT)
    assert editor.label.text() == "flat.png"

    qtbot.mouseClick(row.run_button, LEFT)

    def answered() -> bool:
        runs = composed.session.handle.invocations()
        return any(run.action == "measure_blob" and run.status.ended for run in runs)

    qtbot.waitUntil(answered, timeout=PATIENCE_MS)
    (run,) = [
        each for each in composed.session.handle.invocations() if each.action == "measure_blob"
    ]
    assert run.error is None
    assert run.output == len(kept["flat"])


def test_a_file_over_there_is_fetched_when_it_is_taken_elsewhere_and_no_sooner(
    composed: Composition, kept: dict[str, bytes], qtbot: QtBot
) -> None:
    page = composed.archive_page
    assert page is not None
    composed.window.pages.show_archive()
    qtbot.waitUntil(lambda: (page.model.total or 0) >= 3, timeout=PATIENCE_MS)
    (file,) = [each for each in page.model.files if each.name == "dark"]
    page.gallery.show_file(file.id)
    assert page.copies.folder is None

    with qtbot.waitSignal(page.said, timeout=PATIENCE_MS):
        QTest.keyClick(page.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    (address,) = QGuiApplication.clipboard().mimeData().urls()
    copied = Path(address.toLocalFile())
    assert copied.name == "dark.png"
    assert Image.open(copied).tobytes() == Image.open(io.BytesIO(kept["dark"])).tobytes()


def test_an_output_over_there_is_kept_under_the_name_that_was_shown(
    composed: Composition, qtbot: QtBot, qloop: asyncio.AbstractEventLoop
) -> None:
    demo = composed.session.handle.things["demo"]
    started = qloop.create_task(demo.invoke("snap"))
    keeping = composed.keeping
    qtbot.waitUntil(keeping.as_button.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(keeping.as_button, LEFT)
    popover = keeping.popover
    assert popover is not None
    qtbot.waitUntil(lambda: bool(popover.name.text()), timeout=PATIENCE_MS)
    popover.sample.setText("leek")
    popover.sample.textEdited.emit("leek")
    qtbot.waitUntil(lambda: "leek" in popover.name.text(), timeout=PATIENCE_MS)
    shown = popover.name.text()
    qtbot.mouseClick(popover.keep_button, LEFT)
    qtbot.waitUntil(lambda: keeping.button.text() == "Kept", timeout=PATIENCE_MS)
    archive = composed.session.handle.archive
    assert archive is not None
    found = qloop.create_task(archive.kept(started.result().id))
    qtbot.waitUntil(found.done, timeout=PATIENCE_MS)
    (id,) = found.result().values()
    got = qloop.create_task(archive.get(id))
    qtbot.waitUntil(got.done, timeout=PATIENCE_MS)
    assert (got.result().name, got.result().provenance.stamp.sample) == (shown, "leek")
