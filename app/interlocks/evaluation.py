"""Working out what a condition says, by walking its tree.

Stricter than Python, since a slip must refuse and not permit: arithmetic is for numbers, only like
is compared with like, and where yes or no is expected nothing else will do. Nothing can grow: the
largest number is bounded, and neither texts nor lists are ever multiplied.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from app.interlocks.errors import CannotJudgeError
from app.interlocks.references import Reference, reference_at

Lookup = Callable[[Reference], Any]
"""Gives the value of a reference, in JSON form; raises CannotJudgeError."""

Number = int | float

LARGEST: Final = 2**128
"""No number may be larger than this."""

_LARGEST_EXPONENT: Final = 64
_LONGEST_SHOWN: Final = 40

_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_ORDER: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def no_values(reference: Reference) -> Any:
    """The lookup where there are no values.

    Raises:
        CannotJudgeError: Always.
    """
    raise CannotJudgeError(f"{reference.text} is not known")


def verdict(node: ast.expr, lookup: Lookup) -> bool:
    """Whether a condition, or a part of it, is met.

    Raises:
        CannotJudgeError: It cannot be said.
    """
    value = evaluated(node, lookup)
    if not isinstance(value, bool):
        raise CannotJudgeError(f"{shown(value)} is neither yes nor no")
    return value


def evaluated(node: ast.expr, lookup: Lookup) -> Any:
    """The value of a part of a condition.

    Raises:
        CannotJudgeError: It has none.
    """
    match node:
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return lookup(reference_at(node))
        case ast.Constant(value=value):
            return _number(value) if _is_number(value) else value
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            return [evaluated(each, lookup) for each in elts]
        case ast.BoolOp(op=ast.And(), values=values):
            return all(verdict(each, lookup) for each in values)
        case ast.BoolOp(values=values):
            return any(verdict(each, lookup) for each in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not verdict(operand, lookup)
        case ast.UnaryOp(op=sign, operand=operand):
            number = _number(evaluated(operand, lookup))
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left=left, op=op, right=right):
            return _reckoned(
                type(op), _number(evaluated(left, lookup)), _number(evaluated(right, lookup))
            )
        case ast.Compare():
            return _compared(node, lookup)
        case ast.Call(func=ast.Name(id=name), args=args) if name in FUNCTIONS:
            return FUNCTIONS[name]([evaluated(each, lookup) for each in args])
    raise CannotJudgeError(f"{type(node).__name__} has no meaning in a condition")


def shown(value: Any) -> str:
    """A value in a few words, as it would be written in a condition."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.10g}"
        case str():
            text = repr(value)
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> Number:
    if not _is_number(value):
        raise CannotJudgeError(f"{shown(value)} is no number")
    if isinstance(value, float) and not math.isfinite(value):
        raise CannotJudgeError(f"{value} is no number to reckon with")
    if abs(value) > LARGEST:
        raise CannotJudgeError("a number is too large")
    number: Number = value
    return number


def _reckoned(op: type[ast.operator], left: Number, right: Number) -> Number:
    if op is ast.Pow and (abs(right) > _LARGEST_EXPONENT):
        raise CannotJudgeError(f"a power of {shown(right)} is too large")
    try:
        result = _ARITHMETIC[op](left, right)
    except ZeroDivisionError:
        raise CannotJudgeError("there is a division by zero") from None
    except OverflowError:
        raise CannotJudgeError("a number is too large") from None
    if isinstance(result, complex):
        raise CannotJudgeError(f"{shown(left)} has no such power")
    return _number(result)


def _compared(node: ast.Compare, lookup: Lookup) -> bool:
    left = evaluated(node.left, lookup)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = evaluated(comparator, lookup)
        if not _holds(op, left, right):
            return False
        left = right
    return True


def _holds(op: ast.cmpop, left: Any, right: Any) -> bool:
    match op:
        case ast.Eq() | ast.Is():
            return _same(left, right)
        case ast.NotEq() | ast.IsNot():
            return not _same(left, right)
        case ast.In():
            return _contains(right, left)
        case ast.NotIn():
            return not _contains(right, left)
    if not (isinstance(left, str) and isinstance(right, str)):
        left, right = _number(left), _number(right)
    return _ORDER[type(op)](left, right)


def _same(left: Any, right: Any) -> bool:
    """Equality of like and like; None may be compared with anything."""
    if left is None or right is None:
        return left is right
    if _is_number(left) and _is_number(right):
        return _number(left) == _number(right)
    if type(left) is not type(right):
        raise CannotJudgeError(f"{shown(left)} cannot be compared with {shown(right)}")
    return bool(left == right)


def _contains(many: Any, one: Any) -> bool:
    if isinstance(many, str) and isinstance(one, str):
        return one in many
    if not isinstance(many, list):
        raise CannotJudgeError(f"{shown(many)} is no list")
    return any(_same(each, one) for each in many)


def _abs(values: Sequence[Any]) -> Number:
    if len(values) != 1:
        raise CannotJudgeError("abs() takes one number")
    return abs(_number(values[0]))


def _len(values: Sequence[Any]) -> int:
    if len(values) != 1 or not isinstance(values[0], str | list | dict):
        raise CannotJudgeError("len() takes one text, list or object")
    return len(values[0])


def _extreme(name: str, choose: Callable[[Sequence[Number]], Number]) -> Callable[..., Number]:
    def extreme(values: Sequence[Any]) -> Number:
        many = values[0] if len(values) == 1 else values
        if not isinstance(many, list) or not many:
            raise CannotJudgeError(f"{name}() takes several numbers, or a list that is not empty")
        return choose([_number(each) for each in many])

    return extreme


FUNCTIONS: Final[Mapping[str, Callable[[Sequence[Any]], Any]]] = {
    "abs": _abs,
    "len": _len,
    "max": _extreme("max", max),
    "min": _extreme("min", min),
}
"""What can be called in a condition; each takes the list of its values."""
