"""The menu of what is selected in the gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QWidget

from app.archive.records import ArchivedFile, FileState
from ui.archive.details import FileDetails
from ui.archive.file_actions import FileActions
from ui.archive.taking_out import TakingOut
from ui.archive.wording import counted
from ui.icons import icon
from ui.theme import Theme


class FileMenu(QMenu):
    """Deletes itself when it is closed.

    Args:
        theme: Colours the icons.
        files: What is selected.
        details: Its buttons are offered here too.
        actions: Carries out the rest.
        taking: Takes files to the clipboard.
        parent: The owner.
    """

    def __init__(
        self,
        theme: Theme,
        files: Sequence[ArchivedFile],
        details: FileDetails,
        actions: FileActions,
        taking: TakingOut,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in details.buttons:
            self._add(button.text(), button.icon(), button.click, button.isEnabled())
        self.addSeparator()
        copy = icon(theme, "copy")
        linked = any(file.state is FileState.LINKED for file in files)
        whole = self._add(self.tr("Copy"), copy, lambda: taking.copy(files), linked)
        whole.setShortcut("Ctrl+C")
        # The tiles hear the keys by themselves; here they are only told.
        whole.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        for title, text in (
            (self.tr("Copy id"), "\n".join(str(file.id) for file in files)),
            (self.tr("Copy SHA-256"), "\n".join(file.sha256 for file in files)),
        ):
            self._add(title, copy, partial(actions.copy_text, text), bool(text.strip()))
        if all(file.state is FileState.TRASHED for file in files):
            self._offer_deletion(theme, files, actions)

    def _offer_deletion(
        self, theme: Theme, files: Sequence[ArchivedFile], actions: FileActions
    ) -> None:
        """Nothing takes it back, so that a slip on the way to what is above must not do it."""
        self.addSeparator()
        title = self.tr("Delete for good")
        sure = self.addMenu(icon(theme, "mdi6.delete-forever-outline", "failed"), title)
        yes = sure.addAction(
            counted(
                len(files),
                self.tr("Delete this file; nothing brings it back"),
                self.tr("Delete these {0} files; nothing brings them back"),
            )
        )
        yes.triggered.connect(lambda _checked=False: actions.delete(files))

    def _add(
        self, title: str, sign: QIcon, call: Callable[[], object], enabled: bool = True
    ) -> QAction:
        action = QAction(sign, title, self)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: call())
        self.addAction(action)
        return action
