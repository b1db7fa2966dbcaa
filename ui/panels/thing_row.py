"""A Thing in one line: state, one value, its first action."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.handles import BenchHandle
from things.events import ThingState
from ui.models.numbers import PLAIN, NumberStyle, format_value
from ui.models.thing import ThingModel
from ui.panels.panel_header import keep_whole, show_state
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel, IconButton, IconMark, ProgressLine, TextButton


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
        self.setFixedHeight(Size.THING_ROW)
        self.mark = IconMark(theme)
        self.title = ElidedLabel(theme, model.title, strong=True)
        self.word = ElidedLabel(theme, size=TextSize.SMALL)
        self.bar = ProgressLine(theme)
        self.value = ElidedLabel(theme)
        self.button = TextButton(theme, self.tr("Cancel"), glyph="cancel")
        self.button.setMinimumWidth(Size.RUN)
        self.unfold = IconButton(theme, "open", self.tr("Show {0}").format(model.title))
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.PADDING, 0, Size.GRID, 0)
        row.setSpacing(Size.GRID)
        row.addWidget(self.mark)
        row.addWidget(self.title)
        row.addWidget(self.word)
        row.addWidget(self.bar, 1)
        row.addStretch(1)
        row.addWidget(self.value)
        row.addWidget(self.button)
        row.addWidget(self.unfold)
        self.unfold.clicked.connect(self.unfold_asked)
        self.button.clicked.connect(self._pressed)
        model.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the Thing as it is."""
        if not self.isVisible():
            return
        model = self._model
        self.title.setText(model.title)
        keep_whole(self.title)
        show_state(self.mark, self.word, model)
        broken = model.state in (ThingState.FAILED, ThingState.DISCONNECTED)
        running = model.current
        self.bar.setVisible(running is not None)
        self.value.setVisible(running is None)
        self.button.setVisible(broken or running is not None)
        if broken:
            self.button.setText(self.tr("Try again"))
            self.button.set_glyph("retry", "accent")
            self.value.setText(model.reason)
            self.value.set_tone("secondary")
            return
        self.value.set_tone("text")
        if running is not None:
            self.button.setText(self.tr("Cancel"))
            self.button.set_glyph("cancel", "text")
            progress = running.progress
            self.bar.set_share(progress.fraction if progress is not None else None)
            self.word.setText(self.word.text().partition(":")[0])
            return
        field = model.headline()
        known = field is not None and field.known
        self.value.setText(
            format_value(field.confirmed, field.schema, self._style) if known and field else ""
        )
        if field is not None:
            self.value.setAccessibleName(f"{field.title} {self.value.text()}")

    def showEvent(self, event: object) -> None:
        """Take in what happened while it was out of sight."""
        self.refresh()

    def _pressed(self) -> None:
        running = self._model.current
        if running is not None:
            self._tasks.start(running.cancel(self._bench), running.title)
        else:
            self.retry_asked.emit()
