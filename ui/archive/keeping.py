"""The button that keeps what is shown, and says whether it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.archive.events import FileChanged, FileKept, FileRemoved
from app.archive.records import BlobPath, FileState
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle, InvocationSnapshot
from things.errors import ThingError
from ui.archive.keep_popover import KeepPopover
from ui.archive.keep_wish import KeepWish
from ui.archive.taking_out import DragOut, TakingOut
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.theme import Theme
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.page import Page
from ui.widgets import IconButton, TextButton

_NO_ID = UUID(int=0)
"""In the place of an id while a blob is being kept."""

_PLAIN = KeepWish()


class Keeping(QObject):
    """Keeps what a tab of the viewer, or a row of the activity, shows.

    Attributes:
        button: In the header of the viewer: 'Keep', or 'Kept', which shows it in the archive.
        as_button: Beside it while it is not kept: under which name, and with what said about it.
        popover: Where that is said; None before it was wanted.
        asked: A file is to be shown in the archive; its id.
        said: Something to tell: the words, and a colour role.
    """

    asked = Signal(object)
    said = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        viewer: ImageViewer,
        bridge: Bridge,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        taking: TakingOut | None = None,
    ) -> None:
        """Put the button into the viewer.

        Args:
            theme: Where the look comes from.
            bench: Knows of the runs.
            archive: Keeps.
            viewer: What it shows can be kept.
            bridge: Tells of what others keep.
            tasks: Runs the keeping.
            parent: The Qt owner.
            taking: Takes what is kept into other programs; None for not at all.
        """
        super().__init__(parent)
        self._theme = theme
        self._bench = bench
        self._archive = archive
        self._viewer = viewer
        self._tasks = tasks
        self._taking = taking
        self._kept: dict[tuple[UUID, BlobPath], UUID] = {}
        self._looked_up: set[UUID] = set()
        self._gone: set[UUID] = set()
        self.button = TextButton(theme, self.tr("Keep"), glyph="archive", kind="quiet")
        self.button.clicked.connect(self._clicked)
        DragOut(self.button, self._drag)
        self.popover: KeepPopover | None = None
        self.as_button = IconButton(theme, "open", self.tr("Keep as…"))
        self.as_button.clicked.connect(self._as_clicked)
        viewer.header.tools.insertWidget(0, self.button)
        viewer.header.tools.insertWidget(1, self.as_button)
        viewer.page_changed.connect(lambda _key: self._show())
        viewer.came.connect(self._show)
        bridge.on(FileKept, self._was_kept, owner=self)
        bridge.on(FileChanged, self._was_changed, owner=self)
        bridge.on(FileRemoved, self._was_removed, owner=self)
        self._show()

    def keep_run(self, run: InvocationSnapshot) -> None:
        """Keep all that a run gave."""
        self._keep(run, [blob.path for blob in run.blobs])

    def keep_run_as(self, run: InvocationSnapshot) -> None:
        """Ask as what to keep all that a run gave."""
        self._ask_as(run, [blob.path for blob in run.blobs], self._viewer.header)

    # Inside.

    def _as_clicked(self) -> None:
        page = self._viewer.current
        if self.popover is not None and self.popover.isVisible():
            self.popover.close_popover()
        elif page is not None and page.made_by is not None:
            self._ask_as(page.made_by, page.blobs, self.as_button)

    def _ask_as(self, run: InvocationSnapshot, paths: Sequence[BlobPath], anchor: QWidget) -> None:
        missing = [path for path in paths if (run.id, path) not in self._kept]
        if not missing:
            return
        if self.popover is None:
            self.popover = KeepPopover(
                self._theme, self._bench, self._archive, self._tasks, self._viewer.window()
            )

        async def keep(wish: KeepWish) -> None:
            await self._keep_all(run, self._begin(run, missing), wish)

        self.popover.ask(run, missing, anchor, keep)

    def _ids(self, page: Page) -> Sequence[UUID | None]:
        """The files of what a tab shows; None for what is not kept."""
        if page.archived is not None:
            return [] if page.archived in self._gone else [page.archived]
        if page.made_by is None:
            return []
        return [self._kept.get((page.made_by.id, path)) for path in page.blobs]

    def _show(self) -> None:
        page = self._viewer.current
        if page is not None and page.made_by is not None and page.archived is None:
            self._look_up(page.made_by)
        ids = [] if page is None else self._ids(page)
        kept = bool(ids) and all(id is not None for id in ids)
        under_way = _NO_ID in ids
        self.button.setVisible(bool(ids))
        self.button.setEnabled(not under_way)
        self.button.setText(self.tr("Kept") if kept and not under_way else self.tr("Keep"))
        self.button.set_glyph(
            "completed" if kept and not under_way else "archive",
            "running" if kept and not under_way else "text",
        )
        tip = self.tr("Keep this in the archive, with how it was made")
        if under_way:
            tip = self.tr("Being kept")
        elif kept:
            tip = self.tr("It is in the archive; show it there, or drag it into another program")
        self.as_button.setVisible(bool(ids) and not kept)
        self.as_button.setEnabled(not under_way)
        self.button.setToolTip(tip)
        self.button.setAccessibleName(tip)

    def _look_up(self, run: InvocationSnapshot) -> None:
        if run.id in self._looked_up:
            return
        self._looked_up.add(run.id)
        for blob in run.blobs:
            if blob.kept is not None:
                self._kept[run.id, blob.path] = blob.kept
        self._tasks.start(self._ask(run.id), self.tr("Looking into the archive"))

    async def _ask(self, run: UUID) -> None:
        try:
            found = await self._archive.kept(run)
        except ThingError:
            self._looked_up.discard(run)
            return
        for path, id in found.items():
            self._kept[run, path] = id
        self._show()

    def _clicked(self) -> None:
        page = self._viewer.current
        if page is None:
            return
        ids = self._ids(page)
        first = next((id for id in ids if id is not None), None)
        if first is not None and all(ids):
            self.asked.emit(first)
        elif page.made_by is not None:
            self._keep(page.made_by, page.blobs)

    def _drag(self) -> None:
        page = self._viewer.current
        ids = [] if page is None else [id for id in self._ids(page) if id not in (None, _NO_ID)]
        if ids and self._taking is not None:
            self._tasks.start(self._drag_kept(ids, self._taking), self.tr("Fetching the file"))

    async def _drag_kept(self, ids: Sequence[UUID | None], taking: TakingOut) -> None:
        files = [await self._archive.get(id) for id in ids if id is not None]
        taking.drag(files, self.button)

    def _keep(self, run: InvocationSnapshot, paths: Sequence[BlobPath]) -> None:
        missing = self._begin(run, paths)
        if missing:
            self._tasks.start(
                self._keep_all(run, missing), self.tr("Keeping {0}").format(run.title)
            )

    def _begin(self, run: InvocationSnapshot, paths: Sequence[BlobPath]) -> list[BlobPath]:
        """Those that are not kept yet; they are under way from now on."""
        missing = [path for path in paths if (run.id, path) not in self._kept]
        for path in missing:
            self._kept[run.id, path] = _NO_ID
        self._show()
        return missing

    async def _keep_all(
        self, run: InvocationSnapshot, paths: Sequence[BlobPath], wish: KeepWish = _PLAIN
    ) -> None:
        names = []
        try:
            for path in paths:
                file = await self._archive.keep(run.id, path, **wish.asked())
                self._kept[run.id, path] = file.id
                names.append(file.file_name)
        finally:
            for path in paths:
                if self._kept.get((run.id, path)) == _NO_ID:
                    del self._kept[run.id, path]
            self._show()
        if names:
            self.said.emit(self.tr("Kept as {0}").format(", ".join(names)), "secondary")

    def _was_kept(self, event: FileKept) -> None:
        made = event.file.provenance
        if made.run is not None:
            self._kept[made.run, made.path] = event.file.id
            self._note(made.run, made.path, event.file.id)

    def _was_changed(self, event: FileChanged) -> None:
        made = event.file.provenance
        if event.file.state is FileState.TRASHED:
            self._is_gone(event.file.id, made.run, made.path)
            return
        self._gone.discard(event.file.id)
        if made.run is None:
            self._show()
        else:
            self._kept[made.run, made.path] = event.file.id
            self._note(made.run, made.path, event.file.id)

    def _was_removed(self, event: FileRemoved) -> None:
        self._is_gone(event.id, event.run, event.path)

    def _is_gone(self, id: UUID, run: UUID | None, path: BlobPath) -> None:
        self._gone.add(id)
        if run is None:
            self._show()
        else:
            self._kept.pop((run, path), None)
            self._note(run, path, None)

    def _note(self, run: UUID, path: BlobPath, id: UUID | None) -> None:
        """Let the tabs know too, for the sheet that tells how something was made."""
        for page in self._viewer.pages:
            made = page.made_by
            if made is not None and made.id == run:
                blobs = tuple(
                    replace(blob, kept=id) if blob.path == path else blob for blob in made.blobs
                )
                page.made_by = replace(made, blobs=blobs)
        self._show()
        if self._viewer.made_button.isChecked():
            self._viewer.made_asked.emit()
