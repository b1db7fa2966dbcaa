"""How much of a Thing is shown."""

from __future__ import annotations

import enum


class Depth(enum.Enum):
    """The three depths of a panel; the values are what the layout remembers."""

    ROW = "row"
    """One line: state, a value, the first action."""

    PANEL = "panel"
    """What an operator needs every day."""

    EVERYTHING = "everything"
    """Every value with its age, every action, last runs, address."""
