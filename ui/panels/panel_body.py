"""The fields and actions of a Thing, grouped, built from its model."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.handles import BenchHandle
from ui.editors import EditorContext
from ui.editors.curve import NumbersEditor
from ui.editors.fold import Fold
from ui.models.field import FieldModel
from ui.models.thing import Group, Stream, ThingModel
from ui.panels.action_row import ActionRow
from ui.panels.field_row import FieldRow
from ui.tasks import Tasks
from ui.theme import Size, TextSize
from ui.widgets import ElidedLabel, PlainLabel, TextButton

ROW_GAP = Size.ROW - Size.CONTROL


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


class PanelBody(QWidget):
    """Everything beneath the head of a panel.

    Attributes:
        field_rows: The rows of the fields, those of groups that were opened included.
        action_rows: The rows of the actions.
        groups: The folds of the titled groups.
        stream_rows: The rows of the streams.
    """

    live_asked = Signal(str)
    """The operator wants to see a stream; its name."""

    run_started = Signal(object)
    """An invocation was accepted; its `InvocationSnapshot`."""

    def __init__(
        self,
        model: ThingModel,
        bench: BenchHandle,
        context: EditorContext,
        tasks: Tasks,
        *,
        everything: bool = False,
    ) -> None:
        """Build the body.

        Args:
            model: The Thing.
            bench: Cancels runs.
            context: For the editors.
            tasks: Runs what is asked for.
            everything: Whether all groups are open and every value shows its age.
        """
        super().__init__()
        self._model = model
        self._bench = bench
        self._context = context
        self._tasks = tasks
        self._everything = everything
        self.field_rows: dict[str, FieldRow] = {}
        self.action_rows: dict[str, ActionRow] = {}
        self.groups: dict[str, Fold] = {}
        self.stream_rows: dict[str, StreamRow] = {}
        self._summaries: dict[str, Group] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.PADDING)
        self._column.setSpacing(ROW_GAP)
        for group in model.groups:
            self._add_group(group)
        self._add_actions()
        self._column.addStretch(1)

    def field(self, name: str) -> FieldRow:
        """The row of a field; opens its group.

        Raises:
            KeyError: There is no such property.
        """
        if name not in self.field_rows:
            for title, group in self._summaries.items():
                if any(field.name == name for field in group.fields):
                    self.groups[title].set_open(True)
        return self.field_rows[name]

    def tick(self) -> None:
        """A second went by."""
        for row in self.field_rows.values():
            row.tick()

    def _add_group(self, group: Group) -> None:
        if not group.title:
            self._fill(self._column, group)
            return
        fold = Fold(self._context.theme, group.title)
        self.groups[group.title] = fold
        self._summaries[group.title] = group
        fold.opened.connect(partial(self._open_group, group))
        fold.toggled.connect(lambda _open: self._sum_up(group))
        for field in group.fields:
            field.changed.connect(partial(self._sum_up, group))
        self._sum_up(group)
        self._column.addWidget(fold)
        if self._everything:
            fold.set_open(True)

    def _open_group(self, group: Group, body: QWidget) -> None:
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, ROW_GAP)
        column.setSpacing(ROW_GAP)
        self._fill(column, group)

    def _fill(self, column: QVBoxLayout, group: Group) -> None:
        for field in group.fields:
            row = FieldRow(field, self._model.handle, self._context, self._tasks, self._read)
            row.set_shows_age(self._everything)
            self.field_rows[field.name] = row
            column.addWidget(row)
            self._draw_over_axis(field, row)

    def _draw_over_axis(self, field: FieldModel, row: FieldRow) -> None:
        """Let a curve stand over the property that its schema names as its axis."""
        editor = row.editor
        if not isinstance(editor, NumbersEditor):
            return
        axes = {each.schema.raw.get("lw:axis") for each in self._model.fields.values()}
        editor.set_drawn(field.name not in axes)
        axis = self._model.fields.get(str(field.schema.raw.get("lw:axis") or ""))
        if axis is None:
            return

        def place() -> None:
            if axis.known:
                editor.set_axis(axis.confirmed, axis.schema.unit, axis.title)

        axis.changed.connect(place)
        place()

    def _sum_up(self, group: Group) -> None:
        fold = self.groups[group.title]
        words = f"{len(group.fields)} {'value' if len(group.fields) == 1 else 'values'}"
        fold.set_summary(words if fold.is_open else self._model.summary(group))

    def _add_actions(self) -> None:
        model = self._model
        if not model.actions and not model.streams:
            return
        heading = PlainLabel(
            self._context.theme,
            self.tr("Actions"),
            size=TextSize.SMALL,
            tone="secondary",
            strong=True,
        )
        heading.setFixedHeight(Size.CONTROL)
        self._column.addWidget(heading)
        for stream in model.streams:
            row = StreamRow(stream, self._context)
            row.button.clicked.connect(partial(self.live_asked.emit, stream.name))
            self.stream_rows[stream.name] = row
            self._column.addWidget(row)
        for name, action in model.actions.items():
            made = ActionRow(action, model.handle, self._bench, self._context, self._tasks)
            made.started.connect(self.run_started)
            self.action_rows[name] = made
            self._column.addWidget(made)

    def _read(self, field: FieldModel) -> None:
        self._tasks.start(self._model.read(field), field.title)
