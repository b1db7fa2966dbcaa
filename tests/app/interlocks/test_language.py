"""The language of conditions: what may be said, what is refused, and that nothing else happens."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.interlocks.errors import CannotJudgeError, ConditionError
from app.interlocks.evaluation import LARGEST, evaluated, verdict
from app.interlocks.language import LONGEST, read_condition
from app.interlocks.references import Reference

VALUES: dict[str, Any] = {
    "z": 3.1,
    "n": 4,
    "on": True,
    "mode": "fast",
    "nothing": None,
    "many": [1.0, 2.5],
    "place": {"x": 0.5},
}


def lookup(reference: Reference) -> Any:
    value: Any = VALUES.get(str(reference.steps[0]), KeyError)
    for step in reference.steps[1:]:
        try:
            value = value[step]
        except (TypeError, LookupError):
            raise CannotJudgeError(f"{reference.text} is not there") from None
    if value is KeyError:
        raise CannotJudgeError(f"{reference.text} is not there")
    return value


def is_met(text: str) -> bool:
    return verdict(read_condition(text).tree, lookup)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("z < 2", False),
        ("3 < z <= 3.1", True),
        ("3 < z < 3.05", False),
        ("on", True),
        ("not on", False),
        ("on and z > 3 or False", True),
        ("mode == 'fast'", True),
        ("mode != 'fast'", False),
        ("mode in ['slow', 'fast']", True),
        ("mode not in ('slow', 'fast')", False),
        ("'as' in mode", True),
        ("2.5 in many", True),
        ("nothing is None", True),
        ("mode is not None", True),
        ("nothing == None", True),
        ("abs(-z) == z", True),
        ("min(z, n) + max(many) * 2 == 8.1", True),
        ("len(many) == 2 and len(mode) > 3", True),
        ("many[0] == 1 and many[-1] == 2.5", True),
        ("place.x == place['x']", True),
        ("n // 3 == 1 and n % 3 == 1 and n ** 2 == 16 and n / 8 == 0.5", True),
        ("z <\n  4", True),
    ],
)
def test_a_condition_means_what_it_says(text: str, met: bool) -> None:
    assert is_met(text) is met


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("z <", "invalid syntax"),
        ("z < 2; z", "invalid syntax"),
        ("x := 3", "invalid syntax"),
        ("z", ""),
        ("9**9**9 < z", "'9**9**9': a power of 387420489 is too large"),
        ("'a' * 10**9 == mode", "is no number"),
        ("z < 1 / 0", "division by zero"),
        ("z < 1e999", "no number to reckon with"),
        ("__import__('os').system('true')", "is no function here"),
        ("z.__class__ == 1", "private"),
        ("open('x') == 1", "is no function here; there are abs, len, max, min"),
        ("(lambda: 1)() == 1", "is no function here"),
        ("[z for z in many] == many", "may not stand in a condition"),
        ("f'{z}' == mode", "may not stand in a condition"),
        ("z if on else n", "may not stand in a condition"),
        ("many[0:1] == many", "is no index"),
        ("many[n] == 1", "is no index"),
        ("z is 3", "'is' goes with None alone"),
        ("z + 1", "says neither yes nor no"),
        ("on and 1", "'1' says neither yes nor no"),
        ("abs(z)", "says neither yes nor no"),
        ("abs(x=1) < 1", "takes values alone"),
        ("max() < 1", "at least one"),
        ("b'x' == mode", "may not stand in a condition"),
        ("1j == z", "may not stand in a condition"),
        ("z @ n < 2", "uses an operator that is not known"),
        ("z << 2 < 2", "uses an operator that is not known"),
        ("mode == 'a\\x41'", "backslash"),
        ("1if on else 2", "invalid"),
        ("on and " * 100 + "on", f"longer than {LONGEST} characters"),
        ("not " * 100 + "on", "nested more than"),
        ("(" * 240 + "on" + ")" * 240, "too many nested"),
        ("abs(n).real == 1", "is no name of a property"),
    ],
)
def test_what_cannot_be_a_condition_is_refused_when_it_is_read(text: str, reason: str) -> None:
    if not reason:
        read_condition(text)
        return
    with pytest.raises(ConditionError) as refused:
        read_condition(text)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("z", "3.1 is neither yes nor no"),
        ("mode < 3", "'fast' is no number"),
        ("mode == 3", "'fast' cannot be compared with 3"),
        ("on == 1", "true cannot be compared with 1"),
        ("mode not in [1, 2]", "cannot be compared"),
        ("nothing < 3", "nothing is no number"),
        ("on + 1 < 3", "true is no number"),
        ("n in z", "3.1 is no list"),
        ("z / (n - 4) < 1", "division by zero"),
        ("z ** (n * 100) < 1", "too large"),
        ("(n - 8) ** 0.5 < 1", "no such power"),
        ("gone < 1", "gone is not there"),
        ("max(mode) < 1", "takes several numbers"),
    ],
)
def test_what_cannot_be_judged_is_no_permission(text: str, reason: str) -> None:
    with pytest.raises(CannotJudgeError) as refused:
        is_met(text)
    assert reason in str(refused.value)


def test_a_reference_is_named_once_and_knows_where_to_look() -> None:
    condition = read_condition('z < things["my-stage"].z and self.z > z and place.x > 0')

    assert [(each.root, each.steps) for each in condition.references] == [
        ("", ("z",)),
        ("things", ("my-stage", "z")),
        ("self", ("z",)),
        ("", ("place", "x")),
    ]


def test_the_other_side_of_an_or_is_not_looked_at_where_one_will_do() -> None:
    assert is_met("on or gone")
    with pytest.raises(CannotJudgeError):
        is_met("gone or on")


_ATOMS = st.sampled_from(
    (
        *("z", "n", "on", "mode", "nothing", "many", "place.x", "many[0]", "gone", "1", "2.5"),
        *("'fast'", "True", "None", "[1, 2]", "-3", "10**30", "1e300", "__import__('os')"),
        *("(lambda: z)()", "print(z)", "9**9**9", "'a' * 10**9", "{}", "...", "f'{z}'"),
        *("eval('1')", "z.__class__"),
    )
)
_BINARY = st.sampled_from(
    (
        *("<", "<=", "==", "!=", ">", "in", "not in", "is", "and", "or"),
        *("+", "-", "*", "/", "//", "%", "**", "@", "<<", "|"),
    )
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, _BINARY, inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
        inner.map(lambda each: f"not {each}"),
        inner.map(lambda each: f"-{each}"),
        st.tuples(st.sampled_from(["abs", "len", "min", "max"]), inner).map(
            lambda each: f"{each[0]}({each[1]})"
        ),
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
    )


_FORBIDDEN = (
    *(ast.Lambda, ast.IfExp, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp),
    *(ast.GeneratorExp, ast.Await, ast.Yield, ast.YieldFrom, ast.FormattedValue, ast.JoinedStr),
    *(ast.NamedExpr, ast.Starred, ast.Slice, ast.MatMult, ast.BitOr, ast.LShift),
)


@given(st.recursive(_ATOMS, _grown, max_leaves=12))
@example("(((10**30) ** 60) < z)")
@example("((10**30 * 10**30) < z)")
def test_whatever_is_written_ends_in_a_verdict_or_in_an_error_of_ours(text: str) -> None:
    try:
        condition = read_condition(text)
    except ConditionError:
        return
    for node in ast.walk(condition.tree):
        assert not isinstance(node, _FORBIDDEN)
    try:
        value = evaluated(condition.tree, lookup)
    except CannotJudgeError:
        return
    assert isinstance(value, bool | float | int | str | list | dict | None)
    if isinstance(value, int | float):
        assert abs(value) <= LARGEST


@given(st.text(max_size=600))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    try:
        condition = read_condition(text)
        verdict(condition.tree, lookup)
    except (ConditionError, CannotJudgeError):
        return


@given(st.floats(allow_nan=True) | st.integers() | st.text() | st.booleans() | st.none())
def test_whatever_value_comes_a_comparison_is_a_verdict_or_refused(value: Any) -> None:
    tree = read_condition("v < 2").tree
    try:
        met = verdict(tree, lambda reference: value)
    except CannotJudgeError:
        return
    assert met is (value < 2)
