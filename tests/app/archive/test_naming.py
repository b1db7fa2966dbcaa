"""What files are called, and the rules of a bench file that keep them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.archive.naming import NameMaker, NamePattern, fields_of, number_in
from app.bench_file import read_bench_file
from app.errors import BenchFileError
from app.keep_rules import KeepRule
from things.errors import ValueRefusedError

FULL = {
    "date": "2026-03-01",
    "time": "183000",
    "sample": "onion skin/7",
    "session": "evening",
    "operator": "Ada",
    "thing": "camera",
    "action": "snap",
    "output": "image-0",
}


def name(pattern: str, highest: int = 0, **changes: str) -> str:
    return NameMaker(NamePattern(pattern), lambda before, after: highest).name({**FULL, **changes})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{date}-{sample}-{action}-{n}", "2026-03-01-onion_skin_7-snap-001"),
        ("{n}", "001"),
        ("{n}_{thing}", "001_camera"),
        ("{action} {n} of {thing}", "snap 001 of camera"),
        ("always the same", None),
        ("{thing}", "camera"),
        ("{sample} {{raw}} {n}", "onion_skin_7 {raw} 001"),
        ("{n}-{n}", "001"),
    ],
)
def test_a_pattern_is_filled_in(pattern: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ValueRefusedError):
            NamePattern(pattern)
    else:
        assert name(pattern) == expected


def test_what_is_empty_is_left_out_with_its_mark() -> None:
    assert name("{date}-{sample}-{action}-{n}", sample="") == "2026-03-01-snap-001"
    assert name("{sample}-{n}", sample="") == "001"
    assert name("{sample}", sample=" ") == "file"


def test_counting_goes_on_from_the_highest_there_is() -> None:
    maker = NameMaker(NamePattern("{action}-{n}"), lambda before, after: 41)

    assert [maker.name(FULL) for _ in range(2)] == ["snap-042", "snap-043"]
    assert name("{action}-{n}", 9999) == "snap-10000"


def test_names_made_at_once_differ() -> None:
    maker = NameMaker(NamePattern("{action}-{n}"), lambda before, after: 0)
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.extend(maker.name(FULL) for _ in range(200)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(set(made)) == 800


@pytest.mark.parametrize(
    "text", ["", "{", "{x}-{n}", "{n!r}", "{n:03}", "{}", "{0}", "{date.year}"]
)
def test_a_pattern_that_cannot_be_filled_is_refused(text: str) -> None:
    with pytest.raises(ValueRefusedError):
        NamePattern(text)


def test_a_number_is_read_back() -> None:
    assert number_in("snap-042 x", "snap-", " x") == 42
    assert number_in("snap-042", "snap-", " x") == 0
    assert number_in("snap-ab", "snap-", "") == 0
    assert number_in("snap-", "snap-", "") == 0
    assert number_in("aa", "aa", "a") == 0


def test_the_time_is_that_of_this_computer() -> None:
    at = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    found = fields_of(at, "camera", "snap", {"sample": "onion"}, "")
    assert found["date"] == f"{at.astimezone():%Y-%m-%d}"
    assert found["sample"] == "onion"


BENCH = """
[things.camera]
class = "things.simulated.camera:Camera"
"""


def test_a_bench_file_says_what_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(
        BENCH
        + """
[[keep]]
thing = "camera"
action = "snap*"
pattern = "{sample}-{n}"
tags = ["raw", "Raw", " "]

[[keep]]
"""
    )

    assert read_bench_file(file).keep == (
        KeepRule("camera", "snap*", "{sample}-{n}", ("raw",)),
        KeepRule(),
    )
    assert KeepRule("cam*", "snap").fits("camera", "snap")
    assert not KeepRule("cam*", "snap").fits("camera", "Snap")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('thing = "camra"', "line 6, keep[0]: it is for 'camra', but there is no such Thing"),
        ('pattern = "{x}"', "line 6, keep[0]: pattern {x} is no field"),
        (f'tags = ["{"x" * 200}"]', "line 6, keep[0]: tags: a tag has at most"),
        ('thng = "camera"', "line 6, keep[0]: unknown key 'thng'; did you mean 'thing'?"),
        ("tags = 3", "line 6, keep[0]: keep.0.tags"),
    ],
)
def test_a_mistake_in_a_rule_is_said_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(f"{BENCH}\n[[keep]]\n{line}\n")

    with pytest.raises(BenchFileError) as caught:
        read_bench_file(file)
    assert said in str(caught.value)
