"""What a schema is taken for."""

from __future__ import annotations

from typing import Any

import pytest

from ui.models.schema import DataSchema, Kind, same

NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"type": "boolean"}, Kind.BOOLEAN),
        ({"type": "integer"}, Kind.INTEGER),
        (NUMBER, Kind.NUMBER),
        ({"type": "string", "format": "date-time"}, Kind.STRING),
        ({"type": "string", "enum": ["a", "b"]}, Kind.ENUM),
        ({"oneOf": [{"const": 1, "title": "One"}, {"const": 2}]}, Kind.ENUM),
        ({"const": 3}, Kind.CONST),
        ({"oneOf": [NUMBER, {"type": "null"}]}, Kind.NULLABLE),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, Kind.NULLABLE),
        ({"oneOf": [NUMBER, {"type": "string"}]}, Kind.CHOICE),
        ({"type": "array", "items": NUMBER, "minItems": 3, "maxItems": 3}, Kind.VECTOR),
        ({"type": "array", "items": [NUMBER, NUMBER]}, Kind.VECTOR),
        ({"type": "object", "properties": {"x": NUMBER, "y": NUMBER}}, Kind.VECTOR),
        ({"type": "object", "properties": {"width": NUMBER, "y": NUMBER}}, Kind.OBJECT),
        ({"type": "array", "items": {"type": "string"}}, Kind.LIST),
        ({"type": "array", "items": NUMBER, "maxItems": 8}, Kind.LIST),
        ({"type": "array", "items": NUMBER, "lw:shape": [2048]}, Kind.NUMBERS),
        ({"type": "array", "items": NUMBER}, Kind.NUMBERS),
        ({"type": "array", "items": {"type": "array", "items": NUMBER}}, Kind.GRID),
        (
            {"type": "array", "items": {"type": "object", "properties": {"x": NUMBER}}},
            Kind.TABLE,
        ),
        ({"type": "object", "additionalProperties": {"type": "string"}}, Kind.MAP),
        ({"type": "object"}, Kind.MAP),
        ({"type": "object", "properties": {}, "additionalProperties": False}, Kind.OBJECT),
        (
            {"type": "object", "properties": {"href": {}, "media_type": {"const": "image/png"}}},
            Kind.BLOB,
        ),
        ({}, Kind.OTHER),
        ({"type": ["string", "number"]}, Kind.OTHER),
        ({"type": "array"}, Kind.OTHER),
    ],
)
def test_a_schema_is_of_one_kind(raw: dict[str, Any], kind: Kind) -> None:
    assert DataSchema(raw).kind is kind


def test_a_nullable_keeps_the_title_and_unit_that_stand_around_it() -> None:
    schema = DataSchema(
        {"title": "Centre", "unit": "mm", "oneOf": [{"type": "null"}, {**NUMBER, "minimum": 2}]}
    )

    assert schema.inner.kind is Kind.NUMBER
    assert (schema.inner.title, schema.inner.unit, schema.inner.low) == ("Centre", "mm", 2)


def test_a_name_becomes_a_title_where_there_is_none() -> None:
    assert DataSchema({}, "frame_rate").title == "Frame rate"


def test_whole_64_bit_limits_keep_every_digit() -> None:
    schema = DataSchema({"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1})

    assert (schema.low, schema.high) == (-9223372036854775808, 9223372036854775807)
    assert not schema.has_slider


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ({"type": "number", "minimum": 0, "maximum": 24}, True),
        ({"type": "integer", "minimum": 0, "maximum": 256}, True),
        ({"type": "integer", "minimum": 0, "maximum": 1000}, False),
        ({"type": "integer", "minimum": 0, "maximum": 1000, "multipleOf": 10}, True),
        ({"type": "number", "minimum": 0}, False),
        ({"type": "number", "minimum": 1e-9, "maximum": 1.0}, False),
    ],
)
def test_a_slider_is_there_where_it_is_of_use(raw: dict[str, Any], wanted: bool) -> None:
    assert DataSchema(raw).has_slider is wanted


def test_the_step_suits_the_range() -> None:
    assert DataSchema({"type": "number", "minimum": 0, "maximum": 1000}).step == 10
    assert DataSchema({"type": "number", "multipleOf": 0.25}).step == 0.25
    assert DataSchema({"type": "integer"}).step == 1


def test_a_form_begins_with_the_default_or_the_plainest_value_that_fits() -> None:
    assert DataSchema({"type": "integer", "default": 11}).start_value() == 11
    assert DataSchema({"type": "integer", "minimum": 1}).start_value() == 1
    above = DataSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 10}).start_value()
    assert 0 < above <= 10
    nested = {"type": "object", "properties": {"name": {"type": "string"}, "x": NUMBER}}
    assert DataSchema(nested).start_value() == {"name": "", "x": 0.0}


def test_true_is_not_one_but_one_is_one_point_nought() -> None:
    assert same(1, 1.0)
    assert not same(True, 1)
    assert same([1, {"a": 2}], [1.0, {"a": 2.0}])
    assert not same([True], [1])
