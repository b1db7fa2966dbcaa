from __future__ import annotations

from pathlib import Path

import pytest

from app.bench_file import read_bench_file
from app.errors import BenchFileError
from app.packaged_benches import bench_file_of


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_file_it_is_the_demo_bench() -> None:
    assert read_bench_file(bench_file_of(None)).title == "Demo bench"


@pytest.mark.parametrize(("name", "title"), [("demo", "Demo bench"), ("faulty", "Faulty bench")])
def test_a_bench_that_ships_is_found_by_its_name(name: str, title: str) -> None:
    assert read_bench_file(bench_file_of(Path(name))).title == title


def test_a_file_of_that_name_comes_first(elsewhere: Path) -> None:
    own = elsewhere / "faulty"
    own.write_text('title = "Mine"\n')

    assert read_bench_file(bench_file_of(Path("faulty"))).title == "Mine"


@pytest.mark.parametrize("given", ["faultier", "faulty.toml", "../benches/faulty"])
def test_what_is_neither_is_said_as_it_was_given(given: str) -> None:
    with pytest.raises(BenchFileError, match="there is no such file") as caught:
        read_bench_file(bench_file_of(Path(given)))

    assert str(caught.value.file) == str(Path(given))
