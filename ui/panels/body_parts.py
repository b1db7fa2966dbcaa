"""Lines of a panel that are neither field nor action: streams, and the heads of groups."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.editors import EditorContext
from ui.editors.fold import Fold
from ui.models.counts import values_in_words
from ui.models.thing import Group, Stream, ThingModel
from ui.theme import Size, Theme
from ui.widgets import ElidedLabel, TextButton

SUM_UP_EVERY_MS = 100
"""How often the line of a group is written anew, however many of its values change."""


class StreamRow(QWidget):
    """A live stream: its name and a button that shows it."""

    def __init__(self, stream: Stream, context: EditorContext) -> None:
        """Build the row of a stream."""
        super().__init__()
        theme = context.theme
        self.button = TextButton(theme, self.tr("Show"), glyph="live", role="accent")
        self.button.setFixedWidth(Size.RUN)
        self.button.setAccessibleName(self.tr("Show {0}").format(stream.title))
        label = ElidedLabel(theme, stream.title)
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.INDENT, 0, 0, 0)
        row.addWidget(label, 1)
        row.addWidget(self.button)


class GroupFold(Fold):
    """A titled group; folded, it says what is in it."""

    def __init__(self, theme: Theme, model: ThingModel, group: Group) -> None:
        """Build the line of a group."""
        super().__init__(theme, group.title)
        self._model = model
        self._group = group
        self.toggled.connect(self._sum_up)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SUM_UP_EVERY_MS)
        self._soon.timeout.connect(self._sum_up)
        for field in group.fields:
            field.changed.connect(self._sum_up_soon)
        self._sum_up()

    def _sum_up_soon(self) -> None:
        if not self.is_open and not self._soon.isActive():
            self._soon.start()

    def _sum_up(self) -> None:
        count = len(self._group.fields)
        words = values_in_words(count)
        self.set_summary(words if self.is_open else self._model.summary(self._group))
