"""Where the marks of an axis stand: round numbers, and round times of the operator's clock."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from ui.models.numbers import NumberStyle, format_number

_TIME_STEPS_S: Final = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10800, 21600, 43200),
)
_DAY_S: Final = 86400
_DAY_STEPS: Final = (1, 2, 7, 14, 30, 60, 120)


def value_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two values, 1, 2 or 5 times a power of ten apart.

    Args:
        low: The lowest value in sight.
        high: The highest one, above it.
        most: No more than so many, but at least one where that is possible.
    """
    step = value_step(low, high, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    # As a multiple, so that errors do not add up; and 0 is 0.
    return [i * step for i in range(first, last + 1)]


def value_step(low: float, high: float, most: int) -> float:
    """How far apart the marks of an axis stand."""
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(each * power for each in (1, 2, 5, 10) if each * power >= rough * (1 - 1e-9)))


def tick_text(value: float, step: float, style: NumberStyle) -> str:
    """A mark's number, with as many decimals as the step needs."""
    if value and not 1e-4 <= max(abs(value), step) < 1e6:
        decimals = max(0, math.floor(math.log10(abs(value))) - math.floor(math.log10(step)))
        mantissa, _, exponent = f"{value:.{decimals}e}".partition("e")
        sign = "" if int(exponent) >= 0 else "\N{MINUS SIGN}"
        said = format_number(float(mantissa), None, style, decimals=decimals)
        return f"{said}e{sign}{abs(int(exponent))}"
    return format_number(value, None, style, decimals=max(0, -math.floor(math.log10(step) + 1e-9)))


def time_step_s(span_s: float, most: int) -> float:
    """How far apart the marks of the time axis stand, in seconds."""
    rough_s = span_s / max(1, most)
    for step_s in _TIME_STEPS_S:
        if step_s >= rough_s:
            return float(step_s)
    days = rough_s / _DAY_S
    return float(next((each for each in _DAY_STEPS if each >= days), _DAY_STEPS[-1]) * _DAY_S)


def time_ticks(begun_s: float, end_s: float, most: int) -> list[float]:
    """Round local times between two moments, in seconds since 1970.

    From hours on they are those of the clock on the wall, also across the change to summer time.
    """
    step_s = time_step_s(end_s - begun_s, most)
    first = datetime.fromtimestamp(begun_s).astimezone()
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    found: list[float] = []
    if step_s >= 3600:
        step = timedelta(seconds=step_s)
        at = midnight
        while (stamp := at.timestamp()) <= end_s:
            if stamp >= begun_s:
                found.append(stamp)
            at += step
        return found
    start_s = midnight.timestamp()
    for i in range(math.ceil((begun_s - start_s) / step_s), 10**9):
        stamp = start_s + i * step_s
        if stamp > end_s:
            return found
        found.append(stamp)
    return found


def time_text(at_s: float, step_s: float) -> str:
    """A moment as its mark says it, in local time: as exact as the step needs.

    The day is said at midnight and where marks are days apart.
    """
    at = datetime.fromtimestamp(at_s)
    if step_s >= _DAY_S or (step_s >= 3600 and at.hour == 0 and at.minute == 0):
        return at.strftime("%d %b")
    if step_s >= 60:
        return at.strftime("%H:%M")
    if step_s >= 1:
        return at.strftime("%H:%M:%S")
    return f"{at:%H:%M:%S}.{at.microsecond // 10000:02d}"


def moment_text(at_s: float, span_s: float) -> str:
    """A moment under the cursor: as exact as what is in sight.

    Args:
        at_s: The moment.
        span_s: How much time is in sight.
    """
    at = datetime.fromtimestamp(at_s)
    if span_s < 30:
        return f"{at:%H:%M:%S}.{at.microsecond // 10000:02d}"
    return at.strftime("%d %b %H:%M:%S" if span_s > _DAY_S else "%H:%M:%S")
