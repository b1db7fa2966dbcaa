"""'How was this made?': a sheet beside the picture, and what can be done with the answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui.theme import Size, TextSize, Theme
from ui.viewer.made import Made, Setting
from ui.widgets import ElidedLabel, IconButton, PlainLabel, TextButton

WIDTH = 300
_LOG_HEIGHT = 84


class MadeSheet(QWidget):
    """Facts, settings then and now, and the log of the run that made a picture.

    Attributes:
        closed: The operator closed it.
        repeat: Clicked: the same once more.
        edit: Clicked: the form with the same input.
        copy_asked: 'python', 'curl' or 'json'.
        copy_as: The button with that menu.
        log: What was logged.
    """

    closed = Signal()
    copy_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._made: Made | None = None
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("How was this made?"))
        title = ElidedLabel(theme, self.tr("How was this made?"), strong=True)
        close = IconButton(theme, "close", self.tr("Close"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(Size.PADDING, 4, 6, 0)
        head.addWidget(title, 1)
        head.addWidget(close)
        self._inside = QWidget()
        self._inside.setProperty("canvas", "none")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(Size.PADDING, 4, Size.PADDING, 4)
        self._column.setSpacing(Size.GRID)
        scroll = QScrollArea()
        scroll.setAccessibleName(self.tr("How it was made"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inside)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setFont(theme.font(TextSize.SMALL))
        self.log.setAccessibleName(self.tr("Log of this run"))
        self.log.setFixedHeight(_LOG_HEIGHT)
        self.repeat = TextButton(theme, self.tr("Repeat"), glyph="repeat")
        self.edit = TextButton(theme, self.tr("Edit"), glyph="edited")
        self.edit.setToolTip(self.tr("Open the form with this input, to change and run it"))
        self.copy_as = TextButton(theme, self.tr("Copy as"), glyph="copy")
        self.copy_as.setMenu(self._copy_menu())
        feet = QHBoxLayout()
        feet.setContentsMargins(Size.PADDING, 4, Size.PADDING, Size.GRID)
        feet.setSpacing(4)
        for button in (self.repeat, self.edit, self.copy_as):
            feet.addWidget(button)
        feet.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(scroll, 1)
        column.addLayout(feet)
        self.hide()

    @property
    def made(self) -> Made | None:
        """What is shown."""
        return self._made

    def show_made(self, made: Made | None, *, runs_here: bool, served: bool) -> None:
        """Show how it was made.

        Args:
            made: None where nothing is known of it.
            runs_here: Whether its Thing is on the bench, so that it can be repeated.
            served: Whether the bench has an address that curl and Python can call.
        """
        for button in (self.repeat, self.edit):
            button.setEnabled(made is not None and runs_here)
        self.copy_as.setEnabled(made is not None)
        for action in self.copy_as.menu().actions():
            action.setEnabled(served or action.data() == "json")
        if made is not None and made == self._made:
            return
        self._made = made
        self._clear()
        if made is None:
            said = self.tr("This was not made by an action: a live picture, or an array of a file.")
            self._column.addWidget(self._wrapped(said, tone="secondary"))
            self._column.addStretch(1)
            return
        self._column.addWidget(self._facts(made))
        if made.settings:
            self._column.addWidget(self._settings(made.settings))
        if made.log:
            self._column.addWidget(PlainLabel(self._theme, self.tr("Log"), strong=True))
            self.log.setPlainText("\n".join(made.log))
            self._column.addWidget(self.log)
            self.log.show()
        self._column.addStretch(1)

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is self.log:
                self.log.hide()
            elif widget is not None:
                widget.hide()
                widget.deleteLater()

    def _facts(self, made: Made) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Size.GRID)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 64)
        grid.setColumnStretch(1, 1)
        for row, (title, said) in enumerate(made.facts):
            name = PlainLabel(self._theme, title, size=TextSize.SMALL, tone="secondary")
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._wrapped(said), row, 1)
        return box

    def _settings(self, settings: tuple[Setting, ...]) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Size.GRID)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 2)
        differ = sum(setting.differs for setting in settings)
        grid.addWidget(ElidedLabel(self._theme, self.tr("Settings"), strong=True), 0, 0)
        for place, word in ((1, self.tr("Then")), (2, self.tr("Now"))):
            label = PlainLabel(self._theme, word, size=TextSize.SMALL, tone="secondary")
            grid.addWidget(label, 0, place, Qt.AlignmentFlag.AlignRight)
        things = {setting.thing for setting in settings}
        for row, setting in enumerate(settings, start=1):
            several = len(things) > 1
            title = f"{setting.thing}  {setting.title}" if several else setting.title
            cells = (
                (title, "secondary", False),
                (setting.then, "text", setting.differs),
                (setting.now or "–", "text" if setting.differs else "secondary", False),
            )
            for place, (word, tone, strong) in enumerate(cells):
                cell = ElidedLabel(self._theme, word, size=TextSize.SMALL, tone=tone, strong=strong)
                if place:
                    cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(cell, row, place)
        said = (
            self.tr("{count} changed since").format(count=differ)
            if differ
            else self.tr("All are as they were")
        )
        foot = PlainLabel(self._theme, said, size=TextSize.SMALL, tone="secondary")
        grid.addWidget(foot, len(settings) + 1, 0, 1, 3)
        return box

    def _wrapped(self, said: str, tone: str = "text") -> PlainLabel:
        label = PlainLabel(self._theme, said, size=TextSize.SMALL, tone=tone)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _copy_menu(self) -> QMenu:
        menu = QMenu(self)
        for key, title in (
            ("python", self.tr("Python")),
            ("curl", self.tr("curl")),
            ("json", self.tr("Input as JSON")),
        ):
            action = QAction(title, menu)
            action.setData(key)
            action.triggered.connect(lambda _checked=False, key=key: self.copy_asked.emit(key))
            menu.addAction(action)
        return menu

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, 1, self.height(), self._theme.colours.line)
