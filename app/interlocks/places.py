"""Places: which property, and where in its value, a reference means on this bench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.interlocks.errors import CannotJudgeError
from app.interlocks.references import Reference
from things.affordance import Affordance
from things.errors import DefinitionError
from things.events import ThingState
from things.properties import PropertyDescriptor
from things.slots import SlotDescriptor
from things.thing import Thing


class Standing(Protocol):
    """As much of a Thing of the bench as is needed here."""

    @property
    def name(self) -> str:
        """What the bench calls it."""

    @property
    def state(self) -> ThingState:
        """What it is doing."""

    @property
    def reason(self) -> str:
        """Why it failed or is disconnected."""

    @property
    def thing(self) -> Thing | None:
        """The Thing itself, where it could be made."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the value of a property.

    Attributes:
        thing: The name of the Thing.
        name: The property.
        path: Where in its value; () for all of it.
    """

    thing: str
    name: str
    path: tuple[str | int, ...]


def place_for_class(
    reference: Reference, affordances: Mapping[str, Affordance]
) -> tuple[str, str, tuple[str | int, ...]]:
    """What a reference in a class means there: slot ('' for itself), property, path.

    Raises:
        CannotJudgeError: The class has nothing of that name.
    """
    steps = reference.steps
    first = str(steps[0]) if steps else ""
    found = affordances.get(first)
    if reference.root == "things":
        raise CannotJudgeError("a class does not know what else is on the bench; use a slot")
    if isinstance(found, SlotDescriptor) and reference.root == "":
        if len(steps) < 2:
            raise CannotJudgeError(f"{first!r} is a slot; name a property of the Thing in it")
        return first, str(steps[1]), steps[2:]
    if isinstance(found, PropertyDescriptor):
        return "", first, steps[1:]
    known = ", ".join(name for name, each in affordances.items() if _can_be_named(each))
    raise CannotJudgeError(f"there is no property {first!r}; there is {known or 'none at all'}")


def place_on_bench(
    reference: Reference, own: str, things: Mapping[str, Mapping[str, Affordance] | None]
) -> Place:
    """What a reference in a rule of a bench file means.

    Args:
        reference: What is named.
        own: The Thing that the rule guards here.
        things: What each Thing of the bench has; None where that cannot be known.

    Raises:
        CannotJudgeError: There is nothing of that name, or two things are.
    """
    steps = reference.steps
    first = str(steps[0]) if steps else ""
    of_own = things.get(own) or {}
    is_own = reference.root != "things" and isinstance(of_own.get(first), PropertyDescriptor)
    is_thing = reference.root != "self" and first in things
    if is_own and is_thing:
        raise CannotJudgeError(
            f"{first!r} is a Thing and a property of {own}; write 'self.{first}' or "
            f"'things[\"{first}\"]'"
        )
    if is_own:
        return Place(own, first, steps[1:])
    if not is_thing:
        wanted = "property" if reference.root == "self" else "Thing"
        if wanted == "property" and things.get(own) is None:
            return Place(own, first, steps[1:])
        known = ", ".join(of_own if wanted == "property" else things)
        raise CannotJudgeError(f"there is no {wanted} {first!r}; there is {known or 'none'}")
    if len(steps) < 2:
        raise CannotJudgeError(f"{first!r} is a Thing; name one of its properties")
    return Place(first, str(steps[1]), steps[2:])


def property_at(place: Place, affordances: Mapping[str, Affordance]) -> PropertyDescriptor[Any]:
    """The property of a place.

    Raises:
        CannotJudgeError: The Thing has none of that name.
    """
    found = affordances.get(place.name)
    if not isinstance(found, PropertyDescriptor):
        known = ", ".join(
            key for key, each in affordances.items() if isinstance(each, PropertyDescriptor)
        )
        raise CannotJudgeError(
            f"{place.thing} has no property {place.name!r}; it has {known or 'none'}"
        )
    return found


def require_place(place: Place, affordances: Mapping[str, Affordance]) -> None:
    """See that a Thing has such a property, with such a part in its value.

    Raises:
        CannotJudgeError: It has not.
    """
    prop = property_at(place, affordances)
    schema_of(prop, place.path, f"{place.thing}.{place.name}")


def unit_at(place: Place, affordances: Mapping[str, Affordance]) -> str:
    """The unit of a part of a value, or else of what it is a part of; '' where none is said."""
    prop = property_at(place, affordances)
    for length in range(len(place.path), -1, -1):
        unit = schema_of(prop, place.path[:length], place.name).get("unit")
        if unit:
            return str(unit)
    return ""


def schema_of(
    prop: PropertyDescriptor[Any], path: Sequence[str | int], where: str
) -> Mapping[str, Any]:
    """The data schema of a part of a value; {} where the schema does not say.

    Raises:
        CannotJudgeError: It says that there is no such part.
    """
    try:
        schema: Mapping[str, Any] = prop.schema()
    except DefinitionError:
        return {}
    for step in path:
        properties, items = schema.get("properties"), schema.get("items")
        if isinstance(properties, Mapping) and isinstance(step, str):
            if step not in properties and schema.get("additionalProperties") in (None, False):
                raise CannotJudgeError(
                    f"{where} has no field {step!r}; it has {', '.join(properties)}"
                )
            schema = properties.get(step, {})
        elif isinstance(items, list) and isinstance(step, int):
            if not -len(items) <= step < len(items):
                raise CannotJudgeError(f"{where} has no entry {step}; it has {len(items)}")
            schema = items[step]
        elif isinstance(items, Mapping) and isinstance(step, int):
            schema = items
        elif schema.get("type") in ("number", "integer", "boolean", "string", "array"):
            raise CannotJudgeError(f"{where} is {_a(str(schema['type']))} and has no part {step!r}")
        else:
            return {}
        where = f"{where}.{step}"
    return schema


def part_of(value: Any, path: Sequence[str | int], where: str) -> Any:
    """A part of a value.

    Raises:
        CannotJudgeError: There is none now.
    """
    for step in path:
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if -len(value) <= step < len(value):
                value = value[step]
            case _:
                raise CannotJudgeError(f"{where} has no {step!r} now")
        where = f"{where}.{step}"
    return value


def _can_be_named(affordance: Affordance) -> bool:
    return isinstance(affordance, PropertyDescriptor | SlotDescriptor)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
