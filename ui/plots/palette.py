"""The colours of lines: the accent first, then others that the colour-blind can tell apart.

They differ in lightness as well as in hue, none of them is the red, amber, green or violet that
means a state, and each has a contrast of at least 3:1 to the island it is drawn on. From the ninth
line on colours repeat, dotted.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from ui.theme import Theme

_LIGHT: Final = ("", "C2570C", "0E8A86", "A3297A", "6B5B3E", "2E9BD6", "14345E", "7C8500")
_DARK: Final = ("", "F2A65A", "3EC6B6", "F08CC8", "C2AE86", "A5E1FF", "D5D9E0", "CBD65A")

COLOURS: Final = len(_LIGHT)


def line_colour(theme: Theme, slot: int) -> QColor:
    """The colour of a line."""
    name = (_DARK if theme.dark else _LIGHT)[slot % COLOURS]
    return QColor(f"#{name}") if name else QColor(theme.colours.accent)


def line_style(slot: int, *, is_set: bool) -> Qt.PenStyle:
    """How a line is drawn: dashed where somebody sets the value, dotted where colours repeat."""
    if slot >= COLOURS:
        return Qt.PenStyle.DotLine
    return Qt.PenStyle.DashLine if is_set else Qt.PenStyle.SolidLine
