"""A window to try faults on a simulated Thing; only where the program runs with `--dev`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.handles import BenchHandle, ThingHandle
from things.errors import ThingError
from ui.editors import EditorContext, make_editor, number_style
from ui.models.faults import faults_schema
from ui.panels.labelled_row import LabelledRow
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import PlainLabel, ReasonLabel, StopAllButton, TextButton


class FaultsWindow(QWidget):
    """What is wrong with one Thing, to be changed. It carries STOP ALL, like every window of ours.

    Attributes:
        rows: One for each fault, by its name.
        apply_button, none_button: Put the faults that are shown, or none.
        reason: Why they were refused.
    """

    def __init__(
        self,
        theme: Theme,
        thing: ThingHandle,
        stop_all: Callable[[], None],
        tasks: Tasks,
        owner: QWidget | None = None,
    ) -> None:
        """Build it, and ask what is wrong now.

        Args:
            theme: How it looks.
            thing: The Thing.
            stop_all: What STOP ALL does.
            tasks: Runs what is asked for.
            owner: The main window; this one goes when that one goes.
        """
        super().__init__(owner, Qt.WindowType.Window)
        self._thing = thing
        self._tasks = tasks
        self._closed = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Faults of {0}").format(thing.title))
        self.rows: dict[str, LabelledRow] = {}
        self.reason = ReasonLabel(theme)
        self.stop = StopAllButton(theme, compact=True)
        self.stop.pressed.connect(stop_all)
        self.none_button = TextButton(theme, self.tr("No faults"), kind="quiet")
        self.none_button.clicked.connect(lambda: self._put({}))
        self.apply_button = TextButton(theme, self.tr("Apply"), kind="primary")
        self.apply_button.clicked.connect(lambda: self._put(self.shown()))
        self._lay_out(theme)
        self._enable(False)
        tasks.start(self._take(thing.faults()), self.windowTitle())

    def shown(self) -> Mapping[str, Any]:
        """The faults as they stand in the editors."""
        return {name: row.editor.value() for name, row in self.rows.items()}

    def _lay_out(self, theme: Theme) -> None:
        top = QHBoxLayout()
        top.addWidget(self.stop)
        top.addStretch(1)
        inside = QWidget()
        inside.setProperty("canvas", "none")
        held = QVBoxLayout(inside)
        held.setContentsMargins(0, 0, Size.GRID, 0)
        held.setSpacing(6)
        context = EditorContext(theme, number_style(self.locale()), slider=False)
        for part in faults_schema(self._thing.describe()).parts:
            editor = make_editor(part, context)
            row = LabelledRow(theme, part.title, part.description, editor, sends=False)
            self.rows[part.name] = row
            held.addWidget(row)
        held.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(self.windowTitle())
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        buttons = QHBoxLayout()
        hint = PlainLabel(theme, self.tr("For developers: only simulated."), tone="secondary")
        buttons.addWidget(hint, 1)
        buttons.addWidget(self.none_button)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.PADDING)
        column.setSpacing(Size.GRID)
        column.addLayout(top)
        column.addWidget(scroll, 1)
        # Not on STOP ALL, which is the first in line: a stray Space would stop everything.
        scroll.setFocus()
        column.addWidget(self.reason)
        column.addLayout(buttons)
        self.resize(440, 680)

    def _put(self, faults: Mapping[str, Any]) -> None:
        wrong = next(
            (
                f"{row.label.text()}: {fault}"
                for row in self.rows.values()
                if faults and (fault := row.editor.fault())
            ),
            "",
        )
        if wrong:
            self.reason.say(State.REFUSED, wrong)
            return
        self._enable(False)
        self._tasks.start(self._take(self._thing.set_faults(faults)), self.windowTitle())

    async def _take(self, asked: Coroutine[Any, Any, Mapping[str, Any]]) -> None:
        """Show the faults that come back, or why they do not."""
        faults: Mapping[str, Any] = {}
        refusal = ""
        try:
            faults = await asked
        except ThingError as error:
            refusal = str(error).removeprefix("faults: ")
        if self._closed:
            return
        self.reason.say(State.REFUSED if refusal else None, refusal)
        for name, value in faults.items():
            if name in self.rows:
                self.rows[name].editor.show_value(value)
        self._enable(True)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._closed = True
        super().closeEvent(event)

    def _enable(self, on: bool) -> None:
        self.apply_button.setEnabled(on)
        self.none_button.setEnabled(on)


class FaultsWindows(QObject):
    """Opens these windows, one a Thing."""

    def __init__(self, bench: BenchHandle, theme: Theme, tasks: Tasks, owner: QWidget) -> None:
        super().__init__(owner)
        self._bench = bench
        self._theme = theme
        self._tasks = tasks
        self._owner = owner
        self.windows: dict[str, FaultsWindow] = {}

    def open(self, thing: str) -> None:
        """Show the faults of a Thing."""
        window = self.windows.get(thing)
        if window is None:
            window = FaultsWindow(
                self._theme, self._bench.things[thing], self._stop_all, self._tasks, self._owner
            )
            window.destroyed.connect(lambda: self.windows.pop(thing, None))
            self.windows[thing] = window
        window.show()
        window.raise_()
        window.activateWindow()

    def _stop_all(self) -> None:
        self._tasks.start(self._bench.stop_all(), self.tr("Stop all"))
