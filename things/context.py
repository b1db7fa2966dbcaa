"""What running action code may use without passing it about.

    @action
    def scan(self, points: int = 10) -> None:
        for _ in progress(range(points), label="points"):
            self.logger.info("moving on")
            cancellable_sleep(0.5)

The calls find the invocation they run in by a context variable. Outside an invocation (a plain
script, a test) they work too: progress is not shown, sleep is sleep. A thread that an action
starts with `start_thread` carries the invocation along; a plain `threading.Thread` does not.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TypeVar
from uuid import UUID

from things.cancelling import CancelEvent, Strand, current_strand
from things.errors import InvocationCancelledError
from things.progress import ProgressTracker
from things.strands import Strands

T = TypeVar("T")


class InvocationContext(Protocol):
    """What an invocation offers to the code it runs."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def cancel_event(self) -> CancelEvent:
        """Set when it is asked to stop."""

    @property
    def logger(self) -> logging.Logger:
        """Where its log goes."""

    @property
    def progress(self) -> ProgressTracker:
        """How far it is."""

    @property
    def strands(self) -> Strands:
        """The threads it started, while they run."""


_current: contextvars.ContextVar[InvocationContext | None] = contextvars.ContextVar(
    "labwright_invocation", default=None
)


def current_invocation() -> InvocationContext | None:
    """The invocation this code runs in, or None."""
    return _current.get()


@contextmanager
def running_in(invocation: InvocationContext) -> Iterator[None]:
    """Run the body of the `with` as part of an invocation. For action managers and tests."""
    token = _current.set(invocation)
    try:
        yield
    finally:
        _current.reset(token)


def cancellable_sleep(seconds: float) -> None:
    """Sleep, and stop sleeping at once when the invocation is cancelled.

    Args:
        seconds: How long.

    Raises:
        InvocationCancelledError: Somebody asked the invocation to stop.
    """
    invocation = _current.get()
    if invocation is None:
        time.sleep(seconds)
    else:
        invocation.cancel_event.sleep(seconds)


def raise_if_cancelled() -> None:
    """Stop here when the invocation was asked to stop.

    Raises:
        InvocationCancelledError: Somebody asked.
    """
    invocation = _current.get()
    if invocation is not None:
        invocation.cancel_event.raise_if_set()


def progress(iterable: Iterable[T], *, label: str = "", total: float | None = None) -> Iterator[T]:
    """Iterate, show how far it is, and stop between two items when cancelled.

    Args:
        iterable: What to go through.
        label: What is counted, in the plural: 'planes'.
        total: How many there are, where `len(iterable)` does not say.

    Raises:
        InvocationCancelledError: Somebody asked the invocation to stop.
    """
    invocation = _current.get()
    if invocation is None:
        yield from iterable
        return
    if total is None and isinstance(iterable, Sized):
        total = len(iterable)
    level = invocation.progress.begin(total, label)
    try:
        for done, item in enumerate(iterable):
            invocation.cancel_event.raise_if_set()
            yield item
            level.report(done + 1)
    finally:
        invocation.progress.end(level)


def report_progress(done: float, total: float | None = None, label: str = "") -> None:
    """Say how far the invocation is, where there is no loop to go through.

    Args:
        done: How much is done.
        total: How much there is, where that is known.
        label: What is counted. A new label opens a level of its own.
    """
    invocation = _current.get()
    if invocation is not None:
        invocation.progress.report(done, total, label)


def start_thread(
    target: Callable[..., object], *args: Any, name: str | None = None, daemon: bool = True
) -> threading.Thread:
    """Start a thread that belongs to this invocation: progress, cancel and log work in it.

    It hears of a cancellation for itself, and ends quietly when that ends it. The invocation lasts
    until all its threads have ended; where its body fails, they are asked to stop.

    Args:
        target: What it runs.
        args: With these arguments.
        name: The thread's name.
        daemon: Whether the program may end while it runs.

    Returns:
        The started thread.
    """
    context = contextvars.copy_context()
    strand = Strand()
    context.run(current_strand.set, strand)
    invocation = _current.get()
    if invocation is not None:
        invocation.cancel_event.join_strand(strand)

    def run() -> None:
        try:
            with suppress(InvocationCancelledError):
                context.run(target, *args)
        finally:
            if invocation is not None:
                invocation.strands.end(strand)

    thread = threading.Thread(target=run, name=name, daemon=daemon)
    if invocation is not None:
        invocation.strands.begin(strand)
    try:
        thread.start()
    except BaseException:
        if invocation is not None:
            invocation.strands.end(strand)
        raise
    return thread
