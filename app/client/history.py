"""What was run on a bench elsewhere, and what is written on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from app.client.errors import UnexpectedAnswerError
from app.client.http import HttpLink
from app.client.problems import Subject
from app.errors import RunQueryError
from app.handles import Stamp
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
    left = most
    while left is None or left > 0:
        limit = query.limit if left is None else min(query.limit, left)
        page = find_runs(http, replace(query, limit=limit))
        yield from page.runs
        if page.next is None:
            return
        left = None if left is None else left - len(page.runs)
        query = replace(query, after=page.next)


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
    for name in given:
        if name not in _ASKED:
            raise RunQueryError(name, f"is not known; there is {', '.join(_ASKED)}")
    try:
        query = _QUERY.validate_python(dict(given))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise RunQueryError(str(fault["loc"][0]), str(fault["msg"])) from None
    return replace(query, since=_zoned(query.since), until=_zoned(query.until))


def question(query: RunQuery) -> str:
    """A query as the end of an address; '' where nothing but what is usual is asked."""
    usual = RunQuery()
    given: dict[str, str] = {}
    for field in fields(RunQuery):
        value = getattr(query, field.name)
        if value != getattr(usual, field.name):
            given[field.name] = said(value)
    return f"?{urlencode(given)}" if given else ""


def said(value: object) -> str:
    """A value as it stands in an address."""
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case datetime():
            return value.isoformat()
    return str(value)


def _zoned(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone()


def _agreed(http: HttpLink, path: str, read: Callable[[Any], T], answer: Any) -> T:
    try:
        return read(answer)
    except WireError as error:
        raise UnexpectedAnswerError(http.url + path, str(error)) from None
