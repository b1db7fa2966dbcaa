"""Asking the ledger: questions as SQL, rows as records."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select

from app.database.database import Database
from app.database.errors import DatabaseError
from app.database.schema import runs
from app.errors import InvocationNotFoundError, LedgerError, RunQueryError
from app.ledger.writing import micros
from app.run_facts import LogLine, Origin, OriginKind, Problem, Stamp
from app.run_records import (
    LARGEST_PAGE,
    RecordedBlob,
    RecordedValue,
    RunPage,
    RunQuery,
    RunRecord,
    RunState,
    Values,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEFT_OUT_OF_LISTS = frozenset({"log", "before", "after", "words", "note_words", "bytes"})
_LISTED = [column for column in runs.c if column.name not in _LEFT_OUT_OF_LISTS]


class RunReader:
    """Reads runs. May wait for the disk.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: RunQuery) -> RunPage:
        """The runs that fit, newest first, without log and values.

        Raises:
            RunQueryError: The query cannot be understood.
            LedgerError: The ledger cannot be read.
        """
        limit = min(max(query.limit, 1), LARGEST_PAGE)
        wanted = _conditions(query)
        page = select(*_LISTED).where(*wanted)
        if query.after is not None:
            page = page.where(runs.c.number < _cursor(query.after))
        page = page.order_by(runs.c.number.desc()).limit(limit + 1)
        try:
            with self._database.reader() as connection:
                rows = connection.execute(page).all()
                total = (
                    connection.execute(select(func.count()).select_from(runs).where(*wanted))
                    if query.total
                    else None
                )
                counted = None if total is None else int(total.scalar_one())
        except DatabaseError as error:
            raise LedgerError(str(error)) from error
        records = [record_of(row) for row in rows[:limit]]
        more = str(records[-1].number) if len(rows) > limit else None
        return RunPage(records, more, counted)

    def run(self, id: UUID) -> RunRecord:
        """One run with its log and values.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: The ledger cannot be read.
        """
        try:
            with self._database.reader() as connection:
                row = connection.execute(select(runs).where(runs.c.id == id)).first()
        except DatabaseError as error:
            raise LedgerError(str(error)) from error
        if row is None:
            raise InvocationNotFoundError(id)
        return record_of(row)


def _conditions(query: RunQuery) -> list[ColumnElement[bool]]:
    columns = runs.c
    found: list[ColumnElement[bool]] = []
    for column, wanted in (
        (columns.thing, query.thing),
        (columns.action, query.action),
        (columns.state, None if query.state is None else query.state.value),
        (columns.origin, None if query.origin is None else query.origin.value),
        (columns.who, query.who),
        (columns.parent, query.parent),
    ):
        if wanted is not None:
            found.append(column == wanted)
    if query.since is not None:
        found.append(columns.requested_us >= micros(query.since))
    if query.until is not None:
        found.append(columns.requested_us < micros(query.until))
    if query.roots:
        found.append(columns.parent.is_(None))
    found.extend(
        or_(
            columns.words.contains(word, autoescape=True),
            columns.note_words.contains(word, autoescape=True),
        )
        for word in query.text.casefold().split()
    )
    return found


def _cursor(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise RunQueryError("after", "the 'next' of a page was expected")
    return int(text)


def record_of(row: Row[Any]) -> RunRecord:
    """A row as a record; what a list leaves out is empty."""
    columns = row._asdict()
    before = _values(columns.get("before", "{}"))
    return RunRecord(
        id=columns["id"],
        number=columns["number"],
        parent=columns["parent"],
        root=columns["root"],
        thing=columns["thing"],
        action=columns["action"],
        title=columns["title"],
        state=RunState(columns["state"]),
        origin=Origin(OriginKind(columns["origin"]), columns["who"]),
        stamp=Stamp(columns["operator"], columns["sample"], columns["session"]),
        requested_at=_moment(columns["requested_us"]),
        started_at=_moment_or_none(columns["started_us"]),
        ended_at=_moment_or_none(columns["ended_us"]),
        elapsed_s=columns["elapsed_s"],
        input=json.loads(columns["input"]),
        output=json.loads(columns["output"]),
        blobs=_blobs(columns["blobs"]),
        input_blobs=_blobs(columns["input_blobs"]),
        error=_problem(columns["error"]),
        log=_log(columns.get("log", "[]")),
        before=before,
        after=_merged(before, _values(columns.get("after", "{}")), columns["state"]),
        stuck=bool(columns["stuck"]),
        note=columns["note"],
    )


def _moment(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _moment_or_none(us: int | None) -> datetime | None:
    return None if us is None else _moment(us)


def _blobs(text: str) -> tuple[RecordedBlob, ...]:
    return tuple(
        RecordedBlob(
            path=tuple(blob["path"]),
            media_type=blob["media_type"],
            name=blob["name"],
            size=blob["size"],
            shape=None if blob["shape"] is None else tuple(blob["shape"]),
            sha256=blob["sha256"],
            pixels_sha256=blob["pixels_sha256"],
        )
        for blob in json.loads(text)
    )


def _problem(text: str) -> Problem | None:
    if not text:
        return None
    found = json.loads(text)
    return Problem(found["title"], found["detail"], found["type"], found["status"])


def _log(text: str) -> tuple[LogLine, ...]:
    return tuple(
        LogLine(level, message, _moment(us), filename, lineno)
        for level, message, us, filename, lineno in json.loads(text)
    )


def _values(text: str) -> Values:
    return {
        thing: {name: RecordedValue(value, _moment(us)) for name, (value, us) in values.items()}
        for thing, values in json.loads(text).items()
    }


def _merged(before: Values, changed: Values, state: str) -> Values:
    """The values at the end: those before, but for what has changed; none while it runs."""
    if state in (RunState.PENDING.value, RunState.RUNNING.value, RunState.INTERRUPTED.value):
        return changed
    return {
        thing: {**before.get(thing, {}), **changed.get(thing, {})}
        for thing in {**before, **changed}
    }
