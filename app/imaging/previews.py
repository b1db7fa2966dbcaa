"""What is shown of a file that is no picture, once the image process has read it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class FileKind(enum.Enum):
    """How a file is looked into."""

    TEXT = "text"
    TABLE = "table"
    ARRAYS = "arrays"


@dataclass(frozen=True, slots=True)
class TextPreview:
    """The beginning of a text.

    Attributes:
        text: With plain line ends; what cannot be printed is replaced.
        cut: Whether the file goes on.
    """

    text: str
    cut: bool


@dataclass(frozen=True, slots=True, eq=False)
class TablePreview:
    """The beginning of a table, and its numbers.

    Attributes:
        columns: Their titles; '' where the file gives none.
        rows: The first rows, as they are written.
        row_count: How many rows were counted, without the titles.
        cut: Whether the file goes on after those.
        numbers: (row_count, columns) float64; not a number where a cell holds none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_count: int
    cut: bool
    numbers: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ArrayNote:
    """One array of an archive.

    Attributes:
        name: As the archive calls it.
        dtype: Such as 'float32'; '' where it cannot be read.
        shape: Its shape.
        size: In bytes, unpacked.
        trouble: Why it is not opened; '' where it can be.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ArraysPreview:
    """What an NPZ or NPY file holds.

    Attributes:
        arrays: In the order of the file.
        cut: Whether there are more than are listed.
    """

    arrays: tuple[ArrayNote, ...]
    cut: bool


Preview = TextPreview | TablePreview | ArraysPreview


def kind_of_file(media_type: str, name: str) -> FileKind | None:
    """How a file can be looked into, by what it is said to be; None for not at all."""
    kind = media_type.partition(";")[0].strip().lower()
    ending = name.lower().rpartition(".")[2] if "." in name else ""
    if kind in ("text/csv", "text/tab-separated-values") or ending in ("csv", "tsv"):
        return FileKind.TABLE
    if kind in ("application/npz", "application/x-npz", "application/x-npy"):
        return FileKind.ARRAYS
    if ending in ("npz", "npy"):
        return FileKind.ARRAYS
    if kind.startswith("text/") or kind in _TEXTS or kind.endswith(("+json", "+xml")):
        return FileKind.TEXT
    if kind in ("", "*/*", "application/octet-stream") and ending in _TEXT_ENDINGS:
        return FileKind.TEXT
    return None


_TEXTS = ("application/json", "application/toml", "application/yaml", "application/xml")
_TEXT_ENDINGS = ("txt", "log", "json", "toml", "yaml", "yml", "xml", "md", "ini", "py")
