"""The installed program's commands against a bench that another process serves."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from app.cli import main

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Terminal

MULE = '''
import threading

from things import Thing, property


class Mule(Thing):
    """Does not stop, where it is told so."""

    obeys: bool = property(default=True)
    """Whether stop() returns."""

    depth: float = property(default=1.5, ge=-5, le=5, unit="mm")
    """How deep it stands."""

    def stop(self) -> None:
        if not self.obeys:
            threading.Event().wait(60)
'''
BENCH = """
title = "Mule bench"

[things.demo]
class = "things.simulated.everything:Everything"

[things.mule]
class = "mule:Mule"
"""


def mule_bench(folder: Path) -> Path:
    """A bench file with its driver beside it."""
    (folder / "mule.py").write_text(MULE)
    file = folder / "mules.toml"
    file.write_text(BENCH)
    return file


@pytest.fixture(scope="module")
def _bench(shared_terminal: Terminal) -> Iterator[tuple[Terminal, str]]:
    program = shared_terminal.serve(mule_bench(shared_terminal.folder))
    url = next(line for line in program.said if line.startswith("Listening on ")).split()[-1]
    yield shared_terminal, url
    assert program.end() == 0


@pytest.fixture
def user(_bench: tuple[Terminal, str]) -> Terminal:
    """The terminal of a user whose bench runs."""
    return _bench[0]


@pytest.fixture
def url(_bench: tuple[Terminal, str]) -> str:
    """Where that bench is."""
    return _bench[1]


@pytest.fixture
def typed(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs a command within this process: its code, what it said, and its words on stderr.

    A process of its own takes a second; many refusals are told without one.
    """
    for name, value in terminal.env.items():
        if name.startswith("LABWRIGHT"):
            monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def until(look: Callable[[], Any], what: str) -> Any:
    """Look again until there is something: another process works on it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    pytest.fail(f"{what} never came")


def test_the_bench_that_runs_is_found_and_its_things_listed(user, url):
    lines = user.run("things").stdout.splitlines()

    assert [line.split()[:2] for line in lines] == [["demo", "ready"], ["mule", "ready"]]
    assert user.json("things", "--url", url)["mule"] == {
        "title": "Mule",
        "state": "ready",
        "reason": "",
    }


def test_a_property_is_read_and_written(user):
    assert user.run("write", "mule", "depth", "-3").stdout == "-3.0 mm\n"
    assert user.run("read", "mule", "depth").stdout == "-3.0 mm\n"
    assert user.json("read", "mule", "depth") == -3.0
    assert user.run("write", "demo", "label", "7 of 9").stdout == "7 of 9\n"
    assert user.json("write", "demo", "home", '{"x": 2}') == {"x": 2.0, "y": 0.0}


def test_what_is_refused_ends_with_2_and_a_line_of_why(user, url, typed):
    cases = [
        (("write", "mule", "depth", "-6"), "greater than or equal to -5"),
        (("write", "mule", "depth", "deep"), "'deep' is no number"),
        (("write", "demo", "uptime", "1"), "uptime"),
        (("read", "mule", "length"), "length"),
        (("read", "donkey", "depth"), "there is demo, mule"),
        (("invoke", "demo", "increment", "by=x"), "by: 'x' is no integer"),
        (("invoke", "demo", "increment", "colour=red"), "colour"),
        (("invoke", "demo", "dance"), "dance"),
        (("invoke", "demo", "increment", "5"), "name=value"),
        (("runs", "--state", "lost"), "interrupted"),
        (("runs", "show", "7"), "is not the id of a run"),
        (("runs", "show", str(uuid.uuid4())), "No action invocation"),
    ]
    for arguments, words in cases:
        code, out, err = typed(*arguments, "--url", url)
        assert (code, out) == (2, ""), arguments
        assert err.startswith("labwright: ")
        assert words in err
        assert err.count("\n") == 1
    assert user.run("write", "mule", "depth", "-6", code=2).stdout == ""
    assert typed("things", "--url", "mule")[0] == 2
    assert "Usage" in typed("read", "mule")[2]


def test_an_action_is_run_and_what_it_gives_is_printed(user):
    user.run("write", "demo", "counter", "4")

    assert user.run("invoke", "demo", "increment", "by=3").stdout == "7\n"
    assert user.run("invoke", "demo", "increment", "--input", '{"by": 2}').stdout == "9\n"
    answer = user.json("invoke", "demo", "zero")
    assert (answer["status"], answer["output"], answer["saved"]) == ("completed", 0, [])


def test_an_action_that_fails_ends_with_1_and_its_words(user):
    done = user.run("invoke", "demo", "explode", "message=the lens fell off", code=1)

    assert done.stdout == ""
    assert done.stderr == "labwright: ValueError: the lens fell off\n"


def test_a_picture_is_saved_and_brought_back(user, tmp_path):
    file = tmp_path / "snap.png"

    done = user.run("invoke", "demo", "snap", "width=5", "height=3", "--save", file)

    assert done.stdout == f"{file}\n"
    with Image.open(file) as picture:
        assert picture.size == (5, 3)
    measured = user.run("invoke", "demo", "measure_blob", f"image=@{file}").stdout
    assert int(measured) == file.stat().st_size
    user.run("invoke", "demo", "snap", "--save", tmp_path)
    assert (tmp_path / "snap.png").is_file()
    assert user.run("invoke", "demo", "snap").stdout.startswith("image/png at http://")


def test_ctrl_c_cancels_the_run_and_says_so(user, url):
    command = user.begin("invoke", "demo", "slow_count", "n=6000")

    def running() -> Any:
        listed = httpx.get(f"{url}/action_invocations?status=running&action=slow_count").json()
        return listed and listed[0]["id"]

    id = until(running, "the run")
    assert command.end(signal.SIGINT) == 1
    assert "slow_count on demo was cancelled" in "\n".join(command.said)
    assert user.json("runs", "show", id)["state"] == "cancelled"


def test_a_run_may_be_left_alone_and_looked_at_later(user):
    id = user.run("invoke", "demo", "slow_count", "n=2", "dt=0.01", "--no-wait").stdout.strip()

    found = until(
        lambda: (run := user.json("runs", "show", id))["state"] == "completed" and run, "its end"
    )

    assert found["output"] == 2
    assert found["log"][-1]["message"] == "step 2 of 2"
    assert found["after"]["demo"]["uptime"]["value"] > 0
    text = user.run("runs", "show", id).stdout
    assert "step 2 of 2" in text
    assert "demo.slow_count" in text


def test_what_was_run_is_listed_filtered_and_annotated(user, url):
    httpx.put(f"{url}/stamp", json={"operator": "Ada", "session": "listing"})
    for by in (1, 2, 3):
        user.run("invoke", "demo", "increment", f"by={by}")
    user.run("invoke", "demo", "explode", code=1)
    httpx.put(f"{url}/stamp", json={})

    runs = user.json("runs", "--text", "listing")

    assert [run["input"] for run in runs] == [{"message": "bang"}, {"by": 3}, {"by": 2}, {"by": 1}]
    assert [run["state"] for run in user.json("runs", "--text", "listing", "--state", "error")] == [
        "error"
    ]
    assert len(user.json("runs", "--text", "listing", "--limit", "2")) == 2
    assert (
        user.json("runs", "--text", "listing", "--since", "2h", "--action", "increment")
        == (runs[1:])
    )
    assert user.json("runs", "--text", "listing", "--until", "2h") == []
    user.run("runs", "note", runs[0]["id"], "good bang")
    lines = user.run("runs", "--text", "good bang", "--origin", "network").stdout.splitlines()
    assert len(lines) == 1
    assert runs[0]["id"] in lines[0]
    assert lines[0].endswith("good bang")


def test_everything_that_happens_is_watched_until_ctrl_c(user):
    watching = user.begin("watch", "demo")
    watching.wait_for("watching http://")

    user.run("write", "demo", "counter", "41")
    user.run("write", "mule", "depth", "2")
    user.run("invoke", "demo", "increment")

    watching.wait_for(r"demo  counter = 41$")
    watching.wait_for(r"demo  increment is completed \(")
    assert watching.end(signal.SIGINT) == 0
    assert "mule" not in "\n".join(watching.said)


def test_what_is_watched_can_be_read_by_programs(user):
    watching = user.begin("watch", "--json")
    watching.wait_for("watching http://")

    user.run("write", "demo", "counter", "43")

    line = watching.wait_for(r"^.*\"counter\".*$")[0]
    assert json.loads(line)["event"] == "property"
    assert json.loads(line)["value"] == 43
    assert watching.end(signal.SIGINT) == 0


def test_a_reader_that_has_seen_enough_ends_the_watching(user):
    command = [str(Path(sys.executable).with_name("labwright")), "watch", "--json"]
    with subprocess.Popen(
        command, env=user.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        assert "watching" in watching.stderr.readline()
        watching.stdout.close()

        user.run("write", "demo", "counter", "44")
        user.run("write", "demo", "counter", "45")

        assert watching.wait(60) == 0
        assert watching.stderr.read() == ""


def test_stop_says_of_each_thing_how_it_stopped(user, url):
    id = user.run("invoke", "demo", "slow_count", "n=6000", "--no-wait").stdout.strip()

    assert user.run("stop").stdout.startswith("mule: stopped in ")
    until(
        lambda: httpx.get(f"{url}/action_invocations/{id}").json()["status"] == "cancelled",
        "its end",
    )


def test_a_thing_that_does_not_answer_is_said_and_ends_with_1(user):
    user.run("write", "mule", "obeys", "false")
    try:
        assert user.run("stop", code=1).stdout == "mule: did not answer\n"
        assert user.json("stop", code=1)["things"][0]["answered"] is False
    finally:
        user.run("write", "mule", "obeys", "true")


@pytest.mark.parametrize(
    "command",
    [
        ("things",),
        ("read", "mule", "depth"),
        ("write", "mule", "depth", "1"),
        ("invoke", "demo", "zero"),
        ("watch",),
        ("stop",),
        ("runs",),
    ],
    ids=lambda command: command[0],
)
def test_where_nobody_is_there_it_ends_with_3(typed, command):
    code, out, err = typed(*command)

    assert (code, out) == (3, "")
    assert "no bench runs on this computer" in err
    code, out, err = typed(*command, "--url", "http://127.0.0.1:1")
    assert (code, out) == (3, "")
    assert "cannot be reached" in err


def test_the_ledger_is_read_from_its_file_whether_the_bench_runs_or_not(terminal):
    file = mule_bench(terminal.folder)
    assert "nothing was recorded" in terminal.run("runs", "--bench", file, code=1).stderr
    program = terminal.serve(file)
    id = terminal.json("invoke", "demo", "increment")["id"]
    while_it_runs = terminal.json("runs", "--bench", file)
    assert program.end() == 0

    afterwards = terminal.json("runs", "--bench", file)

    assert [run["id"] for run in while_it_runs] == [run["id"] for run in afterwards] == [id]
    assert afterwards[0]["state"] == "completed"
    by_folder = terminal.json("runs", "show", id, "--data-folder", terminal.folder / "data")
    assert by_folder["id"] == id
    assert "--bench FILE reads what was recorded" in terminal.run("runs", code=3).stderr
    refused = terminal.run("runs", "--bench", file, "--url", "http://127.0.0.1:1", code=2)
    assert "goes with neither" in refused.stderr


def test_of_two_benches_that_run_one_has_to_be_named(terminal):
    one = mule_bench(terminal.folder)
    two = terminal.folder / "two.toml"
    two.write_text(BENCH.replace("Mule bench", "Second bench"))
    for file in (one, two):
        terminal.serve(file)

    done = terminal.run("things", code=2)

    assert "several benches run" in done.stderr
    assert "Mule bench" in done.stderr
    assert "Second bench" in done.stderr
    named = next(line.split()[1] for line in done.stderr.splitlines() if "Second" in line)
    assert terminal.run("things", "--url", named).stdout.startswith("demo")


def test_a_run_of_a_program_that_was_killed_reads_interrupted(terminal):
    file = mule_bench(terminal.folder)
    killed = terminal.serve(file)
    id = terminal.run("invoke", "demo", "slow_count", "n=6000", "--no-wait").stdout.strip()
    killed.process.kill()
    killed.wait()
    assert "cannot be reached" in terminal.run("things", code=3).stderr

    program = terminal.serve(file)

    (run,) = terminal.json("runs", "--state", "interrupted")
    assert run["id"] == id
    assert "program ended" in run["error"]["detail"]
    url = next(line for line in program.said if line.startswith("Listening on ")).split()[-1]
    old = httpx.get(f"{url}/action_invocations/{id}").json()
    assert old["status"] == "error"
    assert old["error"]["detail"] == run["error"]["detail"]
    assert program.end() == 0


def test_a_command_loads_neither_a_window_nor_a_server_nor_a_database():
    code = (
        "import sys; from ui.__main__ import main; "
        "code = main(['runs', '--url', 'http://127.0.0.1:1']); "
        "print(code, *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    words = done.stdout.split()
    assert words[0] == "3"
    assert not {"PySide6", "fastapi", "uvicorn", "sqlalchemy", "alembic"} & set(words)
