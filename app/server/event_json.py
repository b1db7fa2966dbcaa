"""Events as JSON for the event stream: a name, and the data.

Neither inputs nor outputs of invocations go out here; who wants them asks for the invocation.
"""

from __future__ import annotations

from typing import Any

from app.actions.events import InvocationChanged, InvocationProgressed
from app.actions.invocation import ACTION_INVOCATIONS_PATH
from app.handles import InvocationSnapshot
from app.server.answers import written
from things.events import (
    Event,
    EventEmitted,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingStateChanged,
)


def event_json(event: Event) -> tuple[str, bytes]:
    """The name of an event on the network, and its data as JSON."""
    name, data = _described(event)
    return name, written({"thing": event.thing, "at": event.at, **data})


def _described(event: Event) -> tuple[str, dict[str, Any]]:
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
        case EventEmitted():
            return "event", {"name": event.name, "data": event.data}
        case StreamChanged():
            return "stream", {"name": event.name, "live": event.live}
        case InvocationChanged():
            return "invocation", {"seq": event.seq, **_invocation(event.snapshot)}
        case InvocationProgressed():
            return "progress", _invocation(event.snapshot)
    return "other", {}


def _invocation(snapshot: InvocationSnapshot) -> dict[str, Any]:
    error = snapshot.error
    return {
        "id": str(snapshot.id),
        "href": f"{ACTION_INVOCATIONS_PATH}/{snapshot.id}",
        "action": snapshot.action,
        "title": snapshot.title,
        "status": snapshot.status.value,
        "origin": {"kind": snapshot.origin.kind.value, "who": snapshot.origin.who},
        "parent": None if snapshot.parent is None else str(snapshot.parent),
        "timeRequested": snapshot.requested_at,
        "timeStarted": snapshot.started_at,
        "timeCompleted": snapshot.ended_at,
        "elapsed_s": snapshot.elapsed_s,
        "progress": [
            {
                "done": step.done,
                "total": step.total,
                "label": step.label,
                "elapsed_s": step.elapsed_s,
                "remaining_s": step.remaining_s,
            }
            for step in snapshot.progress
        ],
        "waiting_for": snapshot.waiting_for,
        "last_log": snapshot.last_log,
        "cancel_requested": snapshot.cancel_requested,
        "error": None
        if error is None
        else {
            "type": error.type,
            "title": error.title,
            "status": error.status,
            "detail": error.detail,
        },
        "version": snapshot.version,
    }
