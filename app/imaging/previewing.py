"""Looks into text, tables and archives of arrays. Runs in the image process only.

Nothing is believed: no pickle is opened, no header longer than 10,000 characters is read, and no
array is unpacked before its size is known to be allowed.
"""

from __future__ import annotations

import csv
import io
import math
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from app.imaging.pixels import RefusedError, TooManyPixelsError, common_kind, words

TEXT_CHARACTERS: Final = 200_000
LINE_CHARACTERS: Final = 2_000
"""A longer line goes on in the next: a text field lays out a line as a whole."""

TABLE_ROWS: Final = 100_000
TABLE_COLUMNS: Final = 64
SHOWN_ROWS: Final = 1_000
CELL_CHARACTERS: Final = 80

ARRAYS: Final = 500
_HEADER_CHARACTERS: Final = 10_000
_CURVE_VALUES: Final = 1_000_000

Answer = tuple[dict[str, Any], NDArray[Any]]
"""What goes into JSON, and numbers beside it."""


def look_into(data: bytes, kind: str) -> Answer:
    """What a file holds.

    Args:
        data: The whole file.
        kind: A value of `app.imaging.previews.FileKind`.

    Raises:
        RefusedError: It is not what it is said to be.
        MemoryError: The process may not have that much.
    """
    look: Callable[[bytes], Answer] = {"text": text, "table": table, "arrays": arrays}[kind]
    try:
        return look(data)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        # A broken file may raise nearly anything in the depth of a reader.
        raise RefusedError(f"the file is broken or cut short ({words(error)})") from error


def text(data: bytes) -> Answer:
    """The beginning of a text."""
    whole = _decoded(data)
    lines: list[str] = []
    for line in whole[:TEXT_CHARACTERS].splitlines():
        printable = "".join(sign if _shows(sign) else "\ufffd" for sign in line)
        lines.extend(_pieces(printable))
    answer = {"text": "\n".join(lines), "cut": len(whole) > TEXT_CHARACTERS}
    return answer, np.empty(0)


