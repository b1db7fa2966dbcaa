"""How a picture was made, in words: from the ledger where it is known there, else from the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.handles import BenchHandle, InvocationSnapshot, LogLine
from app.run_records import RunRecord
from ui.activity.details import log_lines
from ui.activity.wording import asked_by, moment_in_words, one_line, value_in_short
from ui.models.numbers import span_in_words


def _tr(text: str) -> str:
    return QCoreApplication.translate("Made", text)


@dataclass(frozen=True, slots=True)
class Setting:
    """A property then and now.

    Attributes:
        thing: Title of the Thing.
        title: Title of the property.
        then: Its value before the run.
        now: Its value now; '' where it is not known.
        differs: Whether the two differ.
    """

    thing: str
    title: str
    then: str
    now: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Made:
    """Everything the sheet shows.

    Attributes:
        facts: What and what it is, such as ('Action', 'Snap, Camera'), in order.
        settings: Those that differ first.
        log: What was logged, a line each.
    """

    facts: tuple[tuple[str, str], ...]
    settings: tuple[Setting, ...]
    log: tuple[str, ...]


def made_of(
    snapshot: InvocationSnapshot,
    record: RunRecord | None,
    log: Sequence[LogLine],
    bench: BenchHandle,
) -> Made:
    """How it was made.

    Args:
        snapshot: The run as the window knows it.
        record: The run as the ledger has it; None where there is none.
        log: What it logged.
        bench: For titles, and the values of now.
    """
    thing = bench.things.get(snapshot.thing)
    name = snapshot.thing if thing is None else thing.title
    inputs = dict(snapshot.input)
    facts = [
        (_tr("Action"), one_line(f"{snapshot.title}, {name}")),
        (_tr("Inputs"), value_in_short(inputs) if inputs else _tr("none")),
        (_tr("Asked by"), asked_by(snapshot.origin)),
        (_tr("Started"), _when(snapshot)),
    ]
    if record is not None:
        stamp = record.stamp
        more = (
            (_tr("Sample"), stamp.sample),
            (_tr("Operator"), stamp.operator),
            (_tr("Session"), stamp.session),
            (_tr("Note"), record.note),
        )
        facts += [(title, one_line(said)) for title, said in more if said]
    kept = any(blob.kept is not None for blob in snapshot.blobs)
    facts.append((_tr("Kept"), _tr("in the archive") if kept else _tr("not kept")))
    return Made(
        tuple(facts),
        () if record is None else _settings(record, bench),
        tuple(log_lines(log)),
    )


def _when(snapshot: InvocationSnapshot) -> str:
    began = snapshot.started_at or snapshot.requested_at
    said = moment_in_words(began)
    if snapshot.ended_at is None:
        return said
    return _tr("{0}, took {1}").format(said, span_in_words(snapshot.elapsed_s))


def _settings(record: RunRecord, bench: BenchHandle) -> tuple[Setting, ...]:
    found = []
    for thing, values in record.before.items():
        handle = bench.things.get(thing)
        described: Mapping[str, Any] = {} if handle is None else handle.describe()
        properties = described.get("properties", {})
        for name, recorded in values.items():
            schema = properties.get(name, {})
            last = None if handle is None else handle.last(name)
            then, now = recorded.value, None if last is None else last.value
            found.append(
                Setting(
                    one_line(thing if handle is None else handle.title),
                    one_line(str(schema.get("title", name))),
                    _with_unit(then, schema),
                    "" if last is None else _with_unit(now, schema),
                    last is not None and then != now,
                )
            )
    # Stable: within each half the order is that of the description.
    return tuple(sorted(found, key=lambda setting: not setting.differs))


def _with_unit(value: Any, schema: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return _tr("yes") if value else _tr("no")
    said = value_in_short(value) or _tr("none")
    unit = schema.get("unit")
    return f"{said} {one_line(str(unit))}" if unit and isinstance(value, int | float) else said
