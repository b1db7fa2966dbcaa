"""Every view of the window, one after the other, in light and dark and in every size.

    make screenshots ARGS="--tour FOLDER"

A tour is for looking at: whoever changes the window looks through its pictures before anybody
else has to. Each view is brought about by what an operator would do.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

SIZES: Mapping[str, tuple[int, int, int]] = {
    "720": (1280, 720, 1),
    "900": (1440, 900, 1),
    "1080": (1920, 1080, 1),
    "4k1": (3840, 2160, 1),
    "4k2": (1920, 1080, 2),
}
"""Name to width and height in device-independent pixels, and scale."""

SCHEMES = ("light", "dark")
PATIENCE_S = 120.0
BENCH = Path(__file__).with_name("tour.toml")
EMPTY_BENCH = 'title = "An empty bench"\n'


def tour(folder: Path, sizes: list[str]) -> int:
    """Take every view in every size, each size in a process of its own; returns an exit code."""
    failed = 0
    for size in sizes:
        for part in ("views", "empty"):
            target = folder / size
            target.mkdir(parents=True, exist_ok=True)
            done = subprocess.run(
                [sys.executable, __file__, size, part, str(target)],
                env={**os.environ, "QT_SCALE_FACTOR": str(SIZES[size][2])},
                check=False,
            )
            failed |= done.returncode
            print(f"{'failed' if done.returncode else 'took'} {size}, {part}")
    return failed


def take(size: str, part: str, folder: Path) -> int:
    """Take the views of one size in this process."""
    import qasync
    from PySide6.QtWidgets import QApplication

    from app.bench_file import read_bench_file
    from app.program import Program
    from app.settings import read_settings
    from ui.composition import Composition

    width, height, _ = SIZES[size]
    with tempfile.TemporaryDirectory() as data:
        bench = BENCH
        if part == "empty":
            bench = Path(data) / "empty.toml"
            bench.write_text(EMPTY_BENCH, encoding="utf-8")
        settings = read_settings(
            port=0, data_folder=Path(data), dev=True, close_wait_s=1.0, stuck_after_s=1.0
        )
        program = Program(read_bench_file(bench), settings)
        qt = QApplication(sys.argv[:1])
        loop = qasync.QEventLoop(qt)
        composed = Composition(qt, program, welcome=part == "empty")
        composed.window.resize(width, height)
        guide = Guide(composed, folder)
        with loop:
            loop.run_until_complete(guide.empty() if part == "empty" else guide.views())
            loop.run_until_complete(composed.close())
    # A run of the tour ignores being cancelled, on purpose: nothing is to wait for it.
    sys.stdout.flush()
    os._exit(0)


class Guide:
    """Leads through the views of one window.

    Args:
        composed: The window, not yet shown.
        folder: Where pictures go.
    """

    def __init__(self, composed: Any, folder: Path) -> None:
        self.composed = composed
        self.window = composed.window
        self.panels = composed.panels
        self.viewer = composed.viewer
        self.bench = composed.session.handle
        self._folder = folder

    async def empty(self) -> None:
        """A bench without Things, and the greeting."""
        await self._open()
        await self.shoot("welcome")
        for page in self.window.findChildren(self._class("ui.welcome", "WelcomePage")):
            page.close_page()
        await self.shoot("empty-bench")
        self.window.pages.show_archive()
        await asyncio.sleep(0.5)
        await self.shoot("archive-empty")
        self.window.pages.show_bench()

    async def views(self) -> None:
        """All the others."""
        await self._open()
        await self._until(lambda: self._is("camera", "ready") and self._is("everything", "ready"))
        await asyncio.sleep(1.0)
        await self.shoot("begin")
        for scene in (
            self._busy,
            self._fields,
            self._depths,
            self._troubles,
            self._pictures,
            self._plots,
            self._activity,
            self._archive,
            self._boxes,
            self._dialogs,
        ):
            try:
                await scene()
            except Exception as error:  # one view less; the others are wanted all the same
                print(f"{scene.__name__}: {type(error).__name__}: {error}")

    # Views.

    async def _busy(self) -> None:
        camera, stage = self.bench.things["camera"], self.bench.things["stage"]
        await camera.invoke("snap")
        await self.bench.things["spectrometer"].write("integration_time", 900.0)
        await self.bench.things["spectrometer"].invoke("take_spectrum")
        await camera.invoke("acquire_stack", {"planes": 21})
        await self._ended()
        await camera.write("exposure", 40.0)
        await camera.invoke("snap")
        await self._ended()
        await self.bench.things["everything"].invoke("explode", {"message": "bang " * 30})
        await self.bench.things["hanging"].invoke("take_spectrum")
        await stage.write("speed", 0.4)
        await camera.invoke("autofocus", {"steps": 60})
        await self._until(
            lambda: any(run.progress and run.progress[0].done > 8 for run in self.running())
        )
        await camera.invoke("snap")
        await self.shoot("busy")
        for run in self.running():
            await self.bench.cancel(run.id)
        await self._until(lambda: any(run.stuck for run in self.running()))
        await self.shoot("stuck")

    async def _fields(self) -> None:
        self.panels.show_property("camera", "exposure")
        await asyncio.sleep(0.4)
        self._type("camera", "exposure", "-3", enter=True)
        self._type("camera", "gain", "7")
        await self.shoot("refused-and-edited")
        self.panels.panel("camera").field("exposure").model.revert()
        self.panels.panel("camera").field("gain").model.revert()
        self.panels.show_action("stage", "home")
        await self.shoot("interlocked")

    async def _depths(self) -> None:
        depth = self._class("ui.panels.depth", "Depth")
        for each in depth:
            self.panels.panel("camera").set_depth(each)
            self.panels.show_thing("camera") if each is not depth.ROW else None
            await self.shoot(f"depth-{each.value}")
        panel = self.panels.panel("camera")
        panel.pop_out_asked.emit()
        await asyncio.sleep(0.5)
        window = self._class("ui.panels.panel_window", "PanelWindow")
        for popped in self.window.findChildren(window):
            popped.resize(980, 760)
            await self.shoot("popped-out", popped)
            popped.close()
        panel.set_depth(depth.PANEL)
        self.panels.show_thing("everything")
        await asyncio.sleep(2.0)
        await self.shoot("long-names")

    async def _troubles(self) -> None:
        await self._until(lambda: self._is("laser", "failed"))
        for name in ("laser", "shutter"):
            self.panels.show_thing(name)
            await self.shoot(name)

    async def _pictures(self) -> None:
        import numpy as np

        from app.handles import Picture

        rng = np.random.default_rng(5)
        y, x = np.mgrid[0:600, 0:900]
        colour = np.stack([x * 255 // 900, y * 255 // 600, (x + y) % 256], -1).astype(np.uint8)
        wave = (np.sin(x / 40) * np.cos(y / 30) * 1e-3).astype(np.float32)
        big = rng.integers(200, 4000, (6000, 8000), dtype=np.uint16)
        stack = rng.integers(0, 3000, (3, 2, 9, 256, 320), dtype=np.uint16)
        await self.shoot("sixteen-bit")
        for name, picture in (
            ("colour", Picture(colour)),
            ("float", Picture(wave, 0.5)),
            ("big", Picture(big, 0.1, 4095)),
            ("stack", Picture(stack, 0.325, 4095, "TCZ")),
        ):
            self.viewer.show_picture(name, name.capitalize(), picture)
            await self.shoot(name)
        await self._measure()
        self.viewer.set_tiled(True)
        await self.shoot("tiles")
        self.viewer.set_tiled(False)
        self.viewer.made_button.click()
        self.viewer.choose_page("camera")
        await asyncio.sleep(0.5)
        await self.shoot("how-made")
        self.viewer.made_button.click()
        self.panels.live_requested.emit("camera", "live")
        await asyncio.sleep(2.5)
        await self.shoot("live")
        await self.bench.things["everything"].invoke("big_blob", {"mib": 1})
        await asyncio.sleep(2.0)
        await self.shoot("file")

    async def _measure(self) -> None:
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        tool = self._class("ui.viewer.canvas", "Tool")
        self.viewer.choose_page("camera")
        await asyncio.sleep(0.3)
        area = self.viewer.area
        middle = area.canvas.rect().center()
        left = Qt.MouseButton.LeftButton
        for each, name in ((tool.RECTANGLE, "rectangle"), (tool.LINE, "profile")):
            area.strip.tool_button(each).click()
            QTest.mousePress(area.canvas, left, pos=middle - QPoint(120, 60))
            QTest.mouseMove(area.canvas, middle)
            QTest.mouseMove(area.canvas, middle + QPoint(100, 60))
            QTest.mouseRelease(area.canvas, left, pos=middle + QPoint(100, 60))
            await self.shoot(name)
        area.strip.tool_button(tool.PAN).click()
        colours = area.levels.colours
        colours.setCurrentIndex(colours.findData("inferno"))
        colours.activated.emit(colours.currentIndex())
        await self.shoot("colour-map")

    async def _plots(self) -> None:
        key = self._class("ui.plots.plottable", "SeriesKey")
        self.window.plot_values(
            [
                key("thermostat", "temperature"),
                key("thermostat", "target"),
                key("stage", "position", ("x",)),
            ]
        )
        await self.bench.things["thermostat"].write("target", 39.0)
        await asyncio.sleep(8.0)
        await self.shoot("plot")

    async def _activity(self) -> None:
        rows = self.window.activity.findChildren(self._class("ui.activity.row", "ActivityRow"))
        shown = [row for row in rows if row.isVisible()]
        if shown:
            shown[-1].chevron.click()
            await self.shoot("activity-unfolded")
            shown[-1].chevron.click()
        self.window.activity.show_page("history")
        await asyncio.sleep(1.0)
        await self.shoot("history")
        self.window.activity.show_page("log")
        await self.shoot("log")
        self.window.activity.show_page("activity")

    async def _archive(self) -> None:
        camera, archive = self.bench.things["camera"], self.bench.archive
        page = self.composed.archive_page
        await self.bench.set_stamp(replace(self.bench.stamp, operator="Ada", sample="onion skin"))
        for number in range(12):
            await camera.write("exposure", 5.0 + 7 * number)
            started = await camera.invoke("snap")
            await self._ended()
            await archive.keep(started.id, tags=["sharp"] if number % 3 else ["test", "drifted"])
        for name, text in (("A name that goes on " * 4, "x"), ("values", "1,2\n3,4\n")):
            source = self._folder / "note.csv"
            source.write_text(text, encoding="utf-8")
            await archive.put(source, name=name, notes="Nobody knows where this came from.")
            source.unlink()
        keeping = self.composed.keeping
        await camera.invoke("snap")
        await self._ended()
        await self._until(lambda: not keeping.as_button.isHidden())
        keeping.as_button.click()
        await self._until(lambda: bool(keeping.popover.name.text()))
        keeping.popover.tags.setText("sharp, left edge")
        keeping.popover.notes.setPlainText("The left edge is out of focus.")
        await self.shoot("keep-as")
        keeping.popover.close_popover()
        room = self.window.top_bar.room_button
        room.look()
        room.click()
        await asyncio.sleep(0.5)
        await self.shoot("room")
        room.popover.close_popover()
        await self.shoot("kept")
        self.window.pages.show_archive()
        await self._until(lambda: page.model.total is not None and page.model.total >= 14)
        await asyncio.sleep(1.5)
        await self.shoot("archive")
        pictures = [file for file in page.model.files if file.extension == "png"]
        page.grid.select_only(pictures[4].id)
        await asyncio.sleep(0.8)
        await self.shoot("archive-details")
        before = set(self._shown())
        page.details.restore_button.click()
        await self._until(lambda: bool(page.restoring and page.restoring.boxes))
        await self._shoot_new("restore", before)
        page.gallery.show_pictures_with("camera", "exposure", 33.0, "33.0 ms")
        await self._until(lambda: page.model.total == 1)
        await asyncio.sleep(0.8)
        await self.shoot("archive-with-value")
        page.gallery.filters.more_button.click()
        await asyncio.sleep(0.3)
        await self.shoot("archive-more-filters")
        page.gallery.more.close_popover()
        page.gallery.filters.clear()
        for file in pictures[:2]:
            await archive.trash(file.id)
        page.gallery.filters.state.setCurrentIndex(1)
        page.gallery.filters.state.activated.emit(1)
        await self._until(lambda: page.model.total == 2)
        await asyncio.sleep(0.8)
        await self.shoot("archive-trash")
        page.gallery.filters.clear()
        page.gallery.filters.search.setText("nothing like it")
        await self._until(lambda: page.model.total == 0)
        await self.shoot("archive-nothing-fits")
        page.gallery.filters.clear()
        self.window.pages.show_bench()
        editor = self._class("ui.editors.blob", "BlobEditor")
        self.panels.show_action("everything", "measure_blob")
        await asyncio.sleep(0.5)
        inputs = self.panels.panel("everything").findChildren(editor)
        next(each for each in inputs if each.context.archived is not None)._ask_archive()
        await asyncio.sleep(1.5)
        await self._shoot_new("choose-archived", before)

    async def _boxes(self) -> None:
        from PySide6.QtTest import QTest

        self.window.open_palette()
        await self.shoot("palette")
        QTest.keyClicks(self.window.palette_box.line, "focus")
        await self.shoot("palette-searched")
        self.window.palette_box.close_palette()
        self.window.edit_stamp()
        await self.shoot("stamp")
        self.window.stamp_popover.close_popover()
        self.window.tell_failure("Autofocus on Camera", RuntimeError("the stage did not answer"))
        self.window.notices.say("Saved tour.toml.")
        await self.shoot("notices")
        self.window.top_bar.menu_button.click()
        await asyncio.sleep(0.2)
        await self._shoot_popup("menu")
        self.window.bench_list.search.setText("temp")
        await self.shoot("bench-searched")
        self.window.bench_list.search.setText("")

    async def _dialogs(self) -> None:
        before = set(self._shown())
        for command in ("bench.add-thing", "help.diagnostics", "help.notifications"):
            self.window.commands.action(command).trigger()
            await asyncio.sleep(1.5)
            await self._shoot_new(command.partition(".")[2], before)
        self.panels.panel("camera").faults_asked.emit()
        await asyncio.sleep(1.0)
        await self._shoot_new("faults", before)
        self.window.close()
        await asyncio.sleep(0.5)
        await self._shoot_new("closing", before)

    # Hands.

    async def shoot(self, name: str, widget: Any = None) -> None:
        """Take a view in both schemes, when it has settled."""
        scheme = self._class("ui.theme", "Scheme")
        target = widget or self.window
        for each in SCHEMES:
            self.composed.theme.choose(scheme(each))
            await asyncio.sleep(0.45)
            target.grab().save(str(self._folder / f"{name}-{each}.png"))

    async def _shoot_new(self, name: str, before: set[Any]) -> None:
        from PySide6.QtWidgets import QApplication

        for widget in QApplication.topLevelWidgets():
            if widget not in before and widget.isVisible():
                await self.shoot(name, widget)
                widget.hide()

    @staticmethod
    def _shown() -> list[Any]:
        """The windows in sight."""
        from PySide6.QtWidgets import QApplication

        return [each for each in QApplication.topLevelWidgets() if each.isVisible()]

    async def _shoot_popup(self, name: str) -> None:
        from PySide6.QtWidgets import QApplication

        popup = QApplication.activePopupWidget()
        if popup is not None:
            await self.shoot(name, popup)
            popup.close()

    def running(self) -> list[Any]:
        """What has not ended."""
        return [run for run in self.bench.invocations() if not run.status.ended]

    async def _open(self) -> None:
        self.window.show()
        self.window.activateWindow()
        self.composed.start()
        await self._until(lambda: bool(self.bench.server.url))

    async def _ended(self) -> None:
        # One of the tour ignores being cancelled, on purpose.
        await self._until(lambda: all(run.stuck for run in self.running()))

    async def _until(self, look: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not look():  # noqa: ASYNC110 - many things are waited for, none with an event
                await asyncio.sleep(0.05)

    def _is(self, thing: str, state: str) -> bool:
        return bool(self.bench.things[thing].state.value == state)

    def _type(self, thing: str, name: str, text: str, *, enter: bool = False) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        box = self.panels.panel(thing).field(name).editor.boxes()[0]
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(box, text)
        if enter:
            QTest.keyClick(box, Qt.Key.Key_Return)

    @staticmethod
    def _class(module: str, name: str) -> Any:
        """A class of the window; imported late, since Qt reads the scale when it is loaded."""
        import importlib

        return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    sys.exit(take(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
