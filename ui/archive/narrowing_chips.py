"""What is asked for beside the choices, each with a cross that lets go of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.archive.narrowing import Narrowing
from ui.theme import Theme
from ui.widgets import PlainLabel, TextButton, plain_tool_tip

MOST_WIDTH = 240


class NarrowingChips(QWidget):
    """A row that is there only while something is asked for.

    Attributes:
        let_go: One is to be asked for no more.
        buttons: One for each, in their order.
    """

    let_go = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.buttons: list[TextButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        label = PlainLabel(theme, self.tr("Only"), tone="secondary")
        self._row.addWidget(label)
        self._row.addStretch(1)
        self.hide()

    def show_all(self, narrowings: Sequence[Narrowing]) -> None:
        """Show these and no others."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._chip(each) for each in narrowings]
        for place, button in enumerate(self.buttons, 1):
            self._row.insertWidget(place, button)
        self.setVisible(bool(narrowings))

    def _chip(self, narrowing: Narrowing) -> TextButton:
        words = narrowing.words
        button = TextButton(self._theme, "", glyph="close", role="secondary")
        shown = button.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, MOST_WIDTH)
        button.setText(shown.replace("&", "&&"))
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross stands at the end
        tip = self.tr("{0}; a click lets go of it").format(words)
        button.setToolTip(plain_tool_tip(tip))
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: self.let_go.emit(narrowing))
        return button
