"""Puts together what an operator changed and what the device changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ui.models.schema import same


def merged(asked: Any, before: Any, now: Any) -> Any:
    """What is asked for, with what it left as it was before replaced by what is so now.

    Args:
        asked: An object or a list, as the operator wants it.
        before: What was confirmed when the operator began.
        now: What is confirmed by now.

    Returns:
        `asked` itself where the three are not of one shape.
    """
    if isinstance(asked, Mapping) and isinstance(before, Mapping) and isinstance(now, Mapping):
        kept = {key for key in asked if key in before and same(asked[key], before[key])}
        return {key: now.get(key, each) if key in kept else each for key, each in asked.items()}
    lists = [each for each in (asked, before, now) if isinstance(each, list | tuple)]
    if len(lists) < 3 or len({len(each) for each in lists}) > 1:
        return asked
    rows = zip(*lists, strict=True)
    return [new if same(wanted, old) else wanted for wanted, old, new in rows]
