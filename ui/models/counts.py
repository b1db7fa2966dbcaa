"""How many there are, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def values_in_words(count: int) -> str:
    """Such as '1 value' or '6 values'."""
    if count == 1:
        return QCoreApplication.translate("Counts", "1 value")
    return QCoreApplication.translate("Counts", "{0} values").format(count)
