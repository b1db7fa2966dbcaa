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

if TYPE_CHECKING:
    Start = Callable[..., Any]

WITHIN_S = 60.0
"""Generous, since a test machine may be busy; benchmarks tell how long it really takes."""

DRIVERS = """
import time
from pathlib import Path
from things import Thing, action, cancellable_sleep, thing_slot

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
        return self.trace.read_text().splitlines()

    def run(self, url: str, action: str) -> dict[str, Any]:
        """Start an action of the lamp; it has begun when this returns."""
        answer: dict[str, Any] = httpx.post(f"{url}/lamp/{action}", timeout=WITHIN_S).json()
        waiting = threading.Event()
        for _ in range(int(WITHIN_S / 0.02)):
            if "begin lamp" in self.lines:
                return answer
            waiting.wait(0.02)
        pytest.fail("the action never began")


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


IN_ORDER = ["exit head", "exit lamp"]

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, kills an X server")


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("window", [False, True])
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
    assert traced.lines[:4] == ["enter lamp", "enter head", "begin lamp", "finally lamp"]
    assert sorted(traced.lines[4:6]) == ["stop head", "stop lamp"]
    assert traced.lines[6:] == IN_ORDER
    assert gone(children)
    assert not [line for line in program.said if "Traceback" in line]


@linux
@pytest.mark.parametrize("window", [False, True])
@pytest.mark.usefixtures("display")
def test_an_action_that_never_returns_is_stuck_holds_up_nobody_and_is_abandoned(
    start: Start, traced: Traced, window: bool
) -> None:
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
    assert traced.lines[-2:] == IN_ORDER
    assert any("Abandoned: Ignore all on lamp" in line for line in program.said)


@linux
@pytest.mark.usefixtures("display")
def test_a_second_signal_ends_at_once(start: Start, traced: Traced) -> None:
    for first in (("serve", "--bench"), ()):
        traced.trace.unlink(missing_ok=True)
        program = start(*first, str(traced.file), "--port", "0")
        url = program.wait_for(r"Listening on (\S+)")[1]
        traced.run(url, "ignore_all")
        program.process.send_signal(signal.SIGTERM)
        # It waits for the action now, and has not left the Things.
        with httpx.Client(base_url=url, timeout=WITHIN_S) as client:
            waiting = threading.Event()
            for _ in range(int(WITHIN_S / 0.05)):
                if client.post("/head/answer").status_code == 503:
                    break
                waiting.wait(0.05)

        assert program.end(signal.SIGTERM) == 128 + signal.SIGTERM
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
    assert traced.lines[3] == "finally lamp"
    assert sorted(traced.lines[4:6]) == ["stop head", "stop lamp"]
    assert traced.lines[6:] == IN_ORDER
    assert any("The display is gone" in line for line in program.said)
    assert not [line for line in program.said if "Traceback" in line]
    assert gone(children)
