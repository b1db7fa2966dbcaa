"""The `[[interlocks]]` of a bench file: what is read, and where a mistake is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bench_file import read_bench_file
from app.bench_names import refuse_unknown_names
from app.cli_errors import refused
from app.errors import BenchFileError

THINGS = """
[things.stage]
class = "interlock_instruments:Stage"

[things.my-lamp]
class = "interlock_instruments:Lamp"

[things.gone]
class = "no_such_module:Thing"

[[interlocks]]
"""


def read(tmp_path: Path, rule: str) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(THINGS + rule, encoding="utf-8")
    refuse_unknown_names(read_bench_file(file))


@pytest.mark.parametrize(
    "rule",
    [
        'for = "stage.move"\nrequires = "position.z < 2"',
        'for = ["stage.*"]\nrequires = "self.position.z < 2 and stage.speed < 3"\nbecause = "So."',
        'for = ["my-lamp.shine"]\nrequires = "things[\\"my-lamp\\"].door"',
        'for = ["s*.sp[e]ed", "my-lamp.*"]\nrequires = "stage.temperatures[0] < 30"',
        'for = ["gone.anything"]\nrequires = "stage.speed < 3"',
        'for = ["stage.move"]\nrequires = "gone.something < 3"',
    ],
)
def test_a_rule_that_means_something_is_read(tmp_path: Path, rule: str) -> None:
    read(tmp_path, rule)


NEEDS = 'for = ["stage.move"]\nrequires = '
FOR, REQUIRES = 12, 13
"""The lines of the file on which these stand."""


def is_for(*targets: str) -> str:
    return f'for = {list(targets)}\nrequires = "True"'


@pytest.mark.parametrize(
    ("rule", "line", "reason"),
    [
        (is_for("stage.mov"), FOR, "'stage.mov' is no action and no property; there is speed"),
        (is_for("stage.position"), FOR, "can only be read"),
        (is_for("stag.move"), FOR, "there is no such Thing; there is gone, my-lamp, stage"),
        (is_for("stage.stop"), FOR, "stopping is never interlocked"),
        (is_for("stage"), FOR, "'thing.action' or 'thing.property' was expected"),
        (is_for(), REQUIRES, "names nothing"),
        (NEEDS + '"stage.speed <"', REQUIRES, "invalid syntax"),
        (NEEDS + '"lamp.on"', REQUIRES, "there is no Thing 'lamp'"),
        (NEEDS + '"stage.z < 2"', REQUIRES, "stage has no property 'z'; it has speed, temp"),
        (NEEDS + '"stage.position.y < 2"', REQUIRES, "has no field 'y'; it has x, z"),
        (NEEDS + '"stage.speed.x < 2"', REQUIRES, "is a number and has no part 'x'"),
        (NEEDS + '"stage"', REQUIRES, "'stage' is a Thing; name one of its properties"),
        (NEEDS + '"function:dust"', REQUIRES, "no installed package brings the interlock 'dust'"),
        ('for = ["stage.move"]\nrequire = "True"', REQUIRES, "did you mean 'requires'?"),
        ('for = ["stage.move"]', FOR - 1, "'requires' is missing"),
    ],
)
def test_a_mistake_is_said_with_its_line(
    tmp_path: Path, rule: str, line: int, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BenchFileError) as wrong:
        read(tmp_path, rule)

    assert reason in wrong.value.reason
    assert wrong.value.place == f"line {line}, interlocks[0]"
    assert refused(wrong.value) == 2
    assert str(wrong.value.file) in capsys.readouterr().err


def test_a_name_that_means_two_things_has_to_be_said_in_full(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(
        '[things.stage]\nclass = "interlock_instruments:Stage"\n'
        '[things.speed]\nclass = "interlock_instruments:Lamp"\n'
        '[[interlocks]]\nfor = "stage.move"\nrequires = "speed.power < 2"\n',
        encoding="utf-8",
    )
    with pytest.raises(BenchFileError, match="is a Thing and a property of stage"):
        refuse_unknown_names(read_bench_file(file))
