"""Our window under load; prints one line of figures in JSON.

Run with 'many' (a bench of 100 Things), 'beat' (many values, a film and 200 clients) or 'change'
(from a value set in a worker to its repaint and to a websocket).
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import qasync
from load_things import LOAD
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.bench_file import BenchSpec, ThingSpec
from app.garbage import spare_what_stays
from app.program import Program
from app.settings import read_settings
from things.events import ThingState
from ui.composition import Composition

HERE = Path(__file__).parent
THINGS = 100
BUSY = 10
SETTLE_S = 3.0
SECONDS = 15.0
TICK_MS = 10
PATIENCE_S = 60.0
CHANGES = 1000


async def until(what: Callable[[], bool]) -> None:
    """Look again every few milliseconds.

    Raises:
        TimeoutError: It never came.
    """
    async with asyncio.timeout(PATIENCE_S):
        while not what():  # noqa: ASYNC110 - what is looked at tells nobody when it changes
            await asyncio.sleep(0.003)


async def opened(qt: QApplication, spec: BenchSpec, folder: str) -> Composition:
    """The window with every Thing ready and shown as ready."""
    settings = read_settings(port=0, data_folder=Path(folder), lock_folder=Path(folder))
    composed = Composition(qt, Program(spec, settings))
    composed.window.resize(1440, 900)
    composed.window.show()
    composed.start()
    things = composed.session.handle.things.values()
    await until(lambda: all(thing.state is ThingState.READY for thing in things))
    models = [panel.model for panel in composed.panels.panels.values()]
    await until(lambda: all(model.state is ThingState.READY for model in models))
    await until(lambda: bool(composed.session.handle.server.url))
    return composed


async def many(qt: QApplication, folder: str) -> dict[str, float]:
    """Seconds to open 100 Things of 50 affordances, to the first panel, and to close."""
    spec = BenchSpec(
        "Many", tuple(ThingSpec(f"thing_{n}", "load_things:Wide") for n in range(THINGS))
    )
    began_s = time.perf_counter()
    composed = await opened(qt, spec, folder)
    open_s = time.perf_counter() - began_s
    began_s = time.perf_counter()
    composed.panels.show_thing("thing_50")
    panel = composed.panels.panel("thing_50")
    await until(lambda: "level_0" in panel.model.fields and panel.field("level_0").isVisible())
    composed.window.repaint()
    panel_s = time.perf_counter() - began_s
    began_s = time.perf_counter()
    composed.window.hide()
    await composed.close()
    return {"open_s": open_s, "panel_s": panel_s, "close_s": time.perf_counter() - began_s}


async def beat(qt: QApplication, folder: str) -> dict[str, float]:
    """How late a 10 ms timer is, in milliseconds, with everything going on at once."""
    busy = [ThingSpec(f"busy_{n}", "load_things:Busy") for n in range(BUSY)]
    spec = BenchSpec("Busy", (*busy, ThingSpec("film", "load_things:Film")))
    composed = await opened(qt, spec, folder)
    spare_what_stays()  # as the program does some seconds after the window is drawn
    composed.centre.open_live("film", "live")
    url = composed.session.handle.server.url
    command = [sys.executable, str(HERE / "many_clients.py"), url, str(SETTLE_S + SECONDS)]
    clients = asyncio.create_task(asyncio.to_thread(subprocess.check_output, command, text=True))
    await asyncio.sleep(SETTLE_S)
    brought, whole_s, load_s = composed.bridge.brought, time.process_time(), _load_s()
    late: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append((now - last) * 1000 - TICK_MS)
        last = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    await asyncio.sleep(SECONDS)
    timer.stop()
    brought, whole_s = composed.bridge.brought - brought, time.process_time() - whole_s
    load_s = _load_s() - load_s
    feed = composed.viewer.feed
    frames = 0.0 if feed is None else feed.frames_per_s
    answered, failed = json.loads(await clients)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    composed.window.hide()
    await composed.close()
    return {
        "p99_ms": float(np.percentile(late, 99)),
        "worst_ms": max(late),
        "answers_per_s": answered / (SETTLE_S + SECONDS),
        "failed": failed,
        "values_per_s": brought / SECONDS,
        "frames_per_s": frames,
        "things_cpu": 100 * load_s / SECONDS,
        "program_cpu": 100 * (whole_s - load_s) / SECONDS,
        "clients_cpu": 100 * (used.ru_utime + used.ru_stime) / (SETTLE_S + SECONDS),
    }


def _load_s() -> float:
    """The processor time that the Things' own threads have taken, in seconds."""
    ticks = 0
    for thread in threading.enumerate():
        if thread.name.startswith(LOAD):
            said = Path(f"/proc/self/task/{thread.native_id}/stat").read_text(encoding="ascii")
            user, system = said.rpartition(")")[2].split()[11:13]
            ticks += int(user) + int(system)
    return ticks / os.sysconf("SC_CLK_TCK")


class _Repaints(QObject):
    """How long after it was set each value was on the screen, in milliseconds.

    The clock stops when the loop turns again after the painting: by then Qt has handed the
    pixels to the screen.
    """

    def __init__(self, painted: QObject, shown: Callable[[], int]) -> None:
        super().__init__(painted)
        self.late_ms: list[float] = []
        self._shown = shown
        self._last = 0
        painted.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take the time of each value that is painted for the first time."""
        if event.type() is QEvent.Type.Paint and self._shown() != self._last:
            value = self._last = self._shown()
            QTimer.singleShot(
                0, self, lambda: self.late_ms.append(time.monotonic_ns() / 1e6 - value / 1000)
            )
        return False


async def change(qt: QApplication, folder: str) -> dict[str, float]:
    """From a value set in a worker to the window's repaint and to a websocket's client."""
    clock = ThingSpec("clock", "load_things:Clock")
    composed = await opened(qt, BenchSpec("Change", (clock,)), folder)
    composed.panels.show_thing("clock")
    panel = composed.panels.panel("clock")
    await until(lambda: "told" in panel.model.fields and panel.field("told").isVisible())
    field = panel.model.fields["told"]
    repaints = _Repaints(panel.field("told").editor.boxes()[0], lambda: field.confirmed)
    url = composed.session.handle.server.url.replace("http", "ws") + "/clock/ws"
    command = [sys.executable, str(HERE / "listener.py"), url, str(CHANGES)]
    said = await asyncio.to_thread(subprocess.check_output, command, text=True)
    composed.window.hide()
    await composed.close()
    heard_ms = json.loads(said)
    return {
        "painted": len(repaints.late_ms),
        "painted_p50_ms": float(np.percentile(repaints.late_ms, 50)),
        "painted_p99_ms": float(np.percentile(repaints.late_ms, 99)),
        "heard_p50_ms": float(np.percentile(heard_ms, 50)),
        "heard_p99_ms": float(np.percentile(heard_ms, 99)),
    }


MODES = {"many": many, "beat": beat, "change": change}


def main(mode: str) -> None:
    """Measure and print."""
    sys.path.insert(0, str(HERE))
    qt = QApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qt)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder, loop:
        measured = loop.run_until_complete(MODES[mode](qt, folder))
    print(json.dumps(measured), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
