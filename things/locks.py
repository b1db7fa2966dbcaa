"""The lock of a Thing: fair, owned by a root invocation, and safe from circles.

A lock belongs to a holder (the root invocation), not to a thread, so that children of the same
invocation pass freely in whatever thread they run. Those who wait are served in the order in
which they came. Waiting that could never end raises instead.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from things.errors import BusyError, DeadlockError

_owner: ContextVar[Hashable | None] = ContextVar("labwright_owner", default=None)


def current_owner() -> Hashable:
    """For whom this code takes locks: the root of its invocation, or nobody else."""
    owner = _owner.get()
    return object() if owner is None else owner


@contextmanager
def acting_for(owner: Hashable) -> Iterator[None]:
    """Run the body of the `with` for an owner, in whatever thread it goes on."""
    token = _owner.set(owner)
    try:
        yield
    finally:
        _owner.reset(token)


class LockRegistry:
    """Who waits for whom, over all Things of a bench."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.waiting: dict[Hashable, list[ThingLock]] = {}

    def wake(self) -> None:
        """Make all who wait look whether they are still to wait."""
        with self.changed:
            self.changed.notify_all()


class Place:
    """A place in the line for a lock.

    Args:
        lock: For which.
    """

    def __init__(self, lock: ThingLock) -> None:
        self._lock = lock

    def give_up(self) -> None:
        """Leave the line; does nothing where it was used or given up already."""
        self._lock._leave_line(self)


class ThingLock:
    """The right to act on a Thing.

    Args:
        registry: Shared by all Things that may wait for one another.
        name: The Thing, for messages.
    """

    def __init__(self, registry: LockRegistry, name: str) -> None:
        self.name = name
        self._registry = registry
        self._owner: Hashable | None = None
        self._described = ""
        self._depth = 0
        self._queue: deque[Place] = deque()

    @property
    def holder(self) -> str:
        """Who holds it, in words; '' when it is free."""
        with self._registry.changed:
            return self._described if self._owner is not None else ""

    def acquire(
        self,
        owner: Hashable,
        described: str,
        *,
        timeout_s: float | None = None,
        waiting: Callable[[str], None] = lambda holder: None,
        check: Callable[[], None] = lambda: None,
        place: Place | None = None,
    ) -> None:
        """Take the lock, waiting in line.

        Args:
            owner: Who takes it: the id of a root invocation, or any token.
            described: The same in words, told to those who wait.
            timeout_s: How long to wait; None for as long as it takes.
            waiting: Called with the holder's words when there is need to wait, and when they
                change; with '' between two holders.
            check: Called when woken; may raise to stop waiting (a cancellation).
            place: The place in line that was taken before; at its end without.

        Raises:
            BusyError: It was not free in time.
            DeadlockError: The holder waits, in the end, for something `owner` holds.
        """
        changed = self._registry.changed
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        told: str | None = None
        with changed:
            if self._owner == owner:
                self._depth += 1
                if place is not None:
                    self._leave_line(place)
                return
            ticket = Place(self) if place is None else place
            if ticket not in self._queue:
                self._queue.append(ticket)
            try:
                while self._owner is not None or self._queue[0] is not ticket:
                    if self._owner == owner:  # another thread of the same owner got it meanwhile
                        self._depth += 1
                        return
                    self._refuse_circle(owner)
                    left_s = None if deadline is None else deadline - time.monotonic()
                    if left_s is not None and left_s <= 0:
                        raise BusyError(self.name, self._described or "others are waiting")
                    if told != self._described:
                        told = self._described
                        changed.release()
                        try:
                            waiting(told)
                        finally:
                            changed.acquire()
                        continue
                    check()
                    # A list, since threads of one owner may wait for several.
                    waits = self._registry.waiting.setdefault(owner, [])
                    waits.append(self)
                    try:
                        changed.wait(left_s)
                    finally:
                        waits.remove(self)
                        if not waits:
                            del self._registry.waiting[owner]
                    check()
                self._owner, self._described, self._depth = owner, described, 1
            finally:
                self._leave_line(ticket)

    def stand_in_line(self) -> Place:
        """Take a place at the end of the line, to wait in it later, in another thread.

        Everybody behind it waits until it is used or given up.
        """
        place = Place(self)
        with self._registry.changed:
            self._queue.append(place)
        return place

    def _leave_line(self, place: Place) -> None:
        with self._registry.changed:
            if place in self._queue:
                self._queue.remove(place)
                self._registry.changed.notify_all()

    def release(self, owner: Hashable) -> None:
        """Give it back, once for each time it was taken."""
        with self._registry.changed:
            if self._owner != owner:
                raise RuntimeError(f"{self.name} is not held by {owner!r}")
            self._depth -= 1
            if self._depth == 0:
                self._owner, self._described = None, ""
                self._registry.changed.notify_all()

    @contextmanager
    def held_by(
        self,
        owner: Hashable,
        described: str,
        *,
        timeout_s: float | None = None,
        waiting: Callable[[str], None] = lambda holder: None,
        check: Callable[[], None] = lambda: None,
        place: Place | None = None,
    ) -> Iterator[None]:
        """Hold the lock for the body of the `with`. As `acquire`.

        Raises:
            BusyError: It was not free within `timeout_s`.
        """
        self.acquire(
            owner, described, timeout_s=timeout_s, waiting=waiting, check=check, place=place
        )
        try:
            yield
        finally:
            self.release(owner)

    def wake(self) -> None:
        """Make those who wait look again, after one of them was cancelled."""
        self._registry.wake()

    def _refuse_circle(self, owner: Hashable) -> None:
        """Follow what the holder waits for, and its holders in turn, back to `owner`."""
        open_ends: list[tuple[ThingLock, ...]] = [(self,)]
        seen: set[ThingLock] = {self}
        while open_ends:
            path = open_ends.pop()
            holder = path[-1]._owner
            if holder == owner:
                names = ", which waits for ".join(lock.name for lock in path)
                raise DeadlockError(f"waiting in a circle: for {names}, which waits for us")
            for lock in self._registry.waiting.get(holder, ()):
                if lock not in seen:
                    seen.add(lock)
                    open_ends.append((*path, lock))
