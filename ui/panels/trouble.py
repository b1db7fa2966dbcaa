"""What a panel shows of a Thing that is not there: why, and a button to try again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from things.events import ThingState
from ui.models.thing import ThingModel
from ui.states import State
from ui.theme import Size, Theme
from ui.widgets import ReasonLabel, TextButton

_STATES = {
    ThingState.NOT_STARTED: State.NOT_STARTED,
    ThingState.FAILED: State.FAULT,
    ThingState.DISCONNECTED: State.OFFLINE,
    ThingState.CLOSED: State.CLOSED,
}


class Trouble(QWidget):
    """Why a Thing is not there, in words, and 'Try again'; hidden while it is well."""

    retry_asked = Signal()

    def __init__(self, theme: Theme, model: ThingModel) -> None:
        """Build it for a Thing."""
        super().__init__()
        self._model = model
        self.reason = ReasonLabel(theme)
        self.retry = TextButton(theme, self.tr("Try again"), glyph="retry", role="accent")
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.retry)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.PADDING)
        column.setSpacing(Size.GRID)
        column.addWidget(self.reason)
        column.addLayout(line)
        self.retry.clicked.connect(self.retry_asked)
        self._trying = False
        self._failure = ""
        model.changed.connect(self.refresh)
        self.refresh()

    def set_trying(self, trying: bool, failure: str = "") -> None:
        """Show that it is being tried, or why trying failed."""
        self._trying, self._failure = trying, failure
        self.refresh()

    def refresh(self) -> None:
        """Show the Thing's state as it is."""
        state = _STATES.get(self._model.state)
        self.setVisible(state is not None or bool(self._failure))
        reason = self._failure or self._model.reason or self.tr("It did not say why.")
        reason = f"{reason[:1].upper()}{reason[1:]}"
        self.reason.say(state or State.FAILED, reason if reason[-1] in ".!?…" else f"{reason}.")
        self.retry.setVisible(self._model.state is not ThingState.CLOSED)
        self.retry.setEnabled(not self._trying)
        first = self._model.state is ThingState.NOT_STARTED
        again = self.tr("Start") if first else self.tr("Try again")
        self.retry.setText(self.tr("Trying") if self._trying else again)
