"""The foot of a panel that shows everything: last runs, address, what the Thing is."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, QTime
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.handles import BenchHandle, InvocationSnapshot
from ui.editors import EditorContext
from ui.models.thing import ThingModel
from ui.panels.panel_header import address_of
from ui.states import LOOKS, state_of_invocation
from ui.theme import Size, TextSize
from ui.widgets import ElidedLabel, IconMark, PlainLabel

RUNS = 5
"""How many of the last runs are listed."""


class About(QWidget):
    """What ran last and where the Thing is found."""

    def __init__(self, model: ThingModel, bench: BenchHandle, context: EditorContext) -> None:
        """Build it for a Thing."""
        super().__init__()
        self._model = model
        self._bench = bench
        self._theme = context.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._heading(self.tr("Last runs")))
        self._runs = QVBoxLayout()
        self._runs.setSpacing(0)
        column.addLayout(self._runs)
        column.addWidget(self._heading(self.tr("About")))
        column.addLayout(self._facts())
        model.run_ended.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """List the last runs as they are now."""
        while (item := self._runs.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        runs = [run for run in self._bench.invocations() if run.thing == self._model.name]
        ended = [run for run in runs if run.status.ended][-RUNS:]
        for run in reversed(ended):
            self._runs.addWidget(self._run(run))
        if not ended:
            self._runs.addWidget(PlainLabel(self._theme, self.tr("None yet"), tone="secondary"))

    def _heading(self, text: str) -> PlainLabel:
        label = PlainLabel(self._theme, text, size=TextSize.SMALL, tone="secondary", strong=True)
        label.setFixedHeight(Size.CONTROL)
        return label

    def _run(self, run: InvocationSnapshot) -> QWidget:
        look = LOOKS[state_of_invocation(run)]
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Size.GRID)
        mark = IconMark(self._theme, look.icon, look.role)
        mark.setToolTip(look.word)
        row.addWidget(mark)
        row.addWidget(ElidedLabel(self._theme, f"{run.title}, {look.word.lower()}"), 1)
        moment = (run.ended_at or run.requested_at).astimezone()
        clock = QLocale().toString(
            QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat
        )
        row.addWidget(PlainLabel(self._theme, clock, size=TextSize.SMALL, tone="secondary"))
        line.setFixedHeight(Size.CONTROL)
        return line

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Size.GRID)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, Size.LABEL)
        grid.setColumnStretch(1, 1)
        facts = [
            (self.tr("Address"), address_of(self._model.handle, self._bench.server.url)),
            (self.tr("Identity"), str(self._model.description.get("id") or "")),
            (self.tr("What it is"), str(self._model.description.get("description") or "")),
        ]
        for row, (title, fact) in enumerate(each for each in facts if each[1]):
            grid.addWidget(PlainLabel(self._theme, title, tone="secondary"), row, 0)
            label = ElidedLabel(self._theme, fact)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(f"{title}: {fact}")
            grid.addWidget(label, row, 1)
        return grid
