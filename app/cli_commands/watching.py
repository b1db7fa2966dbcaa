"""`labwright watch`: everything that happens, line by line."""

from __future__ import annotations

import json
import queue
from typing import Annotated, Any

import typer

from app.actions.events import (
    InvocationChanged,
    InvocationProgressed,
    LedgerTroubled,
    RunAnnotated,
    StampChanged,
)
from app.archive.events import ArchiveTroubled, FileChanged, FileKept, FileRemoved
from app.cli_commands.connection import AsJson, Url
from app.cli_commands.invoking import progress_line
from app.cli_commands.properties import connected, thing_of
from app.cli_commands.telling import in_words, note, plain, telling
from app.wire import event_json
from things.events import (
    Event,
    EventEmitted,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingAdded,
    ThingRemoved,
    ThingStateChanged,
)


def watch(
    thing: Annotated[str | None, typer.Argument(help="Only of this Thing.")] = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Print everything that happens until Ctrl-C; a cut line is tried again by itself."""
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    with telling(), connected(url) as bench:
        if thing is not None:
            thing_of(bench, thing)
        bench.subscribe(events.put)
        note(f"watching {bench.url}")
        try:
            while True:
                event = events.get()
                if thing in (None, event.thing):
                    typer.echo(_line_of_json(event) if as_json else plain(line_of(event)))
        except KeyboardInterrupt:
            return


def line_of(event: Event) -> str:
    """An event in a line: when, of which Thing, what."""
    return f"{event.at.astimezone():%H:%M:%S.%f}"[:-3] + f"  {event.thing or '-'}  {_said(event)}"


def _said(event: Event) -> str:
    match event:
        case PropertyChanged():
            return f"{event.name} = {in_words(event.value)}"
        case PropertyFailed():
            return f"{event.name} cannot be read: {event.reason}"
        case ThingStateChanged():
            return f"is {event.state.value}" + (f": {event.reason}" if event.reason else "")
        case ThingAdded():
            return "was added to the bench"
        case ThingRemoved():
            return "was taken off the bench"
        case EventEmitted():
            return f"{event.name}: {in_words(event.data)}"
        case StreamChanged():
            return f"{event.name} is {'live' if event.live else 'at rest'}"
        case InvocationProgressed():
            run = event.snapshot
            return f"{run.action}: {progress_line(run.progress) or run.waiting_for or run.last_log}"
        case InvocationChanged():
            run = event.snapshot
            why = f": {run.error.detail}" if run.error is not None else ""
            return f"{run.action} is {run.status.value}{why} ({run.id}, {run.origin})"
        case StampChanged():
            stamp = event.stamp
            return f"stamp: {stamp.operator!r}, {stamp.sample!r}, {stamp.session!r}"
        case LedgerTroubled():
            return f"ledger: {event.reason or 'all is well again'}"
        case RunAnnotated():
            return f"{event.run.action}: note: {event.run.note!r} ({event.run.id})"
        case FileKept():
            return f"{event.file.file_name} is kept ({event.file.id})"
        case FileChanged():
            return f"{event.file.file_name} is {event.file.state.value} ({event.file.id})"
        case FileRemoved():
            return f"file {event.id} was deleted"
        case ArchiveTroubled():
            return f"archive: {event.reason or 'all is well again'}"
    return type(event).__name__


def _line_of_json(event: Event) -> str:
    """The event as on the network, on one line."""
    name, data = event_json(event)
    found: dict[str, Any] = {"event": name, **json.loads(data)}
    return json.dumps(found)
