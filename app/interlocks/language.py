"""The language of conditions: what may be written, and reading it.

    stage.position.z < 2 and thermostat.temperature < 40

Python's own syntax, of which only the nodes in `_PERMITTED` may stand in a condition. Comparisons
(chained ones too), `and`, `or`, `not`, arithmetic, `in`, literals, lists of them, a few functions,
and references to properties. Nothing is ever handed to `eval`; `app.interlocks.evaluation` walks
the tree. Everything that can be seen to be wrong without a value is refused here.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.interlocks.errors import CannotJudgeError, ConditionError
from app.interlocks.evaluation import FUNCTIONS, evaluated, no_values
from app.interlocks.references import Reference, reference_at

LONGEST: Final = 500
"""How many characters a condition may have."""

DEEPEST: Final = 24
"""How many brackets or operators may stand within one another."""

_PERMITTED: Final = (
    ast.BoolOp,
    ast.UnaryOp,
    ast.BinOp,
    ast.Compare,
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.List,
    ast.Tuple,
    ast.Call,
)
_OPERATORS: Final = (
    *(ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot),
)
_SINGLETONS: Final = (ast.Is, ast.IsNot)


@dataclass(frozen=True)
class Condition:
    """A condition that was read.

    Attributes:
        text: As it was written, on one line.
        tree: What it says; only permitted nodes.
        references: The properties it speaks of, each once, in order.
    """

    text: str
    tree: ast.expr
    references: tuple[Reference, ...]

    def part(self, node: ast.expr) -> str:
        """The text of a part of it."""
        return ast.get_source_segment(self.text, node) or self.text


def read_condition(text: str) -> Condition:
    """Read a condition.

    Args:
        text: At most 500 characters.

    Raises:
        ConditionError: It is no condition, or says something that may not be said.
    """
    line = text.replace("\r", " ").replace("\n", " ").replace("\t", " ").strip()
    if not line:
        raise ConditionError(text, "it is empty; such as 'stage.position.z < 2' was expected")
    if len(line) > LONGEST:
        raise ConditionError(line[:40] + "…", f"it is longer than {LONGEST} characters")
    if "\\" in line:
        raise ConditionError(line, "there is a backslash in it")
    tree = _parsed(line)
    _refuse_depth(line, tree)
    _refuse_forbidden(line, tree)
    _refuse_no_verdict(line, tree)
    _refuse_impossible(line, tree)
    found = dict.fromkeys(_references(tree))
    return Condition(line, tree, tuple(found))


def _parsed(line: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # '1if' and the like: a slip, not a style
            return ast.parse(line, mode="eval").body
    except SyntaxError as error:
        place = f" at character {error.offset}" if error.offset else ""
        raise ConditionError(
            line, f"{error.msg}{place}; such as 'stage.position.z < 2' was expected"
        ) from None
    except (ValueError, RecursionError, MemoryError, Warning) as error:
        raise ConditionError(line, str(error) or "it is nested too deeply") from None


def _refuse_depth(line: str, tree: ast.expr) -> None:
    """Before anything walks it by recursion."""
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _within(node)]
        if not level:
            return
    raise ConditionError(line, f"it is nested more than {DEEPEST} deep")


def _within(node: ast.AST) -> Iterator[ast.expr]:
    return (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _refuse_forbidden(line: str, node: ast.expr) -> None:
    if not isinstance(node, _PERMITTED):
        raise ConditionError(line, f"{_named(line, node)} may not stand in a condition")
    match node:
        case ast.Constant(value=value):
            if value is not None and not isinstance(value, bool | int | float | str):
                raise ConditionError(line, f"{_named(line, node)} may not stand in a condition")
            return
        case ast.Name() | ast.Attribute() | ast.Subscript():
            _refuse_odd_reference(line, node)
            return
        case ast.Call(func=func, args=args, keywords=keywords):
            if not isinstance(func, ast.Name) or func.id not in FUNCTIONS:
                known = ", ".join(FUNCTIONS)
                raise ConditionError(
                    line, f"{_named(line, func)} is no function here; there are {known}"
                )
            if keywords or not args:
                raise ConditionError(line, f"{func.id}() takes values alone, and at least one")
            children: list[ast.expr] = args
        case ast.Compare(ops=ops, comparators=[*_, _]):
            _refuse_odd_comparison(line, node, ops)
            children = [node.left, *node.comparators]
        case _:
            children = list(_within(node))
    for operator in ast.iter_child_nodes(node):
        if isinstance(
            operator, ast.operator | ast.unaryop | ast.boolop | ast.cmpop
        ) and not isinstance(operator, _OPERATORS):
            raise ConditionError(line, f"{_named(line, node)} uses an operator that is not known")
    for child in children:
        _refuse_forbidden(line, child)


def _refuse_odd_reference(line: str, node: ast.expr) -> None:
    try:
        reference_at(node)
    except CannotJudgeError as error:
        raise ConditionError(line, str(error)) from None


def _refuse_odd_comparison(line: str, node: ast.Compare, ops: list[ast.cmpop]) -> None:
    for operator, right in zip(ops, node.comparators, strict=True):
        is_none = isinstance(right, ast.Constant) and right.value is None
        if isinstance(operator, _SINGLETONS) and not is_none:
            raise ConditionError(line, "'is' goes with None alone; write '==' for values")


def _refuse_no_verdict(line: str, node: ast.expr) -> None:
    """What stands where yes or no is expected has to be able to say it."""
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _refuse_no_verdict(line, value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _refuse_no_verdict(line, operand)
        case ast.Compare() | ast.Name() | ast.Attribute() | ast.Subscript():
            return
        case ast.Constant(value=bool()):
            return
        case _:
            raise ConditionError(
                line, f"{_named(line, node)} says neither yes nor no; compare it with something"
            )


def _refuse_impossible(line: str, node: ast.expr) -> bool:
    """Try what needs no value, such as '9**9**9'; returns whether the node is such a part.

    Raises:
        ConditionError: It cannot be reckoned.
    """
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return False
    parts = node.args if isinstance(node, ast.Call) else _within(node)
    # A list, since all of them are to be tried.
    tried = [_refuse_impossible(line, part) for part in parts]
    alone = all(tried)
    if alone:
        try:
            evaluated(node, no_values)
        except CannotJudgeError as error:
            raise ConditionError(line, f"{_named(line, node)}: {error}") from None
    return alone


def _references(node: ast.expr) -> Iterator[Reference]:
    match node:
        case ast.Name() | ast.Attribute() | ast.Subscript():
            yield reference_at(node)
        case ast.Call(args=args):
            for each in args:
                yield from _references(each)
        case _:
            for child in _within(node):
                yield from _references(child)


def references_in(node: ast.expr) -> tuple[Reference, ...]:
    """The properties a part of a condition speaks of, each once, in order."""
    return tuple(dict.fromkeys(_references(node)))


def _named(line: str, node: ast.expr) -> str:
    return repr(ast.get_source_segment(line, node) or type(node).__name__)
