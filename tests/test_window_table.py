"""docs/window.md names a test for each complaint and each kind of field, and they exist."""

from __future__ import annotations

import pytest

from tests.named_tests import TESTS, missing_of, named_in, rows_of

PAGE = (TESTS.parent / "docs" / "window.md").read_text(encoding="utf-8")
PROMISED = PAGE[PAGE.index("## Complaints") :]
ROWS = rows_of(PROMISED)
NAMED = named_in(PROMISED)

COMPLAINTS, KINDS = 9, 8


def test_every_complaint_and_every_kind_of_field_names_a_test() -> None:
    assert len(ROWS) == COMPLAINTS + KINDS
    assert [row for row in ROWS if not named_in(row)] == []


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    assert missing_of(file, NAMED) == []
