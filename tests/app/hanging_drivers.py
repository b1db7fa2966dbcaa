"""Things that hang where they are told to, until they are told to go on."""

from __future__ import annotations

import threading

from things import Thing, action, property


class Hanging(Thing):
    """Ignores whatever is asked of it while it hangs.

    Attributes:
        where: Where it hangs.
        hangs: Set while it does.
        go_on: Ends the hanging.
    """

    kept: int = property(default=3)

    def __init__(self, where: str = "") -> None:
        self.where = where
        self.hangs = threading.Event()
        self.go_on = threading.Event()
        self.left = False

    def _hang(self, where: str) -> None:
        if self.where == where:
            self.hangs.set()
            self.go_on.wait(60)

    def __enter__(self) -> Hanging:
        self._hang("enter")
        return self

    def __exit__(self, *_: object) -> None:
        self._hang("exit")
        self.left = True

    @property
    def level(self) -> float:
        """Read from the device."""
        self._hang("getter")
        return 1.0

    @level.setter
    def _set_level(self, _value: float) -> None:
        self._hang("setter")

    @level.resetter
    def _reset_level(self) -> None:
        self._hang("resetter")

    @action
    def work(self) -> int:
        self._hang("action")
        return 5

    def stop(self) -> None:
        self._hang("stop")

    def reconnect(self) -> None:
        self._hang("reconnect")
