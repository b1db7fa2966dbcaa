"""What is wrong with a value, in words."""

from __future__ import annotations

from typing import Any

import pytest

from ui.models.schema import DataSchema
from ui.models.validation import Fault, faults_of

POINT = {
    "type": "object",
    "properties": {"x": {"type": "number"}, "y": {"type": "number", "default": 0}},
    "required": ["x"],
}


@pytest.mark.parametrize(
    ("raw", "value", "text"),
    [
        (
            {"type": "number", "exclusiveMinimum": 0, "unit": "ms"},
            -3.0,
            "must be greater than 0 ms",
        ),
        ({"type": "number", "minimum": 0.5}, 0.2, "must be at least 0.5"),
        ({"type": "number", "maximum": 1000.0}, 1001, "must be at most 1,000"),
        ({"type": "number", "exclusiveMaximum": 5}, 5, "must be less than 5"),
        ({"type": "number", "multipleOf": 0.1}, 0.25, "must be a multiple of 0.1"),
        ({"type": "integer"}, 2.5, "must be a whole number"),
        ({"type": "integer"}, True, "must be a whole number"),
        ({"type": "number"}, float("inf"), "must be a finite number"),
        ({"type": "boolean"}, 1, "must be on or off"),
        ({"type": "string", "maxLength": 3}, "four", "must have at most 3 characters, not 4"),
        ({"type": "string", "minLength": 1}, "", "must not be empty"),
        ({"type": "string", "pattern": "^A"}, "b", "must look like ^A"),
        ({"type": "string", "format": "date-time"}, "tomorrow", "must be a date and time"),
        ({"enum": ["red", "green"]}, "blue", "must be one of red, green"),
        (
            {"type": "array", "items": {"type": "number"}, "minItems": 1},
            [],
            "needs at least 1 entry",
        ),
        ({"type": "array", "minItems": 1}, [], "needs at least 1 entry"),
    ],
)
def test_a_value_that_does_not_fit_is_told_why(raw: dict[str, Any], value: Any, text: str) -> None:
    assert [fault.text for fault in faults_of(value, DataSchema(raw))] == [text]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ({"type": "number", "multipleOf": 0.1}, 0.3),
        ({"type": "number", "multipleOf": 1e-3}, 12.345),
        ({"oneOf": [{"type": "number"}, {"type": "null"}]}, None),
        ({"oneOf": [{"type": "number"}, {"type": "string"}]}, "x"),
        ({"type": "string", "format": "date-time"}, "2026-11-21T14:00:00Z"),
        ({"type": "string", "pattern": "(?<bad"}, "the server will judge"),
        ({"type": "object"}, {"anything": [1, {"goes": None}]}),
        (POINT, {"x": 1}),
    ],
)
def test_a_value_that_fits_is_let_through(raw: dict[str, Any], value: Any) -> None:
    assert faults_of(value, DataSchema(raw)) == []


def test_a_fault_says_where_it_is() -> None:
    plan = {"type": "object", "properties": {"points": {"type": "array", "items": POINT}}}

    found = faults_of({"points": [{"x": 1}, {"y": "a"}]}, DataSchema(plan))

    assert found == [
        Fault(("points", 1, "x"), "is needed"),
        Fault(("points", 1, "y"), "must be a number"),
    ]
