"""What was run on a bench, for whoever asks: the ledger behind its checks and its refusals."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.actions.events import RunAnnotated
from app.errors import LedgerError, RunQueryError
from app.run_records import LARGEST_PAGE, RunHistory, RunPage, RunQuery, RunRecord
from app.words import LONGEST_LINE, note_text
from things.events import Event


class History:
    """The history of a bench; a `RunHistory` that is there even where no ledger is.

    May wait for the disk: never on the Qt thread or a loop.

    Args:
        ledger: Gives the ledger; None where there is none now.
        trouble: Says why not, in words.
        publish: Is told of notes.
    """

    def __init__(
        self,
        ledger: Callable[[], RunHistory | None],
        trouble: Callable[[], str],
        publish: Callable[[Event], None],
    ) -> None:
        self._ledger = ledger
        self._trouble = trouble
        self._publish = publish

    def find(self, query: RunQuery) -> RunPage:
        """The runs that fit, newest first.

        Raises:
            RunQueryError: The query cannot be understood.
            LedgerError: There is no ledger, or it cannot be read.
        """
        if not 1 <= query.limit <= LARGEST_PAGE:
            raise RunQueryError("limit", f"a number from 1 to {LARGEST_PAGE} was expected")
        if len(query.text) > LONGEST_LINE:
            raise RunQueryError("text", f"at most {LONGEST_LINE} characters were expected")
        for name, moment in (("since", query.since), ("until", query.until)):
            if moment is not None and moment.tzinfo is None:
                raise RunQueryError(name, "a time with its zone was expected")
        return self._open().find(query)

    def run(self, id: UUID) -> RunRecord:
        """One run with its log and values.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: There is no ledger, or it cannot be read.
        """
        return self._open().run(id)

    def annotate(self, id: UUID, note: str) -> RunRecord:
        """Write a note to a run, in place of the one it has; returns once it is on disk.

        Raises:
            ValueRefusedError: It is too long, or holds a control character.
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: There is no ledger, or it cannot be written.
        """
        found = self._open().annotate(id, note_text(note))
        self._publish(RunAnnotated(thing=found.thing, run=found))
        return found

    def _open(self) -> RunHistory:
        ledger = self._ledger()
        if ledger is None:
            raise LedgerError(f"there is no ledger: {self._trouble() or 'this bench keeps none'}")
        return ledger
