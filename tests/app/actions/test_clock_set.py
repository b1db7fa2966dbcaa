"""A computer's clock that is set a day back or forth in mid-run fools nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from app.actions import InvocationStatus

DAY = timedelta(days=1)


@pytest.mark.parametrize("set_by", [DAY, -DAY])
def test_durations_progress_and_expiry_keep_to_the_clock_that_nobody_sets(
    run, manager, rig, monkeypatch, set_by
):
    began_s = time.monotonic()
    running = run("hold", wait=False)
    assert rig.began.wait(10)
    running.progress.report(1, 4, "steps")

    # The one place where the engine asks what time it is.
    monkeypatch.setattr("app.actions.invocation.now", lambda: datetime.now(UTC) + set_by)
    seen = running.snapshot()
    step = seen.progress[0]
    rig.go.set()
    assert running.wait_ended(10)
    took_s = time.monotonic() - began_s

    ended = running.snapshot()
    assert ended.status is InvocationStatus.COMPLETED
    assert 0 <= seen.elapsed_s <= ended.elapsed_s <= took_s
    assert 0 <= step.elapsed_s <= took_s
    assert step.remaining_s is not None
    assert 0 <= step.remaining_s <= 3 * took_s
    # Still there: it is kept for its five minutes, whatever the clock on the wall says.
    assert manager.get_invocation(running.id) is running
    manager._alarms.begin()
    due_s = [due_s for due_s, _, _ in manager._alarms._due]
    assert any(began_s + 290 < each < time.monotonic() + 301 for each in due_s)


@pytest.mark.parametrize("set_by", [DAY, -DAY])
def test_who_looks_for_what_has_expired_is_not_fooled_either(run, manager, monkeypatch, set_by):
    monkeypatch.setattr("app.actions.invocation.now", lambda: datetime.now(UTC) + set_by)
    kept, over = run("talk"), run("talk")
    over.retention_time = 0.0

    manager.expire_invocations()

    assert manager.invocations == [kept]
