"""One row of the activity list: painted, with real buttons at both ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLocale, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.handles import InvocationSnapshot, InvocationStatus
from ui.activity.thumbnails import HEIGHT, WIDTH, ThumbnailSource
from ui.activity.wording import (
    asked_by,
    clock_time,
    one_line,
    outcome,
    remaining,
    sentence,
    share_done,
    step_of,
)
from ui.icons import paint_icon
from ui.models.numbers import span_in_words
from ui.states import LOOKS, State
from ui.theme import Size, Theme
from ui.widgets import IconButton, SteadyButton, paint_progress

_BAR: Final = 144
_GAP: Final = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of all rows begin, in pixels from the left edge of a row.

    Attributes:
        word: The state's word.
        action: The action and its Thing.
        middle: Progress, result or reason.
        who: Who asked; equal to `time` where it is left out.
        time: Remaining time or time of day, right-aligned up to `button`.
        button: Cancel or Repeat.
        more: The menu.
    """

    word: int
    action: int
    middle: int
    who: int
    time: int
    button: int
    more: int

    @classmethod
    def fit(cls, width: int, theme: Theme, *, compact: bool) -> Columns:
        """Columns for rows of this width."""
        strong = QFontMetrics(theme.font(strong=True))
        plain = QFontMetrics(theme.font())
        words = max(strong.horizontalAdvance(look.word) for look in LOOKS.values())
        word = 64
        action = word + words + 16
        more = width - Size.CONTROL - 8
        button = more - 92
        time = button - plain.horizontalAdvance("0 min 00 s left")
        free = time - action
        # Who asked is dropped first where room is short.
        who = time if compact or free < 480 else time - min(160, free // 5)
        room = who - action
        middle = action + max(150, min(max(260, room // 6), int(room * 0.35)))
        return cls(word, action, middle, who, time, button, more)


class ActivityRow(QWidget):
    """Shows one invocation; shown another one, it forgets the first.

    Attributes:
        expand: Show or hide the details.
        cancel: Ask it to stop.
        repeat: Run it again with the same input.
        show_result: Look at what it gave.
        more: The menu is wanted, at this place on the screen.
    """

    expand = Signal()
    cancel = Signal()
    repeat = Signal()
    show_result = Signal()
    more = Signal(QPoint)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailSource, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._snapshot: InvocationSnapshot | None = None
        self._thing_title = ""
        self._state = State.WAITING
        self._silent_s = 0.0
        self._elapsed_s = 0.0
        self._columns = Columns.fit(1000, theme, compact=False)
        self._expanded = False
        self._result_area = QRect()
        self.setMouseTracking(True)
        self.chevron = IconButton(theme, "closed", self.tr("Show details"), parent=self)
        self.chevron.clicked.connect(self.expand)
        self.button = SteadyButton(theme, "", parent=self)
        self.button.taken.connect(self._press)
        self.menu_button = IconButton(theme, "more", self.tr("More"), parent=self)
        self.menu_button.clicked.connect(self._open_menu)

    @property
    def snapshot(self) -> InvocationSnapshot | None:
        """The invocation shown."""
        return self._snapshot

    @property
    def state(self) -> State:
        """The state shown."""
        return self._state

    def show_invocation(
        self,
        snapshot: InvocationSnapshot,
        thing_title: str,
        state: State,
        *,
        elapsed_s: float,
        silent_s: float = 0.0,
        expanded: bool = False,
    ) -> None:
        """Show an invocation as it stands.

        Args:
            snapshot: What to show.
            thing_title: What its Thing is called.
            state: As the model judges it.
            elapsed_s: How long it has been running, up to now.
            silent_s: For how long it has said nothing, where that is worth a word.
            expanded: Whether its details are open.
        """
        self._snapshot = snapshot
        self._thing_title = one_line(thing_title)
        self._state = state
        self._silent_s = silent_s
        self._elapsed_s = elapsed_s
        if expanded != self._expanded:
            self._expanded = expanded
            self.chevron.set_glyph("open" if expanded else "closed")
            self.chevron.set_name(self.tr("Hide details") if expanded else self.tr("Show details"))
        title = one_line(snapshot.title)
        ended = snapshot.status.ended
        self.button.mean(f"{'repeat' if ended else 'cancel'} {snapshot.id}")
        if ended:
            self._dress(self.tr("Repeat"), "repeat", "quiet", "secondary")
            self.button.setEnabled(True)
            self.button.setAccessibleName(self.tr("Repeat {0}").format(title))
        else:
            self._dress(self.tr("Cancel"), "cancel", "", "text")
            self.button.setEnabled(not snapshot.cancel_requested or state is State.STUCK)
            self.button.setAccessibleName(self.tr("Cancel {0}").format(title))
        said = f"{LOOKS[state].word}: {title}, {self._thing_title}, {self.middle_text()}"
        kept = self.tr("kept in the archive")
        self.setAccessibleName(f"{said}, {kept}" if self.kept else said)
        self.setToolTip(self.tr("Kept in the archive") if self.kept else "")
        self.update()

    @property
    def kept(self) -> bool:
        """Whether all of what it gave is in the archive."""
        blobs = self._snapshot.blobs if self._snapshot is not None else ()
        return bool(blobs) and all(blob.kept is not None for blob in blobs)

    def set_columns(self, columns: Columns) -> None:
        """Move the columns."""
        if columns != self._columns:
            self._columns = columns
            self._place_buttons()
            self.update()

    def middle_text(self) -> str:
        """What the middle column says in words."""
        snapshot = self._snapshot
        if snapshot is None:
            return ""
        if self._state is State.STUCK:
            return self.tr("Was asked to stop and goes on. STOP ALL stops the instrument itself.")
        if snapshot.status is InvocationStatus.PENDING:
            return sentence(snapshot.waiting_for) or self.tr("Waiting")
        if snapshot.status is InvocationStatus.RUNNING:
            if self._silent_s:
                return self.tr("No sign of life for {0}").format(span_in_words(self._silent_s))
            return step_of(snapshot) or one_line(snapshot.last_log)
        return outcome(snapshot, self.locale())

    def time_text(self) -> str:
        """What the time column says."""
        snapshot = self._snapshot
        if snapshot is None:
            return ""
        if snapshot.status.ended:
            return clock_time(snapshot.ended_at or snapshot.requested_at, QLocale())
        if snapshot.status is InvocationStatus.PENDING:
            return self.tr("since {0}").format(clock_time(snapshot.requested_at, QLocale()))
        return remaining(snapshot) or span_in_words(self._elapsed_s)

    def result_area(self) -> QRect:
        """Where a click shows the result; empty where there is none."""
        return self._result_area

    # Qt's side.

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, Size.ACTIVITY_ROW)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_buttons()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if event.button() == Qt.MouseButton.RightButton:
            self.more.emit(self.mapToGlobal(place))
        elif event.button() == Qt.MouseButton.LeftButton and self._result_area.contains(place):
            self.show_result.emit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.expand.emit()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._result_area.contains(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at, height = self._columns, Size.ACTIVITY_ROW
        look = LOOKS[self._state]
        colours = self._theme.colours
        paint_icon(painter, self._theme, look.icon, QRect(40, 0, Size.ICON, height), look.role)
        plain = look.role == "secondary"
        painter.setFont(self._theme.font(strong=not plain))
        painter.setPen(colours.role(look.role))
        self._text(painter, at.word, at.action - 8, look.word)
        painter.setFont(self._theme.font(strong=True))
        painter.setPen(colours.text)
        end = self._text(painter, at.action, at.middle - _GAP, one_line(snapshot.title))
        painter.setFont(self._theme.font())
        painter.setPen(colours.secondary)
        self._text(painter, end + 7, at.middle - _GAP, self._thing_title)
        self._paint_middle(painter, snapshot)
        painter.setFont(self._theme.font())
        painter.setPen(colours.secondary)
        if at.who < at.time:
            self._text(painter, at.who, at.time - _GAP, asked_by(snapshot.origin))
        running = snapshot.status is InvocationStatus.RUNNING
        painter.setPen(colours.text if running else colours.secondary)
        painter.drawText(
            QRect(at.time, 0, at.button - at.time - 12, height),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            self.time_text(),
        )

    # Inside.

    def _paint_middle(self, painter: QPainter, snapshot: InvocationSnapshot) -> None:
        left, right = self._columns.middle, self._columns.who - _GAP
        colours = self._theme.colours
        self._result_area = QRect()
        trouble = self._state is State.STUCK or self._silent_s > 0
        if snapshot.status is InvocationStatus.RUNNING and not trouble:
            self._paint_progress(painter, snapshot, left, right)
            return
        tone = {
            InvocationStatus.PENDING: "waiting",
            InvocationStatus.ERROR: "failed",
            InvocationStatus.RUNNING: "failed" if self._state is State.STUCK else "waiting",
        }.get(snapshot.status, "secondary")
        begin = left
        if snapshot.status is InvocationStatus.COMPLETED and snapshot.blobs:
            picture = self._thumbnails.thumbnail(snapshot.id)
            shape = snapshot.blobs[0].shape
            pile = shape is not None and len(shape) >= 3 and shape[-1] != 3
            if picture is not None:
                self._paint_thumbnail(painter, picture, left, pile=pile)
                begin = left + WIDTH + 10
        if self.kept:
            place = QRect(begin, 0, Size.ICON, Size.ACTIVITY_ROW)
            paint_icon(painter, self._theme, "archive", place, "running")
            begin += Size.ICON + 6
        painter.setFont(self._theme.font())
        painter.setPen(colours.role(tone))
        end = self._text(painter, begin, right, self.middle_text())
        if begin > left or (snapshot.blobs and snapshot.status is InvocationStatus.COMPLETED):
            self._result_area = QRect(left, 2, end - left, Size.ACTIVITY_ROW - 4)

    def _paint_progress(
        self, painter: QPainter, snapshot: InvocationSnapshot, left: int, right: int
    ) -> None:
        width = min(_BAR, max(40, (right - left) // 3))
        share = share_done(snapshot)
        role = "waiting" if self._state is State.STOPPING else "running"
        bar = QRectF(left, (Size.ACTIVITY_ROW - 6) / 2, width, 6)
        paint_progress(painter, self._theme, bar, share, role)
        end = left + width
        if share is not None:
            painter.setFont(self._theme.font(strong=True))
            painter.setPen(self._theme.colours.text)
            percent = f"{self.locale().toString(int(share * 100))} %"
            room = painter.fontMetrics().horizontalAdvance("100 %")
            self._text(painter, end + _GAP, right, percent)
            end += _GAP + room
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.colours.secondary)
        self._text(painter, end + _GAP, right, self.middle_text())

    def _paint_thumbnail(
        self, painter: QPainter, picture: QPixmap, left: int, *, pile: bool
    ) -> None:
        """The middle of the picture, rounded; a stack is drawn as a pile."""
        area = QRectF(left, (Size.ACTIVITY_ROW - HEIGHT) / 2, WIDTH, HEIGHT)
        if pile:
            for offset, strength in ((0, 0.35), (3, 0.6)):
                sheet = area.adjusted(6 - offset, offset, -offset, -6 + offset)
                painter.setOpacity(strength)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.colours.field_border)
                painter.drawRoundedRect(sheet, 3, 3)
            painter.setOpacity(1.0)
            area = area.adjusted(0, 6, -6, 0)
        ratio = max(area.width() / picture.width(), area.height() / picture.height())
        width, height = area.width() / ratio, area.height() / ratio
        source = QRectF(
            (picture.width() - width) / 2, (picture.height() - height) / 2, width, height
        )
        outline = QPainterPath()
        outline.addRoundedRect(area, 3, 3)
        painter.save()
        painter.setClipPath(outline)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(area, picture, source)
        painter.restore()
        if pile:
            painter.setPen(QPen(self._theme.colours.island, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 3, 3)

    @staticmethod
    def _text(painter: QPainter, left: int, right: int, text: str) -> int:
        """Paint elided text between two edges; where it ends."""
        if right <= left:
            return left
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(
            QRect(left, 0, right - left, Size.ACTIVITY_ROW),
            Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
            shown,
        )
        return left + painter.fontMetrics().horizontalAdvance(shown)

    def _place_buttons(self) -> None:
        top = (Size.ACTIVITY_ROW - Size.CONTROL) // 2
        self.chevron.move(6, top)
        self.button.setGeometry(self._columns.button, top, 84, Size.CONTROL)
        self.menu_button.move(self._columns.more, top)

    def _dress(self, text: str, glyph: str, kind: str, role: str) -> None:
        if self.button.text() == text:
            return
        self.button.setText(text)
        self.button.set_glyph(glyph, role)
        self.button.set_kind(kind)

    def _press(self) -> None:
        if self._snapshot is not None and self._snapshot.status.ended:
            self.repeat.emit()
        else:
            self.cancel.emit()

    def _open_menu(self) -> None:
        self.more.emit(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))
