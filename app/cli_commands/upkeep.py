"""`labwright db`: the database of a bench, looked after by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli_commands.connection import AsJson
from app.cli_commands.telling import FAILED, say, say_json, telling
from app.instance_lock import InstanceLock, bench_folder
from app.packaged_benches import bench_file_of
from app.settings import read_settings
from things.errors import ThingError

if TYPE_CHECKING:
    from app.database.upkeep import Upkeep

Bench = Annotated[
    Path | None, typer.Option("--bench", help="Of this bench file; the demo bench without.")
]
DataFolder = Annotated[Path | None, typer.Option("--data-folder", help="Where data is kept.")]

db_app = typer.Typer(
    name="db",
    help="Look after the database of a bench: check it, copy it, bring a copy back.",
    add_completion=False,
    no_args_is_help=True,
)


@db_app.command()
def check(
    accept: Annotated[
        bool, typer.Option("--accept", help="Take it as it is, although somebody changed it.")
    ] = False,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Look through all of it; the bench may run. Ends with 1 where something is wrong."""
    with telling():
        upkeep, folder = _upkeep(bench, data_folder)
        if accept:
            with _alone(folder):
                upkeep.accept()
        found = upkeep.check()
        if as_json:
            say_json([{"what": e.what, "trouble": e.trouble, "note": e.note} for e in found])
        else:
            say(upkeep.place)
            for each in found:
                said = f"WRONG: {each.trouble}" if each.trouble else each.note or "well"
                say(f"  {each.what}: {said}")
        if any(each.trouble for each in found):
            raise typer.Exit(FAILED)


@db_app.command()
def backup(
    target: Annotated[
        Path | None, typer.Argument(help="Where to; the folder of copies without.")
    ] = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
) -> None:
    """Copy it; the bench may run."""
    with telling():
        upkeep, _ = _upkeep(bench, data_folder)
        say(str(upkeep.back_up(target)))


@db_app.command()
def copies(bench: Bench = None, data_folder: DataFolder = None, as_json: AsJson = False) -> None:
    """List the copies there are, newest first."""
    with telling():
        upkeep, _ = _upkeep(bench, data_folder)
        found = [str(copy) for copy in upkeep.copies()]
        if as_json:
            say_json(found)
        else:
            for copy in found:
                say(copy)


@db_app.command()
def restore(
    copy: Annotated[Path | None, typer.Argument(help="Which copy; the newest without.")] = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
) -> None:
    """Put a copy in its place; what is there now is put aside, not overwritten."""
    with telling():
        upkeep, folder = _upkeep(bench, data_folder)
        with _alone(folder):
            taken, aside = upkeep.restore(copy)
        say(f"{taken} is {upkeep.place} now")
        if aside is not None:
            say(f"what was there is {aside}")


@db_app.command()
def upgrade(
    step: Annotated[str | None, typer.Argument(help="To this one; the newest without.")] = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
) -> None:
    """Bring its tables to a step; made where they are missing. A program does it by itself."""
    with telling():
        upkeep, folder = _upkeep(bench, data_folder)
        with _alone(folder):
            if step is None:
                upkeep.upgrade()
            else:
                upkeep.upgrade(step)
        say(f"{upkeep.place} is at step {upkeep.current()}")


@db_app.command()
def downgrade(
    step: Annotated[str, typer.Argument(help="Back to this one.")],
    bench: Bench = None,
    data_folder: DataFolder = None,
) -> None:
    """Take its tables back to a step, for an older program; what later ones hold is dropped."""
    with telling():
        upkeep, folder = _upkeep(bench, data_folder)
        with _alone(folder):
            upkeep.downgrade(step)
        say(f"{upkeep.place} is at step {upkeep.current()}")


@db_app.command()
def current(bench: Bench = None, data_folder: DataFolder = None) -> None:
    """Print the step it is at."""
    with telling():
        upkeep, _ = _upkeep(bench, data_folder)
        say(upkeep.current() or "none")


@db_app.command()
def history() -> None:
    """List all steps this program knows, oldest first."""
    with telling():
        from app.database.migrating import steps

        for step, brings in steps():
            say(f"{step}  {brings}")


def _upkeep(bench: Path | None, data_folder: Path | None) -> tuple[Upkeep, Path]:
    """The database that is meant, and the bench's folder of data."""
    # Imported here: SQLAlchemy takes 0.16 s, which other commands need not wait for.
    from app.database.upkeep import Upkeep

    settings = read_settings(data_folder=data_folder)
    folder = bench_folder(settings.data_folder, bench_file_of(bench))
    return Upkeep(folder, settings.database_url), folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep programs from running the bench meanwhile.

    Raises:
        BenchInUseError: One runs it.
    """
    lock = InstanceLock(folder, "the database")
    try:
        yield
    except OSError as error:
        raise ThingError(f"{folder} cannot be written: {error}") from error
    finally:
        lock.release()
