"""Adds Things to the bench of a window, takes them off, and saves its file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.bench_editing import BenchEditing
from app.handles import BenchHandle
from things.events import ThingAdded, ThingRemoved
from ui.bridge import Bridge
from ui.commands import Command
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets import IconButton

if TYPE_CHECKING:
    from ui.add_thing import AddThingDialog
    from ui.unsaved_dialog import UnsavedDialog


class BenchEditor(QObject):
    """Offers it in menu, palette and bench list.

    Args:
        window: The window.
        bench: Its bench.
        editing: Changes it.
        theme: How the dialog looks.
        tasks: Runs what takes its time.
        bridge: Tells of what came and went.
    """

    def __init__(
        self,
        window: MainWindow,
        bench: BenchHandle,
        editing: BenchEditing,
        theme: Theme,
        tasks: Tasks,
        bridge: Bridge,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bench = bench
        self._editing = editing
        self._theme = theme
        self._tasks = tasks
        self.dialog: AddThingDialog | None = None
        self.question: UnsavedDialog | None = None
        window.ask_before_closing(self.ask_to_save)
        window.add_commands(self._commands())
        button = IconButton(theme, "add", self.tr("Add a Thing"))
        button.clicked.connect(self.add)
        window.bench_dock.header.tools.insertWidget(0, button)
        window.bench_list.view.offers_removal = True
        window.bench_list.view.remove.connect(self.ask_to_remove)
        bridge.on(ThingAdded, lambda _event: self._show_unsaved(), owner=self)
        bridge.on(ThingRemoved, lambda _event: self._show_unsaved(), owner=self)

    def add(self) -> None:
        """Open the dialog, or bring it to the front."""
        from ui.add_thing import AddThingDialog  # here: the first view of the window has none

        if self.dialog is None:
            dialog = AddThingDialog(
                self._theme, self._bench, self._editing, self._tasks, self._window
            )
            dialog.stop_all.connect(self._window.stop_all)
            dialog.added.connect(self._added)
            dialog.destroyed.connect(self._dialog_gone)
            self.dialog = dialog
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def ask_to_remove(self, name: str) -> QMessageBox:
        """Ask whether a Thing is to be taken off the bench; nothing waits for the answer."""
        title = self._bench.things[name].title
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowModality(Qt.WindowModality.NonModal)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Remove a Thing"))
        box.setText(self.tr("Remove {0} from the bench?").format(title))
        box.setInformativeText(
            self.tr("Its device is left in a safe state. Its settings stay on disk.")
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        remove.clicked.connect(lambda: self._remove(name, title))
        box.show()
        return box

    def save(self) -> None:
        """Write the bench into its file; asks for one where it has none of its own."""
        if self._editing.file is None:
            self.save_as()
        else:
            self._save(None)

    def save_as(self, write: Callable[[Path], None] | None = None) -> QFileDialog:
        """Ask where the bench is to be written.

        Args:
            write: Does it; by default it is saved there and the window stays.
        """
        chosen = write or self._save
        dialog = QFileDialog(self._window, self.tr("Save the bench"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Bench files ({0})").format("*.toml"))
        dialog.setDefaultSuffix("toml")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: chosen(Path(path)))
        dialog.show()
        return dialog

    def ask_to_save(self) -> bool:
        """Ask what becomes of changes before the window closes; False where there are none."""
        from ui.unsaved_dialog import UnsavedDialog

        if not self._editing.unsaved:
            return False
        if self.question is None:
            question = UnsavedDialog(self._theme, self._bench.title, self._window)
            question.stop_all.connect(self._window.stop_all)
            question.save.connect(self._save_and_close)
            question.discard.connect(self._window.go_on_closing)
            question.rejected.connect(self._window.keep_working)
            question.destroyed.connect(self._question_gone)
            self.question = question
        self.question.ask()
        return True

    def _save_and_close(self) -> None:
        if self._editing.file is not None:
            self._tasks.start(self._write_and_close(None), self.tr("Save the bench"))
            return
        dialog = self.save_as(self._close_after)
        dialog.rejected.connect(self._window.keep_working)

    def _close_after(self, target: Path) -> None:
        self._tasks.start(self._write_and_close(target), self.tr("Save the bench"))

    async def _write_and_close(self, target: Path | None) -> None:
        try:
            await self._write(target)
        except BaseException:
            # What could not be saved is not closed either; why is told as every failure is.
            self._window.keep_working()
            raise
        self._window.go_on_closing()

    def _commands(self) -> Sequence[Command]:
        return [
            Command(
                id="bench.add-thing",
                title=self.tr("Add a Thing…"),
                icon="add",
                help=self.tr("Add an instrument to the bench while it runs"),
                run=self.add,
            ),
            Command(
                id="bench.save",
                title=self.tr("Save the bench"),
                shortcut="Ctrl+S",
                help=self.tr("Write Things that were added or removed into the bench file"),
                enabled=lambda: self._editing.unsaved,
                run=self.save,
            ),
            Command(
                id="bench.save-as",
                title=self.tr("Save the bench as…"),
                run=lambda: _nothing(self.save_as()),
            ),
        ]

    def _added(self, name: str) -> None:
        self._window.bench_list.select(name)
        self._window.bench_list.chosen.emit(name)

    def _dialog_gone(self) -> None:
        self.dialog = None

    def _question_gone(self) -> None:
        self.question = None

    def _remove(self, name: str, title: str) -> None:
        self._tasks.start(
            asyncio.to_thread(self._editing.remove, name), self.tr("Remove {0}").format(title)
        )

    def _save(self, target: Path | None) -> None:
        self._tasks.start(self._write(target), self.tr("Save the bench"))

    async def _write(self, target: Path | None) -> None:
        file = await asyncio.to_thread(self._editing.save, target)
        self._show_unsaved()
        self._window.notices.say(self.tr("The bench is saved in {0}.").format(file))

    def _show_unsaved(self) -> None:
        self._window.top_bar.show_bench(self._bench.title, unsaved=self._editing.unsaved)
        self._window.commands.refresh()


def _nothing(_made: object) -> None:
    """A command gives nothing back."""
