from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.cli import main
from app.database.of_bench import open_bench_database
from app.health import computer, places
from app.health.bench import look_at_bench, look_at_database
from app.health.finding import Finding, State
from app.health.places import look_at_archive

if TYPE_CHECKING:
    from tests.app.conftest import MountedDisk

WELL, NOTE, WRONG = State.WELL, State.NOTE, State.WRONG


def only(found: Iterable[Finding]) -> Finding:
    (one,) = found
    return one


def test_on_a_sound_computer_nothing_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("LABWRIGHT_PORT", "0")
    code = main(["doctor", "--data-folder", str(tmp_path), "--json"])
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)}

    assert [each for each in found.values() if each["state"] == "WRONG"] == []
    assert code == 0
    assert {"Python", "window", "SQLite", "data folder", "bench", "database", "archive"} <= set(
        found
    )


def test_what_is_wrong_is_said_in_a_line_and_by_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.health.examination.look_at_window", lambda: iter(()))
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(tmp_path / "settings.toml"))
    code = main(["doctor", "--data-folder", str(tmp_path), "--bench", str(tmp_path / "no.toml")])

    assert code == 1
    assert [line for line in capsys.readouterr().out.splitlines() if "WRONG" in line]


def test_a_setting_that_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.health.examination.look_at_window", lambda: iter(()))
    monkeypatch.setenv("LABWRIGHT_PORT", "many")

    assert main(["doctor"]) == 1
    assert "LABWRIGHT_PORT" in capsys.readouterr().out


def test_a_window_that_cannot_open_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "nothing-of-the-kind")

    found = only(computer.look_at_window())
    assert found.state is WRONG
    assert "nothing-of-the-kind" in found.said


def test_without_a_display_it_is_said_that_serve_works(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, "offscreen\n", "")
    )

    found = only(computer.look_at_window())
    assert found.state is NOTE
    assert "serve" in found.said


@pytest.mark.parametrize(("free", "state"), [(2**40, WELL), (2**31, NOTE), (2**20, WRONG)])
def test_room_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    class Usage:
        pass

    usage = Usage()
    usage.free = free  # type: ignore[attr-defined]  # as the named tuple has it
    monkeypatch.setattr("app.health.places.shutil.disk_usage", lambda folder: usage)

    assert only(places.look_at_folder("data folder", tmp_path)).state is state


def test_a_folder_that_cannot_be_made_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    assert only(places.look_at_folder("data folder", tmp_path / "file" / "data")).state is WRONG


def test_a_database_over_the_network_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"root / ext4 rw 0 0\nserver:/data {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(places, "MOUNTS", mounts)

    found = list(places.look_at_folder("data folder", tmp_path, database=True))
    assert found[-1].state is WRONG
    assert "nfs4" in found[-1].said
    assert places.kind_of_disk(Path("/")) == "ext4"


def test_a_port_that_is_taken_is_a_note() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert only(places.look_at_port("127.0.0.1", port)).state is NOTE
    assert only(places.look_at_port("127.0.0.1", 0)).state is WELL
    assert only(places.look_at_port("no.such.host.invalid", 0)).state is WRONG


def test_a_clock_that_was_set_back_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "labwright.db"
    file.write_bytes(b"")
    assert only(computer.look_at_clock(tmp_path)).state is WELL
    later = (datetime.now(UTC) + timedelta(days=2)).timestamp()
    os.utime(file, (later, later))

    assert only(computer.look_at_clock(tmp_path)).state is WRONG


def test_a_bench_whose_driver_is_not_there_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text('title = "Bench"\n\n[things.lamp]\nclass = "no_such_module:Lamp"\n')

    assert only(look_at_bench(file)).state is WRONG


def test_a_database_is_looked_through(tmp_path: Path, database_url: str) -> None:
    found = only(look_at_database(tmp_path, database_url))
    assert (found.state, "is made when" in found.said) == (WELL, True)
    open_bench_database(tmp_path, database_url).close()

    found = only(look_at_database(tmp_path, database_url))
    assert (found.state, "is sound" in found.said) == (WELL, True)


def test_a_server_that_is_not_there_is_wrong(tmp_path: Path) -> None:
    found = only(look_at_database(tmp_path, f"postgresql://lab:s3cret@/lab?host={tmp_path}"))

    assert found.state is WRONG
    assert "s3cret" not in found.said


def test_a_database_that_is_damaged_is_wrong(tmp_path: Path) -> None:
    open_bench_database(tmp_path).close()
    file = tmp_path / "labwright.db"
    file.write_bytes(file.read_bytes()[:-1])

    found = only(look_at_database(tmp_path, ""))
    assert found.state is WRONG
    assert "1 bytes are missing" in found.said
    assert only(look_at_database(tmp_path, "mysql://x")).state is WRONG


def test_an_archive_that_can_only_be_read_is_wrong(
    mounted_disk: MountedDisk | None, tmp_path: Path
) -> None:
    folder = tmp_path / "files" if mounted_disk is None else mounted_disk.folder
    assert only(look_at_archive(tmp_path / "files")).state is State.WELL
    folder.mkdir(exist_ok=True)
    assert only(look_at_archive(folder)).state is State.WELL

    if mounted_disk is None:
        folder.chmod(0o555)
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)

    found = only(look_at_archive(folder))
    assert found.state is State.WRONG
    assert "can only be read" in found.said
