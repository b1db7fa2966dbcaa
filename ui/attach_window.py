"""Another program has the bench: says who, and offers a window on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.errors import BenchInUseError
from app.session import Session
from things.errors import ThingError
from ui.activity.wording import one_line
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import PlainLabel, ProgressLine, TextButton


class AttachWindow(QWidget):
    """A small window of its own, not modal: 'Attach' or 'Close'.

    Args:
        theme: How it looks.
        error: Who has the bench.
        connect: Connects to the bench; run in a worker thread, may take seconds.
    """

    def __init__(
        self, theme: Theme, error: BenchInUseError, connect: Callable[[], Session]
    ) -> None:
        super().__init__()
        self._connect = connect
        self._tasks = Tasks(self._tell)
        self._answered = asyncio.Event()
        self._session: Session | None = None
        self.setWindowTitle(self.tr("In use – Labwright"))
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(Size.GRID)
        self.question = PlainLabel(theme, size=TextSize.TITLE, strong=True)
        self.question.setText(one_line(str(error).removesuffix(f" by {error.holder}")))
        column.addWidget(self.question)
        self.status = PlainLabel(theme, tone="secondary")
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status.setText(
            self.tr("By {0}. It is served at {1}: attach to see and use the same bench.").format(
                one_line(error.holder), error.url
            )
            if error.url
            else self.tr("By {0}. It cannot be reached from here, or not yet.").format(
                one_line(error.holder)
            )
        )
        column.addWidget(self.status)
        self._bar = ProgressLine(theme)
        self._bar.set_share(None)
        self._bar.hide()
        column.addWidget(self._bar)
        column.addSpacing(Size.GRID)
        row = QHBoxLayout()
        row.addStretch(1)
        self.close_button = TextButton(theme, self.tr("Close"))
        self.close_button.clicked.connect(self.close)
        row.addWidget(self.close_button)
        self.attach_button = TextButton(theme, self.tr("Attach"), kind="primary")
        self.attach_button.clicked.connect(self._attach)
        self.attach_button.setEnabled(bool(error.url))
        row.addWidget(self.attach_button)
        column.addLayout(row)
        (self.attach_button if error.url else self.close_button).setFocus()

    async def answer(self) -> Session | None:
        """Wait for the answer; the window is gone then.

        Returns:
            The bench, connected; None where the answer was no.
        """
        try:
            await self._answered.wait()
            return self._session
        finally:
            await self._tasks.close()
            self.hide()
            self.deleteLater()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """To close it is to say no."""
        super().closeEvent(event)
        self._answered.set()

    def _attach(self) -> None:
        self.attach_button.setEnabled(False)
        self._bar.show()
        self._tasks.start(self._try(), self.tr("Attach"))

    async def _try(self) -> None:
        try:
            session = await asyncio.to_thread(self._connect)
        except (ThingError, ValueError, OSError) as error:
            self._show_failure(error)
            return
        if self._answered.is_set():  # closed meanwhile
            await asyncio.to_thread(session.close)
            return
        self._session = session
        self._answered.set()

    def _tell(self, _what: str, error: Exception) -> None:
        self._show_failure(error)

    def _show_failure(self, error: Exception) -> None:
        self._bar.hide()
        self.status.setText(one_line(str(error) or type(error).__name__))
        self.attach_button.setEnabled(True)
