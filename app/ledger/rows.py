"""Entries as rows: what is inserted, and what is changed later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from app.actions.log import message_of
from app.database.ready_statements import ReadyStatement
from app.database.schema import runs
from app.ledger.entries import Ending, Entry
from app.ledger.writing import (
    LONGEST_MESSAGE,
    ValuesWriter,
    blobs_text,
    json_text,
    log_text,
    micros,
    plain,
    problem_text,
    searched,
    value_text,
    words_of,
)
from app.run_records import RunState

_NEW = "new_"
_INSERT = insert(runs)
_WHERE = runs.c.number == bindparam("of")


def _update(*columns: str) -> Any:
    return update(runs).where(_WHERE).values({name: bindparam(f"{_NEW}{name}") for name in columns})


_STARTED = _update("state", "started_us", "stuck")
_BEFORE = _update("before")
_HASHED = _update("blobs")
_INPUT_HASHED = _update("input_blobs")
_ENDED = _update(
    "state",
    "started_us",
    "ended_us",
    "elapsed_s",
    "stuck",
    "bytes",
    "output",
    "blobs",
    "error",
    "words",
    "log",
    "after",
)

Row = dict[str, Any]


class RowWriter:
    """Writes entries; in the writer's thread only."""

    def __init__(self) -> None:
        self._values = ValuesWriter()
        self._ready: dict[Any, ReadyStatement] = {}

    def write(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Insert those that have no row, bring the others up to date."""
        rows: dict[Any, list[Row]] = {}
        for entry in entries:
            entry.end_taken = entry.ending  # what comes later is for the next time
            for statement, row in self._changes(entry, entry.end_taken):
                rows.setdefault(statement, []).append(row)
        for statement, changes in rows.items():
            ready = self._ready.get(statement)
            if ready is None:
                ready = ReadyStatement(statement, runs, connection.dialect, prefix=_NEW)
                self._ready[statement] = ready
            ready.execute(connection, changes)

    def _changes(self, entry: Entry, ending: Ending | None) -> Iterator[tuple[Any, Row]]:
        number = entry.number
        if not entry.inserted:
            yield _INSERT, self._whole(entry, ending)
            return
        if not entry.end_written:
            if entry.before_read:
                before = self._values.all(entry.before)
                entry.asked_chars += len(before)
                yield _BEFORE, {"of": number, f"{_NEW}before": before}
            row = _standing(entry, ending)
            if ending is None:
                yield _STARTED, _renamed(number, row)
            else:
                yield _ENDED, _renamed(number, {**row, **self._end(entry, ending)})
        if entry.hashed:
            yield _HASHED, {"of": number, f"{_NEW}blobs": blobs_text(entry.hashed)}
        if entry.input_hashed:
            yield (
                _INPUT_HASHED,
                {"of": number, f"{_NEW}input_blobs": blobs_text(entry.input_hashed)},
            )

    def _whole(self, entry: Entry, ending: Ending | None) -> Row:
        origin, stamp = entry.origin, entry.stamp
        asked = {
            "input": value_text(entry.input, entry.input_blobs),
            "input_blobs": blobs_text(entry.input_hashed or entry.input_blobs),
            "before": self._values.all(entry.before),
        }
        entry.asked_chars = sum(len(text) for text in asked.values())
        return {
            "number": entry.number,
            "id": entry.id,
            "parent": entry.parent,
            "root": entry.root,
            "thing": plain(entry.thing),
            "action": plain(entry.action),
            "title": plain(entry.title),
            "origin": origin.kind.value,
            "who": plain(origin.who),
            "operator": plain(stamp.operator),
            "sample": plain(stamp.sample),
            "session": plain(stamp.session),
            "requested_us": micros(entry.requested_at),
            "note": "",
            "note_words": "",
            **asked,
            **_standing(entry, ending),
            **self._end(entry, ending),
        }

    def _end(self, entry: Entry, ending: Ending | None) -> Row:
        """What is known at the end; empty while that has not come."""
        if ending is None:
            words = _words(entry, None, "null")
            return {
                "ended_us": None,
                "elapsed_s": None,
                "bytes": _FIXED_BYTES + entry.asked_chars + len(words),
                "output": "null",
                "blobs": "[]",
                "error": "",
                "words": words,
                "log": "[]",
                "after": "{}",
            }
        output = value_text(ending.output, ending.blobs)
        row: Row = {
            "ended_us": None if ending.ended_at is None else micros(ending.ended_at),
            "elapsed_s": ending.elapsed_s,
            "output": output,
            "blobs": blobs_text(entry.hashed or ending.blobs),
            "error": problem_text(ending.error),
            "words": _words(entry, ending, output),
            "log": log_text(ending.log),
            "after": self._values.changed(ending.after, entry.before),
        }
        ended_chars = sum(len(text) for text in row.values() if isinstance(text, str))
        row["bytes"] = _FIXED_BYTES + entry.asked_chars + ended_chars
        return row


_FIXED_BYTES = 1_000
"""What a row takes beside its long columns, about: ids, names, indexes."""


def _standing(entry: Entry, ending: Ending | None) -> Row:
    if ending is not None:
        state = ending.state
    else:
        state = RunState.PENDING if entry.started_at is None else RunState.RUNNING
    return {
        "state": state.value,
        "started_us": None if entry.started_at is None else micros(entry.started_at),
        "stuck": entry.stuck,
    }


def _words(entry: Entry, ending: Ending | None, output: str) -> str:
    """What a search finds a run by: title, input, output, error, log and stamp."""
    stamp = entry.stamp
    texts: list[str] = [entry.title, stamp.operator, stamp.sample, stamp.session]
    if entry.input:
        texts += searched(entry.input, json_text(entry.input))
    if output != "null" and ending is not None:
        texts += searched(ending.output, output)
    if ending is not None:
        if ending.error is not None:
            texts += [ending.error.title, ending.error.detail]
        texts += [message_of(record)[:LONGEST_MESSAGE] for record in ending.log]
    return words_of(*texts)


def _renamed(number: int, row: Row) -> Row:
    return {"of": number, **{f"{_NEW}{name}": value for name, value in row.items()}}
