"""Things that write down what happens to them, for tests of how a window ends or hangs."""

from __future__ import annotations

import threading

from things import Thing, action, cancellable_sleep, frame_stream, property, thing_slot

HAPPENED: dict[str, list[str]] = {}
"""By the bench's name for its trace: what happened, in order."""


class Base(Thing):
    """Writes down its life."""

    def __init__(self, trace: str) -> None:
        self.happened = HAPPENED.setdefault(trace, [])

    def __enter__(self) -> Base:
        self.happened.append(f"enter {self.name}")
        return self

    def __exit__(self, *_: object) -> None:
        self.happened.append(f"exit {self.name}")

    def stop(self) -> None:
        self.happened.append(f"stop {self.name}")


class Lamp(Base):
    """Shines, and takes its time to cool down."""

    value: int = property(default=0)
    live = frame_stream()

    def __init__(self, trace: str) -> None:
        super().__init__(trace)
        self.began = threading.Event()
        self.cool = threading.Event()

    @action
    def shine(self) -> None:
        """Shine."""
        try:
            self.began.set()
            cancellable_sleep(600)
        finally:
            self.cool.wait(60)
            self.happened.append(f"finally {self.name}")

    @action
    def number(self) -> int:
        """Say a number."""
        return 7


class Head(Base):
    """Uses the lamp."""

    lamp: Lamp = thing_slot()
