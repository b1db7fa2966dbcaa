"""Reading a data schema of a Thing Description: what kind of value it is, and its limits.

Everything the window draws for a value is decided here, from the schema alone. Nothing in this
module needs a widget, and a schema that is not understood is never an error: it is of the kind
`Kind.OTHER` and is edited as JSON text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from PySide6.QtCore import QCoreApplication

from ui.models.kinds import Kind, alternatives, fixed_items, kind_of

__all__ = ["SLIDER_STEPS", "DataSchema", "Kind", "Number", "in_words", "option_text", "same"]

translate = QCoreApplication.translate

Number = int | float

SLIDER_STEPS = 256
"""A whole number with more steps than this gets no slider."""


@dataclass(frozen=True, eq=False)
class DataSchema:
    """A data schema and what the window wants to know of it.

    Attributes:
        raw: The schema as the Thing Description has it, every `$ref` inlined.
        name: The key it stands under, for a title where it has none.
        unit_around: The unit of the value it is a part of, where it has none of its own.
    """

    raw: Mapping[str, Any]
    name: str = ""
    unit_around: str = field(default="", repr=False)

    @cached_property
    def kind(self) -> Kind:
        """What sort of value this is."""
        return kind_of(self.raw)

    @property
    def title(self) -> str:
        """What to call it: its title, or its name in words."""
        title = self.raw.get("title")
        return str(title) if title else in_words(self.name)

    @property
    def description(self) -> str:
        """What it is, in a sentence or two; may be ''."""
        return str(self.raw.get("description") or "")

    @property
    def unit(self) -> str:
        """Short text to stand behind the number; may be ''."""
        return str(self.raw.get("unit") or self.unit_around)

    @property
    def format(self) -> str:
        """The `format` of a string; may be ''."""
        return str(self.raw.get("format") or "")

    @property
    def read_only(self) -> bool:
        """Whether it can only be read."""
        return bool(self.raw.get("readOnly", False))

    @property
    def write_only(self) -> bool:
        """Whether it can only be written."""
        return bool(self.raw.get("writeOnly", False))

    @cached_property
    def low(self) -> Number | None:
        """The lower limit, or None."""
        return _number(self.raw, "minimum", "exclusiveMinimum", max)

    @cached_property
    def high(self) -> Number | None:
        """The upper limit, or None."""
        return _number(self.raw, "maximum", "exclusiveMaximum", min)

    @property
    def low_excluded(self) -> bool:
        """Whether the lower limit itself is not allowed."""
        return self.low is not None and self.low == self.raw.get("exclusiveMinimum")

    @property
    def high_excluded(self) -> bool:
        """Whether the upper limit itself is not allowed."""
        return self.high is not None and self.high == self.raw.get("exclusiveMaximum")

    @property
    def limits(self) -> tuple[Number, Number] | None:
        """The lower and the upper limit where it has a finite range, else None."""
        if self.low is None or self.high is None or self.low >= self.high:
            return None
        finite = math.isfinite(self.low) and math.isfinite(self.high)
        return (self.low, self.high) if finite else None

    @property
    def wide(self) -> bool:
        """Whether its range spans so many decades that numbers are written as powers of ten."""
        if self.kind is not Kind.NUMBER or self.high is None:
            return False
        low = abs(self.low) if self.low is not None else 0.0
        high = abs(self.high)
        return high >= 1e7 or (low > 0 and high / low > 1e6) or (0 < high < 1e-3)

    @property
    def multiple_of(self) -> Number | None:
        """The step that values are multiples of, or None."""
        step = self.raw.get("multipleOf")
        return step if isinstance(step, int | float) and step > 0 else None

    @property
    def step(self) -> Number:
        """How far one press of an arrow key goes."""
        if self.multiple_of is not None:
            return self.multiple_of
        if self.kind is Kind.INTEGER:
            return 1
        if self.limits is not None:
            low, high = self.limits
            return float(10.0 ** math.floor(math.log10((high - low) / 50)))
        return 1.0

    @property
    def has_slider(self) -> bool:
        """Whether a slider beside the number is of any use."""
        if self.limits is None or self.wide:
            return False
        low, high = self.limits
        if self.kind is Kind.INTEGER:
            return (high - low) / self.step <= SLIDER_STEPS
        return self.kind is Kind.NUMBER

    @property
    def has_default(self) -> bool:
        """Whether the schema says what it is when nothing is given."""
        return "default" in self.raw or "const" in self.raw

    def start_value(self) -> Any:
        """What a form begins with: the default, or the plainest value that fits."""
        for key in ("default", "const"):
            if key in self.raw:
                return self.raw[key]
        return _plainest(self)

    @cached_property
    def options(self) -> tuple[tuple[Any, str], ...]:
        """For an enum: each value and what to call it."""
        if "enum" in self.raw:
            return tuple((value, option_text(value)) for value in self.raw["enum"])
        return tuple(
            (each["const"], str(each.get("title") or option_text(each["const"])))
            for each in alternatives(self.raw)
        )

    @cached_property
    def inner(self) -> DataSchema:
        """For a nullable: the schema of the value that is not none."""
        for each in alternatives(self.raw):
            if each.get("type") != "null":
                keep = {
                    key: self.raw[key]
                    for key in ("title", "description", "unit", "readOnly", "format")
                    if key in self.raw
                }
                return DataSchema({**each, **keep}, self.name, self.unit_around)
        return DataSchema({"type": "null"}, self.name)

    @cached_property
    def variants(self) -> tuple[DataSchema, ...]:
        """For a choice: the schemas to choose from."""
        return tuple(DataSchema(each, "", self.unit) for each in alternatives(self.raw))

    @cached_property
    def items(self) -> DataSchema:
        """For an array: the schema of each item."""
        items = self.raw.get("items")
        return DataSchema(items if isinstance(items, Mapping) else {}, "", self.unit)

    @cached_property
    def parts(self) -> tuple[DataSchema, ...]:
        """For a vector or an object: its components in order, each with its key as name."""
        if self.raw.get("type") == "array":
            each = fixed_items(self.raw)
            return tuple(DataSchema(part, str(i), self.unit) for i, part in enumerate(each))
        properties = self.raw.get("properties") or {}
        unit = self.unit if self.kind is Kind.VECTOR else ""
        return tuple(DataSchema(part, key, unit) for key, part in properties.items())

    @property
    def required(self) -> frozenset[str]:
        """For an object: the keys that must be there."""
        return frozenset(self.raw.get("required") or ())

    @property
    def map_values(self) -> DataSchema:
        """For a free-form object: the schema of each value."""
        values = self.raw.get("additionalProperties")
        return DataSchema(values if isinstance(values, Mapping) else {})

    @property
    def media_type(self) -> str:
        """For a blob: its media type, '*/*' where it does not say."""
        said = self.raw.get("lw:mediaType") or self.raw.get("contentMediaType")
        if not said:
            inner = (self.raw.get("properties") or {}).get("media_type") or {}
            said = inner.get("const") or inner.get("default")
        return str(said or "*/*")


def in_words(name: str) -> str:
    """A title made of a name: 'frame_rate' becomes 'Frame rate'."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def option_text(value: Any) -> str:
    """What to call one value of an enum."""
    if value is None:
        return translate("Option", "None")
    if isinstance(value, bool):
        return translate("Option", "On") if value else translate("Option", "Off")
    return str(value)


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same; True is not 1, but 1 is 1.0."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(raw: Mapping[str, Any], closed: str, opened: str, pick: Any) -> Number | None:
    found = [raw[key] for key in (closed, opened) if _is_number(raw.get(key))]
    return pick(found) if found else None


