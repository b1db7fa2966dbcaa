from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.bench_file import read_bench_file
from app.errors import BenchFileError

GOOD = """
title = "A bench"

[things.stage]
class = "things.simulated.stage:Stage"

[things.camera]
class = "things.simulated.camera:Camera"
title = "Front camera"
group = "Microscope"
args = { seed = 3 }
slots = { stage = "stage" }
reconnect_s = 2.5
"""


def written(folder: Path, text: str, name: str = "bench.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str, name: str = "bench.toml") -> str:
    with pytest.raises(BenchFileError) as caught:
        read_bench_file(written(folder, text, name))
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(folder / name))
    return message.removeprefix(str(folder / name))


def test_a_bench_file_says_things_in_order_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    spec = read_bench_file(written(tmp_path, GOOD))

    assert spec.title == "A bench"
    assert [thing.name for thing in spec.things] == ["stage", "camera"]
    camera = spec.things[1]
    assert camera.class_path == "things.simulated.camera:Camera"
    assert camera.title == "Front camera"
    assert camera.group == "Microscope"
    assert camera.args == {"seed": 3}
    assert camera.slots == {"stage": "stage"}
    assert camera.reconnect_s == 2.5


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_one(tmp_path: Path) -> None:
    message = refusal(tmp_path, GOOD.replace("reconnect_s", "reconect_s"))

    assert message.startswith(", line 13, things.camera: unknown key 'reconect_s'")
    assert "did you mean 'reconnect_s'?" in message


def test_an_unknown_key_of_the_bench_itself_is_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, "titel = 'x'\n" + GOOD.replace("title", "title", 1))

    assert message.startswith(", line 1: unknown key 'titel'; did you mean 'title'?")


def test_two_things_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = GOOD + '\n[things.stage]\nclass = "a:B"\n'

    message = refusal(tmp_path, twice)

    assert "line 15" in message
    assert "two Things are called 'stage'" in message


def test_two_things_of_one_name_are_refused_in_json_too(tmp_path: Path) -> None:
    message = refusal(tmp_path, '{"things": {"a": "m:C", "a": "m:C"}}', "bench.json")

    assert "two entries are called 'a'" in message


@pytest.mark.parametrize("first", ["/a/", "a/", "/a"])
def test_slashes_around_a_name_in_json_make_no_other_name(tmp_path: Path, first: str) -> None:
    config = json.dumps({"things": {first: "m:C", "a": "m:D"}})

    assert "two entries are called 'a'" in refusal(tmp_path, config, "bench.json")


def test_a_thing_that_is_no_table_is_told_what_was_expected(tmp_path: Path) -> None:
    toml = refusal(tmp_path, '[things]\na = "x:Y"\n')
    in_json = refusal(tmp_path, '{"things": {"a": 3}}', "bench.json")

    assert toml == (
        ", line 2, things.a: things.a must be a table with a class, such as [things.a] class = ..."
    )
    assert in_json.endswith('things.a must be an object with a class, such as {"class": ...}')


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bench.toml", GOOD),
        ("bench.json", '{"things": {"stage": "m:Stage", "camera": "m:Camera"}}'),
    ],
)
def test_a_byte_order_mark_at_the_beginning_is_no_matter(
    tmp_path: Path, name: str, text: str
) -> None:
    spec = read_bench_file(written(tmp_path, "\ufeff" + text, name))

    assert [thing.name for thing in spec.things] == ["stage", "camera"]


def test_a_syntax_error_is_said_with_line_and_column(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'title = "A bench\n')

    assert message.startswith(", line 1, column 17:")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((":Stage", ""), "'module:Class' was expected"),
        (("[things.stage]", '[things."st age"]'), "is no name"),
        (("[things.stage]", "[things.events]"), "is a route of the server"),
        (('stage = "stage"', 'stage = "stag"'), "there is no such Thing"),
        (("reconnect_s = 2.5", "reconnect_s = -1"), "reconnect_s must be greater than 0"),
        (("args = { seed = 3 }", "args = 3"), "args"),
        (('class = "things.simulated.stage:Stage"', ""), "'class' is missing"),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    message = refusal(tmp_path, GOOD.replace(*change))

    assert said in message
    assert "line" in message


def test_a_missing_file_and_a_file_that_is_no_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(BenchFileError, match="there is no such file"):
        read_bench_file(tmp_path / "nowhere.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BenchFileError, match="not UTF-8"):
        read_bench_file(tmp_path / "bytes.toml")


def test_the_configuration_of_labthings_is_read(tmp_path: Path) -> None:
    config = {
        "things": {
            "/stage/": "things.simulated.stage:Stage",
            "camera": {
                "class": "things.simulated.camera:Camera",
                "args": [1],
                "kwargs": {"seed": 3},
                "thing_slots": {"stage": "stage"},
            },
        },
        "settings_folder": "somewhere",
    }

    spec = read_bench_file(written(tmp_path, json.dumps(config), "config.json"))

    assert [thing.name for thing in spec.things] == ["stage", "camera"]
    assert spec.things[1].positional == (1,)
    assert spec.things[1].args == {"seed": 3}
    assert spec.things[1].slots == {"stage": "stage"}


def test_deeply_nested_json_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, "[" * 100_000, "deep.json")

    assert "nested too deeply" in message
