"""Where the data of a Blob lies: in memory, in an array, in a file; and how it is found again.

The `BlobDataManager` holds data weakly: whoever holds the Blob (the output of an invocation)
keeps it alive, and when that is gone the link is dead.
"""

from __future__ import annotations

import io
import os
import shutil
import threading
import uuid
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, runtime_checkable

from numpy.typing import NDArray

from things.encoding import encode_image, refuse_unwritable

if TYPE_CHECKING:
    from starlette.responses import Response


@runtime_checkable
class BlobData(Protocol):
    """Where the data of a Blob lies."""

    @property
    def media_type(self) -> str:
        """Such as 'image/png'."""

    @property
    def content(self) -> bytes:
        """All of it in memory. May read a file or encode a picture: read it once."""

    def save(self, filename: str | os.PathLike[str]) -> None:
        """Write it to a file."""

    def open(self) -> BinaryIO:
        """A binary file object over it, at its beginning."""


class ServerSideBlobData(BlobData, Protocol):
    """Data that a server can hand out.

    Attributes:
        id: Given by the `BlobDataManager`; None before.
    """

    id: uuid.UUID | None

    def response(self) -> Response:
        """An answer that sends it, with Range and ETag."""


class BlobBytes:
    """Data in memory.

    Args:
        data: The bytes.
        media_type: What they are.
    """

    def __init__(self, data: bytes, media_type: str) -> None:
        self.id: uuid.UUID | None = None
        self._data = data
        self._media_type = media_type
        self._etag = ""

    @property
    def media_type(self) -> str:
        """Such as 'image/png'."""
        return self._media_type

    @property
    def content(self) -> bytes:
        """The bytes."""
        return self._data

    @property
    def size(self) -> int | None:
        """In bytes."""
        return len(self._data)

    def save(self, filename: str | os.PathLike[str]) -> None:
        """Write it to a file."""
        Path(filename).write_bytes(self.content)

    def open(self) -> BinaryIO:
        """A file object over the bytes."""
        return io.BytesIO(self.content)

    def response(self) -> Response:
        """An answer that sends it, with Range and ETag."""
        from things.blob_response import BytesResponse, etag_of

        content = self.content
        self._etag = self._etag or etag_of(content)
        return BytesResponse(content, self.media_type, self._etag)


