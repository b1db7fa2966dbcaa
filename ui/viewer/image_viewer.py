"""The image viewer: tabs over one picture, the newest of which comes to the front by itself."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.archive.records import BlobPath
from app.handles import InvocationSnapshot, Picture, ThingHandle
from things.errors import ThingError
from ui.icons import icon
from ui.tasks import Tasks
from ui.theme import Theme
from ui.viewer.copying import copy_picture
from ui.viewer.file_looking import FileLooking
from ui.viewer.live_feed import LiveFeed
from ui.viewer.page import FileNote, LiveStream, Page, SaveTo
from ui.viewer.page_tabs import PageTabs, Tab
from ui.viewer.pages import MOST_PINNED, Pages, TooManyPinnedError
from ui.viewer.picture_area import PictureArea
from ui.viewer.saving import Saving
from ui.widgets import IconButton, Island, IslandHeader

_TICK_MS: Final = 500
_WORKERS: Final = 2


class ImageViewer(Island):
    """Shows pictures, stacks, live streams and files to be saved.

    All computing is done by worker threads that the viewer owns; `close_viewer` ends them.

    Attributes:
        made_asked: The sheet 'How was this made?' is open, and another picture is in front.
        page_changed: Another tab is in front; its key, '' for none.
        came: Something else is in the tab in front.
        live_changed: A live tab was opened or closed: its key, and whether it is open.
        header: The first 40 pixels; others may add to its `tools`.
        tabs: The tabs.
        area: Everything under them.
        saving: Writes files.
        workers: The viewer's threads, for other work on pictures as well.
    """

    made_asked = Signal()
    page_changed = Signal(str)
    came = Signal()
    live_changed = Signal(str, bool)

    def __init__(self, theme: Theme, tasks: Tasks, parent: QWidget | None = None) -> None:
        """An empty viewer.

        Args:
            theme: Where the look comes from.
            tasks: Runs the saving of files.
            parent: The Qt owner.
        """
        super().__init__(theme, parent)
        self._tasks = tasks
        self._pages = Pages()
        self._feed: LiveFeed | None = None
        self._closed = False
        self.workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="picture")
        self.saving = Saving(tasks, self.workers, self)
        self.header = IslandHeader(theme)
        self.tabs = PageTabs(theme)
        self.area = PictureArea(theme, self._pages, self.workers)
        self._looking = FileLooking(self.area.files, tasks, self.workers, self)
        self.more_button = IconButton(theme, "more", self.tr("More"))
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self.header.beside.addWidget(self.tabs, 1)
        self.tile_button = IconButton(theme, "mdi6.view-grid-outline", self.tr("Beside each other"))
        self.link_button = IconButton(
            theme, "mdi6.link-variant", self.tr("Zoom and pan all of them together")
        )
        self.made_button = IconButton(theme, "mdi6.history", self.tr("How was this made?"))
        for button in (self.link_button, self.made_button, self.tile_button):
            button.setCheckable(True)
            self.header.tools.addWidget(button)
        self.header.tools.addWidget(self.more_button)
        self.column.addWidget(self.header)
        self.column.addWidget(self.area, 1)
        self._connect()
        self._show_page()

    @property
    def current(self) -> Page | None:
        """The tab in front."""
        return self._pages.current

    @property
    def closed(self) -> bool:
        """Whether nothing is shown any more."""
        return self._closed

    @property
    def pages(self) -> Sequence[Page]:
        """All tabs in their order."""
        return self._pages.all

    @property
    def feed(self) -> LiveFeed | None:
        """The stream of the tab in front, while it is read."""
        return self._feed

    @property
    def tiled(self) -> bool:
        """Whether the tabs are shown beside each other."""
        return self.tile_button.isChecked()

    def set_tiled(self, tiled: bool) -> None:
        """Show the tabs beside each other, or the one in front alone."""
        self.tile_button.setChecked(tiled)

    def show_picture(
        self,
        source_key: str,
        title: str,
        picture: Picture,
        *,
        tab: str = "",
        tip: str = "",
        file_name: str = "",
        save: SaveTo | None = None,
        made_by: InvocationSnapshot | None = None,
        blobs: Sequence[BlobPath] = (),
        archived: UUID | None = None,
        asked: bool = False,
    ) -> None:
        """Show a picture; it comes to the front unless a pinned one is there.

        Args:
            source_key: Pictures of one source share levels and, unless `tab` says otherwise, one
                tab: the new picture takes the place of the one before.
            title: On the tab, such as 'Snap 41'; plain text.
            picture: Its array must not be written to any more.
            tab: The tab to take, where a source has several.
            tip: More about it, for the tool tip.
            file_name: The name to suggest when it is saved.
            save: Writes the original; without it the pixels are written.
            made_by: The run that gave it, for 'How was this made?'.
            blobs: Where in the output of that run it stands.
            archived: Which file of the archive it is.
            asked: The operator asked for it: it comes to the front over a pinned one too.
        """
        page = self._pages.put(
            Page(
                tab or source_key,
                source_key,
                title,
                tip,
                file_name=file_name,
                save=save,
                made_by=made_by,
                blobs=tuple(blobs),
                archived=archived,
            )
        )
        page.show(picture)
        self._arrived(page, asked)

    def show_note(
        self,
        source_key: str,
        title: str,
        note: str,
        *,
        tab: str = "",
        file_name: str = "",
        save: SaveTo | None = None,
        made_by: InvocationSnapshot | None = None,
        blobs: Sequence[BlobPath] = (),
        archived: UUID | None = None,
        asked: bool = False,
    ) -> None:
        """Show a sentence where a picture could not be had; its file can still be saved.

        Args:
            source_key: As for `show_picture`.
            title: On the tab.
            note: What happened, in a sentence.
            tab: As for `show_picture`.
            file_name: As for `show_picture`.
            save: Writes the original, if it can be had.
            made_by: As for `show_picture`.
            blobs: As for `show_picture`.
            archived: As for `show_picture`.
            asked: As for `show_picture`.
        """
        page = self._pages.put(
            Page(
                tab or source_key,
                source_key,
                title,
                file_name=file_name,
                save=save,
                made_by=made_by,
                blobs=tuple(blobs),
                archived=archived,
            )
        )
        page.picture, page.files, page.note = None, (), note
        self._arrived(page, asked)

    def show_files(
        self,
        source_key: str,
        title: str,
        files: Sequence[FileNote],
        *,
        made_by: InvocationSnapshot | None = None,
        blobs: Sequence[BlobPath] = (),
        archived: UUID | None = None,
        asked: bool = False,
    ) -> None:
        """Show files that are no pictures: what is inside, and to be saved."""
        page = self._pages.put(
            Page(
                f"{source_key} files",
                source_key,
                title,
                made_by=made_by,
                blobs=tuple(blobs),
                archived=archived,
            )
        )
        page.picture, page.files, page.note = None, tuple(files), ""
        self._arrived(page, asked)

    def open_live(self, key: str, title: str, handle: ThingHandle, stream: str) -> None:
        """Open a live tab, or bring it to the front; it is read while it is in front.

        Args:
            key: Of the tab.
            title: On the tab, such as 'Camera, live'.
            handle: The Thing.
            stream: The name of its stream.
        """
        known = self._pages.find(key)
        page = self._pages.put(Page(key, handle.name, title, live=LiveStream(handle, stream)))
        self._pages.choose(page)
        self._show_page()
        if known is None:
            self.live_changed.emit(key, True)

    def choose_page(self, key: str) -> None:
        """Bring a tab to the front; nothing happens where there is none."""
        page = self._pages.find(key)
        if page is not None and page is not self.current:
            self._pages.choose(page)
            self._show_page()

    def close_page(self, key: str) -> None:
        """Close a tab; nothing happens where there is none."""
        page = self._pages.find(key)
        if page is None:
            return
        was_in_front = page is self.current
        self._pages.close(page)
        if was_in_front:
            self._show_page()
        else:
            self._show_tabs()
        if page.live is not None:
            self.live_changed.emit(key, False)

    def close_others(self) -> None:
        """Close every tab but the one in front and those that are pinned or live."""
        for page in self._pages.all:
            if page is not self.current and not page.pinned and page.live is None:
                self.close_page(page.key)

    def copy_picture(self) -> None:
        """Put the picture in front onto the clipboard, with its levels and colours."""
        page = self.current
        if page is not None and page.picture is not None:
            shades, mark = self._pages.shades(page), self.area.levels.marks_saturation
            copying = copy_picture(page, shades, mark=mark, workers=self.workers)
            self._tasks.start(copying, self.tr("Copying"))

    def menu(self) -> QMenu:
        """What can be done with the tab in front; the menu deletes itself when it is closed."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        page = self.current
        picture = page is not None and page.picture is not None
        for title, glyph, shortcut, run, enabled in (
            (self.tr("Copy picture"), "copy", "Ctrl+C", self.copy_picture, picture),
            (
                self.tr("Save …"),
                "mdi6.content-save-outline",
                "",
                self._save_clicked,
                page is not None and (picture or page.save is not None),
            ),
            (self.tr("Close the others"), "close", "", self.close_others, len(self._pages) > 1),
        ):
            action = QAction(icon(self._theme, glyph, "secondary"), title, menu)
            action.setShortcut(shortcut)
            # The canvas hears the keys by itself; here they are only told.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _checked=False, run=run: run())
            menu.addAction(action)
        return menu

    def _open_menu(self) -> None:
        below = self.more_button.mapToGlobal(QPoint(0, self.more_button.height()))
        self.menu().popup(below)

    def close_viewer(self) -> None:
        """End the stream and the worker threads; nothing is shown any more."""
        self._closed = True
        self._leave_live()
        self.area.close_area()
        self.workers.shutdown(wait=True, cancel_futures=True)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self.choose_page)
        self.tabs.close_asked.connect(self.close_page)
        self.made_button.toggled.connect(self._made_toggled)
        self.area.made.closed.connect(lambda: self.made_button.setChecked(False))
        self.tile_button.toggled.connect(self._tiled)
        self.link_button.toggled.connect(self._linked)
        self.area.tiles.chosen.connect(self.choose_page)
        self.area.canvas.copy_asked.connect(self.copy_picture)
        self.more_button.clicked.connect(self._open_menu)
        self.area.idle.connect(self._take_frame)
        self.area.strip.pin.clicked.connect(self._pin_clicked)
        self.area.strip.save.clicked.connect(self._save_clicked)
        self.area.files.save_asked.connect(lambda file: self.saving.ask(file.name, file.save))
        self._looking.opened.connect(self._open_array)
        self.saving.failed.connect(self._not_saved)
        self._tick.timeout.connect(self.area.show_status)

    def _arrived(self, page: Page, asked: bool) -> None:
        """Something new is in a tab: bring it to the front, or mark the tab."""
        if page is self.current:
            self._refresh()
            self.came.emit()
        elif asked or self.current is None or (self._pages.gives_way and not self.tiled):
            self._pages.choose(page)
            self._show_page()
        else:
            self._show_tabs()
            # Beside the one in front it is seen all the same.
            if page.key not in self.area.tiles.tiles:
                self._pages.fresh.add(page.key)
                self._show_tabs()

    def _show_page(self) -> None:
        """Another tab is in front, or none."""
        self._leave_live()
        page = self.current
        if page is not None and page.live is not None:
            self._enter_live(page)
        self._refresh()
        self.page_changed.emit("" if page is None else page.key)

    def _refresh(self) -> None:
        page = self.current
        self._show_tabs()
        self.area.show_page(page, self._feed, self._note_of(page))
        if self.made_button.isChecked():
            self.made_asked.emit()

    def _show_tabs(self) -> None:
        current = self.current
        tabs = [
            Tab(
                key=page.key,
                title=page.title,
                glyph=_glyph_of(page),
                role="running" if page.live is not None else "secondary",
                tip=page.tip,
                fresh=page.key in self._pages.fresh,
            )
            for page in self._pages.all
        ]
        self.header.set_title("" if tabs else self.tr("Pictures"))
        self.tabs.setVisible(bool(tabs))
        self.tabs.show_tabs(tabs, "" if current is None else current.key)
        self.tile_button.setEnabled(len(tabs) > 1 or self.tiled)
        self.link_button.setVisible(self.tiled and len(tabs) > 1)
        beside = self._pages.all if self.tiled else ()
        self.area.tiles.show_pages(beside, current)

    def _made_toggled(self, shown: bool) -> None:
        self.made_button.set_glyph("mdi6.history", "accent" if shown else "secondary")
        self.area.show_made(shown)
        if shown:
            self.made_asked.emit()

    def _tiled(self, tiled: bool) -> None:
        self.tile_button.set_glyph("mdi6.view-grid-outline", "accent" if tiled else "secondary")
        self._refresh()

    def _linked(self, linked: bool) -> None:
        self.link_button.set_glyph("mdi6.link-variant", "accent" if linked else "secondary")
        self.area.tiles.linked = linked
        if self.current is not None:
            self.area.tiles.follow(self.current.view)

    def _note_of(self, page: Page | None) -> str:
        if page is None:
            return self.tr("No picture yet. Run an action that takes one, or show a camera live.")
        if page.note or page.picture is not None or page.files:
            return page.note
        return self.tr("Waiting for the first picture.")

    def _pin_clicked(self, pinned: bool) -> None:
        page = self.current
        if page is None:
            return
        if not pinned:
            self._pages.unpin(page)
        else:
            try:
                self._pages.choose(self._pages.pin(page))
            except TooManyPinnedError:
                self.area.strip.pin.setChecked(False)
                self.area.canvas.set_note(
                    self.tr("{count} pictures are kept already. Let one go first.").format(
                        count=MOST_PINNED
                    )
                )
                return
        self._show_page()

    def _save_clicked(self) -> None:
        if self.current is not None:
            self.saving.ask_for_page(self.current)

    def _open_array(self, file: FileNote, name: str, picture: Picture) -> None:
        """An array of a file in a tab of its own, which the next one takes."""
        page = self.current
        source = file.name if page is None else page.source
        self.show_picture(
            f"{source} arrays", f"{file.name}, {name}", picture, tip=file.name, asked=True
        )

    def _not_saved(self, name: str, reason: str) -> None:
        self.area.canvas.set_note(
            self.tr("{name} was not saved: {reason}.").format(name=name, reason=reason)
        )

    def _enter_live(self, page: Page) -> None:
        assert page.live is not None
        try:
            self._feed = LiveFeed(page.live.handle, page.live.stream, self)
        except ThingError as error:
            page.note = self.tr("No live picture: {reason}.").format(reason=str(error))
            return
        page.note = ""
        self._feed.waiting.connect(self._take_frame)
        self._tick.start()

    def _leave_live(self) -> None:
        self._tick.stop()
        if self._feed is not None:
            self._feed.close()
            self._feed.deleteLater()
            self._feed = None

    def _take_frame(self) -> None:
        """Show the newest frame, unless one is being drawn: then it is taken afterwards."""
        page = self.current
        if self._feed is None or page is None or self.area.busy:
            return
        picture = self._feed.take()
        if picture is None:
            return
        alike = page.picture is not None and page.picture.array.shape == picture.array.shape
        page.show(picture)
        if alike:
            self.area.show_picture(page)
        else:
            self._refresh()


def _glyph_of(page: Page) -> str:
    if page.pinned:
        return "mdi6.pin"
    if page.live is not None:
        return "live"
    if page.files:
        return "mdi6.file-outline"
    if page.planes > 1:
        return "mdi6.layers-outline"
    return "mdi6.image-outline"
