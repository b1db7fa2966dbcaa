"""`labwright invoke`: run an action and wait for what it gives."""

from __future__ import annotations

import mimetypes
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Final

import typer

from app.cli_commands.connection import AsJson, Url
from app.cli_commands.properties import ThingName, connected, thing_of
from app.cli_commands.telling import FAILED, in_words, note, say, say_json, telling
from app.cli_commands.values import input_of
from app.client.blobs import RemoteBlob
from app.client.invocation_client import RunningInvocation
from app.handles import InvocationStatus, ProgressStep
from things.errors import AffordanceNotFoundError, InvocationCancelledError

_CANCEL_WAIT_S: Final = 10.0
_CLEAR: Final = "\r\x1b[K"


def invoke(
    thing: ThingName,
    action: Annotated[str, typer.Argument(help="Name of the action.")],
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="What it takes, by name.")
    ] = None,
    whole: Annotated[
        str | None, typer.Option("--input", metavar="JSON", help="What it takes, as one object.")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(help="File for the data it gives, or folder where there are several."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for its end, or print its id and leave.")
    ] = True,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Run an action, wait for its end and print what it gives. Ctrl-C cancels it."""
    with telling(), connected(url) as bench:
        target = thing_of(bench, thing)
        described = (target.describe().get("actions") or {}).get(action)
        if described is None:
            raise AffordanceNotFoundError(thing, action)
        given = input_of(inputs or (), whole, described)
        with _ctrl_c_noted() as noted:
            run = target[action].start(given)
        if not wait:
            _tell_started(run, as_json)
            return
        output = _waited(run, cancel=bool(noted))
        saved = [] if save is None else save_blobs(output, save, action)
        if as_json:
            say_json(
                {
                    "id": run.id,
                    "status": run.status.value,
                    "output": output,
                    "saved": [str(path) for path in saved],
                }
            )
        elif not saved:
            say(in_words(output))
        for path in saved if not as_json else ():
            say(str(path))


def blobs_of(output: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str, RemoteBlob]]:
    """The blobs in an output, each with the end of a file name: '' for the output itself."""
    if isinstance(output, RemoteBlob):
        return [("".join(f"-{part}" for part in path), output)]
    if isinstance(output, dict):
        parts: Sequence[tuple[str | int, Any]] = list(output.items())
    elif isinstance(output, list):
        parts = list(enumerate(output))
    else:
        return []
    return [found for key, item in parts for found in blobs_of(item, (*path, key))]


def save_blobs(output: Any, target: Path, action: str) -> list[Path]:
    """Write the blobs in an output to files.

    Args:
        output: Of the action.
        target: A folder; or a file that need not be there, where there is one blob.
        action: Names the files in a folder.

    Returns:
        The files, none where the output holds no data.
    """
    blobs = blobs_of(output)
    if not blobs:
        note("it gave no data to save")
        return []
    if len(blobs) == 1 and not target.is_dir():
        blobs[0][1].save(target)
        return [target]
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for end, blob in blobs:
        suffix = mimetypes.guess_extension(blob.media_type) or ""
        # A key of an output comes from elsewhere: it must not lead out of the folder.
        name = "".join(each if each.isalnum() or each in "-_." else "_" for each in action + end)
        file = target / (name + suffix)
        blob.save(file)
        written.append(file)
    return written


def progress_line(levels: Sequence[ProgressStep]) -> str:
    """The levels of progress on one line, outermost first."""
    words = []
    for step in levels:
        of = "" if step.total is None else f" of {step.total:g}"
        left = "" if step.remaining_s is None else f", {step.remaining_s:.0f} s left"
        rate = "" if step.rate_per_s is None else f", {step.rate_per_s:.2g}/s"
        words.append(f"{step.label} {step.done:g}{of}{rate}{left}".strip())
    return " / ".join(words)


@contextmanager
def _ctrl_c_noted() -> Iterator[list[int]]:
    """Until the end of the `with` a first Ctrl-C only fills the list; a second one is raised.

    An action that is just being started runs on the bench, though nobody here knows its id yet.
    """
    noted: list[int] = []

    def note_it(number: int, _frame: FrameType | None) -> None:
        if noted:
            raise KeyboardInterrupt
        noted.append(number)

    before = signal.signal(signal.SIGINT, note_it)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def _waited(run: RunningInvocation, *, cancel: bool) -> Any:
    """Wait, with a line of progress where somebody looks; or cancel it at once."""
    looks = sys.stderr.isatty()

    def show(levels: Sequence[ProgressStep]) -> None:
        sys.stderr.write(f"{_CLEAR}{progress_line(levels)}")
        sys.stderr.flush()

    try:
        if cancel:
            raise KeyboardInterrupt
        return run.wait(on_progress=show if looks else None)
    except KeyboardInterrupt:
        run.cancel()
        with suppress(TimeoutError, InvocationCancelledError):
            run.wait(_CANCEL_WAIT_S)
        ended = run.status
        if ended is InvocationStatus.CANCELLED:
            note(f"{run.action} on {run.thing} was cancelled")
        else:
            note(f"{run.action} on {run.thing} was asked to stop; it is {ended.value}")
        raise typer.Exit(FAILED) from None
    finally:
        if looks:
            sys.stderr.write(_CLEAR)


def _tell_started(run: RunningInvocation, as_json: bool) -> None:
    if as_json:
        say_json({"id": run.id, "status": run.status.value})
    else:
        say(str(run.id))
