"""Who may have asked for a run, as the choices of a filter."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.handles import OriginKind


def _tr(text: str) -> str:
    return QCoreApplication.translate("Activity", text)


def origin_choices() -> list[tuple[str, object]]:
    """Words and kind; None for everyone, who comes first."""
    return [
        (_tr("Everyone"), None),
        (_tr("You"), OriginKind.WINDOW),
        (_tr("The network"), OriginKind.NETWORK),
        (_tr("The schedule"), OriginKind.SCHEDULE),
        (_tr("Scripts"), OriginKind.SCRIPT),
    ]
