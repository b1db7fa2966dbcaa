"""Blobs: outputs that are pictures or files, not JSON.

    class PngBlob(Blob):
        media_type = "image/png"

    @action
    def snap(self) -> PngBlob:
        return PngBlob.from_array(self._grab())

A Blob is a small pydantic model (`href`, `media_type`, `rel`, `description`); its data lies in a
store: `BlobBytes`, `BlobFile` or `BlobArray`. In JSON it is a link. To make links and to follow
them, two context variables must be set; the server does that, see
`app.server.blob_context`.
"""

from __future__ import annotations

import io
import os
import re
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import (
    TYPE_CHECKING,
    Any,
    BinaryIO,
    ClassVar,
    Literal,
    Self,
    TypeVar,
    cast,
)

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    GetJsonSchemaHandler,
    PrivateAttr,
    create_model,
    model_serializer,
    model_validator,
)
from pydantic._internal._model_construction import ModelMetaclass
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from things.blob_data import (
    BlobArray,
    BlobBytes,
    BlobData,
    BlobDataManager,
    BlobFile,
    ServerSideBlobData,
)
from things.errors import NoBlobDataError

if TYPE_CHECKING:
    from starlette.responses import Response

__all__ = [
    "LOCAL_HREF",
    "Blob",
    "BlobArray",
    "BlobBytes",
    "BlobData",
    "BlobDataManager",
    "BlobFile",
    "CsvBlob",
    "ImageBlob",
    "JpegBlob",
    "KeepWish",
    "NpzBlob",
    "PngBlob",
    "ServerSideBlobData",
    "TextBlob",
    "TiffBlob",
    "blob_type",
    "blobdata_to_url_ctx",
    "keep",
    "media_type_fits",
    "url_to_blobdata_ctx",
    "wish_of",
]

LOCAL_HREF = "blob://local"
"""The href of a Blob whose data is at hand and that has no address yet."""

_DESCRIPTION = (
    "This output is not written as JSON: it is a file, to be fetched from the link in href."
)


blobdata_to_url_ctx: ContextVar[Callable[[ServerSideBlobData], str]] = ContextVar("blobdata_to_url")
"""Gives data a URL, and so makes it downloadable."""

url_to_blobdata_ctx: ContextVar[Callable[[str], BlobData]] = ContextVar("url_to_blobdata")
"""Finds the data behind a URL of this server."""


@dataclass(frozen=True, slots=True)
class KeepWish:
    """That a blob is to be kept, and how it is to be found again.

    Attributes:
        name: What to call it; '' for a name by the pattern of whoever runs the bench.
        tags: To be found by.
    """

    name: str = ""
    tags: tuple[str, ...] = ()


class _BlobMeta(ModelMetaclass):
    """Lets a subclass say `media_type = "image/png"` without repeating the annotation."""

    def __new__(
        mcs, name: str, bases: tuple[type[Any], ...], namespace: dict[str, Any], **kwargs: Any
    ) -> type[Any]:
        given = namespace.get("media_type")
        annotations = namespace.setdefault("__annotations__", {})
        if isinstance(given, str) and "media_type" not in annotations:
            annotations["media_type"] = str
        return cast("type[Any]", super().__new__(mcs, name, bases, namespace, **kwargs))


