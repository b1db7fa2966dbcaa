"""The thermostat: holds, changes over, says when it is stable."""

from __future__ import annotations

import pytest

from things import Event, EventEmitted, InvocationCancelledError, ValueRefusedError
from things.core import DirectCaller
from things.locks import LockRegistry
from things.simulated.thermostat import NotStableError, Thermostat


@pytest.fixture
def thermostat() -> Thermostat:
    """One that lives a thousand times faster."""
    return Thermostat(start=36.5, time_factor=1000)


def test_it_begins_where_it_has_been_held() -> None:
    assert Thermostat(start=30.0).temperature == pytest.approx(30.0, abs=0.1)


def test_it_comes_to_its_target_and_says_so(thermostat: Thermostat) -> None:
    seen: list[Event] = []
    thermostat._core.bind("holder", "", seen.append, LockRegistry(), DirectCaller())

    temperature = thermostat.wait_until_stable(tolerance=0.05, duration=30)

    assert temperature == pytest.approx(37.0, abs=0.05)
    emitted = [event for event in seen if isinstance(event, EventEmitted)]
    assert [(event.name, event.data) for event in emitted] == [("reached", temperature)]


def test_a_new_target_warms_it(thermostat: Thermostat) -> None:
    thermostat.target = 40.0

    assert thermostat.wait_until_stable(duration=60) == pytest.approx(40.0, abs=0.05)
    assert 20 < thermostat.heater_power < 100


def test_it_gives_up_in_the_end(thermostat: Thermostat) -> None:
    thermostat.target = 15.0

    with pytest.raises(
        NotStableError, match=r"After 5 s it is at .* not within 0\.05 °C of 15\.00"
    ):
        thermostat.wait_until_stable(timeout=5)


def test_waiting_can_be_cancelled(run) -> None:
    thermostat = Thermostat(start=20.0)
    run.start(thermostat.wait_until_stable).under_way()

    run.cancel_event.set()

    assert isinstance(run.end().error, InvocationCancelledError)


def test_a_target_that_would_cook_the_sample_is_refused(thermostat: Thermostat) -> None:
    with pytest.raises(ValueRefusedError):
        thermostat.target = 90.0

    assert thermostat.target == 37.0


def test_the_target_is_remembered(tmp_path) -> None:
    file = tmp_path / "thermostat.json"
    first = Thermostat()
    with first.settings_in(file):
        first.target = 42.0

    again = Thermostat()
    with again.settings_in(file):
        again._core.restore_device_settings(again)

    assert again.target == 42.0


def test_a_long_absence_is_caught_up_quickly() -> None:
    thermostat = Thermostat(start=22.0)
    thermostat._simulated_s -= 30 * 24 * 3600

    assert thermostat.temperature == pytest.approx(37.0, abs=0.05)
