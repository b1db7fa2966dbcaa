"""A thermostat that warms a sample holder."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from things import (
    ThingError,
    action,
    cancellable_sleep,
    event,
    property,
    report_progress,
    setting,
)
from things.simulated.instrument import SimulatedInstrument
from things.simulated.thermal import HeatedBlock, TemperatureController

MAX_POWER_W = 12.0
"""What the heater can give."""

_TARGET = 37.0
_STEP_S = 0.25
_LONGEST_CATCH_UP_S = 3600.0
_NOISE_K = 0.006


class NotStableError(ThingError):
    """The temperature did not settle in time."""


class Thermostat(SimulatedInstrument):
    """A heated sample holder that is kept at a temperature. It cannot cool below the room's."""

    title = "Thermostat"

    reached = event(float, title="Target reached", unit="°C")
    """Emitted when `wait_until_stable` found it stable; carries the temperature."""

    def __init__(
        self,
        start: float = 36.5,
        seed: int = 7,
        time_factor: float = 1.0,
        faults: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a thermostat.

        Args:
            start: Temperature it has been held at before, in degrees Celsius.
            seed: The sensor's noise follows from it.
            time_factor: How many times faster than life it is; for tests.
            faults: What is wrong with it; see `things.simulated.faults`.
        """
        super().__init__(faults)
        self._block = HeatedBlock(temperature=start)
        self._controller = TemperatureController(start, max_power_w=MAX_POWER_W)
        self._controller.settle(self._block.power_to_hold(start))
        self._controller.target = _TARGET
        self._noise = np.random.default_rng([seed, 0x7EE])
        self._time_factor = time_factor
        self._simulated_s = self._now_s()

    @property(poll_s=1.0, unit="°C", title="Temperature")
    def temperature(self) -> float:
        """What the sensor in the holder says, to a hundredth."""
        # Getters may run side by side; the physics may not.
        with self.io:
            self._catch_up()
            return round(self._block.measured + float(self._noise.normal(0, _NOISE_K)), 2)

    @setting(unit="°C", ge=15, le=60, title="Target")
    def target(self) -> float:
        """The temperature to hold. It is remembered from one start to the next."""
        return self._controller.target

    @target.setter
    def _set_target(self, value: float) -> None:
        with self.io:
            # What was until now goes by the old target.
            self._catch_up()
            self._controller.target = value
        self.logger.info("The target is %.2f °C.", value)

    @target.resetter
    def _reset_target(self) -> None:
        self.target = _TARGET

    @property(poll_s=1.0, unit="%", title="Heater power", group="Heater")
    def heater_power(self) -> float:
        """How hard the heater works, in percent of what it can."""
        with self.io:
            self._catch_up()
            return round(100 * self._controller.power_w / MAX_POWER_W, 1)

    @action(title="Wait until stable")
    def wait_until_stable(
        self,
        tolerance: Annotated[
            float, Field(gt=0, le=5, title="Tolerance", json_schema_extra={"unit": "°C"})
        ] = 0.05,
        duration: Annotated[
            float, Field(ge=0, le=3600, title="Stable for", json_schema_extra={"unit": "s"})
        ] = 20.0,
        timeout: Annotated[
            float, Field(gt=0, le=86400, title="Give up after", json_schema_extra={"unit": "s"})
        ] = 900.0,
    ) -> float:
        """Wait until the temperature has been at its target for a while.

        Args:
            tolerance: How far from the target still counts, in degrees.
            duration: For how long it must stay there.
            timeout: When to give up.

        Returns:
            The temperature at the end, in degrees Celsius.

        Raises:
            NotStableError: It did not settle in time.
        """
        began_s = stable_since_s = self._now_s()
        while True:
            now_s, temperature = self._now_s(), self.temperature
            if abs(temperature - self.target) > tolerance:
                stable_since_s = now_s
            stable_s = now_s - stable_since_s
            report_progress(min(stable_s, duration), duration, "seconds within tolerance")
            if stable_s >= duration:
                self.reached.emit(temperature)
                return temperature
            if now_s - began_s >= timeout:
                raise NotStableError(
                    f"After {timeout:g} s it is at {temperature:.2f} °C, not within "
                    f"{tolerance:g} °C of {self.target:.2f} °C."
                )
            cancellable_sleep(0.25 / self._time_factor)

    def _now_s(self) -> float:
        return time.monotonic() * self._time_factor

    def _catch_up(self) -> None:
        """Let the physics reach the present, in steps that do not depend on who asks when."""
        behind_s = self._now_s() - self._simulated_s
        if behind_s > _LONGEST_CATCH_UP_S:
            # After so long it has settled, whatever happened in between.
            self._simulated_s += behind_s - _LONGEST_CATCH_UP_S
            behind_s = _LONGEST_CATCH_UP_S
        for _ in range(int(behind_s / _STEP_S)):
            power_w = self._controller.update(self._block.measured, _STEP_S)
            self._block.advance(power_w, _STEP_S)
            self._simulated_s += _STEP_S
