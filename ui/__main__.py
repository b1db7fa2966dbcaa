"""The console script: without a command it opens the window, else it runs `app.cli`.

Nothing of Qt is imported before it is known that there is a display: Qt would abort.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from typing_extensions import override

from app.command_names import COMMANDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: Without the program's name; those of the process when None.

    Returns:
        The exit code: 0; 2 where the arguments, a setting or the bench file are refused.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in COMMANDS:
        from app.cli import main as run_command

        return run_command(given)
    parser = _parser()
    options = parser.parse_args(given)
    if options.connect is None:
        return _open(options)
    here = options.bench, options.host, options.port, options.safe or None
    if any(each is not None for each in here):
        parser.error(
            "--connect goes with no bench file, --host, --port or --safe: the bench is elsewhere"
        )
    return _connect(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="labwright",
        description="Run lab instruments: opens the window of a bench and serves it to this "
        "computer. Without a display the same bench runs headless.",
        epilog=f"Commands: {', '.join(sorted(COMMANDS))}; 'labwright COMMAND --help' says more.",
    )
    parser.add_argument(
        "bench",
        nargs="?",
        type=Path,
        help="bench file, or 'demo' or 'faulty'; the demo bench without",
    )
    parser.add_argument(
        "--connect",
        metavar="URL",
        help="open a window on a bench that another program serves, such as http://127.0.0.1:7170",
    )
    parser.add_argument("--host", help="address the server listens on")
    parser.add_argument("--port", type=int, help="port the server listens on; 0 picks one")
    parser.add_argument("--data-folder", type=Path, help="where data is kept")
    parser.add_argument(
        "--dev", action="store_true", help="let faults be tried on simulated instruments"
    )
    parser.add_argument(
        "--safe", action="store_true", help="start no Thing: each is started by a click"
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    return parser


class _Version(argparse.Action):
    """Looks for the version only where it is asked for: that takes longer than all of the rest."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_given: Any, **_named: Any) -> None:
        from importlib.metadata import version

        parser.exit(message=f"labwright {version('labwright')}\n")


def _open(options: argparse.Namespace) -> int:
    from ui.display import why_no_display

    reason = why_no_display()
    if reason is not None:
        print(f"No window: {reason}. The same bench runs headless.", flush=True)  # noqa: T201 - this is the program talking
        from app.cli import serve_headless

        return serve_headless(
            options.bench,
            options.host,
            options.port,
            options.data_folder,
            dev=options.dev,
            safe=options.safe,
        )
    from app.garbage import collect_again, collect_later

    collect_later()  # until the window is drawn
    try:
        return _open_window(options)
    finally:
        collect_again()


def _open_window(options: argparse.Namespace) -> int:
    from app.bench_file import read_bench_file
    from app.cli_errors import refused
    from app.errors import BenchInUseError
    from app.logs import log_to_stderr
    from app.packaged_benches import bench_file_of
    from app.program import Program, refuse_beyond_loopback
    from app.settings import read_settings
    from things.errors import ThingError

    log_to_stderr()
    try:
        settings = read_settings(
            host=options.host,
            port=options.port,
            data_folder=options.data_folder,
            dev=options.dev or None,
        )
        refuse_beyond_loopback(settings.host)
        spec = read_bench_file(bench_file_of(options.bench))
    except ThingError as error:
        return refused(error)
    from ui.program import run_attach, run_window

    try:
        program = Program(spec, settings, safe=options.safe)
    except BenchInUseError as error:
        refused(error)
        return run_attach(error, settings)
    return run_window(program, welcome=options.bench is None)


def _connect(options: argparse.Namespace) -> int:
    from app.cli_errors import refused
    from app.logs import log_to_stderr
    from app.settings import read_settings
    from things.errors import NotAvailableError, ThingError
    from ui.display import why_no_display

    log_to_stderr()
    reason = why_no_display()
    if reason is not None:
        return refused(NotAvailableError("the window", reason))
    from app.client.session import RemoteSession

    try:
        settings = read_settings(data_folder=options.data_folder, dev=options.dev or None)
        session = RemoteSession(options.connect, settings)
    except ValueError as error:
        return refused(ThingError(f"--connect: {error}"))
    except ThingError as error:
        return refused(error)
    from ui.program import run_window

    return run_window(session)


if __name__ == "__main__":
    sys.exit(main())
