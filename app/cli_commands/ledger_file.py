"""The ledger as a file that is only read, whether its bench runs or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from app.database.database import Database
from app.errors import LedgerError
from app.instance_lock import bench_folder
from app.ledger.reading import RunReader
from app.packaged_benches import bench_file_of
from app.recording import DATABASE
from app.run_records import RunQuery, RunRecord
from app.settings import read_settings


class LedgerFile:
    """Reads a ledger's file; nothing in it is changed, whoever else has it.

    Args:
        file: The database.

    Raises:
        DatabaseOpenError: It is not there, or cannot be read.
    """

    def __init__(self, file: Path) -> None:
        self._database = Database.to_read(file)
        self._reader = RunReader(self._database)

    def __enter__(self) -> Self:
        """Read it."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self._database.close()

    def all(self, query: RunQuery, most: int) -> Iterator[RunRecord]:
        """All runs that fit, newest first.

        Args:
            query: Its limit is that of one page.
            most: How many at most.

        Raises:
            LedgerError: The file cannot be read.
        """
        left = most
        while left > 0:
            page = self._reader.find(replace(query, limit=min(query.limit, left)))
            yield from page.runs
            left -= len(page.runs)
            if page.next is None:
                return
            query = replace(query, after=page.next)

    def run(self, id: UUID) -> RunRecord:
        """One run with its log and values.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: The file cannot be read.
        """
        return self._reader.run(id)


def ledger_file(bench: Path | None, data_folder: Path | None) -> Path:
    """Where the ledger of a bench is kept.

    Args:
        bench: The bench file, or the name of one that comes with the program; None where only one
            bench has a ledger in the folder.
        data_folder: The program's folder of data; from the settings when None.

    Raises:
        LedgerError: There is none, or several and none was named.
    """
    folder = read_settings(data_folder=data_folder).data_folder
    if bench is not None:
        file = bench_folder(folder, bench_file_of(bench)) / DATABASE
        if not file.is_file():
            raise LedgerError(f"nothing was recorded of {bench} in {folder}")
        return file
    found = sorted(folder.glob(f"benches/*/{DATABASE}"))
    if not found:
        raise LedgerError(f"nothing was recorded in {folder}")
    if len(found) > 1:
        names = ", ".join(file.parent.name.rpartition("-")[0] for file in found)
        raise LedgerError(f"{folder} has several ledgers ({names}); --bench FILE says which")
    return found[0]
