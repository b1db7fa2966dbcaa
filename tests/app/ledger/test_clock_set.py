"""A computer's clock that is set a day back or forth in mid-run spoils no row of the ledger."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from app.run_records import RunQuery, RunState

DAY = timedelta(days=1)


@pytest.mark.parametrize("set_by", [DAY, -DAY], ids=["forth", "back"])
def test_a_row_has_the_times_on_the_wall_and_a_duration_that_nobody_sets(
    recorded, monkeypatch, set_by
):
    before = recorded.run("nothing")
    began_s = time.monotonic()
    running = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    monkeypatch.setattr("app.actions.invocation.now", lambda: datetime.now(UTC) + set_by)
    recorded.probe.go.set()
    assert running.wait_ended(30)
    took_s = time.monotonic() - began_s
    after = recorded.run("nothing")

    row = recorded.record(running)
    assert row.state is RunState.COMPLETED
    assert row.elapsed_s is not None
    assert 0 <= row.elapsed_s <= took_s
    assert row.started_at is not None
    assert row.ended_at is not None
    assert abs(row.ended_at - row.started_at - set_by) < timedelta(seconds=took_s + 1)
    # In the order in which they came, whatever their times say; and page by page none is missed.
    newest_first = [each.id for each in (after, running, before)]
    assert [each.id for each in recorded.ledger.find(RunQuery()).runs] == newest_first
    paged, cursor = [], None
    for _ in newest_first:
        page = recorded.ledger.find(RunQuery(limit=1, after=cursor))
        paged += [each.id for each in page.runs]
        cursor = page.next
    assert (paged, cursor) == (newest_first, None)


def test_what_waits_in_line_while_the_clock_is_set_starts_and_ends(recorded, monkeypatch):
    running = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    waiting = recorded.start("wait")
    monkeypatch.setattr("app.actions.invocation.now", lambda: datetime.now(UTC) - DAY)
    recorded.probe.go.set()

    assert running.wait_ended(30)
    assert waiting.wait_ended(30)
    assert recorded.record(waiting).elapsed_s >= 0
