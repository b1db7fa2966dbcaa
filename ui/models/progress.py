"""How far an invocation is and who asked for it, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.handles import InvocationSnapshot, Origin, OriginKind
from ui.models.numbers import rate_in_words, span_in_words

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Progress as it is drawn.

    Attributes:
        fraction: 0 to 1, or None where the end is not known.
        step: Such as '31 of 50 steps'; may be ''.
        remaining: Such as '9 s left', or '4.5/s' where there is no end in sight; may be ''.
    """

    fraction: float | None
    step: str
    remaining: str


def asked_by(origin: Origin) -> str:
    """Who asked, where it was not the operator at this window; '' for them."""
    if origin.kind is OriginKind.WINDOW:
        return ""
    return origin.who or origin.kind.value


def progress_view(run: InvocationSnapshot, elapsed_s: float) -> ProgressView:
    """The progress of a running invocation; nested levels give one fraction.

    Args:
        run: As it was last heard of.
        elapsed_s: How long it has been running up to now, in seconds; its snapshot only knows
            how long it had when the snapshot was taken.
    """
    if not run.progress:
        return ProgressView(
            None,
            run.last_log,
            translate("Progress", "{0} so far").format(span_in_words(elapsed_s)),
        )
    fraction, width = 0.0, 1.0
    for level in run.progress:
        if not level.total:
            break
        fraction += width * min(1.0, max(0.0, level.done / level.total))
        width /= level.total
    known = bool(run.progress[0].total)
    top = run.progress[0]
    step = _count(top.done)
    if top.total:
        step = translate("Progress", "{0} of {1}").format(step, _count(top.total))
    step = f"{step} {top.label}".strip()
    left = ""
    if top.remaining_s is not None:
        left = translate("Progress", "{0} left").format(span_in_words(top.remaining_s))
    elif top.rate_per_s is not None:
        left = rate_in_words(top.rate_per_s)
    return ProgressView(min(1.0, fraction) if known else None, step, left)


def _count(number: float) -> str:
    """How much of something, in as few digits as tell it apart."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"
