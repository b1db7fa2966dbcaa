"""Takes the pictures of README and docs anew: real windows of the demo bench, doing real work.

    make screenshots
    make screenshots ARGS="--tour FOLDER"        # every view, in every size: tools/tour.py
    make screenshots ARGS="--tour FOLDER 720"    # in one size

Each picture is taken in a process of its own on the current display, which must be at least
3840 x 2160 pixels large.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tour import SIZES, tour

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"

SHOTS = {
    "main-light": (1440, 900, 1, "light"),
    "main-dark": (1440, 900, 1, "dark"),
    "compact-light": (1280, 720, 1, "light"),
    "compact-dark": (1280, 720, 1, "dark"),
    "archive-light": (1440, 900, 1, "light"),
    "archive-dark": (1440, 900, 1, "dark"),
    "4k-light": (1920, 1080, 2, "light"),
    "4k-dark": (1920, 1080, 2, "dark"),
}
"""Name to width, height (in device-independent pixels), scale and scheme."""


def main() -> int:
    """Take all pictures, or those named, or go on a tour; returns an exit code."""
    if sys.argv[1:2] == ["--tour"]:
        return tour(Path(sys.argv[2]), sys.argv[3:] or list(SIZES))
    names = [name for name in sys.argv[1:] if name in SHOTS] or list(SHOTS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in names:
        scale = SHOTS[name][2]
        done = subprocess.run(
            [sys.executable, __file__, "--one", name],
            env={**os.environ, "QT_SCALE_FACTOR": str(scale)},
            check=False,
        )
        failed |= done.returncode
        print(f"{'failed' if done.returncode else 'took'} {name}")
    return failed


def take(name: str) -> int:
    """Take one picture in this process."""
    import qasync
    from PySide6.QtWidgets import QApplication

    from app.bench_file import read_bench_file
    from app.program import Program
    from app.settings import read_settings
    from resources import resource
    from ui.composition import Composition
    from ui.theme import Scheme

    width, height, _, scheme = SHOTS[name]
    with tempfile.TemporaryDirectory() as data:
        settings = read_settings(port=0, data_folder=Path(data))
        program = Program(read_bench_file(resource("benches/demo.toml")), settings)
        qt = QApplication(sys.argv[:1])
        loop = qasync.QEventLoop(qt)
        composed = Composition(qt, program)
        composed.theme.choose(Scheme(scheme))
        composed.window.resize(width, height)
        with loop:
            work = _keep_and_shoot if name.startswith("archive") else _work_and_shoot
            loop.run_until_complete(work(composed, PICTURES / f"{name}.png"))
            loop.run_until_complete(composed.close())
    return 0


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - many things are waited for, none with an event
            await asyncio.sleep(0.05)


async def _work_and_shoot(composed: object, target: Path) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from app.handles import InvocationStatus
    from things.events import ThingState
    from ui.composition import Composition

    assert isinstance(composed, Composition)
    composed.window.show()
    composed.window.activateWindow()
    composed.start()
    bench = composed.session.handle
    camera, stage = bench.things["camera"], bench.things["stage"]
    spectrometer = bench.things["spectrometer"]

    def ended() -> bool:
        return all(each.status.ended for each in bench.invocations())

    await _until(lambda: all(each.state is ThingState.READY for each in bench.things.values()))
    await _until(lambda: bool(bench.server.url))
    await camera.invoke("snap")
    await _until(ended)
    await spectrometer.write("integration_time", 900.0)
    await spectrometer.invoke("take_spectrum")
    await camera.invoke("acquire_stack", {"planes": 21})
    await _until(ended)
    await camera.write("exposure", 40.0)
    await camera.invoke("snap")
    await _until(ended)
    await stage.write("speed", 0.5)
    await camera.invoke("autofocus", {"steps": 60})
    await _until(
        lambda: any(
            each.status is InvocationStatus.RUNNING and each.progress and each.progress[0].done > 20
            for each in bench.invocations()
        )
    )
    await camera.invoke("snap")
    box = composed.panels.panel("camera").field("exposure").editor.boxes()[0]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, "-3")
    QTest.keyClick(box, Qt.Key.Key_Return)
    await asyncio.sleep(0.3)
    for notice in composed.window.notices.shown:
        notice.close_button.click()
    composed.window.grab().save(str(target))


async def _keep_and_shoot(composed: object, target: Path) -> None:
    """The archive with a morning's work in it, and how one picture was made."""
    from app.handles import Stamp
    from things.events import ThingState
    from ui.composition import Composition

    assert isinstance(composed, Composition)
    composed.window.show()
    composed.start()
    bench, page = composed.session.handle, composed.archive_page
    camera, stage, archive = bench.things["camera"], bench.things["stage"], bench.archive
    assert page is not None
    assert archive is not None

    def ended() -> bool:
        return all(each.status.ended for each in bench.invocations())

    await _until(lambda: all(each.state is ThingState.READY for each in bench.things.values()))
    await bench.set_stamp(Stamp("Ada", "Onion 7", "Monday"))
    for number in range(11):
        await camera.write("exposure", 10.0 + 8 * (number % 4))
        await stage.invoke("move_to", {"x": 3.0 * number, "y": 12.0 * (number % 3)})
        await _until(ended)
        run = await camera.invoke("snap")
        await _until(ended)
        await archive.keep(run.id, tags=["sharp"] if number % 3 else ["overview", "sharp"])
    composed.window.pages.show_archive()
    await _until(lambda: page.model.total == 11)
    file = page.model.files[3]
    await archive.update(file.id, notes="The nucleus at the right edge divides.")
    page.gallery.show_file(file.id)
    await _until(lambda: all(page.gallery.thumbnails.picture(each) for each in page.model.files))
    await asyncio.sleep(1.0)
    for notice in composed.window.notices.shown:
        notice.close_button.click()
    composed.window.grab().save(str(target))


if __name__ == "__main__":
    sys.exit(take(sys.argv[2]) if sys.argv[1:2] == ["--one"] else main())
