"""The schema of a simulated Thing's faults, with the names that can be chosen on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from things.schemas import data_schema
from things.simulated.faults import Faults
from ui.models.schema import DataSchema


def faults_schema(description: Mapping[str, Any]) -> DataSchema:
    """What can be wrong with a Thing.

    Args:
        description: Its Thing Description, from which the names are taken that faults may name.
            Which of them fit, the Thing says when it is given its faults.
    """
    raw = data_schema(TypeAdapter(Faults), "faults", "serialization")
    properties = list(description.get("properties") or ())
    actions = list(description.get("actions") or ())
    settable = [
        name for name, each in (description.get("properties") or {}).items() if not _fixed(each)
    ]
    for key, names in (
        ("nan", properties),
        ("refused", settable),
        ("hanging", [*actions, *properties]),
    ):
        if names:
            raw["properties"][key]["items"] = {"type": "string", "enum": names}
    # All of them are sent, and all have a default: none has to be filled in.
    return DataSchema({**raw, "required": []}, "faults")


def _fixed(described: Any) -> bool:
    return isinstance(described, Mapping) and bool(described.get("readOnly"))
