"""From a condition and values to a verdict in words.

Needs stage.position.z < 2; it is 3.1 mm.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from app.interlocks.errors import CannotJudgeError
from app.interlocks.evaluation import Lookup, shown, verdict
from app.interlocks.language import Condition, references_in
from app.interlocks.references import Reference

UnitOf = Callable[[Reference], str]
"""Gives the unit of a reference; '' where it has none."""


def missing(condition: Condition, lookup: Lookup, unit_of: UnitOf) -> str:
    """What a condition needs and has not got, as a sentence; '' where it is met.

    Args:
        condition: What is needed.
        lookup: Gives values. What it cannot give counts as missing, with the reason.
        unit_of: Gives units.
    """
    part, reason = _failing(condition.tree, lookup)
    if part is None:
        return ""
    needs = f"Needs {condition.part(part)}"
    found = reason or _found(part, lookup, unit_of)
    return f"{needs}; {found}." if found else f"{needs}."


def _failing(node: ast.expr, lookup: Lookup) -> tuple[ast.expr | None, str]:
    """The first part of an `and` that is not met, and why it could not be judged, if so."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            failing, reason = _failing(part, lookup)
            if failing is not None:
                return failing, reason
        return None, ""
    try:
        return (None, "") if verdict(node, lookup) else (node, "")
    except CannotJudgeError as error:
        return node, str(error)


def _found(part: ast.expr, lookup: Lookup, unit_of: UnitOf) -> str:
    """The values that a part was judged by: 'it is 3.1 mm' or 'a is 3, b is 4'."""
    references = references_in(part)
    said = []
    for reference in references:
        try:
            value: Any = lookup(reference)
        except CannotJudgeError:
            continue  # an `or` was decided before it came to this one
        unit = unit_of(reference)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        words = f"{shown(value)} {unit}" if unit and number else shown(value)
        said.append(f"{'it' if len(references) == 1 else reference.text} is {words}")
    return ", ".join(said)
