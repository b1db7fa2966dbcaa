"""A dialog that adds a Thing to the bench: which driver, what it is called, what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.bench_editing import BenchEditing
from app.bench_file import ThingSpec, why_no_class
from app.drivers import Driver, Needs, Slot, installed_drivers, needs_of
from app.handles import BenchHandle
from things.errors import ThingError, ValueRefusedError
from ui.editors import EditorContext, make_editor, number_style
from ui.editors.base import Editor
from ui.models.schema import DataSchema
from ui.standing_dialog import StandingDialog
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import ComboBox, PlainLabel, ReasonLabel, TextButton

Look = Callable[[], Sequence[Driver]]
"""Which Things are announced; in a worker."""


class AddThingDialog(StandingDialog):
    """A form that the window stays in use beside.

    A driver is imported only when it is chosen, and in a worker.

    Args:
        theme: How it looks.
        bench: What is on the bench, for names and slots.
        editing: Adds it.
        tasks: Runs that.
        parent: The window.
        look: Finds the announced drivers.

    Attributes:
        added: A Thing is on the bench; its name.
        driver: The announced drivers, and 'another class'.
        class_line: 'module:Class' of that.
        name_line, title_line, group_line: What it is called.
        arguments: The editor of the constructor's arguments; None where it takes none.
        slots: A choice of Things for each slot.
        reasons: Why 'name' or 'class' was refused.
        trouble: What else went wrong.
    """

    added = Signal(str)

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        editing: BenchEditing,
        tasks: Tasks,
        parent: QWidget,
        look: Look = installed_drivers,
    ) -> None:
        super().__init__(theme, "", parent, passing=True)
        self._bench = bench
        self._editing = editing
        self._tasks = tasks
        self._shown_class = ""
        self._question = 0
        self._suggested = ""
        self.setWindowTitle(self.tr("Add a Thing"))
        self.resize(480, 560)
        self.arguments: Editor | None = None
        self.slots: dict[str, ComboBox] = {}
        self.reasons: dict[str, ReasonLabel] = {}
        column = self.column
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(Size.GRID)
        self._form.setVerticalSpacing(6)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.driver = ComboBox(theme)
        self._row("driver", self.tr("Driver"), self.driver)
        self.class_line = self._line("class", self.tr("Class"))
        self.class_line.setPlaceholderText("module:Class")
        self.name_line = self._line("name", self.tr("Name"))
        self.title_line = self._line("title", self.tr("Title"))
        self.group_line = self._line("group", self.tr("Group"))
        column.addLayout(self._form)
        self.summary = PlainLabel(theme, tone="secondary")
        self.summary.setWordWrap(True)
        column.addWidget(self.summary)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(self.tr("What it is given"))
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        column.addWidget(self._scroll, 1)
        self.trouble = PlainLabel(theme, tone="failed")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        column.addWidget(self.trouble)
        self._add_buttons(theme)
        self._forget()
        self.driver.currentIndexChanged.connect(self._driver_chosen)
        self.class_line.editingFinished.connect(self._class_typed)
        self.name_line.textEdited.connect(lambda: self._explain("name", ""))
        self.name_line.setFocus()
        tasks.start(self._find(look), self.tr("Looking for drivers"))

    @property
    def class_path(self) -> str:
        """'module:Class' of what is to be added."""
        return self.driver.currentData() or self.class_line.text().strip()

    @property
    def spec(self) -> ThingSpec:
        """What stands in the form, as a bench file would say it."""
        slots = {name: box.currentData() for name, box in self.slots.items() if box.currentData()}
        arguments: Mapping[str, Any] = {}
        if self.arguments is not None:
            arguments = self.arguments.value()
        return ThingSpec(
            self.name_line.text().strip(),
            self.class_path,
            args={key: value for key, value in arguments.items() if value is not None},
            title=self.title_line.text().strip(),
            group=self.group_line.text().strip(),
            # A slot that has the name of who fills it needs no saying.
            slots={name: other for name, other in slots.items() if name != other},
        )

    def add(self) -> None:
        """Add what stands in the form."""
        self.trouble.hide()
        fault = self.arguments.fault() if self.arguments is not None else ""
        if fault:
            self._tell(fault)
            return
        self.add_button.setEnabled(False)
        self.add_button.setText(self.tr("Starting…"))
        self._tasks.start(self._add(self.spec), self.tr("Add a Thing"))

    # Inside.

    async def _find(self, look: Look) -> None:
        drivers = await asyncio.to_thread(look)
        for driver in drivers:
            words = driver.name.replace("_", " ").capitalize()
            shown = f"{words} · {driver.package}" if driver.package else words
            self.driver.addItem(shown, driver.class_path)
        self.driver.addItem(self.tr("Another class…"), "")

    def _driver_chosen(self) -> None:
        announced = bool(self.driver.currentData())
        self._form.setRowVisible(self.class_line, not announced)
        self._form.setRowVisible(self.reasons["class"], False)
        if announced:
            self._learn(self.class_path)
        else:
            self._forget()
            self.class_line.setFocus()

    def _class_typed(self) -> None:
        if self.class_path and not self.driver.currentData():
            reason = why_no_class(self.class_path)
            self._explain("class", reason)
            if not reason:
                self._learn(self.class_path)

    def _learn(self, class_path: str) -> None:
        if class_path != self._shown_class:
            self._forget()
            self._shown_class = class_path
            self._question += 1
            asked = self._ask(class_path, self._question)
            self._tasks.start(asked, self.tr("Reading a driver"))

    async def _ask(self, class_path: str, question: int) -> None:
        self.summary.setText(self.tr("Reading the driver…"))
        try:
            needs = await asyncio.to_thread(needs_of, class_path)
        except ThingError as error:
            if question == self._question:
                self.summary.setText("")
                self._explain("class", str(error))
            return
        if question == self._question:  # nobody chose another meanwhile
            self._show(class_path, needs)

    def _show(self, class_path: str, needs: Needs) -> None:
        self.summary.setText(needs.summary)
        self._suggest(class_path.partition(":")[2].lower())
        if needs.schema.get("properties"):
            self._asked_column.addWidget(
                PlainLabel(self._theme, self.tr("What it is given"), strong=True)
            )
            schema = DataSchema(needs.schema, "args")
            self.arguments = make_editor(
                schema, EditorContext(self._theme, number_style(self.locale()))
            )
            self.arguments.show_value(
                {part.name: part.raw["default"] for part in schema.parts if part.has_default}
            )
            self.arguments.set_names(self.tr("What it is given"))
            self._asked_column.addWidget(self.arguments)
        if needs.slots:
            self._asked_column.addWidget(
                PlainLabel(self._theme, self.tr("What it works with"), strong=True)
            )
            form = QFormLayout()
            for slot in needs.slots:
                self.slots[slot.name] = self._slot_box(slot)
                words = slot.name.replace("_", " ").capitalize()
                label = PlainLabel(self._theme, words, tone="secondary")
                label.setFixedWidth(84)
                form.addRow(label, self.slots[slot.name])
            self._asked_column.addLayout(form)
        self._asked_column.addStretch(1)

    def _slot_box(self, slot: Slot) -> ComboBox:
        box = ComboBox(self._theme)
        box.setAccessibleName(slot.name)
        # As wide as the dialog, not as the longest name of a Thing.
        box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.addItem(self.tr("Nothing") if slot.optional else self.tr("Nothing yet"), "")
        for name, thing in self._bench.things.items():
            box.addItem(thing.title, name)
        box.setCurrentIndex(max(0, box.findData(slot.name)))
        return box

    def _suggest(self, name: str) -> None:
        """A free name, where the operator has not typed one."""
        typed = self.name_line.text()
        if typed and typed != self._suggested:
            return
        free, number = name, 2
        while free in self._bench.things:
            free, number = f"{name}{number}", number + 1
        self._suggested = free
        self.name_line.setText(free)

    def _forget(self) -> None:
        self._shown_class = ""
        self._question += 1
        self.summary.setText("")
        self._explain("class", "")
        self.arguments = None
        self.slots = {}
        fresh = QWidget()
        fresh.setProperty("canvas", "none")
        self._scroll.setWidget(fresh)  # deletes the old one
        self._asked_column = QVBoxLayout(fresh)
        self._asked_column.setContentsMargins(0, 0, Size.GRID, 0)

    async def _add(self, spec: ThingSpec) -> None:
        try:
            await asyncio.to_thread(self._editing.add, spec)
        except ValueRefusedError as error:
            if error.name in self.reasons:
                self._explain(error.name, error.reason)
            else:
                self._tell(error.reason)
        except ThingError as error:
            self._tell(str(error))
        else:
            self.added.emit(spec.name)
            self.close()
            return
        self.add_button.setEnabled(True)
        self.add_button.setText(self.tr("Add"))

    def _tell(self, words: str) -> None:
        self.trouble.setText(words)
        self.trouble.show()

    def _explain(self, name: str, reason: str) -> None:
        label = self.reasons[name]
        label.say(State.REFUSED if reason else None, reason)
        self._form.setRowVisible(label, bool(reason))

    def _line(self, name: str, title: str) -> QLineEdit:
        line = QLineEdit()
        line.setFont(self._theme.font())
        line.setFixedHeight(Size.CONTROL)
        self._row(name, title, line)
        return line

    def _row(self, name: str, title: str, widget: QWidget) -> None:
        widget.setAccessibleName(title)
        label = PlainLabel(self._theme, title, tone="secondary")
        label.setBuddy(widget)
        label.setFixedWidth(72)
        self._form.addRow(label, widget)
        if name in ("name", "class"):
            self.reasons[name] = ReasonLabel(self._theme)
            self._form.addRow("", self.reasons[name])
            self._form.setRowVisible(self.reasons[name], False)

    def _add_buttons(self, theme: Theme) -> None:
        self.close_button = TextButton(theme, self.tr("Close"))
        self.close_button.clicked.connect(self.close)
        self.add_button = TextButton(theme, self.tr("Add"), kind="primary")
        self.add_button.clicked.connect(self.add)
        self.add_foot(self.close_button, self.add_button, default=self.add_button)
