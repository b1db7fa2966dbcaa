"""`labwright runs`: what was run, of a bench that runs or from its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from app.cli_commands.connection import AsJson, Url, asked_of, id_typed, link
from app.cli_commands.run_words import block_of, line_of
from app.cli_commands.telling import UsageError, say, say_json, telling
from app.client import history
from app.client.http import HttpLink
from app.run_records import DEFAULT_PAGE, LARGEST_PAGE, RunQuery, RunRecord
from app.run_wire import run_json

Bench = Annotated[
    Path | None,
    typer.Option("--bench", help="Read the ledger of this bench file; it need not run."),
]
DataFolder = Annotated[
    Path | None, typer.Option("--data-folder", help="Read the ledger in there; none need run.")
]

_AGO: Final = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

runs_app = typer.Typer(
    name="runs",
    help="List what was run, newest first; 'runs show ID' tells all of one.",
    add_completion=False,
)


@runs_app.callback(invoke_without_command=True)
def runs(
    context: typer.Context,
    thing: Annotated[str | None, typer.Option(help="Only on this Thing.")] = None,
    action: Annotated[str | None, typer.Option(help="Only of this action.")] = None,
    state: Annotated[
        str | None,
        typer.Option(
            help="Only those that are pending, running, completed, cancelled, error or interrupted."
        ),
    ] = None,
    origin: Annotated[
        str | None, typer.Option(help="Only by window, network, schedule or script.")
    ] = None,
    who: Annotated[str | None, typer.Option(help="Only of this user or address.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Asked for then or later: 2h, 3d, or 2026-03-01 18:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Asked for before; as --since.")] = None,
    text: Annotated[str, typer.Option(help="With all of these words anywhere.")] = "",
    roots: Annotated[bool, typer.Option("--roots", help="Without those a run started.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    bench: Bench = None,
    data_folder: DataFolder = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """List what was run, newest first; 'runs show ID' tells all of one."""
    if context.invoked_subcommand is not None:
        return
    with telling():
        given = {"thing": thing, "action": action, "state": state, "origin": origin, "who": who}
        query = history.query_of({key: value for key, value in given.items() if value is not None})
        query = replace(
            query,
            since=None if since is None else moment_of("--since", since),
            until=None if until is None else moment_of("--until", until),
            text=text,
            roots=roots,
            limit=min(limit, LARGEST_PAGE, DEFAULT_PAGE),
        )
        with asked(url, bench, data_folder) as ledger:
            if as_json:
                say_json([run_json(run, whole=False) for run in ledger.all(query, limit)])
                return
            for run in ledger.all(query, limit):
                say(line_of(run))


@runs_app.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="Of the run, as the list has it.")],
    bench: Bench = None,
    data_folder: DataFolder = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Tell all that is known of one run."""
    with telling(), asked(url, bench, data_folder) as ledger:
        run = ledger.one(id_of(id))
        if as_json:
            say_json(run_json(run))
        else:
            say(block_of(run))


@runs_app.command()
def note(
    id: Annotated[str, typer.Argument(metavar="ID", help="Of the run, as the list has it.")],
    words: Annotated[str, typer.Argument(metavar="NOTE", help="In place of the one it has.")],
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Write a note to a run of a bench that runs."""
    with telling():
        http = link(url)
        try:
            run = history.annotate(http, id_of(id), words)
        finally:
            http.close()
        if as_json:
            say_json(run_json(run))
        else:
            say(line_of(run))


class AskedLedger:
    """The ledger that a command means, wherever it is.

    Args:
        all: Gives all runs that fit, newest first, at most so many.
        one: Gives one run whole.
    """

    def __init__(
        self,
        all: Callable[[RunQuery, int], Iterator[RunRecord]],
        one: Callable[[UUID], RunRecord],
    ) -> None:
        self.all = all
        self.one = one


def asked(
    url: str | None, bench: Path | None, data_folder: Path | None
) -> AbstractContextManager[AskedLedger]:
    """The ledger of a bench that runs, or of a folder; as `asked_of`."""
    return asked_of(
        url,
        bench,
        data_folder,
        hint="--bench FILE reads what was recorded",
        served=_served,
        kept=_kept,
    )


def _served(http: HttpLink) -> AskedLedger:
    return AskedLedger(
        lambda query, most: history.all_runs(http, query, most),
        lambda id: history.one_run(http, id),
    )


@contextmanager
def _kept(bench: Path | None, data_folder: Path | None) -> Iterator[AskedLedger]:
    # Imported here: SQLAlchemy takes 0.16 s, and a bench that runs is asked without it.
    from app.cli_commands.kept_ledger import KeptLedger, ledger_place

    with KeptLedger(*ledger_place(bench, data_folder)) as kept:
        yield AskedLedger(kept.all, kept.run)


def id_of(text: str) -> UUID:
    """The id of a run that was typed; as `id_typed`."""
    return id_typed(text, "a run")


def moment_of(name: str, text: str) -> datetime:
    """A time that was typed: so long ago, or a date with or without time, of this computer's zone.

    Raises:
        UsageError: It is none.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise UsageError(f"{name} {text!r}: 90m, 2h, 3d or 2026-03-01 18:00 was expected") from None
