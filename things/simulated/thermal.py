"""A heated block, and the controller that keeps it at its target.

The block is a body of one temperature, heated by a heater and cooled by the air around it,

    C dT/dt = P - G (T - T_ambient),

so that after a change of power it creeps to its new temperature as 1 - exp(-t / tau) with
tau = C / G. The sensor lags behind it in the same manner, which is what makes a controller
overshoot.
"""

from __future__ import annotations

import math


class HeatedBlock:
    """A first-order thermal body with a sensor that lags behind.

    Each step is exact while the power is constant, however long it is.

    Attributes:
        temperature: Of the block, in degrees Celsius.
        measured: What the sensor says, in degrees Celsius.
    """

    def __init__(
        self,
        *,
        ambient: float = 22.0,
        temperature: float | None = None,
        capacity_j_k: float = 90.0,
        loss_w_k: float = 0.30,
        sensor_lag_s: float = 9.0,
    ) -> None:
        """Place a block in the air.

        Args:
            ambient: Temperature of the air, in degrees Celsius.
            temperature: Of the block at first; that of the air if None.
            capacity_j_k: Energy that warms it by one kelvin.
            loss_w_k: Power it loses for each kelvin above the air.
            sensor_lag_s: Time constant of the sensor.
        """
        self.ambient = ambient
        self.temperature = ambient if temperature is None else temperature
        self.measured = self.temperature
        self._loss_w_k = loss_w_k
        self._sensor_lag_s = sensor_lag_s
        self.time_constant_s = capacity_j_k / loss_w_k

    def power_to_hold(self, temperature: float) -> float:
        """The power in watts at which it would settle at a temperature."""
        return (temperature - self.ambient) * self._loss_w_k

    def advance(self, power_w: float, seconds: float) -> None:
        """Let time pass at constant power.

        Args:
            power_w: Of the heater, in watts; negative cools.
            seconds: How long, 0 and up.
        """
        settled = self.ambient + power_w / self._loss_w_k
        tau, lag = self.time_constant_s, self._sensor_lag_s
        body, sensor = math.exp(-seconds / tau), math.exp(-seconds / lag)
        above = self.temperature - settled
        # The sensor's answer to a body that approaches its end exponentially, in closed form.
        share = above * tau / (tau - lag)
        self.measured = settled + share * body + (self.measured - settled - share) * sensor
        self.temperature = settled + above * body


class TemperatureController:
    """A PI controller with a heater that has limits.

    Attributes:
        target: In degrees Celsius.
        power_w: What the heater gives now, in watts.
    """

    def __init__(
        self, target: float, *, max_power_w: float, gain_w_k: float = 3.5, reset_s: float = 60.0
    ) -> None:
        """Set up a controller.

        Args:
            target: In degrees Celsius.
            max_power_w: The heater's limit; it cannot cool.
            gain_w_k: Power for each kelvin too cold.
            reset_s: How long an error must last to count double.
        """
        self.target = target
        self.power_w = 0.0
        self._max_power_w = max_power_w
        self._gain_w_k = gain_w_k
        self._reset_s = reset_s
        self._integral_w = 0.0

    def settle(self, power_w: float) -> None:
        """Begin as if it had held that power for long."""
        self._integral_w = self.power_w = min(max(power_w, 0.0), self._max_power_w)

    def update(self, measured: float, seconds: float) -> float:
        """Choose the power for the next step.

        Args:
            measured: Temperature by the sensor, in degrees Celsius.
            seconds: Length of the step.

        Returns:
            Power in watts, within the heater's limits.
        """
        error = self.target - measured
        wanted = self._gain_w_k * error + self._integral_w
        self.power_w = min(max(wanted, 0.0), self._max_power_w)
        # At a limit the integral waits; else it would overshoot far (wind-up).
        if self.power_w == wanted:
            self._integral_w += self._gain_w_k * error * seconds / self._reset_s
        return self.power_w
