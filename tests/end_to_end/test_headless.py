"""The installed program without a window, as a process."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    Start = Callable[..., Any]


def ended(client: httpx.Client, href: str) -> dict[str, Any]:
    """Poll an invocation until it has ended."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found: dict[str, Any] = client.get(href).raise_for_status().json()
        if found["status"] not in ("pending", "running"):
            return found
        time.sleep(0.02)
    pytest.fail(f"{href} never ended")


def test_a_bench_is_described_read_written_refused_invoked_cancelled_and_its_png_fetched(
    start: Start,
) -> None:
    program = start("serve", "--port", "0")
    url = program.wait_for(r"^Listening on (http://127\.0\.0\.1:\d+)$")[1]
    with httpx.Client(base_url=url) as client:
        description = client.get("/camera/").raise_for_status().json()
        assert description["properties"]["exposure"]["unit"] == "ms"

        assert client.get("/camera/exposure").json() == 25.0
        assert client.put("/camera/exposure", json=50.0).status_code == 201
        assert client.get("/camera/exposure").json() == 50.0
        refused = client.put("/camera/exposure", json=-3)
        assert refused.status_code == 422
        assert refused.json()["detail"][0]["type"] == "greater_than"
        assert client.get("/camera/exposure").json() == 50.0

        snap = client.post("/camera/snap")
        assert snap.status_code == 201
        done = ended(client, snap.json()["href"])
        assert done["status"] == "completed"
        png = client.get(done["output"]["href"])
        assert png.headers["content-type"] == "image/png"
        picture = np.asarray(Image.open(io.BytesIO(png.content)))
        assert picture.shape == (1200, 1920)
        assert picture.dtype == np.uint16

        home = client.post("/stage/move_to", json={"x": 50.0}).json()
        assert client.delete(home["href"]).status_code == 200
        assert ended(client, home["href"])["status"] == "cancelled"
        assert client.delete(home["href"]).status_code == 503
    assert program.end() == 0


def test_sigterm_while_an_action_runs_cancels_it_and_ends_with_code_0(start: Start) -> None:
    program = start("serve", "--port", "0")
    url = program.wait_for(r"^Listening on (\S+)$")[1]
    running = httpx.post(f"{url}/stage/move_to", json={"x": 50.0}).json()
    assert running["status"] in ("pending", "running")

    assert program.end(signal.SIGTERM) == 0

    assert program.said[-1] == "Closing"


def test_a_bench_file_that_is_wrong_ends_with_code_2_and_one_line(
    start: Start, tmp_path: Path
) -> None:
    bench = tmp_path / "bench.toml"
    cases = {
        '[things.camera]\nclas = "things.simulated.camera:Camera"\n': (
            "line 2, things.camera: unknown key 'clas'; did you mean 'class'?"
        ),
        '[things.camera]\nclass = "things.simulated.camera:Camra"\n': (
            "line 2, things.camera: class 'things.simulated.camera:Camra': "
            "things.simulated.camera has no class 'Camra'"
        ),
        '[things.camera]\nclass = "a:B"\n[things.camera]\nclass = "a:B"\n': (
            "two Things are called 'camera'"
        ),
        "[things.camera\n": "line 1, column 15",
    }
    for text, expected in cases.items():
        bench.write_text(text)
        program = start("serve", "--bench", str(bench))
        assert program.wait() == 2
        assert len(program.said) == 1
        assert program.said[0].startswith(f"labwright: {bench}, ")
        assert expected in program.said[0]


def test_a_host_beyond_loopback_ends_with_code_2_and_the_reason(start: Start) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::", "bench.example"):
        program = start("serve", "--host", host)
        assert program.wait() == 2
        assert "served to this computer only" in program.said[0]


def test_a_second_program_on_the_same_bench_says_who_has_it(start: Start) -> None:
    first = start("serve", "--port", "0")
    url = first.wait_for(r"^Listening on (\S+)$")[1]

    second = start("serve", "--port", "0")

    assert second.wait() == 2
    assert f"in use by process {first.process.pid}" in second.said[0]
    assert url in "\n".join(second.said)
    assert httpx.get(f"{url}/things/").status_code == 200
    assert first.end() == 0


def test_a_port_that_is_taken_is_said_and_the_next_one_used(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        program = start("serve", "--port", str(port))
        said = program.wait_for(rf"port {port} was taken")
        used = int(program.wait_for(r"^Listening on http://127\.0\.0\.1:(\d+)$")[1])

    assert said
    assert port < used <= port + 20
    assert program.end() == 0


def test_the_same_bench_with_another_data_folder_is_in_use_too(
    start: Start, tmp_path: Path
) -> None:
    first = start("serve", "--port", "0")
    first.wait_for(r"^Listening on (\S+)$")

    second = start("serve", "--port", "0", data=tmp_path / "other")

    assert second.wait() == 2
    assert f"in use by process {first.process.pid}" in second.said[0]
    assert first.end() == 0


def test_a_data_folder_that_cannot_be_made_ends_with_code_2_and_the_reason(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("in the way")

    program = start("serve", data=tmp_path / "a file" / "data")

    assert program.wait() == 2
    assert len(program.said) == 1
    assert "data cannot be kept there" in program.said[0]


@pytest.mark.parametrize("platform", ["", "wayland"])
def test_a_wayland_that_is_named_but_dead_is_no_display(
    start: Start, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-77")
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    monkeypatch.delenv("DISPLAY", raising=False)

    program = start("--port", "0")

    program.wait_for(r"^No window: .*headless\.$")
    program.wait_for(r"^Listening on (\S+)$")
    assert program.end() == 0


@pytest.mark.parametrize("display", [None, ":7654"])
def test_without_a_display_the_same_bench_runs_headless_and_says_so(
    start: Start, display: str | None
) -> None:
    program = start("--port", "0", display=display)

    program.wait_for(r"^No window: .*headless\.$")
    url = program.wait_for(r"^Listening on (\S+)$")[1]

    assert set(httpx.get(f"{url}/things/").json()) == {
        "camera",
        "stage",
        "thermostat",
        "spectrometer",
    }
    assert program.end() == 0


HANGING = """
import time
from things import Thing, action, property

class Hanging(Thing):
    "Never comes back."

    @property
    def level(self) -> float:
        time.sleep(600)
        return 1.0

    @action
    def wait(self) -> None:
        time.sleep(600)

class Starting(Thing):
    "Never starts."

    def __enter__(self):
        time.sleep(600)
"""


def test_what_hangs_in_a_driver_is_abandoned_and_the_program_ends_with_code_0(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "hanging.py").write_text(HANGING)
    bench = tmp_path / "bench.toml"
    bench.write_text('[things.slow]\nclass = "hanging:Hanging"\n')
    program = start("serve", "--bench", str(bench), "--port", "0")
    url = program.wait_for(r"^Listening on (\S+)$")[1]
    assert httpx.post(f"{url}/slow/wait").status_code == 201
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"{url}/slow/level", timeout=0.2)
    assert httpx.get(f"{url}/things/").status_code == 200

    assert program.end() == 0

    assert "Abandoned: Wait on slow" in program.said
    assert "Abandoned: a read or write that does not return" in program.said


PTHREAD = """
import signal, sys, threading
from app.headless import EndSignals

ending = EndSignals()
other = threading.Thread(target=threading.Event().wait, daemon=True)
other.start()
threading.Timer(0.2, signal.pthread_kill, (other.ident, signal.SIGTERM)).start()
ending.wait()
ending.close()
print("heard")
"""


def test_sigterm_is_heard_whichever_thread_it_is_delivered_to() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PTHREAD], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "heard\n"
