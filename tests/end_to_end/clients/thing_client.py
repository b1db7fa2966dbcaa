"""labthings-fastapi's ThingClient, told what to do by JSON lines.

It runs in the environment that tools/foreign-clients makes. A request is `{"no": 1, "do": "get",
"name": "counter"}`; the answer is `{"no": 1, "value": 0}` or `{"no": 1, "kind": "ValueError",
"message": "..."}`. Blobs stay here and are known by numbers: `{"blob": 0, ...}`.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from pathlib import Path
from typing import Any

from labthings_fastapi.client import ThingClient, poll_invocation
from labthings_fastapi.exceptions import GlobalLockBusyError, InvocationCancelledError
from labthings_fastapi.outputs.blob import Blob
from labthings_fastapi.problem_details import docs_url
from labthings_fastapi.thing_description.validation import validate_thing_description


class Driver:
    """What can be asked for; each method is a request."""

    def __init__(self) -> None:
        self._client: Any = None
        self._blobs: list[Blob] = []

    def connect(self, url: str) -> dict[str, list[str]]:
        """Read the description and make a client of it."""
        self._client = ThingClient.from_url(url)
        described = self._client.thing_description
        return {kind: list(described[kind]) for kind in ("properties", "actions")}

    def validate(self) -> None:
        """Hold the description against the schema that labthings-fastapi brings."""
        validate_thing_description(self._client.thing_description)

    def get(self, name: str) -> Any:
        """Read a property."""
        return getattr(self._client, name)

    def set(self, name: str, value: Any) -> None:
        """Write a property."""
        setattr(self._client, name, value)

    def call(self, name: str, input: dict[str, Any]) -> Any:
        """Run an action to its end."""
        given = {
            key: self._blobs[value["blob"]]
            if isinstance(value, dict) and "blob" in value
            else value
            for key, value in input.items()
        }
        return self._shown(getattr(self._client, name)(**given))

    def post(self, name: str, input: dict[str, Any]) -> Any:
        """Start an action, as ThingClient does, and give its invocation."""
        answer = self._client.client.post(self._client.path + name, json=input)
        return answer.raise_for_status().json()

    def poll(self, invocation: dict[str, Any]) -> Any:
        """Wait for an invocation with labthings-fastapi's own function."""
        return poll_invocation(self._client.client, invocation)

    def follow(self, invocation: dict[str, Any], rel: str) -> Any:
        """Follow a link of an invocation."""
        return self._client.follow_link(invocation, rel).json()

    def save(self, blob: int, path: str) -> str:
        """Save a blob with its own method; gives the digest of the file."""
        self._blobs[blob].save(path)
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()

    def known_types(self) -> dict[str, str | None]:
        """The addresses by which errors are recognised."""
        known = (GlobalLockBusyError, InvocationCancelledError, ValueError)
        return {error.__name__: docs_url(error) for error in known}

    def _shown(self, value: Any) -> Any:
        if not isinstance(value, Blob):
            return value
        self._blobs.append(value)
        content = value.content
        return {
            "blob": len(self._blobs) - 1,
            "media_type": value.media_type,
            "href": value.data.get_href(),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }


def main() -> None:
    """Answer requests until the input ends; each in a thread, since some wait for others."""
    driver = Driver()
    printing = threading.Lock()

    def answer(no: int, do: str, **more: Any) -> None:
        try:
            said = {"no": no, "value": getattr(driver, do)(**more)}
        except BaseException as error:
            said = {"no": no, "kind": type(error).__name__, "message": str(error)}
        with printing:
            print(json.dumps(said), flush=True)

    for line in sys.stdin:
        threading.Thread(target=answer, kwargs=json.loads(line), daemon=True).start()


if __name__ == "__main__":
    main()
