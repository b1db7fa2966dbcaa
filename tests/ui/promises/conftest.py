"""A whole window over a bench of this process: its Things, its server, its files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bench_file import BenchSpec, ThingSpec
from app.handles import InvocationSnapshot
from app.program import Program
from app.settings import read_settings
from things.events import ThingState
from ui.activity.row import ActivityRow
from ui.composition import Composition
from ui.models.field import FieldState
from ui.panels.action_row import ActionRow
from ui.panels.field_row import FieldRow
from ui.widgets import SteadyButton

if TYPE_CHECKING:
    from tests.ui.conftest import RunCoroutine

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton


class RealWindow:
    """The window of a bench, as an operator uses it: by mouse, wheel and keys."""

    def __init__(self, composed: Composition, program: Program, qtbot: QtBot) -> None:
        self.composed = composed
        self.window = composed.window
        self.panels = composed.panels
        self._program = program
        self._qtbot = qtbot

    def thing(self, name: str) -> Any:
        """The instrument itself, to look at what reached it."""
        return self._program.bench.thing(name)

    def until_asserted(self, look: Callable[[], None]) -> None:
        """Wait until what a function asserts is so; what it said last is told."""
        self._qtbot.waitUntil(look, timeout=PATIENCE_MS)

    def until(self, look: Callable[[], Any]) -> None:
        """Wait until something is so."""
        self._qtbot.waitUntil(lambda: bool(look()), timeout=PATIENCE_MS)

    def is_open(self) -> bool:
        """Whether every Thing has started or failed and the window has heard of it."""
        return bool(self._program.server_info.url) and not any(
            panel.model.state is ThingState.STARTING for panel in self.panels.panels.values()
        )

    def field(self, thing: str, name: str) -> FieldRow:
        """The row of a property, in sight, its value read."""
        self.panels.show_property(thing, name)
        row = self.panels.panel(thing).field(name)
        self.until(lambda: row.model.known and row.isVisible())
        return row

    def action(self, thing: str, name: str) -> ActionRow:
        """The row of an action, in sight, its form open."""
        self.panels.show_action(thing, name)
        row = self.panels.panel(thing).action(name)
        self.until(lambda: row.run_button.isVisible() and row.model.may_run)
        return row

    def click(self, widget: QWidget) -> None:
        """Press and release the left button in its middle, once it is laid out."""
        self.until(lambda: widget.isVisible() and widget.width() > 0 and widget.height() > 0)
        if isinstance(widget, SteadyButton):
            self.until(lambda: widget.takes_clicks)
        self._qtbot.mouseClick(widget, LEFT)

    def press(self, widget: QWidget, key: Qt.Key) -> None:
        """Strike a key."""
        self._qtbot.keyClick(widget, key)

    def write(self, widget: QWidget, text: str) -> None:
        """Replace the text of a box, without Enter."""
        widget.setFocus()
        self._qtbot.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self._qtbot.keyClick(widget, Qt.Key.Key_Delete)
        QTest.keyClicks(widget, text)

    def enter(self, widget: QWidget, text: str) -> None:
        """Replace the text of a box and strike Enter."""
        self.write(widget, text)
        self.press(widget, Qt.Key.Key_Return)

    def until_sent(self, row: FieldRow) -> None:
        """Wait until what was entered is answered."""
        under_way = (FieldState.EDITED, FieldState.PENDING)
        self.until(lambda: row.model.state not in under_way)

    def wheel(self, widget: QWidget, notches: int) -> None:
        """Turn the wheel over the middle of a widget that is in sight."""
        handle = self.window.windowHandle()
        assert handle is not None
        place = QPointF(widget.mapTo(self.window, widget.rect().center()))
        QTest.wheelEvent(handle, place, QPoint(0, 120 * notches))
        QApplication.processEvents()

    def runs(self) -> list[InvocationSnapshot]:
        """What runs and what ended, as the bench has it."""
        return list(self.composed.session.handle.invocations())

    def activity_row(self, title: str) -> ActivityRow | None:
        """The newest row in sight of an action; None while there is none."""
        rows = self.window.activity.findChildren(ActivityRow)
        shown = [row for row in rows if row.isVisible() and row.snapshot is not None]
        for row in sorted(shown, key=lambda each: each.y()):
            if row.snapshot is not None and row.snapshot.title == title:
                return row
        return None

    def until_row(self, title: str, look: Callable[[InvocationSnapshot], Any]) -> ActivityRow:
        """Wait until the row of an action is there and stands as it should."""

        def found() -> bool:
            row = self.activity_row(title)
            return row is not None and row.snapshot is not None and bool(look(row.snapshot))

        self.until(found)
        row = self.activity_row(title)
        assert row is not None
        return row


OpenWindow = Callable[..., RealWindow]


@pytest.fixture
def open_window(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, run: RunCoroutine
) -> Iterator[OpenWindow]:
    """Opens the window of a bench whose Things are named as `name="Class"`."""
    opened: list[tuple[Composition, Program]] = []

    def make(data: Path = tmp_path, *, stuck_after_s: float = 3.0, **classes: str) -> RealWindow:
        module = "promised_instruments"
        things = tuple(
            ThingSpec(name, path if ":" in path else f"{module}:{path}")
            for name, path in classes.items()
        )
        spec = BenchSpec("A bench", things, None)
        settings = read_settings(
            port=0, data_folder=data, close_wait_s=0.5, stuck_after_s=stuck_after_s
        )
        program = Program(spec, settings)
        composed = Composition(qapp, program)
        opened.append((composed, program))
        composed.window.show()
        composed.window.activateWindow()
        composed.start()
        real = RealWindow(composed, program, qtbot)
        real.until(real.is_open)
        return real

    yield make
    for composed, program in opened:
        _let_go(program)
        run(composed.close())
        composed.window.hide()
        composed.window.deleteLater()
        composed.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # deferred deletion


def _let_go(program: Program) -> None:
    """Let nothing wait for the test any more."""
    for entry in program.bench.things.values():
        for name in ("answers", "goes"):
            event = getattr(entry.thing, name, None)
            if event is not None:
                event.set()
