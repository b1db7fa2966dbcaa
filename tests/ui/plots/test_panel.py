"""The plot with real clicks, keys and wheels."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from things.events import ThingState
from ui.palette import CommandPalette
from ui.plots import drawing
from ui.plots.canvas import PlotCanvas
from ui.plots.panel import PlotPanel
from ui.plots.plottable import SeriesKey
from ui.plots.time_window import ALL
from ui.theme import DARK, LIGHT, Scheme, Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeThing

LEFT = Qt.MouseButton.LeftButton
PRESSURE, TARGET, FLOW = (SeriesKey("rig", each) for each in ("pressure", "target", "flow"))


def wheel(canvas: PlotCanvas, place: QPoint, notches: int) -> None:
    """Turn the wheel over a place; up zooms in."""
    event = QWheelEvent(
        QPointF(place),
        QPointF(canvas.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def shown(panel: PlotPanel, qtbot: QtBot) -> PlotCanvas:
    """The canvas, drawn with what is plotted now."""
    canvas = panel.canvas
    before = canvas.drawn
    canvas.redraw()
    qtbot.waitUntil(lambda: canvas.drawn > before)
    return canvas


def colours_in(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
    }


def finder_of(panel: PlotPanel) -> CommandPalette:
    finder = panel.finder
    assert finder is not None
    return finder


def test_empty_it_tells_how_to_begin_and_a_click_lists_what_there_is(
    panel: PlotPanel, qtbot: QtBot
) -> None:
    assert not panel.canvas.isVisible()
    assert panel.empty_button.isVisible()
    assert not panel.spans.isVisible()

    qtbot.mouseClick(panel.empty_button, LEFT)
    finder = finder_of(panel)
    assert finder.isVisible()
    qtbot.keyClicks(finder.line, "rig position")
    assert [entry.title for entry in finder.found] == ["Rig: Position x", "Rig: Position y"]
    qtbot.keyClick(finder.line, Qt.Key.Key_Down)
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)

    assert not finder.isVisible()
    assert panel.model.keys == [SeriesKey("rig", "position", ("y",))]
    assert panel.canvas.isVisible()
    assert panel.header.title.text() == "Rig"


def test_values_arrive_in_legend_and_lines(panel: PlotPanel, rig: FakeThing, qtbot: QtBot) -> None:
    panel.plot([PRESSURE, TARGET])
    rig.change("pressure", 990.5)
    entry = panel.legend.entry(PRESSURE)
    qtbot.waitUntil(lambda: entry.text() == "990.5 mbar")
    assert entry.accessibleName() == "Rig: Pressure: 990.5 mbar"

    picture = shown(panel, qtbot).picture
    assert picture is not None
    assert [line.series.key for line in picture.lines] == [PRESSURE, TARGET]
    assert picture.lines[0].trace.values[-1] == 990.5
    assert panel.canvas.accessibleDescription() == "Rig: Pressure, Rig: Target"


def test_it_is_drawn_again_by_itself_but_never_while_it_is_out_of_sight(
    panel: PlotPanel, rig: FakeThing, qtbot: QtBot
) -> None:
    panel.plot([TARGET])
    canvas = panel.canvas
    before = canvas.drawn
    qtbot.waitUntil(lambda: canvas.drawn > before + 1)

    panel.hide()
    before, heard = canvas.drawn, panel.model.version
    rig.change("target", 5.0)
    qtbot.waitUntil(lambda: panel.model.version > heard)
    assert not canvas._beat.isActive()
    QApplication.processEvents()
    assert canvas.drawn == before
    panel.show()
    qtbot.waitUntil(lambda: canvas.drawn > before)


def test_it_rests_longer_than_it_draws_and_never_less_than_a_twentieth_of_a_second(
    panel: PlotPanel,
) -> None:
    panel.plot([TARGET])
    canvas = panel.canvas
    canvas._took_ms = 0.1
    canvas.follow(1.0)
    assert canvas.interval_ms == 50
    canvas.follow(3600.0)
    assert canvas.interval_ms == 1000
    canvas.follow(1.0)
    canvas._took_ms = 100.0
    assert canvas.interval_ms == 600


def test_a_click_on_the_legend_hides_the_cross_and_delete_remove(
    panel: PlotPanel, qtbot: QtBot
) -> None:
    panel.plot([PRESSURE, TARGET, FLOW])
    entry = panel.legend.entry(PRESSURE)
    qtbot.mouseClick(entry, LEFT, pos=entry.rect().center())
    assert not panel.model.series[0].shown
    picture = shown(panel, qtbot).picture
    assert picture is not None
    assert [line.series.key for line in picture.lines] == [TARGET, FLOW]
    assert panel.legend.entry(PRESSURE) is entry
    qtbot.mouseClick(entry, LEFT, pos=entry.rect().center())
    assert panel.model.series[0].shown

    qtbot.mouseClick(entry, LEFT, pos=entry._cross().center())
    assert panel.model.keys == [TARGET, FLOW]
    last = panel.legend.entry(FLOW)
    last.setFocus()
    qtbot.keyClick(last, Qt.Key.Key_Delete)
    assert panel.model.keys == [TARGET]


def test_lines_that_do_not_fit_are_behind_a_button(panel: PlotPanel, qtbot: QtBot) -> None:
    names = ("pressure", "target", "flow", "count", "open", "mode")
    panel.plot([SeriesKey("rig", each) for each in names])
    panel.plot([SeriesKey("camera", each) for each in ("exposure", "gain", "temperature")])
    hidden = [entry for entry in panel.legend.entries if not entry.isVisible()]
    assert hidden
    assert panel.legend.more.text() == f"+{len(hidden)}"
    right = max(entry.geometry().right() for entry in panel.legend.entries if entry.isVisible())
    assert right < panel.legend.more.geometry().left()
    assert panel.legend.more.geometry().right() <= panel.legend.width()

    qtbot.mouseClick(panel.legend.more, LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert len(menu.actions()) == 9
    inside = menu.actions()[8].menu()
    assert isinstance(inside, QMenu)
    inside.actions()[1].trigger()
    menu.close()
    assert SeriesKey("camera", "temperature") not in panel.model.keys


def test_two_lines_of_one_name_say_whose_they_are(
    panel: PlotPanel, rig: FakeThing, qtbot: QtBot
) -> None:
    panel.plot([SeriesKey("rig", "sensor", ("temperature",)), SeriesKey("camera", "temperature")])
    assert [entry._title for entry in panel.legend.entries] == [
        "Sensor Temperature",
        "Temperature",
    ]
    assert panel.header.title.text() == "Plot"


def test_drag_and_wheel_move_in_time_and_a_double_click_follows_again(
    panel: PlotPanel, qtbot: QtBot
) -> None:
    panel.plot([PRESSURE])
    # An hour went by.
    panel.model._clock = lambda: time.time() + 3600
    canvas = shown(panel, qtbot)
    middle = canvas.rect().center()
    assert panel.spans.currentText() == "10 min"

    qtbot.mousePress(canvas, LEFT, pos=middle)
    qtbot.mouseMove(canvas, middle + QPoint(200, 0))
    qtbot.mouseRelease(canvas, LEFT, pos=middle + QPoint(200, 0))
    assert panel.paused
    begun_s, end_s = canvas.window_of_time.ends(0, None)
    assert end_s - begun_s == pytest.approx(600)
    assert panel.model.now_s - end_s == pytest.approx(600 * 200 / canvas.width(), rel=0.3)
    assert panel.spans.currentIndex() == -1

    canvas = shown(panel, qtbot)
    wheel(canvas, middle, 2)
    begun_s, end_s = canvas.window_of_time.ends(0, None)
    assert end_s - begun_s == pytest.approx(600 / 1.25**2)

    qtbot.mouseDClick(canvas, LEFT, pos=middle)
    assert not panel.paused
    assert panel.spans.currentText() == "10 min"


def test_the_numbers_of_an_axis_are_moved_and_zoomed_alone(panel: PlotPanel, qtbot: QtBot) -> None:
    panel.plot([PRESSURE])
    canvas = shown(panel, qtbot)
    assert canvas.picture is not None
    axis = canvas.picture.axes[0]
    assert axis.column is not None
    place = axis.column.center().toPoint()
    span = axis.scale.high - axis.scale.low

    wheel(canvas, place, -1)
    scale = shown(panel, qtbot).picture.axes[0].scale  # type: ignore[union-attr] # drawn above
    assert scale.fixed
    assert scale.high - scale.low == pytest.approx(1.25 * span)
    assert not panel.paused

    qtbot.mousePress(canvas, LEFT, pos=place)
    qtbot.mouseMove(canvas, place + QPoint(0, 40))
    qtbot.mouseRelease(canvas, LEFT, pos=place + QPoint(0, 40))
    moved = shown(panel, qtbot).picture.axes[0].scale  # type: ignore[union-attr] # drawn above
    assert moved.low > scale.low

    qtbot.mouseDClick(canvas, LEFT, pos=place)
    assert not shown(panel, qtbot).picture.axes[0].scale.fixed  # type: ignore[union-attr] # as above


def test_by_keys_too(panel: PlotPanel, qtbot: QtBot) -> None:
    panel.plot([PRESSURE])
    canvas = shown(panel, qtbot)
    canvas.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        qtbot.keyClick(canvas, key)
    assert panel.paused
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert not panel.paused
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert panel.paused
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert not panel.paused


def test_paused_it_stands_still_and_goes_on_recording(
    panel: PlotPanel, rig: FakeThing, qtbot: QtBot
) -> None:
    panel.plot([PRESSURE])
    qtbot.mouseClick(panel.pause_button, LEFT)
    ends = panel.canvas.window_of_time.ends(0, None)
    assert "recording" not in panel.pause_button.accessibleName()

    rig.change("pressure", 5.0)
    qtbot.waitUntil(lambda: panel.model.series[0].value == 5.0)
    assert panel.canvas.window_of_time.ends(1e12, None) == ends
    qtbot.mouseClick(panel.pause_button, LEFT)
    assert not panel.paused


def test_the_span_is_chosen_from_a_list(panel: PlotPanel, qtbot: QtBot) -> None:
    panel.plot([PRESSURE])
    panel.toggle_pause()
    panel.spans.setFocus()
    qtbot.keyClick(panel.spans, Qt.Key.Key_End)
    qtbot.keyClick(panel.spans, Qt.Key.Key_Return)
    assert panel.canvas.window_of_time.span_s == ALL
    assert not panel.paused


def test_the_value_and_the_time_under_the_cursor_are_read_out(
    panel: PlotPanel, qtbot: QtBot
) -> None:
    panel.plot([PRESSURE, TARGET])
    for each in panel.model.series:
        each.clear(panel.model.now_s)
    now_s = panel.model.now_s
    for second in range(100):
        panel.model.take("rig", "pressure", now_s + 1 + second, 700.0 + second)
    canvas = panel.canvas
    canvas.window_of_time.hold(now_s + 101, None)
    canvas = shown(panel, qtbot)
    picture = canvas.picture
    assert picture is not None
    # Half a pixel is some seconds: the readout is compared with what is there at that time.
    place = picture.lines[0].point(now_s - 100, 750.0).toPoint()
    qtbot.mouseMove(canvas, QPoint(place.x(), canvas.height() // 2))
    canvas._point(QPointF(place.x(), canvas.height() / 2))
    assert canvas.readout.isVisible()
    assert canvas.readout.text.splitlines()[1:] == ["Pressure –", "Target –"]
    assert len(canvas.readout.text.splitlines()[0]) == len("12:00:00")

    canvas._point(QPointF(-5, -5))
    assert not canvas.readout.isVisible()


def test_the_colours_follow_the_theme(panel: PlotPanel, theme: Theme, qtbot: QtBot) -> None:
    panel.plot([PRESSURE])
    shown(panel, qtbot)
    assert LIGHT.accent.name() in colours_in(panel.canvas)

    theme.choose(Scheme.DARK)
    shown(panel, qtbot)
    found = colours_in(panel.canvas)
    assert DARK.accent.name() in found
    assert LIGHT.accent.name() not in found


def test_a_gap_is_shaded_and_the_legend_says_why(
    panel: PlotPanel, rig: FakeThing, qtbot: QtBot
) -> None:
    panel.plot([PRESSURE])
    rig.become(ThingState.DISCONNECTED, "unplugged")
    entry = panel.legend.entry(PRESSURE)
    qtbot.waitUntil(lambda: entry.text() == "–")
    assert "unplugged" in entry.toolTip()
    picture = shown(panel, qtbot).picture
    assert picture is not None
    assert [math.isinf(end) for _, end in picture.unknown()] == [True]


def test_the_export_has_what_was_heard(
    panel: PlotPanel, rig: FakeThing, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.plot([PRESSURE, SeriesKey("rig", "mode")])
    rig.change("pressure", 990.5)
    qtbot.waitUntil(lambda: panel.model.series[0].value == 990.5)
    said: list[str] = []
    panel.said.connect(said.append)
    panel.export()
    dialog = panel.exporting.dialog
    assert dialog is not None
    target = tmp_path / "mine.csv"
    dialog.fileSelected.emit(str(target))
    dialog.reject()

    qtbot.waitUntil(lambda: bool(said))
    with target.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["time (UTC)", "seconds", "Rig: Pressure (mbar)", "Rig: Mode"]
    assert [row[2] for row in rows if row[2]] == ["980.5", "990.5"]
    assert [row[3] for row in rows if row[3]] == ["warm"]
    assert said == [f"Wrote {len(rows)} rows to mine.csv"]
    assert panel.exporting.dialog is None


def test_an_export_that_fails_is_reported(
    panel: PlotPanel, qtbot: QtBot, tmp_path: Path, reports: list[tuple[str, Exception]]
) -> None:
    panel.plot([PRESSURE])
    panel.exporting.write(tmp_path / "no such folder" / "plot.csv")
    qtbot.waitUntil(lambda: bool(reports))
    assert reports[0][0] == "Exporting the plot"
    reports.clear()


def test_the_picture_is_copied_with_its_legend(panel: PlotPanel, qtbot: QtBot) -> None:
    panel.plot([PRESSURE])
    shown(panel, qtbot)
    panel.copy_picture()
    copied = QGuiApplication.clipboard().image()
    assert copied.height() > panel.height()
    colours = {QColor(copied.pixel(x, y)).name() for x in range(200) for y in range(40)}
    assert LIGHT.accent.name() in colours, "the legend's sample of the line"


def test_the_menu_does_what_it_says(panel: PlotPanel, qtbot: QtBot) -> None:
    panel.plot([PRESSURE, TARGET])
    actions = {action.text(): action for action in panel.menu().actions() if action.text()}
    assert list(actions) == [
        *("Add a value…", "Export as CSV…", "Copy picture", "An axis for every line"),
        *("Fit the axes again", "Clear the values", "Remove all lines"),
    ]
    actions["An axis for every line"].trigger()
    picture = shown(panel, qtbot).picture
    assert picture is not None
    assert len(picture.axes) == 2
    actions["Clear the values"].trigger()
    assert all(each.count == 1 for each in panel.model.series)
    actions["Remove all lines"].trigger()
    assert not panel.has_lines
    assert not panel.canvas.isVisible()


def test_a_right_click_on_the_plot_opens_its_menu(panel: PlotPanel, qtbot: QtBot) -> None:
    panel.plot([PRESSURE])
    canvas = shown(panel, qtbot)
    place = canvas.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.mapToGlobal(place))
    QApplication.sendEvent(canvas, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()


def test_what_is_plotted_is_remembered(
    panel: PlotPanel, make_again: Callable[[], PlotPanel]
) -> None:
    panel.plot([PRESSURE, SeriesKey("rig", "position", ("x",))])
    again = make_again()
    again.restore_layout([*panel.layout_state(), "nonsense", '["gone", "x"]'])
    assert [each.key for each in again.model.series] == panel.model.keys
    again.close_plot()


@pytest.fixture
def make_again(theme: Theme, panel: PlotPanel, qtbot: QtBot) -> Callable[[], PlotPanel]:
    """Another plot of the same bench."""

    def make() -> PlotPanel:
        feed = panel.feed
        made = PlotPanel(theme, feed._bench, feed._bridge, feed._tasks, panel._style)
        qtbot.addWidget(made)
        qtbot.addWidget(made.header)
        return made

    return make


def test_many_lines_are_drawn_in_slices_and_look_as_if_drawn_at_once(
    panel: PlotPanel, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.plot([SeriesKey("rig", each) for each in ("pressure", "target", "flow", "count")])
    picture = shown(panel, qtbot).picture
    assert picture is not None
    size = panel.canvas.size()
    monkeypatch.setattr(drawing, "SLICE_S", 0.0)

    sliced = drawing.Drawing(picture, theme, size, 1.0)
    assert [sliced.go_on() for _ in range(4)] == [False, False, False, True]
    whole = drawing.Drawing(picture, theme, size, 1.0)
    whole.finish()
    assert sliced.layer.toImage() == whole.layer.toImage()
    assert sliced.took_ms > 0