class Blob(BaseModel, metaclass=_BlobMeta):
    """A piece of binary data that travels as a link.

    Make one by `from_bytes`, `from_file`, `from_temporary_directory` or, for pictures,
    `from_array`. The constructor takes the link of one that this server has already.

    Attributes:
        href: Where it can be fetched; 'blob://local' while it has no address.
        media_type: What it is; a subclass says it once for all.
        rel: Always 'output'.
        description: For people who read the JSON.

    Raises:
        LookupError: The constructor was used outside a blob context.
        ValidationError: The link leads nowhere here.
    """

    href: str
    media_type: str = "*/*"
    rel: Literal["output"] = "output"
    description: str = _DESCRIPTION

    suggested_suffix: ClassVar[str] = ""

    _data: ServerSideBlobData | None = PrivateAttr(default=None)
    _wish: KeepWish | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def retrieve_data(self) -> Self:
        """Find the data behind the link."""
        if self.href == LOCAL_HREF:
            if self._data is None:
                raise ValueError("a Blob with a local address needs its data")
            return self
        data = cast(ServerSideBlobData, url_to_blobdata_ctx.get()(self.href))
        for wanted in (type(self).default_media_type(), self.media_type):
            if not media_type_fits(data.media_type, wanted):
                raise ValueError(f"is {data.media_type}, where {wanted} is wanted")
        self._data = data
        self.media_type = data.media_type
        self.href = LOCAL_HREF
        return self

    @model_serializer(mode="plain", when_used="always")
    def to_dict(self) -> Mapping[str, str]:
        """The link. As a side effect the data gets an address, until it is dropped.

        Raises:
            LookupError: There is no blob context to make an address in.
        """
        href = self.href
        if href == LOCAL_HREF:
            href = blobdata_to_url_ctx.get()(self.data)
        return {
            "href": href,
            "media_type": self.media_type,
            "rel": self.rel,
            "description": self.description,
        }

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """An object with a link, and the media type where it is known."""
        media_type: dict[str, Any] = {"type": "string", "title": "Media type"}
        default = cls.default_media_type()
        if "*" in default:
            media_type["default"] = default
        else:
            media_type["const"] = default
        return {
            "type": "object",
            "title": cls.__name__,
            "properties": {
                "href": {"type": "string", "format": "uri", "title": "Address"},
                "media_type": media_type,
                "rel": {"type": "string", "const": "output", "title": "Relation"},
                "description": {"type": "string", "title": "Description"},
            },
            "required": ["href"],
            "lw:mediaType": default,
        }

    @classmethod
    def default_media_type(cls) -> str:
        """The media type of this class."""
        return cast(str, cls.model_fields["media_type"].get_default())

    @property
    def data(self) -> ServerSideBlobData:
        """The store with the data.

        Raises:
            NoBlobDataError: It is only a link (a ValueError).
        """
        if self._data is None:
            raise NoBlobDataError("This Blob has no data here.")
        return self._data

    @property
    def content(self) -> bytes:
        """All of it in memory. May read a file or encode a picture: read it once."""
        return self.data.content

    def save(self, filepath: str | os.PathLike[str]) -> None:
        """Write it to a file."""
        self.data.save(filepath)

    def open(self) -> BinaryIO:
        """A binary file object over it, at its beginning."""
        return self.data.open()

    def response(self) -> Response:
        """An answer that sends it."""
        return self.data.response()

    @classmethod
    def from_data(cls, data: ServerSideBlobData) -> Self:
        """A Blob over a store.

        Args:
            data: The store; its media type becomes the Blob's.
        """
        made = cls.model_construct(href=LOCAL_HREF, media_type=data.media_type)
        made._data = data
        return made

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """A Blob over bytes in memory."""
        return cls.from_data(BlobBytes(data, cls.default_media_type()))

    @classmethod
    def from_file(cls, file: str | os.PathLike[str]) -> Self:
        """A Blob over a file, which must stay as long as the Blob.

        Raises:
            IOError: There is no such file.
        """
        return cls.from_data(BlobFile(file, cls.default_media_type()))

    @classmethod
    def from_temporary_directory(cls, folder: TemporaryDirectory[str], file: str) -> Self:
        """A Blob over a file in a temporary directory, which lives as long as the Blob's data.

        Args:
            folder: The directory; hand it over and forget it.
            file: Name of the file in it.

        Raises:
            IOError: There is no such file.
        """
        data = BlobFile(
            Path(folder.name) / file, cls.default_media_type(), _temporary_directory=folder
        )
        # Left to itself, the directory would complain of being cleaned up implicitly.
        weakref.finalize(data, folder.cleanup)
        return cls.from_data(data)


