"""docs/conformance.md names every line of the specification, and tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TABLE = (TESTS.parent / "docs" / "conformance.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([A-Z]\d\d) \| (.+?) \| (.+) \|$", TABLE, re.MULTILINE)
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", TABLE)

LINES = {
    "A": range(1, 8),
    "B": range(1, 11),
    "C": range(1, 6),
    "D": range(1, 6),
    "E": range(1, 8),
    "F": range(1, 6),
    "G": range(1, 11),
    "H": range(1, 18),
    "I": range(1, 8),
    "J": range(1, 11),
    "W": (*range(1, 18), *range(20, 31)),
    "T": range(1, 11),
    "X": range(1, 10),
}


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file below tests/."""
    module = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(module) if isinstance(node, functions))


def test_every_line_of_the_specification_has_its_row_in_order() -> None:
    expected = [f"{letter}{number:02}" for letter, numbers in LINES.items() for number in numbers]

    assert [line for line, _, _ in ROWS] == expected


def test_every_row_names_a_test() -> None:
    assert [
        line for line, _, shown in ROWS if not re.search(r"`[\w/]+\.py::test_\w+`", shown)
    ] == []


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    named = {name for each, name in NAMED if each == file}

    assert sorted(named - names_in(file)) == []
