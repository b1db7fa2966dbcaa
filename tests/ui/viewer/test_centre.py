"""The viewer as the main window sees it: live streams by name, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from app.imaging.decoder import ImageDecoder
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.viewer.arrivals import Arrivals
from ui.viewer.image_viewer import ImageViewer
from ui.viewer_centre import ViewerCentre

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench


@pytest.fixture
def centre(
    bench: FakeBench, bridge: Bridge, viewer: ImageViewer, tasks: Tasks
) -> Iterator[ViewerCentre]:
    decoder = ImageDecoder()
    arrivals = Arrivals(bench, bridge, viewer, decoder, tasks, ThumbnailSource())
    arrivals.setParent(viewer)
    yield ViewerCentre(bench, viewer, arrivals)
    decoder.close()


def test_what_was_chosen_is_remembered_and_can_be_reset(
    centre: ViewerCentre, viewer: ImageViewer
) -> None:
    assert centre.layout_state() == {}
    viewer.set_tiled(True)
    viewer.made_button.setChecked(True)
    state = centre.layout_state()

    centre.reset_layout()
    assert not viewer.tiled
    assert not viewer.area.made.isVisible()

    centre.restore_layout({**state, "something newer": "on"})
    assert viewer.tiled
    assert viewer.made_button.isChecked()
    assert not viewer.area.made.isHidden()
    assert not viewer.link_button.isChecked()


def test_a_thing_that_has_a_stream_is_shown_live(centre: ViewerCentre, viewer: ImageViewer) -> None:
    assert centre.has_stream("camera")
    assert not centre.has_stream("gone")

    centre.open_first_live("camera")
    centre.open_first_live("gone")

    assert [page.title for page in viewer.pages] == ["Camera, live"]
