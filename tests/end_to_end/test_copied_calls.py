"""What is copied from a run of the ledger runs as it is, pasted into a terminal or a program."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.bench_file import read_bench_file
from app.handles import InvocationSnapshot, InvocationStatus
from app.program import Program
from app.run_records import RunRecord
from app.settings import read_settings
from ui.activity.wording import as_curl, as_json, as_python
from ui.models.history import snapshot_of

PATIENCE_S = 60.0

ODD = {"words": 'it\'s "5 µm" \\ $HOME `id` 100 %!\n― end {0}', "amount": -2.5e-3, "on": True}
"""An input that is hard to quote."""

DRIVER = """
from things import Thing, action


class Labeller(Thing):
    @action
    def write_label(self, words: str, amount: float, on: bool = False) -> str:
        return f"{words}|{amount}|{on}"

    @action
    def blink(self) -> str:
        return "blinked"
"""

BENCH = """
title = "Labels"
[things.labeller]
class = "copied_calls_driver:Labeller"
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A bench that is served and keeps a ledger."""
    folder = tmp_path_factory.mktemp("labels")
    (folder / "copied_calls_driver.py").write_text(DRIVER, encoding="utf-8")
    (folder / "labels.toml").write_text(BENCH, encoding="utf-8")
    settings = read_settings(port=0, data_folder=folder / "data", lock_folder=folder / "locks")
    made = Program(read_bench_file(folder / "labels.toml"), settings)
    made.open()
    made.serve()
    yield made
    made.close()


def ended(program: Program, run: UUID) -> InvocationSnapshot:
    """A run at its end."""
    invocation = program.bench.actions.get_invocation(run)
    assert invocation.wait_ended(PATIENCE_S)
    return invocation.snapshot()


@pytest.fixture(params=[("write_label", ODD), ("blink", {})], ids=["odd", "empty"])
def record(program: Program, request: pytest.FixtureRequest) -> RunRecord:
    """A run of the ledger, which somebody asked for over HTTP."""
    action, body = request.param
    url = f"{program.server_info.url}/labeller/{action}"
    answer = httpx.post(url, json=body, timeout=PATIENCE_S).json()
    return program.bench.history.run(ended(program, UUID(answer["id"])).id)


def again(program: Program, answer: dict[str, Any], before: RunRecord) -> None:
    """Check that the server answered with another run that is the same."""
    first = ended(program, before.id)
    second = ended(program, UUID(answer["id"]))
    assert second.id != first.id
    assert (second.action, second.input) == (before.action, before.input)
    assert second.status is InvocationStatus.COMPLETED
    assert second.output == first.output


def printed_by(command: list[str]) -> str:
    """What a program prints on its standard output."""
    done = subprocess.run(
        command, capture_output=True, timeout=PATIENCE_S, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_that_is_copied_runs_with_nothing_but_its_standard_library(
    program: Program, record: RunRecord
) -> None:
    copied = as_python(snapshot_of(record), program.server_info.url)

    printed = printed_by([sys.executable, "-I", "-S", "-c", copied])

    again(program, ast.literal_eval(printed), record)


def test_the_curl_that_is_copied_runs_in_a_shell(program: Program, record: RunRecord) -> None:
    copied = as_curl(snapshot_of(record), program.server_info.url)

    printed = printed_by(["sh", "-c", f"{copied} --silent --show-error"])

    again(program, json.loads(printed), record)


def test_the_json_that_is_copied_is_what_the_action_takes(
    program: Program, record: RunRecord
) -> None:
    copied = as_json(snapshot_of(record))
    url = f"{program.server_info.url}/labeller/{record.action}"
    headers = {"Content-Type": "application/json"}

    answer = httpx.post(url, content=copied.encode(), headers=headers, timeout=PATIENCE_S)

    again(program, answer.json(), record)
