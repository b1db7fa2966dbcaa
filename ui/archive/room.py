"""How much room there is for what is kept, in words, and what to do about it; no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

from app.archive.records import ArchiveUsage
from ui.activity.wording import one_line, sentence, size_in_words

LOW_DISK_BYTES: Final = 20_000_000_000
"""Below this the room on the disk is shown as a warning."""

NO_DISK_BYTES: Final = 5_000_000_000
"""Below this it is shown as trouble."""

NEARLY: Final = 0.9
"""Of what the archive may take; from here on that is shown as a warning."""


@dataclass(frozen=True, slots=True)
class RoomWords:
    """What is said of the room.

    Attributes:
        short: A few words for the top bar.
        role: The colour of them: 'text', 'waiting' for a warning, 'failed' for trouble.
        lines: All that is known of it, a sentence each.
        advice: What to do, a sentence each; none while all is well.
    """

    short: str
    role: str
    lines: tuple[str, ...]
    advice: tuple[str, ...] = ()

    @property
    def tip(self) -> str:
        """All of it."""
        return "\n".join((*self.lines, *self.advice))


def room_in_words(
    free_bytes: int, usage: ArchiveUsage | None, trouble: str, locale: QLocale
) -> RoomWords:
    """What is said of the room.

    Args:
        free_bytes: On the disk where data is kept.
        usage: Of the archive; None where there is none, or it does not say.
        trouble: Why nothing can be kept now; '' where it can.
        locale: How numbers are written.
    """
    free = size_in_words(free_bytes, locale)
    lines = [_tr("{0} are free where data is kept.").format(free)]
    if usage is not None:
        lines += _about(usage, locale)
    if trouble:
        return RoomWords(
            _tr("Nothing can be kept"),
            "failed",
            (sentence(one_line(trouble)), *lines),
            (_tr("Look at the disk or the folder it names; it goes on by itself after that."),),
        )
    if usage is not None and usage.low:
        short = _tr("Archive is full") if _is_full(usage) else _tr("{0} free").format(free)
        why = _tr("Nothing more is kept: {0}.").format(one_line(usage.low).rstrip("."))
        return RoomWords(short, "failed", (why, *lines), _advice(usage))
    advice = () if usage is None else _advice(usage)
    if usage is not None and _nearly_full(usage):
        return RoomWords(kept_in_words(usage, locale), "waiting", tuple(lines), advice)
    role = "text"
    if free_bytes < LOW_DISK_BYTES:
        role = "failed" if free_bytes < NO_DISK_BYTES else "waiting"
    return RoomWords(
        _tr("{0} free").format(free), role, tuple(lines), advice if role != "text" else ()
    )


def kept_in_words(usage: ArchiveUsage, locale: QLocale) -> str:
    """What is kept, of what may be: '12 GB of 50 GB kept', or '12 GB kept'."""
    taken = size_in_words(usage.bytes, locale)
    if usage.quota_bytes is None:
        return _tr("{0} kept").format(taken)
    return _tr("{0} of {1} kept").format(taken, size_in_words(usage.quota_bytes, locale))


def _about(usage: ArchiveUsage, locale: QLocale) -> list[str]:
    count = locale.toString(usage.files)
    said = _tr("1 file is kept, {0}.") if usage.files == 1 else _tr("{1} files are kept, {0}.")
    taken = size_in_words(usage.bytes, locale)
    if usage.quota_bytes is not None:
        share = usage.bytes / usage.quota_bytes if usage.quota_bytes else 1.0
        taken = _tr("{0} of the {1} they may take ({2} %)").format(
            taken, size_in_words(usage.quota_bytes, locale), locale.toString(int(share * 100))
        )
    lines = [said.format(taken, count)]
    if usage.cache_bytes:
        cache = size_in_words(usage.cache_bytes, locale)
        lines.append(
            _tr("{0} more are of runs that nobody kept; they go by themselves.").format(cache)
        )
    if usage.low_mark_bytes:
        mark = size_in_words(usage.low_mark_bytes, locale)
        lines.append(
            _tr("With less than {0} free nothing is kept, and no run begins that would.").format(
                mark
            )
        )
    return lines


def _advice(usage: ArchiveUsage) -> tuple[str, ...]:
    """What makes room."""
    found = [
        _tr("Export what is finished, then delete it: into the trash, and from there for good."),
        _tr("What was deleted makes room a day later."),
    ]
    if _is_full(usage) or _nearly_full(usage):
        found.append(_tr("Or let it take more: the setting archive_max_mb."))
    return tuple(found)


def _is_full(usage: ArchiveUsage) -> bool:
    return usage.quota_bytes is not None and usage.bytes >= usage.quota_bytes


def _nearly_full(usage: ArchiveUsage) -> bool:
    return usage.quota_bytes is not None and usage.bytes >= NEARLY * usage.quota_bytes


def _tr(text: str) -> str:
    return QCoreApplication.translate("Room", text)
