"""What two fair locks are to do, whoever asks: a model for `test_racing`."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

THINGS = ("left", "right")

Op = tuple[Any, ...]
"""One of ('start', run, thing, action), ('let go', run), ('cancel', run), ('write', value, thing),
and ('stop',). In an order of the model also ('give up', value), ('refuse', value),
('stop', *spared) and ('ask late', run)."""


class Model:
    """Two fair locks and those who have or want them; runs are numbered by who starts them.

    Attributes:
        stands: Run to 'pauses on ...', 'waits', or how it ended.
        writes: Value to 'written' or 'busy'.
        levels: What was written last.
        line: For each Thing, who holds it, then who waits.
    """

    def __init__(self) -> None:
        self.stands: dict[int, str] = {}
        self.writes: dict[int, str] = {}
        self.levels = dict.fromkeys(THINGS, 0)
        self.line: dict[str, list[int]] = {name: [] for name in THINGS}
        self._asked: dict[int, tuple[str, str]] = {}

    def after(self, *ops: Op) -> Model:
        """How it stands when these have been done one by one."""
        model = copy.deepcopy(self)
        steps: dict[str, Callable[..., None]] = {
            "start": model._start,
            "let go": model._let_go,
            "cancel": model._cancel,
            "stop": model._stop,
            "ask late": model._cancel,
            "write": model._write,
            "give up": model._give_up,
            "refuse": model._refuse,
        }
        for what, *about in ops:
            steps[what](*about)
        return model

    def deaf(self, thing: str) -> list[int]:
        """Those in line that would hear of no cancellation once they had begun."""
        return [run for run in self.line[thing] if run > 0 and self._asked[run][1] == "deaf"]

    def _start(self, run: int, thing: str, action: str) -> None:
        self._asked[run] = thing, action
        if action == "beside":
            self.stands[run] = f"pauses on {thing}"
        else:
            self._want(run, thing)

    def _want(self, run: int, thing: str) -> None:
        self.line[thing].append(run)
        holder = self.line[thing][0]
        if holder == run:
            self.stands[run] = f"pauses on {thing}"
        elif self.stands[holder] == "waits" and self._holds(run):
            self._end(run, "error DeadlockError")  # with two Things there is no longer circle
        else:
            self.stands[run] = "waits"

    def _holds(self, run: int) -> bool:
        return any(line[:1] == [run] for line in self.line.values())

    def _let_go(self, run: int) -> None:
        thing, action = self._asked[run]
        if not self._paused(run):
            return
        if action == "reach" and self.stands[run] == f"pauses on {thing}":
            self._want(run, other(thing))
        else:
            self._end(run, "completed")

    def _cancel(self, run: int) -> None:
        if self.stands[run] == "waits" or (self._paused(run) and self._asked[run][1] != "deaf"):
            self._end(run, "cancelled")

    def _stop(self, *spared: int) -> None:
        """Those that hold nothing first: none of them gets its turn because of another's end."""
        for run in sorted(self.stands, key=self._holds):
            if run not in spared:
                self._cancel(run)

    def _paused(self, run: int) -> bool:
        return self.stands[run].startswith("pauses")

    def _write(self, value: int, thing: str) -> None:
        """It stands in line as well, for a short time; there its number is below nought."""
        self.writes[value] = "busy"
        self.line[thing].append(-value)
        if self.line[thing][0] == -value:
            self._pass_on(thing)

    def _give_up(self, value: int) -> None:
        for line in self.line.values():
            if -value in line:
                line.remove(-value)

    def _refuse(self, value: int) -> None:
        self.writes[value] = "busy"

    def _end(self, run: int, how: str) -> None:
        self.stands[run] = how
        for thing, line in self.line.items():
            held = line[:1] == [run]
            if run in line:
                line.remove(run)
            if held:
                self._pass_on(thing)

    def _pass_on(self, thing: str) -> None:
        """Who is first in line has it now; a write is over at once."""
        line = self.line[thing]
        while line and line[0] < 0:
            self.levels[thing] = -line.pop(0)
            self.writes[self.levels[thing]] = "written"
        if line:
            self.stands[line[0]] = f"pauses on {thing}"


def other(thing: str) -> str:
    return THINGS[1 - THINGS.index(thing)]


def orders(ops: Sequence[Op], model: Model) -> Iterator[Sequence[Op]]:
    """Every order in which it may come about what was asked at once.

    A write that waits gives up at some time. Stopping asks one run after the other: one that is
    let go may be asked late, and so may a deaf one of each line, which gets its turn and begins.
    """
    parts: list[Op] = [op for op in ops if op != ("stop",)]
    if ("stop",) in ops:  # it refuses whoever has not got the lock by then, free though it may be
        refused = [("refuse", value) for what, value, *_ in parts if what == "write"]
        yield from _in_order([*(op for op in parts if op[0] != "write"), *refused, ("stop",)])
    parts += [("give up", value) for what, value, *_ in parts if what == "write"]
    if ("stop",) not in ops:
        yield from _in_order(parts)
        return
    let_go = [[None, run] for what, run, *_ in parts if what == "let go"]
    deaf = [[None, *model.deaf(thing)] for thing in THINGS]
    for lucky in itertools.product(*let_go, *deaf):
        spared = {run for run in lucky if run is not None}
        late: list[Op] = [("ask late", run) for run in spared]
        yield from _in_order([*parts, ("stop", *spared), *late])


def _in_order(parts: Sequence[Op]) -> Iterator[Sequence[Op]]:
    """The permutations in which nobody gives up before he has asked, nor is late too early."""
    for order in itertools.permutations(parts):
        place = {(what, *about[:1]): number for number, (what, *about) in enumerate(order)}
        stopped = next((number for (what, *_), number in place.items() if what == "stop"), -1)
        if all(
            number > (place["write", about[0]] if what == "give up" else stopped)
            for (what, *about), number in place.items()
            if what in ("give up", "ask late")
        ):
            yield order
