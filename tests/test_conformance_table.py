"""docs/conformance.md names every line of the specification, and tests that exist."""

from __future__ import annotations

import re

import pytest

from tests.named_tests import TESTS, missing_of, named_in

TABLE = (TESTS.parent / "docs" / "conformance.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([A-Z]\d\d) \| (.+?) \| (.+) \|$", TABLE, re.MULTILINE)
NAMED = named_in(TABLE)

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


def test_every_line_of_the_specification_has_its_row_in_order() -> None:
    expected = [f"{letter}{number:02}" for letter, numbers in LINES.items() for number in numbers]

    assert [line for line, _, _ in ROWS] == expected


def test_every_row_names_a_test() -> None:
    assert [line for line, _, shown in ROWS if not named_in(shown)] == []


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    assert missing_of(file, NAMED) == []
