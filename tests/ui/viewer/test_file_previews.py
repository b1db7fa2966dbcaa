"""Files that are no pictures are looked into: text, tables with curves, archives of arrays."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.handles import OutputBlob, Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.previews import TablePreview
from things.errors import NotAvailableError
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.viewer.arrivals import Arrivals
from ui.viewer.curves import MOST, curve_of_array, curves_of_table, thinned, ticks
from ui.viewer.fetched_file import MOST_BYTES
from ui.viewer.image_viewer import ImageViewer

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench

WAIT_MS = 20_000
SPECTRUM = b"wavelength,counts\n" + b"".join(b"%d,%d\n" % (n, n * n % 997) for n in range(350, 950))


@pytest.fixture
def decoder() -> Iterator[ImageDecoder]:
    made = ImageDecoder()
    yield made
    made.close()


@pytest.fixture
def arrivals(
    bench: FakeBench, bridge: Bridge, viewer: ImageViewer, decoder: ImageDecoder, tasks: Tasks
) -> Arrivals:
    return Arrivals(bench, bridge, viewer, decoder, tasks, ThumbnailSource())


def gave(bench: FakeBench, name: str, media_type: str, data: bytes) -> None:
    """An invocation ends with a file."""
    run = bench.start("camera", "snap")
    bench.pictures[run.snapshot.id] = data
    run.run()
    run.complete(blobs=(OutputBlob((), media_type, name, len(data)),))


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


@pytest.mark.usefixtures("arrivals")
def test_a_text_is_shown(qtbot: QtBot, bench: FakeBench, viewer: ImageViewer) -> None:
    gave(bench, "report.txt", "text/plain", "All <b>well</b>, 20 µm".encode())

    text = viewer.area.files.pane.text
    qtbot.waitUntil(text.isVisible, timeout=WAIT_MS)
    assert text.toPlainText() == "All <b>well</b>, 20 µm"


@pytest.mark.usefixtures("arrivals")
def test_a_table_is_shown_as_rows_and_as_a_curve(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    gave(bench, "spectrum.csv", "text/csv", SPECTRUM)

    table = viewer.area.files.pane.table
    qtbot.waitUntil(table.isVisible, timeout=WAIT_MS)
    assert table.rows.model().rowCount() == 600
    assert table.said == "600 rows"
    assert table.curves.isVisible()
    assert [curve.title for curve in table.curves.curves.lines] == ["counts"]
    assert table.curves.readout(400.2) == [("wavelength", "400.0"), ("counts", "480.0")]


@pytest.mark.usefixtures("arrivals")
def test_the_arrays_of_an_archive_are_listed_and_shown_one_by_one(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    data = npz(
        wave=np.sin(np.arange(100.0)),
        image=np.full((20, 30), 7, np.uint16),
        names=np.array(["a", "b"]),
    )
    gave(bench, "run.npz", "application/x-npz", data)

    arrays = viewer.area.files.pane.arrays
    qtbot.waitUntil(lambda: arrays.said == "wave, 100 values", timeout=WAIT_MS)
    assert arrays.curve.isVisible()
    assert not arrays.open.isVisible()

    arrays.list.selectRow(1)
    qtbot.waitUntil(arrays.open.isVisible, timeout=WAIT_MS)
    assert arrays.said == "image, 30 × 20, 16 bit"
    assert arrays.picture.image is not None

    arrays.list.selectRow(2)
    assert arrays.said == "names is not opened: no numbers."

    arrays.list.selectRow(1)
    qtbot.waitUntil(arrays.open.isVisible, timeout=WAIT_MS)
    qtbot.mouseClick(arrays.open, Qt.MouseButton.LeftButton)
    assert viewer.current is not None
    assert viewer.current.title == "run.npz, image"
    assert viewer.current.pixels is not None
    assert viewer.current.pixels[0, 0] == 7


@pytest.mark.usefixtures("arrivals")
def test_a_file_that_lies_is_said_in_a_sentence_and_can_be_saved(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    gave(bench, "run.npz", "application/x-npz", b"no archive at all")

    pane = viewer.area.files.pane
    qtbot.waitUntil(lambda: "run.npz cannot be shown" in pane.sentence, timeout=WAIT_MS)
    assert viewer.area.files.save_buttons[0].isEnabled()


@pytest.mark.usefixtures("arrivals")
def test_a_file_that_is_gone_is_said(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_of_blob: object) -> Picture:
        raise NotAvailableError("report.txt", "it has expired")

    monkeypatch.setattr(bench, "picture", gone)
    gave(bench, "report.txt", "text/plain", b"")

    qtbot.waitUntil(lambda: "it has expired" in viewer.area.files.pane.sentence)


@pytest.mark.usefixtures("arrivals")
def test_a_large_file_is_not_fetched_to_be_looked_into(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    run = bench.start("camera", "snap")
    run.run()
    run.complete(blobs=(OutputBlob((), "text/csv", "huge.csv", MOST_BYTES + 1),))

    qtbot.waitUntil(viewer.area.files.isVisible)
    assert viewer.area.files.pane.sentence == "What is inside cannot be shown here."


@pytest.mark.usefixtures("arrivals")
def test_of_several_files_one_is_looked_into_at_a_time(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    run = bench.start("camera", "snap")
    bench.pictures[run.snapshot.id] = b"hello"
    run.run()
    run.complete(
        blobs=(
            OutputBlob(("firmware",), "application/octet-stream", "firmware.bin", 5),
            OutputBlob(("log",), "text/plain", "run.log", 5),
            OutputBlob(("note",), "text/plain", "note.txt", 5),
        )
    )

    card = viewer.area.files
    qtbot.waitUntil(card.pane.text.isVisible, timeout=WAIT_MS)
    assert card.chosen is not None
    assert card.chosen.name == "run.log"
    assert len(card.look_buttons) == 2

    qtbot.mouseClick(card.look_buttons[1], Qt.MouseButton.LeftButton)

    assert card.chosen.name == "note.txt"
    qtbot.waitUntil(card.pane.text.isVisible, timeout=WAIT_MS)


@pytest.mark.usefixtures("arrivals")
def test_the_mouse_reads_a_curve(qtbot: QtBot, bench: FakeBench, viewer: ImageViewer) -> None:
    gave(bench, "spectrum.csv", "text/csv", SPECTRUM)
    curves = viewer.area.files.pane.table.curves
    qtbot.waitUntil(curves.isVisible, timeout=WAIT_MS)
    before = curves.grab().toImage()

    qtbot.mouseMove(curves, QPoint(curves.width() // 2, curves.height() // 2))

    qtbot.waitUntil(lambda: curves.grab().toImage() != before)


def table(numbers: np.ndarray, *columns: str) -> TablePreview:
    return TablePreview(columns, (), len(numbers), False, numbers)


def test_a_first_column_that_neither_rises_nor_falls_is_a_curve_too() -> None:
    numbers = np.array([[3.0, 1.0], [1.0, 2.0], [2.0, 3.0]])

    curves = curves_of_table(table(numbers, "a", ""))

    assert [curve.title for curve in curves.lines] == ["a", "column 2"]
    assert curves.axis == "row"


def test_a_falling_first_column_is_turned_round() -> None:
    numbers = np.array([[3.0, 1.0], [2.0, 2.0], [1.0, 3.0]])

    line = curves_of_table(table(numbers, "a", "b")).lines[0]

    assert line.x.tolist() == [1.0, 2.0, 3.0]
    assert line.y.tolist() == [3.0, 2.0, 1.0]


def test_words_give_no_curve_and_many_columns_not_more_than_can_be_told_apart() -> None:
    assert not curves_of_table(table(np.full((5, 2), np.nan), "a", "b")).lines
    many = curves_of_table(table(np.random.default_rng(1).random((5, 12)), *"abcdefghijkl"))
    assert len(many.lines) == MOST
    assert many.left_out == 12 - MOST


def test_a_thinned_curve_keeps_its_peaks_and_its_gaps() -> None:
    x = np.arange(1_000_000, dtype=np.float64)
    y = np.zeros_like(x)
    y[123_456], y[654_321] = 5.0, -7.0
    y[200_000:300_000] = np.nan

    thin_x, thin_y = thinned(x, y, 500)

    assert len(thin_x) < 2100
    assert np.all(np.diff(thin_x) >= 0)
    assert (np.nanmax(thin_y), np.nanmin(thin_y)) == (5.0, -7.0)
    assert np.isnan(thin_y).sum() > 90


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 10.0, [0, 5, 10]), (-1e308, 1e308, None), (5e-324, 1e-323, None)],
)
def test_marks_stand_on_round_numbers_of_any_size(
    low: float, high: float, expected: list[float] | None
) -> None:
    found = ticks(low, high, 3)

    assert len(found) < 10
    if expected is not None:
        assert found == expected


@pytest.mark.parametrize(
    "values",
    [
        np.array([np.nan, np.inf, -np.inf]),
        np.array([1e308, -1e308, 0.0]),
        np.zeros(2),
        np.array([1.0]),
        np.array([0.0, np.nan, 1.0]),
    ],
    ids=["none-finite", "largest", "flat", "one", "gap"],
)
def test_any_numbers_are_drawn(qtbot: QtBot, viewer: ImageViewer, values: np.ndarray) -> None:
    curves = viewer.area.files.pane.arrays.curve

    curves.show_curves(curve_of_array("a", values))

    assert not curves.grab().toImage().isNull()
