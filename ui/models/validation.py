"""Whether a value fits its schema, said in words.

The server has the last word; this is only so that a slip is said at once, in its field, before
anything is sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from ui.models.numbers import PLAIN, NumberStyle, format_number, unit_suffix
from ui.models.schema import DataSchema, Kind, same

translate = QCoreApplication.translate

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a value.

    Attributes:
        loc: Where in the value: keys and indices, () for the whole.
        text: What is wrong, such as 'must be greater than 0'.
    """

    loc: Loc
    text: str


def faults_of(value: Any, schema: DataSchema, style: NumberStyle = PLAIN) -> list[Fault]:
    """Everything that is wrong with a value; [] when it fits."""
    return list(_faults(value, schema, (), style))


def first_fault(value: Any, schema: DataSchema, style: NumberStyle = PLAIN) -> Fault | None:
    """The first thing that is wrong with a value, or None."""
    return next(_faults(value, schema, (), style), None)


def _faults(value: Any, schema: DataSchema, loc: Loc, style: NumberStyle) -> Iterator[Fault]:
    match schema.kind:
        case Kind.BOOLEAN:
            if not isinstance(value, bool):
                yield Fault(loc, translate("Fault", "must be on or off"))
        case Kind.INTEGER | Kind.NUMBER:
            yield from (Fault(loc, text) for text in _number_faults(value, schema, style))
        case Kind.STRING:
            yield from (Fault(loc, text) for text in _string_faults(value, schema))
        case Kind.ENUM:
            if not any(same(value, option) for option, _ in schema.options):
                names = ", ".join(text for _, text in schema.options)
                yield Fault(loc, translate("Fault", "must be one of {0}").format(names))
        case Kind.CONST:
            if not same(value, schema.raw["const"]):
                yield Fault(loc, translate("Fault", "must be {0}").format(schema.raw["const"]))
        case Kind.NULL:
            if value is not None:
                yield Fault(loc, translate("Fault", "must be none"))
        case Kind.NULLABLE:
            if value is not None:
                yield from _faults(value, schema.inner, loc, style)
        case Kind.CHOICE:
            if all(first_fault(value, each, style) is not None for each in schema.variants):
                yield Fault(loc, translate("Fault", "fits none of the choices"))
        case Kind.VECTOR | Kind.OBJECT:
            yield from _part_faults(value, schema, loc, style)
        case Kind.LIST | Kind.TABLE | Kind.NUMBERS | Kind.GRID:
            yield from _array_faults(value, schema, loc, style)
        case Kind.MAP:
            yield from _map_faults(value, schema, loc, style)
        case Kind.BLOB:
            if not isinstance(value, Mapping) or not value.get("href"):
                yield Fault(loc, translate("Fault", "needs a file"))
        case Kind.OTHER:
            yield from _loose_faults(value, schema, loc)


def _number_faults(value: Any, schema: DataSchema, style: NumberStyle) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield (
            translate("Fault", "must be a number")
            if schema.kind is Kind.NUMBER
            else translate("Fault", "must be a whole number")
        )
        return
    if isinstance(value, float) and not math.isfinite(value):
        yield translate("Fault", "must be a finite number")
        return
    if schema.kind is Kind.INTEGER and not float(value).is_integer():
        yield translate("Fault", "must be a whole number")
        return

    def said(limit: int | float) -> str:
        return format_number(_short(limit), None, style) + unit_suffix(schema.unit)

    low, high, step = schema.low, schema.high, schema.multiple_of
    if low is not None and schema.low_excluded and value <= low:
        yield translate("Fault", "must be greater than {0}").format(said(low))
    elif low is not None and value < low:
        yield translate("Fault", "must be at least {0}").format(said(low))
    if high is not None and schema.high_excluded and value >= high:
        yield translate("Fault", "must be less than {0}").format(said(high))
    elif high is not None and value > high:
        yield translate("Fault", "must be at most {0}").format(said(high))
    if step is not None and not _is_multiple(value, step):
        yield translate("Fault", "must be a multiple of {0}").format(said(step))


