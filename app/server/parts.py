"""What the routes share: made once by the factory, no globals."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from starlette.requests import Request
from starlette.types import Scope

from app.archive.errors import FileStateError
from app.archive.records import FileState
from app.bench import Bench
from app.handles import Origin, OriginKind
from app.server.addresses import base_url
from app.server.answers import Faulty, fault
from app.server.blob_context import BlobAddresses
from app.server.clients import Clients
from app.server.closing import LongLived
from app.server.event_feed import EventFeed
from app.server.settings import ServerSettings
from things.blob_data import BlobFile
from things.blobs import BlobDataManager

if TYPE_CHECKING:
    from app.archive.archive import Archive

R = TypeVar("R")

ARCHIVE_LANE: Final = ":archive"
"""The workers in which the catalogue is asked; no Thing has such a name."""


@dataclass(frozen=True)
class Parts:
    """What the routes share.

    Attributes:
        bench: What is served.
        settings: How.
        blobs: Gives ids to blobs.
        workers: Where disk is read, pictures are encoded and inputs are checked; never the loop.
        feed: Everything that happens, numbered.
        long_lived: Connections that stay open until somebody ends them.
        clients: Who has one.
    """

    bench: Bench
    settings: ServerSettings
    blobs: BlobDataManager
    workers: Executor
    feed: EventFeed
    long_lived: LongLived
    clients: Clients = field(default_factory=Clients)

    async def in_worker(self, call: Callable[[], R]) -> R:
        """Run what may be slow away from the loop."""
        return await in_executor(self.workers, call)

    def addresses(self, scope: Scope) -> BlobAddresses:
        """The blob addresses that the client of a request sees."""
        return BlobAddresses(self.blobs, base_url(scope), self.settings.prefix, self._file)

    async def archive(self) -> Archive:
        """The archive; one that is just being opened is waited for, but not on the loop.

        Raises:
            ArchiveError: There is none, or it cannot be used.
        """
        if (archive := self.bench.archive) is not None:
            return archive
        lane = self.bench.workers.of(ARCHIVE_LANE)
        return await in_executor(lane, lambda: self.bench.opened_archive)

    def _file(self, id: uuid.UUID) -> BlobFile:
        """The content of a file of the archive, for an action that takes one."""
        archive = self.bench.opened_archive
        file = archive.get(id)
        if file.state is FileState.TRASHED:
            raise FileStateError(f"{file.name} is in the trash; it has to be brought back first")
        archive.open_file(id).close()  # says so where it is gone, torn or was found damaged
        return BlobFile(archive.path_of(id), file.media_type)

    def base(self, scope: Scope) -> str:
        """Where links begin: scheme, host and prefix."""
        return base_url(scope) + self.settings.prefix


async def in_executor(executor: Executor, call: Callable[[], R]) -> R:
    """Run what may be slow in one of these threads."""
    return await asyncio.get_running_loop().run_in_executor(executor, call)


def origin_of(scope: Scope) -> Origin:
    """Who asks: the address the connection comes from."""
    client = scope.get("client")
    return Origin(OriginKind.NETWORK, client[0] if client else "")


def id_in(request: Request, name: str) -> uuid.UUID:
    """An id in the path.

    Raises:
        Faulty: It is no UUID.
    """
    given: str = request.path_params[name]
    try:
        return uuid.UUID(given)
    except ValueError:
        message = "Input should be a valid UUID"
        raise Faulty([fault("uuid_parsing", message, given)], ("path", name)) from None
