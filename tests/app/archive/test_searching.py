"""Finding files: every filter gives what going through all of them by hand gives."""

from __future__ import annotations

import itertools
import random
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from app.archive.archive import Archive
from app.archive.errors import FileQueryError
from app.archive.records import (
    LARGEST_PAGE,
    ArchivedFile,
    FileQuery,
    FileState,
    Provenance,
)
from app.database.migrating import migrate, migrate_down
from app.run_facts import Stamp
from app.run_records import RecordedValue

if TYPE_CHECKING:
    from tests.app.archive.conftest import OpensArchive

WORDS = (
    "Onion",
    "skin",
    "größer",
    "10x",
    "STRASSE",
    "straße",
    "中文",
    "a_b",
    "3.14",
    "don't",
    "ﬁne",
)
THINGS = ("camera", "stage", "")
TYPES = ("image/png", "image/tiff", "text/plain; charset=utf-8", "application/x-npz")
RUNS = tuple(UUID(int=number) for number in (1, 2))
METAS: tuple[dict[str, Any], ...] = (
    {},
    {"lens": "10x", "stage": {"z": 3}},
    {"lens": ["10x", "20x"], "good": True, "none": None},
    {"lens": "20X", "stage": {"z": 3.0, "y": -1.5}, "good": False},
    {"n": 2**60, "f": 1e300, "text": "x" * 500},
    {"stage.z": 3, "good": 1},
)
SETTINGS: tuple[dict[str, dict[str, Any]], ...] = (
    {},
    {"camera": {"exposure": 25.0, "binning": "2x2"}, "stage": {"place": [1.5, 2]}},
    {"camera": {"exposure": 25, "cooled": True}},
    {"camera": {"exposure": 26.0, "cooled": 1}, "stage": {"exposure": 25}},
)
MADE = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = 60


@pytest.fixture
def filled(either_archive: Archive) -> tuple[Archive, list[ArchivedFile]]:
    """An archive with files of all kinds, and those files."""
    archive, chance = either_archive, random.Random(7)
    made = []
    for number in range(COUNT):
        words = chance.choices(WORDS, k=3)
        file = archive.keep(
            b"%d" % (number % 10),
            f"{words[0]}-{number}",
            extension=chance.choice(("png", "")),
            media_type=chance.choice(TYPES),
            tags=chance.sample(("Good", "bad", words[1]), k=chance.randrange(3)),
            notes=f"{words[2]}, said by {chance.choice(WORDS)}",
            meta=chance.choice(METAS),
            provenance=Provenance(
                run=chance.choice((*RUNS, None)),
                thing=chance.choice(THINGS),
                action=chance.choice(("snap", "stack")),
                stamp=Stamp("Ada", chance.choice(("onion", "leaf")), chance.choice(("s1", "s2"))),
                settings={
                    thing: {name: RecordedValue(value, MADE) for name, value in known.items()}
                    for thing, known in chance.choice(SETTINGS).items()
                },
            ),
        )
        if chance.random() < 0.1:
            archive.trash(file.id)
        made.append(archive.get(file.id))
    made.append(archive.create("a draft"))
    return archive, made


