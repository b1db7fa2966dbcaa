"""Instruments of a bench that is full of interlocks."""

from __future__ import annotations

import threading
from typing import Protocol

from pydantic import BaseModel

from things import Thing, ThingError, action, property, thing_slot


class Place(BaseModel):
    x: float
    z: float


class Stage(Thing):
    """A stage whose place has to be asked for."""

    speed: float = property(default=2.0, gt=0, unit="mm/s")
    temperatures: list[float] = property(default=[20.0, 30.0], unit="°C")

    def __init__(self) -> None:
        self.z = 1.0
        self.moves: list[float] = []
        self.stops = 0
        self.asked = 0
        self.was_asked = threading.Event()
        self.answers = threading.Event()
        self.answers.set()
        self.broken = ""

    @property(unit="mm")
    def position(self) -> Place:
        """Where it is; waits until the test lets it answer."""
        self.asked += 1
        self.was_asked.set()
        self.answers.wait(30)
        if self.broken:
            raise ThingError(self.broken)
        return Place(x=0.0, z=self.z)

    @action
    def move(self, z: float = 0.0) -> float:
        """Go there."""
        self.moves.append(z)
        self.z = z
        return z

    @action
    def stop(self) -> None:
        """Stand still."""
        self.stops += 1


class Moves(Protocol):
    """What is needed of a stage."""

    speed: float

    def move(self, z: float = 0.0) -> float: ...


class Lamp(Thing):
    """A lamp with conditions of its own."""

    stage: Moves = thing_slot(optional=True)
    door: bool = property(default=True)
    mode: str | None = property(default="slow")
    power: float = property(default=0.0, ge=0, le=100, unit="%", requires="door")
    limit: float = property(default=50.0, unit="%")

    def __init__(self) -> None:
        self.shone = 0
        self.go = threading.Event()
        self.began = threading.Event()

    @action(requires="door and power < limit")
    def shine(self) -> None:
        """Needs the door closed."""
        self.shone += 1

    @action(requires="stage.position.z < 2")
    def lower(self) -> None:
        """Needs the stage below."""
        self.shone += 1

    @action
    def hold(self) -> None:
        """Hold the lamp until the test lets go."""
        self.began.set()
        self.go.wait(30)

    @action
    def drive(self, z: float = 5.0) -> float:
        """Move the stage."""
        return self.stage.move(z=z)

    @action
    def hurry(self, speed: float = 5.0) -> None:
        """Change the stage's speed."""
        self.stage.speed = speed


class Owned(Thing, thread="own"):
    """A device whose library insists on one thread."""

    def __init__(self) -> None:
        self.level = 1.0
        self.done = 0

    @property(unit="V")
    def voltage(self) -> float:
        return self.level

    @action(requires="voltage < 5")
    def pulse(self) -> None:
        """Needs its own voltage low."""
        self.done += 1


class WrongName(Thing):
    """A class that needs what it has not got."""

    @action(requires="lid.closed")
    def open(self) -> None:
        """Never."""


class WrongSyntax(Thing):
    """A class whose condition is none."""

    @action(requires="self.x <")
    def open(self) -> None:
        """Never."""


class GuardedStop(Thing):
    """A class that would make stopping depend on something."""

    ready: bool = property(default=True)

    @action(requires="ready")
    def stop(self) -> None:
        """Never."""
