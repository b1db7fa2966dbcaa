"""Two Things that stand in each other's way, and one of odd types; busy.toml serves them."""

from __future__ import annotations

import enum
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from things import (
    Blob,
    FloatArray,
    Thing,
    action,
    cancellable_sleep,
    event,
    frame_stream,
    property,
    thing_slot,
)


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


class Level(enum.IntEnum):
    """An enum of numbers."""

    LOW = 0
    HIGH = 1


class Spot(BaseModel):
    """A place, perhaps with a name."""

    x: float
    name: str | None = None


class Cat(BaseModel):
    """Told from a dog by its kind."""

    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    """Told from a cat by its kind."""

    kind: Literal["dog"] = "dog"
    tricks: list[str] = []


class Oddity(Thing):
    """Every kind of type that a driver may use, for descriptions."""

    nullable: float | None = property(default=None, ge=0)
    number: int | float = property(default=1)
    either: int | str = property(default=1)
    level: Level = property(default=Level.LOW)
    mode: Literal["fast", "slow", 3] = property(default="fast")
    only: Literal["this"] = property(default="this")
    pair: tuple[int, str] = property(default=(1, "a"))
    vector: tuple[float, float, float] = property(default=(0, 0, 0))
    many: tuple[int, ...] = property(default=())
    table: dict[str, list[Spot]] = property(default_factory=dict)
    free: dict[str, Any] = property(default_factory=dict)
    spots: set[int] = property(default_factory=set)
    day: date = property(default=date(2026, 1, 1))
    long: timedelta = property(default=timedelta(seconds=90))
    exact: Decimal = property(default=Decimal("1.5"))
    curve: FloatArray = property(default_factory=lambda: np.zeros(3), read_only=True)
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] = property(default_factory=Cat)
    live = frame_stream(title="Live")

    @property
    def half(self) -> Spot | None:
        """A model or nothing."""
        return None

    @action
    def take(
        self,
        spot: Spot | None = None,
        spots: list[Spot] | None = None,
        pet: Cat | Dog | None = None,
        levels: dict[str, Level] | None = None,
        corners: tuple[tuple[float, float], tuple[float, float]] = ((0, 0), (1, 1)),
        blobs: list[Blob] | None = None,
    ) -> list[Blob] | None:
        """Take odd things and give odd things."""
        return blobs

    @action
    def take_all(self, /, **more: float) -> dict[str, float]:
        """Take whatever is given."""
        return more
