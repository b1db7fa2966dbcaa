"""docs/window.md names a test for each complaint and each kind of field, and they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "window.md").read_text(encoding="utf-8")
PROMISED = PAGE[PAGE.index("## Complaints") :]
ROWS = [line for line in PROMISED.splitlines() if line.startswith("| ") and "shown by" not in line]
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PROMISED)

COMPLAINTS, KINDS = 9, 8


def test_every_complaint_and_every_kind_of_field_names_a_test() -> None:
    assert len(ROWS) == COMPLAINTS + KINDS
    assert [row for row in ROWS if not re.search(r"`[\w/]+\.py::test_\w+`", row)] == []


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    module = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    there = {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}

    assert sorted({name for each, name in NAMED if each == file} - there) == []
