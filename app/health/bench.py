"""A bench file and the database of its bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.bench_file import read_bench_file
from app.database.errors import DatabaseError
from app.database.upkeep import Upkeep
from app.health.finding import Finding, State
from app.program import refuse_unknown_classes
from things.errors import ThingError


def look_at_bench(file: Path) -> Iterator[Finding]:
    """Whether a bench file can be read, and the drivers that it names be found."""
    try:
        spec = read_bench_file(file)
        refuse_unknown_classes(spec)
    except ThingError as error:
        yield Finding("bench", State.WRONG, str(error))
    else:
        yield Finding("bench", State.WELL, f"{file}, {len(spec.things)} Things")


def look_at_database(folder: Path, address: str) -> Iterator[Finding]:
    """Whether the database of a bench is sound.

    Args:
        folder: The bench's folder of data.
        address: The setting `database_url`.
    """
    try:
        upkeep = Upkeep(folder, address)
        made = bool(upkeep.current()) if upkeep.file is None else upkeep.file.exists()
    except (DatabaseError, ImportError) as error:
        yield Finding("database", State.WRONG, str(error))
        return
    if not made:
        yield Finding("database", State.WELL, f"{upkeep.place} is made when the bench is opened")
        return
    troubles = [f"{each.what}: {each.trouble}" for each in upkeep.check() if each.trouble]
    if troubles:
        yield Finding("database", State.WRONG, f"{upkeep.place}: {'; '.join(troubles)}")
        return
    copies = upkeep.copies()
    said = f"{upkeep.place} is sound"
    yield Finding("database", State.WELL, f"{said}, {len(copies)} copies" if copies else said)
