"""References: how a condition names a property, or a part of its value.

position.z                  of the Thing itself, or of the slot or Thing 'position'
self.position.z             of the Thing itself, whatever else has that name
stage.position.z            of another Thing
stages[0].limits["upper"]   entries of lists, fields of objects
things["my-stage"].power    a Thing whose name is no Python name
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final, Literal

from app.interlocks.errors import CannotJudgeError

Root = Literal["", "self", "things"]

_MOST_STEPS: Final = 10


@dataclass(frozen=True, slots=True)
class Reference:
    """A property, or a part of its value, as a condition names it.

    Attributes:
        text: As it was written.
        root: 'self' and 'things' say where to look; '' leaves it to the names.
        steps: Names and indexes, outermost first.
    """

    text: str
    root: Root
    steps: tuple[str | int, ...]


def reference_at(node: ast.expr) -> Reference:
    """The reference that stands at a node.

    Raises:
        CannotJudgeError: It is none.
    """
    steps: list[str | int] = []
    inner = node
    while not isinstance(inner, ast.Name):
        if len(steps) > _MOST_STEPS:
            raise CannotJudgeError("a name of so many parts means nothing")
        match inner:
            case ast.Attribute(value=value, attr=attr):
                steps.append(attr)
            case ast.Subscript(value=value, slice=index):
                steps.append(_index(index))
            case _:
                raise CannotJudgeError(
                    f"{ast.unparse(inner)!r} is no name of a property; only those have parts"
                )
        inner = value
    steps.append(inner.id)
    steps.reverse()
    if any(isinstance(step, str) and step.startswith("_") for step in steps):
        raise CannotJudgeError(f"{ast.unparse(node)!r} names something private")
    text = ast.unparse(node).replace("'", '"')
    match steps:
        case ["self", *rest]:
            return Reference(text, "self", tuple(rest))
        case ["things", str(thing), *rest] if _is_quoted(node):
            return Reference(text, "things", (thing, *rest))
    return Reference(text, "", tuple(steps))


def _index(node: ast.expr) -> str | int:
    match node:
        case ast.Constant(value=str() | int() as index) if not isinstance(index, bool):
            return index
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as index)):
            return -index
    raise CannotJudgeError(f"{ast.unparse(node)!r} is no index; a number or a quoted name is")


def _is_quoted(node: ast.expr) -> bool:
    """Whether the first step of a reference is in brackets: `things["stage"]`."""
    inner = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        if isinstance(inner.value, ast.Name):
            return isinstance(inner, ast.Subscript)
        inner = inner.value
    return False
