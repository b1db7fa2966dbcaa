"""Programs under measurement: started, watched and ended."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".work" / "peers"
READY_S = 60.0


class Running:
    """A started program and the lines it prints.

    Attributes:
        process: The process.
        began_s: When it was started, on `time.monotonic()`.
    """

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.began_s = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_installed() | env,
        )
        self._lines: queue.SimpleQueue[tuple[float, str] | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, pattern: str) -> tuple[float, re.Match[str]]:
        """Wait for a line.

        Returns:
            How long after the start it came, in seconds, and the match.

        Raises:
            RuntimeError: The program ended or said nothing of the kind in time.
        """
        seen: list[str] = []
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            try:
                found = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                break
            if found is None:
                break
            at_s, line = found
            seen.append(line)
            if match := re.search(pattern, line):
                return at_s - self.began_s, match
        raise RuntimeError(f"never said {pattern!r}; said: {' / '.join(seen[-5:])}")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put((time.monotonic(), line.rstrip()))
        self._lines.put(None)


def _installed() -> dict[str, str]:
    """The environment of an installed program: its modules are compiled once, not at each start."""
    given = dict(os.environ)
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    return given


@contextmanager
def running(command: list[str], env: dict[str, str] | None = None) -> Iterator[Running]:
    """A program for the body of the `with`; ended by SIGTERM afterwards."""
    program = Running(command, env or {})
    try:
        yield program
    finally:
        program.process.send_signal(signal.SIGTERM)
        try:
            program.process.wait(20)
        except subprocess.TimeoutExpired:
            program.process.kill()
            program.process.wait()


@contextmanager
def labwright(*arguments: str) -> Iterator[Running]:
    """Our own program with a data folder of its own."""
    with tempfile.TemporaryDirectory() as data:
        command = [str(Path(sys.executable).with_name("labwright")), *arguments]
        locks = {"LABWRIGHT_LOCK_FOLDER": data}
        with running([*command, "--data-folder", data], locks) as program:
            yield program


def peer_python(name: str, *requirements: str) -> Path:
    """The Python of a peer's own environment, made when it is not there.

    Raises:
        RuntimeError: It could not be installed.
    """
    folder = PEERS / name
    python = folder / "bin" / "python"
    stamp = folder / "installed"
    wanted = " ".join(requirements)
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", *requirements],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        stamp.write_text(wanted)
    return python


def requests_per_second(url: str, *, connections: int = 50, seconds: int = 5) -> float:
    """How many requests a second are answered, by wrk with one thread.

    Raises:
        RuntimeError: wrk is missing, or an answer was no success.
    """
    tool = shutil.which("wrk")
    if tool is None:
        raise RuntimeError("wrk is not installed")
    done = subprocess.run(
        [tool, "-t1", f"-c{connections}", f"-d{seconds}s", url],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    match = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if match is None:
        raise RuntimeError(done.stdout)
    return float(match[1])


def resident_mib(pid: int) -> float:
    """The memory a process has, in MiB."""
    return _status_mib(pid, "VmRSS")


def most_resident_mib(pid: int) -> float:
    """The most memory it has had since it began, or since that was cleared, in MiB."""
    return _status_mib(pid, "VmHWM")


def _status_mib(pid: int, what: str) -> float:
    """A line of what the kernel says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{what}:"))) / 1024
