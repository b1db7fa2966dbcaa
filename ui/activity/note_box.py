"""The note of a run: a few lines, kept when they are left."""

from __future__ import annotations

import asyncio
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget
from typing_extensions import override

from app.handles import BenchHandle
from app.run_records import RunRecord
from things.errors import ThingError
from ui.activity.wording import one_line
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme, repolish
from ui.widgets import ElidedLabel, plain_tool_tip

HEIGHT = 44
"""Two lines; more of them scroll."""

_SAID_MOST = 160


class NoteBox(QWidget):
    """Shows and changes what the operator wrote to a run.

    Ctrl+Enter keeps it, and so does leaving the box; Esc goes back to what is kept.

    Args:
        theme: Where font and colours come from.
        bench: Keeps the note.
        tasks: Asks it.

    Attributes:
        box: Where it is typed.
        said: Whether it was kept, or why not.
    """

    def __init__(
        self, theme: Theme, bench: BenchHandle, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._tasks = tasks
        self._run: UUID | None = None
        self._kept = ""
        self._keeping: set[asyncio.Task[None]] = set()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Size.GRID)
        self.box = QPlainTextEdit()
        self.box.setFont(theme.font(TextSize.SMALL))
        self.box.setFixedHeight(HEIGHT)
        self.box.setTabChangesFocus(True)
        self.box.setAccessibleName(self.tr("Note to this run"))
        self.box.installEventFilter(self)
        row.addWidget(self.box, 1)
        self.said = ElidedLabel(theme, size=TextSize.SMALL, tone="secondary")
        self.said.setMaximumWidth(_SAID_MOST)
        self.said.hide()
        row.addWidget(self.said)
        self.show_run(None)

    @property
    def text(self) -> str:
        """What stands in the box."""
        return self.box.toPlainText()

    def show_run(self, run: UUID | None) -> None:
        """Begin with a run whose note is not known yet; None for none."""
        self._run = run
        self._show("")
        self._say("")
        self.box.setEnabled(False)
        self.box.setPlaceholderText("")

    def show_record(self, record: RunRecord) -> None:
        """Show the note of the run; what is being typed stays."""
        if record.id != self._run:
            return
        self.box.setEnabled(True)
        self.box.setPlaceholderText(self.tr("Write a note"))
        if self.text == self._kept:
            self._show(record.note)
        self._kept = record.note

    def show_missing(self, run: UUID, reason: str) -> None:
        """The run is not in the ledger, so that it has no note.

        Args:
            run: Which one.
            reason: Why, in words.
        """
        if run == self._run:
            self.box.setPlaceholderText(one_line(reason))

    def keep(self) -> None:
        """Keep what was typed."""
        if self.unkept is None:
            return
        task = self._tasks.start(self._keep(*self.unkept), self.tr("Keeping a note"))
        if task is not None:
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    @property
    def unkept(self) -> tuple[UUID, str] | None:
        """The run and what was written to it, where that is not kept yet; None otherwise."""
        if self._run is None or self.text.strip() == self._kept:
            return None
        return self._run, self.text

    def take_as_kept(self, run: UUID, note: str) -> None:
        """Somebody else has kept what was written to a run."""
        if run == self._run:
            self._kept = note

    async def settle(self, at_most_s: float) -> None:
        """Keep what was typed, and wait until all of it is kept or refused.

        Args:
            at_most_s: The longest to wait, in seconds.
        """
        self.keep()
        if self._keeping:
            await asyncio.wait(set(self._keeping), timeout=at_most_s)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep what was typed when the box is left; keys keep it or go back."""
        if watched is self.box and event.type() == QEvent.Type.FocusOut:
            self.keep()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.keep()
                return True
            if event.key() == Qt.Key.Key_Escape and self.text != self._kept:
                self._show(self._kept)
                self._say("")
                return True
        return super().eventFilter(watched, event)

    async def _keep(self, run: UUID, note: str) -> None:
        try:
            record = await self._bench.annotate(run, note)
        except ThingError as error:
            if run != self._run:
                raise  # its box shows another run: told as a notice
            self._say(str(error).removeprefix("note: "), refused=True)
            return
        if run != self._run:
            return
        self._kept = record.note
        if self.text == note:
            self._show(record.note)
        self._say(self.tr("Kept"))

    def _show(self, note: str) -> None:
        self._kept = note
        if self.text != note:
            self.box.setPlainText(note)

    def _say(self, words: str, *, refused: bool = False) -> None:
        self.said.setText(one_line(words))
        self.said.setToolTip(plain_tool_tip(words))
        self.said.set_tone("failed" if refused else "secondary")
        self.said.setVisible(bool(words))
        self.box.setProperty("fieldState", "refused" if refused else "")
        repolish(self.box)