B = TypeVar("B", bound=Blob)


def keep(blob: B, *, name: str = "", tags: Iterable[str] = ()) -> B:
    """Have a blob kept in the archive of the bench, once the action that returns it has ended.

        return keep(PngBlob.from_array(frame), tags=["focus"])

    Without an archive nothing comes of it.

    Args:
        blob: What the action returns, or has somewhere in what it returns.
        name: What to call it; by the bench's own pattern where ''.
        tags: To be found by.

    Returns:
        The blob.
    """
    blob._wish = KeepWish(name, tuple(tags))
    return blob


def wish_of(blob: Blob) -> KeepWish | None:
    """Whether `keep` was called for a blob, and with what."""
    return blob._wish


class ImageBlob(Blob):
    """A Blob that is a picture and can be made of an array."""

    media_type = "image/*"

    @classmethod
    def from_array(
        cls,
        array: NDArray[Any],
        *,
        pixel_size_um: float | None = None,
        full_scale: float | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Self:
        """A picture of an array. It is encoded when somebody asks for its bytes.

        Args:
            array: (h, w) grey, (h, w, 3) colour, or for TIFF also (planes, h, w); uint8, uint16
                or float32 (TIFF only). It must not be written to afterwards.
            pixel_size_um: Width of a pixel at the sample in micrometres.
            full_scale: The largest value the detector can give, to mark saturation.
            metadata: Written into the file as text.

        Raises:
            ValueError: The format cannot hold such an array.
        """
        array = np.asarray(array)
        array.flags.writeable = False
        return cls.from_data(
            BlobArray(
                array,
                cls.default_media_type(),
                pixel_size_um=pixel_size_um,
                full_scale=full_scale,
                metadata=metadata,
            )
        )


class PngBlob(ImageBlob):
    """A picture as PNG: 8 or 16 bit grey, or 8 bit colour."""

    media_type = "image/png"


class JpegBlob(ImageBlob):
    """A picture as JPEG: 8 bit grey or colour, with losses."""

    media_type = "image/jpeg"


class TiffBlob(ImageBlob):
    """A picture or stack as OME-TIFF: axes (y, x) or (z, y, x), or (y, x, colour)."""

    media_type = "image/tiff"


class CsvBlob(Blob):
    """A table as comma-separated text (RFC 4180)."""

    media_type = "text/csv"


class NpzBlob(Blob):
    """Arrays as a numpy archive (.npz)."""

    media_type = "application/x-npz"

    @classmethod
    def from_arrays(cls, **arrays: NDArray[Any]) -> Self:
        """A Blob of named arrays."""
        target = io.BytesIO()
        np.savez_compressed(target, **cast("dict[str, Any]", arrays))
        return cls.from_bytes(target.getvalue())


class TextBlob(Blob):
    """Plain text, UTF-8."""

    media_type = "text/plain"


_MEDIA_TYPE = re.compile(r"[\w.+*-]+/[\w.+*-]+", re.ASCII)


def blob_type(media_type: str) -> type[Blob]:
    """A subclass of Blob for a media type.

    Args:
        media_type: Such as 'text/plain'.

    Raises:
        ValueError: It is no media type.
    """
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise ValueError(f"{media_type!r} is no media type")
    name = re.sub(r"\W", "_", media_type) + "_blob"
    return create_model(name, __base__=Blob, media_type=(str, media_type))


def media_type_fits(given: str, wanted: str) -> bool:
    """Whether a media type is of the wanted kind; either may have '*' in it."""
    given_parts = given.partition(";")[0].strip().split("/")
    wanted_parts = wanted.partition(";")[0].strip().split("/")
    return len(given_parts) == len(wanted_parts) == 2 and all(
        one == other or "*" in (one, other)
        for one, other in zip(given_parts, wanted_parts, strict=True)
    )
