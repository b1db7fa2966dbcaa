"""What the command palette finds: commands, and every action and property of every Thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.handles import BenchHandle, ThingHandle
from ui.models.action import asks_first
from ui.models.schema import DataSchema

LONGEST = 12
"""How many entries the palette shows at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing the palette can do.

    Attributes:
        title: Such as 'Camera: Snap'.
        kind: What it is, in a word: 'runs', 'opens the form', 'shows the field'.
        icon: As for `ui.icons.icon`.
        run: Does it.
        shortcut: Said beside it, where there is one.
        words: What it is found by; lower case.
    """

    title: str
    kind: str
    icon: str
    run: Callable[[], object]
    shortcut: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ThingOpener:
    """What the palette can do with a Thing.

    Attributes:
        show: Raise its panel.
        show_property: Raise its panel and put the focus into a field: Thing, property.
        show_action: Raise its panel and open the form of an action: Thing, action.
        run: Run an action that needs no input: Thing, action.
    """

    show: Callable[[str], object]
    show_property: Callable[[str, str], object]
    show_action: Callable[[str, str], object]
    run: Callable[[str, str], object]


def runs_at_once(action: dict[str, Any]) -> bool:
    """Whether an action can be run without its form: it takes no input and asks nothing first."""
    if asks_first(action):
        return False
    schema = action.get("input") or {}
    return not schema.get("properties") and not schema.get("required")


def entries_of(thing: ThingHandle, opener: ThingOpener, words: PaletteWords) -> list[Entry]:
    """The entries of one Thing: itself, its actions, its properties."""
    name, title = thing.name, thing.title
    made = [
        Entry(
            title,
            words.shows_panel,
            "thing",
            lambda: opener.show(name),
            words=f"{title} {name}".casefold(),
        )
    ]
    description = thing.describe()
    for key, action in (description.get("actions") or {}).items():
        called = DataSchema(action, key).title
        at_once = runs_at_once(action)
        refused = at_once and bool(thing.refusal(key))
        says = words.runs if at_once else words.opens_form
        # What cannot be run now is led to, where its panel says why.
        at_once = at_once and not refused
        made.append(
            Entry(
                f"{title}: {called}",
                words.shows_why_not if refused else says,
                "run",
                _bound(opener.run if at_once else opener.show_action, name, key),
                words=f"{title} {called} {name} {key}".casefold(),
            )
        )
    for key, schema in (description.get("properties") or {}).items():
        called = DataSchema(schema, key).title
        made.append(
            Entry(
                f"{title}: {called}",
                words.shows_field,
                "property",
                _bound(opener.show_property, name, key),
                words=f"{title} {called} {name} {key}".casefold(),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class PaletteWords:
    """The words for what an entry does, translated by whoever shows them."""

    runs: str = "runs"
    opens_form: str = "opens the form"
    shows_field: str = "shows the field"
    shows_panel: str = "shows the panel"
    command: str = "command"
    shows_why_not: str = "not now, shows why"


def all_entries(
    bench: BenchHandle,
    commands: Iterable[Entry],
    opener: ThingOpener,
    words: PaletteWords,
) -> list[Entry]:
    """Everything the palette offers: commands, then Things in the order of the bench."""
    made = list(commands)
    for thing in bench.things.values():
        made.extend(entries_of(thing, opener, words))
    return made


def find(entries: Sequence[Entry], query: str, limit: int = LONGEST) -> list[Entry]:
    """The best entries for what was typed.

    Every word typed has to occur. Entries whose words begin with what was typed come first, then
    actions before fields, then the order of the bench.
    """
    words = query.casefold().split()
    if not words:
        return list(entries[:limit])
    ranked = []
    for place, entry in enumerate(entries):
        hay = entry.words
        if all(word in hay for word in words):
            starts = sum(hay.startswith(word) or f" {word}" in hay for word in words)
            ranked.append((-starts, entry.icon in ("property", "plot"), len(hay), place, entry))
    ranked.sort(key=lambda row: row[:4])
    return [row[4] for row in ranked[:limit]]


def _bound(call: Callable[[str, str], object], thing: str, name: str) -> Callable[[], object]:
    return lambda: call(thing, name)
