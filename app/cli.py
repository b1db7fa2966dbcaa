"""The command line."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.bench_file import read_bench_file
from app.cli_commands.archive import archive_app
from app.cli_commands.doctor import doctor
from app.cli_commands.invoking import invoke
from app.cli_commands.properties import read, things, write
from app.cli_commands.records import runs_app
from app.cli_commands.stopping import stop
from app.cli_commands.upkeep import db_app
from app.cli_commands.watching import watch
from app.cli_errors import refused
from app.headless import run_headless
from app.logs import log_to_stderr
from app.packaged_benches import bench_file_of
from app.program import refuse_beyond_loopback, refuse_unknown_classes
from app.settings import read_settings
from things.errors import ThingError

app = typer.Typer(
    name="labwright",
    help="Run lab instruments. Without a command: `labwright [BENCH]` opens the window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _top() -> None:
    """Run lab instruments."""


@app.command()
def serve(
    bench: Annotated[
        Path | None,
        typer.Option(
            help="Bench file (TOML, or LabThings' JSON), or 'demo' or 'faulty'; the demo without."
        ),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks one.")] = None,
    data_folder: Annotated[Path | None, typer.Option(help="Where data is kept.")] = None,
    dev: Annotated[
        bool, typer.Option("--dev", help="Let faults be tried on simulated instruments.")
    ] = False,
    safe: Annotated[
        bool, typer.Option("--safe", help="Start no Thing: each is started when asked.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    """Run a bench without a window and print where it listens."""
    level = logging.DEBUG if verbose else logging.WARNING
    raise typer.Exit(
        serve_headless(bench, host, port, data_folder, dev=dev, safe=safe, log_level=level)
    )


def serve_headless(
    bench: Path | None,
    host: str | None,
    port: int | None,
    data_folder: Path | None,
    *,
    dev: bool = False,
    safe: bool = False,
    log_level: int = logging.WARNING,
) -> int:
    """Run a bench without a window.

    Args:
        bench: Its file, or the name of one that ships; the demo bench when None.
        host: Address to listen on; from the settings when None.
        port: Port to listen on; from the settings when None.
        data_folder: Where data is kept; from the settings when None.
        dev: Whether faults may be tried on it; from the settings when False.
        safe: Whether no Thing is started, nor its driver imported.
        log_level: Records below it are not printed.

    Returns:
        The exit code: 0, or 2 where the bench file, a setting or the host is refused, or another
        program has the bench.
    """
    log_to_stderr(log_level)
    try:
        settings = read_settings(host=host, port=port, data_folder=data_folder, dev=dev or None)
        refuse_beyond_loopback(settings.host)
        spec = read_bench_file(bench_file_of(bench))
        if not safe:  # to look whether a class is there means to import it
            refuse_unknown_classes(spec)
        return run_headless(spec, settings, safe=safe)
    except ThingError as error:
        return refused(error)


# A value such as -3 is no option.
_VALUES = {"ignore_unknown_options": True}

app.command()(things)
app.command()(read)
app.command(context_settings=_VALUES)(write)
app.command(context_settings=_VALUES)(invoke)
app.command()(watch)
app.command()(stop)
app.add_typer(runs_app)
app.add_typer(archive_app)
app.add_typer(db_app)
app.command()(doctor)


def main(arguments: Sequence[str]) -> int:
    """Run a command.

    Args:
        arguments: Without the program's name.

    Returns:
        The exit code.
    """
    try:
        app(list(arguments), prog_name="labwright")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
