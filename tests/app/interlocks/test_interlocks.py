"""Interlocks on a running bench: judged twice, by every way in, with the same words."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from app.actions import InvocationStatus
from app.errors import InterlockError
from app.interlocks import functions, values
from app.interlocks.functions import Values
from things import BusyError, ThingState

MakeRig = Callable[..., Any]
LOW = ("stage.move stage.speed", "stage.position.z < 2", "The objective is in the way")
WORDS = "The objective is in the way. Needs stage.position.z < 2; it is 3.1 mm."


def test_an_action_that_is_refused_starts_nothing(make_rig: MakeRig) -> None:
    rig = make_rig(LOW)
    assert rig.run("stage", "move", z=3.1).status is InvocationStatus.COMPLETED

    with pytest.raises(InterlockError) as refused:
        rig.run("stage", "move", z=0.0)

    assert (refused.value.condition, refused.value.reason) == ("stage.position.z < 2", WORDS)
    assert str(refused.value) == WORDS
    assert rig.stage.moves == [3.1]
    assert len(rig.bench.actions.invocations) == 1


def test_a_write_and_a_reset_that_are_refused_touch_nothing(make_rig: MakeRig) -> None:
    rig = make_rig(LOW)
    rig.write("stage", "speed", 3.0)
    rig.stage.z = 3.1

    with pytest.raises(InterlockError, match=r"it is 3\.1 mm"):
        rig.write("stage", "speed", 4.0)
    with pytest.raises(InterlockError, match=r"it is 3\.1 mm"):
        rig.reset("stage", "speed")

    assert rig.stage.speed == 3.0
    rig.stage.z = 1.0
    rig.write("stage", "speed", 4.0)
    assert rig.stage.speed == 4.0


def test_the_conditions_of_a_class_speak_of_its_own_properties_and_slots(
    make_rig: MakeRig,
) -> None:
    rig = make_rig()
    assert rig.run("lamp", "shine").status is InvocationStatus.COMPLETED
    rig.stage.z = 2.5
    with pytest.raises(InterlockError, match=r"^Needs stage\.position\.z < 2; it is 2\.5 mm\.$"):
        rig.run("lamp", "lower")
    rig.write("lamp", "power", 60.0)
    with pytest.raises(
        InterlockError, match=r"^Needs power < limit; power is 60 %, limit is 50 %\.$"
    ):
        rig.run("lamp", "shine")
    rig.write("lamp", "door", False)
    with pytest.raises(InterlockError, match=r"^Needs door; it is false\.$"):
        rig.write("lamp", "power", 10.0)


def test_an_empty_slot_refuses_what_needs_it(make_rig: MakeRig) -> None:
    rig = make_rig(things=[("lamp", "Lamp")])
    with pytest.raises(InterlockError, match="there is nothing in the slot 'stage'"):
        rig.run("lamp", "lower")
    assert rig.run("lamp", "shine").status is InvocationStatus.COMPLETED


@pytest.mark.parametrize(
    ("cls", "reason"),
    [
        ("WrongName", "WrongName.open: there is no property 'lid'; there is none at all"),
        ("WrongSyntax", "WrongSyntax.open: invalid syntax"),
        ("GuardedStop", "GuardedStop.stop: stopping is never interlocked"),
    ],
)
def test_a_class_whose_condition_is_wrong_has_failed_and_says_so(
    make_rig: MakeRig, cls: str, reason: str
) -> None:
    entry = make_rig(things=[("wrong", cls)]).bench.entry("wrong")

    assert entry.state is ThingState.FAILED
    assert reason in entry.reason


def test_what_one_thing_asks_of_another_is_judged_too(make_rig: MakeRig) -> None:
    rig = make_rig(LOW)
    rig.stage.z = 3.1

    for action in ("drive", "hurry"):
        run = rig.run("lamp", action)
        assert run.status is InvocationStatus.ERROR
        assert (run.problem.title, run.problem.detail, run.problem.status) == (
            "InterlockError",
            WORDS,
            409,
        )
        assert WORDS in [line.message for line in run.log_lines()]

    assert rig.stage.moves == []
    assert rig.stage.speed == 2.0


def test_stopping_is_never_interlocked(make_rig: MakeRig) -> None:
    rig = make_rig(("stage.*", "False"))

    assert rig.run("stage", "stop").status is InvocationStatus.COMPLETED
    assert [report.reason for report in rig.bench.stop_all()] == [""]
    assert rig.stage.stops == 2
    with pytest.raises(InterlockError):
        rig.run("stage", "move")


def test_a_value_that_changes_while_it_waits_in_line_refuses_with_the_lock_held(
    make_rig: MakeRig,
) -> None:
    rig = make_rig()
    rig.start("lamp", "hold")
    assert rig.lamp.began.wait(20)
    waiting = rig.start("lamp", "lower")
    assert rig.until(lambda: waiting.waiting_for != "")

    rig.stage.z = 3.1
    rig.lamp.go.set()

    assert waiting.wait_ended(20)
    assert waiting.status is InvocationStatus.ERROR
    assert waiting.problem.detail == "Needs stage.position.z < 2; it is 3.1 mm."
    assert waiting.standing.started_at is None
    assert rig.lamp.shone == 0
    assert rig.lamp.lock.holder == ""


def test_a_write_is_judged_again_once_it_has_the_lock(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make_rig(("lamp.power", "stage.position.z < 2"))
    judged: list[tuple[bool, str]] = []
    check = rig.bench.interlocks.check

    def spy(thing: Any, name: str, held: bool) -> None:
        if held:  # between the two, somebody moves the stage
            rig.stage.z = 3.1
        judged.append((held, rig.lamp.lock.holder))
        check(thing, name, held)

    monkeypatch.setattr(rig.bench.interlocks, "check", spy)

    with pytest.raises(InterlockError, match=r"it is 3\.1 mm"):
        rig.write("lamp", "power", 5.0)

    assert judged == [(False, ""), (True, "Power being set, asked by script a test")]
    assert rig.lamp.power == 0.0
    assert rig.lamp.lock.holder == ""


def test_a_cancellation_while_it_is_judged_is_heeded(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.start("lamp", "hold")
    assert rig.lamp.began.wait(20)
    waiting = rig.start("lamp", "lower")
    rig.stage.answers.clear()
    rig.stage.was_asked.clear()
    rig.lamp.go.set()
    assert rig.stage.was_asked.wait(20)

    waiting.cancel()
    rig.stage.answers.set()

    assert waiting.wait_ended(20)
    assert waiting.status is InvocationStatus.CANCELLED
    assert rig.lamp.shone == 0


def test_a_device_that_does_not_answer_refuses_in_bounded_time(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "READ_WITHIN_S", 0.2)
    rig = make_rig(LOW)
    rig.stage.answers.clear()

    with pytest.raises(InterlockError, match=r"stage\.position did not answer within 0\.2 s"):
        rig.run("stage", "move")
    with pytest.raises(InterlockError, match=r"stage\.position has not answered for \d+ s"):
        rig.run("stage", "move")

    rig.stage.answers.set()
    for reading, _ in rig.bench.interlocks._reader._hung.values():
        reading.result(20)
    assert rig.run("stage", "move").status is InvocationStatus.COMPLETED


def test_what_cannot_be_read_or_is_gone_refuses_with_that_reason(make_rig: MakeRig) -> None:
    rig = make_rig(("lamp.hold", "stage.position.z < 2"))
    rig.stage.broken = "the cable is loose"
    with pytest.raises(
        InterlockError, match=r"stage\.position could not be read: the cable is loose"
    ):
        rig.run("lamp", "hold")

    rig.bench.entry("stage").lost("unplugged")
    with pytest.raises(InterlockError, match="stage is disconnected: unplugged"):
        rig.run("lamp", "hold")


def test_reading_its_own_value_with_its_lock_held_does_not_wait_for_itself(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(things=[("device", "Owned")])
    assert rig.run("device", "pulse").status is InvocationStatus.COMPLETED

    rig.bench.thing("device").level = 7.0
    with pytest.raises(InterlockError, match=r"Needs voltage < 5; it is 7 V\."):
        rig.run("device", "pulse")


def test_a_value_of_another_thing_is_read_without_its_lock(make_rig: MakeRig) -> None:
    rig = make_rig(("stage.move", "lamp.power < 50"))
    rig.start("lamp", "hold")
    assert rig.lamp.began.wait(20)

    assert rig.run("stage", "move").status is InvocationStatus.COMPLETED
    with pytest.raises(BusyError):
        rig.write("lamp", "limit", 1.0)


def test_the_verdict_is_live(make_rig: MakeRig) -> None:
    rig = make_rig(LOW)
    interlocks = rig.bench.interlocks
    assert rig.until(lambda: interlocks.refusal("stage", "move") == "")

    rig.run("stage", "move", z=3.1)
    both = {"move": WORDS, "speed": WORDS}
    assert rig.until(lambda: interlocks.refusals_of("stage") == both)
    assert interlocks.refusal("stage", "stop") == ""

    rig.stage.z = 1.0  # by itself: the desk looks again by the clock
    assert rig.until(lambda: interlocks.refusal("stage", "move") == "")


def test_the_verdict_says_when_nothing_can_be_known(make_rig: MakeRig) -> None:
    rig = make_rig(("lamp.hold", "stage.position.z < 2"))
    interlocks = rig.bench.interlocks
    assert rig.until(lambda: interlocks.refusal("lamp", "hold") == "")

    rig.stage.broken = "the cable is loose"
    assert rig.until(lambda: "could not be read: " in interlocks.refusal("lamp", "hold"))
    rig.stage.broken = ""
    assert rig.until(lambda: interlocks.refusal("lamp", "hold") == "")
    rig.bench.entry("stage").lost("unplugged")
    assert rig.until(lambda: "disconnected: unplugged" in interlocks.refusal("lamp", "hold"))


def test_a_reloaded_thing_is_guarded_and_watched_as_before(make_rig: MakeRig) -> None:
    rig = make_rig(LOW)
    rig.bench.reload("stage")
    rig.stage.z = 3.1

    with pytest.raises(InterlockError, match=r"it is 3\.1 mm"):
        rig.run("stage", "move")
    assert rig.until(lambda: rig.bench.interlocks.refusal("stage", "move") == WORDS)


def test_a_bench_without_conditions_watches_nothing(make_rig: MakeRig) -> None:
    rig = make_rig(things=[("stage", "Stage")])

    assert rig.bench.interlocks._watch._thread is None
    assert rig.run("stage", "move").status is InvocationStatus.COMPLETED
    assert rig.stage.asked == 0


def test_the_description_says_all_conditions(make_rig: MakeRig) -> None:
    rig = make_rig(LOW, ("lamp.sh*", "stage.speed < 3"))
    stage, lamp = (rig.bench.entry(name).describe() for name in ("stage", "lamp"))

    low = {"condition": "stage.position.z < 2", "because": "The objective is in the way"}
    assert stage["actions"]["move"]["lw:requires"] == [low]
    assert stage["properties"]["speed"]["lw:requires"] == [low]
    assert "lw:requires" not in stage["actions"]["stop"]
    assert lamp["actions"]["shine"]["lw:requires"] == [
        {"condition": "door and power < limit", "because": ""},
        {"condition": "stage.speed < 3", "because": ""},
    ]
    assert lamp["properties"]["power"]["lw:requires"] == [{"condition": "door", "because": ""}]


def _cover(given: Values) -> str:
    return "The cover is on." if given["stage.position.z"] > 2 else ""


def _no_reason(_given: Values) -> bool:
    return True


def _breaks(_given: Values) -> str:
    raise RuntimeError("out of order")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings interlock functions."""
    found = [
        EntryPoint(name, f"{__name__}:{name}", functions.FUNCTION_GROUP)
        for name in ("_cover", "_no_reason", "_breaks")
    ]
    here = {each.name: globals()[each.name] for each in found}
    monkeypatch.setattr(EntryPoint, "load", lambda self: here[self.name])
    monkeypatch.setattr(functions, "entry_points", lambda group: found)


@pytest.mark.usefixtures("installed")
def test_a_package_may_bring_a_function_that_judges(make_rig: MakeRig) -> None:
    rig = make_rig(("lamp.shine", "function:_cover"))
    assert rig.run("lamp", "shine").status is InvocationStatus.COMPLETED

    rig.stage.z = 3.0
    with pytest.raises(InterlockError, match=r"^The cover is on\.$"):
        rig.run("lamp", "shine")
    assert rig.until(lambda: rig.bench.interlocks.refusal("lamp", "shine") == "The cover is on.")


@pytest.mark.usefixtures("installed")
def test_a_function_that_breaks_permits_nothing(make_rig: MakeRig) -> None:
    rig = make_rig(("lamp.shine", "function:_breaks"), ("stage.move", "function:_no_reason"))

    with pytest.raises(InterlockError, match="'_breaks' failed: RuntimeError: out of order"):
        rig.run("lamp", "shine")
    with pytest.raises(InterlockError, match="'_no_reason' gave bool"):
        rig.run("stage", "move")
