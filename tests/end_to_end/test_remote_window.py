"""The same window on a bench that another process serves: values, pictures, live, cut and back."""

from __future__ import annotations

import asyncio
import io
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.client.session import RemoteSession
from app.settings import read_settings
from things.events import ThingState
from ui.composition import Composition
from ui.models.field import FieldState

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    Start = Callable[..., Any]
    Opening = Callable[[str], Composition]

PATIENCE_MS = 30_000


@pytest.fixture
def opening(
    qapp: QApplication, qloop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path
) -> Iterator[Opening]:
    """Opens the window on an address."""
    made: list[Composition] = []

    def open_window(url: str) -> Composition:
        settings = read_settings(data_folder=tmp_path / "window")
        composed = Composition(qapp, RemoteSession(url, settings))
        made.append(composed)
        composed.window.show()
        composed.start()
        panel = composed.panels.panel("camera")
        qtbot.waitUntil(
            lambda: "exposure" in panel.model.fields and panel.model.fields["exposure"].known,
            timeout=PATIENCE_MS,
        )
        return composed

    yield open_window
    for composed in made:
        closing = qloop.create_task(composed.close())
        qtbot.waitUntil(closing.done, timeout=PATIENCE_MS)
        closing.result()
        composed.window.hide()
        composed.window.deleteLater()


