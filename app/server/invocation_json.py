"""Invocations as JSON, written by hand: summaries for lists, the whole model for one.

Lists of thousands are asked for over and over, so summaries of what has ended are kept as bytes,
with a place left for the client's own base URL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from app.actions.invocation import ACTION_INVOCATIONS_PATH, Invocation
from app.actions.log import message_of
from app.server.answers import written
from app.server.blob_context import BlobAddresses

_BASE = b"\x00"
"""Stands for the base URL; JSON cannot hold it otherwise."""


class Summaries:
    """Writes lists of invocations."""

    def __init__(self) -> None:
        self._ended: WeakKeyDictionary[Invocation, bytes] = WeakKeyDictionary()

    def written(self, invocations: Iterable[Invocation], base: str) -> bytes:
        """A JSON list of summaries: no input, no output, no log.

        Args:
            invocations: In the order to show.
            base: Scheme, host and prefix the links begin with.
        """
        whole = b"[" + b",".join([self._one(each) for each in invocations]) + b"]"
        return whole.replace(_BASE, json.dumps(base)[1:-1].encode())

    def _one(self, invocation: Invocation) -> bytes:
        kept = self._ended.get(invocation)
        if kept is not None:
            return kept
        standing = invocation.standing
        id = str(invocation.id)
        href = f"\x00{ACTION_INVOCATIONS_PATH}/{id}"
        text = (
            f'{{"status":"{standing.status.value}","id":"{id}",'
            f'"action":"/{invocation.thing_name}/{invocation.action_name}","href":"{href}",'
            f'"timeStarted":{_time(standing.started_at)},'
            f'"timeRequested":{_time(standing.requested_at)},'
            f'"timeCompleted":{_time(standing.ended_at)},'
            f'"links":[{{"href":"{href}","type":null,"rel":"self","anchor":null}},'
            f'{{"href":"{href}/output","type":null,"rel":"output","anchor":null}}]}}'
        ).encode()
        if standing.status.ended:
            self._ended[invocation] = text
        return text


def whole(invocation: Invocation, base: str, addresses: BlobAddresses) -> bytes:
    """An invocation with its input, output, log and error. Runs no code of its Thing.

    Args:
        invocation: Which one.
        base: Scheme, host and prefix the links begin with.
        addresses: Gives the blobs in it their addresses.
    """
    standing = invocation.standing
    outcome = standing.outcome
    href = f"{base}{ACTION_INVOCATIONS_PATH}/{invocation.id}"
    error: dict[str, Any] | None = None
    if outcome is not None and outcome.problem is not None:
        problem = outcome.problem
        error = {
            "type": problem.type,
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
        }
    text = written(
        {
            "status": standing.status.value,
            "id": str(invocation.id),
            "action": f"/{invocation.thing_name}/{invocation.action_name}",
            "href": href,
            "timeStarted": standing.started_at,
            "timeRequested": standing.requested_at,
            "timeCompleted": standing.ended_at,
            "input": invocation.input_json,
            "output": None if outcome is None else outcome.json,
            "log": [
                {
                    "message": message_of(record),
                    "levelname": record.levelname,
                    "levelno": record.levelno,
                    "lineno": record.lineno,
                    "filename": record.filename,
                    "created": datetime.fromtimestamp(record.created, UTC),
                }
                for record in invocation.records
            ],
            "links": [
                {"href": href, "type": None, "rel": "self", "anchor": None},
                {"href": f"{href}/output", "type": None, "rel": "output", "anchor": None},
            ],
            "error": error,
            "progress": [asdict(step) for step in invocation.progress.snapshot()],
            "waiting_for": invocation.waiting_for,
            "cancel_requested": invocation.cancelled_at_s is not None,
            "stuck": invocation.stuck and outcome is None,
        }
    )
    links = {**invocation.input_links, **({} if outcome is None else outcome.links)}
    return addressed(text, links, addresses)


_LONGEST_TEXT = 2_000


def quickly_written(invocation: Invocation) -> bool:
    """Whether it has ended and there is so little to tell of it that the loop may write it."""
    outcome, given = invocation.standing.outcome, invocation.input_json
    return (
        outcome is not None
        and not outcome.links
        and not invocation.input_links
        and _is_short(outcome.json)
        and isinstance(given, dict)
        and all(map(_is_short, given.values()))
        and sum(len(message_of(record)) for record in invocation.records) <= _LONGEST_TEXT
    )


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    return value is None or isinstance(value, (bool, int, float))


def addressed(text: bytes, links: dict[str, Any], addresses: BlobAddresses) -> bytes:
    """JSON in which every blob has its address.

    Args:
        text: JSON with placeholders.
        links: Placeholder to data.
        addresses: Gives the addresses; the data is findable from now on.
    """
    for placeholder, data in links.items():
        text = text.replace(written(placeholder), written(addresses.url_of(data)))
    return text


def _time(moment: datetime | None) -> str:
    """A time as pydantic writes it."""
    return "null" if moment is None else f'"{moment.isoformat().replace("+00:00", "Z")}"'
