from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.cli_commands.telling import UsageError
from app.cli_commands.values import input_of, value_of

INTEGER = {"type": "integer"}
TEXT = {"type": "string"}
PERHAPS = {"oneOf": [{"type": "number"}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("-3", INTEGER, -3),
        ("0.5", {"type": "number"}, 0.5),
        ("true", {"type": "boolean"}, True),
        ("7", TEXT, "7"),
        ("null", TEXT, "null"),
        ("a=b", TEXT, "a=b"),
        ("null", {"oneOf": [TEXT, {"type": "null"}]}, None),
        ("none", {"oneOf": [TEXT, {"type": "null"}]}, "none"),
        ("null", PERHAPS, None),
        ("1.5", PERHAPS, 1.5),
        ('{"x": 1}', {"type": "object"}, {"x": 1}),
        ("red", {}, "red"),
        ("7", {}, 7),
        ("http://b/blob/7", {"lw:mediaType": "image/png"}, {"href": "http://b/blob/7"}),
    ],
)
def test_a_value_is_what_the_description_wants(
    text: str, schema: dict[str, Any], value: object
) -> None:
    assert value_of(text, schema) == value


def test_a_file_is_given_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"png")

    for text in (str(file), f"@{file}"):
        assert value_of(text, {"type": "object", "lw:mediaType": "image/png"}) == file
    with pytest.raises(UsageError, match="there is no file"):
        value_of(str(tmp_path / "b.png"), {"lw:mediaType": "image/png"})


def test_what_is_no_number_is_said_before_the_bench_is_asked() -> None:
    with pytest.raises(UsageError, match="'x' is no integer"):
        value_of("x", INTEGER)


def test_pairs_come_on_top_of_the_whole_input() -> None:
    described = {"input": {"properties": {"planes": INTEGER, "label": TEXT}}}

    found = input_of(["planes=5", "label=7", "more=[1]"], '{"planes": 3, "step": 2}', described)

    assert found == {"planes": 5, "step": 2, "label": "7", "more": [1]}
    assert input_of((), None, {}) == {}


@pytest.mark.parametrize(
    ("pairs", "whole", "words"),
    [
        (["planes"], None, "given as name=value"),
        (["=5"], None, "given as name=value"),
        (["planes=five"], None, "planes: 'five' is no integer"),
        ((), "{", "--input is no JSON"),
        ((), "[1]", "should be an object"),
    ],
)
def test_what_makes_no_sense_is_said(pairs: list[str], whole: str | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        input_of(pairs, whole, {"input": {"properties": {"planes": INTEGER}}})
