"""Asking before the window closes while something runs, and saying what is waited for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.handles import InvocationSnapshot
from ui.activity.wording import asked_by, one_line
from ui.standing_dialog import StandingDialog
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel, PlainLabel, ProgressLine, TextButton

_LISTED = 6


class ClosingDialog(StandingDialog):
    """The window stays in use, STOP ALL within reach, until the answer is given.

    Attributes:
        agreed: Cancel everything and close.
    """

    agreed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", parent)
        self.setWindowTitle(self.tr("Close"))
        self.setMinimumWidth(420)
        column = self.column
        self.question = PlainLabel(theme, size=TextSize.TITLE, strong=True)
        column.addWidget(self.question)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        column.addLayout(self._list)
        self.status = PlainLabel(theme, tone="secondary")
        self.status.setWordWrap(True)
        self.status.hide()
        column.addWidget(self.status)
        self._bar = ProgressLine(theme)
        self._bar.set_share(None)
        self._bar.hide()
        column.addWidget(self._bar)
        column.addSpacing(Size.GRID)
        self.stay_button = TextButton(theme, self.tr("Keep working"))
        self.stay_button.clicked.connect(self.reject)
        self.close_button = TextButton(theme, self.tr("Cancel them and close"), kind="danger")
        self.close_button.clicked.connect(self.agreed)
        self.add_foot(self.stay_button, self.close_button, default=self.stay_button)

    def ask(self, running: Sequence[InvocationSnapshot], title_of: dict[str, str]) -> None:
        """Show what runs or waits, and ask.

        Args:
            running: What would be cancelled.
            title_of: Titles of Things by name.
        """
        self._clear()
        count = len(running)
        self.question.setText(
            self.tr("{0} is still running.").format(one_line(running[0].title))
            if count == 1
            else self.tr("{0} actions are still running or waiting.").format(count)
        )
        for each in running[:_LISTED]:
            thing = title_of.get(each.thing, each.thing)
            line = self.tr("{0} on {1}, asked for by {2}").format(
                one_line(each.title), thing, asked_by(each.origin)
            )
            self._list.addWidget(ElidedLabel(self._theme, line, tone="secondary"))
        if count > _LISTED:
            more = self.tr("and {0} more").format(count - _LISTED)
            self._list.addWidget(PlainLabel(self._theme, more, tone="secondary"))
        self.come_forward(self.stay_button)

    def wait(self, what: str) -> None:
        """Say what is waited for; there is nothing to answer any more."""
        self._clear()
        self.question.setText(self.tr("Closing"))
        self.status.setText(one_line(what))
        self.status.setVisible(bool(what))
        self._bar.show()
        self.stay_button.setEnabled(False)
        self.close_button.setEnabled(False)
        if not self.isVisible():
            self.show()

    def _clear(self) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
