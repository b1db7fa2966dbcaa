"""The ledger where it is kept, only read, whether its bench runs or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from app.database.of_bench import read_bench_database
from app.errors import LedgerError
from app.instance_lock import bench_folder
from app.ledger.reading import RunReader
from app.packaged_benches import bench_file_of
from app.page_by_page import page_by_page
from app.recording import DATABASE
from app.run_records import RunQuery, RunRecord
from app.settings import read_settings


class KeptLedger:
    """Reads a ledger where it is kept; nothing in it is changed, whoever else has it.

    Args:
        folder: The bench's folder of data.
        address: Of the server that has it; '' where it is a file in that folder.

    Raises:
        DatabaseOpenError: It is not there, or cannot be read.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self._database = read_bench_database(folder, address)
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
            LedgerError: It cannot be read.
        """

        def find(asked: RunQuery) -> tuple[Sequence[RunRecord], str | None]:
            page = self._reader.find(asked)
            return page.runs, page.next

        return page_by_page(find, query, most)

    def run(self, id: UUID) -> RunRecord:
        """One run with its log and values.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: It cannot be read.
        """
        return self._reader.run(id)


def ledger_place(bench: Path | None, data_folder: Path | None) -> tuple[Path, str]:
    """Where the ledger of a bench is kept.

    Args:
        bench: The bench file, or the name of one that comes with the program; None where only one
            bench has a ledger in the folder.
        data_folder: The program's folder of data; from the settings when None.

    Returns:
        The bench's folder of data, and the address of the server that has its ledger; '' where it
        is a file in that folder.

    Raises:
        LedgerError: There is none, or several and none was named.
    """
    settings = read_settings(data_folder=data_folder)
    folder, address = settings.data_folder, settings.database_url
    if bench is not None:
        found = bench_folder(folder, bench_file_of(bench))
        if not address and not (found / DATABASE).is_file():
            raise LedgerError(f"nothing was recorded of {bench} in {folder}")
        return found, address
    within = "*/" if address else f"*/{DATABASE}"
    benches = sorted(
        place if address else place.parent for place in folder.glob(f"benches/{within}")
    )
    if not benches:
        raise LedgerError(f"nothing was recorded in {folder}")
    if len(benches) > 1:
        names = ", ".join(each.name.rpartition("-")[0] for each in benches)
        raise LedgerError(f"{folder} has several ledgers ({names}); --bench FILE says which")
    return benches[0], address
