"""STOP ALL, circles of waiting and a blocked Qt thread, in a window that is busy.

Prints one line of figures in JSON. All workers hang, as many actions run as may, one of them hears
of no cancellation, a thousand values a second and a film of 4 megapixels come in.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import qasync
from our_window import HERE, until
from PySide6.QtWidgets import QApplication

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind
from app.program import Program, end_without_waiting
from app.settings import read_settings
from things.events import ThingState
from ui.composition import Composition

ROUNDS = 100
ARMS = 20
LIMIT = 100
BUSY = 10
BLOCKED_S = 10.0
ME = Origin(OriginKind.SCRIPT, "a benchmark")

SPEC = BenchSpec(
    "Stopped",
    (
        *(ThingSpec(f"arm_{n}", "stopped_things:Arm") for n in range(ARMS)),
        ThingSpec("deaf", "stopped_things:Deaf"),
        ThingSpec("mute", "stopped_things:Mute"),
        *(
            ThingSpec(f"ring_{n}", "stopped_things:Ring", slots={"following": f"ring_{after}"})
            for n, after in ((0, 1), (1, 2), (2, 0))
        ),
        *(ThingSpec(f"busy_{n}", "load_things:Busy") for n in range(BUSY)),
        ThingSpec("film", "load_things:Film"),
    ),
)
STOPPED = [*(f"arm_{n}" for n in range(ARMS)), "deaf", "mute"]


class Client:
    """The client in its own process."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "stop_client.py"), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def tell(self, line: str) -> dict[str, Any]:
        """Have it do something; blocks until it has."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        done: dict[str, Any] = json.loads(self._process.stdout.readline())
        return done

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def saturate(bench: Bench) -> None:
    """Start actions until no more may run: most at once, some in line; wait for no disk."""
    for number in range(LIMIT - len(bench.actions.active)):
        name = "move_alone" if number % 3 == 0 else "move"
        bench.start(f"arm_{number % ARMS}", name, {}, ME)


def last_stop_s(bench: Bench) -> float:
    """When the last of all Things was told to stop."""
    things: list[Any] = [bench.thing(name) for name in STOPPED]
    return max(float(thing.stopped_s) for thing in things)


async def stops(composed: Composition, bench: Bench, client: Client) -> dict[str, float]:
    """How long it took, from the click and from a client's request, in milliseconds."""
    told: dict[str, list[float]] = {"window": [], "network": []}
    answered: dict[str, list[float]] = {"window": [], "network": []}
    for number in range(2 * ROUNDS):
        await asyncio.to_thread(saturate, bench)
        way = "window" if number % 2 else "network"
        if way == "window":
            asked_s = time.monotonic()
            reports = await composed.session.handle.stop_all()
            answered_s = time.monotonic()
            names = [report.thing for report in reports if report.answered]
        else:
            done = await asyncio.to_thread(client.tell, "stop")
            asked_s, answered_s = done["asked_s"], done["answered_s"]
            names = [report["thing"] for report in done["things"] if report["answered"]]
        if set(names) != set(STOPPED):
            raise RuntimeError(f"not all answered: {names}")
        told[way].append(last_stop_s(bench) - asked_s)
        answered[way].append(answered_s - asked_s)
        await until(lambda: len(bench.actions.active) == 1)  # the deaf one
    return {
        f"{what}_{way}_ms": 1000 * max(times[way])
        for what, times in (("told", told), ("answered", answered))
        for way in times
    }


async def words(composed: Composition, bench: Bench) -> dict[str, str]:
    """What is said of one that answers and of one that does not."""
    mute: Any = bench.thing("mute")
    mute.answers = False
    reports = {each.thing: each for each in await composed.session.handle.stop_all()}
    mute.answers = True
    return {
        name: reports[name].reason or f"stopped in {reports[name].took_s * 1000:.0f} ms"
        for name in ("arm_0", "mute")
    }


def circles(bench: Bench) -> float:
    """The longest until a circle of three was found, in milliseconds."""
    rings: list[Any] = [bench.thing(f"ring_{n}") for n in range(3)]
    worst_s = 0.0
    for _ in range(ROUNDS):
        runs = [bench.invoke(ring.name, "reach", {}, ME) for ring in rings]
        ended = [run.wait_ended(30) for run in runs]
        found = [ring.found_s for ring in rings if ring.found_s is not None]
        if not all(ended) or len(found) != 1:
            raise RuntimeError(f"{len(found)} of three were refused")
        worst_s = max(worst_s, found[0])
        for ring in rings:
            ring.found_s = None
            usable = bench.invoke(ring.name, "touch", {}, ME)
            if not usable.wait_ended(30) or usable.result != 1:
                raise RuntimeError(f"{ring.name} cannot be used afterwards")
    return worst_s * 1000


async def measured(qt: QApplication, folder: str) -> dict[str, Any]:
    """All figures."""
    settings = read_settings(
        port=0, data_folder=Path(folder), lock_folder=Path(folder), max_invocations=LIMIT
    )
    program = Program(SPEC, settings)
    composed = Composition(qt, program)
    composed.window.resize(1440, 900)
    composed.window.show()
    composed.start()
    things = composed.session.handle.things.values()
    await until(lambda: all(thing.state is ThingState.READY for thing in things))
    await until(lambda: bool(composed.session.handle.server.url))
    composed.centre.open_live("film", "live")
    bench = program.bench
    found: dict[str, Any] = {"circle_ms": await asyncio.to_thread(circles, bench)}
    client = Client(composed.session.handle.server.url)
    blocked = asyncio.create_task(asyncio.to_thread(client.tell, f"ask {BLOCKED_S}"))
    await asyncio.sleep(0.2)
    time.sleep(BLOCKED_S)  # noqa: ASYNC251 - the Qt thread hears of nothing
    found["blocked"] = await blocked
    held = threading.Event()
    hung = [bench.workers.submit(held.wait) for _ in range(200)]
    bench.invoke("deaf", "ignore", {}, ME)
    found.update(await stops(composed, bench, client))
    found["words"] = await words(composed, bench)
    held.set()
    client.close()
    composed.bridge.close()
    await composed.tasks.close()
    composed.decoder.close()
    found["hung"] = len(hung)
    return found


def main() -> None:
    """Measure and print; the deaf action goes on, so the process ends without waiting."""
    sys.path.insert(0, str(HERE))
    logging.disable(logging.CRITICAL)
    qt = QApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qt)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder:
        try:
            print(json.dumps(loop.run_until_complete(measured(qt, folder))), flush=True)
        except Exception:
            traceback.print_exc()
            end_without_waiting(1)
    end_without_waiting()


if __name__ == "__main__":
    main()
