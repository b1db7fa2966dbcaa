"""What must always be reachable: STOP ALL, the menu, search or run, server and disk."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address
from urllib.parse import urlsplit

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget
from typing_extensions import override

from app.handles import BenchHandle, ServerInfo, Stamp
from ui.activity.wording import one_line
from ui.icons import paint_icon
from ui.room_button import RoomButton
from ui.stamp_words import stamp_in_words, stamp_lines
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import (
    IconButton,
    Segment,
    SegmentedControl,
    StatusButton,
    StopAllButton,
    plain_tool_tip,
)

SERVER_MS = 2000
"""How often the server's address is looked at."""

STAMP_WIDTH = 260
"""Longer names of samples and operators are cut off in the bar; the tool tip has them whole."""

_SHORT_SEARCH, _WHOLE_SEARCH, _WHOLE_SEARCH_FROM = 160, 208, 1200
"""How narrow the search field may be; how wide it is with all its words, and where it is so."""


class TopBar(QWidget):
    """The first 56 pixels of the window.

    Attributes:
        stop_all: STOP ALL was pressed.
        search: The search-or-run field was clicked.
        copied: Something was copied to the clipboard; what, in words.
        open_bench_menu: What can be done with the bench is wanted.
        edit_stamp: Operator, sample and session are to be set.
        page_chosen: Whether the archive is to be shown, or the bench.
        search_field: Where the palette opens.
        room_button: The room on the disk and in the archive.
    """

    stop_all = Signal()
    search = Signal()
    copied = Signal(str)
    edit_stamp = Signal()
    open_bench_menu = Signal()
    page_chosen = Signal(bool)

    def __init__(
        self, theme: Theme, bench: BenchHandle, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._menu: QMenu | None = None
        row = QHBoxLayout(self)
        # The window keeps its own margin at both sides.
        row.setContentsMargins(0, Size.GRID, 0, Size.GRID)
        row.setSpacing(Size.GRID)
        self.stop_button = StopAllButton(theme)
        self.stop_button.pressed.connect(self.stop_all)
        row.addWidget(self.stop_button)
        row.addSpacing(6)
        self.menu_button = IconButton(theme, "menu", self.tr("Menu"), role="text")
        self.menu_button.clicked.connect(self.open_menu)
        row.addWidget(self.menu_button)
        row.addSpacing(6)
        self.bench_button = StatusButton(theme, "bench", bench.title, most=240, opens=True)
        self.bench_button.setToolTip(self.tr("Open another bench, add a Thing, save"))
        self.bench_button.clicked.connect(self.open_bench_menu)
        row.addWidget(self.bench_button)
        self.pages = SegmentedControl(
            theme, [Segment("bench", self.tr("Bench")), Segment("archive", self.tr("Archive"))]
        )
        self.pages.chosen.connect(lambda key: self.page_chosen.emit(key == "archive"))
        self.pages.hide()
        row.addWidget(self.pages)
        row.addStretch(1)
        self.search_field = _SearchField(theme, self.tr("Search or run"))
        self.search_field.clicked.connect(self.search)
        row.addWidget(self.search_field, 2)
        row.addStretch(1)
        self.server_button = StatusButton(theme, "computer", "")
        self.server_button.clicked.connect(self._copy_address)
        row.addWidget(self.server_button)
        self.room_button = RoomButton(theme, bench, tasks)
        row.addWidget(self.room_button)
        self.stamp_button = StatusButton(theme, "account", most=STAMP_WIDTH)
        self.stamp_button.clicked.connect(self.edit_stamp)
        row.addWidget(self.stamp_button)
        self._compact = False
        self._server: ServerInfo | None = None
        self.show_stamp(bench.stamp)
        self._look_at_server()
        self._every(SERVER_MS, self._look_at_server)

    def set_menu(self, menu: QMenu) -> None:
        """What the menu button opens, in the place of what it opened before."""
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu

    def open_menu(self) -> None:
        """Open the menu below its button."""
        if self._menu is not None:
            corner = QPoint(0, self.menu_button.height() + 4)
            self._menu.popup(self.menu_button.mapToGlobal(corner))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Between stretches a layout gives it no more than its minimum.
        whole = self.width() >= _WHOLE_SEARCH_FROM
        self.search_field.setMinimumWidth(_WHOLE_SEARCH if whole else _SHORT_SEARCH)

    def set_compact(self, compact: bool) -> None:
        """Leave the address out."""
        if self._compact != compact:
            self._compact = compact
            self._show_server()
            self.show_stamp(self._stamp)

    def offer_archive(self) -> None:
        """Have a choice between bench and archive."""
        self.pages.show()

    def show_page(self, archive: bool) -> None:
        """Say which of the two is shown."""
        self.pages.choose("archive" if archive else "bench")

    def show_bench(self, title: str, *, unsaved: bool) -> None:
        """Say which bench it is, and whether it differs from its file."""
        self.bench_button.show_status(f"{title} *" if unsaved else title, "bench", "text")
        tip = self.tr("Open another bench, add a Thing, save")
        if unsaved:
            tip = self.tr("Things were added or removed and are not in the bench file yet.")
        self.bench_button.setToolTip(tip)

    def show_stamp(self, stamp: Stamp) -> None:
        """Say whose work is done here on what."""
        self._stamp = stamp
        words = stamp_in_words(stamp, short=self._compact)
        # Not set yet it asks for it quietly: work without is allowed.
        role = "text" if words else "secondary"
        self.stamp_button.show_status(words or self.tr("Sample, operator…"), "account", role)
        self.stamp_button.setToolTip(plain_tool_tip(stamp_lines(stamp)))

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), Size.TOP_BAR)

    @property
    def server_text(self) -> str:
        """What is said of the server."""
        return self.server_button.text()

    # Inside.

    def _every(self, interval_ms: int, call: object) -> None:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(call)
        timer.start()

    def _look_at_server(self) -> None:
        server = self._bench.server
        if server != self._server:
            self._server = server
            self._show_server()

    def _show_server(self) -> None:
        server = self._server
        assert server is not None
        if not server.url:
            text, glyph = self.tr("Not on the network"), "computer"
        elif is_loopback(server.url):
            text, glyph = self.tr("On this computer only"), "computer"
        else:
            text, glyph = self.tr("On the network"), "network"
        if server.clients:
            text = self.tr("{0}, {1} connected").format(text, len(server.clients))
        if server.url and not self._compact:
            text = f"{text} · {urlsplit(server.url).netloc}"
        lines = [self.tr("Click to copy {0}").format(server.url)] if server.url else []
        if server.clients:
            count = Counter(server.clients)
            said = [f"{who} × {many}" if many > 1 else who for who, many in sorted(count.items())]
            lines.append(self.tr("Connected: {0}").format(", ".join(said)))
        if server.note:
            lines.insert(0, one_line(server.note))
            if not self._compact:
                text = f"{text} · {one_line(server.note)}"
        self.server_button.show_status(text, glyph, "waiting" if server.note else "text")
        self.server_button.setToolTip("\n".join(lines))

    def _copy_address(self) -> None:
        url = self._bench.server.url
        if url:
            QGuiApplication.clipboard().setText(url)
            self.copied.emit(url)


def is_loopback(url: str) -> bool:
    """Whether an address can be reached from this computer only."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _SearchField(QAbstractButton):
    """Looks like a field and opens the palette."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(self.tr("Search or run anything (Ctrl+K)"))
        self.setFont(theme.font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_SHORT_SEARCH)
        self.setMaximumWidth(264)

    @override
    def sizeHint(self) -> QSize:
        return QSize(264, 32)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent, 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(colours.field if self.underMouse() else colours.island)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        mark = QRect(12, 0, Size.ICON, self.height())
        paint_icon(painter, self._theme, "search", mark, "secondary")
        painter.setFont(self.font())
        painter.setPen(colours.secondary)
        words = self.rect().adjusted(36, 0, -12, 0)
        key = "Ctrl+K"
        room = painter.fontMetrics().horizontalAdvance(key) + 8
        painter.drawText(
            words.adjusted(0, 0, -room, 0),
            Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, words.width() - room
            ),
        )
        painter.setPen(colours.text)
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, key)
