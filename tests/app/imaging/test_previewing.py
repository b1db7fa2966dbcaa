"""Files that are no pictures are looked into without being believed."""

from __future__ import annotations

import asyncio
import io
import pickle
import struct
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.lib import format as npy
from numpy.typing import NDArray

from app.handles import Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageRefusedError, ImageTooCostlyError
from app.imaging.pixels import RefusedError
from app.imaging.previewing import LINE_CHARACTERS, SHOWN_ROWS, TABLE_ROWS, look_into, one_array
from app.imaging.previews import (
    ArraysPreview,
    FileKind,
    Preview,
    TablePreview,
    TextPreview,
    kind_of_file,
)


def look(decoder: ImageDecoder, data: bytes, kind: FileKind) -> Preview:
    return asyncio.run(decoder.preview(data, kind))


def text(decoder: ImageDecoder, data: bytes) -> TextPreview:
    found = look(decoder, data, FileKind.TEXT)
    assert isinstance(found, TextPreview)
    return found


def table(decoder: ImageDecoder, data: str | bytes) -> TablePreview:
    found = look(decoder, data if isinstance(data, bytes) else data.encode(), FileKind.TABLE)
    assert isinstance(found, TablePreview)
    return found


def archive(decoder: ImageDecoder, data: bytes) -> ArraysPreview:
    found = look(decoder, data, FileKind.ARRAYS)
    assert isinstance(found, ArraysPreview)
    return found


def array(decoder: ImageDecoder, data: bytes, place: int) -> Picture | NDArray[np.float64]:
    return asyncio.run(decoder.array(data, place))


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("media_type", "name", "kind"),
    [
        ("text/csv; charset=utf-8", "", FileKind.TABLE),
        ("application/octet-stream", "Spectrum.CSV", FileKind.TABLE),
        ("application/x-npz", "", FileKind.ARRAYS),
        ("application/octet-stream", "a.npy", FileKind.ARRAYS),
        ("text/plain", "", FileKind.TEXT),
        ("application/json", "", FileKind.TEXT),
        ("application/octet-stream", "run.log", FileKind.TEXT),
        ("application/octet-stream", "firmware.bin", None),
        ("application/pdf", "paper.pdf", None),
    ],
)
def test_a_file_is_looked_into_by_what_it_is_said_to_be(
    media_type: str, name: str, kind: FileKind | None
) -> None:
    assert kind_of_file(media_type, name) is kind


def test_a_text_is_shown_with_plain_line_ends(decoder: ImageDecoder) -> None:
    assert text(decoder, "Grüße\r\nµm\r".encode()) == TextPreview("Grüße\nµm", False)
    assert text(decoder, "µm".encode("utf-16")).text == "µm"
    assert text(decoder, b"20 \xb5m").text == "20 µm"


def test_controls_and_turned_writing_are_replaced(decoder: ImageDecoder) -> None:
    shown = text(decoder, "a\x1b[2Jb\u202ec".encode()).text

    assert shown == "a\ufffd[2Jb\ufffdc"


def test_a_long_text_is_cut_and_a_long_line_broken(decoder: ImageDecoder) -> None:
    found = text(decoder, b"x" * 5_000_000)

    assert found.cut
    assert max(map(len, found.text.splitlines())) == LINE_CHARACTERS


def test_what_is_no_text_is_refused(decoder: ImageDecoder) -> None:
    with pytest.raises(ImageRefusedError, match="no text"):
        text(decoder, bytes(range(256)))


def test_a_table_gives_its_titles_and_numbers(decoder: ImageDecoder) -> None:
    found = table(decoder, "# made by a spectrometer\nwavelength,counts\n350,12\n351.5,\n")

    assert found.columns == ("wavelength", "counts")
    assert found.rows == (("350", "12"), ("351.5", ""))
    assert (found.row_count, found.cut) == (2, False)
    expected = np.array([[350.0, 12.0], [351.5, np.nan]])
    assert np.array_equal(found.numbers, expected, equal_nan=True)


def test_a_table_without_titles_and_with_commas_in_numbers(decoder: ImageDecoder) -> None:
    found = table(decoder, "0,5;1,25\n1,0;-2\n")

    assert found.columns == ("", "")
    assert np.array_equal(found.numbers, [[0.5, 1.25], [1.0, -2.0]])


def test_cells_in_quotes_may_hold_separators(decoder: ImageDecoder) -> None:
    assert table(decoder, 'name,note\n"a, b","say ""hi"""\n').rows == (("a, b", 'say "hi"'),)


def test_a_large_table_is_counted_and_cut(decoder: ImageDecoder) -> None:
    found = table(decoder, "n\n" + "1\n" * (TABLE_ROWS + 5))

    assert found.cut
    assert found.row_count == TABLE_ROWS
    assert len(found.rows) == SHOWN_ROWS
    assert found.numbers.shape == (TABLE_ROWS, 1)


