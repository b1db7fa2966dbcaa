"""However the program is ended while an action runs: in order, in time, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.bench import LEAVE_WITHIN_S
from app.database.database import Database
from app.ledger.reading import RunReader
from app.recording import DATABASE
from app.run_records import RunQuery, RunState
from app.settings import Settings

if TYPE_CHECKING:
    Start = Callable[..., Any]

WITHIN_S = 60.0
"""Generous, since a test machine may be busy; benchmarks tell how long it really takes."""

DRIVERS = """
import time
from pathlib import Path
from things import Thing, action, cancellable_sleep, property, thing_slot

class Base(Thing):
    "Writes down what happens to it."

    def __init__(self, trace: str) -> None:
        self._trace = Path(trace)

    def note(self, what: str) -> None:
        with self._trace.open("a") as trace:
            trace.write(f"{what} {self.name}\\n")

    def __enter__(self):
        self.note("enter")
        return self

    def __exit__(self, *_):
        self.note("exit")

    def stop(self) -> None:
        self.note("stop")

class Lamp(Base):
    ready: bool = property(default=True)

    @action
    def shine(self) -> None:
        try:
            self.note("begin")
            cancellable_sleep(600)
        finally:
            self.note("finally")

    @action
    def ignore_all(self) -> None:
        self.note("begin")
        while True:
            time.sleep(600)

class Head(Base):
    lamp: Lamp = thing_slot()

    @action
    def answer(self) -> int:
        return 7

    @action
    def hang_window(self) -> None:
        from PySide6.QtCore import QObject, Signal
        from PySide6.QtWidgets import QApplication

        class Hanging(QObject):
            asked = Signal()

            def hang(_self) -> None:
                self.note("hang")
                time.sleep(600)

        self.hanging = Hanging()
        self.hanging.asked.connect(self.hanging.hang)
        self.hanging.moveToThread(QApplication.instance().thread())
        self.hanging.asked.emit()
"""


class Traced:
    """A bench of two Things that write down what happens to them."""

    def __init__(self, folder: Path) -> None:
        (folder / "ending_drivers.py").write_text(DRIVERS)
        self.trace = folder / "trace"
        self.file = folder / "bench.toml"
        args = f'args = {{ trace = "{self.trace}" }}'
        self.file.write_text(
            f'[things.head]\nclass = "ending_drivers:Head"\n{args}\n'
            f'[things.lamp]\nclass = "ending_drivers:Lamp"\n{args}\n'
        )

    @property
    def lines(self) -> list[str]:
        return self.trace.read_text().splitlines() if self.trace.exists() else []

    @property
    def recorded(self) -> list[RunState]:
        """How its runs stand in the ledger that was left behind, newest first."""
        (file,) = self.trace.parent.rglob(DATABASE)
        database = Database.to_read(file)
        try:
            return [run.state for run in RunReader(database).find(RunQuery()).runs]
        finally:
            database.close()

    def run(self, url: str, action: str) -> dict[str, Any]:
        """Start an action of the lamp; it has begun when this returns."""
        waiting = threading.Event()
        for _ in range(int(WITHIN_S / 0.05)):
            # A window is served before its Things are ready.
            if httpx.get(f"{url}/lamp/ready", timeout=WITHIN_S).is_success:
                break
            waiting.wait(0.05)
        answer = httpx.post(f"{url}/lamp/{action}", timeout=WITHIN_S)
        self.wait_for("begin lamp")
        started: dict[str, Any] = answer.json()
        return started

    def wait_for(self, line: str) -> None:
        """Wait until this has happened."""
        waiting = threading.Event()
        for _ in range(int(WITHIN_S / 0.02)):
            if line in self.lines:
                return
            waiting.wait(0.02)
        pytest.fail(f"never happened: {line}")

    def ended_in_order(self) -> None:
        """Fail unless the action was cancelled, then all were stopped, then left in reverse."""
        lines = [line for line in self.lines if line != "hang head"]
        assert lines[:4] == ["enter lamp", "enter head", "begin lamp", "finally lamp"]
        assert sorted(lines[4:6]) == ["stop head", "stop lamp"]
        assert lines[6:] == ["exit head", "exit lamp"]


@pytest.fixture
def traced(tmp_path: Path) -> Traced:
    return Traced(tmp_path)


@pytest.fixture
def own_display() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A display that the test may kill."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
        text=True,
    )
    os.close(writer)
    with os.fdopen(reader) as said:
        number = said.readline().strip()
    yield f":{number}", server
    server.kill()
    server.wait(WITHIN_S)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(each) for file in found for each in file.read_text().split()]


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def gone(pids: list[int]) -> bool:
    """Wait until processes have ended: they hear of their parent's end by themselves."""
    waiting = threading.Event()
    for _ in range(int(WITHIN_S / 0.05)):
        if not any(map(alive, pids)):
            return True
        waiting.wait(0.05)
    return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, kills an X server")


