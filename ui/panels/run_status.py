"""What an action is doing: waiting for what, how far, or why it failed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.models.action import ActionModel
from ui.models.numbers import span_in_words
from ui.states import LOOKS, State
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel, IconMark, ProgressLine, ReasonLabel


class RunStatus(QWidget):
    """A bar with a line beneath it, or a line, or a sentence; nothing while the action rests."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Begin with nothing to say."""
        super().__init__(parent)
        self._theme = theme
        self._strong = True
        self.bar = ProgressLine(theme)
        self.mark = IconMark(theme, side=14)
        self.step = ElidedLabel(theme, size=TextSize.SMALL, strong=True)
        self.remaining = ElidedLabel(theme, size=TextSize.SMALL, tone="secondary")
        self.remaining.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.error = ReasonLabel(theme)
        self.interlock = ReasonLabel(theme)
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.mark)
        line.addWidget(self.step, 1)
        line.addWidget(self.remaining)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(Size.GRID // 2)
        column.addWidget(self.bar)
        column.addWidget(self._line)
        column.addWidget(self.error)
        column.addWidget(self.interlock)
        theme.changed.connect(self._choose_font)

    def show_action(self, model: ActionModel, *, calm: bool = False) -> None:
        """Show what an action is doing.

        Args:
            model: The action.
            calm: Keep still; it began only just now.
        """
        progress = model.progress
        self.bar.setVisible(progress is not None)
        if progress is not None:
            self.bar.set_share(progress.fraction)
            if model.stuck:
                # How long it would take is of no use any more.
                words = self.tr("Stuck: was asked to stop and goes on")
                self._say(State.STUCK, words, "", strong=True)
            elif model.silent_s:
                words = self.tr("No sign of life for {0}").format(span_in_words(model.silent_s))
                self._say(State.SILENT, words, progress.remaining, strong=True)
            else:
                state = State.STOPPING if model.cancelling else State.RUNNING
                words = self.tr("Stopping") if model.cancelling else progress.step
                self._say(state, words or LOOKS[state].word, progress.remaining, strong=True)
        elif model.waiting:
            self._say(State.WAITING, model.waiting, "", strong=False)
        elif model.running:
            self._say(State.WAITING, self.tr("Asked for"), "", strong=False)
        else:
            self._line.hide()
        error = model.error
        sentence = error if not error or error[-1] in ".!?…" else f"{error}."
        self.error.say(State.FAILED if error else None, sentence)
        # What runs may be cancelled, whatever it would need to be run again.
        refused = "" if model.running else model.interlock
        self.interlock.say(State.INTERLOCK if refused else None, refused)
        self.setVisible(bool(error or refused) or (model.running and not calm))

    def _choose_font(self) -> None:
        # Another style sheet brings the font back that the label was made with.
        self.step.setFont(self._theme.font(TextSize.SMALL, strong=self._strong))

    def _say(self, state: State, words: str, remaining: str, *, strong: bool) -> None:
        look = LOOKS[state]
        self.mark.set_glyph(look.icon, look.role)
        self.step.set_tone(look.role)
        self._strong = strong
        self._choose_font()
        self.step.setText(words)
        self.remaining.setText(remaining)
        self._line.show()
