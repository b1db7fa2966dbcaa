"""A message that something ended, in words; the same in the window and on the desktop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.handles import InvocationSnapshot, InvocationStatus
from ui.activity.wording import one_line
from ui.models.numbers import span_in_words

_LISTED: Final = 20
"""So many are named in the details of one message."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the operator is told.

    Attributes:
        text: One plain sentence.
        details: More of it, a line each; may be ''.
        trouble: Whether somebody has to look.
    """

    text: str
    details: str = ""
    trouble: bool = False


def _tr(text: str) -> str:
    return QCoreApplication.translate("Notifications", text)


def messages_of(
    ended: Sequence[InvocationSnapshot], title_of: Callable[[str], str]
) -> list[Message]:
    """What is said of some runs that ended, or do not stop: at most one message of each kind.

    Args:
        ended: In the order in which they ended.
        title_of: The title of a Thing, by its name.
    """

    def name(run: InvocationSnapshot) -> str:
        return _tr("{0} on {1}").format(one_line(run.title), one_line(title_of(run.thing)))

    stuck = [run for run in ended if not run.status.ended]
    failed = [run for run in ended if run.status is InvocationStatus.ERROR]
    done = [run for run in ended if run.status is InvocationStatus.COMPLETED]
    cancelled = [run for run in ended if run.status is InvocationStatus.CANCELLED]
    kinds = (
        (stuck, _tr("{0} was asked to stop and goes on."), _tr("{0} actions do not stop."), True),
        (failed, _tr("{0} failed: {1}"), _tr("{0} actions failed."), True),
        (cancelled, _tr("{0} was cancelled."), _tr("{0} actions were cancelled."), False),
        (done, _tr("{0} is done, after {2}."), _tr("{0} actions are done."), False),
    )
    said = []
    for runs, one, many, trouble in kinds:
        lines = [
            one.format(name(run), _reason(run), span_in_words(run.elapsed_s))
            for run in runs[-_LISTED:]
        ]
        if len(runs) == 1:
            said.append(Message(lines[0], trouble=trouble))
        elif runs:
            said.append(Message(many.format(len(runs)), "\n".join(lines), trouble))
    return said


def _reason(run: InvocationSnapshot) -> str:
    if run.error is None:
        return ""
    return one_line(run.error.detail) or one_line(run.error.title)
