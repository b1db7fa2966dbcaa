"""The application's log, carried from any thread into the window."""

from __future__ import annotations

import logging
import threading
from collections import deque
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from ui.activity.wording import one_line
from ui.theme import Size, TextSize, Theme

NEWEST: Final = 5000
"""How many lines the window keeps; all of them are in the log file."""

SHOW_MS: Final = 100
"""Lines are shown at most this often, many at a time."""


class LogFeed(QObject):
    """Holds the newest lines of the application's log until the window shows them.

    Add `handler` to a logger and remove it when the window closes.

    Attributes:
        handler: A logging handler; may be called on any thread, never blocks on the window.
    """

    _woken = Signal()

    def __init__(self, newest: int = NEWEST, parent: QObject | None = None) -> None:
        """An empty feed.

        Args:
            newest: How many lines to hold.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._lines: deque[str] = deque(maxlen=newest)
        self._gate = threading.Lock()
        self._signalled = False
        self._listener: QTimer | None = None
        self.newest = newest
        self.handler: logging.Handler = _FeedHandler(self)
        self._woken.connect(self._start, Qt.ConnectionType.QueuedConnection)

    def put(self, line: str) -> None:
        """Take one line in. Called from any thread."""
        with self._gate:
            self._lines.append(line)
            if self._signalled:
                return
            self._signalled = True
        self._woken.emit()

    def take(self) -> list[str]:
        """All lines since the last call, oldest first."""
        with self._gate:
            self._signalled = False
            lines = list(self._lines)
            self._lines.clear()
        return lines

    def tell(self, timer: QTimer) -> None:
        """Start this single-shot timer whenever lines wait."""
        self._listener = timer
        self._start()

    def _start(self) -> None:
        if self._listener is not None and not self._listener.isActive():
            self._listener.start()


class _FeedHandler(logging.Handler):
    def __init__(self, feed: LogFeed) -> None:
        super().__init__()
        self._feed = feed

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                message = f"{message}: {record.exc_info[1]!r}"
            at = datetime.fromtimestamp(record.created).astimezone()
            # What a device wrote must not pass for a line of its own.
            self._feed.put(
                f"{at:%H:%M:%S}  {record.levelname.lower():8} {record.name}: {one_line(message)}"
            )
        except RuntimeError:
            # The window was deleted while a thread still logged; the line is in the file.
            return


class LogView(QWidget):
    """The log as text, the newest line in sight unless the operator scrolled up."""

    def __init__(self, theme: Theme, feed: LogFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.PADDING)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(feed.newest)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(theme.font(TextSize.SMALL))
        self.text.setAccessibleName(self.tr("Log of the application"))
        self.text.setPlaceholderText(self.tr("Nothing was logged yet"))
        column.addWidget(self.text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOW_MS)
        self._timer.timeout.connect(self._show)
        feed.tell(self._timer)

    def _show(self) -> None:
        lines = self._feed.take()
        if lines:
            self.text.appendPlainText("\n".join(lines))
