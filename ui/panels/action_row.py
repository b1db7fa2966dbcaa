"""An action as a row of a panel: its button, its form, and what it is doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.handles import BenchHandle, InvocationSnapshot, ThingHandle
from ui.editors import EditorContext, make_editor
from ui.editors.fold import FoldButton
from ui.models.action import ActionModel
from ui.models.field import FieldState
from ui.models.schema import DataSchema
from ui.models.validation import Fault
from ui.panels.labelled_row import LabelledRow
from ui.panels.run_status import RunStatus
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, TextSize
from ui.widgets import PlainLabel, ReasonLabel, SteadyButton, TextButton

PATIENCE_MS: Final = 300
"""A run that is over sooner only turns its button: rows beneath should not jump."""


class InputRow(LabelledRow):
    """One input of an action's form.

    Attributes:
        schema: The schema of the input.
    """

    def __init__(self, schema: DataSchema, model: ActionModel, context: EditorContext) -> None:
        """Build the row of an input, showing what stands in the form."""
        made = make_editor(schema, context)
        super().__init__(context.theme, schema.title, schema.description, made, sends=False)
        self.schema = schema
        self._model = model
        made.edited.connect(self._edited)
        self.show_value()
        typed = model.typed.get(schema.name)
        if typed is not None:
            made.show_typed(typed)

    def show_value(self) -> None:
        """Show what stands in the form."""
        name = self.schema.name
        values = self._model.values
        self.editor.show_value(values[name] if name in values else self.schema.start_value())

    def refresh(self) -> None:
        """Show what is wrong with it, if anything is."""
        words = self._model.fault_of(self.schema.name)
        self.editor.show_state(FieldState.REFUSED if words else FieldState.CONFIRMED)
        inner = [
            Fault(loc[1:], text)
            for loc, text in self._model.faults.items()
            if loc[:1] == (self.schema.name,)
        ]
        self.editor.show_faults(inner)
        sentence = f"{words[:1].upper()}{words[1:]}." if words else ""
        self.show_mark(State.REFUSED if words else None, sentence)

    def _edited(self) -> None:
        made = self.editor
        self._model.edit(self.schema.name, made.value(), made.fault(), made.typed())


class ActionRow(QWidget):
    """Chevron, name and Run; the form is built when it is first opened.

    Attributes:
        model: The action.
        run_button: Run, or Cancel while it runs or waits.
        status: Progress, waiting and failure.
    """

    started = Signal(object)
    """An invocation was accepted; its `InvocationSnapshot`."""

    def __init__(
        self,
        model: ActionModel,
        thing: ThingHandle,
        bench: BenchHandle,
        context: EditorContext,
        tasks: Tasks,
    ) -> None:
        """Build the row of an action.

        Args:
            model: The action.
            thing: Runs it.
            bench: Cancels it.
            context: For the editors of its inputs.
            tasks: Runs what is asked for.
        """
        super().__init__()
        self.model = model
        self._thing = thing
        self._bench = bench
        self._context = context
        self._tasks = tasks
        self._inputs: dict[str, InputRow] = {}
        self._question: QWidget | None = None
        self._form: QWidget | None = None
        theme = context.theme
        self.fold = FoldButton(theme, model.title, size=TextSize.BODY)
        self.run_button = SteadyButton(theme, self.tr("Run"), glyph="run", role="accent")
        self.run_button.setFixedWidth(Size.RUN)
        self.status = RunStatus(theme)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.fold, 1, Qt.AlignmentFlag.AlignLeft)
        line.addWidget(self.run_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(line)
        indented = QHBoxLayout()
        indented.setContentsMargins(Size.INDENT, 0, 0, 0)
        indented.addWidget(self.status)
        self._column.addLayout(indented)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.refresh)
        self._was_running = False
        self.fold.turned.connect(self._fold_toggled)
        self.run_button.taken.connect(self.run_or_cancel)
        model.changed.connect(self.refresh)
        model.filled.connect(self._show_filled)
        self.refresh()

    def input(self, name: str) -> InputRow:
        """The row of an input; opens the form.

        Raises:
            KeyError: There is no such input.
        """
        self.fold.set_open(True)
        return self._inputs[name]

    @property
    def question(self) -> str:
        """What is being asked before it runs; '' while nothing is."""
        return self.model.confirm if self._question is not None else ""

    def show_form(self, filled: Mapping[str, Any] | None = None) -> None:
        """Open the form, filled where an input is given, and put the focus into it."""
        self.fold.set_open(True)
        if filled is not None:
            self.model.fill(filled)
        first = next(iter(self._inputs.values()), None)
        (first.editor if first is not None else self.run_button).setFocus()

    def run_or_cancel(self) -> None:
        """What the button does: cancel what runs, else run, asking first where that is wanted."""
        if self.model.running:
            self._tasks.start(self.model.cancel(self._bench), self.model.title)
        else:
            self.ask_or_run()

    def ask_or_run(self) -> None:
        """Run it, asking first where that is wanted; nothing while it runs or is refused."""
        if not self.model.may_run:
            return
        if self.model.confirm:
            self._ask()
        else:
            self._run()

    def refresh(self) -> None:
        """Show the model as it is."""
        model = self.model
        running = model.running
        if running and not self._was_running:
            self._patience.start()
        self._was_running = running
        self.status.show_action(model, calm=running and self._patience.isActive())
        text = self.tr("Cancel") if running else self.tr("Run")
        self.run_button.mean("cancel" if running else "run")
        if self.run_button.text() != text:
            self.run_button.setText(text)
            self.run_button.set_glyph(*(("cancel", "text") if running else ("run", "accent")))
        self.run_button.setAccessibleName(f"{text}: {model.title}")
        # One that is stuck may heed a second asking.
        to_ask = not model.cancelling or model.stuck
        may_cancel = running and model.cancellable and to_ask
        self.run_button.setEnabled(may_cancel or model.may_run)
        self.run_button.setAccessibleDescription("" if running else model.interlock)
        if not model.may_run:
            self._put_question_away()
        if model.faults:
            self.fold.set_open(True)
        for row in self._inputs.values():
            row.refresh()

    def tick(self) -> None:
        """A second went by: what runs has been running for longer."""
        if self.model.progress is not None:
            self.refresh()

    def _run(self) -> None:
        self._put_question_away()
        self._tasks.start(self._start(), self.model.title)

    async def _start(self) -> None:
        snapshot: InvocationSnapshot | None = await self.model.run(self._thing)
        if snapshot is not None:
            self.started.emit(snapshot)

    def _fold_toggled(self, is_open: bool) -> None:
        if is_open and self._form is None:
            self._form = self._built_form()
            self._column.addWidget(self._form)
        if self._form is not None:
            self._form.setVisible(is_open)

    def _built_form(self) -> QWidget:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(Size.INDENT, 0, 0, Size.GRID)
        column.setSpacing(4)
        said = self.model.description.rstrip(".")
        if said and said != self.model.title.rstrip("."):
            about = ReasonLabel(self._context.theme)
            about.say(None, self.model.description)
            column.addWidget(about)
        for schema in self.model.inputs:
            row = InputRow(schema, self.model, self._context)
            row.editor.reverted.connect(row.show_value)
            self._inputs[schema.name] = row
            column.addWidget(row)
        return form

    def _show_filled(self) -> None:
        for row in self._inputs.values():
            row.show_value()

    def _ask(self) -> None:
        """Ask in place: nothing may cover the window, and STOP ALL least of all."""
        if self._question is not None:
            return
        theme = self._context.theme
        self._question = QWidget()
        line = QHBoxLayout(self._question)
        line.setContentsMargins(Size.INDENT, 0, 0, 4)
        line.setSpacing(Size.GRID)
        words = PlainLabel(theme, self.model.confirm, tone="waiting", size=TextSize.SMALL)
        words.setWordWrap(True)
        self.confirm_button = TextButton(theme, self.tr("Run"), kind="primary")
        self.decline_button = TextButton(theme, self.tr("Not now"), kind="quiet")
        line.addWidget(words, 1)
        line.addWidget(self.decline_button)
        line.addWidget(self.confirm_button)
        self.confirm_button.clicked.connect(self._run)
        self.decline_button.clicked.connect(self._put_question_away)
        self._column.insertWidget(1, self._question)
        self.decline_button.setFocus()

    def _put_question_away(self) -> None:
        if self._question is not None:
            self._question.hide()
            self._question.deleteLater()
            self._question = None
