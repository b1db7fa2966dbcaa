"""An invocation to run actions in, without a bench."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from things import CancelEvent
from things.context import running_in
from things.progress import ProgressTracker
from things.strands import Strands


class Run:
    """An action running in a thread, as an invocation would run it."""

    def __init__(self) -> None:
        self.id: UUID = uuid4()
        self.cancel_event = CancelEvent(self.id)
        self.strands = Strands()
        self.logger = logging.getLogger("tests.run")
        self.reported = threading.Event()
        self.progress = ProgressTracker(self.reported.set)
        self.result: Any = None
        self.error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self, action: Callable[..., Any], **kwargs: Any) -> Run:
        """Run the action in a thread of its own."""
        self._thread = threading.Thread(target=self._body, args=(action, kwargs))
        self._thread.start()
        return self

    def under_way(self, label: str = "") -> Run:
        """Wait until it said how far it is, of something with that label."""
        while not any(label in level.label for level in self.progress.snapshot()):
            assert self.reported.wait(10)
            self.reported.clear()
        return self

    def end(self) -> Run:
        """Wait until it has ended."""
        assert self._thread is not None
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self

    def _body(self, action: Callable[..., Any], kwargs: dict[str, Any]) -> None:
        try:
            with running_in(self):
                self.result = action(**kwargs)
        except BaseException as error:
            self.error = error


@pytest.fixture
def run() -> Run:
    return Run()
