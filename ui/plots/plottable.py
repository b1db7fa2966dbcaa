"""What of a Thing can be plotted: numbers, switches and choices, parts of vectors and objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ui.models.kinds import fixed_items
from ui.models.schema import DataSchema, Kind, option_text

DEEPEST: Final = 4
"""Parts of parts, so far down."""

MOST_ELEMENTS: Final = 16
"""An array of more numbers is a curve of its own, not a bundle of plots over time."""

_PLAIN = (Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN, Kind.ENUM)


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """What a line of a plot shows.

    Attributes:
        thing: Name of the Thing.
        property: Name of the property.
        path: Where in the value the number stands: () for the value itself, ('x',) for a field,
            ('0',) for an element.
    """

    thing: str
    property: str
    path: tuple[str, ...] = ()

    def to_text(self) -> str:
        """As it is remembered."""
        return json.dumps([self.thing, self.property, *self.path])

    @staticmethod
    def from_text(text: str) -> SeriesKey | None:
        """What was remembered; None where it makes no sense."""
        try:
            found = json.loads(text)
        except ValueError:
            return None
        if not isinstance(found, list) or len(found) < 2:
            return None
        thing, name, *path = map(str, found)
        return SeriesKey(thing, name, tuple(path))


@dataclass(frozen=True, slots=True, eq=False)
class Plottable:
    """A number of a Thing that can be plotted over time.

    Attributes:
        key: Which.
        title: What to call it, without its Thing.
        schema: Of the number itself.
        whole: Of the property it is in.
    """

    key: SeriesKey
    title: str
    schema: DataSchema
    whole: DataSchema

    @property
    def unit(self) -> str:
        """May be ''."""
        return self.schema.unit

    @property
    def options(self) -> tuple[tuple[Any, str], ...]:
        """For a switch or a choice: each value and what to call it; () for a number."""
        if self.schema.kind is Kind.BOOLEAN:
            return tuple((value, option_text(value)) for value in (False, True))
        return self.schema.options if self.schema.kind is Kind.ENUM else ()

    @property
    def poll_s(self) -> float:
        """How often the bench reads it by itself; 0 where it does not."""
        said = self.whole.raw.get("lw:poll")
        return float(said) if isinstance(said, int | float) and said > 0 else 0.0

    @property
    def is_told(self) -> bool:
        """Whether the bench tells of it when it changes; else somebody has to ask."""
        return bool(self.whole.raw.get("observable")) or self.poll_s > 0

    @property
    def is_set(self) -> bool:
        """Whether somebody sets it, so that it goes in steps and is drawn dashed."""
        return not self.whole.read_only

    @property
    def in_steps(self) -> bool:
        """Whether it keeps its value until it is told otherwise; else it moves in between."""
        return bool(self.options) or self.is_set or (self.is_told and not self.poll_s)

    def number_in(self, value: Any) -> float | None:
        """The number in a value of the property; None where there is none.

        Args:
            value: In JSON form. Of a choice it is the place among the options.
        """
        for step in self.key.path:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, Sequence) and not isinstance(value, str) and step.isdecimal():
                value = value[int(step)] if int(step) < len(value) else None
            else:
                return None
        for place, (option, _) in enumerate(self.options):
            if option == value and isinstance(option, bool) is isinstance(value, bool):
                return float(place)
        if self.options or isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)


def plottables(thing: str, description: Mapping[str, Any]) -> list[Plottable]:
    """Everything of a Thing that can be plotted, in the order of its description."""
    properties = description.get("properties")
    found: list[Plottable] = []
    for name, raw in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(raw, Mapping):
            found += plottables_of(thing, name, raw)
    return found


def plottables_of(thing: str, name: str, raw: Mapping[str, Any]) -> list[Plottable]:
    """Everything in a property that can be plotted.

    Args:
        thing: Name of its Thing.
        name: Its name.
        raw: Its data schema, as the description has it.
    """
    whole = DataSchema(raw, name)
    if whole.write_only:
        return []
    return list(_within(SeriesKey(thing, name), whole.title, whole, whole))


def _within(
    key: SeriesKey, title: str, schema: DataSchema, whole: DataSchema
) -> Iterator[Plottable]:
    if schema.kind is Kind.NULLABLE:
        schema = schema.inner
    if schema.kind in _PLAIN:
        yield Plottable(key, title, schema, whole)
    elif len(key.path) < DEEPEST and _is_composed(schema):
        for part in schema.parts:
            inside = SeriesKey(key.thing, key.property, (*key.path, part.name))
            called = str(part.raw.get("title") or part.name)
            yield from _within(inside, f"{title} {called}", part, whole)


def _is_composed(schema: DataSchema) -> bool:
    if schema.raw.get("type") == "array":
        return len(fixed_items(schema.raw)) <= MOST_ELEMENTS
    return schema.kind in (Kind.VECTOR, Kind.OBJECT)
