"""What two fair locks are to do, whoever asks: a model for `test_racing`."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

THINGS = ("left", "right")

Op = tuple[Any, ...]
"""One of ('start', run, thing, action), ('let go', run), ('cancel', run), ('stop',), and
('write', value, thing)."""


class Model:
    """Two fair locks and those who have or want them; runs are numbered by who starts them.

    Attributes:
        stands: Run to 'pauses on ...', 'waits', or how it ended.
        writes: Value to 'written' or 'busy'.
        levels: What was written last.
    """

    def __init__(self) -> None:
        self.stands: dict[int, str] = {}
        self.writes: dict[int, str] = {}
        self.levels = dict.fromkeys(THINGS, 0)
        self.line: dict[str, list[int]] = {name: [] for name in THINGS}
        """Who holds each, first, and who waits, in order."""
        self._asked: dict[int, tuple[str, str]] = {}

    def after(self, *ops: Op) -> list[Model]:
        """How it may stand when these have been done one by one."""
        models = [copy.deepcopy(self)]
        for what, *about in ops:
            if what == "stop":
                models = [each for model in models for each in model._stopped()]
                continue
            for model in models:
                steps: dict[str, Callable[..., None]] = {
                    "start": model._start,
                    "let go": model._let_go,
                    "cancel": model._cancel,
                    "write": model._write,
                }
                steps[what](*about)
        return models

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

    def _stopped(self) -> Iterator[Model]:
        """One is asked to stop after the other: a deaf one may have got its turn before it is."""
        deaf = [
            [None, *(run for run in line[1:] if self._asked[run][1] == "deaf")]
            for line in self.line.values()
        ]
        for lucky in itertools.product(*deaf):
            model = copy.deepcopy(self)
            for run in sorted(self.stands, key=lambda run: (run in lucky, self._paused(run))):
                model._cancel(run)
            yield model

    def _paused(self, run: int) -> bool:
        return self.stands[run].startswith("pauses")

    def _write(self, value: int, thing: str) -> None:
        self.writes[value] = "busy" if self.line[thing] else "written"
        if not self.line[thing]:
            self.levels[thing] = value

    def _end(self, run: int, how: str) -> None:
        self.stands[run] = how
        for thing, line in self.line.items():
            held = line[:1] == [run]
            if run in line:
                line.remove(run)
            if held and line:
                self.stands[line[0]] = f"pauses on {thing}"


def other(thing: str) -> str:
    return THINGS[1 - THINGS.index(thing)]
