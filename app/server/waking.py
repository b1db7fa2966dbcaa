"""From other threads onto the server's loop: set an event there, whether or not it still runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable


def on_loop(call: Callable[[], object]) -> Callable[[], None]:
    """A function for any thread that has `call` run on this loop.

    Args:
        call: Runs on the loop; must not block.
    """
    loop = asyncio.get_running_loop()

    def from_any_thread() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(call)

    return from_any_thread
