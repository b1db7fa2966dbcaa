"""Numbers are numbers and booleans booleans, as the Thing Description says.

pydantic takes `"5"` and `true` for numbers. From the network that would hide a client's mistake,
so what is declared a number must be sent as one. All else is left to pydantic, which comes after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from things.actions import ActionDescriptor
from things.errors import InputRefusedError, ValueRefusedError
from things.properties import PropertyDescriptor
from things.schemas import refusal

_FAULTS = {"integer": "int_type", "number": "float_type", "boolean": "bool_type"}

_KINDS: dict[str, type] = {"string": str, "object": dict, "array": list, "null": type(None)}

Place = tuple[str | int, ...]


class DeclaredKinds:
    """Compares what clients send with what is declared, and knows the declarations."""

    def __init__(self) -> None:
        self._schemas: WeakKeyDictionary[object, Mapping[str, Any]] = WeakKeyDictionary()

    def check_value(self, prop: PropertyDescriptor[Any], value: Any) -> None:
        """Look at a value for a property.

        Raises:
            ValueRefusedError: A number or boolean in it is something else.
        """
        if prop not in self._schemas:
            self._schemas[prop] = prop.schema()
        error = _compared(self._schemas[prop], value)
        if error is not None:
            reason, details = refusal(error)
            raise ValueRefusedError(prop.name, reason, details) from error

    def check_input(self, action: ActionDescriptor[..., Any], input: Mapping[str, Any]) -> None:
        """Look at the input of an action.

        Raises:
            InputRefusedError: A number or boolean in it is something else.
        """
        if action not in self._schemas:
            self._schemas[action] = action.input_schema() or {}
        error = _compared(self._schemas[action], input)
        if error is not None:
            reason, details = refusal(error)
            raise InputRefusedError(action.name, details, reason) from error


def _compared(schema: Mapping[str, Any], value: Any) -> ValidationError | None:
    faults: list[InitErrorDetails] = [
        {"type": kind, "loc": place, "input": found}
        for place, kind, found in _others(schema, value, ())
    ]
    return ValidationError.from_exception_data("value", faults) if faults else None


def _others(
    schema: Mapping[str, Any], value: Any, place: Place
) -> Iterator[tuple[Place, str, Any]]:
    """Texts and booleans for numbers, and what is no boolean for one; the rest is pydantic's."""
    if "oneOf" in schema:
        possible = [each for each in schema["oneOf"] if _may_be(each.get("type"), value)]
        faults = [list(_others(choice, value, place)) for choice in possible]
        if faults and all(faults):
            yield from faults[0]
        return
    kind = schema.get("type")
    if kind == "boolean":
        if not isinstance(value, bool):
            yield place, _FAULTS[kind], value
    elif kind in ("integer", "number"):
        if isinstance(value, bool | str):
            yield place, _FAULTS[kind], value
    elif kind == "object" and isinstance(value, Mapping):
        known = schema.get("properties", {})
        others = schema.get("additionalProperties")
        for key, item in value.items():
            inner = known.get(key, others)
            if isinstance(inner, Mapping):
                yield from _others(inner, item, (*place, key))
    elif kind == "array" and isinstance(value, list):
        items = schema.get("items", {})
        each = items if isinstance(items, list) else [items] * len(value)
        for index, (inner, item) in enumerate(zip(each, value, strict=False)):
            yield from _others(inner, item, (*place, index))


def _may_be(kind: str | None, value: Any) -> bool:
    """Whether a choice is worth comparing with; numbers and booleans always are."""
    return kind is None or isinstance(value, _KINDS.get(kind, object))
