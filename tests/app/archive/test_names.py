"""T3: names of any kind, and no file outside the store."""

from __future__ import annotations

import random
import string
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.archive.exporting import export_files
from app.archive.readable import LONGEST_BYTES, readable_name, unlike
from app.archive.records import FileQuery
from app.archive.texts import LONGEST_NAME
from app.archive.views import rebuild_views
from things.errors import ValueRefusedError

if TYPE_CHECKING:
    from tests.app.archive.conftest import OpensArchive

NASTY = (
    "..", "../../escape", "..\\..\\escape", "/etc/passwd", "a/b", "a\\b", "C:\\Windows\\x",
    "\\\\server\\share\\x", "//server/share", "nul\0byte", "CON", "con.txt", "LPT1", "aux ", "NUL.",
    "COM¹", "trailing.", "trailing ", ".hidden", "-rf", "~root", "$(reboot)", "`x`", "%2e%2e%2f",
    "\u202egnp.exe", "a\u200bb", "line\nbreak", "\r\n", "\x1b[31m", "a\ud800b", "é", "e\u0301",
    "😀" * 40, "x" * 300, "ﷺ" * 100, "", " ", ".", "...", "files", "../files-other/x", "objects",
    "ro-crate-metadata.json", "a:b", 'a"b', "a|b", "a*b?", "<a>", "staging/../../x",
)  # fmt: skip


def names(count: int) -> Iterator[str]:
    """Nasty names, alone, joined and mixed with letters."""
    chance = random.Random(3)
    letters = string.ascii_letters + "./\\:\0 \u202e\u00e9\u4e2d-"
    for number in range(count):
        kind = number % 4
        if kind == 0:
            yield NASTY[number // 4 % len(NASTY)]
        elif kind == 1:
            yield "/".join(chance.choices(NASTY, k=3))[:LONGEST_NAME]
        elif kind == 2:
            yield chance.choice(NASTY) + "".join(chance.choices(letters, k=20))
        else:
            yield "".join(chance.choices(letters, k=chance.randrange(300)))


def all_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}


def no_file_gets_outside(opens: OpensArchive, tmp_path: Path, count: int) -> None:
    for sibling in ("files-other", "filesx"):
        (tmp_path / sibling).mkdir()
    outside = all_in(tmp_path)
    archive = opens()
    content = b"one content for all"
    made = [archive.keep(content, "first").id]
    with ThreadPoolExecutor(8) as workers:
        for file in workers.map(lambda name: archive.keep(content, name), names(count)):
            made.append(file.id)
            assert "\0" not in file.name

    assert archive.find(FileQuery(limit=1, total=True)).total == count + 1
    assert rebuild_views(archive, links=True) == count + 1
    views = archive.folder / "views"
    shown = all_in(views)
    assert len(shown) == count + 1
    assert all(path.parent.parent == views for path in shown)
    here = all_in(tmp_path) - outside
    inside = {path for path in here if path.is_relative_to(archive.folder)}
    database = {path for path in here if path.is_relative_to(tmp_path / "data")}
    assert here == inside | database
    target = tmp_path / "export.zip"
    export_files(archive, made[:500], target)
    with zipfile.ZipFile(target) as packed:
        for entry in packed.namelist():
            assert "/" not in entry
            assert "\\" not in entry
            assert entry not in (".", "..")
    assert all_in(tmp_path) - here - outside == {target}


@pytest.mark.timeout(300)
def test_names_of_any_kind_put_no_file_outside_the_store(
    opens: OpensArchive, tmp_path: Path
) -> None:
    no_file_gets_outside(opens, tmp_path, 200)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_50000_names_put_no_file_outside_the_store(opens: OpensArchive, tmp_path: Path) -> None:
    no_file_gets_outside(opens, tmp_path, 50_000)


def test_2000_names_make_2000_file_names_that_every_system_takes(tmp_path: Path) -> None:
    taken: set[str] = set()
    for name in names(2000):
        made = unlike(readable_name(name, "ome.tif"), taken)
        taken.add(made.casefold())
        assert made == Path(made).name
        assert not set('<>:"/\\|?*\0').intersection(made)
        assert made.endswith(".ome.tif")
        (tmp_path / made).touch(exist_ok=False)
    assert len(taken) == len(list(tmp_path.iterdir())) == 2000


@given(st.text(st.characters(), max_size=200), st.sampled_from(["", "txt", "tar.gz"]))
def test_a_readable_name_is_one_part_of_a_path(name: str, extension: str) -> None:
    made = readable_name(name, extension)

    assert made
    assert made == Path(made).name
    assert made not in (".", "..")
    assert len(made.encode()) <= LONGEST_BYTES + 1
    assert not made.startswith((".", "-", " ", "~"))
    assert made[-1] not in ". "
    assert readable_name(made) == made or extension


def test_a_name_keeps_what_people_can_read() -> None:
    assert readable_name("Zwiebelhaut 7 – größer", "png") == "Zwiebelhaut 7 – größer.png"
    assert readable_name("con", "txt") == "_con.txt"
    assert readable_name("../../escape") == "_.._escape"
    assert readable_name("\u202egnp.exe") == "gnp.exe"


def test_a_name_that_is_far_too_long_and_an_extension_that_is_none_are_refused(
    opens: OpensArchive,
) -> None:
    archive = opens()
    with pytest.raises(ValueRefusedError):
        archive.create("x" * (LONGEST_NAME + 1))
    for extension in ("../x", "a b", "x" * 30, "a\0", "a/b"):
        with pytest.raises(ValueRefusedError):
            archive.create("a", extension=extension)
