"""The fields and actions of a Thing, grouped, built from its model."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.handles import BenchHandle
from ui.editors import EditorContext
from ui.models.action import ActionModel
from ui.models.field import FieldModel
from ui.models.schema import Kind
from ui.models.thing import Group, Stream, ThingModel
from ui.panels.about import About
from ui.panels.action_row import ActionRow
from ui.panels.body_parts import GroupFold, StreamRow
from ui.panels.field_row import FieldRow
from ui.tasks import Tasks
from ui.theme import Size, TextSize
from ui.widgets import PlainLabel, SearchBox

ROW_GAP = Size.ROW - Size.CONTROL

SLICE_S: Final = 0.006
"""How long building may keep the Qt thread at a stretch."""

OPEN_ROWS = 6
"""Groups of values that can be set begin open as long as no more rows than these are shown."""

TWO_COLUMNS = 760
"""From this width on, 'everything' stands in two columns."""


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

    plot_asked = Signal(object)
    """The operator wants to see a value over time; a list of `SeriesKey`."""

    pictures_asked = Signal()
    """The operator wants to see the kept pictures of the Thing."""

    alike_asked = Signal(str, object, str)
    """The operator wants to see the kept pictures made with a value: property, the value in JSON
    form, and in words."""

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
        self.groups: dict[str, GroupFold] = {}
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
        self._todo = deque(self._steps())
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._build)
        self._build()

    def finish(self) -> None:
        """Build what is not built yet, without a pause."""
        while self._todo:
            self._todo.popleft()()

    def field(self, name: str) -> FieldRow:
        """The row of a field; opens its group.

        Raises:
            KeyError: There is no such property.
        """
        self.finish()
        if name not in self.field_rows:
            for title, group in self._summaries.items():
                if any(field.name == name for field in group.fields):
                    self.groups[title].set_open(True)
        return self.field_rows[name]

    def action(self, name: str) -> ActionRow:
        """The row of an action.

        Raises:
            KeyError: There is no such action.
        """
        self.finish()
        return self.action_rows[name]

    def set_filter(self, text: str) -> None:
        """Show only the fields and actions whose title or name has every word of a text."""
        self.finish()
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
        for action in self.action_rows.values():
            action.tick()

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

    def _build(self) -> None:
        """Build for a few milliseconds; the rest in the next turns of the loop."""
        deadline = time.perf_counter() + SLICE_S
        while self._todo:
            self._todo.popleft()()
            if time.perf_counter() >= deadline:
                self._next.start(0)
                return

    def _steps(self) -> Iterator[Callable[[], None]]:
        """What is to be built, in the order in which it stands; each step is a row or so."""
        shown = 0
        for group in self._model.groups:
            count = len(group.fields)
            if not group.title:
                yield from (partial(self._add_field, self._left, field) for field in group.fields)
                shown += count
                continue
            settable = any(not field.schema.read_only for field in group.fields)
            is_open = self.everything or (settable and shown + count <= OPEN_ROWS)
            shown += count if is_open else 0
            yield partial(self._add_group, group, is_open=is_open)
        if self._model.actions or self._model.streams:
            yield self._add_heading
        yield from (partial(self._add_stream, stream) for stream in self._model.streams)
        yield from (partial(self._add_action, action) for action in self._model.actions.values())
        yield self._add_foot

    def _add_group(self, group: Group, *, is_open: bool) -> None:
        fold = self.groups[group.title] = GroupFold(self._context.theme, self._model, group)
        self._summaries[group.title] = group
        fold.opened.connect(partial(self._open_group, group))
        self._left.addWidget(fold)
        fold.set_open(is_open)

    def _open_group(self, group: Group, body: QWidget) -> None:
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, ROW_GAP)
        column.setSpacing(ROW_GAP)
        for field in group.fields:
            self._add_field(column, field)

    def _add_field(self, column: QVBoxLayout, field: FieldModel) -> None:
        row = FieldRow(field, self._model.handle, self._context, self._tasks, self._read)
        row.set_shows_age(self.everything)
        row.plot_asked.connect(self.plot_asked)
        row.pictures_asked.connect(self.pictures_asked)
        row.alike_asked.connect(self.alike_asked)
        self.field_rows[field.name] = row
        column.addWidget(row)
        if field.schema.kind is not Kind.NUMBERS:
            return
        axes = {each.schema.raw.get("lw:axis") for each in self._model.fields.values()}
        axis = self._model.fields.get(str(field.schema.raw.get("lw:axis") or ""))
        row.draw(over=axis, is_axis=field.name in axes)

    def _add_heading(self) -> None:
        heading = PlainLabel(
            self._context.theme,
            self.tr("Actions"),
            size=TextSize.SMALL,
            tone="secondary",
            strong=True,
        )
        heading.setFixedHeight(Size.CONTROL)
        self._right.addWidget(heading)

    def _add_stream(self, stream: Stream) -> None:
        row = self.stream_rows[stream.name] = StreamRow(stream, self._context)
        row.button.clicked.connect(partial(self.live_asked.emit, stream.name))
        self._right.addWidget(row)

    def _add_action(self, action: ActionModel) -> None:
        row = ActionRow(action, self._model.handle, self._bench, self._context, self._tasks)
        row.started.connect(self.run_started)
        self.action_rows[action.name] = row
        self._right.addWidget(row)

    def _add_foot(self) -> None:
        if self.everything:
            self._right.addWidget(About(self._model, self._bench, self._context))
        self._left.addStretch(1)
        self._right.addStretch(1)

    def _read(self, field: FieldModel) -> None:
        self._tasks.start(self._model.read(field), field.title)
