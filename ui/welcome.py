"""The first thing a newcomer sees: what this is, and three ways to begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme
from ui.widgets import Island, PlainLabel, TextButton

_WIDTH = 440
_RECENT = 4


class WelcomePage(Island):
    """Lies over the middle of the window until any of its buttons, or Esc, is pressed.

    Args:
        theme: How it looks.
        recent: Bench files opened before.
        over: What it covers.

    Attributes:
        open_file: A bench file is to be chosen.
        recent_chosen: One of the benches opened before is wanted; its file.
        closed: It is out of the way, whatever was chosen.
    """

    open_file = Signal()
    recent_chosen = Signal(Path)
    closed = Signal()

    def __init__(self, theme: Theme, recent: Sequence[Path], over: QWidget) -> None:
        super().__init__(theme, over)
        self._over = over
        self.setAccessibleName(self.tr("Welcome"))
        inside = QWidget()
        inside.setFixedWidth(_WIDTH)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Size.PADDING)
        column.addWidget(
            PlainLabel(theme, self.tr("Welcome to Labwright"), size=TextSize.TITLE, strong=True)
        )
        for sentence in (
            self.tr(
                "The window shows a bench: its instruments at the left, their panels at the "
                "right, pictures here, and below everything that runs."
            ),
            self.tr(
                "Type a value and press Enter to set it, press Run to start an action, and "
                "Ctrl+K finds anything by a few letters."
            ),
            self.tr("STOP ALL, top left or Ctrl+., stops everything at any time."),
        ):
            said = PlainLabel(theme, sentence, tone="secondary")
            said.setWordWrap(True)
            # A layout gives a wrapped label what it would like to have, not what it needs.
            said.setMinimumHeight(said.heightForWidth(_WIDTH))
            column.addWidget(said)
        column.addSpacing(Size.GRID)
        row = QHBoxLayout()
        row.setSpacing(Size.GRID)
        self.demo_button = TextButton(theme, self.tr("Try the demo bench"), kind="primary")
        # It is there already, behind this page.
        self.demo_button.clicked.connect(self.close_page)
        row.addWidget(self.demo_button)
        self.file_button = TextButton(theme, self.tr("Open a bench file…"))
        self.file_button.clicked.connect(lambda: self._answer(self.open_file.emit))
        row.addWidget(self.file_button)
        row.addStretch(1)
        column.addLayout(row)
        self.recent_buttons: list[TextButton] = []
        if recent:
            column.addSpacing(Size.GRID)
            column.addWidget(PlainLabel(theme, self.tr("Recent benches"), strong=True))
        for file in recent[:_RECENT]:
            button = TextButton(theme, file.stem, glyph="bench", kind="quiet", role="secondary")
            button.setToolTip(str(file))
            button.clicked.connect(partial(self._choose, file))
            self.recent_buttons.append(button)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)
        self.column.addWidget(inside, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addStretch(1)
        over.installEventFilter(self)
        self._cover()
        self.show()
        self.raise_()

    def close_page(self) -> None:
        """Get out of the way."""
        if self.isHidden():
            return
        self._over.removeEventFilter(self)
        self.hide()
        self.deleteLater()
        self.closed.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_page()
            return
        super().keyPressEvent(event)

    def _cover(self) -> None:
        self.setGeometry(self._over.rect())

    def _choose(self, file: Path, _checked: bool = False) -> None:
        self._answer(lambda: self.recent_chosen.emit(file))

    def _answer(self, tell: Callable[[], object]) -> None:
        self.close_page()
        tell()
