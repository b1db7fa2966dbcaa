"""A process that really has no memory left: the run ends as error, and the next one works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, resource, sys
import numpy as np
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind
from things import Thing, action, progress, property

class Hungry(Thing):
    "Takes all the memory there is."

    @action
    def one_large(self) -> int:
        return int(np.ones((2**34,), np.uint8).sum())

    @action
    def many_small(self) -> int:
        kept = []
        for number in progress(range(10**9), label="objects"):
            kept.append({"number": number, "text": str(number) * 3})
        return len(kept)

    @action
    def in_a_row(self) -> int:
        kept = []
        while True:
            kept.append(bytearray(2**20))

    @property
    def level(self) -> float:
        return float(len(bytearray(2**40)))

    @action
    def work(self) -> int:
        return 7

me = Origin(OriginKind.SCRIPT)
with Bench(BenchSpec("Memory", (ThingSpec("hungry", "__main__:Hungry"),))) as bench:
    bench.invoke("hungry", "work", {}, me).wait_ended(30)
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 150 * 2**20,) * 2)
    found = []
    for name in sys.argv[1:]:
        if name == "level":
            try:
                bench.read("hungry", "level")
            except MemoryError as error:
                found.append([name, "error", type(error).__name__])
            continue
        run = bench.invoke("hungry", name, {}, me)
        ended = run.wait_ended(90)
        problem = run.problem
        found.append([name, run.status.value, problem.title if problem else run.result])
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a limit of memory that is kept to is Linux's")
@pytest.mark.parametrize("way", ["one_large", "many_small", "in_a_row", "level"])
def test_a_run_that_takes_all_memory_ends_as_error_and_the_next_works(
    way: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, way, "work", way, "work"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 0, done.stderr
    kind = json.loads(done.stdout)[0][2]
    # numpy has one of its own; and C code that finds no memory may fail to say even that.
    assert kind.endswith(("MemoryError", "SystemError"))
    assert json.loads(done.stdout) == [
        [way, "error", kind],
        ["work", "completed", 7],
        [way, "error", kind],
        ["work", "completed", 7],
    ]
