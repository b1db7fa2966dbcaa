from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec
from app.cli_commands.connection import announced, bench_url
from app.cli_commands.telling import NobodyError, UsageError
from app.instance_lock import InstanceLock
from app.server.settings import ServerSettings
from app.server.thread import ServerThread


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which this user's programs say where they are."""
    monkeypatch.setenv("LABWRIGHT_LOCK_FOLDER", str(tmp_path))
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(tmp_path / "settings.toml"))
    return tmp_path


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a bench that answers."""
    with Bench(BenchSpec("Test", ())) as bench:
        server = ServerThread(bench, ServerSettings(port=0))
        server.start()
        yield server.url
        server.stop()


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that nobody listens at, and that nobody else gets meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def note(locks: Path, name: str, url: str, since: str = "2026-03-01T18:00:00+00:00") -> None:
    """What a program leaves that was killed."""
    folder = locks / "benches" / name
    folder.mkdir(parents=True)
    text = json.dumps({"pid": 1, "since": since, "title": name.title(), "url": url})
    (folder / "in-use.json").write_text(text)


def test_the_address_that_is_named_is_taken(locks: Path) -> None:
    note(locks, "demo", "http://127.0.0.1:1")

    assert bench_url("http://elsewhere:7170") == "http://elsewhere:7170"


def test_nobody_runs(locks: Path) -> None:
    with pytest.raises(NobodyError, match="no bench runs on this computer"):
        bench_url(None)


def test_the_one_that_runs_is_found_by_its_lock(locks: Path) -> None:
    lock = InstanceLock(locks / "benches" / "demo-12345678", "Demo bench")
    assert announced(locks) == [], "it does not say where, yet"
    lock.announce("http://127.0.0.1:7170")

    assert bench_url(None) == "http://127.0.0.1:7170"
    assert [each.title for each in announced(locks)] == ["Demo bench"]
    lock.release()
    assert announced(locks) == []


def test_of_several_the_one_that_answers_is_taken(locks: Path, served: str, silent: str) -> None:
    note(locks, "killed", silent)
    note(locks, "running", served)

    assert bench_url(None) == served


def test_of_two_that_answer_none_is_guessed(locks: Path, served: str) -> None:
    note(locks, "one", served)
    note(locks, "two", served.replace("127.0.0.1", "localhost"))

    with pytest.raises(UsageError) as refused:
        bench_url(None)

    assert f"--url {served}  One" in str(refused.value)
    assert "Two" in str(refused.value)


def test_where_a_killed_program_had_the_same_address_the_newer_note_counts(locks: Path) -> None:
    note(locks, "old", "http://127.0.0.1:7170", "2026-03-01T18:00:00+00:00")
    note(locks, "new", "http://127.0.0.1:7170", "2026-03-02T18:00:00+00:00")

    assert [each.title for each in announced(locks)] == ["New"]


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"pid": 3}'])
def test_a_note_that_says_nothing_is_passed_over(locks: Path, text: str) -> None:
    folder = locks / "benches" / "broken"
    folder.mkdir(parents=True)
    (folder / "in-use.json").write_text(text)

    assert announced(locks) == []
