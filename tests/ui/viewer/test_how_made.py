"""'How was this made?': what is known of a picture's run, and what can be done with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.handles import InvocationSnapshot, LogLine, OutputBlob, Picture, Stamp
from app.imaging.decoder import ImageDecoder
from app.run_records import RecordedValue, RunRecord, RunState
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.viewer.arrivals import Arrivals
from ui.viewer.how_made import HowMade
from ui.viewer.image_viewer import ImageViewer

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def decoder() -> Iterator[ImageDecoder]:
    made = ImageDecoder()
    yield made
    made.close()


@pytest.fixture
def how_made(
    bench: FakeBench, bridge: Bridge, viewer: ImageViewer, decoder: ImageDecoder, tasks: Tasks
) -> HowMade:
    arrivals = Arrivals(bench, bridge, viewer, decoder, tasks, ThumbnailSource())
    arrivals.setParent(viewer)
    return HowMade(bench, viewer, tasks, viewer)


def snapped(bench: FakeBench, **input: Any) -> InvocationSnapshot:
    run = bench.start("camera", "acquire_stack", input)
    bench.pictures[run.snapshot.id] = Picture(np.zeros((30, 40), np.uint16))
    run.run()
    run.complete(blobs=(OutputBlob((), "image/png", "a.png", None, (30, 40)),))
    return run.snapshot


def record_of(run: InvocationSnapshot, **before: Any) -> RunRecord:
    """As the ledger has it."""
    now = datetime.now(UTC)
    values = {name: RecordedValue(value, now) for name, value in before.items()}
    return RunRecord(
        id=run.id,
        number=1,
        parent=None,
        root=run.id,
        thing=run.thing,
        action=run.action,
        title=run.title,
        state=RunState.COMPLETED,
        origin=run.origin,
        stamp=Stamp("Marta", "A431", "Tuesday"),
        requested_at=now,
        started_at=now,
        ended_at=now,
        elapsed_s=1.5,
        input=run.input,
        output=None,
        blobs=(),
        input_blobs=(),
        error=None,
        log=(LogLine("WARNING", "the lamp is old", now, "camera.py", 12),),
        before={run.thing: values},
        after={},
        stuck=False,
        note="a good one",
    )


def facts(viewer: ImageViewer) -> dict[str, str]:
    made = viewer.area.made.made
    return {} if made is None else dict(made.facts)


def opened(qtbot: QtBot, viewer: ImageViewer, run: InvocationSnapshot) -> None:
    """Wait for the picture, and open the sheet."""
    qtbot.waitUntil(lambda: viewer.current is not None and viewer.current.made_by is not None)
    assert viewer.current is not None
    assert viewer.current.made_by == run
    qtbot.mouseClick(viewer.made_button, LEFT)
    assert viewer.area.made.isVisible()


@pytest.mark.usefixtures("how_made")
def test_without_a_ledger_it_tells_what_the_run_itself_tells(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    run = snapped(bench, planes=41, step=0.25)
    opened(qtbot, viewer, run)

    assert facts(viewer)["Action"] == "Acquire a stack, Camera"
    assert facts(viewer)["Inputs"] == "planes 41, step 0.25"
    assert facts(viewer)["Started"].endswith(", took 2 s")
    assert facts(viewer)["Kept"].startswith("not kept")
    assert "Sample" not in facts(viewer)


@pytest.mark.usefixtures("how_made")
def test_the_ledger_tells_sample_note_log_and_settings_then_and_now(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    run = snapped(bench, planes=41)
    bench.records = [record_of(run, exposure=40.0, gain=12.0)]
    opened(qtbot, viewer, run)

    qtbot.waitUntil(lambda: "Sample" in facts(viewer))
    assert (facts(viewer)["Sample"], facts(viewer)["Note"]) == ("A431", "a good one")
    made = viewer.area.made.made
    assert made is not None
    assert [(one.title, one.then, one.now, one.differs) for one in made.settings] == [
        ("Exposure", "40.0 ms", "25.0 ms", True),
        ("Gain", "12.0 dB", "12.0 dB", False),
    ]
    assert viewer.area.made.log.toPlainText().endswith("warning: the lamp is old")


@pytest.mark.usefixtures("how_made")
def test_the_run_is_repeated_with_the_same_input(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    run = snapped(bench, planes=41)
    opened(qtbot, viewer, run)

    qtbot.mouseClick(viewer.area.made.repeat, LEFT)

    qtbot.waitUntil(lambda: bench.things["camera"].invoked == [("acquire_stack", {"planes": 41})])


def test_what_asks_first_is_not_repeated_without_asking(
    qtbot: QtBot, bench: FakeBench, camera: FakeThing, viewer: ImageViewer, how_made: HowMade
) -> None:
    camera._description["actions"]["acquire_stack"]["lw:confirm"] = "Is the lamp covered?"
    run = snapped(bench, planes=41)
    opened(qtbot, viewer, run)

    with qtbot.waitSignal(how_made.ask) as asked:
        qtbot.mouseClick(viewer.area.made.repeat, LEFT)

    assert asked.args == ["camera", "acquire_stack", {"planes": 41}]
    assert camera.invoked == []


def test_the_form_is_asked_for_with_the_same_input(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, how_made: HowMade
) -> None:
    run = snapped(bench, planes=41)
    opened(qtbot, viewer, run)

    with qtbot.waitSignal(how_made.edit) as asked:
        qtbot.mouseClick(viewer.area.made.edit, LEFT)

    assert asked.args == ["camera", "acquire_stack", {"planes": 41}]


@pytest.mark.usefixtures("how_made")
@pytest.mark.parametrize(("place", "said"), [(0, "urllib"), (1, "curl -X POST"), (2, "planes")])
def test_the_call_is_copied(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer, place: int, said: str
) -> None:
    run = snapped(bench, planes=41)
    opened(qtbot, viewer, run)

    viewer.area.made.copy_as.menu().actions()[place].trigger()

    text = QGuiApplication.clipboard().text()
    assert said in text
    if place == 2:
        assert json.loads(text) == {"planes": 41}


@pytest.mark.usefixtures("how_made")
def test_what_no_action_made_is_said_to_be_so(qtbot: QtBot, viewer: ImageViewer) -> None:
    viewer.show_picture("file", "array", Picture(np.zeros((30, 40), np.uint16)))

    qtbot.mouseClick(viewer.made_button, LEFT)

    sheet = viewer.area.made
    assert sheet.made is None
    assert not sheet.repeat.isEnabled()
    assert not sheet.copy_as.isEnabled()


@pytest.mark.usefixtures("how_made")
def test_the_sheet_follows_the_tab_in_front_and_closes(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    run = snapped(bench, planes=41)
    opened(qtbot, viewer, run)

    again = snapped(bench, planes=7)

    qtbot.waitUntil(lambda: facts(viewer).get("Inputs") == "planes 7")
    assert viewer.current is not None
    assert viewer.current.made_by == again
    viewer.area.made.closed.emit()
    assert not viewer.area.made.isVisible()
    assert not viewer.made_button.isChecked()


@pytest.mark.usefixtures("how_made")
def test_a_device_cannot_write_markup_into_the_sheet(
    qtbot: QtBot, bench: FakeBench, viewer: ImageViewer
) -> None:
    run = snapped(bench, planes=41)
    bench.records = [replace(record_of(run), note="<b>bold</b>\nand forged")]
    opened(qtbot, viewer, run)

    qtbot.waitUntil(lambda: facts(viewer).get("Note") == "<b>bold</b> and forged")
