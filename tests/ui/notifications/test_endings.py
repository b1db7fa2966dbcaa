"""Which ends of runs are told, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QSettings
from pytestqt.qtbot import QtBot

from app.handles import InvocationSnapshot, InvocationStatus, Problem
from ui.bridge import Bridge
from ui.notifications.choice import NotificationChoice, Tell
from ui.notifications.endings import Endings, is_worth_a_word
from ui.notifications.message import Message, messages_of

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeInvocation

Told = list[InvocationSnapshot]


@pytest.fixture
def told(bridge: Bridge) -> Told:
    """Every run that was told of, in order."""
    return []


@pytest.fixture
def listen(
    bench: FakeBench, bridge: Bridge, choice: NotificationChoice, told: Told
) -> Callable[[], None]:
    """Begin to watch the bench."""

    def begin() -> None:
        Endings(bench, bridge, choice, QObject(bridge)).told.connect(told.extend)

    return begin


def end(run: FakeInvocation, took_s: float = 0.5, *, failed: bool = False) -> None:
    """Let a run end after so many seconds."""
    run.run()
    error = Problem("ValueError", "no light") if failed else None
    status = InvocationStatus.ERROR if failed else InvocationStatus.COMPLETED
    run._change(status=status, elapsed_s=took_s, error=error)


def test_the_choice_is_remembered_and_a_spoilt_one_is_the_first_one(
    choice: NotificationChoice,
) -> None:
    file = choice._settings.fileName()
    assert (choice.tell, choice.on_desktop) == (Tell.LONG, True)
    choice.tell, choice.on_desktop = Tell.FAILED, False
    choice._settings.sync()

    again = NotificationChoice(QSettings(file, QSettings.Format.IniFormat))
    assert (again.tell, again.on_desktop) == (Tell.FAILED, False)

    again._settings.setValue("notifications/tell", "rubbish")
    assert again.tell is Tell.LONG


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        (Tell.NOTHING, []),
        (Tell.FAILED, ["failed"]),
        (Tell.LONG, ["long", "failed"]),
        (Tell.ALL, ["short", "long", "failed"]),
    ],
)
def test_what_is_told_is_what_was_chosen(tell: Tell, expected: list[str], bench: FakeBench) -> None:
    runs = {name: bench.start("camera", "snap") for name in ("short", "long", "failed")}
    end(runs["short"])
    end(runs["long"], 42.0)
    end(runs["failed"], failed=True)

    found = [name for name, run in runs.items() if is_worth_a_word(run.snapshot, tell)]

    assert found == expected


def test_what_the_operator_cancelled_is_told_only_where_everything_is(bench: FakeBench) -> None:
    run = bench.start("camera", "snap")
    run.end_cancelled()

    assert [tell for tell in Tell if is_worth_a_word(run.snapshot, tell)] == [Tell.ALL]


def test_parts_of_a_run_are_not_told(
    listen: Callable[[], None], told: Told, bench: FakeBench, qtbot: QtBot
) -> None:
    listen()
    whole = bench.start("camera", "acquire_stack")
    end(bench.start("camera", "snap", parent=whole.snapshot.id), failed=True)
    end(whole, 60.0)

    qtbot.waitUntil(lambda: bool(told))
    assert [run.id for run in told] == [whole.snapshot.id]


def test_only_what_was_seen_alive_is_told(
    listen: Callable[[], None], told: Told, bench: FakeBench, bridge: Bridge, qtbot: QtBot
) -> None:
    old, running = bench.start("camera", "snap"), bench.start("camera", "snap")
    end(old, failed=True)
    qtbot.waitUntil(lambda: bridge.brought == 4)
    listen()
    # A window that attaches is told of what it missed.
    bench.report(old.snapshot, status_changed=True)
    end(running, failed=True)

    qtbot.waitUntil(lambda: bool(told))
    assert [run.id for run in told] == [running.snapshot.id]


def test_one_that_does_not_stop_is_told_once_and_its_end_again(
    listen: Callable[[], None], told: Told, bench: FakeBench, qtbot: QtBot
) -> None:
    listen()
    run = bench.start("camera", "snap")
    run.run()
    for _ in range(3):
        run._change(status=InvocationStatus.RUNNING, stuck=True, cancel_requested=True)
    qtbot.waitUntil(lambda: bool(told))
    run._change(status=InvocationStatus.ERROR, error=Problem("Error", "cut off"))

    qtbot.waitUntil(lambda: len(told) > 1)
    assert [each.status for each in told] == [InvocationStatus.RUNNING, InvocationStatus.ERROR]


def said(ended: list[FakeInvocation]) -> list[Message]:
    """In which words runs are told."""
    return messages_of([run.snapshot for run in ended], {"camera": "Camera"}.__getitem__)


def test_a_failure_is_told_with_its_reason_on_one_line(bench: FakeBench) -> None:
    run = bench.start("camera", "snap")
    run.fail("no <b>light</b>\nDONE")

    assert said([run]) == [
        Message("Snap on Camera failed: no <b>light</b> DONE", details="", trouble=True)
    ]


def test_a_reason_with_braces_is_no_pattern(bench: FakeBench) -> None:
    run = bench.start("camera", "snap")
    run.fail("{0} {name} {")

    assert said([run])[0].text == "Snap on Camera failed: {0} {name} {"


def test_many_ends_make_one_message_of_each_kind(bench: FakeBench) -> None:
    runs = [bench.start("camera", "snap") for _ in range(30)]
    for number, run in enumerate(runs):
        end(run, 42.0, failed=number % 3 == 0)

    failed, done = said(runs)

    assert (failed.text, failed.trouble) == ("10 actions failed.", True)
    assert failed.details.splitlines() == ["Snap on Camera failed: no light"] * 10
    assert (done.text, done.trouble) == ("20 actions are done.", False)


def test_a_long_run_says_how_long_it_took(bench: FakeBench) -> None:
    run = bench.start("camera", "acquire_stack")
    end(run, 75.0)

    assert said([run])[0].text == "Acquire a stack on Camera is done, after 1 min 15 s."
