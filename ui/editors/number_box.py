"""A box for one number of any size: whole numbers keep all 64 bits and more."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from ui.editors.base import EditorContext
from ui.models.numbers import decimals_of, format_number, parse_number, unit_suffix
from ui.models.schema import DataSchema, Kind, Number
from ui.theme import Size, TextSize
from ui.widgets import plain_tool_tip

_PAGE = 10
"""How many steps Page Up and Page Down go."""

_CHROME = 19
"""Border, padding and Qt's own inset, left and right together."""

_PREFIX_WIDTH = 3
"""How far a prefix such as 'x' pushes the text to the right of the padding."""

NARROWEST = 40
"""In pixels; a narrower box would show hardly a digit."""

_SHORT = 6
"""Characters; of a number so short an ellipsis would leave next to nothing."""

_NOTCH = 120
"""What Qt says for one notch of a wheel; touch pads say less at a time."""


class NumberBox(QLineEdit):
    """A number with its unit: arrow keys and, while it has focus, the wheel step it.

    It is no `QSpinBox`, whose values are 32-bit or floating; here they are Python numbers, and
    one that is shown rounded is kept whole until it is changed.
    """

    stepped = Signal()
    """The operator changed the number by a step or by typing."""

    committed = Signal()
    """Enter."""

    reverted = Signal()
    """Esc, while there was something to go back from."""

    def __init__(
        self,
        schema: DataSchema,
        context: EditorContext,
        parent: QWidget | None = None,
        prefix: str = "",
        *,
        in_row: bool = False,
    ) -> None:
        """Begin empty.

        Args:
            schema: Gives range, step, decimals and unit.
            context: Gives the look.
            parent: The owner.
            prefix: Short text inside the box, such as 'x'.
            in_row: Whether it stands in a row of its like: then the unit stands behind the row
                and, where room is short, decimals are dropped while it has no focus.
        """
        super().__init__(parent)
        self.schema = schema
        self._context = context
        self._style = context.style
        self._in_row = in_row
        self._prefix = prefix
        self._number: Number | None = None
        self._typed = False
        self._decimals: int | None = None
        self._turned = 0
        self._wanted_width = 0
        self.setFont(context.theme.font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(Size.CONTROL)
        self.setReadOnly(context.read_only)
        self._prefix_font = context.theme.font(TextSize.SMALL)
        if in_row:
            # Room is short in a row of boxes: the text may come nearer to the edges.
            self.setTextMargins(_PREFIX_WIDTH if prefix else -3, 0, -3, 0)
        self.textEdited.connect(self._text_edited)

    def number(self) -> Number | None:
        """The number, whole; None where none stands there or what stands there is none."""
        return self.typed_number() if self._typed else self._number

    @property
    def is_typed(self) -> bool:
        """Whether the operator's own text stands in it."""
        return self._typed

    def typed_number(self) -> Number | None:
        """What the text reads as."""
        return parse_number(self.text(), self.schema, self._style)

    def fault(self) -> str:
        """Why the text is no number, in words; '' where it is one."""
        if not self._typed or self.typed_number() is not None:
            return ""
        text = self.text().strip()
        if not text:
            return self.tr("a number is needed")
        return self.tr("“{0}” is not a number").format(text)

    def show_number(self, number: Number | None, decimals: int | None = None) -> None:
        """Show a number; what was typed is gone.

        Args:
            number: None leaves the box empty.
            decimals: So many, as its neighbours in a row; None for what suits the number.
        """
        self._number, self._typed, self._decimals = number, False, decimals
        self._render()

    def show_typed(self, text: str) -> None:
        """Show what was typed into another box of its kind, such as one built anew."""
        self._typed = True
        self.setText(text)

    def width_for_range(self) -> int:
        """The width that shows every number of the range."""
        limits = [limit for limit in (self.schema.low, self.schema.high) if limit is not None]
        return max([self._width_of(self._full_text(limit)) for limit in limits], default=0)

    def width_for_number(self) -> int:
        """The width that shows the number that stands there."""
        written = self._typed or self._number is None
        return self._width_of(self.text() if written else self._full_text(self._number or 0))

    def set_wanted_width(self, width: int) -> None:
        """Take this width in pixels where there is room for it, and less where there is not."""
        if width != self._wanted_width:
            self._wanted_width = width
            self.setMaximumWidth(width)
            self.setMinimumWidth(min(width, NARROWEST))
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self._wanted_width, hint.height()) if self._wanted_width else hint

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: _PAGE,
            Qt.Key.Key_PageDown: -_PAGE,
        }
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.isReadOnly():
            self.committed.emit()
            self.selectAll()
        elif event.key() == Qt.Key.Key_Escape and not self.isReadOnly():
            self.reverted.emit()
            self.selectAll()
        elif event.key() in steps and not self.isReadOnly():
            self.step_by(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or self.isReadOnly():
            event.ignore()
            return
        turned = self._turned + event.angleDelta().y()
        notches = int(turned / _NOTCH)
        self._turned = turned - notches * _NOTCH
        if notches:
            self.step_by(notches)
        event.accept()

    def step_by(self, steps: int) -> None:
        """Go so many steps up or down, within the range and on the grid of the steps."""
        now = self.number()
        if now is None:
            now = self.schema.start_value() or 0
        self._number = self._within(stepped_number(now, steps, self.schema))
        self._typed, self._decimals = False, None
        self._render(whole=True)
        self.selectAll()
        self.stepped.emit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._typed:
            self._render(whole=True)
            if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
                self.selectAll()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self._typed:
            self._render()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._typed:
            self._render()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._prefix:
            return
        painter = QPainter(self)
        painter.setFont(self._prefix_font)
        painter.setPen(self._context.theme.colours.secondary)
        place = QRect(5, 0, 16, self.height())
        painter.drawText(
            place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._prefix
        )

    def _text_edited(self) -> None:
        self._typed = True
        self.stepped.emit()

    def _within(self, number: Number) -> Number:
        low, high = self.schema.low, self.schema.high
        if low is not None and number < low:
            number = low
        if high is not None and number > high:
            number = high
        return number

    def _full_text(self, number: Number) -> str:
        text = format_number(number, self.schema, self._style, decimals=self._decimals)
        return text + ("" if self._in_row else unit_suffix(self.schema.unit))

    def _width_of(self, text: str) -> int:
        margins = self.textMargins()
        around = _CHROME + margins.left() + margins.right()
        return self.fontMetrics().horizontalAdvance(text) + around

    def _render(self, *, whole: bool = False) -> None:
        """Write the number; where room is short less of it, and the whole as tool tip."""
        if self._number is None:
            self.setText("")
            return
        text = shown = self._full_text(self._number)
        if not whole and not self.hasFocus():
            shown = self._shortened(text)
            self.setToolTip(plain_tool_tip(text) if shown != text else "")
        if shown != self.text():
            self.setText(shown)
            if not self.hasFocus():
                self.setCursorPosition(0)

    def _shortened(self, text: str) -> str:
        """The number with as few decimals dropped as fits, rounded; the minus is never cut.

        What is still too wide gets an ellipsis in its middle, so that it does not read as
        another, smaller number.
        """
        assert self._number is not None
        decimals = _own_decimals(text, self._style.point) if self._in_row else 0
        while decimals > 0 and self._width_of(text) > self.width():
            decimals -= 1
            text = format_number(self._number, self.schema, self._style, decimals=decimals)
        if len(text) <= _SHORT:
            return text
        room = self.width() - self._width_of("")
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)


def _own_decimals(text: str, point: str) -> int:
    """How many decimals a written number has; none of a power of ten can be dropped."""
    return 0 if "e" in text else len(text.partition(point)[2])


def stepped_number(number: Number, steps: int, schema: DataSchema) -> Number:
    """A number some steps further, without the dust of binary fractions."""
    step = schema.step
    if schema.kind is Kind.INTEGER and isinstance(number, int) and isinstance(step, int):
        return number + steps * step
    if schema.wide and number:
        # Over many decades a step is a tenth of the number.
        return float(f"{number * (1.1**steps):.3g}")
    exact = Decimal(repr(number)) + steps * Decimal(repr(step))
    decimals = decimals_of(schema)
    return round(float(exact), max(decimals, 6)) if decimals is not None else float(exact)
