"""What was run on a bench elsewhere, and what is written on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from pydantic import TypeAdapter

from app.client.errors import UnexpectedAnswerError
from app.client.http import HttpLink
from app.client.problems import Subject
from app.client.questions import checked_query, said
from app.errors import RunQueryError
from app.handles import Stamp
from app.page_by_page import page_by_page
from app.run_records import RunPage, RunQuery, RunRecord
from app.run_wire import RUNS_PATH, WireError, page_from, run_from, stamp_from

T = TypeVar("T")

STAMP_PATH: Final = "/stamp"
_STAMP: Final = Subject("stamp", name="stamp")
_QUERY: Final = TypeAdapter(RunQuery)
_ASKED: Final = tuple(
    field.name for field in fields(RunQuery) if field.name not in ("limit", "after", "total")
)


def find_runs(http: HttpLink, query: RunQuery) -> RunPage:
    """A page of what was run, newest first.

    Raises:
        RunQueryError: The bench does not understand what it is asked.
        LedgerError: It has no ledger, or cannot read it.
    """
    path = RUNS_PATH + question(query)
    return _agreed(http, path, page_from, http.get(path, Subject("runs")))


def all_runs(http: HttpLink, query: RunQuery, most: int | None) -> Iterator[RunRecord]:
    """Everything that fits, newest first, asked for page by page.

    Args:
        http: Asks the bench.
        query: Its limit is that of one page.
        most: How many at most; None for all.

    Raises:
        RunQueryError: The bench does not understand what it is asked.
        LedgerError: It has no ledger, or cannot read it.
    """

    def find(asked: RunQuery) -> tuple[Sequence[RunRecord], str | None]:
        page = find_runs(http, asked)
        return page.runs, page.next

    return page_by_page(find, query, most)


def one_run(http: HttpLink, id: UUID) -> RunRecord:
    """One run with its log and values.

    Raises:
        InvocationNotFoundError: The ledger has none of that id.
        LedgerError: There is no ledger, or it cannot be read.
    """
    path = f"{RUNS_PATH}/{id}"
    return _agreed(http, path, run_from, http.get(path, Subject("run", name=str(id))))


def annotate(http: HttpLink, id: UUID, note: str) -> RunRecord:
    """Write a note to a run; returns once it is on disk over there.

    Raises:
        ValueRefusedError: It is too long, or holds a control character.
        InvocationNotFoundError: The ledger has none of that id.
        LedgerError: There is no ledger, or it cannot be written.
    """
    path = f"{RUNS_PATH}/{id}"
    subject = Subject("run", name=str(id))
    return _agreed(http, path, run_from, http.ask("PATCH", path, subject, {"note": note}))


def get_stamp(http: HttpLink) -> Stamp:
    """What is written on everything over there."""
    return _agreed(http, STAMP_PATH, stamp_from, http.get(STAMP_PATH))


def put_stamp(http: HttpLink, stamp: Stamp) -> Stamp:
    """Write something else; returns it as it is in force.

    Raises:
        ValueRefusedError: A field is too long, or holds a control character.
    """
    answer = http.ask("PUT", STAMP_PATH, _STAMP, asdict(stamp))
    return _agreed(http, STAMP_PATH, stamp_from, answer)


def query_of(given: Mapping[str, Any]) -> RunQuery:
    """A query of what a script gives: states, ids and times may be text.

    Times without a zone are those of this computer.

    Raises:
        RunQueryError: Something in it is not known, or not what it should be.
    """
    return checked_query(_QUERY, given, _ASKED, RunQueryError)


def question(query: RunQuery) -> str:
    """A query as the end of an address; '' where nothing but what is usual is asked."""
    usual = RunQuery()
    given: dict[str, str] = {}
    for field in fields(RunQuery):
        value = getattr(query, field.name)
        if value != getattr(usual, field.name):
            given[field.name] = said(value)
    return f"?{urlencode(given)}" if given else ""


def _agreed(http: HttpLink, path: str, read: Callable[[Any], T], answer: Any) -> T:
    try:
        return read(answer)
    except WireError as error:
        raise UnexpectedAnswerError(http.url + path, str(error)) from None