def asked(qtbot: QtBot, call: Callable[[], Any]) -> Any:
    """Run a blocking client beside the window and wait for it without stopping the window."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    qtbot.waitUntil(lambda: bool(found), timeout=PATIENCE_MS)
    thread.join()
    return found[0]


def shown(composed: Composition) -> NDArray[Any] | None:
    """The pixels of the tab in front; None where there are none."""
    page = composed.viewer.current
    return None if page is None or page.picture is None else np.asarray(page.picture.array)


def served_at(start: Start, port: int = 0) -> tuple[Any, str]:
    """The demo bench in a process of its own, and its address."""
    program = start("serve", "--port", str(port))
    return program, program.wait_for(r"^Listening on (\S+)$")[1]


def test_a_remote_window_sets_a_value_snaps_and_shows_the_very_picture(
    start: Start, opening: Opening, qtbot: QtBot
) -> None:
    _, url = served_at(start)
    composed = opening(url)
    assert url.removeprefix("http://") in composed.window.windowTitle()
    panel = composed.panels.panel("camera")

    box = panel.field("exposure").editor.boxes()[0]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, "40")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.model.fields["exposure"].confirmed == 40.0, timeout=PATIENCE_MS)
    assert asked(qtbot, lambda: httpx.get(f"{url}/camera/exposure").json()) == 40.0

    qtbot.mouseClick(panel.action("snap").run_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(composed) is not None, timeout=PATIENCE_MS)

    (run,) = composed.session.handle.invocations()
    whole = asked(qtbot, lambda: httpx.get(f"{url}/action_invocations/{run.id}").json())
    png = asked(qtbot, lambda: httpx.get(whole["output"]["href"]).content)
    picture = shown(composed)
    assert picture is not None
    np.testing.assert_array_equal(picture, np.asarray(Image.open(io.BytesIO(png))))
    assert picture.dtype == np.uint16


def test_what_others_do_is_seen_and_a_live_stream_runs(
    start: Start, opening: Opening, qtbot: QtBot
) -> None:
    _, url = served_at(start)
    composed = opening(url)
    field = composed.panels.panel("camera").model.fields["exposure"]

    asked(qtbot, lambda: httpx.put(f"{url}/camera/exposure", json=60.0).raise_for_status())
    qtbot.waitUntil(lambda: field.confirmed == 60.0, timeout=PATIENCE_MS)
    asked(qtbot, lambda: httpx.post(f"{url}/camera/snap").raise_for_status())
    qtbot.waitUntil(lambda: shown(composed) is not None, timeout=PATIENCE_MS)

    composed.centre.open_live("camera", "live")
    feed = composed.viewer.feed
    assert feed is not None
    qtbot.waitUntil(lambda: feed.frames_per_s > 3, timeout=PATIENCE_MS)
    frame = shown(composed)
    assert frame is not None
    assert frame.dtype == np.uint16


def test_when_the_bench_goes_values_are_stale_and_when_it_returns_they_are_its_own(
    start: Start, opening: Opening, qtbot: QtBot
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    first, url = served_at(start, port)
    composed = opening(url)
    camera = composed.session.handle.things["camera"]
    field = composed.panels.panel("camera").model.fields["gain"]
    qtbot.waitUntil(lambda: field.known, timeout=PATIENCE_MS)
    before = field.confirmed
    asked(qtbot, lambda: httpx.put(f"{url}/camera/gain", json=6.0).raise_for_status())
    qtbot.waitUntil(lambda: field.confirmed == 6.0, timeout=PATIENCE_MS)

    first.process.kill()
    first.wait()
    qtbot.waitUntil(lambda: camera.state is ThingState.DISCONNECTED, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: field.state is FieldState.STALE, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "connection lost" in composed.window.top_bar.server_text)

    served_at(start, port)
    qtbot.waitUntil(lambda: camera.state is ThingState.READY, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: field.state is FieldState.CONFIRMED, timeout=PATIENCE_MS)
    now = asked(qtbot, lambda: httpx.get(f"{url}/camera/gain").json())
    assert field.confirmed == now
    assert now in (before, 6.0)


def test_closing_a_remote_window_asks_nothing_and_stops_nothing(
    start: Start, opening: Opening, qtbot: QtBot
) -> None:
    _, url = served_at(start)
    composed = opening(url)
    run = asked(qtbot, lambda: httpx.post(f"{url}/stage/move_to", json={"x": 50.0}).json())
    qtbot.waitUntil(
        lambda: any(str(each.id) == run["id"] for each in composed.session.handle.invocations()),
        timeout=PATIENCE_MS,
    )

    with qtbot.waitSignal(composed.window.closed, timeout=PATIENCE_MS):
        composed.window.close()

    still = asked(qtbot, lambda: httpx.get(run["href"]).json())
    assert still["status"] in ("pending", "running", "completed")


def test_a_program_that_finds_its_bench_in_use_prints_the_command_that_attaches(
    start: Start,
) -> None:
    first, url = served_at(start)

    second = start("serve", "--port", "0")

    assert second.wait() == 2
    assert second.said[0].startswith("labwright: Demo bench is in use by process ")
    assert second.said[1] == f"Use it from here: labwright --connect {url}"
    assert first.end() == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--connect", "http://127.0.0.1:9"), "cannot be reached: connection refused"),
        (("--connect", "127.0.0.1:7170"), "is not an address such as http://"),
        (("--connect", "http://127.0.0.1:9", "bench.toml"), "goes with no bench file"),
    ],
)
@pytest.mark.usefixtures("display")
def test_a_bench_that_cannot_be_connected_to_is_said_in_a_line(
    start: Start, arguments: tuple[str, ...], words: str
) -> None:
    program = start(*arguments)

    assert program.wait() == 2
    assert words in program.said[-1]


def test_without_a_display_connecting_says_why_there_is_no_window(start: Start) -> None:
    program = start("--connect", "http://127.0.0.1:9", display=None)

    assert program.wait() == 2
    assert "there is no display" in program.said[-1]


@pytest.mark.usefixtures("display")
def test_the_installed_program_connects_and_leaves_the_bench_as_it_was(start: Start) -> None:
    first, url = served_at(start)

    window = start("--connect", url)
    window.wait_for("Window drawn")
    assert window.end() == 0

    assert not [line for line in window.said if re.search("Traceback|ERROR", line)]
    assert httpx.get(f"{url}/things/").status_code == 200
    assert first.end() == 0


@pytest.mark.usefixtures("display")
def test_the_second_program_with_a_display_waits_for_an_answer_and_can_be_ended(
    start: Start,
) -> None:
    first, url = served_at(start)

    second = start("--port", "0")
    second.wait_for(f"labwright --connect {re.escape(url)}")
    second.wait_for("Asking whether to attach")
    assert second.process.poll() is None

    assert second.end() == 2
    assert first.end() == 0


def test_a_remote_window_finds_an_old_run_and_writes_a_note_to_it(
    start: Start, opening: Opening, qtbot: QtBot
) -> None:
    _, url = served_at(start)
    asked(qtbot, lambda: httpx.post(f"{url}/camera/snap").raise_for_status())
    composed = opening(url)
    history = composed.window.activity.history
    composed.window.commands.action("view.history").trigger()
    qtbot.waitUntil(lambda: len(history.list.row_widgets) == 1, timeout=PATIENCE_MS)

    QTest.keyClicks(history.search, "nowhere to be found")
    qtbot.waitUntil(lambda: not history.list.row_widgets, timeout=PATIENCE_MS)
    history.search.clear()
    qtbot.waitUntil(lambda: len(history.list.row_widgets) == 1, timeout=PATIENCE_MS)
    (run,) = history.model.rows
    history.list.toggle(run)
    note = history.list.details.note
    qtbot.waitUntil(note.box.isEnabled, timeout=PATIENCE_MS)
    note.box.setFocus()
    QTest.keyClicks(note.box, "to the right")
    QTest.keyClick(note.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: note.said.text() == "Kept", timeout=PATIENCE_MS)
    kept = asked(qtbot, lambda: httpx.get(f"{url}/invocations/{run}").json())
    assert kept["note"] == "to the right"
