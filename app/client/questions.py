"""What a script asks the ledger or the archive: checked, and written into an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.archive.errors import FileQueryError
from app.archive.records import FileQuery
from app.errors import RunQueryError
from app.run_records import RunQuery

Q = TypeVar("Q", RunQuery, FileQuery)


def checked_query(
    reader: TypeAdapter[Q],
    given: Mapping[str, Any],
    known: Sequence[str],
    refused: type[RunQueryError] | type[FileQueryError],
) -> Q:
    """A query of what a script gives: states, ids and times may be text.

    Times without a zone are those of this computer.

    Args:
        reader: Of the query's class.
        given: What is asked, by name.
        known: What may be asked.
        refused: Raised where something in it is not known, or not what it should be.
    """
    for name in given:
        if name not in known:
            raise refused(name, f"is not known; there is {', '.join(known)}")
    try:
        query = reader.validate_python(dict(given))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise refused(str(fault["loc"][0]), str(fault["msg"])) from None
    return replace(query, since=_zoned(query.since), until=_zoned(query.until))


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
