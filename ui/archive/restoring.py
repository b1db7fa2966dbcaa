"""Putting the settings back that a file was made with: first the difference, then the writing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QScrollArea,
    QWidget,
)

from app.archive.records import ArchivedFile, SettingDifference, SettingRestored
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from ui.activity.wording import one_line, sentence, value_in_short
from ui.archive.wording import counted
from ui.standing_dialog import StandingDialog
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import (
    ElidedLabel,
    PlainLabel,
    ReasonLabel,
    TextButton,
    TickBox,
)

_WIDTH: Final = 560

Key = tuple[str, str]


class RestoreDialog(StandingDialog):
    """A table of what differs, each with a box to tick, and a button that writes.

    Values are written one after the other through the ordinary checks. What was refused stays in
    the table with the reason; what was set leaves it.
    """

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        tasks: Tasks,
        parent: QWidget,
    ) -> None:
        super().__init__(theme, "", parent)
        self._bench = bench
        self._archive = archive
        self._tasks = tasks
        self._file: ArchivedFile | None = None
        self._errors: dict[Key, str] = {}
        self.boxes: dict[Key, TickBox] = {}
        self.setWindowTitle(self.tr("Put settings back"))
        self.resize(_WIDTH, 420)
        self.title = ElidedLabel(theme, size=TextSize.TITLE, strong=True)
        self.status = PlainLabel(theme, tone="secondary")
        self.status.setWordWrap(True)
        self._table = QWidget()
        self._table.setProperty("canvas", "none")
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, Size.GRID, 0)
        self._grid.setHorizontalSpacing(Size.PADDING)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnStretch(3, 1)
        scroll = self._scroll = QScrollArea()
        scroll.setAccessibleName(self.tr("Settings to restore"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._table)
        self.column.addWidget(self.title)
        self.column.addWidget(self.status)
        self.column.addWidget(scroll, 1)
        self._add_buttons()

    def show_for(self, file: ArchivedFile) -> None:
        """Open it for a file."""
        self._file = file
        self._errors = {}
        self.title.setText(self.tr("Settings of {0}").format(one_line(file.file_name)))
        self._clear()
        self.status.setText(self.tr("Comparing with now…"))
        self.restore_button.setEnabled(False)
        self.come_forward()
        self._tasks.start(self._compare(file), self.tr("Comparing settings"))

    # Inside.

    def _add_buttons(self) -> None:
        self.close_button = TextButton(self._theme, self.tr("Close"))
        self.close_button.clicked.connect(self.close)
        self.restore_button = TextButton(self._theme, self.tr("Put back"), kind="primary")
        self.restore_button.clicked.connect(self._restore)
        self.add_foot(self.close_button, self.restore_button)

    async def _compare(self, file: ArchivedFile) -> None:
        try:
            found = await self._archive.difference(file.id)
        except Exception as error:
            if self._file is file:
                self.status.setText(str(error))
            raise
        if self._file is file:
            self._say(found)

    def _say(self, differences: Sequence[SettingDifference]) -> None:
        self._clear()
        if not differences:
            self.status.setText(self.tr("Nothing differs: every setting is as it was."))
            return
        self.status.setText(
            counted(
                len(differences),
                self.tr("One setting differs from when it was made."),
                self.tr("{0} settings differ from when it was made."),
            )
        )
        for place, word in enumerate(("", "", self.tr("Now"), self.tr("Then"))):
            label = PlainLabel(self._theme, word, size=TextSize.SMALL, tone="secondary")
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(label, 0, place)
        row = 1
        for each in differences:
            self._add(row, each)
            row += 2
        self._grid.setRowStretch(row, 1)
        # They are younger than the buttons at the foot, and come before them all the same.
        before: QWidget = self._scroll
        for box in self.boxes.values():
            QWidget.setTabOrder(before, box)
            before = box
        self._enable()

    def _add(self, row: int, each: SettingDifference) -> None:
        key = (each.thing, each.name)
        handle = self._bench.things.get(each.thing)
        thing = each.thing if handle is None else handle.title
        box = TickBox(self._theme)
        box.setChecked(not each.refusal)
        box.setEnabled(not each.refusal)
        said = f"{one_line(thing)}: {one_line(each.title)}"
        box.setAccessibleName(said)
        box.toggled.connect(self._enable)
        self.boxes[key] = box
        self._grid.addWidget(box, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(ElidedLabel(self._theme, said), row, 1)
        for place, value, strong in ((2, each.now, False), (3, each.then, True)):
            label = ElidedLabel(
                self._theme,
                _with_unit(value, each.unit) if value is not None or place == 3 else "–",
                tone="text" if strong else "secondary",
                strong=strong,
            )
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label, row, place)
        reason = ReasonLabel(self._theme)
        error = self._errors.get(key, "")
        why = sentence(error or each.refusal)
        reason.say(State.REFUSED if error else State.INTERLOCK, why)
        reason.setVisible(bool(why))
        self._grid.addWidget(reason, row + 1, 1, 1, 3)

    def _enable(self) -> None:
        self.restore_button.setEnabled(any(box.isChecked() for box in self.boxes.values()))

    def _restore(self) -> None:
        file = self._file
        only = [key for key, box in self.boxes.items() if box.isChecked()]
        if file is not None and only:
            self.restore_button.setEnabled(False)
            self.status.setText(self.tr("Putting back…"))
            self._tasks.start(self._write(file, only), self.tr("Putting settings back"))

    async def _write(self, file: ArchivedFile, only: Sequence[Key]) -> None:
        results: Sequence[SettingRestored] = await self._archive.restore_settings(file.id, only)
        self._errors = {(each.thing, each.name): each.error for each in results if each.error}
        await self._compare(file)
        refused = len(self._errors)
        if self._file is file and refused:
            self.status.setText(
                self.tr("{0} of {1} could not be put back; why stands below them.").format(
                    refused, len(results)
                )
            )

    def _clear(self) -> None:
        self.boxes = {}
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _with_unit(value: object, unit: str) -> str:
    said = value_in_short(value) or "–"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{said} {one_line(unit)}" if unit and number else said
