"""The shape all rows of a panel share: label, editor, a slot for the state, a sentence beneath."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from ui.editors import Editor
from ui.states import LOOKS, State
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel, IconMark, PlainLabel, ReasonLabel, TextButton, plain_tool_tip

_LABEL, _EDITOR, _SLOT, _AGE = range(4)
_AGE_WIDTH = 112
_SHORT_AGE_WIDTH = 60
_ROOMY = 440


class LabelledRow(QWidget):
    """Label 100 | editor | 20 kept free for the state | perhaps the age; beneath it the reason.

    Attributes:
        editor: The editor.
        reason_label: The sentence beneath.
        send: For an editor of several parts, the button that sends it; None for the others.
        undo: Its twin that goes back.
    """

    def __init__(
        self, theme: Theme, title: str, help_text: str, editor: Editor, *, sends: bool
    ) -> None:
        """Lay out a row.

        Args:
            theme: Where the look comes from.
            title: The label, plain text.
            help_text: What the value is; may be ''.
            editor: The editor, which the row takes over.
            sends: Whether an editor of several parts gets buttons to send and to undo.
        """
        super().__init__()
        self.editor = editor
        self._beside = PlainLabel(theme, editor.beside, size=TextSize.SMALL, tone="secondary")
        # A long unit does not fit into the slot: it stands behind the label.
        fits = self._beside.sizeHint().width() <= Size.STATE_SLOT + 4
        self._has_beside = bool(editor.beside) and fits
        shown = title if fits else f"{title}, {editor.beside}"
        self.label = ElidedLabel(theme, shown, tone="secondary")
        self.label.setFixedHeight(Size.CONTROL)
        self.label.setBuddy(editor)
        if help_text:
            self.label.setAccessibleDescription(help_text)
            editor.setToolTip(plain_tool_tip(help_text))
        editor.set_names(title, help_text)
        self._slot = IconMark(theme, side=Size.ICON)
        self.reason_label = ReasonLabel(theme)
        self.age: ElidedLabel | None = None
        self._said: tuple[State | None, str] = (None, "")
        self._theme = theme
        self.send: TextButton | None = None
        self.undo: TextButton | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Size.GRID)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(_LABEL, Size.LABEL)
        self._grid.setColumnStretch(_EDITOR, 1)
        self._lay_out(sends=sends and editor.several and not editor.context.read_only)

    def show_mark(self, state: State | None, reason: str) -> None:
        """Show a state in the slot, and the reason beneath.

        Args:
            state: None for nothing to say.
            reason: One sentence; '' hides it.
        """
        if state is None:
            self._slot.set_glyph("")
            self._slot.setToolTip("")
        else:
            look = LOOKS[state]
            self._slot.set_glyph(look.icon, look.role)
            self._slot.setToolTip(look.word)
        self._beside.setVisible(state is None and self._has_beside)
        self._slot.setVisible(state is not None or not self._has_beside)
        if self._said != (state, reason):
            self._said = (state, reason)
            self.reason_label.say(state if reason else None, reason)

    def show_buttons(self, wanted: bool) -> None:
        """Show the buttons to send and to undo, where there are any."""
        if self.send is not None and self.undo is not None:
            self.send.setVisible(wanted)
            self.undo.setVisible(wanted)

    @property
    def roomy(self) -> bool:
        """Whether there is room for more than the bare age."""
        return self.width() >= _ROOMY

    def show_age(self, text: str) -> None:
        """Show how old the value is, in a column of its own; '' takes the column away."""
        if self.age is None and text:
            self.age = ElidedLabel(self._theme, size=TextSize.SMALL, tone="secondary")
            self._grid.addWidget(self.age, 0, _AGE)
        if self.age is not None:
            self.age.setFixedWidth(_AGE_WIDTH if self.roomy else _SHORT_AGE_WIDTH)
            self.age.setVisible(bool(text))
            self.age.setText(text)

    def _lay_out(self, *, sends: bool) -> None:
        slot = QWidget()
        wide = self._beside.sizeHint().width() if self._has_beside else 0
        slot.setFixedSize(max(Size.STATE_SLOT, wide), Size.CONTROL)
        inside = QHBoxLayout(slot)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._slot, 0, Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(self._beside, 0, Qt.AlignmentFlag.AlignVCenter)
        self._slot.setVisible(not self._has_beside)
        self._beside.setVisible(self._has_beside)
        row = 0
        if self.editor.full_width:
            self._grid.addWidget(self.label, 0, _LABEL, 1, 2)
            self._grid.addWidget(self.editor, 1, _LABEL, 1, 3)
            row = 1
        else:
            self.label.setFixedWidth(Size.LABEL)
            self._grid.addWidget(self.label, 0, _LABEL, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self.editor, 0, _EDITOR)
        self._grid.addWidget(slot, 0, _SLOT, Qt.AlignmentFlag.AlignTop)
        if sends:
            self._grid.addLayout(self._buttons(), row + 1, _LABEL, 1, 3)
        first = _LABEL if self.editor.full_width else _EDITOR
        self._grid.addWidget(self.reason_label, row + 2, first, 1, 3 - first)
        # While a sentence finds its height, the editor stays beside its label.
        self._grid.setRowStretch(row + 2, 1)

    def _buttons(self) -> QHBoxLayout:
        self.send = TextButton(self._theme, self.tr("Send"), kind="primary")
        self.undo = TextButton(self._theme, self.tr("Undo"), kind="quiet")
        line = QHBoxLayout()
        line.setContentsMargins(0, 4, 0, 0)
        line.setSpacing(Size.GRID)
        line.addWidget(self.send)
        line.addWidget(self.undo)
        line.addStretch(1)
        self.send.clicked.connect(self.editor.committed)
        self.undo.clicked.connect(self.editor.reverted)
        self.show_buttons(False)
        return line
