"""A Thing on a bench elsewhere, as a script uses it: its properties and actions by their names."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from app.client.blobs import with_blobs
from app.client.http import HttpLink
from app.client.invocation_client import OnProgress, RunningInvocation, Watch
from app.client.problems import Subject
from app.client.uploads import with_uploads
from things.events import Event, EventEmitted, PropertyChanged

Subscribe = Callable[[Callable[[Event], object]], Callable[[], None]]
"""Begins to hand events to a function; what it returns ends that."""


class ActionClient:
    """An action; call it to run it and wait for what it gives.

    Args:
        http: Asks the bench.
        thing: Name of the Thing.
        name: Of the action.
        description: What the Thing Description says of it.
        watch: Begins to follow the bench's events.
    """

    def __init__(
        self,
        http: HttpLink,
        thing: str,
        name: str,
        description: Mapping[str, Any],
        watch: Callable[[], Watch],
    ) -> None:
        self._http = http
        self._thing = thing
        self._name = name
        self._watch = watch
        self.__name__ = name
        self.__doc__ = str(description.get("description") or description.get("title") or name)

    def __call__(
        self, *, on_progress: OnProgress | None = None, timeout_s: float | None = None, **input: Any
    ) -> Any:
        """Run it and wait.

        Args:
            on_progress: Called whenever its progress changed.
            timeout_s: How long to wait at most, in seconds; it goes on over there after that.
            **input: What it takes, by name. Where one of the names above is among them, use
                `start` and `wait`.

        Returns:
            What it gave, links to data as `RemoteBlob`.

        Raises:
            InputRefusedError: The input does not fit; nothing was started.
            Exception: As `RunningInvocation.wait`.
        """
        return self.start(input).wait(timeout_s, on_progress=on_progress)

    def start(self, input: Mapping[str, Any] | None = None, /, **more: Any) -> RunningInvocation:
        """Run it and do not wait.

        Args:
            input: What it takes. A `pathlib.Path` in it is brought to the bench as a blob.
            **more: The same, by name.

        Raises:
            InputRefusedError: The input does not fit; nothing was started.
            ThingError: It cannot be started now.
        """
        path = f"/{quote(self._thing, safe='')}/{quote(self._name, safe='')}"
        subject = Subject("action", self._thing, self._name)
        given = with_uploads(self._http, self._name, {**(input or {}), **more})
        answer = self._http.ask("POST", path, subject, given)
        return RunningInvocation(self._http, self._thing, self._name, answer, self._watch)

    def __repr__(self) -> str:
        return f"<action {self._name} of {self._thing}>"


class ThingClient:
    """A Thing. Its properties are attributes, its actions methods.

        camera.exposure = 20
        picture = camera.snap()

    What this class itself calls `describe`, `reset` or `subscribe` is reached as
    `camera["reset"]` where a Thing has a property or action of that name.

    Args:
        name: What the bench calls it.
        http: Asks the bench.
        watch: Begins to follow the bench's events.
        subscribe: Begins to hand events to a function.
    """

    def __init__(
        self, name: str, http: HttpLink, watch: Callable[[], Watch], subscribe: Subscribe
    ) -> None:
        own = vars(self)
        own["_name"] = name
        own["_http"] = http
        own["_watch"] = watch
        own["_subscribe"] = subscribe
        own["_path"] = f"/{quote(name, safe='')}/"
        own["_described"] = http.get(self._path, Subject("bench", name))

    _name: str
    _http: HttpLink
    _watch: Callable[[], Watch]
    _subscribe: Subscribe
    _path: str
    _described: Mapping[str, Any]

    def describe(self) -> Mapping[str, Any]:
        """Its Thing Description."""
        return self._described

    def reset(self, name: str) -> None:
        """Set a property back to its default.

        Raises:
            ThingError: It has none to go back to, or cannot now.
        """
        self._http.ask("POST", f"{self._path}{quote(name)}/reset", self._property(name))

    def subscribe(self, name: str, call: Callable[[Any], object]) -> Callable[[], None]:
        """Have a function called with each new value of a property, or the data of an event.

        Args:
            name: Of the property or event.
            call: Called in the thread that follows the bench; what it raises is logged.

        Returns:
            Call it to end this.

        Raises:
            AttributeError: There is no such property or event.
        """
        if name not in self._properties and name not in (self._described.get("events") or {}):
            raise self._no_such(name)

        def filtered(event: Event) -> None:
            if event.thing != self._name:
                return
            if isinstance(event, PropertyChanged) and event.name == name:
                call(event.value)
            elif isinstance(event, EventEmitted) and event.name == name:
                call(event.data)

        return self._subscribe(filtered)

    def __getitem__(self, name: str) -> Any:
        try:
            return self._get(name)
        except AttributeError as error:
            raise KeyError(str(error)) from None

    def __setitem__(self, name: str, value: Any) -> None:
        try:
            self._set(name, value)
        except AttributeError as error:
            raise KeyError(str(error)) from None

    def __getattr__(self, name: str) -> Any:
        # Asked for what is no property by copying, pickling and the like.
        if name.startswith("__"):
            raise AttributeError(name)
        return self._get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._set(name, value)

    def __dir__(self) -> list[str]:
        actions = self._described.get("actions") or {}
        return sorted({*super().__dir__(), *self._properties, *actions})

    def __repr__(self) -> str:
        return f"<{self._described.get('title') or self._name} at {self._http.url}{self._path}>"

    @property
    def _properties(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._described.get("properties") or {}
        return found

    def _property(self, name: str) -> Subject:
        return Subject("property", self._name, name)

    def _get(self, name: str) -> Any:
        if name in self._properties:
            found = self._http.get(self._path + quote(name), self._property(name))
            return with_blobs(self._http, found)
        actions = self._described.get("actions") or {}
        if name in actions:
            return ActionClient(self._http, self._name, name, actions[name], self._watch)
        raise self._no_such(name)

    def _set(self, name: str, value: Any) -> None:
        if name not in self._properties:
            raise self._no_such(name)
        self._http.ask("PUT", self._path + quote(name), self._property(name), value)

    def _no_such(self, name: str) -> AttributeError:
        known = [*self._properties, *(self._described.get("actions") or {})]
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return AttributeError(f"{self._name} has nothing called {name!r}{hint}")