class BlobArray:
    """A picture kept as an array and encoded only when its bytes are asked for.

    Args:
        array: (h, w), (h, w, 3) or (planes, h, w). It must not be written to any more.
        media_type: 'image/png', 'image/jpeg' or 'image/tiff'.
        pixel_size_um: Width of a pixel at the sample in micrometres.
        full_scale: The largest value the detector can give.
        metadata: Written into formats that can hold it.

    Raises:
        ValueError: The format cannot hold such an array.
    """

    def __init__(
        self,
        array: NDArray[Any],
        media_type: str,
        *,
        pixel_size_um: float | None = None,
        full_scale: float | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        refuse_unwritable(array, media_type)
        self.id: uuid.UUID | None = None
        self.array = array
        self.pixel_size_um = pixel_size_um
        self.full_scale = full_scale
        self.metadata = dict(metadata or {})
        self._media_type = media_type
        self._encoded: bytes | None = None
        self._etag = ""
        self._lock = threading.Lock()

    @property
    def media_type(self) -> str:
        """Such as 'image/png'."""
        return self._media_type

    @property
    def content(self) -> bytes:
        """The picture in its format; encoded once, by the first who asks."""
        with self._lock:
            if self._encoded is None:
                self._encoded = encode_image(
                    self.array,
                    self._media_type,
                    pixel_size_um=self.pixel_size_um,
                    full_scale=self.full_scale,
                    metadata=self.metadata,
                )
            return self._encoded

    @property
    def size(self) -> int | None:
        """In bytes; None while it has not been encoded."""
        return None if self._encoded is None else len(self._encoded)

    def save(self, filename: str | os.PathLike[str]) -> None:
        """Write it to a file."""
        Path(filename).write_bytes(self.content)

    def open(self) -> BinaryIO:
        """A file object over the encoded picture."""
        return io.BytesIO(self.content)

    def response(self) -> Response:
        """An answer that sends it, with Range and ETag."""
        from things.blob_response import BytesResponse, etag_of

        content = self.content
        self._etag = self._etag or etag_of(content)
        return BytesResponse(content, self.media_type, self._etag)


class BlobFile:
    """Data in a file.

    Args:
        file_path: The file; it must exist as long as this does.
        media_type: What it is.
        **kwargs: Kept as attributes, such as a TemporaryDirectory that must live as long.

    Raises:
        IOError: There is no such file.
    """

    def __init__(self, file_path: str | os.PathLike[str], media_type: str, **kwargs: Any) -> None:
        if not Path(file_path).is_file():
            raise OSError(f"There is no file {os.fspath(file_path)}")
        self.id: uuid.UUID | None = None
        self._file_path = file_path
        self._media_type = media_type
        for name, value in kwargs.items():
            setattr(self, name, value)

    @property
    def file_path(self) -> Path:
        """Where it lies."""
        return Path(self._file_path)

    @property
    def media_type(self) -> str:
        """Such as 'image/png'."""
        return self._media_type

    @property
    def content(self) -> bytes:
        """All of the file."""
        return self.file_path.read_bytes()

    @property
    def size(self) -> int | None:
        """In bytes."""
        return self.file_path.stat().st_size

    def save(self, filename: str | os.PathLike[str]) -> None:
        """Copy it to another file."""
        shutil.copyfile(self._file_path, filename)

    def open(self) -> BinaryIO:
        """The file, opened for reading."""
        return self.file_path.open("rb")

    def response(self) -> Response:
        """An answer that sends it, with Range and ETag."""
        from things.blob_response import file_response

        return file_response(self.file_path, self.media_type, keep=self)


class BlobDataManager:
    """Gives data ids, and finds it by them, without keeping it alive."""

    def __init__(self) -> None:
        self._blobs: weakref.WeakValueDictionary[uuid.UUID, ServerSideBlobData] = (
            weakref.WeakValueDictionary()
        )
        self._lock = threading.Lock()

    def add_blob(self, blob: ServerSideBlobData) -> uuid.UUID:
        """Make data findable.

        Returns:
            Its id; the same one when it is added again.

        Raises:
            ValueError: It has an id of another manager.
        """
        with self._lock:
            if blob.id is not None:
                if self._blobs.get(blob.id) is not blob:
                    raise ValueError("This data belongs to another manager.")
                return blob.id
            blob.id = uuid.uuid4()
            self._blobs[blob.id] = blob
            return blob.id

    def exchange(self, old: ServerSideBlobData, new: ServerSideBlobData) -> None:
        """Find other data under the id of some, such as the same on the disk."""
        with self._lock:
            if old.id is not None and self._blobs.get(old.id) is old:
                new.id = old.id
                self._blobs[old.id] = new

    def get_blob(self, blob_id: uuid.UUID) -> ServerSideBlobData:
        """The data of an id.

        Raises:
            KeyError: There is none, or not any more.
        """
        return self._blobs[blob_id]

    def attach_to_app(self, app: Any) -> None:
        """Let an application of somebody else's hand out this data, at `GET /blob/{blob_id}`.

        Its other routes give and take blobs with `app.server.BlobIOContextDep`.

        Args:
            app: A FastAPI application.
        """

        def download_blob(blob_id: uuid.UUID) -> Any:
            """A blob, whole or in part."""
            from things.blob_response import no_such_blob

            try:
                return self.get_blob(blob_id).response()
            except KeyError:
                raise no_such_blob(blob_id) from None

        app.state.blobs = self
        app.state.prefix = ""
        more: dict[str, Any] = {"name": "download_blob", "response_model": None}
        app.add_api_route("/blob/{blob_id}", download_blob, methods=["GET"], **more)
        more["include_in_schema"] = False
        app.add_api_route("/blob/{blob_id}", download_blob, methods=["HEAD"], **more)
