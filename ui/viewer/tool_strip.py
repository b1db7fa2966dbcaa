"""The strip at the left of the picture: what dragging does, zoom, scale bar, pin, save."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Size, Theme
from ui.viewer.canvas import Tool
from ui.widgets import IconButton

_GAP = 2
_GROUP_GAP = 8


class ToolStrip(QWidget):
    """40 pixels of tools. Where they do not all fit, the zoom buttons go: the wheel zooms too.

    Attributes:
        tool_chosen: What dragging does from now on; a `Tool`.
        zoom_in: Clicked.
        zoom_out: Clicked.
        fit: Clicked.
        actual_size: Clicked.
        scale_bar: Whether the scale bar is shown; a button that stays down.
        pin: Whether the tab is pinned; a button that stays down.
        save: Clicked.
    """

    tool_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(Size.TOOL_STRIP)
        self._tools = QButtonGroup(self)
        self._of_tools: dict[Tool, IconButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, Size.GRID, 6, Size.GRID)
        self._column.setSpacing(_GAP)
        self._add_tool(Tool.PAN, "mdi6.cursor-move", self.tr("Move the picture (drag)"))
        self._add_tool(
            Tool.RECTANGLE, "mdi6.rectangle-outline", self.tr("Statistics of a rectangle (drag)")
        )
        self._add_tool(Tool.LINE, "mdi6.chart-line-variant", self.tr("Profile along a line (drag)"))
        self._column.addSpacing(_GROUP_GAP)
        self.zoom_in = self._button("mdi6.magnify-plus-outline", self.tr("Closer (+)"))
        self.zoom_out = self._button("mdi6.magnify-minus-outline", self.tr("Farther (−)"))
        self.fit = self._button("mdi6.fit-to-page-outline", self.tr("The whole picture (0)"))
        self.actual_size = self._button("mdi6.numeric-1-box-outline", self.tr("Actual size (1)"))
        self._column.addSpacing(_GROUP_GAP)
        self.scale_bar = self._button("mdi6.ruler", self.tr("Scale bar"), checkable=True)
        self.scale_bar.setChecked(True)
        self.pin = self._button(
            "mdi6.pin-outline", self.tr("Pin: newer pictures leave it alone"), checkable=True
        )
        self.save = self._button("mdi6.content-save-outline", self.tr("Save …"))
        self._column.addStretch(1)
        self._of_tools[Tool.PAN].setChecked(True)
        for button in (self.zoom_in, self.zoom_out):
            button.setAutoRepeat(True)
        for button in (*self._of_tools.values(), self.scale_bar, self.pin):
            button.toggled.connect(self._recolour)
        self._recolour()

    def tool_button(self, tool: Tool) -> IconButton:
        """The button of a tool."""
        return self._of_tools[tool]

    def show_page(
        self, *, picture: bool, scale_known: bool, pinned: bool, pinnable: bool, savable: bool
    ) -> None:
        """Enable what makes sense for a tab."""
        for button in (
            *self._of_tools.values(),
            self.zoom_in,
            self.zoom_out,
            self.fit,
            self.actual_size,
        ):
            button.setEnabled(picture)
        self.scale_bar.setEnabled(picture and scale_known)
        self.scale_bar.setToolTip(
            self.tr("Scale bar")
            if scale_known or not picture
            else self.tr("Scale bar: the size of a pixel is not known")
        )
        self.pin.setEnabled(pinnable)
        self.pin.setChecked(pinned)
        self.save.setEnabled(savable)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        buttons = len(self._of_tools) + 7
        needed = buttons * (Size.CONTROL + _GAP) + 2 * (_GROUP_GAP + Size.GRID) + 2 * _GAP
        roomy = event.size().height() >= needed
        for button in (self.zoom_in, self.zoom_out):
            button.setVisible(roomy)

    def _add_tool(self, tool: Tool, glyph: str, name: str) -> None:
        button = self._button(glyph, name, checkable=True)
        self._tools.addButton(button)
        self._of_tools[tool] = button
        button.clicked.connect(lambda: self.tool_chosen.emit(tool))

    def _button(self, glyph: str, name: str, *, checkable: bool = False) -> IconButton:
        button = IconButton(self._theme, glyph, name, role="text", icon_size=Size.TOOL_ICON)
        button.setProperty("glyph", glyph)
        button.setCheckable(checkable)
        self._column.addWidget(button)
        return button

    def _recolour(self) -> None:
        """What is on has the accent, which is never the only sign: it has a ground as well."""
        for button in (*self._of_tools.values(), self.scale_bar, self.pin):
            glyph = str(button.property("glyph"))
            if button is self.pin and button.isChecked():
                glyph = "mdi6.pin"
            button.set_glyph(glyph, "accent" if button.isChecked() else "text")


def connect(button: IconButton, act: Callable[[], None]) -> None:
    """Call `act` when a button is clicked, without the signal's argument."""
    button.clicked.connect(lambda _checked=False: act())
