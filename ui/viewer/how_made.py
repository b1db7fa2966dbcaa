"""Finds out how the picture in front was made, and repeats, edits or copies the run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.handles import BenchHandle, InvocationSnapshot, LogLine
from app.run_records import RunRecord
from things.errors import ThingError
from ui.activity.wording import as_curl, as_json, as_python
from ui.models.action import asks_first
from ui.tasks import Tasks
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.made import made_of


class HowMade(QObject):
    """Fills the viewer's sheet while it is open.

    Attributes:
        edit: The form of an action is wanted: Thing, action, input.
        ask: The same, and to be asked there whether to run it.
        copied: Something was copied; what, in words.
    """

    edit = Signal(str, str, object)
    ask = Signal(str, str, object)
    copied = Signal(str)

    def __init__(
        self, bench: BenchHandle, viewer: ImageViewer, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        """Listen to the viewer.

        Args:
            bench: Asked for the run.
            viewer: Whose picture in front it is about.
            tasks: Runs the asking.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._bench = bench
        self._viewer = viewer
        self._tasks = tasks
        self._sheet = viewer.area.made
        viewer.made_asked.connect(self._show)
        self._sheet.repeat.clicked.connect(self._repeat)
        self._sheet.edit.clicked.connect(self._edit)
        self._sheet.copy_asked.connect(self._copy)

    @property
    def _run(self) -> InvocationSnapshot | None:
        page = self._viewer.current
        return None if page is None else page.made_by

    def _show(self) -> None:
        run = self._run
        if run is None:
            self._sheet.show_made(None, runs_here=False, served=False)
            return
        self._say(run, None, ())
        self._tasks.start(self._ask(run), self.tr("How {0} was made").format(run.title))

    async def _ask(self, run: InvocationSnapshot) -> None:
        """The ledger knows more than the window: values, sample, operator, note."""
        record: RunRecord | None = None
        log: Sequence[LogLine] = ()
        try:
            record = await self._bench.run(run.id)
            log = record.log
        except ThingError:
            # Without a ledger the run itself still has its log, unless it is forgotten.
            try:
                log = await self._bench.log(run.id)
            except ThingError:
                log = ()
        if self._run is run:
            self._say(run, record, log)

    def _say(
        self, run: InvocationSnapshot, record: RunRecord | None, log: Sequence[LogLine]
    ) -> None:
        self._sheet.show_made(
            made_of(run, record, log, self._bench),
            runs_here=run.thing in self._bench.things,
            served=bool(self._bench.server.url),
        )

    def _repeat(self) -> None:
        run = self._run
        handle = None if run is None else self._bench.things.get(run.thing)
        if run is None or handle is None:
            return
        described = (handle.describe().get("actions") or {}).get(run.action) or {}
        if asks_first(described):
            self.ask.emit(run.thing, run.action, dict(run.input))
        else:
            self._tasks.start(
                handle.invoke(run.action, dict(run.input)),
                self.tr("{0} on {1}").format(run.title, handle.title),
            )

    def _edit(self) -> None:
        run = self._run
        if run is not None:
            self.edit.emit(run.thing, run.action, dict(run.input))

    def _copy(self, key: str) -> None:
        run, server = self._run, self._bench.server.url
        if run is None:
            return
        text = {
            "python": lambda: as_python(run, server),
            "curl": lambda: as_curl(run, server),
            "json": lambda: as_json(run),
        }[key]()
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(key)
