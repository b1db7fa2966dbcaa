"""Live streams: the newest frame only, counted, and read only while somebody looks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.handles import Picture
from things.errors import DisconnectedError
from things.streams import Frame, FrameStream
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.readout import SILENT_S

if TYPE_CHECKING:
    from tests.ui.conftest import FakeFrames, FakeThing
    from tests.ui.viewer.conftest import MakeFrame

KEY = "camera live"


@pytest.fixture
def source(viewer: ImageViewer, camera: FakeThing) -> FakeFrames:
    """The stream of an open live tab."""
    viewer.open_live(KEY, "Camera, live", camera, "live")
    return camera.sources["live"]


def frame_in_front(viewer: ImageViewer) -> int:
    """The number of the frame shown, which the tests write into every pixel; -1 for none."""
    page = viewer.current
    if page is None or page.pixels is None:
        return -1
    return int(page.pixels[0, 0])


def test_frames_from_another_thread_are_shown(
    qtbot: QtBot, viewer: ImageViewer, source: FakeFrames, make_frame: MakeFrame
) -> None:
    assert viewer.area.canvas.note == "Waiting for the first picture."

    for number in (1, 2, 3):
        frame = make_frame(np.full((50, 60), number, np.uint16), number)
        thread = threading.Thread(target=source.give, args=(frame,))
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda number=number: frame_in_front(viewer) == number)  # type: ignore[misc]  # mypy cannot type a default of a lambda

    assert viewer.area.canvas.note == ""
    qtbot.waitUntil(lambda: "frames/s" in viewer.area.status.text)
    assert "0 skipped" in viewer.area.status.text


def test_only_the_newest_frame_is_drawn_and_the_others_are_counted(
    qtbot: QtBot, viewer: ImageViewer, source: FakeFrames, make_frame: MakeFrame
) -> None:
    def push() -> None:
        for number in range(1, 101):
            source.give(make_frame(np.full((50, 60), number, np.uint16), number))

    thread = threading.Thread(target=push)
    thread.start()
    thread.join()  # the Qt thread looked at none of them meanwhile

    qtbot.waitUntil(lambda: frame_in_front(viewer) == 100)
    qtbot.waitUntil(lambda: "99 skipped" in viewer.area.status.text)


def test_frames_wait_while_one_is_drawn(
    qtbot: QtBot, viewer: ImageViewer, make_frame: MakeFrame, camera: FakeThing
) -> None:
    stream = FrameStream()
    camera.open_stream = lambda _name, wake: stream.open(wake)  # type: ignore[method-assign, assignment, return-value]  # a real stream in place of the fake one
    viewer.open_live(KEY, "Camera, live", camera, "live")
    large = [np.full((1500, 1500), number, np.uint16) for number in range(60)]

    def push() -> None:
        for array in large:
            stream.push(array)

    thread = threading.Thread(target=push)
    thread.start()
    qtbot.waitUntil(lambda: frame_in_front(viewer) == 59)
    thread.join()

    feed = viewer.feed
    assert feed is not None
    qtbot.waitUntil(lambda: not viewer.area.busy)
    assert feed.skipped < 60
    viewer.close_page(KEY)
    assert not stream.watched


def test_a_stream_is_read_only_while_its_tab_is_in_front(
    qtbot: QtBot, viewer: ImageViewer, camera: FakeThing, source: FakeFrames
) -> None:
    viewer.show_picture("other", "Snap 1", Picture(np.zeros((9, 9), np.uint16)))
    assert source.closed

    qtbot.mouseClick(
        viewer.tabs, Qt.MouseButton.LeftButton, pos=viewer.tabs.tab_place(KEY).center()
    )

    assert camera.sources["live"] is not source
    assert not camera.sources["live"].closed


def test_opening_twice_is_one_tab(
    viewer: ImageViewer, camera: FakeThing, source: FakeFrames
) -> None:
    viewer.open_live(KEY, "Camera, live", camera, "live")

    assert len(viewer.pages) == 1
    assert camera.sources["live"] is source or source.closed


def test_a_pinned_frame_stays_while_the_stream_goes_on(
    qtbot: QtBot, viewer: ImageViewer, source: FakeFrames, make_frame: MakeFrame
) -> None:
    source.give(make_frame(np.full((50, 60), 7, np.uint16)))
    qtbot.waitUntil(lambda: frame_in_front(viewer) == 7)

    qtbot.mouseClick(viewer.area.strip.pin, Qt.MouseButton.LeftButton)

    assert [page.live is not None for page in viewer.pages] == [True, False]
    assert viewer.current is viewer.pages[1]
    assert frame_in_front(viewer) == 7
    assert viewer.area.strip.pin.isChecked()


def test_a_stream_that_does_not_open_is_said(viewer: ImageViewer, camera: FakeThing) -> None:
    def refuse(_name: str, _wake: object) -> FakeFrames:
        raise DisconnectedError("the camera is not plugged in")

    camera.open_stream = refuse  # type: ignore[method-assign, assignment]  # the test's fault
    viewer.open_live(KEY, "Camera, live", camera, "live")

    assert viewer.area.canvas.note == "No live picture: the camera is not plugged in."


def test_a_stream_that_fell_silent_is_said(
    qtbot: QtBot,
    viewer: ImageViewer,
    source: FakeFrames,
    make_frame: MakeFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source.give(make_frame(np.full((50, 60), 7, np.uint16)))
    qtbot.waitUntil(lambda: frame_in_front(viewer) == 7)
    feed = viewer.feed
    assert feed is not None

    monkeypatch.setattr(feed, "_last_s", feed._last_s - SILENT_S - 9)

    qtbot.waitUntil(lambda: "no frame for 1" in viewer.area.status.text)


def test_closing_the_viewer_ends_the_stream_and_its_threads(
    qtbot: QtBot, viewer: ImageViewer, source: FakeFrames, make_frame: MakeFrame
) -> None:
    source.give(make_frame(np.full((50, 60), 7, np.uint16)))
    qtbot.waitUntil(lambda: frame_in_front(viewer) == 7)

    viewer.close_viewer()
    source.give(make_frame(np.full((50, 60), 8, np.uint16)))

    assert source.closed
    assert not [one for one in threading.enumerate() if one.name.startswith("picture")]


def test_a_frame_of_another_size_is_shown_whole(
    qtbot: QtBot, viewer: ImageViewer, source: FakeFrames, make_frame: MakeFrame
) -> None:
    def give(array: NDArray[np.uint16]) -> Frame:
        frame = make_frame(array)
        source.give(frame)
        return frame

    give(np.full((50, 60), 1, np.uint16))
    qtbot.waitUntil(lambda: frame_in_front(viewer) == 1)
    give(np.full((100, 30), 2, np.uint16))
    qtbot.waitUntil(lambda: frame_in_front(viewer) == 2)

    view = viewer.area.canvas.view
    assert (view.picture_width, view.picture_height) == (30, 100)
    assert view.fitted
