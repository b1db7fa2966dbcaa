"""The query parameters of `GET /invocations`, read by their names.

Unlike in the older lists nothing is passed over: a parameter that is not known, that is given
twice, or that cannot be understood is refused, so that nobody takes a list for a filtered one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.datastructures import QueryParams

from app.run_facts import OriginKind
from app.run_records import LARGEST_PAGE, RunQuery, RunState
from app.server.query_values import (
    id_of,
    moment,
    one_of,
    read_value,
    whole_number,
    words,
    yes_or_no,
)


def run_query(given: QueryParams) -> RunQuery:
    """Read the query parameters.

    Raises:
        Faulty: One is not known, is given twice, or has a value that it cannot have.
    """
    found: dict[str, Any] = {}
    for name, text in given.multi_items():
        read_value(found, name, text, _READ, sorted(_READ))
    return RunQuery(**found)


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "thing": words,
    "action": words,
    "state": one_of(RunState),
    "origin": one_of(OriginKind),
    "who": words,
    "since": moment,
    "until": moment,
    "text": words,
    "parent": id_of,
    "roots": yes_or_no,
    "limit": whole_number(1, LARGEST_PAGE),
    "after": words,
    "total": yes_or_no,
}
