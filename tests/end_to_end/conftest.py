from __future__ import annotations

import itertools
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resources import resource

PATIENCE_S = 60.0
HOUSE = Path(__file__).parents[2]
CLIENTS = Path(__file__).parent / "clients"
INSTALLED_CLIENTS = HOUSE / ".work" / "clients"

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background has it ignored, by all they start as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Started:
    """The installed program as a process, with the lines it says."""

    def __init__(self, command: list[str], env: dict[str, str], folder: Path) -> None:
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=env,
            cwd=folder,
        )
        self.said: list[str] = []
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, pattern: str) -> re.Match[str]:
        deadline = time.monotonic() + PATIENCE_S
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                break
            if match := re.search(pattern, line):
                return match
        pytest.fail(f"never said {pattern!r}; said:\n" + "\n".join(self.said))

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; returns the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            self._lines.put(line)
        self._lines.put(None)
        self.process.stdout.close()


StartProgram = Callable[..., Started]
PROGRAM = str(Path(sys.executable).with_name("labwright"))


def environment(folder: Path, data: Path | None = None) -> dict[str, str]:
    """A program's environment, so that it keeps everything in a folder of the test."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("LABWRIGHT")}
    env["LABWRIGHT_LOCK_FOLDER"] = str(folder / "locks")
    env["LABWRIGHT_DATA_FOLDER"] = str(data or folder / "data")
    env["LABWRIGHT_SETTINGS_FILE"] = str(folder / "settings.toml")
    return env


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartProgram]:
    """Starts `labwright ARGUMENTS` from another folder with a data folder of its own."""
    started: list[Started] = []

    def run(*arguments: str, display: str | None = "", data: Path | None = None) -> Started:
        env = environment(tmp_path, data)
        if display is None:
            for key in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
                env.pop(key, None)
        elif display:
            env["DISPLAY"] = display
        folder = tmp_path / "elsewhere"
        folder.mkdir(exist_ok=True)
        started.append(Started([PROGRAM, *arguments], env, folder))
        return started[-1]

    yield run
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
            program.wait()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """Serves a bench in a process of its own as long as a module's tests run; gives its address."""
    started: list[Started] = []

    def run(bench: Path) -> str:
        folder = tmp_path_factory.mktemp("served")
        command = [PROGRAM, "serve", "--port", "0", "--bench", str(bench)]
        started.append(Started(command, environment(folder), folder))
        return started[-1].wait_for(r"^Listening on (\S+)$")[1]

    yield run
    assert [program.end() for program in started] == [0] * len(started)


class Terminal:
    """Commands of one user, who has benches of his own.

    Attributes:
        folder: Where his programs keep everything.
        env: Their environment.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = environment(folder)
        self.started: list[Started] = []

    def serve(self, bench: Path) -> Started:
        """Serve a bench; waits until it is announced."""
        command = [PROGRAM, "serve", "--port", "0", "--bench", str(bench)]
        self.started.append(Started(command, self.env, self.folder))
        self.started[-1].wait_for(r"^Listening on (\S+)$")
        return self.started[-1]

    def run(self, *arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run `labwright ARGUMENTS` to its end, which must be with that code."""
        done = subprocess.run(
            [PROGRAM, *map(str, arguments)],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done

    def json(self, *arguments: str | Path, code: int = 0) -> Any:
        """The JSON that a command answers."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def begin(self, *arguments: str | Path) -> Started:
        """Run a command and do not wait for its end."""
        command = [PROGRAM, *map(str, arguments)]
        self.started.append(Started(command, self.env, self.folder))
        return self.started[-1]

    def close(self) -> None:
        """Kill what is left."""
        for program in self.started:
            if program.process.poll() is None:
                program.process.kill()
                program.wait()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of a user who has no bench yet."""
    made = Terminal(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A terminal of a user whose benches serve a whole module."""
    made = Terminal(tmp_path_factory.mktemp("user"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def conformance(serve: Callable[[Path], str]) -> str:
    """The address of the conformance bench."""
    return serve(resource("benches/conformance.toml"))


@pytest.fixture(scope="module")
def busy(serve: Callable[[Path], str]) -> str:
    """The address of a bench whose Things stand in each other's way."""
    return serve(CLIENTS / "busy.toml")


class ForeignError(Exception):
    """What somebody else's client raised, as 'ItsClass: its message'."""


class Foreign:
    """Somebody else's client in a process of its own, told by JSON lines what to do."""

    def __init__(self, *command: str | Path) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._numbers = itertools.count()
        self._answers: dict[int, dict[str, Any]] = {}
        self._came = threading.Condition()
        self._ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def begin(self, do: str, **more: Any) -> int:
        """Ask for something; the answer is fetched by the number."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        self._process.stdin.write(json.dumps({"no": number, "do": do, **more}) + "\n")
        return number

    def answer(self, number: int) -> Any:
        """What came of it; raises ForeignError where the client raised."""
        with self._came:
            assert self._came.wait_for(lambda: number in self._answers or self._ended, PATIENCE_S)
            assert number in self._answers, "the client ended"
            answer = self._answers.pop(number)
        if "kind" in answer:
            raise ForeignError(f"{answer['kind']}: {answer['message']}")
        return answer.get("value")

    def __call__(self, do: str, **more: Any) -> Any:
        """Ask for something and wait for it."""
        return self.answer(self.begin(do, **more))

    def close(self) -> None:
        """End the client."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            with self._came:
                self._answers[answer["no"]] = answer
                self._came.notify_all()
        with self._came:
            self._ended = True
            self._came.notify_all()
        self._process.stdout.close()


@pytest.fixture(scope="session")
def installed_clients() -> Path:
    """Where the clients of others are; `make test` has installed them before."""
    subprocess.run([HOUSE / "tools" / "foreign-clients"], check=True)
    return INSTALLED_CLIENTS


@pytest.fixture(scope="module")
def thing_client(installed_clients: Path) -> Iterator[Foreign]:
    """labthings-fastapi's ThingClient."""
    client = Foreign(installed_clients / "python/bin/python", CLIENTS / "thing_client.py")
    yield client
    client.close()


@pytest.fixture(scope="module")
def node_wot(installed_clients: Path) -> Iterator[Foreign]:
    """node-wot."""
    node = installed_clients / "node"
    client = Foreign(node, CLIENTS / "node_wot.mjs", installed_clients)
    yield client
    client.close()


@pytest.fixture
def display() -> str:
    """The display a window is opened on; without one the test fails and says what to do."""
    found = os.environ.get("DISPLAY")
    if not found:
        pytest.fail("there is no display: run it by make test, which gives it a display")
    return found
