"""Labels of plain text: whatever a Thing calls itself is never read as markup."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QTextDocument, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from ui.icons import icon, paint_icon
from ui.states import LOOKS, State
from ui.theme import Size, TextSize, Theme, repolish


class PlainLabel(QLabel):
    """A label that never interprets what it shows.

    Args:
        theme: Where font and colours come from.
        text: What it says.
        size: One of the three sizes.
        tone: A colour role; 'text' for the plain colour.
        strong: Weight 600.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        size: TextSize = TextSize.BODY,
        tone: str = "text",
        strong: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, strong=strong))
        self.setProperty("tone", tone)
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Change the colour role."""
        if self.property("tone") != tone:
            self._theme.colours.role(tone)
            self.setProperty("tone", tone)
            repolish(self)


class ElidedLabel(PlainLabel):
    """A plain label that ends in an ellipsis where room is short, with the whole as tool tip.

    Set text by `setText` and read it by `text`: the whole is kept.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        size: TextSize = TextSize.BODY,
        tone: str = "text",
        strong: bool = False,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        self._mode = mode
        super().__init__(theme, text, size=size, tone=tone, strong=strong, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @override
    def setText(self, text: str) -> None:
        # One line, whatever a device calls itself.
        super().setText(" ".join(text.split()))
        self._update_tool_tip()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(24, super().sizeHint().width()), super().sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tool_tip()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        room = self.contentsRect()
        painter.drawText(
            room,
            self.alignment() | Qt.TextFlag.TextSingleLine,
            self.fontMetrics().elidedText(self.text(), self._mode, room.width()),
        )

    def _update_tool_tip(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        # A tool tip guesses its format from the text, so markup is escaped.
        self.setToolTip(f"<qt>{html.escape(self.text())}</qt>" if cut else "")


class ReasonLabel(QWidget):
    """A sentence under a field: the state word in bold, then the reason; wraps, never clips.

    A word-wrapped `QLabel` guesses its height from a width it does not have and leaves gaps;
    this one lays the sentence out at the width it has got.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state: State | None = None
        self._reason = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFont(theme.font(TextSize.SMALL))
        self.hide()

    @property
    def text(self) -> str:
        """The whole sentence as it reads, '' where there is nothing to say."""
        if self._state is None:
            return self._reason
        return f"{LOOKS[self._state].word}. {self._reason}".strip()

    @property
    def state(self) -> State | None:
        """The state the sentence is about."""
        return self._state

    def say(self, state: State | None, reason: str) -> None:
        """Show a reason; an empty one hides the label.

        Args:
            state: Gives the bold word and the colour; None for a plain remark.
            reason: One sentence, plain text.
        """
        self._state = state
        self._reason = reason
        self.setAccessibleName(self.text)
        self.setVisible(bool(self.text))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        width = self.width() if self.testAttribute(Qt.WidgetAttribute.WA_Resized) else 240
        return QSize(60, self.heightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return round(self._document(max(60, width)).size().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._document(self.width()).drawContents(painter)

    def _document(self, width: int) -> QTextDocument:
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        document.setDefaultTextOption(option)
        role = LOOKS[self._state].role if self._state else "secondary"
        colour = self._theme.colours.role(role).name()
        word = ""
        if self._state is not None:
            word = f"<span style='font-weight:600'>{html.escape(LOOKS[self._state].word)}.</span> "
        document.setHtml(f"<span style='color:{colour}'>{word}{html.escape(self._reason)}</span>")
        document.setTextWidth(width)
        return document


class StateLabel(QWidget):
    """Icon and word of a state, in its colour.

    Args:
        theme: Where the look comes from.
        size: Of the word.
        strong: Weight 600 for the word, except for states that stay grey.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        size: TextSize = TextSize.SMALL,
        strong: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = size
        self._strong = strong
        self._state = State.READY
        self._detail = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(State.READY)

    @property
    def state(self) -> State:
        """The state shown."""
        return self._state

    @property
    def text(self) -> str:
        """The word, and what was added to it."""
        word = LOOKS[self._state].word
        return f"{word}: {self._detail}" if self._detail else word

    def show_state(self, state: State, detail: str = "") -> None:
        """Show a state.

        Args:
            state: Gives icon, word and colour.
            detail: Follows the word after a colon, such as 'autofocus by anna'.
        """
        self._state = state
        self._detail = " ".join(detail.split())
        plain = LOOKS[state].role == "secondary"
        self.setFont(self._theme.font(self._size, strong=self._strong and not plain))
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text)
        return QSize(Size.ICON + 8 + text + 1, max(Size.ICON, self.fontMetrics().height()))

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        look = LOOKS[self._state]
        painter = QPainter(self)
        mark = self.rect()
        mark.setWidth(Size.ICON)
        icon(self._theme, look.icon, look.role).paint(painter, mark)
        painter.setPen(self._theme.colours.role(look.role))
        painter.setFont(self.font())
        painter.drawText(
            self.rect().adjusted(Size.ICON + 8, 0, 0, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
            self.text,
        )


class IconMark(QWidget):
    """An icon that says something and cannot be pressed.

    Args:
        theme: Where the colour comes from.
        glyph: As for `ui.icons.icon`; '' leaves the place empty, so that nothing jumps.
        role: A colour role.
        side: In pixels.
    """

    def __init__(
        self,
        theme: Theme,
        glyph: str = "",
        role: str = "secondary",
        *,
        side: int = Size.ICON,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph = glyph
        self._role = role
        self.setFixedSize(side, side)

    def set_glyph(self, glyph: str, role: str = "secondary") -> None:
        """Change the icon."""
        self._glyph, self._role = glyph, role
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._glyph:
            paint_icon(QPainter(self), self._theme, self._glyph, self.rect(), self._role)
