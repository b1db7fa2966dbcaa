from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind
from app.interlocks.rules import Rule, read_rule

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

ME = Origin(OriginKind.SCRIPT, "a test")
WITHIN_S = 20.0


class Rig:
    """A bench with a stage, a lamp that has conditions, and rules of the test's own."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    @property
    def stage(self) -> Any:
        return self.bench.thing("stage")

    @property
    def lamp(self) -> Any:
        return self.bench.thing("lamp")

    def start(self, thing: str, action: str, **input: Any) -> Any:
        """Start an action; the invocation."""
        return self.bench.invoke(thing, action, input, ME)

    def run(self, thing: str, action: str, **input: Any) -> Any:
        """Run an action to its end; the invocation."""
        invocation = self.start(thing, action, **input)
        assert invocation.wait_ended(WITHIN_S)
        return invocation

    def write(self, thing: str, name: str, value: Any) -> None:
        self.bench.write(thing, name, value, ME)

    def reset(self, thing: str, name: str) -> None:
        self.bench.reset(thing, name, ME)

    def until(self, what: Callable[[], bool]) -> bool:
        """Look again whenever something happens on the bench."""
        something = threading.Event()
        mailbox = self.bench.bus.subscribe(something.set)
        try:
            while not what():
                if not something.wait(WITHIN_S):
                    return False
                something.clear()
                mailbox.take()
            return True
        finally:
            mailbox.close()


MakeRig = Callable[..., Rig]


@pytest.fixture
def make_rig() -> Iterator[MakeRig]:
    """Opens a bench with rules: (for, requires) or (for, requires, because)."""
    made: list[Bench] = []

    def make(*rules: tuple[str, ...], things: Sequence[tuple[str, str]] = ()) -> Rig:
        classes = things or (("stage", "Stage"), ("lamp", "Lamp"))
        read: tuple[Rule, ...] = tuple(
            read_rule(target.split(), requires, *because) for target, requires, *because in rules
        )
        specs = tuple(ThingSpec(name, f"interlock_instruments:{cls}") for name, cls in classes)
        bench = Bench(BenchSpec("Test bench", specs, None, read))
        bench.open()
        made.append(bench)
        return Rig(bench)

    yield make
    for bench in made:
        for entry in bench.things.values():
            for gate in ("answers", "go"):
                event = getattr(entry.thing, gate, None)
                if event is not None:
                    event.set()
        assert list(bench.close()) == []
