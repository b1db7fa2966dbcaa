"""Rules of a bench file that speak of what there is not: said at the start, with the line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.bench_file import read_bench_file
from app.bench_names import refuse_unknown_names
from app.errors import BenchFileError

sys.path.append(str(Path(__file__).parent / "archive"))

THINGS = """
[things.probe]
class = "kept_things:Probe"

[things.lamp]
class = "kept_things:Lamp"

[things.gone]
class = "no_such_module:Thing"

[[keep]]
"""


def read(tmp_path: Path, rule: str) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(THINGS + rule, encoding="utf-8")
    refuse_unknown_names(read_bench_file(file))


@pytest.mark.parametrize(
    "rule",
    [
        'action = "snap"',
        'thing = "probe"\naction = "s[nt]*"',
        'thing = "p*"',
        'thing = "lamp"',
        'thing = "gone"\naction = "whatever it has"',
        'thing = "*"\naction = "it may be that one\'s"',
    ],
)
def test_a_rule_that_may_keep_something_is_read(tmp_path: Path, rule: str) -> None:
    read(tmp_path, rule)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ('thing = "probe"\naction = "snp"', "there is always, both, brief, "),
        ('thing = "probe"\naction = "["', "no such action"),
        ('thing = "lamp"\naction = "snap"', "there is none"),
        ('thing = "probe"\naction = "gain"', "no such action"),
    ],
)
def test_a_rule_that_keeps_nothing_by_a_slip_is_refused_with_its_line(
    tmp_path: Path, rule: str, reason: str
) -> None:
    with pytest.raises(BenchFileError) as refused:
        read(tmp_path, rule)

    assert "line 13" in str(refused.value)
    assert reason in str(refused.value)
