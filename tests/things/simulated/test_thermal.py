"""The heated block against the analytic solution, and the controller on it."""

from __future__ import annotations

import math

import pytest

from things.simulated.thermal import HeatedBlock, TemperatureController

STEP_S = 0.25


def run(block: HeatedBlock, controller: TemperatureController, seconds: float) -> list[float]:
    """Let the controller work; returns what the sensor said at each step."""
    said = []
    for _ in range(round(seconds / STEP_S)):
        block.advance(controller.update(block.measured, STEP_S), STEP_S)
        said.append(block.measured)
    return said


@pytest.mark.parametrize("step_s", [0.1, 5.0, 250.0])
def test_a_step_of_power_is_answered_exponentially(step_s: float) -> None:
    block = HeatedBlock(ambient=20, capacity_j_k=100, loss_w_k=0.5)

    for _ in range(round(500 / step_s)):
        block.advance(power_w=5, seconds=step_s)

    tau = 200
    assert block.time_constant_s == tau
    assert block.temperature == pytest.approx(20 + 10 * (1 - math.exp(-500 / tau)))


def test_the_sensor_lags_as_the_second_order_solution_says() -> None:
    block = HeatedBlock(ambient=20, capacity_j_k=100, loss_w_k=0.5, sensor_lag_s=10)

    for _ in range(60):
        block.advance(power_w=5, seconds=0.5)

    tau, lag, t = 200, 10, 30
    share = (tau * math.exp(-t / tau) - lag * math.exp(-t / lag)) / (tau - lag)
    assert block.measured == pytest.approx(20 + 10 * (1 - share))


def test_holding_power_holds() -> None:
    block = HeatedBlock(temperature=37)

    block.advance(block.power_to_hold(37), 1000)

    assert block.temperature == pytest.approx(37)


def test_a_new_target_is_overshot_slightly_then_held() -> None:
    block = HeatedBlock(temperature=36.5)
    controller = TemperatureController(36.5, max_power_w=12)
    controller.settle(block.power_to_hold(36.5))
    controller.target = 37.0

    said = run(block, controller, 300)

    assert 0.03 < max(said) - 37 < 0.2
    assert all(abs(value - 37) < 0.02 for value in said[round(180 / STEP_S) :])


def test_the_heater_keeps_its_limits_and_does_not_wind_up() -> None:
    block = HeatedBlock()
    controller = TemperatureController(37.0, max_power_w=12)

    said = []
    for _ in range(round(500 / STEP_S)):
        power = controller.update(block.measured, STEP_S)
        assert 0 <= power <= 12
        block.advance(power, STEP_S)
        said.append(block.measured)

    assert max(said) < 37.3
    assert said[-1] == pytest.approx(37, abs=0.02)


def test_a_block_too_warm_is_left_to_cool() -> None:
    block = HeatedBlock(temperature=45)
    controller = TemperatureController(30, max_power_w=12)

    assert controller.update(block.measured, STEP_S) == 0
