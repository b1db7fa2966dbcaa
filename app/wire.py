"""Events and invocations as JSON: what the server writes and the client reads back.

    {"kind": "PropertyChanged", "thing": "camera", "at": "2026-11-21T10:00:00Z", "name": "exposure",
     "value": 20.0, "skipped": 0}

`kind` is the name of the event's class, the rest its fields. A kind that is not known here comes
from a newer server and is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from app.actions.events import InvocationChanged, InvocationProgressed
from app.handles import InvocationSnapshot
from things.events import (
    Event,
    EventEmitted,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingStateChanged,
)

_EVENTS: Final[Mapping[str, TypeAdapter[Any]]] = {
    kind.__name__: TypeAdapter(kind)
    for kind in (
        PropertyChanged,
        PropertyFailed,
        ThingStateChanged,
        EventEmitted,
        StreamChanged,
        InvocationChanged,
        InvocationProgressed,
    )
}

_SNAPSHOT: Final = TypeAdapter(InvocationSnapshot)


class WireError(ValueError):
    """What came over the network is not what was agreed."""


def event_json(event: Event) -> bytes:
    """An event as one line of JSON. NaN and infinities become null.

    Raises:
        WireError: It is an event of a kind that is not sent.
    """
    kind = type(event).__name__
    adapter = _EVENTS.get(kind)
    if adapter is None:
        raise WireError(f"events of kind {kind} are not sent")
    try:
        fields = adapter.dump_json(event)
    except PydanticSerializationError as error:
        raise WireError(f"{kind} of {event.thing}: {error}") from None
    return b'{"kind":"' + kind.encode() + b'",' + fields[1:]


def event_from(data: Any) -> Event | None:
    """The event in parsed JSON; None for a kind that is not known here.

    Raises:
        WireError: It has other fields than its kind has.
    """
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        raise WireError("an event without its kind")
    adapter = _EVENTS.get(data["kind"])
    if adapter is None:
        return None
    fields = {key: value for key, value in data.items() if key != "kind"}
    try:
        event: Event = adapter.validate_python(fields)
    except ValidationError as error:
        raise WireError(f"{data['kind']}: {_said(error)}") from None
    return event


def snapshot_json(snapshot: InvocationSnapshot) -> bytes:
    """A snapshot of an invocation as JSON."""
    return _SNAPSHOT.dump_json(snapshot)


def snapshot_from(data: Any) -> InvocationSnapshot:
    """The snapshot in parsed JSON.

    Raises:
        WireError: It has other fields.
    """
    try:
        return _SNAPSHOT.validate_python(data)
    except ValidationError as error:
        raise WireError(f"an invocation: {_said(error)}") from None


def _said(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