def _plainest(schema: DataSchema) -> Any:
    """The plainest value that fits a schema without a default; None where there is none."""
    match schema.kind:
        case Kind.BOOLEAN:
            return False
        case Kind.INTEGER | Kind.NUMBER:
            return _plainest_number(schema)
        case Kind.STRING:
            return ""
        case Kind.ENUM:
            return schema.options[0][0]
        case Kind.CHOICE:
            return schema.variants[0].start_value()
        case Kind.OBJECT | Kind.MAP:
            return dict(_started(schema))
        case Kind.VECTOR if schema.raw.get("type") == "object":
            return dict(_started(schema))
        case Kind.VECTOR:
            return [part.start_value() for part in schema.parts]
        case Kind.LIST | Kind.TABLE | Kind.NUMBERS | Kind.GRID:
            least = schema.raw.get("minItems")
            return [schema.items.start_value() for _ in range(least if least else 0)]
    return None


def _started(schema: DataSchema) -> Iterator[tuple[str, Any]]:
    for part in schema.parts:
        if part.name in schema.required or part.has_default or part.kind is not Kind.BLOB:
            yield part.name, part.start_value()


def _plainest_number(schema: DataSchema) -> Number:
    zero: Number = 0 if schema.kind is Kind.INTEGER else 0.0
    low, high = schema.low, schema.high
    if low is not None and (low > 0 or (low == 0 and schema.low_excluded)):
        above = low + schema.step if schema.low_excluded else low
        return above if high is None or above <= high else high
    if high is not None and high < 0:
        return high - schema.step if schema.high_excluded else high
    return zero
