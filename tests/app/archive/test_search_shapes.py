"""How searches are carried out: in what order a database looks, and what must not mislead it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.archive import archive as archive_module
from app.archive.archive import Archive
from app.archive.file_rows import columns
from app.archive.question_sql import Statement, put
from app.archive.questions import question_of
from app.archive.records import FileQuery, FileState, Provenance
from app.database.migrating import migrate, migrate_down
from app.run_facts import Stamp
from app.run_records import RecordedValue

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = UUID(int=7)
EVERY_WAY = (
    FileQuery(text="lea onio"),
    FileQuery(text="größ"),
    FileQuery(tags=("GOOD", "bad")),
    FileQuery(meta={"stage.z": 3, "lens": "10x"}),
    FileQuery(meta={"long": "x" * 300}),
    FileQuery(meta={"none": None, "yes": True, "huge": 2**70, "half": 0.5}),
    FileQuery(thing="camera", action="snap", sample="onion", session="s1", operator="Ada"),
    FileQuery(media_type="text/*"),
    FileQuery(media_type="text/plain"),
    FileQuery(media_type="text/plain; charset=utf-8"),
    FileQuery(run=RUN),
    FileQuery(settings={"camera.gain": 2}),
    FileQuery(state=FileState.LINKED),
)


def keep_one(archive: Archive) -> UUID:
    made = Provenance(
        run=RUN,
        thing="camera",
        action="snap",
        stamp=Stamp("Ada", "onion", "s1"),
        settings={"camera": {"gain": RecordedValue(2.0, BEGAN)}},
    )
    meta = {
        "stage": {"z": 3.0},
        "lens": ["10x", "20x"],
        "long": "x" * 300,
        "none": None,
        "yes": True,
        "huge": 2**70,
        "half": 0.5,
    }
    return archive.keep(
        b"x",
        "a leaf",
        media_type="text/plain; charset=utf-8",
        tags=["Good", "bad"],
        meta=meta,
        notes="größer",
        provenance=made,
    ).id


def found(archive: Archive, query: FileQuery) -> list[UUID]:
    page = archive.find(replace(query, total=True))
    assert page.total == len(page.files)
    return [file.id for file in page.files]


@pytest.mark.parametrize("to", ["0002", "0003"])
def test_files_of_an_older_program_are_found_in_every_way(either_archive: Archive, to: str) -> None:
    archive = either_archive
    kept, trashed = keep_one(archive), keep_one(archive)
    draft = archive.create("a draft").id
    archive.trash(trashed)

    def down(connection: Connection) -> list[tuple[str, str]]:
        migrate_down(connection, to)
        words = connection.execute(text("SELECT words FROM files")).scalars()
        assert not any("_" in each for each in words)
        values = text("SELECT key, value FROM file_meta ORDER BY key, value")
        return [(row.key, row.value) for row in connection.execute(values)]

    values = archive.write(down)
    archive.write(migrate)

    assert ("stage.z", "n3.0") in values
    assert len(values) == 2 * 8
    for query in EVERY_WAY:
        assert found(archive, query) == [kept], query
        assert found(archive, replace(query, state=FileState.TRASHED)) in ([trashed], [kept])
    assert found(archive, FileQuery(state=FileState.DRAFT)) == [draft]
    archive.restore(trashed)
    assert found(archive, FileQuery()) == [trashed, kept]


def test_a_file_is_found_by_what_it_is_now_only(either_archive: Archive) -> None:
    archive = either_archive
    id = archive.create("a", extension="png").id
    assert found(archive, FileQuery(state=FileState.DRAFT, media_type="image/png")) == [id]

    first = archive.put(id, b"first", media_type="Image/TIFF")
    second = archive.put(id, b"second")

    assert found(archive, FileQuery(state=FileState.DRAFT)) == []
    assert found(archive, FileQuery(media_type="image/png")) == []
    assert found(archive, FileQuery(media_type="image/tiff")) == [id]
    assert found(archive, FileQuery(sha256=first.sha256)) == []
    assert found(archive, FileQuery(sha256=second.sha256)) == [id]
    archive.trash(id)
    assert found(archive, FileQuery()) == []
    assert found(archive, FileQuery(state=FileState.TRASHED)) == [id]


def test_a_clock_that_was_set_back_hides_no_file(
    either_archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = either_archive
    minutes = (0, 5, 2, 9, 7, 3, 12, 1)
    made: dict[UUID, datetime] = {}
    for minute in minutes:
        at = BEGAN + timedelta(minutes=minute)
        monkeypatch.setattr(archive_module, "now", lambda at=at: at)
        made[archive.keep(b"x", f"{minute}").id] = at

    times = [None, *(BEGAN + timedelta(minutes=minute) for minute in (0, 2, 4, 8, 20))]
    for since, until in itertools.product(times, times):
        wanted = [
            id
            for id, at in reversed(made.items())
            if (since is None or at >= since) and (until is None or at < until)
        ]
        for state in (FileState.LINKED, None):
            assert found(archive, FileQuery(since=since, until=until, state=state)) == wanted


@pytest.mark.parametrize(
    "query",
    [
        FileQuery(text="field 1"),
        FileQuery(tags=("a", "b"), meta={"lens": "10x"}, thing="camera", after="7"),
        FileQuery(media_type="image/*", sample="x", state=None),
        FileQuery(settings={"camera.gain": 1, "stage.x": 2}),
        FileQuery(since=BEGAN, until=BEGAN + timedelta(days=1), text="x"),
    ],
)
def test_sqlite_walks_through_the_index_of_words_and_reads_only_the_rows_of_the_page(
    archive: Archive, query: FileQuery
) -> None:
    keep_one(archive)

    def plans(connection: Connection) -> list[Sequence[str]]:
        asked = put(connection, question_of(query), columns(sqlite=True))
        return [plan_of(connection, each) for each in (asked.page, asked.total)]

    page, total = archive.read(plans)

    assert page[0] == "SEARCH files USING INTEGER PRIMARY KEY (rowid=?)"
    for plan in (page, total):
        walks = [step for step in plan if step.startswith("SCAN")]
        # '=' would be a search anew for each number of another set.
        assert len(walks) == 1 + (plan is page)  # tags, a handful, are read from a list
        assert any("file_words VIRTUAL TABLE" in step and "=" not in step for step in walks)
        assert not any(step.startswith("SCAN files") for step in walks)


def test_sqlite_finds_the_newest_in_the_index_of_the_states(archive: Archive) -> None:
    def plans(connection: Connection) -> list[Sequence[str]]:
        asked = put(connection, question_of(FileQuery(after="7")), columns(sqlite=True))
        return [plan_of(connection, each) for each in (asked.page, asked.total)]

    page, total = archive.read(plans)

    assert page[0].startswith("SEARCH files USING INDEX ix_files_state (state=? AND ")
    assert not any("B-TREE" in step and "tag" not in step for step in page if "files" in step)
    assert total == ["SEARCH files USING COVERING INDEX ix_files_state (state=?)"]


def plan_of(connection: Connection, statement: Statement) -> list[str]:
    explained = Statement(f"EXPLAIN QUERY PLAN {statement.sql}", statement.values)
    return [str(row[3]) for row in explained.execute(connection)]


def test_what_keeping_answers_is_what_is_read_later(either_archive: Archive) -> None:
    archive = either_archive
    made = Provenance(
        run=RUN,
        path=("image", 0),
        thing="camera",
        input={"n": float("nan"), "text": "a\0b"},
        stamp=Stamp("Ada", "\ud800", "s1"),
        made_at=BEGAN,
        settings={"camera": {"gain": RecordedValue(2.0, BEGAN)}},
    )
    kept = archive.keep(
        b"x",
        "größer 100%",
        extension="ome.tif",
        tags=["b", "Ä", "a"],
        notes="n",
        meta={"a": [1, {"b": 2**70}]},
        provenance=made,
    )

    assert kept == archive.get(kept.id)
    assert kept.tags == ("a", "b", "Ä")
    again = archive.keep(b"x", "..")
    assert again == archive.get(again.id)
    assert again.uri.endswith("/file")


def test_facets_cannot_be_typed(either_archive: Archive) -> None:
    archive = either_archive
    keep_one(archive)

    def words(connection: Connection) -> str:
        return str(connection.execute(text("SELECT words FROM files")).scalar_one())

    facets: list[Any] = [word for word in archive.read(words).split() if word.startswith("_")]
    assert len(facets) > 10
    for facet in facets:
        assert found(archive, FileQuery(text=facet)) == []
        assert found(archive, FileQuery(text=facet[:3])) == []
