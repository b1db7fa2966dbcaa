"""Two Things that stand in each other's way; busy.toml serves them."""

from __future__ import annotations

from typing import Any

from things import Thing, action, cancellable_sleep, event, property, thing_slot


class Lamp(Thing):
    """Held by whoever lets it shine."""

    power: int = property(default=0)

    @action
    def shine(self) -> None:
        """Shine until it is cancelled."""
        while True:
            cancellable_sleep(60)


class Switch(Thing):
    """Wants the lamp."""

    lamp: Any = thing_slot()
    flipped = event(int)

    @action
    def dim(self) -> None:
        """Change the lamp, whoever holds it."""
        self.lamp.power = 1

    @action
    def flip(self, times: int) -> None:
        """Say how often it was flipped."""
        for count in range(1, times + 1):
            self.flipped.emit(count)
