"""What can be done with a run, as a menu: the same for a row of today and one of the ledger."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.handles import BenchHandle, InvocationSnapshot
from ui.activity.wording import as_curl, as_json, as_python, one_line, output_as_json
from ui.icons import icon
from ui.theme import Theme


class RunMenu(QMenu):
    """Deletes itself when it is closed.

    Args:
        theme: Colours the icons.
        bench: Knows which Things there are, and where it is served.
        run: What it is about.
        parent: The owner.
        shown: Whether its result can be looked at.
        narrows: Whether rows can be limited to whoever asked for it.

    Attributes:
        show_result: Look at what it gave.
        keep: Keep what it gave in the archive.
        keep_as: The same, but first ask under which name and with what said about it.
        cancel: Ask it to stop.
        repeat: Run it again with the same input.
        edit: Open its form, filled.
        only_who: Show runs of whoever asked for it only.
    """

    show_result = Signal()
    keep = Signal()
    keep_as = Signal()
    cancel = Signal()
    repeat = Signal()
    edit = Signal()
    only_who = Signal()

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        run: InvocationSnapshot,
        parent: QWidget,
        *,
        shown: bool = True,
        narrows: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.aboutToHide.connect(self.deleteLater)
        server, known = bench.server.url, run.thing in bench.things
        if run.blobs:
            self._add(self.tr("Show the result"), "pop-out", self.show_result.emit, shown)
            if bench.archive is not None:
                kept = all(blob.kept is not None for blob in run.blobs)
                words = self.tr("Kept in the archive") if kept else self.tr("Keep in the archive")
                self._add(words, "archive", self.keep.emit, not kept)
                self._add(self.tr("Keep as…"), "archive", self.keep_as.emit, not kept)
        if run.status.ended:
            self._add(self.tr("Repeat"), "repeat", self.repeat.emit, known)
        else:
            self._add(self.tr("Cancel"), "cancel", self.cancel.emit)
        self._add(self.tr("Edit and run…"), "edited", self.edit.emit, known)
        if narrows and run.origin.who:
            words = self.tr("Only what {0} asked for").format(one_line(run.origin.who))
            self._add(words, "account", self.only_who.emit)
        self.addSeparator()
        self._copy(self.tr("Copy input as JSON"), as_json(run))
        self._copy(self.tr("Copy as curl"), as_curl(run, server), bool(server))
        self._copy(self.tr("Copy as Python"), as_python(run, server), bool(server))
        if run.output is not None:
            self._copy(self.tr("Copy output as JSON"), output_as_json(run))
        if run.error is not None:
            self._copy(self.tr("Copy the error"), f"{run.error.title}: {run.error.detail}")
        self._copy(self.tr("Copy its id"), str(run.id))

    def _copy(self, title: str, text: str, enabled: bool = True) -> None:
        self._add(title, "copy", lambda: QGuiApplication.clipboard().setText(text), enabled)

    def _add(self, title: str, glyph: str, run: Callable[[], object], enabled: bool = True) -> None:
        action = QAction(icon(self._theme, glyph, "secondary"), title, self)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
