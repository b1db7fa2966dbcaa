"""`GET /archive`: the list of files, for many who ask at once.

What was written for one who asked is given to the next who asks the same, as long as nothing was
changed in the catalogue; those who ask while it is being read wait for the one answer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from app.archive.errors import FileQueryError
from app.archive.records import FileQuery
from app.file_wire import page_json
from app.server.answers import Json
from app.server.archive_query import file_query
from app.server.paging import link_next
from app.server.parts import Parts, in_executor
from app.server.query_values import refused

if TYPE_CHECKING:
    from app.archive.archive import Archive

MOST_KEPT: Final = 64
_LONGEST_KEPT_BYTES: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it is sent.

    Attributes:
        text: JSON.
        next: Asks for the one after it.
    """

    text: bytes
    next: str | None


Key = tuple[int, int, bytes]
"""Which archive, how often it was changed, and the question as it came."""


class ArchiveListing:
    """Answers for the list. On the server's loop only, but for what it asks of its readers.

    Args:
        parts: What the routes share.
        readers: Where the catalogue is asked.
    """

    def __init__(self, parts: Parts, readers: Executor) -> None:
        self._parts = parts
        self._prefix = parts.settings.prefix
        self._readers = readers
        self._kept: OrderedDict[Key, _Page] = OrderedDict()
        self._under_way: dict[Key, asyncio.Task[_Page]] = {}

    async def answer(self, request: Request) -> Response:
        """A page.

        Raises:
            Faulty: A parameter is not known, or has a value that it cannot have.
            ArchiveError: There is no archive, or it cannot be read.
        """
        archive = await self._parts.archive()
        asked: bytes = request.scope["query_string"]
        # Taken before anything is read: what is changed meanwhile makes this answer old at once.
        key = (id(archive), archive.changes, asked)
        page = self._kept.get(key)
        if page is None:
            page = await self._read(key, archive, asked)
        answer = Json(page.text)
        if page.next is not None:
            link_next(answer, request.scope, request.query_params, page.next)
        return answer

    async def _read(self, key: Key, archive: Archive, asked: bytes) -> _Page:
        """Read once, however many ask; one who leaves takes it away from nobody."""
        task = self._under_way.get(key)
        if task is None:
            given = QueryParams(asked)
            query = file_query(given)
            task = asyncio.create_task(self._page(archive, query, given))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    async def _page(self, archive: Archive, query: FileQuery, given: QueryParams) -> _Page:
        def read() -> _Page:
            page = archive.find(query)
            return _Page(page_json(page, prefix=self._prefix), page.next)

        try:
            return await in_executor(self._readers, read)
        except FileQueryError as error:
            raise refused(error.name, error.reason, given.get(error.name)) from None

    def _keep(self, key: Key, done: asyncio.Task[_Page]) -> None:
        del self._under_way[key]
        if done.cancelled() or done.exception() is not None:
            return
        page = done.result()
        if len(page.text) > _LONGEST_KEPT_BYTES:
            return
        if self._kept and next(iter(self._kept))[:2] != key[:2]:
            self._kept.clear()
        self._kept[key] = page
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
