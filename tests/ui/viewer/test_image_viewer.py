"""The viewer as the operator uses it: real clicks, drags and keys."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.handles import Picture
from ui.theme import Scheme, Theme
from ui.viewer import renderer
from ui.viewer.canvas import Canvas, Tool
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.levels import Levels
from ui.viewer.levels_bar import Handle
from ui.viewer.measuring import Rectangle
from ui.viewer.page import FileNote
from ui.viewer.pages import MOST_PINNED
from ui.viewer.renderer import Done, Order, carry_out

if TYPE_CHECKING:
    from tests.ui.viewer.conftest import Drag

LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, viewer: ImageViewer) -> QImage:
    """Wait until the newest order is on the screen."""
    qtbot.waitUntil(lambda: not viewer.area.busy and viewer.area.canvas.image is not None)
    image = viewer.area.canvas.image
    assert image is not None
    return image


def over(canvas: Canvas, x: float, y: float) -> QPoint:
    """Where a place of the picture is on the canvas."""
    ratio = canvas.devicePixelRatioF()
    across, down = canvas.view.to_screen(x, y)
    return QPointF(across / ratio, down / ratio).toPoint()


def read_out(qtbot: QtBot, viewer: ImageViewer, x: float, y: float, expected: str) -> None:
    """Point at a place of the picture and wait for the status line."""
    canvas = viewer.area.canvas
    qtbot.mouseMove(canvas, over(canvas, x, y))
    qtbot.waitUntil(lambda: expected in viewer.area.status.text)


def colour_at(viewer: ImageViewer, x: float, y: float) -> QColor:
    canvas = viewer.area.canvas
    return canvas.grab().toImage().pixelColor(over(canvas, x, y))


def levels_of(viewer: ImageViewer) -> Levels:
    levels = viewer.area.levels.bar.levels
    assert levels is not None
    return levels


def wheel(canvas: Canvas, place: QPoint, turned: int) -> None:
    event = QWheelEvent(
        QPointF(place),
        canvas.mapToGlobal(QPointF(place)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_an_empty_viewer_says_what_to_do(viewer: ImageViewer) -> None:
    assert viewer.current is None
    assert not viewer.area.strip.save.isEnabled()
    assert not viewer.area.levels.auto.isEnabled()
    assert viewer.header.title.text() == "Pictures"


def test_a_picture_is_shown_whole_with_levels_of_its_own(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)

    assert colour_at(viewer, 60, 100).lightness() < 60
    assert colour_at(viewer, 390, 100).lightness() > 230
    assert viewer.area.canvas.view.fitted
    assert "400 × 200, 16 bit" in viewer.area.status.text


def test_the_value_under_the_mouse_is_read_out(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, counts: NDArray[np.uint16]
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)

    value = f"{counts[100, 300]:,} counts"
    read_out(qtbot, viewer, 300.5, 100.5, f"x 300  y 100  {value}  150.0, 50.0 µm")


def test_saturated_pixels_are_marked_until_the_mark_is_switched_off(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    assert colour_at(viewer, 10, 10).hslSaturation() > 200
    assert "saturated" in viewer.area.levels.saturation

    qtbot.mouseClick(viewer.area.levels.mark, LEFT)

    qtbot.waitUntil(lambda: colour_at(viewer, 10, 10) == QColor("white"))


def test_levels_stay_where_they_were_put(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, counts: NDArray[np.uint16], drag: Drag
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    bar = viewer.area.levels.bar
    start = bar.handle_place(Handle.HIGH).toPoint()
    drag(bar, start, start + QPoint(0, 60))
    chosen = levels_of(viewer)
    assert chosen.high < 3500

    brighter = Picture(counts * np.uint16(4), 0.5, 65535)
    viewer.show_picture("camera", "Snap 2", brighter)
    shown(qtbot, viewer)

    assert levels_of(viewer) == chosen


def test_a_longer_exposure_is_brighter_on_the_screen(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, counts: NDArray[np.uint16]
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    before = colour_at(viewer, 150, 100).lightness()

    viewer.show_picture("camera", "Snap 2", Picture(counts * np.uint16(2), 0.5))

    qtbot.waitUntil(lambda: colour_at(viewer, 150, 100).lightness() > before + 50)


def test_automatic_levels_follow_each_picture_until_a_handle_is_moved(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, counts: NDArray[np.uint16], drag: Drag
) -> None:
    column = viewer.area.levels
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    qtbot.mouseClick(column.auto, LEFT)
    viewer.show_picture("camera", "Snap 2", Picture(counts * np.uint16(4), 0.5))
    qtbot.waitUntil(lambda: levels_of(viewer).high > 15_000)
    assert column.auto.isChecked()

    start = column.bar.handle_place(Handle.LOW).toPoint()
    drag(column.bar, start, start - QPoint(0, 40))

    qtbot.waitUntil(lambda: not column.auto.isChecked())
    assert levels_of(viewer).low > 100


def test_keys_move_a_level(qtbot: QtBot, viewer: ImageViewer, picture: Picture) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    bar = viewer.area.levels.bar
    before = levels_of(viewer)

    qtbot.keyClick(bar, Qt.Key.Key_Left)
    qtbot.keyClick(bar, Qt.Key.Key_Up)
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    qtbot.keyClick(bar, Qt.Key.Key_Down)

    assert levels_of(viewer).low > before.low
    assert levels_of(viewer).high < before.high


def test_locked_levels_hold_for_every_source(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, drag: Drag
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    locked = levels_of(viewer)
    qtbot.mouseClick(viewer.area.levels.lock, LEFT)

    viewer.show_picture("other", "Snap 1", Picture(np.full((50, 50), 60_000, np.uint16)))
    shown(qtbot, viewer)
    qtbot.waitUntil(lambda: levels_of(viewer) == locked)
    bar = viewer.area.levels.bar
    start = bar.handle_place(Handle.HIGH).toPoint()
    drag(bar, start, start + QPoint(0, 60))
    assert levels_of(viewer) == locked

    qtbot.mouseClick(viewer.area.levels.lock, LEFT)
    qtbot.waitUntil(lambda: levels_of(viewer) != locked)


def test_another_colour_map_colours_the_picture(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    combo = viewer.area.levels.colours
    combo.setFocus()

    qtbot.keyClick(combo, Qt.Key.Key_Down)
    qtbot.keyClick(combo, Qt.Key.Key_Down)

    assert combo.currentText() == "Inferno"
    qtbot.waitUntil(lambda: colour_at(viewer, 200, 100).hslSaturation() > 80)


def test_the_wheel_zooms_where_the_mouse_is(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    canvas = viewer.area.canvas
    place = over(canvas, 100, 50)
    before = canvas.view

    wheel(canvas, place, 240)

    assert canvas.view.zoom == 2 * before.zoom
    after = over(canvas, 100, 50)
    assert abs(after.x() - place.x()) <= 2
    assert abs(after.y() - place.y()) <= 2


def test_buttons_and_keys_zoom(qtbot: QtBot, viewer: ImageViewer, picture: Picture) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    canvas, strip = viewer.area.canvas, viewer.area.strip

    qtbot.mouseClick(strip.actual_size, LEFT)
    assert canvas.view.zoom == 1.0
    qtbot.mouseClick(strip.zoom_in, LEFT)
    assert canvas.view.zoom > 1.4
    qtbot.mouseClick(strip.fit, LEFT)
    assert canvas.view.fitted
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.view.zoom == 1.0
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.view.zoom < 1.0
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.view.fitted
    assert " %" in viewer.area.status.text


def test_dragging_pans(qtbot: QtBot, viewer: ImageViewer, picture: Picture, drag: Drag) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    canvas = viewer.area.canvas
    wheel(canvas, QPoint(300, 200), 480)
    before = over(canvas, 200, 100)

    drag(canvas, QPoint(300, 200), QPoint(340, 170))

    moved = over(canvas, 200, 100) - before
    assert abs(moved.x() - 40) <= 1
    assert abs(moved.y() + 30) <= 1


def test_the_next_picture_is_seen_at_the_same_place(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    wheel(viewer.area.canvas, QPoint(100, 100), 480)
    before = viewer.area.canvas.view

    viewer.show_picture("camera", "Snap 2", picture)
    shown(qtbot, viewer)

    assert viewer.area.canvas.view == before


def test_a_rectangle_shows_statistics_and_esc_takes_it_away(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, drag: Drag
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    canvas = viewer.area.canvas
    qtbot.mouseClick(viewer.area.strip.tool_button(Tool.RECTANGLE), LEFT)

    drag(canvas, over(canvas, 100, 50), over(canvas, 200, 150))

    assert isinstance(canvas.mark, Rectangle)
    qtbot.waitUntil(lambda: bool(viewer.area.statistics))
    lines = "\n".join(viewer.area.statistics)
    assert "mean 1,4" in lines or "mean 1,5" in lines
    assert " px" in lines

    drag(canvas, over(canvas, 150, 100), over(canvas, 160, 100))
    assert isinstance(canvas.mark, Rectangle)
    assert abs(canvas.mark.left - 110) < 2

    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.mark is None
    assert viewer.area.statistics == ()


def test_a_click_beside_the_rectangle_takes_it_away(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, drag: Drag
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    canvas = viewer.area.canvas
    qtbot.mouseClick(viewer.area.strip.tool_button(Tool.RECTANGLE), LEFT)
    drag(canvas, over(canvas, 100, 50), over(canvas, 200, 150))

    qtbot.mouseClick(canvas, LEFT, pos=over(canvas, 300, 100))

    assert canvas.mark is None


def test_a_line_shows_its_profile(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, drag: Drag
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    canvas = viewer.area.canvas
    qtbot.mouseClick(viewer.area.strip.tool_button(Tool.LINE), LEFT)

    drag(canvas, over(canvas, 50, 100), over(canvas, 350, 100))

    qtbot.waitUntil(viewer.area.profile.isVisible)
    # While the line is drawn the profile of each shorter one may come first.
    qtbot.waitUntil(lambda: len(viewer.area.profile.values) > 250)
    values = viewer.area.profile.values
    assert np.all(np.diff(values) >= 0)
    qtbot.mouseClick(viewer.area.strip.tool_button(Tool.PAN), LEFT)
    assert not viewer.area.profile.isVisible()


def test_a_stack_has_a_slider_and_starts_in_the_middle(
    qtbot: QtBot, viewer: ImageViewer, counts: NDArray[np.uint16]
) -> None:
    stack = np.stack([np.full_like(counts, 100 * plane) for plane in range(5)])
    viewer.show_picture("camera", "Stack 1", Picture(stack))
    shown(qtbot, viewer)
    assert viewer.area.planes.isVisible()
    assert viewer.area.planes.rows[-1].text == "Plane 3 of 5"

    qtbot.keyClick(viewer.area.planes.rows[-1].slider, Qt.Key.Key_Right)

    assert viewer.area.planes.rows[-1].text == "Plane 4 of 5"
    read_out(qtbot, viewer, 10.5, 10.5, "300 counts")
    viewer.show_picture("camera", "Snap 1", Picture(counts))
    assert not viewer.area.planes.isVisible()


def test_colour_and_float_pictures_are_shown(qtbot: QtBot, viewer: ImageViewer) -> None:
    red = np.zeros((40, 60, 3), np.uint8)
    red[..., 0] = 250
    viewer.show_picture("camera", "Colour 1", Picture(red))
    shown(qtbot, viewer)
    read_out(qtbot, viewer, 5.5, 5.5, "R 250  G 0  B 0")
    assert colour_at(viewer, 30, 20) == QColor(250, 0, 0)
    assert not viewer.area.levels.colours.isEnabled()

    heights = np.linspace(-1, 1, 2400, dtype=np.float32).reshape(40, 60)
    viewer.show_picture("profiler", "Map 1", Picture(heights))
    shown(qtbot, viewer)
    read_out(qtbot, viewer, 30.5, 0.5, "−0.97")
    assert "float" in viewer.area.status.text


def test_the_newest_picture_comes_to_the_front_in_one_tab_of_its_source(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    for number in range(30):
        viewer.show_picture("camera", f"Snap {number}", picture)
    viewer.show_picture("other", "Snap 1", picture)

    assert [page.title for page in viewer.pages] == ["Snap 29", "Snap 1"]
    assert viewer.current is viewer.pages[1]
    shown(qtbot, viewer)


def test_a_pinned_picture_stays_in_front_and_the_new_one_waits(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    qtbot.mouseClick(viewer.area.strip.pin, LEFT)

    viewer.show_picture("camera", "Snap 2", picture)

    assert viewer.current is not None
    assert viewer.current.title == "Snap 1"
    assert [page.title for page in viewer.pages] == ["Snap 1", "Snap 2"]
    qtbot.mouseClick(viewer.tabs, LEFT, pos=viewer.tabs.tab_place("camera").center())
    assert viewer.current.title == "Snap 2"
    shown(qtbot, viewer)


def test_what_was_asked_for_comes_over_a_pinned_picture(
    viewer: ImageViewer, picture: Picture, qtbot: QtBot
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    qtbot.mouseClick(viewer.area.strip.pin, LEFT)

    viewer.show_picture("camera", "Snap 2", picture, asked=True)

    assert viewer.current is not None
    assert viewer.current.title == "Snap 2"


def test_unpinning_lets_newer_pictures_take_the_tab(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    qtbot.mouseClick(viewer.area.strip.pin, LEFT)
    qtbot.mouseClick(viewer.area.strip.pin, LEFT)

    viewer.show_picture("camera", "Snap 2", picture)

    assert [page.title for page in viewer.pages] == ["Snap 2"]
    shown(qtbot, viewer)


def test_no_more_than_a_dozen_pictures_are_kept(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    for number in range(MOST_PINNED + 2):
        viewer.show_picture("camera", f"Snap {number}", picture, asked=True)
        qtbot.mouseClick(viewer.area.strip.pin, LEFT)

    assert sum(page.pinned for page in viewer.pages) == MOST_PINNED
    assert not viewer.area.strip.pin.isChecked()


def test_a_tab_is_closed_by_its_mark_or_the_middle_button(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    viewer.show_picture("a", "A 1", picture)
    viewer.show_picture("b", "B 1", picture)

    qtbot.mouseMove(viewer.tabs, viewer.tabs.tab_place("b").center())
    qtbot.mouseClick(viewer.tabs, LEFT, pos=viewer.tabs.close_place("b").center())
    assert [page.key for page in viewer.pages] == ["a"]
    qtbot.mouseClick(
        viewer.tabs, Qt.MouseButton.MiddleButton, pos=viewer.tabs.tab_place("a").center()
    )

    assert viewer.current is None
    assert viewer.area.canvas.image is None


def test_a_title_from_a_device_is_no_markup(viewer: ImageViewer, picture: Picture) -> None:
    viewer.show_picture("camera", "<b>R&D</b> 1", picture, tip="<img src=x>")

    assert viewer.tabs.tabText(0) == "<b>R&&D</b> 1"
    assert "<img" not in viewer.tabs.tabToolTip(0)


def test_a_picture_that_cannot_be_shown_is_said_and_can_be_saved(
    qtbot: QtBot, viewer: ImageViewer
) -> None:
    async def save(_target: Path) -> None:
        return None

    viewer.show_note("camera", "Snap 7", "Snap 7 cannot be shown: it is broken.", save=save)

    assert viewer.area.canvas.note == "Snap 7 cannot be shown: it is broken."
    assert viewer.area.strip.save.isEnabled()
    assert not viewer.area.strip.pin.isEnabled()


def test_files_are_listed_with_a_button_to_save_each(
    qtbot: QtBot, viewer: ImageViewer, tmp_path: Path
) -> None:
    written: list[Path] = []

    async def save(target: Path) -> None:
        written.append(target)

    files = [FileNote("a.csv", "text/csv", 4800, save), FileNote("b.npz", "", None, save)]
    viewer.show_files("spectrometer", "Spectrum 1", files)
    assert viewer.area.files.isVisible()
    assert not viewer.area.canvas.isVisible()

    qtbot.mouseClick(viewer.area.files.save_buttons[0], LEFT)
    dialog = viewer.saving.dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "a.csv"))
    dialog.reject()

    qtbot.waitUntil(lambda: written == [tmp_path / "a.csv"])


def test_pixels_are_saved_as_they_were_measured(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, tmp_path: Path
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    qtbot.mouseClick(viewer.area.strip.save, LEFT)
    dialog = viewer.saving.dialog
    assert dialog is not None
    target = tmp_path / "snap.tif"

    with qtbot.waitSignal(viewer.saving.saved, timeout=10_000):
        dialog.fileSelected.emit(str(target))
    dialog.reject()

    assert np.array_equal(tifffile.imread(target), picture.array)


def test_what_could_not_be_saved_is_said(
    qtbot: QtBot,
    viewer: ImageViewer,
    picture: Picture,
    tmp_path: Path,
    reports: list[tuple[str, Exception]],
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    qtbot.mouseClick(viewer.area.strip.save, LEFT)
    dialog = viewer.saving.dialog
    assert dialog is not None

    with qtbot.waitSignal(viewer.saving.failed, timeout=10_000):
        dialog.fileSelected.emit(str(tmp_path / "snap.xyz"))
    dialog.reject()

    assert "snap.xyz was not saved" in viewer.area.canvas.note
    qtbot.waitUntil(lambda: len(reports) == 1)
    reports.clear()


def test_where_room_is_short_the_zoom_buttons_go(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture
) -> None:
    strip = viewer.area.strip
    assert strip.zoom_in.isVisible()

    viewer.resize(700, 400)

    qtbot.waitUntil(lambda: not strip.zoom_in.isVisible())
    assert strip.fit.isVisible()
    assert strip.save.geometry().bottom() <= strip.height()


def test_both_schemes_paint(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, theme: Theme
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    light = viewer.grab().toImage().pixelColor(5, 200).lightness()

    theme.choose(Scheme.DARK)

    assert viewer.grab().toImage().pixelColor(5, 200).lightness() < light


def test_slots_do_not_wait_for_what_is_computed(
    qtbot: QtBot, viewer: ImageViewer, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer.show_picture("camera", "Snap 1", picture)
    shown(qtbot, viewer)
    canvas = viewer.area.canvas
    may_go_on = threading.Event()
    workers: list[int] = []

    def held(order: Order) -> Done:
        workers.append(threading.get_ident())
        assert may_go_on.wait(60)
        return carry_out(order)

    monkeypatch.setattr(renderer, "carry_out", held)
    # Each of these comes back although nothing can be computed before the event is set.
    viewer.show_picture("camera", "Snap 2", Picture(picture.array.copy(), 0.3, 4095))
    canvas.zoom_closer()
    canvas.zoom_to_fit()
    canvas.set_tool(Tool.LINE)
    may_go_on.set()

    qtbot.waitUntil(lambda: bool(workers))
    assert threading.get_ident() not in workers
