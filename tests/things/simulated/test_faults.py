"""Each fault does to a simulated instrument what it says."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from things import DisconnectedError, Thing, ThingError, ValueRefusedError
from things.simulated import faulty_line
from things.simulated.camera import Camera
from things.simulated.everything import Everything
from things.simulated.faults import LONGEST_S, Faults
from things.simulated.faulty_line import NoAnswerError, without_numbers
from things.simulated.instrument import SimulatedInstrument
from things.simulated.spectrometer import SaturatedError, Spectrometer
from things.simulated.stage import NotArrivedError, Stage
from things.simulated.thermostat import Thermostat
from things.thing import affordances_of

WAIT_S = 20.0
FOR_EVER = LONGEST_S
KINDS: tuple[Callable[..., SimulatedInstrument], ...] = (
    Camera,
    Everything,
    Spectrometer,
    Stage,
    Thermostat,
)


class Asking:
    """A call in a thread of its own, which may take for ever."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._call = call
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def is_waiting(self) -> bool:
        """Whether it has not come back after a moment."""
        self._thread.join(0.05)
        return self._thread.is_alive()

    def end(self) -> Any:
        """Wait for the end; what came of it."""
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error
        return self.result

    def _run(self) -> None:
        try:
            self.result = self._call()
        except BaseException as error:
            self.error = error


@pytest.mark.parametrize("kind", KINDS)
def test_every_simulated_instrument_takes_faults_and_is_sound_without(
    kind: Callable[..., SimulatedInstrument],
) -> None:
    assert kind().faults.faults == Faults()
    assert kind(faults={"timeout_s": 1}).faults.faults.timeout_s == 1.0


def test_each_access_to_a_slow_device_takes_its_time() -> None:
    thermostat = Thermostat(faults={"latency_s": FOR_EVER})
    reading = Asking(lambda: thermostat.temperature)
    setting = Asking(lambda: setattr(thermostat, "target", 40.0))

    assert reading.is_waiting()
    assert setting.is_waiting()
    thermostat.faults.put({})

    assert reading.end() == pytest.approx(36.5, abs=1)
    setting.end()
    assert thermostat.target == 40.0


def test_a_slow_action_can_be_cancelled_while_the_device_is_waited_for(run: Any) -> None:
    everything = Everything(faults={"latency_s": FOR_EVER})
    run.start(everything.slow_count)
    run.cancel_event.set()

    assert type(run.end().error).__name__ == "InvocationCancelledError"


def test_a_device_that_does_not_answer_is_said_after_its_time() -> None:
    with pytest.raises(NoAnswerError, match=r"did not answer within 0\.01 s"):
        _ = Thermostat(faults={"timeout_s": 0.01}).temperature


def test_a_device_that_is_gone_refuses_everything_until_it_is_reconnected() -> None:
    thermostat = Thermostat(faults={"disconnected": True})
    for call in (
        lambda: thermostat.temperature,
        lambda: setattr(thermostat, "target", 40.0),
        thermostat.wait_until_stable,
    ):
        with pytest.raises(DisconnectedError):
            call()

    thermostat.reconnect()

    assert thermostat.temperature == pytest.approx(36.5, abs=1)


def test_a_device_goes_away_after_so_many_accesses_each_time_it_comes_back() -> None:
    stage = Stage(faults={"disconnect_after_accesses": 3})
    for _ in range(2):
        for _ in range(3):
            assert stage.position.x == 12.48
        with pytest.raises(DisconnectedError):
            _ = stage.position
        stage.reconnect()


def test_a_device_goes_away_after_a_while_and_cannot_be_reached_too_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    stage = Stage(faults={"disconnect_after_s": 10, "back_after_s": 5})
    clock.now_s += 9
    assert stage.position.x == 12.48
    clock.now_s += 2
    with pytest.raises(DisconnectedError):
        _ = stage.position

    clock.now_s += 4
    with pytest.raises(DisconnectedError, match="for 1 s more"):
        stage.reconnect()
    clock.now_s += 2
    stage.reconnect()

    assert stage.position.x == 12.48


def test_a_reading_that_is_no_number_keeps_its_shape() -> None:
    stage = Stage(faults={"nan": ["position"]})
    everything = Everything(faults={"nan": ["gain"]})

    assert math.isnan(stage.position.x)
    assert math.isnan(stage.position.z)
    assert math.isnan(everything.gain)
    assert stage.moving is False


def test_numbers_are_lost_however_deep_and_nothing_else() -> None:
    value: dict[str, Any] = {"a": [1, (2.0, "b")], "c": True, "d": np.arange(3)}
    lost: dict[str, Any] = without_numbers(value)

    assert math.isnan(lost["a"][0])
    assert math.isnan(lost["a"][1][0])
    assert lost["a"][1][1] == "b"
    assert lost["c"] is True
    assert np.isnan(lost["d"]).all()
    assert value["a"][0] == 1


