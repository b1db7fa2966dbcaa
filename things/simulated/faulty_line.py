"""The line to a simulated device, on which faults can be tried."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from things.context import current_invocation
from things.errors import DisconnectedError, ThingError, ValueRefusedError
from things.simulated.faults import ErrorKind, Faults, Range, faults_from
from things.thing import Thing

R = TypeVar("R")
V = TypeVar("V")
Counts = TypeVar("Counts", bound=np.generic)

_TOO_BRIGHT = 1000.0
"""How much more light falls on a saturated detector than it was meant for."""

_ERRORS: Mapping[ErrorKind, type[BaseException]] = {
    "ThingError": ThingError,
    "RuntimeError": RuntimeError,
    "SystemExit": SystemExit,
    "MemoryError": MemoryError,
    "RecursionError": RecursionError,
}


class NoAnswerError(ThingError, TimeoutError):
    """The device did not answer in time."""


class FaultyLine:
    """Stands between a simulated instrument and its physics; sound until it is given faults.

    Every exchange with the device goes through it (see `things.device_line`). Any thread may use
    and change it.

    Args:
        thing: Whose line it is.
        faults: What is wrong; see `Faults`.

    Raises:
        ValueRefusedError: The faults do not fit this Thing.
    """

    def __init__(self, thing: Thing, faults: Mapping[str, Any] | None = None) -> None:
        self._thing = thing
        self._lock = threading.Lock()
        self._faults = Faults()
        self._changed = threading.Event()
        self._accesses = 0
        self._since_s = 0.0
        self._gone_since_s: float | None = None
        self.put(faults or {})

    @property
    def faults(self) -> Faults:
        """What is wrong now."""
        return self._faults

    def put(self, faults: Mapping[str, Any] | Faults) -> Faults:
        """Have other faults from now on. What hangs because of the old ones goes on.

        Raises:
            ValueRefusedError: They do not fit this Thing; nothing changed.
        """
        checked = faults_from(faults, type(self._thing))
        with self._lock:
            self._faults = checked
            self._changed.set()
            self._changed = threading.Event()
            self._begin_anew()
            if checked.disconnected:
                self._gone_since_s = self._since_s
        return checked

    def reconnect(self) -> None:
        """Bring the device back, and count anew when it goes away again.

        Raises:
            DisconnectedError: It is still gone.
        """
        with self._lock:
            if self._gone_since_s is not None:
                gone_s = time.monotonic() - self._gone_since_s
                if gone_s < self._faults.back_after_s:
                    left_s = self._faults.back_after_s - gone_s
                    raise DisconnectedError(
                        f"The device is still gone (simulated), for {left_s:.0f} s more."
                    )
            self._begin_anew()

    def read(self, name: str, getter: Callable[[], V]) -> V:
        """Read a property: late, as no number, or not at all."""
        self.access(name)
        value = getter()
        return without_numbers(value) if name in self._faults.nan else value

    def write(self, name: str, value: V, setter: Callable[[V], None]) -> None:
        """Write a property: the device may refuse, or keep within a range of its own."""
        self.access(name)
        self._refuse(name)
        clamp = self._faults.clamped.get(name)
        setter(value if clamp is None else clamped(value, clamp))

    def call(self, name: str, body: Callable[[], R]) -> R:
        """Run an action or a reset; one that is to fail fails before it touches anything."""
        self.access(name)
        self._refuse(name)
        kind = self._faults.raising.get(name)
        if kind is not None:
            raise _ERRORS[kind](f"{name} fails, as it was told to (simulated).")
        return body()

    def access(self, name: str = "") -> None:
        """An exchange with the device, as it precedes every read, write and call.

        Args:
            name: What it is for; it may be told to hang.

        Raises:
            DisconnectedError: The device is gone.
            NoAnswerError: It does not answer.
        """
        with self._lock:
            faults, changed = self._faults, self._changed
            self._accesses += 1
            gone = self._is_gone(faults)
        if gone:
            raise DisconnectedError("The device is gone: nobody answers (simulated).")
        if name in faults.hanging:
            # Deaf on purpose: neither a cancellation nor the end of the bench gets through.
            changed.wait()
        _wait(faults.latency_s, changed)
        if faults.timeout_s:
            _wait(faults.timeout_s, changed)
            raise NoAnswerError(
                f"The device did not answer within {faults.timeout_s:g} s (simulated)."
            )

    def detected(self, counts: NDArray[Counts], full_scale: float) -> NDArray[Counts]:
        """What a detector counts, of any shape: all it can where it is saturated.

        Args:
            counts: What it would count.
            full_scale: All it can count.
        """
        if not self._faults.saturated:
            return counts
        flooded = np.minimum(counts.astype(np.float64) * _TOO_BRIGHT, full_scale)
        return flooded.astype(counts.dtype)

    def is_stuck(self, axis: str) -> bool:
        """Whether an axis does not move."""
        return axis in self._faults.stuck_axes

    def _begin_anew(self) -> None:
        self._accesses = 0
        self._since_s = time.monotonic()
        self._gone_since_s = None

    def _is_gone(self, faults: Faults) -> bool:
        """Whether the device is gone, or goes away with this exchange."""
        if self._gone_since_s is None:
            now_s = time.monotonic()
            late = 0 < faults.disconnect_after_s <= now_s - self._since_s
            often = 0 < faults.disconnect_after_accesses < self._accesses
            if late or often:
                self._gone_since_s = now_s
        return self._gone_since_s is not None

    def _refuse(self, name: str) -> None:
        if name in self._faults.refused:
            raise ValueRefusedError(name, "the device refuses to be set (simulated)")


def _wait(seconds: float, changed: threading.Event) -> None:
    """Let time pass; a cancellation, or other faults, end it."""
    if not seconds:
        return
    invocation = current_invocation()
    if invocation is None:
        changed.wait(seconds)
    else:
        invocation.cancel_event.sleep(seconds)


def clamped(value: V, limits: Range) -> V:
    """A number kept within limits, as the type it has; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    kind: Any = type(value)
    kept: V = kind(min(max(value, limits.least), limits.most))
    return kept


def without_numbers(value: V) -> V:
    """The same value with NaN for every number in it, however deep."""
    lost: Any = value
    if isinstance(value, int | float) and not isinstance(value, bool):
        lost = float("nan")
    elif isinstance(value, np.ndarray):
        lost = np.full(value.shape, np.nan)
    elif isinstance(value, BaseModel):
        lost = value.model_copy(update={key: without_numbers(each) for key, each in value})
    elif isinstance(value, list | tuple):
        lost = type(value)(without_numbers(each) for each in value)
    elif isinstance(value, Mapping):
        lost = {key: without_numbers(each) for key, each in value.items()}
    found: V = lost
    return found
