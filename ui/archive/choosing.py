"""Choosing a file of the archive as the input of an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.archive.records import ArchivedFile, FileQuery
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from app.imaging.decoder import ImageDecoder
from ui.activity.wording import one_line
from ui.archive.filters import TYPED_MS
from ui.archive.grid import FileGrid
from ui.archive.model import FilesModel
from ui.archive.thumbnails import FileThumbnails
from ui.archive.wording import counted
from ui.bridge import Bridge
from ui.editors import FileChoice
from ui.standing_dialog import StandingDialog
from ui.tasks import Tasks
from ui.theme import TextSize, Theme
from ui.widgets import PlainLabel, SearchBox, TextButton

_WIDTH: Final = 720
_HEIGHT: Final = 520


class ArchivedFileChooser(StandingDialog):
    """The kept files of one kind as tiles, words to find them by, and a button.

    Attributes:
        chosen: A file was chosen, as a `FileChoice`.
        search: The words.
        model: What fits.
        grid: The tiles.
        choose_button: Takes what is selected, as Enter and a double click do.
    """

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        bridge: Bridge,
        decoder: ImageDecoder,
        tasks: Tasks,
        media_type: str,
        parent: QWidget,
    ) -> None:
        """Ask for the newest ones.

        Args:
            theme: Where the look comes from.
            bench: For titles of Things.
            archive: Is asked.
            bridge: Tells of what is kept meanwhile.
            decoder: Opens small pictures.
            tasks: Runs the asking.
            media_type: Which kind may be chosen, such as 'image/png' or 'image/*'.
            parent: The window it stands over.
        """
        super().__init__(theme, "", parent, passing=True)
        self.setWindowTitle(self.tr("Choose a file of the archive"))
        self.resize(_WIDTH, _HEIGHT)
        self._bench = bench
        self._media_type = None if media_type == "*/*" else media_type
        self.search = SearchBox(theme, self.tr("Find a file"))
        self.model = FilesModel(archive, bridge, tasks, self)
        thumbnails = FileThumbnails(archive, decoder, tasks, self)
        self.grid = FileGrid(theme, self.model, thumbnails, self._title_of)
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.count = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self.column.addWidget(self.search)
        self.column.addWidget(self.grid, 1)
        self.column.addWidget(self.count)
        self._add_buttons()
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._typed.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.search.returnPressed.connect(self._ask)
        self.model.told.connect(self._tell)
        self.grid.chosen.connect(self._enable)
        self.grid.opened.connect(lambda files: self._take(files[0]))
        self._ask()

    # Inside.

    def _add_buttons(self) -> None:
        self.close_button = TextButton(self._theme, self.tr("Close"))
        self.choose_button = TextButton(self._theme, self.tr("Choose"), kind="primary")
        self.choose_button.setEnabled(False)
        self.close_button.clicked.connect(self.close)
        self.choose_button.clicked.connect(self._choose)
        # None of them is pressed by Enter: in the search box it searches.
        self.add_foot(self.close_button, self.choose_button)

    def _title_of(self, thing: str) -> str:
        handle = self._bench.things.get(thing)
        return thing if handle is None else handle.title

    def _ask(self) -> None:
        self._typed.stop()
        text = self.search.text().strip()
        self.model.ask(FileQuery(text=text, media_type=self._media_type))

    def _tell(self) -> None:
        if self.model.trouble:
            self.count.setText("")
            reason = one_line(self.model.trouble).rstrip(".")
            self.grid.say_empty(self.tr("The archive does not answer: {0}.").format(reason))
        elif self.model.total is not None:
            total = self.model.total
            self.count.setText(counted(total, self.tr("1 file"), self.tr("{0} files")))
            self.grid.say_empty(self.tr("Nothing that is kept fits."))
        self._enable()

    def _enable(self) -> None:
        self.choose_button.setEnabled(len(self.grid.selected()) == 1)

    def _choose(self) -> None:
        files = self.grid.selected()
        if files:
            self._take(files[0])

    def _take(self, file: ArchivedFile) -> None:
        name = one_line(file.file_name)
        link = {"href": file.uri, "media_type": file.media_type}
        self.chosen.emit(FileChoice(name, name, link))
        self.close()


class ArchivedFiles:
    """Opens a chooser wherever an input wants a file.

    Args:
        theme, bench, archive, bridge, decoder, tasks: As of the chooser.
        stop_all: Called when STOP ALL is pressed in a chooser.
    """

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        bridge: Bridge,
        decoder: ImageDecoder,
        tasks: Tasks,
        stop_all: Callable[[], object],
    ) -> None:
        self._parts = (theme, bench, archive, bridge, decoder, tasks)
        self._stop_all = stop_all

    def choose(self, media_type: str, window: QWidget, take: Callable[[FileChoice], None]) -> None:
        """Let the operator choose.

        Args:
            media_type: Which kind fits.
            window: What the dialog stands over.
            take: Is given the file; a method of a QObject is let go of with it.
        """
        dialog = ArchivedFileChooser(*self._parts, media_type, window)
        dialog.chosen.connect(take)
        dialog.stop_all.connect(self._stop_all)
        # Shown, not opened: a modal dialog takes the shortcut of STOP ALL away.
        dialog.show()
        dialog.search.setFocus(Qt.FocusReason.OtherFocusReason)
