"""Questions that have little in them, or too much."""

from __future__ import annotations

import pytest

from app.archive.archive import Archive
from app.archive.errors import FileQueryError
from app.archive.records import FileQuery


def found(archive: Archive, text: str) -> list[str]:
    page = archive.find(FileQuery(text=text, total=True, oldest_first=True))
    assert page.total == len(page.files)
    return [file.name for file in page.files]


def test_a_symbol_is_found_and_what_has_no_word_finds_nothing(either_archive: Archive) -> None:
    archive = either_archive
    archive.keep(b"a", "cells 😀 ok")
    archive.keep(b"b", "10 µm → 20 µm", notes="½ done")
    archive.keep(b"c", "what???")

    assert found(archive, "😀") == ["cells 😀 ok"]
    assert found(archive, "→") == ["10 µm → 20 µm"]
    assert found(archive, "µ") == ["10 µm → 20 µm"]
    assert found(archive, "👍") == []
    for nothing in ("???", '"', "*", "-", "…", " ' "):
        assert found(archive, nothing) == []
    assert found(archive, "what ???") == ["what???"]
    assert len(found(archive, "")) == len(found(archive, "  ")) == 3


@pytest.mark.parametrize(
    "query",
    [
        FileQuery(tags=tuple(f"tag {number}" for number in range(101))),
        FileQuery(meta={f"key {number}": number for number in range(101)}),
        FileQuery(settings={f"camera.gain{number}": number for number in range(101)}),
    ],
    ids=["tags", "meta", "settings"],
)
def test_more_conditions_than_a_database_takes_are_refused_by_their_name(
    archive: Archive, query: FileQuery, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(FileQueryError, match="at most 100") as refused:
        archive.find(query)
    assert refused.value.name in request.node.name


def test_a_hundred_conditions_of_each_kind_are_taken(either_archive: Archive) -> None:
    many = FileQuery(
        tags=tuple(f"tag {number}" for number in range(100)),
        meta={f"key {number}": number for number in range(100)},
        settings={f"camera.gain{number}": number for number in range(100)},
        text=" ".join(f"w{number}" for number in range(20)),
    )
    assert either_archive.find(many).files == []
