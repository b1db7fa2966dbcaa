"""Short messages that lie over the window until they are read; never a dialog in the way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Size, Theme
from ui.widgets import IconButton, IconMark, PlainLabel, TextButton

SHOWN_MS = 6000
"""How long a message that is no trouble stays."""

TROUBLE_MS = 12_000
"""How long a trouble stays that is told elsewhere as well, such as in the activity."""

MOST = 3
"""How many are shown at a time; the oldest goes first."""

_GLYPHS = {"failed": "failed", "waiting": "pending", "running": "ready", "secondary": "ready"}


class Notice(QFrame):
    """One message: icon, sentence, what can be done about it, details on a click, close."""

    def __init__(
        self,
        theme: Theme,
        role: str,
        text: str,
        details: str = "",
        parent: QWidget | None = None,
        *,
        offer: str = "",
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self.text = text
        self.details = details
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.PADDING, 6, 6, 6)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(Size.GRID)
        column.addLayout(row)
        row.addWidget(IconMark(theme, _GLYPHS.get(role, "ready"), role))
        self.sentence = PlainLabel(theme, text)
        self.sentence.setWordWrap(True)
        row.addWidget(self.sentence, 1)
        self._more = PlainLabel(theme, details, tone="secondary")
        self._more.setWordWrap(True)
        self._more.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more.hide()
        column.addWidget(self._more)
        self.offer_button = TextButton(theme, offer)
        self.offer_button.setVisible(bool(offer))
        row.addWidget(self.offer_button)
        if details:
            self.details_button = TextButton(theme, self.tr("Details"), kind="quiet")
            self.details_button.clicked.connect(self._toggle)
            row.addWidget(self.details_button)
            copy = IconButton(theme, "copy", self.tr("Copy this message"))
            copy.clicked.connect(
                lambda: QGuiApplication.clipboard().setText(f"{self.text}\n{self.details}")
            )
            row.addWidget(copy)
        self.close_button = IconButton(theme, "close", self.tr("Close this message"))
        row.addWidget(self.close_button)
        self.setAccessibleName(text)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.role(self._role), 1))
        painter.setBrush(colours.island)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, Size.ISLAND_RADIUS, Size.ISLAND_RADIUS)

    def _toggle(self) -> None:
        self._more.setVisible(not self._more.isVisible())
        holder = self.parentWidget()
        if isinstance(holder, Notices):
            holder.place()


class Notices(QWidget):
    """The messages of a window, below its top bar.

    A trouble stays until it is closed, unless it is told elsewhere as well; the rest goes after a
    few seconds.

    Attributes:
        placed: They came to the front.
    """

    placed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._within = parent
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Size.GRID)
        self.hide()

    @property
    def shown(self) -> list[Notice]:
        """The messages in sight, oldest first."""
        items = (self._column.itemAt(number) for number in range(self._column.count()))
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, Notice)]

    def keep_within(self, part: QWidget) -> None:
        """Cover only a part of the window, below its head of 40 pixels."""
        self._within = part

    def say(
        self,
        text: str,
        *,
        role: str = "secondary",
        details: str = "",
        stays: bool | None = None,
        offer: tuple[str, Callable[[], object]] | None = None,
    ) -> Notice:
        """Show a message.

        Args:
            text: One plain sentence: what happened, to which Thing, what to do now.
            role: A colour role.
            details: More of it, on a click; plain text.
            stays: Whether it stays until closed; None lets 'failed' and 'waiting' stay.
            offer: The word on a button, and what a click on it does; the message goes then.
        """
        for same in self.shown:
            if (same.text, same.details) == (text, details):
                self._remove(same)
        while len(self.shown) >= MOST:
            self._remove(self.shown[0])
        notice = Notice(self._theme, role, text, details, self, offer=offer[0] if offer else "")
        if offer is not None:
            notice.offer_button.clicked.connect(offer[1])
            notice.offer_button.clicked.connect(lambda: self._remove(notice))
        notice.close_button.clicked.connect(lambda: self._remove(notice))
        self._column.addWidget(notice)
        # A layout gives no room to what was never shown.
        notice.show()
        trouble = role in ("failed", "waiting")
        if not (trouble if stays is None else stays):
            timer = QTimer(notice)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._remove(notice))
            timer.start(TROUBLE_MS if trouble else SHOWN_MS)
        self.place()
        return notice

    def take_back(self, notice: Notice) -> bool:
        """Show a message no more; whether it was still shown."""
        if notice not in self.shown:
            return False
        self._remove(notice)
        return True

    def place(self) -> None:
        """Lie in the middle of the part they may cover."""
        shown = bool(self.shown)
        self.setVisible(shown)
        if not shown:
            return
        part = self._within
        width = min(640, part.width() - 4 * Size.GRID)
        self._column.activate()
        self.resize(width, self._column.heightForWidth(width))
        top = QPoint((part.width() - width) // 2, Size.DOCK_HEADER + Size.GRID)
        self.move(part.mapTo(self._over, top) if part is not self._over else top)
        self.raise_()
        self.placed.emit()

    def _remove(self, notice: Notice) -> None:
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self.place()