def test_rows_of_unlike_length_are_filled_up(decoder: ImageDecoder) -> None:
    found = table(decoder, "a,b\n1\n1,2,3\n")

    assert found.columns == ("a", "b", "")
    assert found.rows == (("1", "", ""), ("1", "2", "3"))


def test_an_archive_is_listed_by_its_headers(decoder: ImageDecoder) -> None:
    data = npz(image=np.zeros((20, 30), np.uint16), wave=np.arange(5.0), who=np.array(["a"]))

    found = archive(decoder, data).arrays

    assert [(note.name, note.dtype, note.shape) for note in found] == [
        ("image", "uint16", (20, 30)),
        ("wave", "float64", (5,)),
        ("who", "<U1", (1,)),
    ]
    assert [bool(note.trouble) for note in found] == [False, False, True]


def test_arrays_become_curves_pictures_and_stacks(decoder: ImageDecoder) -> None:
    stack = np.random.default_rng(1).integers(0, 4000, (2, 3, 20, 30), dtype=np.uint16)
    data = npz(
        curve=np.arange(5.0),
        picture=np.asfortranarray(stack[0, 0]),
        stack=stack,
        colour=np.zeros((20, 30, 3), np.uint8),
    )

    curve, picture, shown, colour = (array(decoder, data, place) for place in range(4))

    assert np.array_equal(curve, np.arange(5.0))  # type: ignore[arg-type]  # a curve is an array
    assert isinstance(picture, Picture)
    assert np.array_equal(picture.array, stack[0, 0])
    assert isinstance(shown, Picture)
    assert shown.axes == "QQ"
    assert np.array_equal(shown.array, stack)
    assert isinstance(colour, Picture)
    assert colour.axes == ""


def test_a_single_npy_file_is_an_archive_of_one(decoder: ImageDecoder) -> None:
    file = io.BytesIO()
    np.save(file, np.arange(6).reshape(2, 3))

    assert archive(decoder, file.getvalue()).arrays[0].shape == (2, 3)
    assert isinstance(array(decoder, file.getvalue(), 0), Picture)


class _Trap:
    """A pickle that would raise when it is opened: it calls what it names."""

    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit('the pickle was opened')",))


def test_no_pickle_is_opened(decoder: ImageDecoder) -> None:
    data = npz(trap=np.array([_Trap()], dtype=object))
    with pytest.raises(SystemExit):  # so it would be
        pickle.loads(pickle.dumps(_Trap()))

    assert archive(decoder, data).arrays[0].trouble == "no numbers"
    with pytest.raises(ImageRefusedError, match="numbers"):
        array(decoder, data, 0)


def header(shape: str, descr: str = "'<f8'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".encode()
    return npy.magic(1, 0) + struct.pack("<H", len(text)) + text


def test_a_header_that_lies_about_its_size_costs_nothing(decoder: ImageDecoder) -> None:
    data = header("(10**9, 10**9)".replace("10**9", "1000000000"))

    assert archive(decoder, data).arrays[0].shape == (10**9, 10**9)
    with pytest.raises(ImageTooCostlyError, match="values"):
        array(decoder, data, 0)
    with pytest.raises(ImageRefusedError, match="cut short"):
        array(decoder, header("(1000,)"), 0)


def test_a_huge_header_is_not_read(decoder: ImageDecoder) -> None:
    data = header("(" + "1," * 20_000 + ")")

    assert "no array of numbers" in archive(decoder, data).arrays[0].trouble


def test_a_bomb_of_zeros_is_refused_by_its_size(decoder: ImageDecoder) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.npy", header("(200000000,)", "'|u1'") + bytes(200_000_000))
    assert len(file.getvalue()) < 300_000

    with pytest.raises(ImageTooCostlyError):
        array(decoder, file.getvalue(), 0)


@pytest.mark.parametrize("kind", FileKind)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.text(alphabet='0123456789.,;\t|\n"#\0é', max_size=400).map(str.encode),
        st.binary(max_size=60).map(lambda tail: header("(3,)") + tail),
        st.tuples(st.integers(0, 300), st.integers(0, 255)).map(
            lambda change: (
                whole := bytearray(npz(a=np.arange(6.0))),
                whole.__setitem__(change[0] % len(whole), change[1]),
                bytes(whole),
            )[-1]
        ),
    )
)
def test_whatever_comes_is_shown_or_refused(kind: FileKind, data: bytes) -> None:
    """In this process: any other error would be one the child is not prepared for."""
    try:
        said, numbers = look_into(data, kind.value)
        assert numbers.dtype == np.float64
        for place in range(len(said.get("arrays", ()))):
            shown, axes = one_array(data, place, 10_000)
            assert shown.ndim == 1 or shown.ndim - len(axes) in (2, 3)
    except RefusedError:
        return
