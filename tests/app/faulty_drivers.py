"""Things that raise what no driver should, wherever a driver's code runs."""

from __future__ import annotations

import builtins

from things import Thing, action, property, start_thread, thing_slot


def raise_it(kind: str) -> None:
    """Raise a builtin error; `RecursionError` by recursing for ever."""
    if kind == "RecursionError":
        raise_it(kind)
    error: type[BaseException] = getattr(builtins, kind)
    raise error("bang")


class Faulty(Thing):
    """Raises where it is told to."""

    neighbour: Faulty = thing_slot(optional=True)

    def __init__(self, where: str = "", kind: str = "SystemExit") -> None:
        self.kind = kind
        self.where = where
        self.left = False
        self._fail("init")

    def __enter__(self) -> Faulty:
        self._fail("enter")
        return self

    def __exit__(self, *_: object) -> None:
        self.left = True
        self._fail("exit")

    def _fail(self, where: str) -> None:
        if self.where == where:
            raise_it(self.kind)

    @property
    def level(self) -> float:
        """Read from the device."""
        self._fail("getter")
        return 1.0

    @level.setter
    def _set_level(self, _value: float) -> None:
        self._fail("setter")

    @level.resetter
    def _reset_level(self) -> None:
        self._fail("resetter")

    @action
    def work(self) -> int:
        self._fail("action")
        return 5

    @action
    def work_beside(self) -> int:
        """Fails in a thread of its own, which takes nobody along."""
        thread = start_thread(self._fail, "thread")
        thread.join()
        return 6

    @action
    def ask_the_other(self) -> float:
        return self.neighbour.work() + self.neighbour.level

    @action
    def set_the_other(self) -> None:
        self.neighbour.level = 3.0

    def stop(self) -> None:
        self._fail("stop")

    def reconnect(self) -> None:
        self._fail("reconnect")
