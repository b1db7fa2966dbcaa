"""What is seen can be copied as a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from app.handles import Picture
from ui.viewer.colour_maps import GREY
from ui.viewer.copying import MOST_PIXELS, as_shown
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.levels import Levels
from ui.viewer.rendering import Colouring


def test_the_whole_picture_is_copied_with_its_levels(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    viewer.show_picture("camera", "Snap 1", picture)
    qtbot.waitUntil(lambda: viewer.area.canvas.image is not None)

    qtbot.keyClick(viewer.area.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: not clipboard.image().isNull())
    image = clipboard.image()
    assert (image.width(), image.height()) == (400, 200)
    assert image.pixelColor(60, 100).lightness() < image.pixelColor(390, 100).lightness()
    assert image.pixelColor(5, 5) != QColor("white")  # saturated, and marked


def test_the_menu_copies_saves_and_closes(viewer: ImageViewer, picture: Picture) -> None:
    copy, save, close = viewer.menu().actions()
    assert not any(action.isEnabled() for action in (copy, save, close))

    for number in range(3):
        viewer.show_picture(f"camera{number}", "Snap", picture, asked=True)
    copy, save, close = viewer.menu().actions()
    assert copy.isEnabled()
    assert save.isEnabled()
    close.trigger()

    assert [page.key for page in viewer.pages] == ["camera2"]


def test_a_picture_too_large_for_other_programs_is_reduced() -> None:
    plane = np.zeros((7000, MOST_PIXELS // 7000 + 7000), np.uint8)

    image = as_shown(plane, Colouring(Levels(0, 255), GREY))

    assert image.height() == 3500
