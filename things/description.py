"""W3C Thing Description 1.1 of a Thing.

Source: https://www.w3.org/TR/wot-thing-description11/. Terms of ours have the prefix `lw`.
"""

from __future__ import annotations

import uuid
from typing import Any

from things.actions import ActionDescriptor
from things.emitters import EventDescriptor
from things.properties import PropertyDescriptor
from things.schemas import prose
from things.streams import FrameStreamDescriptor
from things.thing import Thing

TD_CONTEXT = "https://www.w3.org/2022/wot/td/v1.1"
OWN_TERMS = "urn:labwright:td#"

_NAMESPACE = uuid.UUID("8a5c7f0e-2f0e-4bb0-9d6e-6b1d6f0d3c11")

_RUN_ID = {
    "type": "string",
    "format": "uuid",
    "title": "Invocation",
    "description": "The id of an invocation: `id` in the answer to invokeaction.",
}

RESERVED_THINGS = frozenset(
    {
        "things",
        "thing_descriptions",
        "archive",
        "files",
        "action_invocations",
        "blob",
        "blobs",
        "invocations",
        "interlocks",
        "events",
        "docs",
        "redoc",
        "openapi.json",
        "stamp",
        "stop",
        "dev",
    }
)
"""Names a Thing cannot have: they are routes."""

RESERVED_AFFORDANCES = frozenset({"ws", "observe", "reset"})
"""Names a property, action, event or stream cannot have: they are routes."""


def thing_description(
    thing: Thing,
    *,
    title: str = "",
    group: str = "",
    base: str | None = None,
    prefix: str = "",
) -> dict[str, Any]:
    """The Thing Description of a Thing.

    Args:
        thing: The Thing, with its name.
        title: A label; else the Thing's own.
        group: The heading the bench list shows it under.
        base: URL that the forms are relative to; left out when None.
        prefix: Path below which the bench is served, such as '/lab'.

    Raises:
        DefinitionError: A type cannot be described.
    """
    path = f"{prefix}/{thing.name}"
    described: dict[str, Any] = {
        "@context": [TD_CONTEXT, {"lw": OWN_TERMS}],
        "@type": "Thing",
        "id": f"urn:uuid:{uuid.uuid5(_NAMESPACE, thing.name)}",
        "title": title or display_title(thing),
        "lw:class": f"{type(thing).__module__}:{type(thing).__qualname__}",
        "securityDefinitions": {"no_security": {"scheme": "nosec"}},
        "security": "no_security",
        "properties": {},
        "actions": {},
        "events": {},
    }
    if text := prose(type(thing).__doc__):
        described["description"] = text
    if base is not None:
        described["base"] = base
    if group:
        described["lw:group"] = group
    streams: dict[str, Any] = {}
    for name, affordance in thing._core.affordances.items():
        match affordance:
            case PropertyDescriptor():
                described["properties"][name] = _property(affordance, f"{path}/{name}")
            case ActionDescriptor():
                described["actions"][name] = _action(affordance, f"{path}/{name}", prefix)
            case EventDescriptor():
                described["events"][name] = _event(affordance, f"{path}/{name}")
            case FrameStreamDescriptor():
                streams[name] = _stream(affordance, f"{path}/{name}")
    if streams:
        described["lw:streams"] = streams
    return described


def display_title(thing: Thing) -> str:
    """What to call it: the bench's title, the class's, or one made of the name."""
    return thing._core.title or type(thing).title or thing.name.replace("_", " ").capitalize()


def _property(prop: PropertyDescriptor[Any], href: str) -> dict[str, Any]:
    described = {
        **prop.schema(),
        "readOnly": prop.read_only,
        "writeOnly": False,
        "observable": prop.observable,
    }
    operations = ["readproperty"] if prop.read_only else ["readproperty", "writeproperty"]
    forms: list[dict[str, Any]] = [
        {"href": href, "op": operations, "contentType": "application/json"}
    ]
    if prop.observable:
        forms.append(
            {
                "href": f"{href}/observe",
                "op": ["observeproperty", "unobserveproperty"],
                "contentType": "application/json",
                "subprotocol": "sse",
            }
        )
    described["forms"] = forms
    terms = {
        "lw:group": prop.group,
        "lw:requires": prop.requires,
        "lw:poll": prop.poll_s,
        "lw:axis": prop.axis,
        "lw:resettable": prop.resettable,
        "lw:setting": prop.persistent,
    }
    return {**described, **{key: value for key, value in terms.items() if value}}


def _action(action: ActionDescriptor[..., Any], href: str, prefix: str) -> dict[str, Any]:
    described: dict[str, Any] = {"title": action.title}
    if action.description:
        described["description"] = action.description
    if (given := action.input_schema()) is not None:
        described["input"] = given
    if (output := action.output_schema()) is not None:
        described["output"] = output
    json = "application/json"
    one_run = f"{prefix}/action_invocations/{{id}}"
    described |= {
        "safe": action.safe,
        "idempotent": action.idempotent,
        "synchronous": False,
        "uriVariables": {"id": dict(_RUN_ID)},
        # Clients take the first form whose operation fits.
        "forms": [
            {"href": href, "op": ["invokeaction"], "contentType": json},
            {
                "href": one_run,
                "op": ["queryaction"],
                "contentType": json,
                "htv:methodName": "GET",
            },
            {
                "href": one_run,
                "op": ["cancelaction"],
                "contentType": json,
                "htv:methodName": "DELETE",
            },
        ],
    }
    terms = {
        "lw:group": action.group,
        "lw:requires": action.requires,
        "lw:confirm": action.confirm,
        "lw:keep": action.keep,
    }
    described |= {key: value for key, value in terms.items() if value}
    described["lw:exclusive"] = action.exclusive
    return described


def _event(event: EventDescriptor[Any], href: str) -> dict[str, Any]:
    described: dict[str, Any] = {"title": event.title}
    if event.description:
        described["description"] = event.description
    described["data"] = event.schema()
    described["forms"] = [
        {
            "href": href,
            "op": ["subscribeevent", "unsubscribeevent"],
            "contentType": "application/json",
            "subprotocol": "sse",
        }
    ]
    return described


def _stream(stream: FrameStreamDescriptor, href: str) -> dict[str, Any]:
    described = {"title": stream.title, "mediaType": "multipart/x-mixed-replace", "href": href}
    if stream.description:
        described["description"] = stream.description
    return described
