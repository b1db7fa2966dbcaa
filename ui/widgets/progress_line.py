"""A thin bar that shows how far something is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Theme

HEIGHT = 6


def paint_progress(
    painter: QPainter, theme: Theme, area: QRectF, share: float | None, role: str = "running"
) -> None:
    """Paint the bar into `area`.

    Args:
        painter: Where to.
        theme: Where the colours come from.
        area: The whole bar.
        share: How much is done, 0..1; None where nobody knows, drawn hatched in the middle.
        role: The colour of the done part.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = area.height() / 2
    painter.setBrush(theme.colours.line)
    painter.drawRoundedRect(area, radius, radius)
    done = QRectF(area)
    painter.setBrush(theme.colours.role(role))
    if share is None:
        # No end in sight: three short dashes, still, so that nothing draws the eye for minutes.
        piece = area.width() / 7
        for place in (1, 3, 5):
            done.setLeft(area.left() + place * piece)
            done.setWidth(piece)
            painter.drawRoundedRect(done, radius, radius)
    elif share > 0:
        done.setWidth(max(area.height(), area.width() * min(1.0, share)))
        painter.drawRoundedRect(done, radius, radius)
    painter.restore()


class ProgressLine(QWidget):
    """A progress bar 6 pixels high."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share: float | None = 0.0
        self._role = "running"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def share(self) -> float | None:
        """How much is done, 0..1, or None where nobody knows."""
        return self._share

    def set_share(self, share: float | None, role: str = "running") -> None:
        """Show how much is done."""
        self._share = share
        self._role = role
        if share is None:
            self.setAccessibleDescription(self.tr("in progress"))
        else:
            self.setAccessibleDescription(f"{round(share * 100)} %")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_progress(QPainter(self), self._theme, QRectF(self.rect()), self._share, self._role)
