"""What sort of value a data schema describes, decided from the schema alone.

A schema that is not understood is never an error: it is of the kind `Kind.OTHER` and is edited as
JSON text.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from typing import Any

LARGE_ARRAY = 32
"""More numbers than this are drawn, not listed."""

SCALARS = frozenset({"boolean", "integer", "number", "string"})


class Kind(enum.Enum):
    """What sort of value a schema describes; the key under which its editor is registered."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    ENUM = "enum"
    CONST = "const"
    NULL = "null"
    NULLABLE = "nullable"
    CHOICE = "choice"
    VECTOR = "vector"
    LIST = "list"
    TABLE = "table"
    NUMBERS = "numbers"
    GRID = "grid"
    OBJECT = "object"
    MAP = "map"
    BLOB = "blob"
    OTHER = "other"


def alternatives(raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The schemas of `oneOf` or `anyOf`; () where there is neither."""
    found = raw.get("oneOf") or raw.get("anyOf") or ()
    return tuple(each for each in found if isinstance(each, Mapping))


def fixed_items(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The item schemas of an array of fixed length; [] where its length may vary."""
    items = raw.get("items")
    listed = raw.get("prefixItems") or (items if isinstance(items, list) else None)
    if listed:
        return [each for each in listed if isinstance(each, Mapping)]
    least, most = raw.get("minItems"), raw.get("maxItems")
    if isinstance(items, Mapping) and isinstance(least, int) and least == most:
        return [items] * least
    return []


def kind_of(raw: Mapping[str, Any]) -> Kind:
    """What sort of value a data schema describes; what is not understood is `Kind.OTHER`."""
    if "const" in raw:
        return Kind.CONST
    if raw.get("enum"):
        return Kind.ENUM
    variants = alternatives(raw)
    if variants:
        return _kind_of_variants(variants)
    kind = raw.get("type")
    if kind == "object":
        return _kind_of_object(raw)
    if kind == "array":
        return _kind_of_array(raw)
    if kind == "null":
        return Kind.NULL
    return Kind(kind) if isinstance(kind, str) and kind in SCALARS else Kind.OTHER


def _kind_of_variants(variants: tuple[Mapping[str, Any], ...]) -> Kind:
    if all("const" in each for each in variants):
        return Kind.ENUM
    nulls = sum(each.get("type") == "null" for each in variants)
    if nulls == 1 and len(variants) == 2:
        return Kind.NULLABLE
    return Kind.CHOICE


def _kind_of_object(raw: Mapping[str, Any]) -> Kind:
    properties = raw.get("properties") or {}
    if "href" in properties and ("media_type" in properties or "lw:mediaType" in raw):
        return Kind.BLOB
    if not properties:
        return Kind.OBJECT if raw.get("additionalProperties") is False else Kind.MAP
    short = all(
        isinstance(part, Mapping) and part.get("type") in ("integer", "number") and len(key) <= 2
        for key, part in properties.items()
    )
    return Kind.VECTOR if short and 2 <= len(properties) <= 4 else Kind.OBJECT


def _kind_of_array(raw: Mapping[str, Any]) -> Kind:
    items = raw.get("items")
    fixed = fixed_items(raw)
    if fixed and len(fixed) <= 6 and all(each.get("type") in SCALARS for each in fixed):
        return Kind.VECTOR
    if not isinstance(items, Mapping):
        return Kind.OTHER
    kind = items.get("type")
    if "enum" not in items and kind in ("integer", "number"):
        return Kind.NUMBERS if _may_be_large(raw) else Kind.LIST
    if kind in SCALARS or "enum" in items:
        return Kind.LIST
    rows = items.get("items")
    if kind == "array" and isinstance(rows, Mapping) and rows.get("type") in ("integer", "number"):
        return Kind.GRID
    if kind == "object" and _has_scalar_columns(items):
        return Kind.TABLE
    return Kind.OTHER


def _may_be_large(raw: Mapping[str, Any]) -> bool:
    """Whether an array of numbers may hold more than one would list."""
    shape = raw.get("lw:shape")
    if isinstance(shape, list) and all(isinstance(edge, int) for edge in shape):
        return math.prod(shape) > LARGE_ARRAY
    most = raw.get("maxItems")
    return not isinstance(most, int) or most > LARGE_ARRAY


def _has_scalar_columns(items: Mapping[str, Any]) -> bool:
    properties = items.get("properties") or {}
    return bool(properties) and all(
        isinstance(part, Mapping) and (part.get("type") in SCALARS or "enum" in part)
        for part in properties.values()
    )
