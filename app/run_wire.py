"""What the ledger tells, as JSON: what the server writes and the client reads back.

A run has the names of an invocation for its times (`timeRequested`...), its state as `state`, and
its address as `href`. In lists it has neither `log` nor `before` and `after`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.run_facts import Stamp
from app.run_records import RunPage, RunRecord

T = TypeVar("T")

RUNS_PATH: Final = "/invocations"
"""The route under which the ledger is asked."""

TIMES: Final = {
    "timeRequested": "requested_at",
    "timeStarted": "started_at",
    "timeCompleted": "ended_at",
}
"""The wire's older names, as LabThings has them, and ours."""

_ONLY_WHOLE: Final[Mapping[str, Any]] = {"log": (), "before": {}, "after": {}}
"""What a run has in a list in place of what is told of one alone."""

_RUN: Final = TypeAdapter(RunRecord)
_STAMP: Final = TypeAdapter(Stamp)


class WireError(ValueError):
    """What came over the network is not what was agreed."""


def run_json(run: RunRecord, *, whole: bool = True) -> dict[str, Any]:
    """A run in words of the wire.

    Args:
        run: As the ledger has it.
        whole: With its log and the values before and after.
    """
    fields: dict[str, Any] = _RUN.dump_python(run, mode="json")
    for name in () if whole else _ONLY_WHOLE:
        del fields[name]
    for wire, own in TIMES.items():
        fields[wire] = fields.pop(own)
    fields["href"] = f"{RUNS_PATH}/{run.id}"
    return fields


def run_from(data: Any) -> RunRecord:
    """A run from parsed JSON, whole or from a list.

    Raises:
        WireError: It has not the fields of one.
    """
    if not isinstance(data, dict):
        raise WireError("a run: an object was expected")
    fields = {**_ONLY_WHOLE, **data, **{own: data.get(wire) for wire, own in TIMES.items()}}
    return checked("a run", lambda: _RUN.validate_python(fields))


def page_json(page: RunPage) -> dict[str, Any]:
    """A page of runs: `{"invocations", "next", "total"}`."""
    return {
        "invocations": [run_json(run, whole=False) for run in page.runs],
        "next": page.next,
        "total": page.total,
    }


def page_from(data: Any) -> RunPage:
    """A page of runs from parsed JSON.

    Raises:
        WireError: It is none.
    """
    if not isinstance(data, dict) or not isinstance(data.get("invocations"), list):
        raise WireError("a page of runs was expected")
    more, total = data.get("next"), data.get("total")
    if not isinstance(more, str | None) or not isinstance(total, int | None):
        raise WireError("a page of runs: its end cannot be understood")
    return RunPage([run_from(each) for each in data["invocations"]], more, total)


def stamp_from(data: Any) -> Stamp:
    """A stamp from parsed JSON; what it does not name is empty.

    Raises:
        WireError: It is none.
    """
    return checked("a stamp", lambda: _STAMP.validate_python(data))


def checked(what: str, read: Callable[[], T]) -> T:
    """What `read` makes of JSON.

    Args:
        what: It should be, for the words of the refusal.
        read: Validates.

    Raises:
        WireError: It does not fit; says where.
    """
    try:
        return read()
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise WireError(f"{what}: {place}: {fault['msg']}") from None