def _decoded(data: bytes) -> str:
    """As UTF-8, or as its mark says, or as Latin 1, of which every byte is a character."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: 4 * TEXT_CHARACTERS].decode("utf-16", "replace")
    if b"\0" in data[:65_536]:
        raise RefusedError("it is no text")
    beginning = data[: 100 * TEXT_CHARACTERS]
    try:
        return beginning.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(beginning) < len(data) and error.start > len(beginning) - 4:
            return beginning.decode("utf-8-sig", "ignore")  # we cut a character in two
        return beginning.decode("latin-1")


def _shows(sign: str) -> bool:
    """Whether a character is harmless: no control, none that turns the direction of writing."""
    return sign == "\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _pieces(line: str) -> Iterator[str]:
    yield line[:LINE_CHARACTERS]
    for start in range(LINE_CHARACTERS, len(line), LINE_CHARACTERS):
        yield line[start : start + LINE_CHARACTERS]


def table(data: bytes) -> Answer:
    """The beginning of a table: comma, semicolon, tabulator or bar between the cells."""
    whole = _decoded(data)
    lines = [line for line in whole.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise RefusedError("the table is empty")
    mark = _separator(lines[:20])
    number = _number_with_comma if mark == ";" and "," in whole else _number
    shown: list[list[str]] = []
    numbers: list[list[float]] = []
    titles: list[str] | None = None
    cut = len(data) > 100 * TEXT_CHARACTERS
    for cells in csv.reader(iter(lines), delimiter=mark):
        row = [cell.strip() for cell in cells[:TABLE_COLUMNS]]
        values = [number(cell) for cell in row]
        if titles is None:
            titles = [] if any(math.isfinite(value) for value in values) else row
            if titles:
                continue
        if len(numbers) == TABLE_ROWS:
            cut = True
            break
        numbers.append(values)
        if len(shown) < SHOWN_ROWS:
            shown.append([cell[:CELL_CHARACTERS] for cell in row])
    titles = titles or []
    width = max([len(titles), *(len(row) for row in numbers)], default=0)
    found = np.full((len(numbers), width), np.nan)
    for place, values in enumerate(numbers):
        found[place, : len(values)] = values
    columns = [title[:CELL_CHARACTERS] for title in titles] + [""] * (width - len(titles))
    answer = {
        "columns": columns,
        "rows": [row + [""] * (width - len(row)) for row in shown],
        "row_count": len(numbers),
        "cut": cut,
    }
    return answer, found


def _separator(lines: list[str]) -> str:
    """The sign that stands in most lines, and most evenly; a comma where there is none."""

    def votes(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        return len(lines) - counts.count(0), -len(set(counts))

    best = max((";", "\t", ",", "|"), key=votes)
    return best if votes(best)[0] else ","


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _number_with_comma(cell: str) -> float:
    return _number(cell.replace(",", "."))


def arrays(data: bytes) -> Answer:
    """The arrays of an NPZ or NPY file, by their headers alone."""
    if data.startswith(npy.MAGIC_PREFIX):
        notes = [_note("array", io.BytesIO(data), len(data))]
        return {"arrays": notes, "cut": False}, np.empty(0)
    notes = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        for member in members[:ARRAYS]:
            with archive.open(member) as file:
                notes.append(_note(_short(member.filename), file, member.file_size))
    return {"arrays": notes, "cut": len(members) > ARRAYS}, np.empty(0)


def one_array(data: bytes, place: int, max_pixels: int) -> tuple[NDArray[Any], str]:
    """Unpack one array.

    Args:
        data: The whole file.
        place: Which of those that `arrays` lists.
        max_pixels: The most values it may have.

    Returns:
        The array as it is to be shown and the letters of the axes before its height: of one axis
        float64, a curve; of more one of the three kinds a picture may have, at most three before
        the height.

    Raises:
        RefusedError: It cannot be shown.
        MemoryError: The process may not have that much.
    """
    try:
        if data.startswith(npy.MAGIC_PREFIX):
            return _as_shown(_unpacked(io.BytesIO(data), max_pixels))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = archive.infolist()[place]
            with archive.open(member) as file:
                return _as_shown(_unpacked(file, max_pixels))
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        raise RefusedError(f"the array is broken or cut short ({words(error)})") from error


def _short(name: str) -> str:
    shown = "".join(sign if _shows(sign) else "\ufffd" for sign in name)
    return shown.removesuffix(".npy")[:CELL_CHARACTERS]


def _note(name: str, file: Any, size: int) -> dict[str, Any]:
    note = {"name": name, "dtype": "", "shape": [], "size": size, "trouble": ""}
    try:
        shape, _, dtype = _header(file)
    except Exception as error:
        return {**note, "trouble": f"no array of numbers ({words(error)})"}
    note |= {"dtype": str(dtype)[:CELL_CHARACTERS], "shape": list(shape)[:16]}
    if dtype.kind not in "biuf":
        note["trouble"] = "no numbers"
    return note


def _header(file: BinaryIO | Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(file, max_header_size=_HEADER_CHARACTERS)
    return shape, fortran, dtype


def _unpacked(file: BinaryIO | Any, max_pixels: int) -> NDArray[Any]:
    shape, fortran, dtype = _header(file)
    if dtype.kind not in "biuf":
        raise RefusedError("it holds no numbers")
    count = math.prod(shape)
    if not count > 0 or min(shape, default=1) < 1:
        raise RefusedError("it is empty")
    if count > max_pixels:
        raise TooManyPixelsError(f"it has more than {max_pixels / 1e6:.0f} million values")
    wanted = count * dtype.itemsize
    content = file.read(wanted)
    if len(content) < wanted:
        raise RefusedError("the array is cut short")
    flat = np.frombuffer(content, dtype)
    return flat.reshape(shape[::-1]).transpose() if fortran else flat.reshape(shape)


def _as_shown(array: NDArray[Any]) -> tuple[NDArray[Any], str]:
    if array.ndim < 2 or (array.ndim == 2 and 1 in array.shape):
        step = max(1, math.ceil(array.size / _CURVE_VALUES))
        return np.ascontiguousarray(array.reshape(-1)[::step], dtype=np.float64), ""
    colour = array.ndim == 3 and array.shape[2] in (3, 4) and array.dtype == np.uint8
    if colour:
        return common_kind(array[..., :3]), ""
    if array.ndim > 5:
        array = array.reshape(-1, *array.shape[-4:])
    return common_kind(array), "Q" * (array.ndim - 2)
