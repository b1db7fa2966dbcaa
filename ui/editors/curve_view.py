"""Small drawings of many numbers: a curve that keeps its peaks, and a grey picture."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.models.numbers import NumberStyle, format_number, unit_suffix
from ui.theme import Size, TextSize, Theme

Row = NDArray[np.float64]

_HEIGHT = 88
_MARGIN = 6.0


class CurveView(QWidget):
    """A curve over its index or over another array; the value under the mouse is read out.

    However many values there are, each column of pixels shows its lowest and its highest one,
    so that no peak is lost.
    """

    def __init__(
        self, theme: Theme, style: NumberStyle, unit: str = "", parent: QWidget | None = None
    ) -> None:
        """Begin empty.

        Args:
            theme: Where the look comes from.
            style: How numbers are written.
            unit: Of the values.
            parent: The owner.
        """
        super().__init__(parent)
        self._theme = theme
        self._style = style
        self._unit = unit
        self._row: Row = np.empty(0)
        self._positions: Row = np.empty(0)
        self._axis_unit = ""
        self._axis_title = ""
        self._pointed: float | None = None
        self._stale = False
        self.setFont(theme.font(TextSize.SMALL))
        self.setFixedHeight(_HEIGHT)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_row(self, row: Row) -> None:
        """Draw other values."""
        self._row = row
        self.update()

    def set_axis(self, positions: Row, unit: str, title: str) -> None:
        """Put the values where they belong.

        An array of another length, or one with something in it that is no number, is not used.
        """
        self._positions, self._axis_unit, self._axis_title = positions, unit, title
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Draw it as no longer trusted."""
        self._stale = stale
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(224, _HEIGHT)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointed = event.position().x()
        self.update()

    @override
    def leaveEvent(self, event: object) -> None:
        self._pointed = None
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.field)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -16.5)
        painter.drawRoundedRect(frame, Size.FIELD_RADIUS, Size.FIELD_RADIUS)
        area = frame.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if np.isfinite(self._row).any():
            line = curve_points(self._positions_of(), self._row, area)
            painter.setPen(QPen(colours.stale if self._stale else colours.accent, 1.25))
            painter.drawPolyline(line)
        painter.setFont(self.font())
        painter.setPen(colours.secondary)
        foot = QRectF(0, self.height() - 15, self.width(), 15)
        for side, text in zip(
            (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), self._ends(), strict=True
        ):
            painter.drawText(foot, side | Qt.AlignmentFlag.AlignVCenter, text)
        self._read_out(painter, area, foot)

    def _positions_of(self) -> Row:
        if self._positions.size == self._row.size and np.isfinite(self._positions).all():
            return self._positions
        return np.arange(self._row.size, dtype=np.float64)

    def _ends(self) -> tuple[str, str]:
        if self._row.size < 2 or self._pointed is not None:
            return "", ""
        positions = self._positions_of()
        # An axis may count downwards, as wave numbers do; the lowest is at the left all the same.
        ends = float(positions.min()), float(positions.max())
        left, right = (self._written(each) for each in ends)
        return left, right + unit_suffix(self._axis_unit if positions is self._positions else "")

    def _written(self, number: float) -> str:
        whole = number.is_integer()
        return format_number(int(number) if whole else number, None, self._style)

    def _read_out(self, painter: QPainter, area: QRectF, foot: QRectF) -> None:
        if self._pointed is None or self._row.size < 2:
            return
        positions = self._positions_of()
        low, high = float(positions.min()), float(positions.max())
        share = min(1.0, max(0.0, (self._pointed - area.left()) / max(1.0, area.width())))
        nearest = int(np.abs(positions - (low + share * (high - low))).argmin())
        painter.setPen(QPen(self._theme.colours.field_border, 1))
        x = area.left() + (float(positions[nearest]) - low) / max(high - low, 1e-300) * area.width()
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(self._theme.colours.text)
        unit = self._axis_unit if positions is self._positions else ""
        where = self._written(float(positions[nearest])) + unit_suffix(unit)
        value = self._written(float(self._row[nearest])) + unit_suffix(self._unit)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, f"{where}: {value}")


class PictureView(QWidget):
    """A grid of numbers as a grey picture, lowest dark, highest light."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        self._theme = theme
        self._image: QImage | None = None
        self.setFixedHeight(_HEIGHT + 32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_grid(self, grid: NDArray[np.float64] | None) -> None:
        """Draw another grid of shape (height, width); None draws nothing."""
        self._image = None if grid is None else grey_image(grid)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(224, self.height())

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.behind_picture)
        if self._image is None:
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        painter.drawImage(place, self._image)


def curve_points(positions: Row, row: Row, area: QRectF) -> QPolygonF:
    """The curve in pixels: at most four points a column of pixels, peaks included.

    Args:
        positions: Where the values stand, as many as there are values.
        row: The values; those that are not finite are left out.
        area: Where to draw, in pixels.
    """
    finite = np.isfinite(row) & np.isfinite(positions)
    x, y = positions[finite], row[finite]
    if x.size == 0:
        return QPolygonF()
    columns = max(2, int(area.width()))
    if x.size > 4 * columns:
        keep = _peaks(y, columns)
        x, y = x[keep], y[keep]
    spans = [float(each.max() - each.min()) or 1.0 for each in (x, y)]
    across = area.left() + (x - x.min()) / spans[0] * area.width()
    level = np.full_like(y, 0.5) if y.max() == y.min() else (y - y.min()) / spans[1]
    down = area.bottom() - level * area.height()
    return QPolygonF([QPointF(a, b) for a, b in zip(across.tolist(), down.tolist(), strict=True)])


def grey_image(grid: NDArray[np.float64]) -> QImage:
    """A grid of shape (height, width) as an 8-bit grey picture; NaN is black."""
    finite = grid[np.isfinite(grid)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    scaled = (grid - low) / (high - low) if high > low else np.full_like(grid, 0.5)
    grey = np.ascontiguousarray(np.nan_to_num(scaled * 255).clip(0, 255).astype(np.uint8))
    height, width = grey.shape
    made = QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8)
    # The picture must own its pixels: the array ends with this function.
    return made.copy()


def _peaks(y: Row, columns: int) -> NDArray[np.intp]:
    """Indices of the lowest and the highest value of each of so many equal parts, in order."""
    edges = np.linspace(0, y.size, columns + 1).astype(int)
    found = {0, y.size - 1}
    for first, last in itertools.pairwise(edges.tolist()):
        if last > first:
            part = y[first:last]
            found.update((first + int(part.argmin()), first + int(part.argmax())))
    return np.array(sorted(found), dtype=np.intp)