def words_of(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    apart = "".join(
        f" {letter} " if not letter.isascii() and unicodedata.category(letter)[0] == "S" else letter
        for letter in folded
    )
    symbols = [each for each in apart.split() if len(each) == 1 and not each.isascii()]
    return re.findall(r"[^\W_]+", apart) + [
        each for each in symbols if unicodedata.category(each)[0] == "S"
    ]


def everything_said(file: ArchivedFile) -> str:
    made = file.provenance

    def said(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [part for key, item in value.items() for part in (key, *said(item))]
        if isinstance(value, list):
            return [part for item in value for part in said(item)]
        return [] if value is None or isinstance(value, bool) else [str(value)]

    parts = [file.name, file.extension, *file.tags, file.notes, made.thing, made.action]
    parts += [made.stamp.operator, made.stamp.sample, made.stamp.session, *said(dict(file.meta))]
    return " ".join(parts)


def values_at(meta: Any, key: str) -> list[Any]:
    """What stands under a dotted key, in every way it can be read."""
    found: list[Any] = []
    if isinstance(meta, dict):
        for name, item in meta.items():
            if name == key:
                found += item if isinstance(item, list) else [item]
            elif key.startswith(name + "."):
                found += values_at(item, key[len(name) + 1 :])
    return [value for value in found if not isinstance(value, (dict, list))]


def same(one: Any, other: Any) -> bool:
    """A boolean is no number: True is not 1."""
    return (type(one) is bool) == (type(other) is bool) and one == other


def had(file: ArchivedFile, where: str, value: Any) -> bool:
    thing, _dot, name = where.partition(".")
    found = file.provenance.settings.get(thing, {}).get(name)
    return found is not None and same(found.value, value)


def fits(file: ArchivedFile, query: FileQuery) -> bool:
    made = file.provenance
    there = words_of(everything_said(file))
    media_type = query.media_type or "*/*"
    kind = file.media_type.partition(";")[0]
    return all(
        (
            bool(words_of(query.text)) or not query.text.strip(),
            all(any(word.startswith(each) for word in there) for each in words_of(query.text)),
            query.since is None or file.created >= query.since,
            query.until is None or file.created < query.until,
            query.thing in (None, made.thing),
            query.action in (None, made.action),
            query.sample in (None, made.stamp.sample),
            query.session in (None, made.stamp.session),
            query.operator in (None, made.stamp.operator),
            query.run in (None, made.run),
            query.sha256 in (None, file.sha256),
            query.state in (None, file.state),
            media_type == "*/*"
            or kind == media_type
            or (media_type.endswith("/*") and kind.startswith(media_type[:-1])),
            all(tag.casefold() in {each.casefold() for each in file.tags} for tag in query.tags),
            all(
                any(same(value, each) for each in values_at(dict(file.meta), key))
                for key, value in query.meta.items()
            ),
            all(had(file, where, value) for where, value in query.settings.items()),
        )
    )


TEXTS = st.lists(
    st.sampled_from(WORDS).flatmap(
        lambda word: st.integers(1, len(word)).map(lambda end: word[:end].upper())
    )
    | st.sampled_from(["snap", "1", "png", "lens", "x", "gross", "!", '"', "'", "&", "OR", "*"]),
    max_size=2,
).map(" ".join)
META_VALUES = st.sampled_from(
    [("lens", "10x"), ("lens", "20X"), ("stage.z", 3), ("stage.z", 3.0), ("good", True),
     ("good", 1), ("good", False), ("none", None), ("n", 2**60), ("f", 1e300), ("lens", "x'y"),
     ("text", "x" * 500), ("text", "x" * 499), ("stage", 3), ("stage.y", -1.5)]
)  # fmt: skip


SETTING_VALUES = st.sampled_from(
    [("camera.exposure", 25.0), ("camera.exposure", 25), ("camera.exposure", 26.0),
     ("camera.binning", "2x2"), ("camera.binning", "2X2"), ("stage.place", [1.5, 2]),
     ("camera.cooled", True), ("camera.cooled", 1), ("stage.exposure", 25), ("gone.gain", None)]
)  # fmt: skip


def queries(files: list[ArchivedFile]) -> st.SearchStrategy[FileQuery]:
    moments = st.sampled_from([None, *(file.created for file in files[::15])])
    return st.builds(
        FileQuery,
        text=TEXTS,
        since=moments,
        until=moments,
        thing=st.sampled_from((None, *THINGS, "nobody")),
        action=st.sampled_from((None, "snap")),
        sample=st.sampled_from((None, "onion")),
        session=st.sampled_from((None, "s1")),
        operator=st.sampled_from((None, "Ada", "ada")),
        media_type=st.sampled_from((None, "image/*", "image/png", "text/plain", "*/*")),
        tags=st.sampled_from(((), ("good",), ("GOOD", "bad"), ("nobody's",))),
        meta=st.lists(META_VALUES, max_size=2).map(dict),
        settings=st.lists(SETTING_VALUES, max_size=2).map(dict),
        run=st.sampled_from((None, *RUNS)),
        sha256=st.sampled_from((None, files[0].sha256, "ab" * 32)),
        state=st.sampled_from((FileState.LINKED, FileState.LINKED, FileState.TRASHED, None)),
        limit=st.sampled_from((1, 7, LARGEST_PAGE)),
        oldest_first=st.booleans(),
        total=st.booleans(),
    )


@pytest.mark.timeout(300)
def test_every_filter_finds_what_going_through_all_finds(
    filled: tuple[Archive, list[ArchivedFile]],
) -> None:
    archive, files = filled

    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @given(queries(files))
    def search(query: FileQuery) -> None:
        wanted = [file.id for file in files if fits(file, query)]
        if not query.oldest_first:
            wanted.reverse()
        found: list[UUID] = []
        for page in itertools.islice(pages(archive, query), 200):
            assert len(page.files) <= query.limit
            assert page.total in (None, len(wanted))
            assert (page.total is None) is not query.total
            found += [file.id for file in page.files]
        assert found == wanted

    search()


def pages(archive: Archive, query: FileQuery) -> Any:
    while True:
        page = archive.find(query)
        yield page
        if page.next is None:
            return
        query = replace(query, after=page.next)


def test_what_changes_is_found_by_its_new_words_only(either_archive: Archive) -> None:
    archive = either_archive
    file = archive.keep(b"x", "before", tags=["old"], meta={"lens": "10x"})

    archive.update(file.id, name="after", tags=["new"], meta={"lens": "20x"}, notes="Größe")

    def found(**query: Any) -> bool:
        return bool(archive.find(FileQuery(**query)).files)

    assert found(text="aft")
    assert found(text="NEW")
    assert found(text="grösse")
    assert found(text="20x")
    assert not found(text="before")
    assert not found(text="old")
    assert not found(text="10x")
    assert found(tags=("new",), meta={"lens": "20x"})
    assert not found(tags=("old",))
    assert not found(meta={"lens": "10x"})
    assert archive.tags() == {"new": 1}
    archive.trash(file.id)
    archive.delete(file.id)
    assert not found(text="after", state=None)
    assert archive.tags() == {}


def test_a_list_leaves_out_the_values_and_one_file_has_them(opens: OpensArchive) -> None:
    archive = opens()
    at = datetime(2026, 3, 1, tzinfo=UTC)
    values = {"camera": {"exposure": RecordedValue(10.0, at)}}
    made = Provenance(
        run=RUNS[0], path=("image", 0), thing="camera", settings=values, input={"n": 1}
    )
    file = archive.keep(b"x", "a", provenance=made)

    assert archive.get(file.id).provenance == made
    listed = archive.find(FileQuery()).files[0].provenance
    assert listed == replace(made, settings={}, input=None)


@pytest.mark.parametrize(
    "query",
    [
        FileQuery(limit=0),
        FileQuery(limit=LARGEST_PAGE + 1),
        FileQuery(after="x"),
        FileQuery(after="9" * 30),
        FileQuery(media_type="png"),
        FileQuery(media_type="*/png"),
        FileQuery(sha256="abc"),
        FileQuery(text="x" * 201),
        FileQuery(text=" ".join("abcdefghijklmnopqrstuvwxyz")),
        FileQuery(since=datetime(2026, 1, 1)),
        FileQuery(until=datetime(2026, 1, 1) + timedelta(1)),
        FileQuery(settings={"exposure": 25}),
        FileQuery(settings={"camera.": 25}),
        FileQuery(settings={"camera.spectrum": [0] * 65}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(opens: OpensArchive, query: FileQuery) -> None:
    with pytest.raises(FileQueryError):
        opens().find(query)


def test_files_that_come_while_one_turns_pages_shift_nothing(opens: OpensArchive) -> None:
    archive = opens()
    first = [archive.keep(b"x", f"{number}").id for number in range(5)]
    page = archive.find(FileQuery(limit=2))
    archive.keep(b"x", "meanwhile")

    rest = archive.find(FileQuery(limit=10, after=page.next))

    assert [file.id for file in (*page.files, *rest.files)] == first[::-1]


def test_texts_that_no_database_takes_are_kept_and_asked_for_all_the_same(
    either_archive: Archive,
) -> None:
    archive = either_archive
    odd = "a\0b\ud800c"
    file = archive.keep(
        b"x",
        odd,
        tags=[odd],
        notes=odd,
        meta={odd: odd, "n": [odd, 1]},
        media_type="text/plain",
        provenance=Provenance(thing=odd, stamp=Stamp(odd, odd, odd), input={odd: odd}),
        who=odd,
    )
    archive.update(file.id, meta={odd: {odd: odd}}, tags=[odd, "b"], who=odd)

    assert archive.find(FileQuery(meta={f"{odd}.{odd}": odd}, thing=odd, sample=odd)).files
    assert not archive.find(FileQuery(tags=("a\0",), text=odd, action=odd)).files


def test_what_was_deleted_is_not_found_by_its_settings(either_archive: Archive) -> None:
    archive = either_archive
    values = {"camera": {"exposure": RecordedValue(25.0, MADE)}}
    made = Provenance(thing="camera", settings=values)
    first, second = (archive.keep(b"x", name, provenance=made) for name in ("one", "two"))
    query = FileQuery(settings={"camera.exposure": 25}, state=None, total=True)
    assert archive.find(query).total == 2

    archive.trash(first.id)
    archive.delete(first.id)

    assert [file.id for file in archive.find(query).files] == [second.id]


def test_files_of_an_older_program_are_found_by_their_settings_too(either_archive: Archive) -> None:
    archive = either_archive
    values = {"stage": {"x": RecordedValue(12.5000001, MADE)}}
    for number in range(3):
        archive.keep(b"x", f"{number}", provenance=Provenance(thing="camera", settings=values))

    def down_and_up(connection: Connection) -> None:
        migrate_down(connection, "0002")
        migrate(connection)

    archive.write(down_and_up)

    assert archive.find(FileQuery(settings={"stage.x": 12.5}, total=True)).total == 3
