"""The picture on the screen: paints what was rendered, and turns the mouse into views and marks.

The canvas itself computes no colours. While a new rendering is on its way it shows the last one
moved and scaled to where it belongs now, so that panning and zooming follow the mouse at once.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import DARK, Theme
from ui.viewer.measuring import Line, Rectangle
from ui.viewer.overlays import Overlay, paint_line, paint_note, paint_rectangle, paint_scale_bar
from ui.viewer.view import View, next_zoom

REACH: Final = 8.0
"""How near to a handle the mouse takes hold of it, in pixels."""

MARK: Final = DARK.accent
"""The colour of marks in both schemes: behind a picture it is always dark."""

_STEP = 60.0
"""How far an arrow key moves the picture, in pixels."""


class Tool(enum.Enum):
    """What dragging with the left button does."""

    PAN = "pan"
    RECTANGLE = "rectangle"
    LINE = "line"


class Canvas(QWidget):
    """The area a picture is shown in.

    Attributes:
        view_changed: The operator zoomed or panned, or the window was resized; the new `View`.
        pointed: The mouse is over a place of the picture (x, y), or nowhere (None).
        copy_asked: The operator pressed the keys for copying.
        marked: A `Rectangle` or `Line` was drawn or dragged, or None when it was taken away.
    """

    view_changed = Signal(object)
    pointed = Signal(object)
    marked = Signal(object)
    copy_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = View(0, 0, 0, 0)
        self._image: QImage | None = None
        self._place = (0, 0)
        self._rendered_for = self._view
        self._tool = Tool.PAN
        self._mark: Rectangle | Line | None = None
        self._drag: Callable[[QPointF], None] | None = None
        self._overlay = Overlay()
        self._note = ""
        self._by_keyboard = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # Every pixel is painted by us: Qt need not clear them first.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Picture"))
        self.setAccessibleDescription(
            self.tr("Arrow keys pan, plus and minus zoom, 0 fits, 1 shows actual size.")
        )

    @property
    def view(self) -> View:
        """Which part of the picture is seen."""
        return self._view

    @property
    def tool(self) -> Tool:
        """What dragging does."""
        return self._tool

    @property
    def mark(self) -> Rectangle | Line | None:
        """What is drawn on the picture to measure it."""
        return self._mark

    @property
    def image(self) -> QImage | None:
        """What was rendered last."""
        return self._image

    @property
    def note(self) -> str:
        """The sentence in the middle, '' for none."""
        return self._note

    def set_tool(self, tool: Tool) -> None:
        """Choose what dragging does; a mark of another tool goes."""
        self._tool = tool
        wanted = {Tool.RECTANGLE: Rectangle, Tool.LINE: Line}.get(tool)
        if self._mark is not None and (wanted is None or not isinstance(self._mark, wanted)):
            self._set_mark(None)
        self._show_cursor(None)

    def set_view(self, view: View) -> None:
        """Show another part, or another picture; the window's size is that of the canvas."""
        size = self.physical_size()
        resized = view.resized(size.width(), size.height())
        if resized != self._view:
            self._view = resized
            self.update()

    def set_rendered(self, image: QImage | None, x: int, y: int, view: View) -> None:
        """Show a rendering that was made for a view, at (x, y) of the window."""
        if image is not None:
            image.setDevicePixelRatio(1.0)
        self._image = image
        self._place = (x, y)
        self._rendered_for = view
        self.update()

    def set_overlay(self, overlay: Overlay) -> None:
        """What is painted over the picture."""
        if overlay != self._overlay:
            self._overlay = overlay
            self.update()

    def set_note(self, note: str) -> None:
        """A sentence in the middle; '' for none."""
        if note != self._note:
            self._note = note
            self.update()

    def physical_size(self) -> QSize:
        """Of the canvas in pixels of the screen."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def zoom_closer(self) -> None:
        """The next larger of the usual zooms."""
        self._change(self._view.zoomed(next_zoom(self._view.zoom, True) / self._view.zoom))

    def zoom_farther(self) -> None:
        """The next smaller of the usual zooms."""
        self._change(self._view.zoomed(next_zoom(self._view.zoom, False) / self._view.zoom))

    def zoom_to_fit(self) -> None:
        """The whole picture, and so it stays when the window changes."""
        self._change(self._view.fit())

    def zoom_to_actual_size(self) -> None:
        """One pixel of the picture on one of the screen."""
        self._change(self._view.actual_size())

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self.physical_size()
        self._change(self._view.resized(size.width(), size.height()))

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            size = self.physical_size()
            self._change(self._view.resized(size.width(), size.height()))
        return super().event(event)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        painter.fillRect(self.rect(), colours.behind_picture)
        ratio = self.devicePixelRatioF()
        if self._image is not None:
            painter.save()
            painter.scale(1 / ratio, 1 / ratio)
            self._paint_image(painter, self._image)
            painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font())
        if isinstance(self._mark, Rectangle):
            corners = [self._on_widget(*corner) for corner in self._mark.corners]
            paint_rectangle(painter, self.rect(), corners, MARK, self._overlay)
        elif isinstance(self._mark, Line):
            ends = [self._on_widget(*end) for end in self._mark.ends]
            paint_line(painter, ends, MARK)
        if self._overlay.pixel_size_um is not None and self._image is not None:
            per_um = self._view.zoom / ratio / self._overlay.pixel_size_um
            paint_scale_bar(painter, self.rect(), per_um)
        if self._note:
            paint_note(painter, self.rect(), self._note, plate=self._image is not None)
        if self._by_keyboard:
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_image(self, painter: QPainter, image: QImage) -> None:
        """In pixels of the screen; moved and scaled where the view has changed since."""
        then, now = self._rendered_for, self._view
        x, y = self._place
        if then == now:
            painter.drawImage(x, y, image)
            return
        left, top = now.to_screen(*then.to_picture(x, y))
        right, bottom = now.to_screen(*then.to_picture(x + image.width(), y + image.height()))
        painter.drawImage(QRectF(left, top, right - left, bottom - top), image)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned and self._view.picture_width:
            place = event.position() * self.devicePixelRatioF()
            self._change(self._view.zoomed(2.0 ** (turned / 240.0), place.x(), place.y()))
            self._say_where(event.position())
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = self._panning(event.position())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._drag = self._measuring(event.position()) or self._panning(event.position())
        else:
            event.ignore()
            return
        self._show_cursor(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._drag(event.position())
        else:
            self._show_cursor(event.position())
        self._say_where(event.position())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        mark = self._mark
        if isinstance(mark, Rectangle) and (
            round(mark.left) == round(mark.right) or round(mark.top) == round(mark.bottom)
        ):
            self._set_mark(None)  # a click beside the rectangle takes it away
        elif isinstance(mark, Line) and mark.length < 1:
            self._set_mark(None)
        self._show_cursor(event.position())

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._tool is Tool.PAN:
            self.zoom_to_fit()
        else:
            super().mouseDoubleClickEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # A frame around the picture after each click would only be in the way.
        self._by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._by_keyboard = False
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Plus: self.zoom_closer,
            Qt.Key.Key_Equal: self.zoom_closer,
            Qt.Key.Key_Minus: self.zoom_farther,
            Qt.Key.Key_0: self.zoom_to_fit,
            Qt.Key.Key_1: self.zoom_to_actual_size,
            Qt.Key.Key_Left: lambda: self._change(self._view.panned(_STEP, 0)),
            Qt.Key.Key_Right: lambda: self._change(self._view.panned(-_STEP, 0)),
            Qt.Key.Key_Up: lambda: self._change(self._view.panned(0, _STEP)),
            Qt.Key.Key_Down: lambda: self._change(self._view.panned(0, -_STEP)),
        }
        act = acts.get(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.key() == Qt.Key.Key_Escape and self._mark is not None:
            self._set_mark(None)
        elif act is not None and self._view.picture_width:
            act()
        else:
            super().keyPressEvent(event)

    def _change(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self.update()
            self.view_changed.emit(view)

    def _set_mark(self, mark: Rectangle | Line | None) -> None:
        self._mark = mark
        self.update()
        self.marked.emit(mark)

    def _panning(self, start: QPointF) -> Callable[[QPointF], None]:
        ratio = self.devicePixelRatioF()
        before = self._view

        def pan(place: QPointF) -> None:
            moved = (place - start) * ratio
            self._change(before.panned(moved.x(), moved.y()))

        return pan

    def _measuring(self, start: QPointF) -> Callable[[QPointF], None] | None:
        """What a drag from here does to the mark; None where it pans."""
        if self._tool is Tool.PAN or not self._view.picture_width:
            return None
        x, y = self._on_picture(start)
        grabbed = self._grabbed(start)
        if grabbed is None:
            kind = Rectangle if self._tool is Tool.RECTANGLE else Line

            def draw(place: QPointF) -> None:
                self._set_mark(kind(x, y, *self._on_picture(place)))

            draw(start)
            return draw
        return lambda place: self._set_mark(grabbed(*self._on_picture(place)))

    def _grabbed(
        self, place: QPointF
    ) -> Callable[[float, float], Rectangle] | Callable[[float, float], Line] | None:
        if self._mark is None:
            return None
        reach = REACH * self.devicePixelRatioF() / self._view.zoom
        return self._mark.grabbed(*self._on_picture(place), reach)

    def _show_cursor(self, place: QPointF | None) -> None:
        if self._tool is Tool.PAN:
            held = self._drag is not None
            shape = Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.ArrowCursor
        elif place is not None and self._grabbed(place) is not None:
            shape = Qt.CursorShape.SizeAllCursor
        else:
            shape = Qt.CursorShape.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _say_where(self, place: QPointF) -> None:
        if self._view.picture_width:
            self.pointed.emit(self._on_picture(place))

    def _on_picture(self, place: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return self._view.to_picture(place.x() * ratio, place.y() * ratio)

    def _on_widget(self, x: float, y: float) -> QPointF:
        return QPointF(*self._view.to_screen(x, y)) / self.devicePixelRatioF()
