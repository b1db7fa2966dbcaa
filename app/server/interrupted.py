"""Runs that a program did not end, as clients of the older routes see them.

Such a client looks again and again at `/action_invocations/{id}` until it ends. When the program
dies meanwhile and is started anew, the run is in the ledger only, as interrupted; to that client
it is one that failed, for as long after the start as a run of that action can be asked for.
"""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import UUID

from app.actions.invocation import ACTION_INVOCATIONS_PATH
from app.bench import Bench
from app.errors import InvocationNotFoundError, LedgerError
from app.run_records import RunRecord, RunState
from app.server.answers import written
from things.actions import ActionDescriptor

_RETENTION_S = 300.0
"""Where the action is not on the bench any more."""


class InterruptedRuns:
    """Looks for them in the ledger. May wait for the disk: never on the loop.

    Args:
        bench: Whose they are.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._began_s = time.monotonic()

    def find(self, id: UUID) -> RunRecord:
        """One that was interrupted, while it can still be asked for.

        Raises:
            InvocationNotFoundError: There is none, or not any more.
        """
        if self._bench.ledger is None:
            raise InvocationNotFoundError(id)
        try:
            run = self._bench.history.run(id)
        except LedgerError:  # what cannot be read is not known; the ledger's own route says why
            raise InvocationNotFoundError(id) from None
        passed_s = time.monotonic() - self._began_s
        if run.state is not RunState.INTERRUPTED or passed_s > self._retention_s(run):
            raise InvocationNotFoundError(id)
        return run

    def written(self, id: UUID, base: str) -> bytes:
        """One of them, in the shape of an invocation that failed.

        Args:
            id: Which one.
            base: Scheme, host and prefix the links begin with.

        Raises:
            InvocationNotFoundError: There is none, or not any more.
        """
        run = self.find(id)
        href = f"{base}{ACTION_INVOCATIONS_PATH}/{run.id}"
        error: dict[str, Any] | None = None
        if run.error is not None:
            error = {
                "type": run.error.type,
                "title": run.error.title,
                "status": run.error.status,
                "detail": run.error.detail,
            }
        levels = logging.getLevelNamesMapping()
        return written(
            {
                "status": run.state.status.value,
                "id": str(run.id),
                "action": f"/{run.thing}/{run.action}",
                "href": href,
                "timeStarted": run.started_at,
                "timeRequested": run.requested_at,
                "timeCompleted": run.ended_at,
                "input": run.input,
                "output": None,
                "log": [
                    {
                        "message": line.message,
                        "levelname": line.level,
                        "levelno": levels.get(line.level, logging.INFO),
                        "lineno": line.lineno,
                        "filename": line.filename,
                        "created": line.at,
                    }
                    for line in run.log
                ],
                "links": [
                    {"href": href, "type": None, "rel": "self", "anchor": None},
                    {"href": f"{href}/output", "type": None, "rel": "output", "anchor": None},
                ],
                "error": error,
                "progress": [],
                "waiting_for": "",
                "cancel_requested": False,
                "stuck": False,
            }
        )

    def _retention_s(self, run: RunRecord) -> float:
        entry = self._bench.things.get(run.thing)
        thing = None if entry is None else entry.thing
        action = None if thing is None else thing._core.affordances.get(run.action)
        return action.retention_time if isinstance(action, ActionDescriptor) else _RETENTION_S
