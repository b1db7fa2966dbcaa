"""The rows themselves: only those in sight exist, so ten thousand are no slower than ten."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget
from typing_extensions import override

from ui.activity.details import HEIGHT, InvocationDetails
from ui.activity.row import ActivityRow, Columns
from ui.activity.thumbnails import ThumbnailSource
from ui.models.rows import RowModel
from ui.theme import Size, TextSize, Theme

TICK_MS = 1000
"""How often running rows are drawn again although nothing was heard, for silence and ages."""


class InvocationList(QAbstractScrollArea):
    """A list of invocations, 40 pixels a row, one of them unfolded at most.

    Row widgets are made for the rows in sight and used again for others when the list scrolls.
    A row keeps its widget while it moves, so keyboard focus stays with its invocation. Where the
    list was scrolled, and where a note is being typed, rows that come in above move nothing.

    Attributes:
        cancel: Ask an invocation to stop; its id.
        repeat: Run it again; its id.
        show_result: Look at its result; its id.
        more: Its menu is wanted; its id and a place on the screen.
        unfolded: A row was unfolded or folded; how high the list has to be to show all of it,
            in pixels, 0 where none is unfolded.
    """

    cancel = Signal(object)
    repeat = Signal(object)
    show_result = Signal(object)
    more = Signal(object, QPoint)
    unfolded = Signal(int)

    def __init__(
        self,
        theme: Theme,
        model: RowModel,
        thumbnails: ThumbnailSource,
        details: InvocationDetails,
        title_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._thumbnails = thumbnails
        self._title_of = title_of
        self._compact = False
        self._expanded: UUID | None = None
        self._slack = 0
        self._rows: dict[UUID, ActivityRow] = {}
        self._spare: list[ActivityRow] = []
        self.details = details
        self.details.setParent(self.viewport())
        self.details.hide()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Invocations"))
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(Size.ACTIVITY_ROW)
        self.verticalScrollBar().valueChanged.connect(self._arrange)
        # Many events of one turn of the loop make one new arrangement.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._follow)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._refresh_active)
        self._tick.start()
        model.changed.connect(self.arrange_soon)
        model.row_changed.connect(self._refresh)
        thumbnails.changed.connect(self._refresh)

    @property
    def row_widgets(self) -> dict[UUID, ActivityRow]:
        """The rows in sight."""
        return self._rows

    @property
    def expanded(self) -> UUID | None:
        """The invocation whose details are open."""
        return self._expanded

    @property
    def wanted_height(self) -> int:
        """How high it has to be to show all of the row that is unfolded; 0 where none is."""
        return Size.ACTIVITY_ROW + HEIGHT if self._expanded in self._model.rows else 0

    def set_compact(self, compact: bool) -> None:
        """Leave out who asked."""
        self._compact = compact
        self._arrange()

    def arrange_soon(self) -> None:
        """Arrange once when this turn of the loop is over."""
        if not self._soon.isActive():
            self._soon.start(0)

    def toggle(self, invocation: UUID) -> None:
        """Open or close the details of a row; opened they are in sight."""
        self._expanded = None if self._expanded == invocation else invocation
        self._arrange()
        self.unfolded.emit(self.wanted_height)
        self.ensure_visible(invocation)

    def ensure_visible(self, invocation: UUID) -> None:
        """Scroll until a row is in sight, with its details; its top wins where room is short."""
        rows = self._model.rows
        if invocation not in rows:
            return
        top = self._top_of(rows.index(invocation))
        bottom = top + Size.ACTIVITY_ROW + (HEIGHT if invocation == self._expanded else 0)
        bar = self.verticalScrollBar()
        least = bottom - self.viewport().height()
        bar.setValue(min(top, max(least, bar.value())))

    # Qt's side.

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shown = self._details_in_sight()
        self._arrange()
        if shown and self._expanded is not None:
            self.ensure_visible(self._expanded)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from row to row, taking the focus along."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        rows = self._model.rows
        if not rows:
            return
        focus = QApplication.focusWidget()
        focused = next((i for i, row in self._rows.items() if focus in row.children()), None)
        at = rows.index(focused) + step if focused in rows else 0
        target = rows[min(max(0, at), len(rows) - 1)]
        self.ensure_visible(target)
        self._arrange()
        if target in self._rows:
            self._rows[target].chevron.setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take arrow keys before a button does, which would move among its neighbours."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        ):
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._model.rows:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._theme.font(TextSize.BODY))
        painter.setPen(self._theme.colours.secondary)
        room = self.viewport().rect().adjusted(Size.PADDING, 0, -Size.PADDING, 0)
        centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, centred, self._model.nothing)

    # Inside.

    def _top_of(self, number: int) -> int:
        top = number * Size.ACTIVITY_ROW
        rows = self._model.rows
        if self._expanded in rows and rows.index(self._expanded) < number:
            top += HEIGHT
        return top

    @property
    def _is_typed_in(self) -> bool:
        """Whether the operator is at work in the details, though another program be in front."""
        # Of no widget it is no ancestor: a window may have none with the focus.
        focus = self.window().focusWidget()
        return self.details.isVisible() and self.details.isAncestorOf(focus)

    def _details_in_sight(self) -> bool:
        return self.details.isVisible() and self.details.geometry().intersects(
            self.viewport().rect()
        )

    def _standing(self) -> tuple[UUID, int] | None:
        """The row that is not to move, and where it stands; None where the newest belong on top."""
        if self._expanded is not None and self._is_typed_in:
            return self._expanded, self.details.y() - Size.ACTIVITY_ROW
        if not self.verticalScrollBar().value():
            return None
        # What runs goes down among what has ended when it ends; those keep their order.
        tops = [(not self._has_ended(each), row.y(), each) for each, row in self._rows.items()]
        if not tops:
            return None
        _, top, first = min(tops)
        return first, top

    def _has_ended(self, invocation: UUID) -> bool:
        snapshot = self._model.snapshot(invocation)
        return snapshot is not None and snapshot.status.ended

    def _follow(self) -> None:
        """Rows came, went or moved: what is edited or read stays where it is."""
        standing = self._standing()
        rows = self._model.rows
        if standing is not None and standing[0] in rows:
            invocation, place = standing
            wanted = max(0, self._top_of(rows.index(invocation)) - place)
            # Where all rows fit, one that is typed in still stays: the list goes on below them.
            self._slack = wanted if self._is_typed_in else 0
            bar = self.verticalScrollBar()
            with QSignalBlocker(bar):
                bar.setRange(0, max(self._longest(), wanted))
                bar.setValue(wanted)
        self._arrange()

    def _longest(self) -> int:
        """How far the list can be scrolled."""
        rows = self._model.rows
        whole = len(rows) * Size.ACTIVITY_ROW + (HEIGHT if self._expanded in rows else 0)
        if not self._is_typed_in:
            self._slack = 0
        return max(0, whole - self.viewport().height(), self._slack)

    def _arrange(self) -> None:
        """Put the rows in sight where they belong."""
        rows = self._model.rows
        view = self.viewport()
        unfolded = rows.index(self._expanded) if self._expanded in rows else None
        extra = HEIGHT if unfolded is not None else 0
        bar = self.verticalScrollBar()
        bar.setPageStep(view.height())
        bar.setRange(0, self._longest())
        offset = bar.value()
        columns = Columns.fit(view.width(), self._theme, compact=self._compact)
        first = max(0, (offset - extra) // Size.ACTIVITY_ROW)
        in_sight: list[tuple[UUID, int]] = []
        for number in range(first, len(rows)):
            top = number * Size.ACTIVITY_ROW - offset
            if unfolded is not None and number > unfolded:
                top += extra
            if top >= view.height():
                break
            in_sight.append((rows[number], top))
        wanted = {invocation for invocation, _ in in_sight}
        for invocation in [each for each in self._rows if each not in wanted]:
            row = self._rows.pop(invocation)
            row.hide()
            self._spare.append(row)
        for invocation, top in in_sight:
            row = self._rows.get(invocation) or self._take_row(invocation)
            row.set_columns(columns)
            row.setGeometry(0, top, view.width(), Size.ACTIVITY_ROW)
            self._fill(invocation, row)
            row.show()
        if unfolded is None:
            self.details.hide()
        else:
            top = (unfolded + 1) * Size.ACTIVITY_ROW - offset
            self.details.setGeometry(0, top, view.width(), HEIGHT)
            self.details.show()
        view.update()

    def _take_row(self, invocation: UUID) -> ActivityRow:
        row = self._spare.pop() if self._spare else self._make_row()
        self._rows[invocation] = row
        return row

    def _make_row(self) -> ActivityRow:
        row = ActivityRow(self._theme, self._thumbnails, self.viewport())
        for button in (row.chevron, row.button, row.menu_button):
            button.installEventFilter(self)
        row.expand.connect(lambda: self._with_id(row, self.toggle))
        row.cancel.connect(lambda: self._with_id(row, self.cancel.emit))
        row.repeat.connect(lambda: self._with_id(row, self.repeat.emit))
        row.show_result.connect(lambda: self._with_id(row, self.show_result.emit))
        row.more.connect(lambda place: self._with_id(row, lambda each: self.more.emit(each, place)))
        return row

    @staticmethod
    def _with_id(row: ActivityRow, call: Callable[[UUID], object]) -> None:
        if row.snapshot is not None:
            call(row.snapshot.id)

    def _fill(self, invocation: UUID, row: ActivityRow) -> None:
        snapshot = self._model.snapshot(invocation)
        if snapshot is None:
            return
        row.show_invocation(
            snapshot,
            self._title_of(snapshot.thing),
            self._model.state(invocation),
            elapsed_s=self._model.elapsed_s(invocation),
            silent_s=self._model.silent_s(invocation),
            expanded=invocation == self._expanded,
        )
        if invocation == self._expanded:
            self.details.show_invocation(snapshot)

    def _refresh(self, invocation: UUID) -> None:
        row = self._rows.get(invocation)
        if row is not None:
            self._fill(invocation, row)

    def _refresh_active(self) -> None:
        for snapshot in self._model.active:
            self._refresh(snapshot.id)
