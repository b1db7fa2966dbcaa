from __future__ import annotations

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

import pytest

PATIENCE_S = 60.0


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


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartProgram]:
    """Starts `labwright ARGUMENTS` from another folder with a data folder of its own."""
    started: list[Started] = []

    def run(*arguments: str, display: str | None = "", data: Path | None = None) -> Started:
        env = {key: value for key, value in os.environ.items() if not key.startswith("LABWRIGHT")}
        env["LABWRIGHT_DATA_FOLDER"] = str(data or tmp_path / "data")
        env["LABWRIGHT_SETTINGS_FILE"] = str(tmp_path / "settings.toml")
        if display is None:
            for key in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
                env.pop(key, None)
        elif display:
            env["DISPLAY"] = display
        program = str(Path(sys.executable).with_name("labwright"))
        folder = tmp_path / "elsewhere"
        folder.mkdir(exist_ok=True)
        started.append(Started([program, *arguments], env, folder))
        return started[-1]

    yield run
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
            program.wait()
