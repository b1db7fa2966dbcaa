"""The Things of a bench by name; looked through by any thread while one comes or goes."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView

from app.bench_things import BenchThing


class ThingTable(Mapping[str, BenchThing]):
    """A mapping that is replaced as a whole at each change.

    Whoever goes through it sees it as it was when they began. One thread at a time may change it.

    Args:
        things: Those there are at first, in their order.
    """

    def __init__(self, things: Mapping[str, BenchThing]) -> None:
        self._things = dict(things)

    def __getitem__(self, name: str) -> BenchThing:
        """One of them."""
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        """Their names, as they are now."""
        return iter(self._things)

    def __len__(self) -> int:
        """How many."""
        return len(self._things)

    def keys(self) -> KeysView[str]:
        """Their names, as they are now."""
        return self._things.keys()

    def items(self) -> ItemsView[str, BenchThing]:
        """Names and Things, as they are now."""
        return self._things.items()

    def values(self) -> ValuesView[BenchThing]:
        """The Things, as they are now."""
        return self._things.values()

    @property
    def now(self) -> Mapping[str, BenchThing]:
        """All of them; another object after each change, and never changed itself."""
        return self._things

    def put(self, thing: BenchThing) -> None:
        """Add one at the end."""
        self._things = {**self._things, thing.name: thing}

    def take(self, name: str) -> None:
        """Leave one out."""
        self._things = {key: value for key, value in self._things.items() if key != name}