def _short(limit: int | float) -> int | float:
    """A limit without an empty fraction, so that it reads 'greater than 0'."""
    return int(limit) if float(limit).is_integer() and abs(limit) < 1e9 else limit


def _is_multiple(value: int | float, step: int | float) -> bool:
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    turns = value / step
    return math.isclose(turns, round(turns), rel_tol=1e-9, abs_tol=1e-9)


def _string_faults(value: Any, schema: DataSchema) -> Iterator[str]:
    if not isinstance(value, str):
        yield translate("Fault", "must be text")
        return
    least, most = schema.raw.get("minLength"), schema.raw.get("maxLength")
    if isinstance(least, int) and len(value) < least:
        if least == 1:
            yield translate("Fault", "must not be empty")
        else:
            yield translate("Fault", "must have at least {0} characters").format(least)
    if isinstance(most, int) and len(value) > most:
        words = translate("Fault", "must have at most {0} characters, not {1}")
        yield words.format(most, len(value))
    pattern = schema.raw.get("pattern")
    if isinstance(pattern, str) and not _matches(pattern, value):
        yield translate("Fault", "must look like {0}").format(pattern)
    if schema.format == "date-time" and not _is_time(value):
        yield translate("Fault", "must be a date and time")
    if schema.format == "uri" and not urlsplit(value).scheme:
        yield translate("Fault", "must be an address, such as https://example.org")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True  # Not in Python's dialect: the server will judge.


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _part_faults(value: Any, schema: DataSchema, loc: Loc, style: NumberStyle) -> Iterator[Fault]:
    if schema.raw.get("type") == "array":
        if not isinstance(value, list | tuple) or len(value) != len(schema.parts):
            count = len(schema.parts)
            yield Fault(loc, translate("Fault", "must have {0} entries").format(count))
            return
        for i, part in enumerate(schema.parts):
            yield from _faults(value[i], part, (*loc, i), style)
        return
    if not isinstance(value, Mapping):
        yield Fault(loc, translate("Fault", "must be a group of values"))
        return
    for part in schema.parts:
        if part.name in value:
            yield from _faults(value[part.name], part, (*loc, part.name), style)
        elif part.name in schema.required:
            yield Fault((*loc, part.name), translate("Fault", "is needed"))


def _array_faults(value: Any, schema: DataSchema, loc: Loc, style: NumberStyle) -> Iterator[Fault]:
    if not isinstance(value, list | tuple):
        yield Fault(loc, translate("Fault", "must be a list"))
        return
    least, most = schema.raw.get("minItems"), schema.raw.get("maxItems")
    if isinstance(least, int) and len(value) < least:
        yield Fault(loc, _too_few(least))
    if isinstance(most, int) and len(value) > most:
        yield Fault(loc, _too_many(most))
    for i, each in enumerate(value):
        yield from _faults(each, schema.items, (*loc, i), style)


def _too_few(least: int) -> str:
    if least == 1:
        return translate("Fault", "needs at least 1 entry")
    return translate("Fault", "needs at least {0} entries").format(least)


def _too_many(most: int) -> str:
    if most == 1:
        return translate("Fault", "may have at most 1 entry")
    return translate("Fault", "may have at most {0} entries").format(most)


def _map_faults(value: Any, schema: DataSchema, loc: Loc, style: NumberStyle) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(loc, translate("Fault", "must be keys and values"))
        return
    for key, each in value.items():
        yield from _faults(each, schema.map_values, (*loc, key), style)


_LOOSE: dict[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "integer": (int,),
}


def _loose_faults(value: Any, schema: DataSchema, loc: Loc) -> Iterator[Fault]:
    """For a schema that is not understood: at least its outermost type."""
    wanted = schema.raw.get("type")
    if isinstance(wanted, str) and wanted in _LOOSE and not isinstance(value, _LOOSE[wanted]):
        yield Fault(loc, translate("Fault", "must be of the type '{0}'").format(wanted))
    if wanted == "array" and isinstance(value, list):
        least = schema.raw.get("minItems")
        if isinstance(least, int) and len(value) < least:
            yield Fault(loc, _too_few(least))
