"""The files that fit a question, page by page, as a list model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import shiboken6
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from typing_extensions import override

from app.archive.errors import ArchiveError
from app.archive.events import ArchiveTroubled, FileChanged, FileKept, FileRemoved
from app.archive.records import ArchivedFile, FilePage, FileQuery
from app.archive_handle import ArchiveHandle
from things.errors import ThingError
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.widgets import plain_tool_tip

PAGE: Final = 200
"""So many files are asked for at once."""

MORE: Final = 500
"""So many when somebody scrolls on: each time, a view lays out all tiles anew."""

LOOK_MS: Final = 200
"""Files that come within this time are looked for together."""

COUNT_MS: Final = 1000
"""The same, where the oldest are first: all that fit have to be counted again for it."""

FileRole: Final = int(Qt.ItemDataRole.UserRole)

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MOMENT: Final = timedelta(microseconds=1)


class FilesModel(QAbstractListModel):
    """Files newest first; the next page is asked for when the view comes near the end.

    Rows stay as they are until the answer to a new question is there, so that nothing flickers.

    Attributes:
        told: An answer came, or none could be had: `total`, `trouble` or `asking` changed.
        total: How many files fit in all; None while that is not known.
        trouble: Why the archive does not answer, in words; '' where it does.
    """

    told = Signal()

    def __init__(
        self, archive: ArchiveHandle, bridge: Bridge, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        """An empty list; `ask` fills it.

        Args:
            archive: Is asked.
            bridge: Tells of what is kept, changed and removed.
            tasks: Runs the asking.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._archive = archive
        self._tasks = tasks
        self._query = FileQuery(limit=PAGE, total=True)
        self._files: list[ArchivedFile] = []
        self._rows: dict[UUID, int] = {}
        self._next: str | None = None
        self._question = 0
        self._asked = False
        self._under_way = 0
        self._come_back: dict[UUID, ArchivedFile] = {}
        self._to_look = self._looking = self._to_count = False
        self.total: int | None = None
        self.trouble = ""
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.timeout.connect(self._look_for_new)
        bridge.on(FileKept, lambda _event: self._may_be_new(), owner=self)
        bridge.on(FileChanged, self._changed, owner=self)
        bridge.on(ArchiveTroubled, self._may_answer, owner=self)
        bridge.on(FileRemoved, lambda event: self._take_out(event.id), owner=self)

    @property
    def query(self) -> FileQuery:
        """What was asked last."""
        return self._query

    @property
    def asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._under_way > 0

    @property
    def files(self) -> Sequence[ArchivedFile]:
        """Those that were brought so far."""
        return self._files

    def ask(self, query: FileQuery) -> None:
        """Show what fits a question instead."""
        self._query = replace(query, limit=PAGE, after=None, total=True)
        self._question += 1
        self._asked = True
        self._start(self._first(self._question))

    def refresh(self) -> None:
        """Ask the same again."""
        self.ask(self._query)

    def file_at(self, index: Index) -> ArchivedFile | None:
        """The file of a row."""
        return self._files[index.row()] if 0 <= index.row() < len(self._files) else None

    def index_of(self, id: UUID) -> QModelIndex:
        """Where a file is; an invalid index where it was not brought."""
        row = self._rows.get(id)
        return _NOWHERE if row is None else self.index(row)

    # What a view asks.

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._files)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        file = self.file_at(index)
        if file is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return file.file_name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(file.file_name)  # the tile has room for a part of it
        return file if role == FileRole else None

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._next is not None and not self.asking

    @override
    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._start(self._more(self._question, self._next))

    # Asking.

    def _start(self, coroutine: Any) -> None:
        self._under_way += 1
        if self._tasks.start(coroutine, self.tr("Looking into the archive")) is None:
            self._under_way -= 1
        else:
            self.told.emit()

    async def _first(self, question: int) -> None:
        page = await self._page(question, self._query)
        if page is None:
            return
        self.beginResetModel()
        self._files = list(page.files)
        self._count_rows()
        self._next, self.total = page.next, page.total
        self.endResetModel()
        self._answered(question, "")

    async def _more(self, question: int, after: str | None) -> None:
        page = await self._page(
            question, replace(self._query, after=after, total=False, limit=MORE)
        )
        if page is None:
            return
        self._next = page.next
        # What was looked for in between may be here already.
        new = [file for file in page.files if file.id not in self._rows]
        if new:
            self.beginInsertRows(_NOWHERE, len(self._files), len(self._files) + len(new) - 1)
            # Only what is new is counted: those before it stay where they are.
            self._rows |= {file.id: row for row, file in enumerate(new, len(self._files))}
            self._files += new
            self.endInsertRows()
        self._answered(question, "")

    async def _page(self, question: int, query: FileQuery) -> FilePage | None:
        """What fits; None where it could not be had, or nobody waits for it any more."""
        try:
            page = await self._archive.search(query)
        except ThingError as error:
            self._answered(question, str(error))
            return None
        finally:
            self._under_way -= 1
        return None if self._is_past(question) else page

    def _answered(self, question: int, trouble: str) -> None:
        if not self._is_past(question):
            self.trouble = trouble
            self.told.emit()

    def _is_past(self, question: int) -> bool:
        """Whether nobody waits for the answer: another question was asked, or a dialog closed."""
        return question != self._question or not shiboken6.isValid(self)

    # What happens to files meanwhile.

    def _may_answer(self, event: ArchiveTroubled) -> None:
        """The archive has been opened, or can be reached again."""
        if self._asked and self.trouble and not event.reason:
            self.refresh()

    def _may_be_new(self, *, count: bool = False) -> None:
        """Look soon, but never twice at the same time: where hundreds are kept, once for many.

        Args:
            count: Whether all that fit have to be counted for it, which takes its time.
        """
        self._to_count = self._to_count or count or self._query.oldest_first
        self._to_look = True
        if self._asked and not self._looking and not self._look.isActive():
            self._look.start(COUNT_MS if self._query.oldest_first else LOOK_MS)

    def _look_for_new(self) -> None:
        count, self._to_count, self._to_look = self._to_count, False, False
        self._looking = True
        asked = self._newest(self._question, count=count)
        if self._tasks.start(asked, self.tr("Looking into the archive")) is None:
            self._looking = False

    async def _newest(self, question: int, *, count: bool) -> None:
        """Whether a new file fits is the catalogue's to say."""
        back, self._come_back = list(self._come_back.values()), {}
        try:
            await self._bring_back(question, back)
            page = await self._archive.search(replace(self._query, total=count))
        except ArchiveError:
            return  # the operator did not ask; whoever looks hears of it
        finally:
            self._looking = False
            if self._to_look and shiboken6.isValid(self):
                self._may_be_new()
        if self._is_past(question):
            return
        if self._query.oldest_first:
            self.total = page.total
            if self._next is None:
                self._next = page.next
            self.told.emit()
            return
        new = []
        for file in page.files:
            if file.id in self._rows:
                break
            new.append(file)
        if len(new) == len(page.files) and self._files:
            self.ask(self._query)  # more than a page: nothing of it hangs together with the old
            return
        if new:
            self.beginInsertRows(_NOWHERE, 0, len(new) - 1)
            self._files[:0] = new
            self._count_rows()
            self.endInsertRows()
        if count:
            self.total = page.total
        elif self.total is not None:
            self.total += len(new)
        self._answered(question, "")

    def _changed(self, event: FileChanged) -> None:
        if not self._asked:
            return
        file = event.file
        row = self._rows.get(file.id)
        wanted = self._query.state
        if row is None:
            if wanted is None or file.state is wanted:
                self._come_back[file.id] = file
                self._may_be_new(count=True)  # it may come back far below
            return
        if wanted is not None and file.state is not wanted:
            self._take_out(file.id)
            return
        self._files[row] = file
        self.dataChanged.emit(self.index(row), self.index(row))

    async def _bring_back(self, question: int, files: Sequence[ArchivedFile]) -> None:
        """Files came out of the trash, or were changed; whether they fit now is to be asked.

        Each is asked for by its moment: all others are left out by an index.
        """
        query = self._query
        for file in files:
            since, until = file.created, file.created + _MOMENT
            asked = replace(
                query,
                since=since if query.since is None else max(query.since, since),
                until=until if query.until is None else min(query.until, until),
                total=False,
            )
            try:
                found = await self._archive.search(asked)
            except ArchiveError:
                return  # the operator did not ask; whoever looks hears of it
            if self._is_past(question):
                return
            fits = next((each for each in found.files if each.id == file.id), None)
            if fits is not None and file.id not in self._rows:
                self._put_in_order(fits)

    def _put_in_order(self, file: ArchivedFile) -> None:
        """Where it would be if it had never been away; nowhere among what was not brought yet."""
        turned = -1 if self._query.oldest_first else 1
        place = next(
            (
                row
                for row, each in enumerate(self._files)
                if turned * each.number < turned * file.number
            ),
            len(self._files),
        )
        if place == len(self._files) and self._next is not None:
            return
        self.beginInsertRows(_NOWHERE, place, place)
        self._files.insert(place, file)
        self._count_rows()
        self.endInsertRows()

    def _take_out(self, id: UUID) -> None:
        row = self._rows.get(id)
        if row is None:
            return
        self.beginRemoveRows(_NOWHERE, row, row)
        del self._files[row]
        self._count_rows()
        self.endRemoveRows()
        if self.total is not None:
            self.total -= 1
        self.told.emit()

    def _count_rows(self) -> None:
        self._rows = {file.id: row for row, file in enumerate(self._files)}
