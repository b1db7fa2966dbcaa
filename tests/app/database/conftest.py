from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.database.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "labwright.db"


@pytest.fixture
def opened(file: Path) -> Iterator[Callable[..., Database]]:
    """Opens the database; closed at the end."""
    databases: list[Database] = []

    def open_it(**options: Any) -> Database:
        database = Database.at_file(file, **options)
        databases.append(database)
        return database

    yield open_it
    for database in databases:
        database.close()
