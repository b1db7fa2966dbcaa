"""What an expanded row shows: what went in, what came out, and what was logged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QSizePolicy, QWidget
from typing_extensions import override

from app.errors import InvocationNotFoundError
from app.handles import BenchHandle, InvocationSnapshot, InvocationStatus, LogLine
from app.run_records import RunRecord
from things.errors import ThingError
from ui.activity.note_box import NoteBox
from ui.activity.wording import asked_by, clock_time, one_line, outcome, value_in_short
from ui.models.numbers import span_in_words
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel, PlainLabel

HEIGHT = 156
"""How much an expanded row grows."""


class InvocationDetails(QWidget):
    """Input, outcome, note and log of one invocation; log and note are asked for when shown."""

    def __init__(
        self, theme: Theme, bench: BenchHandle, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._tasks = tasks
        self._asked: tuple[UUID, int] | None = None
        self._fetching: asyncio.Task[None] | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(64, 0, Size.PADDING, Size.PADDING)
        grid.setHorizontalSpacing(Size.GRID)
        grid.setVerticalSpacing(4)
        self._lines: dict[str, ElidedLabel] = {}
        for number, (key, title) in enumerate(
            (
                ("input", self.tr("Input")),
                ("outcome", self.tr("Result")),
                ("who", self.tr("Asked by")),
                ("times", self.tr("Times")),
            )
        ):
            name = PlainLabel(theme, title, size=TextSize.SMALL, tone="secondary")
            value = ElidedLabel(theme, size=TextSize.SMALL)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, number, 0)
            grid.addWidget(value, number, 1)
            self._lines[key] = value
        self.note = NoteBox(theme, bench, tasks)
        name = PlainLabel(theme, self.tr("Note"), size=TextSize.SMALL, tone="secondary")
        grid.addWidget(name, len(self._lines), 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.note, len(self._lines), 1)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(2000)
        self.log.setFont(theme.font(TextSize.SMALL))
        self.log.setAccessibleName(self.tr("Log of this invocation"))
        self.log.setPlaceholderText(self.tr("Nothing was logged"))
        self.log.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        grid.addWidget(self.log, 0, 2, 6, 1)
        grid.setColumnMinimumWidth(0, 64)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        grid.setRowStretch(5, 1)

    @override
    def showEvent(self, event: object) -> None:
        """Come to the front of the rows around it."""
        self.raise_()

    def show_invocation(self, snapshot: InvocationSnapshot) -> None:
        """Show an invocation; the log is fetched again when something changed."""
        locale = QLocale()
        self._lines["input"].setText(value_in_short(dict(snapshot.input)) or self.tr("none"))
        if snapshot.status.ended:
            failed = snapshot.status is InvocationStatus.ERROR
            said = outcome(snapshot, locale) or self.tr("nothing to show")
            if failed and snapshot.error is not None:
                said = f"{said} ({one_line(snapshot.error.title)})"
            self._lines["outcome"].setText(said)
            self._lines["outcome"].set_tone("failed" if failed else "text")
        else:
            self._lines["outcome"].setText(self.tr("not yet"))
            self._lines["outcome"].set_tone("secondary")
        parent = self._parent_title(snapshot)
        who = asked_by(snapshot.origin)
        self._lines["who"].setText(
            self.tr("{0}, through {1}").format(who, parent) if parent else who
        )
        asked = clock_time(snapshot.requested_at, locale)
        took = span_in_words(snapshot.elapsed_s)
        if snapshot.status.ended:
            self._lines["times"].setText(self.tr("asked {0}, took {1}").format(asked, took))
        else:
            self._lines["times"].setText(self.tr("asked {0}").format(asked))
        key = (snapshot.id, snapshot.version)
        if key == self._asked:
            return
        if self._asked is None or self._asked[0] != snapshot.id:
            self.log.clear()
            self.note.show_run(snapshot.id)
            self._tasks.start(self._fetch_note(snapshot.id), self.tr("Reading a note"))
        self._asked = key
        if self._fetching is None or self._fetching.done():
            self._fetching = self._tasks.start(
                self._fetch(), self.tr("Fetching the log of {0}").format(snapshot.title)
            )

    def _parent_title(self, snapshot: InvocationSnapshot) -> str:
        if snapshot.parent is None:
            return ""
        for other in self._bench.invocations():
            if other.id == snapshot.parent:
                return one_line(other.title)
        return self.tr("another action")

    def take_record(self, record: RunRecord) -> None:
        """A run got another note, by whomever."""
        self.note.show_record(record)

    async def _fetch(self) -> None:
        """Fetch until what is shown is what was last asked for."""
        shown = None
        while shown != self._asked and self._asked is not None:
            shown = self._asked
            try:
                lines = log_lines(await self._log(shown[0]))
            except ThingError as error:
                lines = [str(error)]
            if shown[0] == self._asked[0]:
                self._write(lines)

    async def _log(self, run: UUID) -> Sequence[LogLine]:
        """The bench knows what ran lately; what ended long ago is known to the ledger alone."""
        try:
            return await self._bench.log(run)
        except InvocationNotFoundError:
            return (await self._bench.run(run)).log

    async def _fetch_note(self, run: UUID) -> None:
        try:
            self.note.show_record(await self._bench.run(run))
        except ThingError as error:
            self.note.show_missing(run, str(error))

    def _write(self, lines: Sequence[str]) -> None:
        text = "\n".join(lines)
        if text == self.log.toPlainText():
            return
        bar = self.log.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        self.log.setPlainText(text)
        if at_end:
            bar.setValue(bar.maximum())


def log_lines(lines: Sequence[LogLine]) -> list[str]:
    """Log lines as text: time, level where it is worth a word, message on one line."""
    shown = []
    for line in lines:
        level = "" if line.level == "INFO" else f"{line.level.lower()}: "
        shown.append(f"{line.at.astimezone():%H:%M:%S}  {level}{one_line(line.message)}")
    return shown
