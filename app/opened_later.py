"""The ledger and the archive of a bench, where they could not be opened with it.

A server that is away at the start, a disk that is full, a folder on another computer that is not
there yet: all of them come back, and nobody should have to start the program again for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.actions.recording import Recorder
    from app.archiving import Archiving
    from app.recording import Recording

_log = logging.getLogger(__name__)

FIRST_S: Final = 0.5
MOST_S: Final = 30.0
"""How long is waited before the first and before the later attempts: twice as long each time."""

END_WAIT_S: Final = 1.0


class OpenedLater:
    """Tries to open in a thread of its own what could not be opened, until it can be.

    Args:
        recording: The ledger of the bench.
        archiving: Its archive.
        opened: Given what records runs, each time the ledger was tried.
    """

    def __init__(
        self,
        recording: Recording,
        archiving: Archiving,
        opened: Callable[[Recorder | None], None],
    ) -> None:
        self._recording = recording
        self._archiving = archiving
        self._opened = opened
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to try, where there is something to be opened."""
        if self._thread is None and self._missing():
            self._thread = threading.Thread(target=self._work, name="opened-later", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Try no more. What is being tried is waited for, but not for long."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(END_WAIT_S)

    def _missing(self) -> bool:
        return self._recording.may_open_later or self._archiving.may_open_later

    def _work(self) -> None:
        wait_s = FIRST_S
        while not self._ending.wait(wait_s):
            wait_s = min(2 * wait_s, MOST_S)
            try:
                self._try()
            except Exception:  # whatever it is, the next attempt may go well
                _log.exception("Ledger and archive could not be opened.")
            if not self._missing():
                return

    def _try(self) -> None:
        if self._recording.may_open_later:
            self._opened(self._recording.open())
            self._recording.tell_of_success()
        if self._recording.database is not None:
            self._archiving.open(self._recording.database)
