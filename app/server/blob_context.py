"""Blobs get addresses, and addresses lead to blobs: the context of a request.

A blob given by its address is one of this server, found by its id; nothing is ever fetched.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from app.archive.addresses import file_at
from app.archive.errors import ArchiveError
from app.server.addresses import base_url, host_and_port
from things.blobs import (
    BlobData,
    BlobDataManager,
    ServerSideBlobData,
    blobdata_to_url_ctx,
    url_to_blobdata_ctx,
)

_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_UUID = re.compile(_ID, re.IGNORECASE | re.ASCII)


class BlobAddresses:
    """Blobs as URLs of one server, as one client sees it.

    Args:
        blobs: Gives the ids.
        base: Scheme and host of the request.
        prefix: Path below which the bench is served.
        files: Gives the content of a file of the archive, or raises an error; None where files
            are not to be had here.
    """

    def __init__(
        self,
        blobs: BlobDataManager,
        base: str,
        prefix: str = "",
        files: Callable[[uuid.UUID], BlobData] | None = None,
    ) -> None:
        self._blobs = blobs
        self._base = base
        self._prefix = prefix
        self._files = files

    def url_of(self, data: ServerSideBlobData) -> str:
        """The address of data; it is findable from now on, as long as somebody holds it."""
        return f"{self._base}{self._prefix}/blob/{self._blobs.add_blob(data)}"

    def data_at(self, url: str) -> BlobData:
        """The data behind an address.

        Raises:
            ValueError: It is not the address of a blob that is here.
        """
        path = self._own_path(url)
        start = f"{self._prefix}/blob/"
        file = file_at((path or "").removeprefix(self._prefix))
        if file is not None and self._files is not None:
            try:
                return self._files(file)
            except ArchiveError as error:
                raise ValueError(f"cannot be had: {error}") from None
        if path is None or not path.startswith(start):
            raise ValueError("is not the address of a blob of this server")
        id = path.removeprefix(start)
        if not _UUID.fullmatch(id):
            raise ValueError("is not the address of a blob: it has no id")
        try:
            return self._blobs.get_blob(uuid.UUID(id))
        except KeyError:
            raise ValueError("leads to no blob here, or to none any more") from None

    def _own_path(self, url: str) -> str | None:
        """The path of an URL of this server; None for one of elsewhere."""
        if url.startswith("/") and not url.startswith("//"):
            return url
        try:
            own, given = urlsplit(self._base), urlsplit(url)
        except ValueError:
            return None
        same = (
            given.scheme.lower() == own.scheme
            and not given.query
            and not given.fragment
            and host_and_port(given.netloc) is not None
            and host_and_port(given.netloc) == host_and_port(own.netloc)
        )
        return given.path if same else None

    @contextmanager
    def in_context(self) -> Iterator[BlobDataManager]:
        """Both context variables set for the body of the `with`, in this thread."""
        to_url = blobdata_to_url_ctx.set(self.url_of)
        from_url = url_to_blobdata_ctx.set(self.data_at)
        try:
            yield self._blobs
        finally:
            url_to_blobdata_ctx.reset(from_url)
            blobdata_to_url_ctx.reset(to_url)

    def within(self, call: Callable[[], Any]) -> Any:
        """Run `call` in the context."""
        with self.in_context():
            return call()


def blob_addresses(request: HTTPConnection) -> BlobAddresses:
    """The blob addresses that the client of a request sees."""
    state = request.app.state
    return BlobAddresses(state.blobs, base_url(request.scope), state.prefix)


async def blob_serialisation_context_manager(request: Request) -> AsyncIterator[BlobDataManager]:
    """FastAPI dependency: blobs can be written as links and read from links while a route runs.

    Yields:
        The manager that gives them their ids.
    """
    with blob_addresses(request).in_context() as blobs:
        yield blobs


BlobIOContextDep = Annotated[BlobDataManager, Depends(blob_serialisation_context_manager)]
"""A parameter of this type lets a FastAPI route give and take Blobs."""
