from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.bench import Bench
from app.bench_file import read_bench_file
from app.cli import main
from app.handles import Origin, OriginKind
from app.instance_lock import bench_folder
from app.packaged_benches import bench_file_of
from app.recording import RecordingRules


@pytest.fixture
def ran(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bench that ran once and ended; the program's folder of data."""
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("LABWRIGHT_DATABASE_URL", database_url)
    file = bench_file_of(Path("conformance"))
    bench = Bench(
        read_bench_file(file),
        data_folder=bench_folder(tmp_path, file),
        recording=RecordingRules(database_url=database_url),
    )
    bench.open()
    try:
        run = bench.invoke("demo", "nothing", {}, Origin(OriginKind.SCRIPT))
        assert run.wait_ended(30)
    finally:
        bench.close()
    return tmp_path


def test_what_was_recorded_is_listed_while_nothing_runs(
    ran: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for how in (["--bench", "conformance", "--data-folder", str(ran)], ["--data-folder", str(ran)]):
        assert main(["runs", "--json", *how]) == 0
        (run,) = json.loads(capsys.readouterr().out)
        assert main(["runs", "show", run["id"], *how]) == 0
        assert run["id"] in capsys.readouterr().out


def test_of_a_bench_that_never_ran_nothing_was_recorded(
    ran: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", "--bench", "demo", "--data-folder", str(ran)]) == 1
    assert capsys.readouterr().err.startswith("labwright: ")
