"""Several pictures beside each other: what is clicked comes to the front with its tools."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.handles import Picture
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.page import FileNote
from ui.viewer.tile import Tile
from ui.viewer.tile_grid import MOST_TILES, columns_for
from ui.viewer.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import FakeThing
    from tests.ui.viewer.conftest import MakeFrame

LEFT = Qt.MouseButton.LeftButton


def picture(value: int, width: int = 400, height: int = 300) -> Picture:
    plane = np.full((height, width), value, np.uint16)
    plane[: height // 2] = 10
    return Picture(plane, 0.5, 4095)


def filled(viewer: ImageViewer, count: int) -> None:
    """So many sources with a picture each; the first is in front."""
    for number in range(count):
        title = f"Camera {number}"
        viewer.show_picture(f"camera{number}", title, picture(100 * number + 100), asked=True)
    viewer.choose_page("camera0")


def tile(viewer: ImageViewer, key: str) -> Tile:
    return viewer.area.tiles.tiles[key]


def settled(qtbot: QtBot, viewer: ImageViewer) -> None:
    """Wait until every picture is drawn."""
    tiles = viewer.area.tiles.tiles.values
    qtbot.waitUntil(
        lambda: (
            not viewer.area.busy
            and viewer.area.canvas.image is not None
            and all(one.canvas.image is not None and not one.busy for one in tiles())
        )
    )


def test_all_pictures_are_seen_at_once(qtbot: QtBot, viewer: ImageViewer) -> None:
    filled(viewer, 4)
    assert viewer.area.tiles.tiles == {}
    assert not viewer.link_button.isVisible()

    qtbot.mouseClick(viewer.tile_button, LEFT)

    assert list(viewer.area.tiles.tiles) == ["camera1", "camera2", "camera3"]
    settled(qtbot, viewer)
    sizes = {one.canvas.size() for one in viewer.area.tiles.tiles.values()}
    assert len(sizes) == 1
    assert abs(viewer.area.canvas.width() - sizes.pop().width()) <= 2

    qtbot.mouseClick(viewer.tile_button, LEFT)
    assert viewer.area.tiles.tiles == {}


def test_a_click_brings_a_tile_to_the_front_with_the_tools(
    qtbot: QtBot, viewer: ImageViewer
) -> None:
    filled(viewer, 3)
    viewer.set_tiled(True)
    settled(qtbot, viewer)

    qtbot.mouseClick(tile(viewer, "camera2").canvas, LEFT)

    qtbot.waitUntil(lambda: viewer.current is not None and viewer.current.key == "camera2")
    assert set(viewer.area.tiles.tiles) == {"camera0", "camera1"}
    assert viewer.area.tiles.title.text == "Camera 2"
    settled(qtbot, viewer)
    assert viewer.area.levels.bar.levels is not None


def test_a_tile_is_chosen_by_the_keyboard(qtbot: QtBot, viewer: ImageViewer) -> None:
    filled(viewer, 2)
    viewer.set_tiled(True)

    qtbot.keyClick(tile(viewer, "camera1").canvas, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: viewer.current is not None and viewer.current.key == "camera1")


def test_linked_tiles_show_the_same_part(qtbot: QtBot, viewer: ImageViewer) -> None:
    filled(viewer, 3)
    viewer.show_picture("large", "Scan", picture(50, 800, 600), asked=True)
    viewer.choose_page("camera0")
    viewer.set_tiled(True)
    settled(qtbot, viewer)
    qtbot.mouseClick(viewer.link_button, LEFT)

    viewer.area.canvas.zoom_to_actual_size()
    qtbot.keyClick(viewer.area.canvas, Qt.Key.Key_Right)

    view = viewer.area.canvas.view
    for key in ("camera1", "camera2"):
        assert tile(viewer, key).canvas.view.zoom == pytest.approx(view.zoom, rel=0.02)
        assert tile(viewer, key).canvas.view.centre_x == view.centre_x
    assert tile(viewer, "large").canvas.view.centre_x == 2 * view.centre_x

    tile(viewer, "camera1").canvas.zoom_to_fit()

    assert viewer.area.canvas.view.fitted
    assert tile(viewer, "camera2").canvas.view.fitted


def test_tiles_that_are_not_linked_are_zoomed_alone(qtbot: QtBot, viewer: ImageViewer) -> None:
    filled(viewer, 2)
    viewer.set_tiled(True)
    settled(qtbot, viewer)

    tile(viewer, "camera1").canvas.zoom_closer()

    assert viewer.area.canvas.view.fitted
    assert not tile(viewer, "camera1").canvas.view.fitted


def test_levels_that_are_locked_hold_for_every_tile(qtbot: QtBot, viewer: ImageViewer) -> None:
    filled(viewer, 2)
    viewer.set_tiled(True)
    settled(qtbot, viewer)
    before = tile(viewer, "camera1").canvas.image

    qtbot.mouseClick(viewer.area.levels.lock, LEFT)

    qtbot.waitUntil(lambda: tile(viewer, "camera1").canvas.image is not before)
    image = tile(viewer, "camera1").canvas.image
    assert image is not None
    # 200 counts are as bright as the 100 of the picture whose levels are locked.
    assert image.pixelColor(image.width() // 2, image.height() - 5).lightness() == 255


def test_what_arrives_beside_the_front_does_not_take_its_place(
    qtbot: QtBot, viewer: ImageViewer
) -> None:
    filled(viewer, 2)
    viewer.set_tiled(True)
    settled(qtbot, viewer)
    before = tile(viewer, "camera1").canvas.image

    viewer.show_picture("camera1", "Camera 1, next", picture(700))

    assert viewer.current is not None
    assert viewer.current.key == "camera0"
    assert tile(viewer, "camera1").title.text == "Camera 1, next"
    qtbot.waitUntil(lambda: tile(viewer, "camera1").canvas.image is not before)


def test_a_closed_tab_leaves_the_grid(viewer: ImageViewer) -> None:
    filled(viewer, 3)
    viewer.set_tiled(True)

    viewer.close_page("camera1")

    assert list(viewer.area.tiles.tiles) == ["camera2"]


def test_of_many_tabs_the_front_is_always_among_the_tiles(viewer: ImageViewer) -> None:
    filled(viewer, MOST_TILES + 3)
    viewer.set_tiled(True)
    assert len(viewer.area.tiles.tiles) == MOST_TILES - 1

    viewer.choose_page(f"camera{MOST_TILES + 2}")

    assert len(viewer.area.tiles.tiles) == MOST_TILES - 1
    assert "camera0" not in viewer.area.tiles.tiles


def test_files_have_a_tile_that_names_them(viewer: ImageViewer) -> None:
    async def save(_to: Path) -> None:
        """Nothing is saved here."""

    filled(viewer, 1)
    viewer.show_files("spectrometer", "Spectrum 1", [FileNote("s.csv", "text/csv", 5, save)])
    viewer.choose_page("camera0")
    viewer.set_tiled(True)

    assert tile(viewer, "spectrometer files").canvas.note == "s.csv"


def test_every_live_tile_is_live(
    qtbot: QtBot, viewer: ImageViewer, camera: FakeThing, make_frame: MakeFrame
) -> None:
    filled(viewer, 1)
    viewer.open_live("camera/live", "Camera, live", camera, "live")
    viewer.choose_page("camera0")
    assert camera.sources["live"].closed

    viewer.set_tiled(True)
    source = camera.sources["live"]
    assert not source.closed
    source.give(make_frame(np.full((30, 40), 7, np.uint16)))

    live = tile(viewer, "camera/live")
    qtbot.waitUntil(lambda: live.canvas.image is not None)
    source.give(make_frame(np.full((30, 40), 9, np.uint16)))
    qtbot.waitUntil(lambda: live.page.pixels is not None and live.page.pixels[0, 0] == 9)

    viewer.set_tiled(False)
    assert source.closed


@pytest.mark.parametrize(
    ("count", "width", "height", "columns"),
    [(1, 900, 600, 1), (2, 900, 400, 2), (2, 300, 900, 1), (4, 900, 600, 2), (6, 900, 600, 3)],
)
def test_tiles_are_as_large_as_they_can_be(
    count: int, width: int, height: int, columns: int
) -> None:
    assert columns_for(count, width, height) == columns


def test_a_view_is_followed_in_proportion() -> None:
    mine = View(300, 200, 800, 600).fit()
    other = View(600, 400, 400, 300, 2.0, 100.0, 75.0, fitted=False)

    alike = mine.alike(other)

    assert (alike.zoom, alike.centre_x, alike.centre_y) == (0.5, 200.0, 150.0)
    assert mine.alike(other.fit()) == mine


def test_tiles_leave_nothing_behind(qtbot: QtBot, viewer: ImageViewer) -> None:
    filled(viewer, 5)
    viewer.set_tiled(True)
    viewer.set_tiled(False)
    QApplication.processEvents()

    def widgets() -> int:
        # What is deleted later is gone once the loop has come round.
        QApplication.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
        return len(viewer.findChildren(QWidget))

    before = widgets()
    for _ in range(50):
        viewer.set_tiled(True)
        viewer.set_tiled(False)

    deadline = time.monotonic() + 10
    while widgets() != before and time.monotonic() < deadline:
        qtbot.wait(1)
    assert widgets() == before
