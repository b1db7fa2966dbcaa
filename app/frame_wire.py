"""Frames of a live stream as bytes, for remote windows: no pixel is changed on the way.

One binary message a frame: the length of a header (4 bytes, big-endian), the header as JSON
(`number`, `at`, `shape`, `dtype`, `pixel_size_um`, `full_scale`), then the pixels in rows,
little-endian.
"""

from __future__ import annotations

import struct
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from app.wire import WireError
from things.streams import Frame

NEXT: Final = "next"
"""What a reader sends when it wants another frame: the newest there is by then."""

_LENGTH: Final = struct.Struct(">I")
_MOST_PIXELS: Final = 2**28

_Side = Annotated[int, Field(ge=1, le=2**20)]


class _Header(BaseModel):
    number: int
    at: AwareDatetime
    shape: tuple[_Side, _Side] | tuple[_Side, _Side, Literal[3]]
    dtype: Literal["uint8", "uint16"]
    pixel_size_um: float | None = None
    full_scale: float | None = None


def frame_bytes(frame: Frame) -> bytes:
    """A frame as one message."""
    array = np.ascontiguousarray(frame.array)
    header = _Header.model_construct(
        number=frame.number,
        at=frame.at,
        shape=array.shape,
        dtype=array.dtype.name,
        pixel_size_um=frame.pixel_size_um,
        full_scale=frame.full_scale,
    ).model_dump_json()
    text = header.encode()
    pixels = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return b"".join((_LENGTH.pack(len(text)), text, pixels.data))


def frame_from(message: bytes) -> Frame:
    """The frame in a message; its array shares the message's memory.

    Raises:
        WireError: It is no frame, or its length does not fit its shape.
    """
    if len(message) < _LENGTH.size:
        raise WireError("a frame without its header")
    (length,) = _LENGTH.unpack_from(message)
    start = _LENGTH.size + length
    try:
        header = _Header.model_validate_json(message[_LENGTH.size : start])
    except ValidationError as error:
        raise WireError(f"the header of a frame: {error.errors()[0]['msg']}") from None
    dtype = np.dtype(header.dtype).newbyteorder("<")
    count = int(np.prod(header.shape, dtype=np.int64))
    if count > _MOST_PIXELS or len(message) - start != count * dtype.itemsize:
        raise WireError("a frame whose length does not fit its shape")
    array = np.frombuffer(message, dtype, count, start).reshape(header.shape)
    return Frame(
        array.astype(np.dtype(header.dtype), copy=False),
        header.number,
        header.at,
        header.pixel_size_um,
        header.full_scale,
    )