@linux
@pytest.mark.parametrize(
    ("number", "window"),
    [
        (signal.SIGTERM, False),
        (signal.SIGINT, False),
        (signal.SIGHUP, False),
        (signal.SIGTERM, True),
        (signal.SIGHUP, True),
    ],
)
@pytest.mark.usefixtures("display")
def test_a_signal_while_an_action_runs_ends_everything_in_order(
    start: Start, traced: Traced, number: signal.Signals, window: bool
) -> None:
    if window:
        program = start(str(traced.file), "--port", "0")
        program.wait_for("Window drawn")
    else:
        program = start("serve", "--bench", str(traced.file), "--port", "0")
    url = program.wait_for(r"Listening on (\S+)")[1]
    traced.run(url, "shine")
    children = children_of(program.process.pid)

    code = program.end(number)

    assert code == 0, "\n".join(program.said)
    traced.ended_in_order()
    assert traced.recorded == [RunState.CANCELLED]
    assert gone(children)
    assert not [line for line in program.said if "Traceback" in line]


@linux
@pytest.mark.parametrize("window", [False, True])
@pytest.mark.usefixtures("display")
def test_an_action_that_never_returns_is_stuck_holds_up_nobody_and_is_abandoned(
    start: Start, traced: Traced, window: bool, tmp_path: Path
) -> None:
    # Less patience than usual; the next test looks at what is usual.
    (tmp_path / "settings.toml").write_text("stuck_after_s = 0.3\nclose_wait_s = 1.0\n")
    if window:
        program = start(str(traced.file), "--port", "0")
        program.wait_for("Window drawn")
    else:
        program = start("serve", "--bench", str(traced.file), "--port", "0")
    url = program.wait_for(r"Listening on (\S+)")[1]
    with httpx.Client(base_url=url, timeout=WITHIN_S) as client:
        href = traced.run(url, "ignore_all")["href"]
        assert client.delete(href).status_code == 200

        waiting = threading.Event()
        shown = client.get(href).json()
        for _ in range(int(WITHIN_S / 0.1)):
            if shown["stuck"]:
                break
            waiting.wait(0.1)
            shown = client.get(href).json()
        assert (shown["stuck"], shown["status"]) == (True, "running")

        other = client.post("/head/answer").json()
        for _ in range(int(WITHIN_S / 0.02)):
            if client.get(other["href"]).json()["status"] == "completed":
                break
            waiting.wait(0.02)
        assert client.get(f"{other['href']}/output").json() == 7

    assert program.end() == 0
    assert sorted(traced.lines[-4:-2]) == ["stop head", "stop lamp"]
    assert traced.lines[-2:] == ["exit head", "exit lamp"]
    assert any("Abandoned: Ignore all on lamp" in line for line in program.said)
    assert traced.recorded == [RunState.COMPLETED, RunState.INTERRUPTED]


def test_unless_told_otherwise_stuck_is_said_within_5_s_and_the_end_comes_within_10_s() -> None:
    usual = Settings.model_fields

    assert usual["stuck_after_s"].default <= 5
    assert usual["close_wait_s"].default + LEAVE_WITHIN_S <= 10


@linux
@pytest.mark.usefixtures("display")
def test_a_second_signal_ends_at_once(start: Start, traced: Traced) -> None:
    for first, number in ((("serve", "--bench"), signal.SIGTERM), ((), signal.SIGINT)):
        traced.trace.unlink(missing_ok=True)
        program = start(*first, str(traced.file), "--port", "0")
        url = program.wait_for(r"Listening on (\S+)")[1]
        traced.run(url, "ignore_all")
        program.process.send_signal(number)
        # It waits for the action now, and has not left the Things.
        with httpx.Client(base_url=url, timeout=WITHIN_S) as client:
            waiting = threading.Event()
            for _ in range(int(WITHIN_S / 0.05)):
                if client.post("/head/answer").status_code == 503:
                    break
                waiting.wait(0.05)

        assert program.end(number) == 128 + number
        assert "exit lamp" not in traced.lines


@linux
def test_when_the_display_dies_the_bench_is_closed_in_order(
    start: Start, traced: Traced, own_display: tuple[str, subprocess.Popen[str]]
) -> None:
    display, server = own_display
    program = start(str(traced.file), "--port", "0", display=display)
    program.wait_for("Window drawn")
    url = program.wait_for(r"Listening on (\S+)")[1]
    traced.run(url, "shine")
    children = children_of(program.process.pid)

    server.kill()

    assert program.wait() == 1
    traced.ended_in_order()
    assert traced.recorded == [RunState.CANCELLED]
    assert any("The display is gone" in line for line in program.said)
    assert not [line for line in program.said if "Traceback" in line]
    assert gone(children)


@linux
@pytest.mark.usefixtures("display")
def test_a_signal_ends_the_bench_in_order_although_the_qt_thread_hangs(
    start: Start, traced: Traced
) -> None:
    program = start(str(traced.file), "--port", "0")
    program.wait_for("Window drawn")
    url = program.wait_for(r"Listening on (\S+)")[1]
    traced.run(url, "shine")
    assert httpx.post(f"{url}/head/hang_window", timeout=WITHIN_S).status_code == 201
    traced.wait_for("hang head")
    assert httpx.get(f"{url}/things/", timeout=WITHIN_S).status_code == 200
    children = children_of(program.process.pid)

    assert program.end() == 1

    traced.ended_in_order()
    assert traced.recorded == [RunState.COMPLETED, RunState.CANCELLED]
    assert any("The window does not answer" in line for line in program.said)
    assert gone(children)
