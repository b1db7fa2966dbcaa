"""A property as a row of a panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMenu
from typing_extensions import override

from app.handles import ThingHandle
from app.setting_keys import setting_key
from ui.activity.wording import one_line
from ui.editors import EditorContext, make_editor
from ui.editors.curve import NumbersEditor
from ui.editors.typing_in import is_typed_in
from ui.models.field import FieldModel, FieldState
from ui.panels.box_menu import BoxMenus
from ui.panels.labelled_row import LabelledRow
from ui.panels.plot_action import plot_action
from ui.states import State
from ui.tasks import Tasks

PENDING_MS: Final = 150
"""A write that is answered sooner is not shown as pending: nothing should flicker."""

_STATES = {
    FieldState.EDITED: State.EDITED,
    FieldState.PENDING: State.PENDING,
    FieldState.REFUSED: State.REFUSED,
    FieldState.STALE: State.STALE,
}


class FieldRow(LabelledRow):
    """Shows a field model and hands on what the operator does.

    Attributes:
        model: The field.
    """

    plot_asked = Signal(object)
    """The operator wants to see it over time; a list of `SeriesKey`."""

    pictures_asked = Signal()
    """The operator wants to see the kept pictures of the Thing."""

    alike_asked = Signal(str, object, str)
    """The operator wants to see the kept pictures made with this value: of the property of this
    name, the value in JSON form, and both in words."""

    def __init__(
        self,
        model: FieldModel,
        handle: ThingHandle,
        context: EditorContext,
        tasks: Tasks,
        read: Callable[[FieldModel], None],
    ) -> None:
        """Build the row of a field.

        Args:
            model: The field.
            handle: The Thing, for a reset.
            context: For the editor.
            tasks: Runs what is asked for.
            read: Asks the Thing for the value now.
        """
        schema = model.schema
        made = make_editor(schema, context)
        super().__init__(context.theme, model.title, schema.description, made, sends=True)
        self.model = model
        self._handle = handle
        self._tasks = tasks
        self._read = read
        self._has_archive = context.archived is not None
        self._shows_age = False
        self._was_roomy = False
        self._plain = False
        self._axis: FieldModel | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PENDING_MS)
        self._patience.timeout.connect(self.refresh)
        made.edited.connect(self._edited)
        made.committed.connect(self._committed)
        made.reverted.connect(self._reverted)
        model.is_typed_in = lambda: is_typed_in(made)
        model.changed.connect(self.refresh)
        self._box_menus = BoxMenus(made.boxes(), self._menu_actions, self)
        self._show_asked()
        self.refresh()

    @property
    def state(self) -> FieldState:
        """How the field stands."""
        return self.model.state

    @property
    def reason(self) -> str:
        """The sentence beneath the field, without the state's word."""
        return self.model.reason

    def set_shows_age(self, shows: bool) -> None:
        """Show how old the value is, as 'everything' does."""
        self._shows_age = shows
        self.refresh()

    def draw(self, over: FieldModel | None, *, is_axis: bool) -> None:
        """Draw many numbers as a curve.

        Args:
            over: The property that stands along the x axis; None counts from 0.
            is_axis: Whether this one is the axis of another, which needs no curve of its own.
        """
        if not isinstance(self.editor, NumbersEditor):
            return
        self.editor.set_drawn(not is_axis)
        self._axis = over
        if over is not None:
            over.changed.connect(self._place_on_axis)
            self._place_on_axis()

    def tick(self) -> None:
        """A second went by: ages are older."""
        if self._shows_age or self.model.state is FieldState.STALE:
            self.refresh()

    def refresh(self) -> None:
        """Show the model as it is."""
        model = self.model
        if model.editing:
            self.editor.follow(model.requested)
        else:
            self.editor.show_value(model.requested)
        self.editor.show_confirmed(model.confirmed)
        state = self._calm(model.state)
        plain = state not in _STATES and not model.interlock and not self._shows_age
        if plain and self._plain:
            return  # only the value is another, as it may be many times a second
        self._plain = plain
        self.editor.show_state(state)
        self.editor.show_faults(model.faults if state is FieldState.REFUSED else ())
        mark = _STATES.get(state)
        if mark is None and model.interlock:
            self.show_mark(State.INTERLOCK, model.interlock)
        else:
            self.show_mark(mark, self._sentence(state))
        self.show_buttons(state in (FieldState.EDITED, FieldState.REFUSED))
        self._was_roomy = self.roomy
        self.show_age(model.age_text(short=not self.roomy) if self._shows_age else "")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shows_age and self.roomy is not self._was_roomy:
            self.refresh()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        for action in self._menu_actions(menu):
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def _show_asked(self) -> None:
        """Show what an earlier row of this field left unsent: Enter would send it."""
        model = self.model
        if not model.editing:
            return
        self.editor.show_value(model.requested)
        if model.typed is not None:
            self.editor.show_typed(model.typed)
        if model.has_fault and not self.editor.fault():
            # It cannot be shown again, and what is not in sight must not be spoken of.
            model.revert()

    def _place_on_axis(self) -> None:
        axis = self._axis
        if axis is not None and axis.known and isinstance(self.editor, NumbersEditor):
            self.editor.set_axis(axis.confirmed, axis.schema.unit, axis.title)

    def _menu_actions(self, menu: QMenu) -> list[QAction]:
        schema = self.model.schema
        actions = []
        copy = QAction(self.tr("Copy value"), menu)
        copy.triggered.connect(self._copy)
        actions.append(copy)
        plot = plot_action(self._handle, self.model, menu, self.plot_asked.emit)
        if plot is not None:
            actions.append(plot)
        if self._has_archive:
            pictures = QAction(self.tr("Kept pictures of this Thing"), menu)
            pictures.triggered.connect(self.pictures_asked)
            actions.append(pictures)
            actions.append(self._alike_action(menu))
        if not schema.write_only:
            again = QAction(self.tr("Read again"), menu)
            again.triggered.connect(lambda: self._read(self.model))
            actions.append(again)
        if schema.raw.get("lw:resettable") and not schema.read_only:
            default = self.model.text(schema.raw.get("default"))
            reset = QAction(self.tr("Reset to {value}").format(value=default), menu)
            reset.triggered.connect(self._reset)
            actions.append(reset)
        return actions

    def _alike_action(self, menu: QMenu) -> QAction:
        model = self.model
        value = model.confirmed if model.known else None
        said = one_line(model.text(value)) if model.known else self.tr("this value")
        action = QAction(self.tr("Kept pictures with {value}").format(value=said), menu)
        action.setEnabled(model.known and setting_key("", model.name, value) is not None)
        action.triggered.connect(lambda: self.alike_asked.emit(model.name, value, said))
        return action

    def _calm(self, state: FieldState) -> FieldState:
        """The state, but pending only when it has lasted."""
        if state is not FieldState.PENDING:
            self._patience.stop()
            return state
        if self.model.asked_for_s * 1000 >= PENDING_MS:
            return state
        if not self._patience.isActive():
            self._patience.start()
        return FieldState.CONFIRMED

    def _sentence(self, state: FieldState) -> str:
        if state not in _STATES:
            return ""
        if self.editor.several and self.model.only_unsent:
            # The values are in sight, and Enter may have another meaning in there.
            return ""
        return self.model.reason

    def _edited(self) -> None:
        self.model.edit(self.editor.value(), self.editor.fault(), self.editor.typed())

    def _committed(self) -> None:
        if self.model.editing:
            # What is sent is what stands there, and nothing else.
            self._edited()
            self._tasks.start(self.model.commit(), self.model.title)

    def _reverted(self) -> None:
        self.model.revert()

    def _reset(self) -> None:
        self._tasks.start(self.model.reset(self._handle.reset(self.model.name)), self.model.title)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.text(self.model.confirmed))
