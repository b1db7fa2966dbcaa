"""The plot itself: drawn at most twenty times a second, moved and zoomed with the mouse."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.models.numbers import NumberStyle
from ui.plots.drawing import Drawing
from ui.plots.painting import paint_cursor
from ui.plots.picture import Axis, PlotPicture, lay_out
from ui.plots.plot_model import PlotModel
from ui.plots.readout import Readout
from ui.plots.time_window import TimeWindow
from ui.theme import TextSize, Theme

LEAST_MS: Final = 50
MOST_MS: Final = 1000
"""Between two drawings, at least and at most."""

REST: Final = 6
"""After a drawing the plot rests so many times as long as it took: it never takes more than a
seventh of the Qt thread."""

_WHEEL: Final = 1.25
"""One notch of the wheel shows so many times less time."""

_KEY_PAN: Final = 0.2


class PlotCanvas(QWidget):
    """Draws a plot model over time.

    The lines are kept as a picture, so that moving the cursor draws none of them again. Nothing is
    drawn while the plot is not in sight; its model goes on recording.

    Attributes:
        readout: What the lines say under the cursor.
        window_of_time: Which stretch of time is in sight.
        drawn: How often the lines were drawn.
    """

    window_changed = Signal()
    """It follows the present or stands still, or shows another span."""

    menu_asked = Signal(QPoint)
    """A right click, at this place of the screen."""

    def __init__(
        self, theme: Theme, model: PlotModel, style: NumberStyle, parent: QWidget | None = None
    ) -> None:
        """Draw a model.

        Args:
            theme: Where the colours come from.
            model: What is plotted.
            style: How numbers are written.
            parent: The owner.
        """
        super().__init__(parent)
        self.window_of_time = TimeWindow()
        self.drawn = 0
        self._theme = theme
        self._model = model
        self._style = style
        self._own_axes = False
        self._fixed: dict[str, tuple[float, float]] = {}
        self._layer = QPixmap()
        self._picture: PlotPicture | None = None
        self._seen: object = None
        self._stale = True
        self._drawing: Drawing | None = None
        self._took_ms = 0.0
        self._cursor: float | None = None
        self.readout = Readout(theme, self)
        self._dragged: tuple[QPointF, Axis | None] | None = None
        self._beat = QTimer(self)
        self._beat.setSingleShot(True)
        self._beat.timeout.connect(self._tick)
        self._slices = QTimer(self)
        self._slices.setSingleShot(True)
        self._slices.timeout.connect(self._draw_on)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 60)
        self.setAccessibleName(self.tr("Plot over time"))
        model.changed.connect(self._changed)
        theme.changed.connect(self.redraw)

    @property
    def picture(self) -> PlotPicture | None:
        """What was laid out last; None before it was drawn."""
        return self._picture

    @property
    def own_axes(self) -> bool:
        """Whether every line has a value axis of its own, instead of one for each unit."""
        return self._own_axes

    def set_own_axes(self, own: bool) -> None:
        """Give every line a value axis of its own, or one for each unit."""
        self._own_axes = own
        self._fixed.clear()
        self.redraw()

    def follow(self, span_s: float | None = None) -> None:
        """Follow the present, showing so many of the last seconds."""
        self.window_of_time.follow(span_s)
        self._moved()

    def hold(self) -> None:
        """Stand still; recording goes on."""
        self.window_of_time.hold(*self._present())
        self._moved()

    def reset_ranges(self) -> None:
        """Let every value axis follow its lines again."""
        self._fixed.clear()
        self.redraw()

    def redraw(self) -> None:
        """Draw the lines anew, in the next turns of the loop."""
        self._stale = True
        if self.isVisible() and not self._slices.isActive():
            self._slices.start(0)

    def draw_now(self) -> None:
        """Draw the lines anew without a pause."""
        drawing = self._begin()
        drawing.finish()
        self._end(drawing)

    @property
    def interval_ms(self) -> int:
        """How long it rests until it is drawn again.

        A line that has moved by less than half a pixel needs no drawing.
        """
        begun_s, end_s = self.window_of_time.ends(*self._present())
        half_pixel_ms = 500 * (end_s - begun_s) / max(1, self.width())
        wanted = min(MOST_MS, max(LEAST_MS, half_pixel_ms))
        return round(max(wanted, REST * self._took_ms))

    # Qt's side.

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, 92)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw()
        self._beat.start(self.interval_ms)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._beat.stop()
        self._slices.stop()
        self._drawing = None
        self.readout.hide()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # It is drawn when it is painted: what is under way has another size.
        self._drawing = None

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._layer.deviceIndependentSize().toSize() != self.size():
            self.draw_now()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)
        picture = self._picture
        if picture is None:
            return
        if self._cursor is not None and self._dragged is None and picture.lines:
            paint_cursor(painter, picture, self._theme, self._cursor)
        if self.hasFocus():
            painter.setPen(self._theme.colours.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 5, 5)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._point(event.position())

    @override
    def leaveEvent(self, _event: object) -> None:
        self._cursor = None
        self.readout.hide()
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._picture is not None:
            self._dragged = (event.position(), self._picture.axis_at(event.position()))
            self.readout.hide()
            self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            self._point(event.position())
            return
        before, axis = self._dragged
        by = event.position() - before
        picture = self._picture
        if picture is None or by.manhattanLength() < 1:
            return
        self._dragged = (event.position(), axis)
        if axis is None:
            self.window_of_time.pan(-by.x() / picture.area.width(), *self._present())
            self._moved()
        else:
            self._move_range(axis, by.y() / picture.area.height())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        self._point(event.position())

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        axis = self._picture.axis_at(event.position()) if self._picture is not None else None
        if axis is None:
            self.reset_ranges()
            self.follow()
        else:
            self._fixed.pop(axis.scale.name, None)
            self.redraw()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        picture = self._picture
        notches = event.angleDelta().y() / 120
        if picture is None or not notches:
            event.ignore()
            return
        event.accept()
        axis = picture.axis_at(event.position())
        if axis is None:
            place = (event.position().x() - picture.area.left()) / picture.area.width()
            self._zoom(_WHEEL**-notches, min(1.0, max(0.0, place)))
        else:
            place = (picture.area.bottom() - event.position().y()) / picture.area.height()
            self._zoom_range(axis, _WHEEL**-notches, min(1.0, max(0.0, place)))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        match event.key():
            case key.Key_Left | key.Key_Right:
                share = _KEY_PAN if event.key() == key.Key_Right else -_KEY_PAN
                self.window_of_time.pan(share, *self._present())
                self._moved()
            case key.Key_Plus | key.Key_Up:
                self._zoom(1 / _WHEEL, 0.5)
            case key.Key_Minus | key.Key_Down:
                self._zoom(_WHEEL, 0.5)
            case key.Key_Home | key.Key_End | key.Key_Escape:
                self.reset_ranges()
                self.follow()
            case key.Key_Space:
                if self.window_of_time.follows:
                    self.hold()
                else:
                    self.follow()
            case _:
                super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(event.globalPos())

    # Inside.

    def _present(self) -> tuple[float, float | None]:
        return self._model.now_s, self._model.first_s

    def _changed(self) -> None:
        names = ", ".join(each.whole_title for each in self._model.series)
        self.setAccessibleDescription(names)
        self.redraw()

    def _moved(self) -> None:
        self.window_changed.emit()
        self.redraw()

    def _tick(self) -> None:
        # What stands still is drawn again only when something was heard.
        seen = self._model.version
        if not self.window().isMinimized() and (self.window_of_time.follows or seen != self._seen):
            self._seen = seen
            self.redraw()
        self._beat.start(self.interval_ms)

    def _draw_on(self) -> None:
        """Draw for a few milliseconds; the rest in the next turns of the loop."""
        if self._drawing is None:
            self._drawing = self._begin()
        if not self._drawing.go_on():
            self._slices.start(0)
            return
        self._end(self._drawing)
        if self._stale:
            # Something changed meanwhile. What is finished is shown first.
            self._slices.start(LEAST_MS)

    def _begin(self) -> Drawing:
        self._stale = False
        began_s = time.perf_counter()
        now_s, first_s = self._present()
        picture = lay_out(
            [each for each in self._model.series if each.shown],
            QSizeF(self.size()),
            self.window_of_time.ends(now_s, first_s),
            now_s,
            self._fixed,
            QFontMetricsF(self._theme.font(TextSize.SMALL)),
            self._style,
            own=self._own_axes,
        )
        drawing = Drawing(picture, self._theme, self.size(), self.devicePixelRatioF())
        drawing.took_ms = 1000 * (time.perf_counter() - began_s)
        return drawing

    def _end(self, drawing: Drawing) -> None:
        self._drawing = None
        self._picture, self._layer = drawing.picture, drawing.layer
        self._took_ms = drawing.took_ms
        self.drawn += 1
        if self.readout.isVisible():
            # The lines move on under a cursor that rests.
            self._read_out()
        self.update()

    def _point(self, place: QPointF) -> None:
        picture = self._picture
        inside = picture is not None and picture.area.contains(place)
        on_axis = picture is not None and picture.axis_at(place) is not None
        self.setCursor(Qt.CursorShape.SizeVerCursor if on_axis else Qt.CursorShape.ArrowCursor)
        self._cursor = place.x() if inside else None
        self._read_out()
        self.update()

    def _read_out(self) -> None:
        """Say what the lines say under the cursor."""
        picture = self._picture
        if picture is None or self._cursor is None or not picture.lines:
            self.readout.hide()
            return
        corner = self.mapToGlobal(QPoint(0, 0))
        self.readout.show_beside(
            corner + QPoint(round(self._cursor), 0),
            QRect(corner, self.size()),
            picture,
            picture.time_at(self._cursor),
            self._style,
        )

    def _zoom(self, factor: float, place: float) -> None:
        self.window_of_time.zoom(factor, place, *self._present())
        self._moved()

    def _move_range(self, axis: Axis, share: float) -> None:
        low, high = self._range(axis)
        by = share * (high - low)
        self._fixed[axis.scale.name] = (low + by, high + by)
        self.redraw()

    def _zoom_range(self, axis: Axis, factor: float, place: float) -> None:
        low, high = self._range(axis)
        middle = low + place * (high - low)
        new = max((high - low) * factor, 1e-9 * max(abs(low), abs(high), 1e-300))
        self._fixed[axis.scale.name] = (middle - place * new, middle + (1 - place) * new)
        self.redraw()

    def _range(self, axis: Axis) -> tuple[float, float]:
        """The range of an axis now, which may have changed since it was laid out."""
        return self._fixed.get(axis.scale.name, (axis.scale.low, axis.scale.high))
