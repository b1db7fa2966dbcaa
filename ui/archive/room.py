"""How full the archive is, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.archive.records import ArchiveUsage
from ui.activity.wording import size_in_words

NEARLY = 0.9
"""Of the quota; from here on it is said in the colour of a warning."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Archive", text)


def kept_in_words(usage: ArchiveUsage, locale: QLocale) -> str:
    """What is kept, of what may be: '12 GB of 50 GB kept', or '12 GB kept'."""
    taken = size_in_words(usage.bytes, locale)
    if usage.quota_bytes is None:
        return _tr("{0} kept").format(taken)
    return _tr("{0} of {1} kept").format(taken, size_in_words(usage.quota_bytes, locale))


def nearly_full(usage: ArchiveUsage) -> bool:
    """Whether the quota is nearly reached."""
    return usage.quota_bytes is not None and usage.bytes >= NEARLY * usage.quota_bytes
