"""Faults on simulated instruments, changed while a bench runs. For developers of drivers only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.bench import Bench
from things.errors import AffordanceNotFoundError
from things.simulated.faulty_line import FaultyLine
from things.simulated.instrument import SimulatedInstrument


class NotInDevModeError(AffordanceNotFoundError):
    """The bench was not started with `--dev`."""

    def __init__(self, thing: str) -> None:
        super().__init__(thing, "faults")

    def __str__(self) -> str:
        return "Faults can be tried on a bench that is started with --dev."


def faults_on(bench: Bench, thing: str) -> Mapping[str, Any]:
    """What is wrong with a simulated Thing, in JSON form.

    Raises:
        AffordanceNotFoundError: There is no such Thing, or it is not simulated.
        NotAvailableError: It failed to start.
    """
    return _line(bench, thing).faults.model_dump(mode="json")


def put_faults_on(bench: Bench, thing: str, faults: Mapping[str, Any]) -> Mapping[str, Any]:
    """Have other faults on a simulated Thing; what can be read is read again.

    Args:
        bench: The bench.
        thing: Which Thing; it may hang.
        faults: In JSON form; those that are not named are taken off.

    Returns:
        All of them, as they are now.

    Raises:
        ValueRefusedError: They do not fit; nothing changed.
        AffordanceNotFoundError: There is no such Thing, or it is not simulated.
        NotAvailableError: It failed to start.
    """
    line = _line(bench, thing)
    checked = line.put(faults)
    bench.properties.after_action(bench.thing(thing))
    return checked.model_dump(mode="json")


def _line(bench: Bench, name: str) -> FaultyLine:
    thing = bench.thing(name)
    if not isinstance(thing, SimulatedInstrument):
        raise AffordanceNotFoundError(name, "faults")
    return thing.faults
