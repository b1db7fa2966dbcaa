"""What the image process answers, as the program uses it; none of it is believed unchecked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.handles import Picture
from app.imaging.previews import ArrayNote, ArraysPreview, FileKind, TablePreview, TextPreview

T = TypeVar("T")

Reader = Callable[[Mapping[str, Any], bytes], T]
"""Makes something of an answer's header and data.

Raises ValueError, LookupError, TypeError or RecursionError where they make no sense, as those of a
process do not that a file has taken over.
"""

_PICTURES = {"uint8": np.uint8, "uint16": np.uint16, "float32": np.float32}


def read_picture(header: Mapping[str, Any], data: bytes) -> Picture:
    """A decoded picture."""
    array = np.frombuffer(data, dtype=_PICTURES[header["dtype"]]).reshape(header["shape"])
    axes, reduced = str(header["axes"]), int(header["reduced"])
    colours = array.ndim - len(axes) - 2
    if colours not in (0, 1) or (colours and array.shape[-1] != 3) or reduced < 1:
        raise ValueError("the picture contradicts itself about its axes")
    if array.size == 0:
        raise ValueError("the picture is empty")
    return Picture(
        array,
        pixel_size_um=_positive(header["pixel_size_um"]),
        full_scale=_positive(header["full_scale"]),
        axes=axes,
        reduced=reduced,
    )


def read_array(header: Mapping[str, Any], data: bytes) -> Picture | NDArray[np.float64]:
    """An array of an archive: a picture, or a curve of one axis."""
    if header["dtype"] == "float64":
        return np.frombuffer(data, np.float64)
    return read_picture(header, data)


def read_text(header: Mapping[str, Any], data: bytes) -> TextPreview:
    """The beginning of a text."""
    said, _ = _said(header, data)
    return TextPreview(str(said["text"]), bool(said["cut"]))


def read_table(header: Mapping[str, Any], data: bytes) -> TablePreview:
    """The beginning of a table."""
    said, rest = _said(header, data)
    columns = tuple(str(title) for title in said["columns"])
    rows = tuple(tuple(str(cell) for cell in row) for row in said["rows"])
    count = int(said["row_count"])
    numbers = np.frombuffer(rest, np.float64).reshape(count, len(columns))
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("the rows of the table are not equally long")
    return TablePreview(columns, rows, count, bool(said["cut"]), numbers)


def read_arrays(header: Mapping[str, Any], data: bytes) -> ArraysPreview:
    """The list of an archive."""
    said, _ = _said(header, data)
    notes = tuple(
        ArrayNote(
            str(note["name"]),
            str(note["dtype"]),
            tuple(int(length) for length in note["shape"]),
            int(note["size"]),
            str(note["trouble"]),
        )
        for note in said["arrays"]
    )
    return ArraysPreview(notes, bool(said["cut"]))


READERS: Mapping[FileKind, Reader[TextPreview | TablePreview | ArraysPreview]] = {
    FileKind.TEXT: read_text,
    FileKind.TABLE: read_table,
    FileKind.ARRAYS: read_arrays,
}


def _said(header: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    size = int(header["json_bytes"])
    if not 0 <= size <= len(data):
        raise ValueError("the answer is cut short")
    said = json.loads(data[:size])
    if not isinstance(said, dict):
        raise TypeError("the answer is no object")
    return said, data[size:]


def _positive(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise ValueError("a size or scale makes no sense")
    return float(value)
