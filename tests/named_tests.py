"""Which tests a page of the documentation names, and whether there are such."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent


def named_in(text: str) -> list[tuple[str, str]]:
    """Files below tests/ and names of tests in them, as `file.py::test_name`."""
    return re.findall(r"`([\w/]+\.py)::(test_\w+)`", text)


def rows_of(text: str) -> list[str]:
    """The rows of tables, without their heads."""
    return [line for line in text.splitlines() if line.startswith("| ") and "shown by" not in line]


def missing_of(file: str, named: Sequence[tuple[str, str]]) -> list[str]:
    """The names that a file should have and has not."""
    return sorted({name for each, name in named if each == file} - names_in(file))


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file below tests/."""
    module = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(module) if isinstance(node, functions))
