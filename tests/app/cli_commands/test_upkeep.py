from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import main
from app.instance_lock import InstanceLock, bench_folder
from app.packaged_benches import bench_file_of

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Typed:
    """Type a command; gives its code and all that it said."""
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(tmp_path / "settings.toml"))

    def type_it(*words: str) -> tuple[int, str]:
        code = main(["db", *words, "--data-folder", str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return type_it


def test_a_database_is_made_checked_copied_damaged_and_brought_back(
    typed: Typed, tmp_path: Path
) -> None:
    file = bench_folder(tmp_path, bench_file_of(None)) / "labwright.db"
    assert typed("upgrade")[0] == 0
    code, said = typed("check", "--json")
    assert (code, [each["trouble"] for each in json.loads(said)]) == (0, [""] * 5)
    copy = Path(typed("backup")[1].strip())
    assert copy.is_file()
    assert typed("copies") == (0, f"{copy}\n")
    file.write_bytes(file.read_bytes()[:-10])

    code, said = typed("check")
    assert code == 1
    assert "WRONG: its last 10 bytes are missing" in said
    code, said = typed("restore")
    assert code == 0
    assert str(copy) in said
    assert ".damaged-" in said
    assert typed("check")[0] == 0
    assert typed("current") == (0, "0004\n")


def test_going_back_a_step_is_said(typed: Typed) -> None:
    typed("upgrade")

    assert "is at step 0001" in typed("downgrade", "0001")[1]
    assert typed("check")[0] == 1
    code, said = typed("upgrade", "7")
    assert (code, "no step '7'" in said) == (1, True)


def test_while_its_bench_runs_a_database_is_not_changed(typed: Typed, tmp_path: Path) -> None:
    typed("upgrade")
    lock = InstanceLock(bench_folder(tmp_path, bench_file_of(None)), "Demo")
    try:
        for words in (("restore",), ("upgrade",), ("downgrade", "0001"), ("check", "--accept")):
            code, said = typed(*words)
            assert code == 2
            assert "in use by process" in said
        assert typed("check")[0] == 0
        assert typed("backup")[0] == 0
    finally:
        lock.release()


def test_the_steps_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "history"]) == 0
    assert capsys.readouterr().out.startswith("0001  The ledger of what was run.")
