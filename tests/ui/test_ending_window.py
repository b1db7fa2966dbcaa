"""The window closed, the user logged off, the Qt thread blocked: over a real bench and server."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bench_file import BenchSpec, ThingSpec, read_bench_file
from app.database.database import Database
from app.handles import Origin, OriginKind
from app.ledger.reading import RunReader
from app.program import Program
from app.recording import DATABASE
from app.run_records import RunQuery, RunRecord, RunState
from app.settings import read_settings
from things.events import ThingState
from ui.composition import Composition
from ui.viewer.live_feed import LiveFeed

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

PATIENCE_S = 60.0
PATIENCE_MS = int(PATIENCE_S * 1000)
BLOCKED_S = 2.0
ME = Origin(OriginKind.SCRIPT, "a test")


class Opened:
    """A window over a bench of two Things that write down what happens to them."""

    def __init__(self, qapp: QApplication, folder: Path) -> None:
        args = {"trace": str(folder)}
        spec = BenchSpec(
            "Ending",
            (
                ThingSpec("head", "ending_instruments:Head", args=args),
                ThingSpec("lamp", "ending_instruments:Lamp", args=args, title="Lamp"),
            ),
        )
        self.program = Program(spec, read_settings(port=0, data_folder=folder))
        self.composed = Composition(qapp, self.program)
        self.composed.window.show()
        self.composed.start()

    @property
    def ready(self) -> bool:
        things = self.composed.session.handle.things.values()
        return bool(self.url) and all(thing.state is ThingState.READY for thing in things)

    @property
    def url(self) -> str:
        return self.composed.session.handle.server.url

    @property
    def lamp(self) -> Any:
        return self.program.bench.thing("lamp")

    def shine(self) -> None:
        self.lamp.cool.clear()
        self.program.bench.invoke("lamp", "shine", {}, ME)
        assert self.lamp.began.wait(PATIENCE_S)


@pytest.fixture
def opened(
    qapp: QApplication, qloop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path
) -> Iterator[Opened]:
    made = Opened(qapp, tmp_path)
    qtbot.waitUntil(lambda: made.ready, timeout=PATIENCE_MS)
    lamp = made.lamp
    yield made
    lamp.cool.set()
    closing = qloop.create_task(made.composed.close())
    qtbot.waitUntil(closing.done, timeout=PATIENCE_MS)
    made.composed.window.hide()
    made.composed.window.deleteLater()


def ended_in_order(lamp: Any) -> None:
    happened = lamp.happened
    assert happened[:3] == ["enter lamp", "enter head", "finally lamp"]
    assert sorted(happened[3:5]) == ["stop head", "stop lamp"]
    assert happened[5:] == ["exit head", "exit lamp"]


def recorded(folder: Path) -> list[RunState]:
    """How the runs stand in the ledger that was left behind."""
    return [run.state for run in runs_in(folder)]


def runs_in(folder: Path) -> Sequence[RunRecord]:
    """The ledger that was left behind."""
    (file,) = folder.rglob(DATABASE)
    database = Database.to_read(file)
    try:
        return RunReader(database).find(RunQuery()).runs
    finally:
        database.close()


def test_closed_while_an_action_runs_it_asks_cancels_waits_and_says_for_what(
    opened: Opened, qtbot: QtBot, tmp_path: Path
) -> None:
    window, lamp = opened.composed.window, opened.lamp
    opened.shine()
    qtbot.waitUntil(lambda: bool(window.activity.list.row_widgets), timeout=PATIENCE_MS)

    window.close()
    dialog = window._closing_dialog
    assert dialog is not None
    assert dialog.question.text() == "Shine is still running."
    assert lamp.happened == ["enter lamp", "enter head"], "nothing is cancelled before it is said"
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: "Waiting for Shine (lamp)" in dialog.status.text(), timeout=PATIENCE_MS)
    assert window.isVisible()
    with qtbot.waitSignal(window.closed, timeout=PATIENCE_MS):
        lamp.cool.set()
    ended_in_order(lamp)
    assert recorded(tmp_path) == [RunState.CANCELLED]


def test_when_the_user_logs_off_all_is_in_order_before_the_session_goes_on(
    opened: Opened, qapp: QApplication, tmp_path: Path
) -> None:
    """A session manager cannot be made from Python; that it is listened to is seen, no more."""
    lamp = opened.lamp
    opened.shine()
    lamp.cool.set()

    opened.composed.end_with_session()

    ended_in_order(lamp)
    assert recorded(tmp_path) == [RunState.CANCELLED]
    assert qapp.receivers("2commitDataRequest(QSessionManager&)") >= 1


def test_when_the_user_logs_off_a_note_being_typed_is_kept(
    opened: Opened, qtbot: QtBot, tmp_path: Path
) -> None:
    lamp, activity = opened.lamp, opened.composed.window.activity
    opened.shine()
    rows = activity.list.row_widgets
    qtbot.waitUntil(lambda: bool(rows), timeout=PATIENCE_MS)
    qtbot.mouseClick(next(iter(rows.values())).chevron, Qt.MouseButton.LeftButton)
    box = activity.list.details.note.box
    qtbot.waitUntil(box.isEnabled)
    qtbot.keyClicks(box, "the lamp flickered")
    lamp.cool.set()

    opened.composed.end_with_session()

    assert [run.note for run in runs_in(tmp_path)] == ["the lamp flickered"]


def test_when_the_user_logs_off_a_changed_bench_is_saved_and_the_next_window_says_so(
    opened: Opened, qapp: QApplication, tmp_path: Path, qtbot: QtBot
) -> None:
    editing = opened.program.editing
    assert editing is not None
    args = {"trace": str(tmp_path)}
    editing.add(ThingSpec("spare", "ending_instruments:Lamp", args=args, title="Spare"))

    opened.composed.end_with_session()

    (file,) = tmp_path.glob("saved at log-off/*.toml")
    assert [thing.name for thing in read_bench_file(file).things] == ["head", "lamp", "spare"]
    spec = BenchSpec("Ending", ())
    following = Composition(qapp, Program(spec, read_settings(port=0, data_folder=tmp_path)))
    told = [notice.text for notice in following.window.notices.shown]
    assert told == [f"At log-off the bench had unsaved changes. It was saved in {file}."]
    closing = asyncio.get_running_loop().create_task(following.close())
    qtbot.waitUntil(closing.done, timeout=PATIENCE_MS)
    following.window.deleteLater()


class Client:
    """Asks the server and pushes frames for a while, in a thread of its own.

    Attributes:
        ended: Set when it has got its last answer.
        failures: What went wrong.
        written: What it wrote, in order.
        pushed: How many frames it pushed.
    """

    def __init__(self, opened: Opened) -> None:
        self.ended = threading.Event()
        self.failures: list[str] = []
        self.written: list[int] = []
        self.pushed = 0
        self._url, self._stream = opened.url, opened.lamp.live
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        until = threading.Event()
        timer = threading.Timer(BLOCKED_S, until.set)
        timer.start()
        try:
            with httpx.Client(base_url=self._url, timeout=PATIENCE_S) as http:
                while not until.is_set() or len(self.written) < 20:
                    self._ask(http)
        except httpx.HTTPError as error:
            self.failures.append(repr(error))
        finally:
            timer.join()
            self.ended.set()

    def _ask(self, http: httpx.Client) -> None:
        number = len(self.written) + 1
        self._stream.push(np.full((64, 64), number % 251, np.uint8))
        self.pushed += 1
        answers = [
            http.put("/lamp/value", json=number),
            http.get("/lamp/value"),
            http.post("/lamp/number"),
            http.get("/thing_descriptions/"),
        ]
        self.written.append(number)
        self.failures += [answer.text for answer in answers if not answer.is_success]


def test_while_the_qt_thread_is_blocked_the_server_answers_and_frames_are_conflated(
    opened: Opened, qtbot: QtBot
) -> None:
    handle = opened.composed.session.handle.things["lamp"]
    opened.composed.panels.show_thing("lamp")
    panel = opened.composed.panels.panel("lamp")
    qtbot.waitUntil(lambda: "value" in panel.model.fields, timeout=PATIENCE_MS)
    feed = LiveFeed(handle, "live")
    taken: list[Any] = []
    feed.waiting.connect(lambda: taken.append(feed.take()))

    client = Client(opened)
    answered_meanwhile = client.ended.wait(PATIENCE_S)  # here, so that Qt hears of nothing

    assert answered_meanwhile
    assert client.failures == []
    assert taken == []
    last = client.written[-1]
    qtbot.waitUntil(
        lambda: bool(taken) and panel.field("value").model.confirmed == last, timeout=PATIENCE_MS
    )
    assert [int(picture.array[0, 0]) for picture in taken] == [client.pushed % 251]
    assert feed.skipped == client.pushed - 1
    feed.close()
