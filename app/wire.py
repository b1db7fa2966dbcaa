"""Events and invocations as JSON: what the server writes and the client reads back.

An event has a name and its data:

    property        {"thing", "at", "name", "value", "skipped"}
    propertyFailed  {"thing", "at", "name", "reason"}
    thing           {"thing", "at", "state", "reason"}
    thingAdded      {"thing", "at", "title"}
    thingRemoved    {"thing", "at"}
    event           {"thing", "at", "name", "data"}
    stream          {"thing", "at", "name", "live"}
    interlock       {"thing", "at", "name", "reason"}
    invocation      {"thing", "at", "seq", and the invocation with its input and output}
    progress        {"thing", "at", and the invocation without}
    stamp           {"thing": "", "at", "stamp"}
    ledger          {"thing": "", "at", "reason"}
    run             {"thing", "at", "run": as `app.run_wire` has it}
    fileKept        {"thing", "at", "file": as `app.file_wire` has it in lists}
    fileChanged     {"thing", "at", "file": the same}
    fileRemoved     {"thing", "at", "id", "run", "path"}
    archive         {"thing": "", "at", "reason"}

A name that is not known here comes from a newer server and is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_core import to_json

from app.actions.events import (
    InterlockChanged,
    InvocationChanged,
    InvocationProgressed,
    LedgerTroubled,
    RunAnnotated,
    StampChanged,
)
from app.actions.invocation import ACTION_INVOCATIONS_PATH
from app.archive.events import ArchiveTroubled, FileChanged, FileKept, FileRemoved
from app.file_wire import file_fields, file_from
from app.handles import InvocationSnapshot
from app.run_wire import TIMES, WireError, checked, run_from, run_json
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

__all__ = ["WireError", "event_from", "event_json", "invocation_from", "invocation_json"]

_READ: Final[Mapping[str, TypeAdapter[Any]]] = {
    "property": TypeAdapter(PropertyChanged),
    "propertyFailed": TypeAdapter(PropertyFailed),
    "thing": TypeAdapter(ThingStateChanged),
    "thingAdded": TypeAdapter(ThingAdded),
    "thingRemoved": TypeAdapter(ThingRemoved),
    "event": TypeAdapter(EventEmitted),
    "stream": TypeAdapter(StreamChanged),
    "interlock": TypeAdapter(InterlockChanged),
    "invocation": TypeAdapter(InvocationChanged),
    "progress": TypeAdapter(InvocationProgressed),
    "stamp": TypeAdapter(StampChanged),
    "ledger": TypeAdapter(LedgerTroubled),
    "run": TypeAdapter(RunAnnotated),
    "fileKept": TypeAdapter(FileKept),
    "fileChanged": TypeAdapter(FileChanged),
    "fileRemoved": TypeAdapter(FileRemoved),
    "archive": TypeAdapter(ArchiveTroubled),
}

_SNAPSHOT: Final = TypeAdapter(InvocationSnapshot)

_NOT_SENT: Final[Mapping[str, Any]] = {"input": {}, "output": None, "blobs": ()}
"""What an invocation without its input and output has in their place."""


def event_json(event: Event, *, prefix: str = "") -> tuple[str, bytes]:
    """The name of an event on the network, and its data. NaN and infinities become null.

    Args:
        event: What happened.
        prefix: Path below which the bench is served; begins the addresses of files.
    """
    name, data = _described(event, prefix)
    data = {"thing": event.thing, "at": event.at, **data}
    return name, to_json(data, inf_nan_mode="null", fallback=str)


def event_from(name: str, data: Any) -> Event | None:
    """The event of that name, from parsed JSON; None for a name that is not known here.

    Raises:
        WireError: It has not the fields of its kind.
    """
    adapter = _READ.get(name)
    if adapter is None:
        return None
    if not isinstance(data, dict):
        raise WireError(f"{name}: an object was expected")
    if name in ("invocation", "progress"):
        snapshot = invocation_from(data)
        known = {key: data[key] for key in ("thing", "at", "seq") if key in data}
        data = {**known, "snapshot": snapshot}
    if name == "run":
        data = {**data, "run": run_from(data.get("run"))}
    if name in ("fileKept", "fileChanged"):
        data = {**data, "file": file_from(data.get("file"))}
    event: Event = checked(name, lambda: adapter.validate_python(data))
    return event


def invocation_json(snapshot: InvocationSnapshot, *, whole: bool = True) -> dict[str, Any]:
    """An invocation in words of the wire.

    Args:
        snapshot: How it stands.
        whole: With its input and output, and what is known of the blobs in it.
    """
    fields: dict[str, Any] = _SNAPSHOT.dump_python(snapshot, mode="json")
    for name in () if whole else _NOT_SENT:
        del fields[name]
    for wire, own in TIMES.items():
        fields[wire] = fields.pop(own)
    fields["href"] = f"{ACTION_INVOCATIONS_PATH}/{snapshot.id}"
    return fields


def invocation_from(data: Any) -> InvocationSnapshot:
    """An invocation from parsed JSON, whole or without its input and output.

    Raises:
        WireError: It has not the fields of one.
    """
    if not isinstance(data, dict):
        raise WireError("an invocation: an object was expected")
    fields = {**_NOT_SENT, **data, **{own: data.get(wire) for wire, own in TIMES.items()}}
    return checked("an invocation", lambda: _SNAPSHOT.validate_python(fields))


def _described(event: Event, prefix: str) -> tuple[str, dict[str, Any]]:
    match event:
        case PropertyChanged():
            return "property", {
                "name": event.name,
                "value": event.value,
                "skipped": event.skipped,
            }
        case PropertyFailed():
            return "propertyFailed", {"name": event.name, "reason": event.reason}
        case ThingStateChanged():
            return "thing", {"state": event.state.value, "reason": event.reason}
        case ThingAdded():
            return "thingAdded", {"title": event.title}
        case ThingRemoved():
            return "thingRemoved", {}
        case EventEmitted():
            return "event", {"name": event.name, "data": event.data}
        case StreamChanged():
            return "stream", {"name": event.name, "live": event.live}
        case InterlockChanged():
            return "interlock", {"name": event.name, "reason": event.reason}
        case InvocationChanged():
            return "invocation", {"seq": event.seq, **invocation_json(event.snapshot)}
        case InvocationProgressed():
            return "progress", invocation_json(event.snapshot, whole=False)
        case StampChanged():
            return "stamp", {"stamp": asdict(event.stamp)}
        case LedgerTroubled():
            return "ledger", {"reason": event.reason}
        case RunAnnotated():
            return "run", {"run": run_json(event.run)}
        case FileKept():
            return "fileKept", {"file": file_fields(event.file, prefix=prefix)}
        case FileChanged():
            return "fileChanged", {"file": file_fields(event.file, prefix=prefix)}
        case FileRemoved():
            return "fileRemoved", {"id": event.id, "run": event.run, "path": event.path}
        case ArchiveTroubled():
            return "archive", {"reason": event.reason}
    return "other", {}
