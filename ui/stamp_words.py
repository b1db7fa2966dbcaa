"""How operator, sample and session are said."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.handles import Stamp


def _tr(text: str) -> str:
    return QCoreApplication.translate("Stamp", text)


def stamp_in_words(stamp: Stamp, *, short: bool) -> str:
    """The stamp for a button; '' where nothing that fits is set.

    Args:
        stamp: Operator, sample and session.
        short: Whether there is room for one name only: the operator's, else the sample's.
    """
    if short:
        return stamp.operator or stamp.sample or stamp.session
    return " · ".join(part for part in (stamp.sample, stamp.operator) if part) or stamp.session


def stamp_lines(stamp: Stamp) -> str:
    """All of it, a line each, for a tool tip."""
    said = {
        _tr("Sample: {0}"): stamp.sample,
        _tr("Session: {0}"): stamp.session,
        _tr("Operator: {0}"): stamp.operator,
    }
    lines = [text.format(value) for text, value in said.items() if value]
    lines.append(_tr("This is written on everything that is run. Click to change it."))
    return "\n".join(lines)
