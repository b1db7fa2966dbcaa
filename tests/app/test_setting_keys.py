"""Values that are the same give the same number, and no others do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.setting_keys import MOST_PARTS, setting_key, setting_keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (25, 25.0),
        (25.0000001, 25),
        (0.1, 0.10000000149),  # as a camera of 32 bits says it
        ([1, 2.0], [1.0, 2]),
        ({"x": 1, "y": 2}, {"y": 2.0, "x": 1}),
        (-0.0, 0),
    ],
)
def test_what_an_operator_takes_for_the_same_is_the_same(one: Any, other: Any) -> None:
    assert setting_key("stage", "x", one) == setting_key("stage", "x", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (None, "null"),
        (1, "1"),
        (1_234_567, 1_234_568),
        (12.3456, 12.3457),
        ("2x2", "2X2"),
        ([1, 2], [2, 1]),
        (float("inf"), float("-inf")),
        ([], {}),
    ],
)
def test_what_differs_differs(one: Any, other: Any) -> None:
    assert setting_key("stage", "x", one) != setting_key("stage", "x", other)


def test_thing_and_property_are_a_part_of_it() -> None:
    found = {setting_key(thing, name, 1) for thing in ("a", "b") for name in ("c", "d")}
    assert len(found) == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=80,
)


@given(JSON)
def test_any_value_has_a_number_that_databases_take_or_none(value: Any) -> None:
    key = setting_key("camera", "anything", value)
    assert key is None or 0 <= key < 2**63
    assert key == setting_key("camera", "anything", value)


def test_nobody_asks_by_a_spectrum() -> None:
    assert setting_key("spectrometer", "spectrum", [0.0] * MOST_PARTS) is not None
    assert setting_key("spectrometer", "spectrum", [0.0] * (MOST_PARTS + 1)) is None
    assert (
        len(setting_keys({"camera": {"gain": 1, "exposure": 2}, "stage": {"map": [0] * 99}})) == 2
    )
