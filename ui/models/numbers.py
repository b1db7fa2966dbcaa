"""Numbers and other values as text, and text as numbers.

The core knows no widget and no locale: a `NumberStyle` says which signs to use, and the widgets
take theirs from `QLocale`. A minus is a real minus sign (U+2212) on the screen and any of the
usual ones when typed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QCoreApplication

from ui.models.schema import DataSchema, Kind, Number, option_text

translate = QCoreApplication.translate

MINUS = "\N{MINUS SIGN}"
UNKNOWN = "\N{EN DASH}"
"""What stands where no value is known."""

SIGNIFICANT = 4
"""Digits shown of a measured number whose schema gives no hint."""

LONGEST_EXACT = 7
"""A number of up to so many digits is shown whole, as somebody once typed it."""


_EXACT_AS_FLOAT = 2**53
"""Beyond this a whole number would lose digits as a float."""


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """The signs numbers are written with.

    Attributes:
        point: Between whole and fraction.
        group: Between groups of three digits; '' for none.
    """

    point: str = "."
    group: str = ","


PLAIN = NumberStyle()


def decimals_of(schema: DataSchema) -> int | None:
    """How many decimals suit a number of this schema; None where nothing hints at it."""
    if schema.kind is Kind.INTEGER:
        return 0
    if schema.multiple_of is not None:
        return _own_decimals(schema.multiple_of)
    if schema.limits is None:
        return None
    low, high = schema.limits
    # What is set is a round number, and shown whole where it is not; what is measured jitters.
    digits = 3 if schema.read_only else 2
    return min(9, max(1, digits - math.floor(math.log10(high - low))))


def format_number(
    value: Number,
    schema: DataSchema | None = None,
    style: NumberStyle = PLAIN,
    *,
    with_unit: bool = False,
    decimals: int | None = None,
) -> str:
    """A number as an operator reads it.

    Args:
        value: The number; NaN and infinities are said in words.
        schema: Gives decimals, unit, and whether powers of ten are used.
        style: The signs to use.
        with_unit: Whether the unit follows.
        decimals: So many, whatever suits the schema; None for what suits it.
    """
    if decimals is not None:
        text = _signs(f"{value:,.{decimals}f}", style)
    else:
        text = _digits(value, schema, style)
    unit = schema.unit if schema is not None and with_unit else ""
    return f"{text}{unit_suffix(unit)}"


def unit_suffix(unit: str) -> str:
    """The unit as it stands behind a number: with a space, except for degrees and the like."""
    if not unit:
        return ""
    return unit if unit in ("°", "′", "″") else f" {unit}"


def format_value(value: Any, schema: DataSchema, style: NumberStyle = PLAIN) -> str:
    """Any value in a few words, with its unit, for a summary or a sentence."""
    if value is None:
        if schema.kind in (Kind.NULLABLE, Kind.NULL, Kind.CHOICE):
            return translate("Number", "none")
        return UNKNOWN
    if schema.kind is Kind.NULLABLE:
        return format_value(value, schema.inner, style)
    if schema.kind is Kind.ENUM:
        return next((text for option, text in schema.options if option == value), str(value))
    if isinstance(value, bool):
        return option_text(value)
    if isinstance(value, int | float):
        return format_number(value, schema, style, with_unit=True)
    if isinstance(value, str):
        hidden = schema.format == "password"
        return "•" * min(len(value), 8) if hidden else value
    if schema.kind is Kind.VECTOR:
        return _vector_text(value, schema, style)
    if isinstance(value, list | tuple):
        count = f"{len(value):,}".replace(",", style.group)
        return translate("Number", "{0} values").format(count)
    if isinstance(value, Mapping):
        if schema.kind is Kind.BLOB:
            return str(value.get("media_type") or translate("Number", "file"))
        if len(value) == 1:
            return translate("Number", "1 key")
        return translate("Number", "{0} keys").format(len(value))
    return str(value)


def parse_number(text: str, schema: DataSchema, style: NumberStyle = PLAIN) -> Number | None:
    """The number an operator typed, or None where it is none.

    Takes any minus sign, the unit behind the number, powers of ten, and blanks or group signs
    where they make groups of three digits: elsewhere they are more likely the point of another
    language, and a number ten times too large. A whole number keeps all its digits.
    """
    text = text.strip()
    if schema.unit and text.endswith(schema.unit):
        text = text[: -len(schema.unit)]
    text = text.replace(MINUS, "-").replace("\N{EN DASH}", "-")
    text = re.sub(r"^([+-])\s+", r"\1", text.strip())
    signs = r"\s\u00a0\u202f'" + re.escape(style.group)
    if re.search(f"[{signs}]", text):
        point = re.escape(style.point)
        groups = (
            rf"[+-]?\d{{1,3}}(?:([{signs}])\d{{3}})(?:\1\d{{3}})*(?:{point}\d*)?(?:[eE][+-]?\d+)?"
        )
        if not re.fullmatch(groups, text):
            return None
        text = re.sub(f"[{signs}]", "", text)
    if style.point != ".":
        text = text.replace(style.point, ".")
    if re.fullmatch(r"[+-]?\d+", text):
        whole = int(text)
        return whole if schema.kind is Kind.INTEGER else _as_float(text)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        number = _as_float(text)
        if schema.kind is Kind.INTEGER and number is not None and number.is_integer():
            return int(Decimal(text))
        return number
    return None


def _as_float(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _digits(value: Number, schema: DataSchema | None, style: NumberStyle) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        nothing = translate("Number", "not a number")
        return nothing if math.isnan(value) else f"{MINUS if value < 0 else ''}∞"
    if isinstance(value, int):
        if schema is None or schema.kind is not Kind.NUMBER or abs(value) > _EXACT_AS_FLOAT:
            return _signs(f"{value:,}", style)
        value = float(value)
    size = abs(value)
    wide = schema is not None and schema.wide
    if (wide and size and not 1e-2 <= size < 1e4) or size >= 1e9 or 0 < size < 1e-4:
        return _power_of_ten(value, style)
    return _signs(f"{value:,.{_decimals_for(value, schema)}f}", style)


def _decimals_for(value: float, schema: DataSchema | None) -> int:
    hint = decimals_of(schema) if schema is not None else None
    own = _own_decimals(value)
    exact = len(repr(abs(value)).replace(".", "").lstrip("0")) <= LONGEST_EXACT
    if hint is not None:
        # A value somebody set is never shown rounded to another one.
        return max(hint, own) if exact else hint
    if exact and own <= SIGNIFICANT:
        return max(own, 1)
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    return min(9, max(0, SIGNIFICANT - 1 - magnitude))


def _own_decimals(value: Number) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _power_of_ten(value: float, style: NumberStyle) -> str:
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:.5e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{_signs(mantissa, style)}e{_signs(str(int(exponent)), style)}"


def _signs(text: str, style: NumberStyle) -> str:
    swapped = {",": style.group, ".": style.point, "-": MINUS}
    text = "".join(swapped.get(sign, sign) for sign in text)
    # What rounds to nothing has no sign.
    return text[1:] if text.startswith(MINUS) and not re.search(r"[1-9]", text) else text


def components(value: Any, schema: DataSchema) -> list[Any]:
    """The components of a vector in the order of its parts; None where there is none."""
    if isinstance(value, Mapping):
        return [value.get(part.name) for part in schema.parts]
    row = list(value) if isinstance(value, list | tuple) else []
    return [row[i] if i < len(row) else None for i in range(len(schema.parts))]


def common_decimals(value: Any, schema: DataSchema) -> int | None:
    """How many decimals all components of a vector are written with, so that they line up.

    Returns:
        None where one of them is written as a power of ten, or none is a number.
    """
    texts = [
        format_number(each, part)
        for each, part in zip(components(value, schema), schema.parts, strict=True)
        if isinstance(each, int | float) and not isinstance(each, bool)
    ]
    if not texts or any("e" in text for text in texts):
        return None
    return max(len(text.partition(".")[2]) for text in texts)


def _vector_text(value: Any, schema: DataSchema, style: NumberStyle) -> str:
    decimals = common_decimals(value, schema)
    parts = []
    for each, part in zip(components(value, schema), schema.parts, strict=True):
        if isinstance(each, int | float) and not isinstance(each, bool):
            parts.append(format_number(each, part, style, decimals=decimals))
        else:
            parts.append(UNKNOWN if each is None else str(each))
    units = {part.unit for part in schema.parts}
    unit = unit_suffix(units.pop()) if len(units) == 1 else ""
    return "  ".join(parts) + unit


def rate_in_words(rate_per_s: float) -> str:
    """How fast something goes, such as '12/s' or '3.5/min'; never with needless digits."""
    if rate_per_s >= 1:
        return f"{rate_per_s:,.0f}/s" if rate_per_s >= 10 else f"{rate_per_s:.1f}/s"
    rate_per_min = 60 * rate_per_s
    if rate_per_min >= 1:
        return f"{rate_per_min:.1f}/min"
    return f"{60 * rate_per_min:.1f}/h"


def span_in_words(seconds: float) -> str:
    """A length of time, such as '2 min 14 s' or '0.4 s'."""
    if seconds < 1:
        return f"{max(0.0, seconds):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
