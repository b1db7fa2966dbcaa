"""What all simulated instruments share: a line to a device that does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from things.simulated.faulty_line import FaultyLine
from things.thing import Thing


class SimulatedInstrument(Thing):
    """An instrument with no hardware. It is sound, unless it is given faults.

    Attributes:
        faults: The line to the device; other faults can be put on it at any time.
        axes: The names of the axes it moves, in a derived class.
        has_detector: Whether it counts light, in a derived class.
    """

    axes: ClassVar[tuple[str, ...]] = ()
    has_detector: ClassVar[bool] = False

    def __init__(self, faults: Mapping[str, Any] | None = None) -> None:
        """Connect the line.

        Args:
            faults: What is wrong with it; see `things.simulated.faults.Faults`.

        Raises:
            ValueRefusedError: The faults do not fit this instrument.
        """
        self.faults = FaultyLine(self, faults)
        self._core.line = self.faults

    def reconnect(self) -> None:
        """Bring a device back that went away.

        Raises:
            DisconnectedError: It is still gone.
        """
        self.faults.reconnect()
