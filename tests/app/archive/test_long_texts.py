"""Texts as long as they may be, on both databases: what one takes, the other takes too."""

from __future__ import annotations

import pytest

from app.archive.archive import Archive
from app.archive.records import FileQuery, Provenance
from app.archive.texts import LONGEST_NOTES
from app.run_facts import Stamp


def test_a_long_key_of_metadata_is_kept_and_asked_for(either_archive: Archive) -> None:
    key = "k" * 5_000
    file = either_archive.keep(b"x", "a", meta={key: "10x", "deep": {key: {key: 3}}})

    assert [each.id for each in either_archive.find(FileQuery(meta={key: "10x"})).files] == [
        file.id
    ]
    deep = FileQuery(meta={f"deep.{key}.{key}": 3})
    assert [each.id for each in either_archive.find(deep).files] == [file.id]


def test_a_long_stamp_is_kept_and_asked_for(either_archive: Archive) -> None:
    long = "onion skin " * 500
    made = Provenance(thing=long, action=long, title=long, stamp=Stamp(long, long, long))

    file = either_archive.keep(b"x", "a", provenance=made, tags=["t" * 100])

    for query in (FileQuery(sample=long), FileQuery(thing=long, action=long, operator=long)):
        assert [each.id for each in either_archive.find(query).files] == [file.id]


@pytest.mark.parametrize("letter", ["ä", "語", "😀"])
def test_the_longest_notes_and_metadata_are_kept(either_archive: Archive, letter: str) -> None:
    words = " ".join(f"{letter * 3}{number:x}" for number in range(12_000))
    notes = words[:LONGEST_NOTES]
    meta = {"all": [words[begin : begin + 900] for begin in range(0, len(words), 900)]}

    file = either_archive.keep(b"x", "a", notes=notes, meta=meta)

    assert either_archive.get(file.id).notes == notes
    first = FileQuery(text=words.split()[17])
    assert [each.id for each in either_archive.find(first).files] == [file.id]
