"""Where the database of a bench is: a file in its folder of data, or a schema on a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.database import FILE_NAME
from app.database.database import Database
from app.database.postgresql import schema_of


def open_bench_database(folder: Path, address: str = "", **options: Any) -> Database:
    """Open the database of a bench, to read and write.

    Args:
        folder: The bench's folder of data.
        address: The setting `database_url`: of a database on a PostgreSQL server, in which each
            bench has a schema named as its folder; '' for a file in the folder.
        **options: As for `Database`.

    Raises:
        DatabaseOpenError: It cannot be opened; nothing in it was changed.
    """
    if not address:
        return Database.at_file(folder / FILE_NAME, **options)
    return Database.at_url(address, schema_of(folder), **options)


def read_bench_database(folder: Path, address: str = "") -> Database:
    """Open the database of a bench only to read it, whoever else has it.

    Args:
        folder: The bench's folder of data.
        address: As for `open_bench_database`.

    Raises:
        DatabaseOpenError: It is not there, of another version, or cannot be read.
    """
    if not address:
        return Database.to_read(folder / FILE_NAME)
    return Database.to_read_at_url(address, schema_of(folder))
