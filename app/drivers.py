"""The Things somebody can add: announced by installed packages, and what their classes ask for.

A driver package announces its Things in its `pyproject.toml`:

    [project.entry-points."labwright.things"]
    camera = "my_drivers.camera:Camera"
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError

from app.bench_things import import_thing_class
from things.slots import SlotDescriptor
from things.thing import Thing, affordances_of

GROUP = "labwright.things"
"""The entry-point group in which packages announce their Things."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A Thing that an installed package announces. Nothing of it is imported yet.

    Attributes:
        name: What the package calls it.
        class_path: 'module:Class'.
        package: The distribution it comes from, with its version.
    """

    name: str
    class_path: str
    package: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a Thing for another one.

    Attributes:
        name: Of the slot.
        optional: Whether it may stay empty.
    """

    name: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """What a class of Things says of itself, and asks for.

    Attributes:
        summary: The first paragraph of its docstring.
        schema: JSON Schema of its constructor's arguments: an object.
        slots: Places for other Things.
    """

    summary: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    slots: Sequence[Slot] = ()


def installed_drivers() -> Sequence[Driver]:
    """All announced Things by package and name. Reads the disk; imports nothing of them."""
    found = [
        Driver(
            each.name,
            each.value.replace(" ", ""),
            f"{each.dist.name} {each.dist.version}" if each.dist is not None else "",
        )
        for each in entry_points(group=GROUP)
    ]
    return sorted(found, key=lambda driver: (driver.package, driver.name.casefold()))


def needs_of(class_path: str) -> Needs:
    """What a class asks for. Imports its module, which may take its time.

    Args:
        class_path: 'module:Class'.

    Raises:
        NotAvailableError: There is no such class, it cannot be imported, or it is no Thing.
    """
    cls = import_thing_class(class_path, class_path)
    summary = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
    slots = [
        Slot(name, each.optional)
        for name, each in affordances_of(cls).items()
        if isinstance(each, SlotDescriptor)
    ]
    return Needs(summary, _schema_of(cls), slots)


def _schema_of(cls: type[Thing]) -> Mapping[str, Any]:
    """The arguments of a constructor; what cannot be told by a schema may be any JSON value."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    try:
        signature = inspect.signature(cls, eval_str=True)
    except (NameError, ValueError, TypeError):
        signature = inspect.signature(cls)
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        schema = _schema(parameter.annotation)
        schema.setdefault("title", name.replace("_", " ").capitalize())
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
        else:
            default = _json(parameter.default)
            if default is not _NO_JSON:
                schema["default"] = default
        properties[name] = schema
    return {"type": "object", "properties": properties, "required": required}


def _schema(annotation: Any) -> dict[str, Any]:
    if annotation is inspect.Parameter.empty:
        return {}
    try:
        return TypeAdapter(annotation).json_schema()
    except (PydanticUserError, NameError, TypeError):
        return {}


_NO_JSON = object()


def _json(value: Any) -> Any:
    try:
        return TypeAdapter(type(value)).dump_python(value, mode="json")
    except Exception:  # a default of any class whatever; the driver will fill it in itself
        return _NO_JSON
