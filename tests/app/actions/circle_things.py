"""Things that hold themselves and want one another."""

from __future__ import annotations

import threading
from typing import Any

from things import PngBlob, Thing, action, progress, property, start_thread, thing_slot
from things.context import report_progress


class Link(Thing):
    """One link of a chain.

    Attributes:
        meeting: Where those meet that are to wait for one another.
        began, go_on: Set when `hold` has begun, and to end it.
    """

    following: Any = thing_slot(optional=True)
    level: int = property(default=0)

    def __init__(self) -> None:
        self.meeting: threading.Barrier | None = None
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.stops = 0

    @action
    def reach(self) -> int:
        """Hold this one and want the next one."""
        if self.meeting is not None:
            self.meeting.wait(30)
        return int(self.following.touch())

    @action
    def reach_through(self) -> int:
        """Want the next one, which wants the one after it."""
        if self.meeting is not None:
            self.meeting.wait(30)
        return int(self.following.pass_on())

    @action
    def pass_on(self) -> int:
        return int(self.following.touch())

    @action
    def reach_twice(self) -> list[int]:
        """Want the next one in two threads at once."""
        found: list[int] = []
        threads = [start_thread(lambda: found.append(self.following.touch())) for _ in range(2)]
        for thread in threads:
            thread.join()
        return found

    @action
    def set_next(self) -> None:
        """Hold this one and set a value of the next one."""
        if self.meeting is not None:
            self.meeting.wait(30)
        self.following.level = 7

    @action
    def touch(self) -> int:
        return 1

    @action
    def hold(self) -> None:
        self.began.set()
        assert self.go_on.wait(60)

    @action
    def count(self) -> None:
        """Report from a loop and from a thread it starts."""
        for _ in progress(range(3), label="rows"):
            thread = start_thread(report_progress, 2, 4, "columns")
            thread.join()
        self.began.set()
        assert self.go_on.wait(60)

    @action(exclusive=False)
    def snap(self) -> PngBlob:
        return PngBlob.from_bytes(b"\x89PNG not really")

    @action
    def stop(self) -> None:
        """An action as well: whoever may run actions may stop."""
        self.stops += 1
