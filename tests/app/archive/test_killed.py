"""T11: killed in the middle of writing, again and again; nothing acknowledged is lost or wrong."""

from __future__ import annotations

import importlib
import multiprocessing
import random
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import pytest

from app.archive.archive import Archive
from app.archive.errors import FileNotKeptError
from app.archive.limits import ArchiveLimits
from app.archive.records import FileState
from app.archive.store import digest_of
from app.archive.sweeping import sweep
from app.database.database import Database
from app.database.of_bench import open_bench_database

sys.path.append(str(Path(__file__).parent))


class Acknowledged:
    """What was told of before the end."""

    def __init__(self) -> None:
        self.kept: dict[UUID, str] = {}
        self.moved: dict[UUID, tuple[str, Path]] = {}
        self.deleted: set[UUID] = set()

    def hear(self, told: Connection, wanted: int) -> None:
        """Until so many files were acknowledged, or nobody speaks any more."""
        while len(self.kept) + len(self.moved) < wanted:
            if not told.poll(60):
                raise AssertionError("nothing was kept within a minute")
            try:
                self._note(told.recv())
            except EOFError:
                return

    def hear_the_rest(self, told: Connection) -> None:
        try:
            while told.poll(0):
                self._note(told.recv())
        except (EOFError, OSError):
            return

    def _note(self, what: tuple[object, ...]) -> None:
        match what:
            case ("kept", UUID() as id, str() as sha256):
                self.kept[id] = sha256
            case ("moved", UUID() as id, str() as sha256, Path() as source):
                self.moved[id] = (sha256, source)
            case ("deleted", UUID() as id):
                self.deleted.add(id)


def kill_again_and_again(folder: Path, rounds: int, url: str = "") -> None:
    keep_until_killed = importlib.import_module("killed_archive").keep_until_killed
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["app.archive.archive", "app.database.database"])
    chance = random.Random(11)
    all_kept: dict[UUID, str] = {}
    for number in range(rounds):
        heard, told = context.Pipe(duplex=False)
        process = context.Process(target=keep_until_killed, args=(folder, told, number, url))
        process.start()
        told.close()
        acknowledged = Acknowledged()
        acknowledged.hear(heard, chance.randrange(1, 12))
        process.kill()
        process.join(30)
        acknowledged.hear_the_rest(heard)
        heard.close()
        all_kept |= verify(folder, acknowledged, url)
    verify_all(folder, all_kept, url)


def opened(folder: Path, url: str) -> tuple[Database, Archive]:
    database = open_bench_database(folder, url)
    archive = Archive(database, folder / "files", limits=ArchiveLimits(low_bytes=0))
    archive.open()
    return database, archive


def verify(folder: Path, acknowledged: Acknowledged, url: str) -> dict[UUID, str]:
    """What was acknowledged is there and whole; what was not lost its source only when kept."""
    database, archive = opened(folder, url)
    try:
        assert acknowledged.kept or acknowledged.moved
        kept = {id: sha for id, sha in acknowledged.kept.items() if id not in acknowledged.deleted}
        kept |= {id: sha for id, (sha, _) in acknowledged.moved.items()}
        still: dict[UUID, str] = {}
        for id, sha256 in kept.items():
            try:
                file = archive.get(id)
            except FileNotKeptError:
                # Its deletion was under way: it went through the trash, which says so.
                assert archive.events(id)[-1].what == "deleted"
                continue
            if file.state is FileState.LINKED:
                still[id] = sha256
            with archive.open_file(id) as stream:
                assert digest_of(stream) == sha256 == file.sha256
        for id in acknowledged.deleted:
            with pytest.raises(FileNotKeptError):
                archive.get(id)
        for _, source in acknowledged.moved.values():
            assert not source.exists()
        for source in folder.glob("source-*"):
            source.unlink()
        report = sweep(archive, grace_s=3600)
        assert report.missing == []
        assert list(archive.store.staging.iterdir()) == []
        return still
    finally:
        archive.close()
        database.close()


def verify_all(folder: Path, kept: dict[UUID, str], url: str) -> None:
    """Earlier rounds did not suffer by later ones, and what nobody names goes."""
    database, archive = opened(folder, url)
    try:
        for id, sha256 in kept.items():
            with archive.open_file(id) as stream:
                assert digest_of(stream) == sha256
        sweep(archive, grace_s=0)
        report = sweep(archive, grace_s=0)
        assert (report.missing, report.adopted, report.removed) == ([], [], [])
        for id, sha256 in kept.items():
            assert archive.path_of(id).name == sha256
    finally:
        archive.close()
        database.close()


@pytest.mark.timeout(300)
def test_killed_10_times_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 10)


@pytest.mark.timeout(300)
def test_killed_with_its_catalogue_on_a_server_nothing_acknowledged_is_lost(
    tmp_path: Path, postgresql_url: str
) -> None:
    kill_again_and_again(tmp_path, 2, postgresql_url)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_1000_times_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 1000)
