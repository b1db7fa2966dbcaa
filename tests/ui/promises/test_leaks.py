"""What is opened and closed again and again leaves nothing behind."""

from __future__ import annotations

import gc
import resource
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from app.bench_file import BenchSpec, ThingSpec
from app.program import Program
from app.settings import read_settings
from things.events import ThingState
from ui.composition import Composition
from ui.panels.depth import Depth
from ui.panels.panel_window import PanelWindow
from ui.theme import Theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.conftest import RunCoroutine
    from tests.ui.promises.conftest import OpenWindow

PATIENCE_MS = 20_000
FDS, MEMORY = Path("/proc/self/fd"), Path("/proc/self/statm")
WARM = 3
"""So many rounds fill caches of fonts, icons and modules before anything is counted."""

MOST_MB = 60
"""What a soak may add to the memory of the process: a log that fills, arenas of the allocator."""

MOST_FILES = 2
"""A database opens one for its journal when it needs it, however often windows are opened."""

OURS = ("ui.", "app.", "things.")
NOTES = (
    "ui.beat",
    "ui.activity.log_feed",
    "app.archive.scrubbing",
    "app.archive.sweeping",
    "app.event_bus",
    "app.server.event_feed",
    "things.events",
)
"""Modules whose objects come and go with what happens, up to a bound of their own."""


class Count:
    """How much there is of everything that could be left behind."""

    def __init__(self) -> None:
        settle()
        self.found = Counter(name for each in gc.get_objects() if (name := name_of(each)))
        self.found["widgets"] = len(QApplication.allWidgets())
        self.found["Qt's objects in windows"] = sum(
            len(window.findChildren(QObject)) for window in QApplication.topLevelWidgets()
        )
        self.found["files"] = len(list(FDS.iterdir())) if FDS.exists() else 0
        # Workers carry a number; what they are called without it is what they are for. A thread of
        # Qt's that called Python once is a dummy for ever: those are counted by the system.
        self.found.update(
            f"thread {thread.name.rstrip('0123456789')}"
            for thread in threading.enumerate()
            if not isinstance(thread, threading._DummyThread)
        )
        pages = int(MEMORY.read_text().split()[1]) if MEMORY.exists() else 0
        self.mb = pages * resource.getpagesize() / 2**20

    def grown_since(self, before: Count) -> dict[str, int]:
        """What there is more of; nothing where all is as it was."""
        grown = self.found - before.found
        if grown["files"] <= MOST_FILES:
            del grown["files"]
        return dict(grown)


def name_of(each: object) -> str:
    """The class of one of our objects; '' for anybody else's."""
    module = str(type(each).__module__)
    if not module.startswith(OURS) or module in NOTES:
        return ""
    return f"{module}.{type(each).__name__}"


def let_go() -> None:
    """Delete what is only waiting to be deleted."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def settle() -> None:
    """Let everything go that nobody holds any more."""
    for _ in range(2):
        let_go()
        gc.collect()


def rounds(few: int) -> Callable[..., object]:
    """A few in every run of the tests, 200 in a soak."""
    soak = pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(0)])
    return pytest.mark.parametrize("times", [few, soak])


@rounds(8)
def test_panels_opened_and_closed_leave_nothing(open_window: OpenWindow, times: int) -> None:
    real = open_window(probe="OneOfEach", slow="Slow", scanner="Scanner")

    def open_and_close() -> None:
        panel = real.panels.panel("probe")
        for depth in (Depth.EVERYTHING, Depth.ROW, Depth.PANEL):
            panel.set_depth(depth)
            QApplication.processEvents()
        panel.pop_out_asked.emit()
        popped = real.window.findChildren(PanelWindow)
        assert len(popped) == 1
        popped[0].close()
        real.window.open_palette()
        real.window.palette_box.close_palette()
        let_go()
        # Bodies are built a slice at a time: all of it is to be counted, or nothing.
        for each in real.panels.panels.values():
            each.body.finish()

    for _ in range(WARM):
        open_and_close()
    before = Count()
    for _ in range(times):
        open_and_close()
    after = Count()

    assert after.grown_since(before) == {}
    assert after.mb - before.mb < MOST_MB


@rounds(20)
def test_tabs_and_runs_that_are_over_leave_nothing(open_window: OpenWindow, times: int) -> None:
    real = open_window(watcher="Watcher")
    viewer = real.composed.viewer
    watcher = real.thing("watcher")
    handle = real.composed.session.handle.things["watcher"]

    def open_and_close() -> None:
        real.panels.live_requested.emit("watcher", "live")
        real.until(lambda: viewer.feed is not None)
        assert watcher.live.watched
        for page in list(viewer.pages):
            viewer.tabs.close_asked.emit(page.key)
        real.until(lambda: not watcher.live.watched)
        let_go()

    for _ in range(WARM):
        open_and_close()
    before = Count()
    for _ in range(times):
        open_and_close()

    assert Count().grown_since(before) == {}
    assert handle.state is ThingState.READY


@rounds(3)
def test_windows_opened_and_closed_leave_nothing(
    qapp: QApplication,
    qtbot: QtBot,
    theme: Theme,
    run: RunCoroutine,
    tmp_path: Path,
    times: int,
) -> None:
    def open_and_close() -> None:
        things = tuple(
            ThingSpec(name, f"promised_instruments:{path}")
            for name, path in (("probe", "OneOfEach"), ("watcher", "Watcher"))
        )
        spec = BenchSpec("A bench", things, None)
        program = Program(spec, read_settings(port=0, data_folder=tmp_path))
        composed = Composition(qapp, program, theme=theme)
        composed.window.show()
        composed.start()
        states = composed.session.handle.things
        qtbot.waitUntil(
            lambda: (
                bool(program.server_info.url)
                and all(each.state is ThingState.READY for each in states.values())
            ),
            timeout=PATIENCE_MS,
        )
        qtbot.waitUntil(
            lambda: "gain" in composed.panels.panel("probe").model.fields, timeout=PATIENCE_MS
        )
        run(composed.close())
        composed.window.hide()
        composed.window.deleteLater()
        composed.deleteLater()

    for _ in range(WARM):
        open_and_close()
    before = Count()
    for _ in range(times):
        open_and_close()
    after = Count()

    assert after.grown_since(before) == {}
    assert after.mb - before.mb < MOST_MB
