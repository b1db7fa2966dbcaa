"""What invocations give arrives in the viewer by itself, whoever started them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.handles import Origin, OriginKind, OutputBlob, Picture
from app.imaging.decoder import ImageDecoder
from things.errors import NotAvailableError
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.viewer.arrivals import MOST_WAITING, Arrivals
from ui.viewer.image_viewer import ImageViewer

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeInvocation

PNG = OutputBlob((), "image/png", "snap-0001.png", None, (30, 40))
CSV = OutputBlob(("table",), "text/csv", "spectrum.csv", 4800)


@pytest.fixture
def decoder() -> Iterator[ImageDecoder]:
    made = ImageDecoder()
    yield made
    made.close()


@pytest.fixture
def thumbnails() -> ThumbnailSource:
    return ThumbnailSource()


@pytest.fixture
def arrivals(
    bench: FakeBench,
    bridge: Bridge,
    viewer: ImageViewer,
    decoder: ImageDecoder,
    tasks: Tasks,
    thumbnails: ThumbnailSource,
) -> Arrivals:
    return Arrivals(bench, bridge, viewer, decoder, tasks, thumbnails)


def level(value: int) -> Picture:
    """A picture whose pixels tell which one it is."""
    return Picture(np.full((30, 40), value, np.uint16))


def snapped(bench: FakeBench, picture: Picture | bytes, blob: OutputBlob = PNG) -> FakeInvocation:
    """An invocation from the network that ends with a picture."""
    run = bench.start("camera", "snap", origin=Origin(OriginKind.NETWORK, "10.0.0.7"))
    bench.pictures[run.snapshot.id] = picture
    run.run()
    run.complete(blobs=(blob,))
    return run


def in_front(viewer: ImageViewer) -> int:
    page = viewer.current
    return -1 if page is None or page.pixels is None else int(page.pixels[0, 0])


def as_png(array: np.ndarray[Any, Any]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


@pytest.mark.usefixtures("arrivals")
def test_a_picture_made_here_is_shown_as_it_is(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, decoder: ImageDecoder
) -> None:
    picture = level(5)
    snapped(bench, picture)

    qtbot.waitUntil(lambda: in_front(viewer) == 5)
    assert viewer.current is not None
    assert viewer.current.picture is picture
    assert viewer.current.title == "Snap 1"
    assert "Camera" in viewer.current.tip
    assert decoder.process_id is None


@pytest.mark.usefixtures("arrivals")
def test_bytes_from_outside_are_decoded_in_the_image_process(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, decoder: ImageDecoder
) -> None:
    snapped(bench, as_png(np.full((30, 40), 4000, np.uint16)))

    qtbot.waitUntil(lambda: in_front(viewer) == 4000, timeout=20_000)
    assert decoder.process_id is not None


@pytest.mark.usefixtures("arrivals")
def test_bytes_that_are_no_picture_are_said_in_a_sentence_and_can_be_saved(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, tmp_path: Path
) -> None:
    run = snapped(bench, b"%!PS-Adobe-3.0 EPSF-3.0\n")

    note = "Snap 1 cannot be shown: it is no PNG, JPEG, TIFF, WebP, BMP or GIF picture."
    qtbot.waitUntil(lambda: viewer.area.canvas.note == note, timeout=20_000)
    qtbot.mouseClick(viewer.area.strip.save, Qt.MouseButton.LeftButton)
    dialog = viewer.saving.dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "x.png"))
    dialog.reject()
    qtbot.waitUntil(lambda: bench.saved == [(run.snapshot.id, (), tmp_path / "x.png")])


@pytest.mark.usefixtures("arrivals")
def test_a_blob_that_is_gone_is_said(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_of_blob: object) -> Picture:
        raise NotAvailableError("snap-0001.png", "it has expired")

    monkeypatch.setattr(bench, "picture", gone)
    snapped(bench, level(1))

    qtbot.waitUntil(lambda: "it has expired" in viewer.area.canvas.note)


@pytest.mark.usefixtures("arrivals")
def test_every_picture_has_a_thumbnail_and_the_newest_is_shown(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, thumbnails: ThumbnailSource
) -> None:
    runs = [snapped(bench, level(number)) for number in range(1, 21)]

    qtbot.waitUntil(lambda: all(thumbnails.thumbnail(run.snapshot.id) for run in runs))
    assert in_front(viewer) == 20
    assert viewer.current is not None
    assert viewer.current.title == "Snap 20"
    assert len(viewer.pages) == 1
    made = thumbnails.thumbnail(runs[0].snapshot.id)
    assert made is not None
    assert (made.width(), made.height()) == (104, 64)


@pytest.mark.usefixtures("arrivals")
def test_a_flood_does_not_pile_up(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, thumbnails: ThumbnailSource
) -> None:
    last = MOST_WAITING + 100
    runs = [snapped(bench, level(number)) for number in range(last + 1)]

    qtbot.waitUntil(lambda: thumbnails.thumbnail(runs[-MOST_WAITING].snapshot.id) is not None)
    assert in_front(viewer) == last
    assert thumbnails.thumbnail(runs[0].snapshot.id) is None


@pytest.mark.usefixtures("arrivals")
def test_files_that_are_no_pictures_are_listed(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    snapped(bench, b"", CSV)

    qtbot.waitUntil(viewer.area.files.isVisible)
    assert viewer.current is not None
    assert [file.name for file in viewer.current.files] == ["spectrum.csv"]


@pytest.mark.usefixtures("arrivals")
def test_what_failed_or_gave_nothing_changes_nothing(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    bench.start("camera", "snap").fail("no light")
    bench.start("camera", "snap").complete(output=7)
    snapped(bench, level(3))

    qtbot.waitUntil(lambda: in_front(viewer) == 3)
    assert viewer.current is not None
    assert viewer.current.title == "Snap 1"


def test_an_earlier_result_is_shown_again_when_asked(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, arrivals: Arrivals
) -> None:
    first = snapped(bench, level(1))
    snapped(bench, level(2))
    qtbot.waitUntil(lambda: in_front(viewer) == 2)
    qtbot.mouseClick(viewer.area.strip.pin, Qt.MouseButton.LeftButton)

    arrivals.show_again(first.snapshot)

    qtbot.waitUntil(lambda: in_front(viewer) == 1)
    assert viewer.current is not None
    assert viewer.current.title == "Snap 1"
