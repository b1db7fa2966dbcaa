"""T23: what was flipped on the disk is found, all of it and nothing else."""

from __future__ import annotations

import errno
import random
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, update

from app.archive.archive import Archive
from app.archive.damage import CHANGED
from app.archive.errors import ArchiveDamagedError
from app.archive.exporting import export_files
from app.archive.housekeeper import Housekeeper
from app.archive.records import FileQuery
from app.archive.scrubbing import ScrubReport, scrub
from app.archive.sweeping import sweep
from app.database.archive_tables import objects

if TYPE_CHECKING:
    from tests.app.archive.conftest import OpensArchive


on_both_databases = pytest.mark.parametrize(
    "catalogue_url", ["sqlite", "postgresql"], indirect=True
)


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


@on_both_databases
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


def test_what_the_disk_did_not_give_once_is_read_again_and_is_sound(
    either_archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = either_archive
    file = archive.keep(b"content", "a")
    path = archive.path_of(file.id)

    def failing(self: Path, *args: Any) -> Any:
        if self == path:
            raise OSError(errno.EIO, "Input/output error")
        return opened(self, *args)

    opened = Path.open
    monkeypatch.setattr(Path, "open", failing)
    assert scrub(archive).unreadable == [file.sha256]
    assert scrub(archive, older_than_s=3600).unreadable == [file.sha256]  # it is not given up
    assert "Input/output" in archive.get(file.id).damaged
    told = [event.what for event in archive.events(file.id)]
    assert told.count("damaged") == 1

    monkeypatch.setattr(Path, "open", opened)
    report = scrub(archive)
    assert (report.checked, report.sound_again, report.unreadable) == (1, [file.sha256], [])
    assert archive.get(file.id).damaged == ""
    assert archive.events(file.id)[-1].what == "sound again"


def test_what_an_export_finds_changed_goes_into_quarantine_and_is_not_served(
    either_archive: Archive, tmp_path: Path
) -> None:
    archive = either_archive
    file = archive.keep(b"content", "a")
    flip(archive.path_of(file.id), random.Random(1))

    with pytest.raises(ArchiveDamagedError):
        export_files(archive, [file.id], tmp_path / "export.zip")

    assert archive.get(file.id).damaged == CHANGED
    assert len(list(archive.store.quarantine.iterdir())) == 1
    with pytest.raises(ArchiveDamagedError):
        archive.open_file(file.id)
    report = scrub(archive)
    assert (report.damaged, report.missing, report.known) == ([], [], [file.sha256])


def test_one_of_another_size_goes_into_quarantine_at_the_scrub_too(opens: OpensArchive) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    path = archive.path_of(file.id)
    path.chmod(0o644)
    path.write_bytes(b"con")

    assert scrub(archive).damaged == [file.sha256]
    assert not path.exists()


def test_several_scrubs_at_once_find_each_damage_once(opens: OpensArchive) -> None:
    archive = opens()
    chance = random.Random(5)
    files = [archive.keep(b"content %d" % number, f"f{number}") for number in range(40)]
    for file in files:
        flip(archive.path_of(file.id), chance)
    together = threading.Barrier(3)
    reports: list[ScrubReport] = []
    errors: list[BaseException] = []

    def look() -> None:
        together.wait(30)
        try:
            reports.append(scrub(archive))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    found = [sha256 for report in reports for sha256 in report.damaged]
    assert sorted(found) == sorted(file.sha256 for file in files)
    assert all(report.missing == [] for report in reports)
    assert {archive.get(file.id).damaged for file in files} == {CHANGED}


def seen_at(connection: Connection, sha256: str, at_us: int) -> None:
    row = update(objects).where(objects.c.sha256 == sha256)
    connection.execute(row.values(checked_us=at_us))


def test_those_come_first_that_were_not_looked_at_for_the_longest_time(
    opens: OpensArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opens()
    files = [archive.keep(b"content %d" % number, f"f{number}") for number in range(4)]
    order = [files[number].sha256 for number in (2, 0, 3, 1)]
    for age, sha256 in enumerate(order):
        archive.write(partial(seen_at, sha256=sha256, at_us=age))
    stop = threading.Event()
    looked: list[str] = []
    path_of = archive.store.path_of

    def looking(sha256: str) -> Path:
        looked.append(sha256)
        if len(looked) == 2:
            stop.set()
        return path_of(sha256)

    monkeypatch.setattr(archive.store, "path_of", looking)
    report = scrub(archive, stop=stop)

    assert looked == order[:2]
    assert not report.finished
    assert report.checked == 1  # it was ended within the second


def test_a_content_that_is_mended_just_before_the_second_look_is_sound(
    opens: OpensArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    flip(archive.path_of(file.id), random.Random(1))
    alone = archive.intake.alone_with

    def mended(sha256: str) -> Any:
        monkeypatch.undo()
        archive.keep(b"content", "the same again")
        return alone(sha256)

    monkeypatch.setattr(archive.intake, "alone_with", mended)
    report = scrub(archive)

    assert report.damaged == []
    assert archive.get(file.id).damaged == ""
    with archive.open_file(file.id) as stream:
        assert stream.read() == b"content"


@on_both_databases
def test_the_housekeeper_sweeps_and_scrubs_by_itself(opens: OpensArchive) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    flip(archive.path_of(file.id), random.Random(1))
    left = archive.store.objects / "ab" / "cd"
    left.mkdir(parents=True)
    (left / ("abcd" + "0" * 60)).write_bytes(b"nobody names it")
    keeper = Housekeeper(archive, first_look_s=0.0, every_s=0.01, scrub_every_s=-1.0)
    try:
        deadline_s = time.monotonic() + 60
        while not (archive.get(file.id).damaged and archive.find(FileQuery(tags=("found",))).files):
            assert time.monotonic() < deadline_s
            time.sleep(0.005)
    finally:
        keeper.close()


def test_the_housekeeper_goes_on_after_whatever_a_disk_does(
    opens: OpensArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opens()
    again = threading.Event()
    looked: list[int] = []

    def look(archive: Archive, stop: threading.Event) -> None:
        looked.append(1)
        if len(looked) > 1:
            again.set()
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr("app.archive.housekeeper.sweep", look)
    keeper = Housekeeper(archive, first_look_s=0.0, every_s=0.001)
    try:
        assert again.wait(30)
    finally:
        keeper.close()


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
