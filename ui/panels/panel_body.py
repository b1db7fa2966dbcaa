"""The fields and actions of a Thing, grouped, built from its model."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.handles import BenchHandle
from ui.editors import EditorContext
from ui.editors.curve import NumbersEditor
from ui.editors.fold import Fold
from ui.models.field import FieldModel
from ui.models.thing import Group, Stream, ThingModel
from ui.panels.about import About
from ui.panels.action_row import ActionRow
from ui.panels.field_row import FieldRow
from ui.tasks import Tasks
from ui.theme import Size, TextSize
from ui.widgets import ElidedLabel, PlainLabel, SearchBox, TextButton

ROW_GAP = Size.ROW - Size.CONTROL

OPEN_ROWS = 6
"""Groups of values that can be set begin open as long as no more rows than these are shown."""

TWO_COLUMNS = 760
"""From this width on, 'everything' stands in two columns."""


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
        everything: Whether all groups are open and every value shows its age.
        filter: With everything, the box that filters; else None.
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
        self.everything = everything
        self.field_rows: dict[str, FieldRow] = {}
        self.action_rows: dict[str, ActionRow] = {}
        self.groups: dict[str, Fold] = {}
        self.stream_rows: dict[str, StreamRow] = {}
        self.filter: SearchBox | None = None
        self._summaries: dict[str, Group] = {}
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.PADDING)
        whole.setSpacing(ROW_GAP)
        if everything:
            whole.addWidget(self._filter_box())
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._columns.setSpacing(ROW_GAP)
        whole.addLayout(self._columns)
        self._left, self._right = self._column(), self._column()
        for group in model.groups:
            self._add_group(group)
        self._add_actions()
        if everything:
            self._right.addWidget(About(model, bench, context))
        self._left.addStretch(1)
        self._right.addStretch(1)

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

    def set_filter(self, text: str) -> None:
        """Show only the fields and actions whose title or name has every word of a text."""
        words = text.casefold().split()
        if words:
            for fold in self.groups.values():
                fold.set_open(True)
        rows: list[tuple[str, FieldRow | ActionRow]] = []
        rows += self.field_rows.items()
        rows += self.action_rows.items()
        for name, row in rows:
            said = f"{row.model.title} {name}".casefold()
            row.setVisible(all(word in said for word in words))
        for title, group in self._summaries.items():
            built = [
                self.field_rows[each.name] for each in group.fields if self.groups[title].is_open
            ]
            self.groups[title].setVisible(not words or any(not row.isHidden() for row in built))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.everything and self.width() >= TWO_COLUMNS
        direction = QBoxLayout.Direction
        wanted = direction.LeftToRight if beside else direction.TopToBottom
        if self._columns.direction() != wanted:
            self._columns.setDirection(wanted)
            self._columns.setSpacing(3 * Size.GRID if beside else ROW_GAP)

    def tick(self) -> None:
        """A second went by."""
        for row in self.field_rows.values():
            row.tick()

    def _column(self) -> QVBoxLayout:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ROW_GAP)
        self._columns.addWidget(part, 1)
        return column

    def _filter_box(self) -> SearchBox:
        hint = self.tr("Filter {0} values and {1} actions").format(
            len(self._model.fields), len(self._model.actions)
        )
        self.filter = SearchBox(self._context.theme, hint)
        self.filter.textChanged.connect(self.set_filter)
        return self.filter

    def _add_group(self, group: Group) -> None:
        if not group.title:
            self._fill(self._left, group)
            return
        fold = Fold(self._context.theme, group.title)
        self.groups[group.title] = fold
        self._summaries[group.title] = group
        fold.opened.connect(partial(self._open_group, group))
        fold.toggled.connect(lambda _open: self._sum_up(group))
        for field in group.fields:
            field.changed.connect(partial(self._sum_up, group))
        self._sum_up(group)
        self._left.addWidget(fold)
        wanted = any(not field.schema.read_only for field in group.fields)
        fits = len(self.field_rows) + len(group.fields) <= OPEN_ROWS
        if self.everything or (wanted and fits):
            fold.set_open(True)

    def _open_group(self, group: Group, body: QWidget) -> None:
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, ROW_GAP)
        column.setSpacing(ROW_GAP)
        self._fill(column, group)

    def _fill(self, column: QVBoxLayout, group: Group) -> None:
        for field in group.fields:
            row = FieldRow(field, self._model.handle, self._context, self._tasks, self._read)
            row.set_shows_age(self.everything)
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
        self._right.addWidget(heading)
        for stream in model.streams:
            row = StreamRow(stream, self._context)
            row.button.clicked.connect(partial(self.live_asked.emit, stream.name))
            self.stream_rows[stream.name] = row
            self._right.addWidget(row)
        for name, action in model.actions.items():
            made = ActionRow(action, model.handle, self._bench, self._context, self._tasks)
            made.started.connect(self.run_started)
            self.action_rows[name] = made
            self._right.addWidget(made)

    def _read(self, field: FieldModel) -> None:
        self._tasks.start(self._model.read(field), field.title)
