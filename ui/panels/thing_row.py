"""A Thing in one line: state, one value, its first action."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.handles import BenchHandle
from things.events import ThingState
from ui.models.action import ActionModel
from ui.models.field import FieldModel, FieldState
from ui.models.numbers import PLAIN, NumberStyle, format_value, span_in_words
from ui.models.thing import ThingModel
from ui.panels.panel_header import keep_whole, show_state
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import (
    ElidedLabel,
    IconButton,
    IconMark,
    ProgressLine,
    SteadyButton,
    plain_tool_tip,
)

_LONGEST_QUICK = 72
"""The longest name of an action that has room in a row, in pixels."""

_LONGEST_VALUE = 200
"""A longer value is cut, in pixels."""

_LONGEST_BESIDE = 100
"""The longest value there is room for beside an action, in pixels."""


class ThingRow(QWidget):
    """The 48 pixels of a folded panel."""

    unfold_asked = Signal()
    retry_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        model: ThingModel,
        bench: BenchHandle,
        tasks: Tasks,
        style: NumberStyle = PLAIN,
    ) -> None:
        """Build the row of a Thing; its description is read when it is first in sight."""
        super().__init__()
        self._model = model
        self._bench = bench
        self._tasks = tasks
        self._style = style
        self._compact = False
        self._watched: FieldModel | None = None
        self.setFixedHeight(Size.THING_ROW)
        self.mark = IconMark(theme)
        self.title = ElidedLabel(theme, model.title, strong=True)
        self.word = ElidedLabel(theme, size=TextSize.SMALL)
        self.bar = ProgressLine(theme)
        self.value = ElidedLabel(theme)
        self.value_title = ElidedLabel(theme, size=TextSize.SMALL, tone="secondary")
        self.button = SteadyButton(theme, self.tr("Cancel"), glyph="cancel")
        self.unfold = IconButton(theme, "open", self.tr("Show {0}").format(model.title))
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.PADDING, 0, Size.GRID, 0)
        row.setSpacing(Size.GRID)
        row.addWidget(self.mark)
        row.addWidget(self.title)
        row.addWidget(self.word)
        row.addWidget(self.bar, 1)
        row.addStretch(1)
        row.addWidget(self.value_title)
        row.addWidget(self.value)
        row.addWidget(self.button)
        row.addWidget(self.unfold)
        self.unfold.clicked.connect(self.unfold_asked)
        self.button.taken.connect(self._pressed)
        model.changed.connect(self.refresh)

    def set_compact(self, compact: bool) -> None:
        """Leave out the action and the name of the value."""
        self._compact = compact
        self.refresh()

    def refresh(self) -> None:
        """Show the Thing as it is."""
        if not self.isVisible():
            return
        model = self._model
        self.title.setText(model.title)
        keep_whole(self.title)
        show_state(self.mark, self.word, model)
        self.word.setText(self.word.text().partition(":")[0])
        keep_whole(self.word)
        running = model.current
        broken = model.state.can_be_tried
        self.bar.setVisible(running is not None)
        self.value.setVisible(running is None)
        self.value.set_tone("secondary" if broken else "text")
        if broken:
            self._show_button(self.tr("Try again"), "retry", "accent")
            self._show_value("", model.reason)
            self.value.setMinimumWidth(0)
        elif running is not None:
            self._show_button(self.tr("Cancel"), "cancel", "text")
            self._show_value("", "")
            progress = running.progress
            self.bar.set_share(progress.fraction if progress is not None else None)
            self._show_trouble(running)
        else:
            field = self._watch(model.headline())
            known = field is not None and field.known
            text = format_value(field.confirmed, field.schema, self._style) if field else ""
            stale = field is not None and field.state is FieldState.STALE
            if field is not None and stale:
                self.value.set_tone("stale")
                self._show_value("", field.reason)
                self.value.setMinimumWidth(0)
            else:
                self._show_value(field.title if field and known else "", text if known else "")
                keep_whole(self.value, _LONGEST_VALUE)
            action = self._quick_action()
            refused = action.interlock if action is not None else ""
            self._show_button(action.title if action is not None else "", "run", "accent", refused)

    def tick(self) -> None:
        """A second went by: what runs may have been silent for longer."""
        if self.isVisible() and self._model.current is not None:
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Take in what happened while it was out of sight."""
        super().showEvent(event)
        self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere on the row unfolds it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.unfold_asked.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here."""
        event.accept()

    def _watch(self, field: FieldModel | None) -> FieldModel | None:
        """Follow the value of a field; after a reload it is another one."""
        if field is not None and field is not self._watched:
            self._watched = field
            field.changed.connect(self.refresh)
        return field

    def _show_button(self, text: str, glyph: str, role: str, refused: str = "") -> None:
        self.button.setVisible(bool(text))
        self.button.setEnabled(not refused)
        self.button.setToolTip(plain_tool_tip(refused) if refused else "")
        self.button.setAccessibleDescription(refused)
        if text:
            self.button.mean(f"{glyph} {text}")
            self.button.setText(text.replace("&", "&&"))
            self.button.set_glyph(glyph, role)
            self.button.setFixedWidth(max(Size.RUN, self.button.sizeHint().width()))
            self.button.setAccessibleName(f"{text}: {self._model.title}")

    def _show_value(self, title: str, text: str) -> None:
        self.value.setText(text)
        self.value.setAccessibleName(f"{title} {text}".strip())
        self.value_title.setText(title)
        self.value_title.setVisible(bool(title) and not self._compact)

    def _show_trouble(self, running: ActionModel) -> None:
        """Of what goes on without heed, or without a word, the bar would tell nothing."""
        if running.stuck:
            role, words = "failed", self.tr("Stuck")
        elif running.silent_s:
            span = span_in_words(running.silent_s)
            role, words = "waiting", self.tr("No sign of life for {0}").format(span)
        else:
            return
        self.bar.hide()
        self.value.set_tone(role)
        self.value.show()
        self._show_value("", words)
        keep_whole(self.value, _LONGEST_VALUE)

    def _quick_action(self) -> ActionModel | None:
        """The first action, where one click can do no harm that a question would have stopped."""
        first = next(iter(self._model.actions.values()), None)
        if self._compact or first is None or first.inputs or first.confirm:
            return None
        # A long name would push out the value, which is what a row is for.
        measure = self.value.fontMetrics()
        width = measure.horizontalAdvance(first.title)
        beside = measure.horizontalAdvance(self.value.text())
        return first if width <= _LONGEST_QUICK and beside <= _LONGEST_BESIDE else None

    def _pressed(self) -> None:
        running = self._model.current
        if running is not None:
            self._tasks.start(running.cancel(self._bench), running.title)
            return
        action = self._quick_action()
        if self._model.state is not ThingState.READY:
            self.retry_asked.emit()
        elif action is not None:
            self._tasks.start(action.run(self._model.handle), action.title)
