"""Numbers as text, and text as numbers."""

from __future__ import annotations

from typing import Any

import pytest

from ui.models.numbers import (
    NumberStyle,
    format_number,
    format_value,
    parse_number,
    span_in_words,
)
from ui.models.schema import DataSchema

GERMAN = NumberStyle(point=",", group=".")


def number(**raw: Any) -> DataSchema:
    return DataSchema({"type": "number", **raw})


def whole(**raw: Any) -> DataSchema:
    return DataSchema({"type": "integer", **raw})


@pytest.mark.parametrize(
    ("value", "schema", "text"),
    [
        (25.0, number(minimum=0, maximum=1000, unit="ms"), "25.0 ms"),
        (12, number(minimum=0, maximum=1000), "12.0"),
        (0.25, number(multipleOf=0.05, unit="µm"), "0.25 µm"),
        (-9.8, number(unit="°C"), "−9.8 °C"),
        (37.01827, number(unit="°C"), "37.02 °C"),
        (45.0, number(unit="°"), "45.0°"),
        (1920, whole(unit="px"), "1,920 px"),
        (2**63 - 1, whole(), "9,223,372,036,854,775,807"),
        (1.5e-9, number(minimum=1e-12, maximum=1.0), "1.5e−9"),
        (3e12, number(), "3e12"),
        (-0.0, number(minimum=-1, maximum=1), "0.00"),
        (-0.00001, number(minimum=-500, maximum=500), "−1e−5"),
        (float("nan"), number(), "not a number"),
    ],
)
def test_a_number_is_written_for_an_operator(value: float, schema: DataSchema, text: str) -> None:
    assert format_number(value, schema, with_unit=True) == text


def test_a_value_that_was_set_is_not_shown_rounded_to_another() -> None:
    assert format_number(12.3456, number(minimum=0, maximum=1000)) == "12.3456"
    assert format_number(1 / 3, number(minimum=0, maximum=1000)) == "0.3"


def test_numbers_follow_the_locale() -> None:
    schema = number(minimum=0, maximum=100000)

    assert format_number(1234.5, schema, GERMAN) == "1.234,5"
    assert parse_number("1.234,5", schema, GERMAN) == 1234.5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3", -3.0),
        ("−3.5", -3.5),
        ("40.0 ms", 40.0),
        ("1,234.5", 1234.5),
        ("1e−3", 0.001),
        (" 7 ", 7.0),
        (".5", 0.5),
        ("", None),
        ("abc", None),
        ("1.2.3", None),
        ("1e999", None),
        ("nan", None),
    ],
)
def test_what_is_typed_is_read_kindly(text: str, value: float | None) -> None:
    assert parse_number(text, number(unit="ms")) == value


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("1.5", 1.5, None),
        ("1,5", None, 1.5),
        ("1,234", 1234.0, 1.234),
        ("1.234", 1.234, 1234.0),
        ("1 234 567", 1234567.0, 1234567.0),
        ("1 2", None, None),
        ("12,34,567", None, None),
        ("1,234 567", None, None),
        ("- 3", -3.0, -3.0),
    ],
)
def test_the_point_of_another_language_is_refused_instead_of_ten_times_the_number(
    text: str, english: float | None, german: float | None
) -> None:
    assert parse_number(text, number()) == english
    assert parse_number(text, number(), GERMAN) == german


def test_a_whole_number_keeps_all_its_digits() -> None:
    assert parse_number("9,223,372,036,854,775,807", whole()) == 2**63 - 1
    assert parse_number("2.0", whole()) == 2
    assert parse_number("2.5", whole()) == 2.5  # The validation says what is wrong with it.


def test_any_value_fits_in_a_few_words() -> None:
    point = DataSchema(
        {"type": "object", "unit": "mm", "properties": {k: {"type": "number"} for k in "xy"}}
    )

    assert format_value({"x": 12.48, "y": -3.117}, point) == "12.480  −3.117 mm"
    assert format_value([1, 2, 3], DataSchema({"type": "array"})) == "3 values"
    assert format_value({"a": 1}, DataSchema({"type": "object"})) == "1 key"
    assert (
        format_value(None, DataSchema({"oneOf": [{"type": "number"}, {"type": "null"}]})) == "none"
    )
    assert format_value("secret", DataSchema({"type": "string", "format": "password"})) == "••••••"
    assert format_value(True, DataSchema({"type": "boolean"})) == "On"


def test_spans_of_time_are_said_in_two_units() -> None:
    spans = [0.42, 9, 134, 120, 3720, 90000]
    assert [span_in_words(each) for each in spans] == [
        "0.4 s",
        "9 s",
        "2 min 14 s",
        "2 min",
        "1 h 2 min",
        "1 d 1 h",
    ]
