"""docs/archive.md names a test for each promise, and they exist."""

from __future__ import annotations

import pytest

from tests.named_tests import TESTS, missing_of, named_in, rows_of

PAGE = (TESTS.parent / "docs" / "archive.md").read_text(encoding="utf-8")
PROMISED = PAGE[PAGE.index("## What it promises") :]
ROWS = rows_of(PROMISED)
NAMED = named_in(PROMISED)


def test_every_promise_names_a_test() -> None:
    assert len(ROWS) > 20
    assert [row for row in ROWS if not named_in(row)] == []


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    assert missing_of(file, NAMED) == []
