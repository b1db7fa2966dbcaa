"""Writing a bench that was changed into its file, comments and all."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.bench_file import BenchSpec, ThingSpec, read_bench_file
from app.bench_saving import save_bench
from app.errors import BenchFileError

TEXT = """\
# Our microscope. Do not change the seed!
title = "Scope"

# The camera of 2019.
[things.camera] # behind the filter
class = "things.simulated.camera:Camera"
args = { seed = 7 }   # reproducible

[things.stage]
class = "things.simulated.stage:Stage"

# Never heat an empty holder.
[[interlocks]]
for = "camera.snap"
requires = "camera.exposure < 100"
because = "the shutter gets hot"
"""

BATH = ThingSpec(
    "bath",
    "things.simulated.thermostat:Thermostat",
    args={"start": 30.0, "deep": {"list": [1, 2, {"x": True}]}},
    title='A "bath"',
    group="Heat",
    slots={"stage": "stage"},
    reconnect_s=5.0,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "scope.toml"
    made.write_text(TEXT, encoding="utf-8")
    return made


def things(spec: BenchSpec) -> dict[str, ThingSpec]:
    return {thing.name: thing for thing in spec.things}


def test_what_was_added_stands_in_the_file_and_everything_else_as_before(file: Path) -> None:
    spec = read_bench_file(file)
    changed = replace(spec, things=(*spec.things, BATH))

    assert things(save_bench(changed, file)) == things(changed)

    text = file.read_text(encoding="utf-8")
    for line in TEXT.splitlines():
        assert line in text.splitlines()
    found = read_bench_file(file)
    assert things(found)["bath"] == BATH
    assert [rule.because for rule in found.interlocks] == ["the shutter gets hot"]
    assert file.with_suffix(".toml.bak").read_text(encoding="utf-8") == TEXT


def test_what_was_taken_off_is_gone_and_the_comments_of_others_stay(file: Path) -> None:
    spec = read_bench_file(file)
    save_bench(replace(spec, things=spec.things[:1]), file)

    text = file.read_text(encoding="utf-8")
    assert "Stage" not in text
    assert "# The camera of 2019." in text
    assert "# reproducible" in text
    assert list(things(read_bench_file(file))) == ["camera"]


def test_nothing_changed_writes_the_very_same_text(file: Path) -> None:
    save_bench(read_bench_file(file), file)
    assert file.read_text(encoding="utf-8") == TEXT


def test_another_file_begins_as_a_copy_and_the_first_is_left_alone(
    file: Path, tmp_path: Path
) -> None:
    spec = read_bench_file(file)
    other = tmp_path / "other.toml"
    save_bench(replace(spec, things=(*spec.things, BATH)), other)

    assert file.read_text(encoding="utf-8") == TEXT
    assert "# The camera of 2019." in other.read_text(encoding="utf-8")
    assert "bath" in things(read_bench_file(other))
    assert stat.S_IMODE(other.stat().st_mode) == stat.S_IMODE(file.stat().st_mode)


def test_a_bench_without_a_file_is_written_from_scratch(tmp_path: Path) -> None:
    target = tmp_path / "new.toml"
    plain = replace(BATH, slots={})
    save_bench(BenchSpec("New", (plain,)), target)
    found = read_bench_file(target)
    assert (found.title, things(found)) == ("New", {"bath": plain})


@pytest.mark.parametrize(
    ("spec", "name", "reason"),
    [
        (BenchSpec("B", ()), "bench.json", "a name ending in .toml"),
        (BenchSpec("B", (replace(BATH, positional=(1,)),)), "b.toml", "no names"),
        (BenchSpec("B", (replace(BATH, args={"x": None}, slots={}),)), "b.toml", "kept up"),
        (BenchSpec("B", (replace(BATH, slots={}),)), "no/such/folder/b.toml", "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said_and_leaves_nothing_behind(
    spec: BenchSpec, name: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(BenchFileError, match=reason):
        save_bench(spec, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
