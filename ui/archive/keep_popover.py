"""Keeping something under another name, in a folder, with tags and a note: said before it is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.archive.records import BlobPath
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle, InvocationSnapshot, Stamp
from things.errors import ThingError
from ui.activity.wording import sentence
from ui.archive.keep_wish import KeepWish
from ui.archive.notes_box import NotesBox
from ui.popover import Popover
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import PlainLabel, ReasonLabel, TextButton

WIDTH: Final = 400
TYPED_MS: Final = 250
"""The name is made anew when nothing was typed for so long."""

_LABEL: Final = 76
_NOTES_HEIGHT: Final = 56

Keep = Callable[[KeepWish], Coroutine[Any, Any, object]]
"""Keeps it; raises ThingError where that is refused."""


class KeepPopover(Popover):
    """The name that the pattern will give, to be changed, and all else that can be said.

    Enter keeps, in the note Ctrl+Enter; what was refused stays as it was typed, with the reason.

    Args:
        theme: Where the look comes from.
        bench: Knows under which stamp something was run.
        archive: Makes the name.
        tasks: Runs the asking.
        parent: The window it lies over.

    Attributes:
        name, folder, sample, session, operator, tags: Lines.
        notes: Several of them.
        reason: Why it was not kept.
    """

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        tasks: Tasks,
        parent: QWidget,
    ) -> None:
        super().__init__(theme, "", parent, WIDTH)
        self.set_title(self.tr("Keep as"))
        self._bench = bench
        self._archive = archive
        self._tasks = tasks
        self._run: UUID | None = None
        self._path: BlobPath = ()
        self._keep: Keep | None = None
        self._made_under = Stamp()
        self._suggested = ""
        self.name = self._line(self.tr("Name"))
        self.folder = self._line(self.tr("Folder"))
        self.folder.setPlaceholderText(self.tr("where it goes in an export"))
        self.sample = self._line(self.tr("Sample"))
        self.session = self._line(self.tr("Session"))
        self.operator = self._line(self.tr("Operator"))
        self.tags = self._line(self.tr("Tags"))
        self.tags.setPlaceholderText(self.tr("with commas between them"))
        self.notes = NotesBox()
        self.notes.setFont(theme.font())
        self.notes.setFixedHeight(_NOTES_HEIGHT)
        self.notes.setTabChangesFocus(True)
        self.notes.sent.connect(self.keep)
        self._row(self.tr("Note"), self.notes)
        self.reason = ReasonLabel(theme)
        self.column.addWidget(self.reason)
        row = QHBoxLayout()
        row.addStretch(1)
        self.keep_button = TextButton(theme, self.tr("Keep"), kind="primary")
        self.keep_button.clicked.connect(self.keep)
        row.addWidget(self.keep_button)
        self.column.addLayout(row)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._typed.timeout.connect(self._suggest)
        for line in self._stamp_lines():
            line.textEdited.connect(lambda _text: self._typed.start())

    @property
    def wish(self) -> KeepWish:
        """What stands there; a name that is the pattern's is left to it."""
        name = self.name.text().strip()
        stamp = self._stamp()
        return KeepWish(
            "" if name == self._suggested else name,
            self.folder.text(),
            self.tags.text(),
            self.notes.toPlainText(),
            None if stamp == self._made_under else stamp,
        )

    def ask(
        self, run: InvocationSnapshot, paths: list[BlobPath], anchor: QWidget, keep: Keep
    ) -> None:
        """Open it for what a run gave.

        Args:
            run: Which run.
            paths: Where in its output; several get their names from the pattern.
            anchor: What it opens below.
            keep: Keeps it.
        """
        self._run, self._path, self._keep = run.id, paths[0], keep
        self._suggested = ""
        for line in (self.name, self.folder, self.tags):
            line.clear()
        self.notes.clear()
        self.reason.say(None, "")
        self.keep_button.setEnabled(True)
        self.name.setEnabled(len(paths) == 1)
        self.name.setPlaceholderText("" if len(paths) == 1 else self.tr("by the pattern, each"))
        self._show_stamp(self._bench.stamp)
        self.open_below(anchor)
        first = self.name if len(paths) == 1 else self.folder
        first.setFocus(Qt.FocusReason.PopupFocusReason)
        self._tasks.start(self._look_up(run.id), self.tr("Looking into the archive"))

    def keep(self) -> None:
        """Keep it as it stands there."""
        if self._keep is not None and self.keep_button.isEnabled():
            self.keep_button.setEnabled(False)
            self.reason.say(None, "")
            self._tasks.start(self._kept(self._keep, self.wish), self.tr("Keeping"))

    # Inside.

    async def _kept(self, keep: Keep, wish: KeepWish) -> None:
        try:
            await keep(wish)
        except ThingError as error:
            if keep is self._keep:
                self.reason.say(State.REFUSED, sentence(str(error)))
                self.keep_button.setEnabled(True)
                self.place()
            return
        if keep is self._keep:
            self.close_popover()

    async def _look_up(self, run: UUID) -> None:
        """Under which stamp it was made, and what it will be called."""
        try:
            made_under = (await self._bench.run(run)).stamp
        except ThingError:
            made_under = self._bench.stamp  # the ledger does not know it; the archive takes this
        if self._run != run:
            return
        if self._stamp() == self._made_under:
            self._show_stamp(made_under)
        self._made_under = made_under
        await self._ask_name(run)

    def _suggest(self) -> None:
        if self._run is not None:
            self._tasks.start(self._ask_name(self._run), self.tr("Looking into the archive"))

    async def _ask_name(self, run: UUID) -> None:
        stamp = self._stamp()
        if not self.name.isEnabled():
            return
        try:
            name = await self._archive.coming_name(run, self._path, stamp)
        except ThingError as error:
            if run == self._run and stamp == self._stamp():
                self.reason.say(State.REFUSED, sentence(str(error)))
                self.place()
            return
        if run != self._run or stamp != self._stamp():
            return  # typed on meanwhile
        self.reason.say(None, "")
        if self.name.text() == self._suggested:
            self.name.setText(name)
            self.name.selectAll()
        self._suggested = name
        self.place()

    def _stamp(self) -> Stamp:
        operator, sample, session = (line.text().strip() for line in self._stamp_lines())
        return Stamp(operator, sample, session)

    def _stamp_lines(self) -> tuple[QLineEdit, QLineEdit, QLineEdit]:
        return self.operator, self.sample, self.session

    def _show_stamp(self, stamp: Stamp) -> None:
        self._made_under = stamp
        self.sample.setText(stamp.sample)
        self.session.setText(stamp.session)
        self.operator.setText(stamp.operator)

    def _line(self, title: str) -> QLineEdit:
        line = QLineEdit()
        line.setFont(self._theme.font())
        line.setFixedHeight(Size.CONTROL)
        line.returnPressed.connect(self.keep)
        self._row(title, line)
        return line

    def _row(self, title: str, field: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(Size.GRID)
        label = PlainLabel(self._theme, title, tone="secondary")
        label.setFixedSize(_LABEL, Size.CONTROL)
        label.setBuddy(field)
        field.setAccessibleName(title)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(field, 1)
        self.column.addLayout(row)