def test_a_refused_property_stays_as_it_is_whether_it_is_kept_or_read() -> None:
    everything = Everything(faults={"refused": ["gain", "counter"]})
    for name in ("gain", "counter"):
        before = getattr(everything, name)
        with pytest.raises(ValueRefusedError, match="the device refuses"):
            affordance(everything, name).write(everything, 2)
        assert getattr(everything, name) == before
    with pytest.raises(ValueRefusedError):
        affordance(everything, "counter").reset(everything)


def test_a_clamped_value_is_taken_and_becomes_what_the_device_can() -> None:
    everything = Everything(faults={"clamped": {"counter": [10, 50]}})
    prop = affordance(everything, "counter")
    for asked, becomes in ((60, 50), (5, 10), (20, 20)):
        prop.write(everything, asked)
        assert everything.counter == becomes
        assert isinstance(everything.counter, int)

    thermostat = Thermostat(faults={"clamped": {"target": [15.0, 50.0]}})
    thermostat.target = 60.0
    assert thermostat.target == 50.0


def test_a_stuck_axis_stays_and_the_others_go_where_they_were_sent() -> None:
    stage = Stage(start=(0, 0, 0), faults={"stuck_axes": ["x"]})
    stage.speed = 10.0

    with pytest.raises(NotArrivedError, match="The x axis did not arrive within 1 s"):
        stage.move_to(x=0.05, y=0.05)

    assert (stage.position.x, stage.position.y) == (0.0, 0.05)
    assert stage.move_to(y=0.0).y == 0.0


def test_a_flooded_detector_counts_all_it_can() -> None:
    camera = Camera(width=64, height=48, faults={"saturated": True})
    camera.exposure = 1.0
    picture = np.asarray(camera.snap().data.array)  # type: ignore[attr-defined]  # a picture in memory
    assert picture.dtype == np.uint16
    assert (picture == 65535).mean() > 0.9

    spectrometer = Spectrometer(faults={"saturated": True})
    spectrometer.averages, spectrometer.integration_time = 1, 1.0
    with pytest.raises(SaturatedError):
        spectrometer.take_spectrum()


@pytest.mark.parametrize(
    "kind", [ThingError, RuntimeError, SystemExit, MemoryError, RecursionError]
)
def test_an_action_raises_what_it_is_told_and_touches_nothing(kind: type[BaseException]) -> None:
    everything = Everything(faults={"raising": {"increment": kind.__name__}})

    with pytest.raises(kind, match="increment fails"):
        everything.increment()

    assert everything.counter == 0
    assert everything.zero() == 0


def test_what_hangs_ignores_a_cancellation_and_goes_on_with_other_faults(run: Any) -> None:
    everything = Everything(faults={"hanging": ["slow_count", "gain"]})
    reading = Asking(lambda: everything.gain)
    run.start(everything.slow_count, n=1, dt=0.001)
    run.cancel_event.set()
    assert reading.is_waiting()
    assert run._thread.is_alive()

    everything.faults.put({})

    assert reading.end() == 1.0
    assert type(run.end().error).__name__ == "InvocationCancelledError"


def test_a_stop_may_hang_too() -> None:
    stage = Stage(faults={"hanging": ["stop"]})
    stopping = Asking(stage.stop)
    assert stopping.is_waiting()

    stage.faults.put({})

    stopping.end()


def test_refused_faults_leave_the_old_ones_in_force() -> None:
    stage = Stage(faults={"nan": ["moving"]})

    with pytest.raises(ValueRefusedError, match="did you mean 'position'"):
        stage.faults.put({"nan": ["positon"]})

    assert stage.faults.faults.nan == ("moving",)


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"latencey_s": 1}, "there is no fault 'latencey_s'; did you mean 'latency_s'?"),
        ({"latency_s": -1}, "latency_s must be 0 or more"),
        ({"latency_s": math.nan}, "latency_s"),
        ({"refused": ["temperature"]}, "there is no property to set 'temperature'"),
        ({"nan": ["limits"]}, "there is no reading 'limits'"),
        ({"clamped": {"target": [1, 2, 3]}}, "two numbers, the least and the most"),
        ({"clamped": {"target": [50, 20]}}, "the least must not be above the most"),
        ({"stuck_axes": ["x"]}, "there is no axis 'x'; none can be named"),
        ({"saturated": True}, "it has no detector"),
        ({"raising": {"home": "ThingError"}}, "there is no action 'home'"),
        ({"raising": {"wait_until_stable": "KeyError"}}, "must be one of"),
        ({"hanging": ["stop"]}, "there is no action or reading 'stop'"),
    ],
)
def test_faults_that_make_no_sense_are_said_in_words(faults: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueRefusedError) as caught:
        Thermostat(faults=faults)

    assert words in str(caught.value)


class Clock:
    """A monotonic clock that a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        monkeypatch.setattr(faulty_line, "time", self)

    def monotonic(self) -> float:
        return self.now_s


def affordance(thing: Thing, name: str) -> Any:
    """A property as a bench would write it."""
    return affordances_of(thing)[name]
