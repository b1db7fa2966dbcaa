from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.archive.archive import Archive
from app.archive.disk import Disk
from app.archive.limits import ArchiveLimits
from app.database.database import Database
from app.database.of_bench import open_bench_database
from things.events import Event

ROOMY = ArchiveLimits(low_bytes=0)
"""Whoever runs the tests may have a disk that is nearly full."""


class Events:
    """What an archive publishes."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            self.all.append(event)

    @property
    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.all]


OpensArchive = Callable[..., Archive]


@pytest.fixture
def catalogue_url(request: pytest.FixtureRequest) -> str:
    """The setting `database_url`: '' for a file, unless a test asks for both.

    It asks by `parametrize("catalogue_url", ["sqlite", "postgresql"], indirect=True)`.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def database(tmp_path: Path, catalogue_url: str) -> Iterator[Database]:
    """A database in a file, or on a server where a test asks for that too."""
    opened = open_bench_database(tmp_path / "data", catalogue_url)
    yield opened
    opened.close()


@pytest.fixture
def either_database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    """A database in a file, then one on a server."""
    opened = open_bench_database(tmp_path / "data", database_url)
    yield opened
    opened.close()


@pytest.fixture
def events() -> Events:
    return Events()


def _opener(database: Database, folder: Path, events: Events) -> Iterator[OpensArchive]:
    opened: list[Archive] = []

    def open_it(disk: Disk | None = None, **options: Any) -> Archive:
        options = {"limits": ROOMY, "publish": events, **options}
        archive = Archive(database, folder, disk=disk, **options)
        archive.open()
        opened.append(archive)
        return archive

    yield open_it
    for archive in opened:
        archive.close()


@pytest.fixture
def opens(database: Database, tmp_path: Path, events: Events) -> Iterator[OpensArchive]:
    """Opens the archive; what it opens is closed at the end."""
    yield from _opener(database, tmp_path / "files", events)


@pytest.fixture
def opens_in(database: Database, events: Events) -> Iterator[Callable[[Path], Archive]]:
    """Opens an archive in a folder; what it opens is closed at the end."""
    opened: list[Archive] = []

    def open_it(folder: Path) -> Archive:
        archive = Archive(database, folder, limits=ROOMY, publish=events)
        archive.open()
        opened.append(archive)
        return archive

    yield open_it
    for archive in opened:
        archive.close()


@pytest.fixture
def archive(opens: OpensArchive) -> Archive:
    return opens()


@pytest.fixture
def either_archive(either_database: Database, tmp_path: Path, events: Events) -> Iterator[Archive]:
    """An archive whose catalogue is in a file, then one whose is on a server."""
    for open_it in _opener(either_database, tmp_path / "files", events):
        yield open_it()
