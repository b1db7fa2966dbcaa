"""A Thing of a bench elsewhere, as `app.handles.ThingHandle`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from app.client.errors import UnexpectedAnswerError
from app.client.frames import RemoteFrameReader
from app.client.http import HttpLink
from app.client.mirror import KnownThing, Mirror
from app.client.problems import Subject
from app.client.uploads import with_uploads
from app.client.workers import Workers
from app.handles import InvocationSnapshot, InvocationStatus, Origin, OriginKind
from things.errors import AffordanceNotFoundError, NotAvailableError
from things.events import Reading, ThingState, now

_RECONNECT_WITHIN_S = 60.0


class RemoteThing:
    """One Thing, through its bench's server.

    Args:
        name: What the bench calls it.
        mirror: What is known of the bench.
        http: Asks the bench.
        workers: Where it is asked.
        hurry: Tries the line again now, where it is cut.
    """

    def __init__(
        self,
        name: str,
        mirror: Mirror,
        http: HttpLink,
        workers: Workers,
        hurry: Callable[[], None],
    ) -> None:
        self._name = name
        self._mirror = mirror
        self._http = http
        self._workers = workers
        self._hurry = hurry

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def title(self) -> str:
        """What to call it."""
        return self._known.title or self._name

    @property
    def group(self) -> str:
        """The heading it stands under, as it was when it last came up."""
        return str(self.describe().get("lw:group") or "")

    @property
    def state(self) -> ThingState:
        """What it is doing; disconnected while the line is cut."""
        return self._mirror.standing(self._name)[0]

    @property
    def reason(self) -> str:
        """Why it failed or is disconnected."""
        return self._mirror.standing(self._name)[1]

    def describe(self) -> Mapping[str, Any]:
        """Its Thing Description, as it was when it last came up."""
        return self._known.description

    def last(self, name: str) -> Reading | None:
        """The last known value of a property."""
        return self._known.readings.get(name)

    def refusal(self, name: str) -> str:
        """Why an action or a write would be refused now, as its bench last told."""
        return self._known.refusals.get(name, "")

    async def read(self, name: str) -> Reading:
        """Ask for a property's value now."""
        return await self._workers.run(lambda: self._read(name))

    async def write(self, name: str, value: Any) -> Reading:
        """Set a property, and read what it is afterwards."""
        subject = self._property(name)

        def write() -> Reading:
            self._http.ask("PUT", self._path(name), subject, value)
            return self._read_back(name, value)

        return await self._workers.run(write)

    async def reset(self, name: str) -> Reading:
        """Set a property back to its default, and read what it is afterwards."""
        subject = self._property(name)

        def reset() -> Reading:
            self._http.ask("POST", f"{self._path(name)}/reset", subject)
            return self._read_back(name, None)

        return await self._workers.run(reset)

    async def invoke(
        self, action: str, input: Mapping[str, Any] | None = None
    ) -> InvocationSnapshot:
        """Start an action. A blob in the input may be a file of this computer: `file:///...`."""
        return await self._workers.run(lambda: self._invoke(action, dict(input or {})))

    async def reconnect(self) -> None:
        """Bring it back: the line first, where that is cut."""
        await self._workers.run(self._reconnect)

    async def reload(self) -> None:
        """Have its driver read again, over there."""
        await self._workers.run(lambda: self._bring_back("reload"))

    async def faults(self) -> Mapping[str, Any]:
        """What is wrong with it, where it is simulated."""
        subject = self._property("faults")
        return await self._workers.run(
            lambda: self._as_faults(self._http.get(self._faults_path, subject))
        )

    async def set_faults(self, faults: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have other faults."""
        subject, body = self._property("faults"), dict(faults)
        return await self._workers.run(
            lambda: self._as_faults(self._http.ask("PUT", self._faults_path, subject, body))
        )

    def open_stream(self, name: str, wake: Callable[[], None]) -> RemoteFrameReader:
        """Read a live stream.

        Raises:
            AffordanceNotFoundError: There is no such stream.
        """
        if name not in (self.describe().get("lw:streams") or {}):
            raise AffordanceNotFoundError(self._name, name)
        return RemoteFrameReader(self._http.whole(self._path(name)), wake)

    @property
    def _known(self) -> KnownThing:
        return self._mirror.known(self._name)

    def _path(self, name: str) -> str:
        return f"/{quote(self._name, safe='')}/{quote(name, safe='')}"

    def _property(self, name: str) -> Subject:
        return Subject("property", self._name, name)

    def _read(self, name: str) -> Reading:
        value = self._http.get(self._path(name), self._property(name))
        reading = Reading(value, now(), time.monotonic())
        self._mirror.note(self._name, name, reading)
        return reading

    def _read_back(self, name: str, given: Any) -> Reading:
        described = (self.describe().get("properties") or {}).get(name) or {}
        if described.get("writeOnly"):
            return Reading(given, now(), time.monotonic())
        return self._read(name)

    def _invoke(self, action: str, input: dict[str, Any]) -> InvocationSnapshot:
        answer = self._http.ask(
            "POST",
            self._path(action),
            Subject("action", self._name, action),
            with_uploads(self._http, action, input),
        )
        try:
            id, status = UUID(answer["id"]), InvocationStatus(answer["status"])
        except (TypeError, LookupError, ValueError):
            raise UnexpectedAnswerError(self._http.url, "an invocation was expected") from None
        described = (self.describe().get("actions") or {}).get(action) or {}
        # What the events tell is more, and newer.
        return self._mirror.invocations.get(id) or InvocationSnapshot(
            id=id,
            thing=self._name,
            action=action,
            title=str(described.get("title") or action),
            status=status,
            origin=Origin(OriginKind.NETWORK),
            parent=None,
            requested_at=now(),
            started_at=None,
            ended_at=None,
            elapsed_s=0.0,
            progress=(),
            waiting_for="",
            input=input,
            output=None,
            blobs=(),
            error=None,
            last_log="",
            cancel_requested=False,
            version=0,
        )

    @property
    def _faults_path(self) -> str:
        return f"/dev/faults/{quote(self._name, safe='')}"

    def _as_faults(self, answer: Any) -> Mapping[str, Any]:
        if not isinstance(answer, dict):
            raise UnexpectedAnswerError(self._http.url + self._faults_path, "no faults in it")
        return answer

    def _reconnect(self) -> None:
        if not self._mirror.connected:
            self._hurry()
            if not self._mirror.wait_connected(self._http.timeout_s):
                raise NotAvailableError(self._name, self._mirror.trouble or "the line is cut")
            if not self._known.state.can_be_tried:
                return
        self._bring_back("reconnect")

    def _bring_back(self, how: str) -> None:
        name = quote(self._name, safe="")
        self._http.ask(
            "POST",
            f"/things/{name}/{how}",
            Subject("bench", self._name),
            timeout_s=max(_RECONNECT_WITHIN_S, self._http.timeout_s),
        )
