"""T23: what was flipped on the disk is found, all of it and nothing else."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.archive.archive import Archive
from app.archive.errors import ArchiveDamagedError
from app.archive.scrubbing import CHANGED, scrub
from app.archive.sweeping import sweep

if TYPE_CHECKING:
    from tests.app.archive.conftest import OpensArchive


def flip(path: Path, chance: random.Random) -> None:
    """One bit of one byte."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(0o444)


def found_of(archive: Archive, count: int, damaged: int) -> None:
    chance = random.Random(23)
    files = [
        archive.keep(chance.randbytes(chance.randrange(1, 3000)) + b"%d" % number, f"f{number}")
        for number in range(count)
    ]
    wrong = chance.sample(files, damaged)
    for file in wrong:
        flip(archive.path_of(file.id), chance)

    report = scrub(archive)

    assert sorted(report.damaged) == sorted(file.sha256 for file in wrong)
    assert (report.checked, report.missing, report.finished) == (count, [], True)
    assert len(list(archive.store.quarantine.iterdir())) == damaged
    for file in wrong:
        assert archive.get(file.id).damaged == CHANGED
        assert archive.events(file.id)[-1].what == "damaged"
        with pytest.raises(ArchiveDamagedError):
            archive.open_file(file.id)
    assert scrub(archive).damaged == []


def test_one_byte_flipped_in_some_contents_is_found_in_each_of_them(
    opens: OpensArchive,
) -> None:
    found_of(opens(), 60, 6)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_one_byte_flipped_in_50_of_5000(opens: OpensArchive) -> None:
    found_of(opens(), 5000, 50)


def test_a_scrub_says_what_is_missing_and_what_was_quarantined_comes_back_when_it_comes_again(
    either_archive: Archive,
) -> None:
    archive = either_archive
    gone, changed = archive.keep(b"gone", "a"), archive.keep(b"changed", "b")
    archive.path_of(gone.id).unlink()
    flip(archive.path_of(changed.id), random.Random(1))

    report = scrub(archive)

    assert (report.missing, report.damaged) == ([gone.sha256], [changed.sha256])
    archive.keep(b"changed", "the same again")
    assert archive.get(changed.id).damaged == ""
    assert sweep(archive, grace_s=0).removed == []
    with archive.open_file(changed.id) as stream:
        assert stream.read() == b"changed"


def test_only_what_was_not_looked_at_for_long_is_read(opens: OpensArchive) -> None:
    archive = opens()
    archive.keep(b"content", "a")

    assert scrub(archive, older_than_s=3600).checked == 0
    assert scrub(archive, older_than_s=-1).checked == 1


def test_it_stops_when_told(opens: OpensArchive) -> None:
    archive = opens()
    archive.keep(b"content", "a")
    stop = threading.Event()
    stop.set()

    report = scrub(archive, stop=stop)

    assert (report.checked, report.finished) == (0, False)
