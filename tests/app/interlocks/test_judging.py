"""Refusals in words: the part that fails, what it is instead, and its unit."""

from __future__ import annotations

from typing import Any

import pytest

from app.interlocks.errors import CannotJudgeError
from app.interlocks.judging import missing
from app.interlocks.language import read_condition
from app.interlocks.references import Reference

VALUES: dict[str, Any] = {
    "stage.position.z": 3.1,
    "thermostat.temperature": 41,
    "lamp.on": False,
    "mode": "fast",
    "limit": 2.0,
    "name": None,
}
UNITS = {"stage.position.z": "mm", "thermostat.temperature": "°C", "limit": "mm"}


def lookup(reference: Reference) -> Any:
    if reference.text not in VALUES:
        raise CannotJudgeError(f"{reference.text} could not be read: no answer")
    return VALUES[reference.text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stage.position.z < 4", ""),
        ("stage.position.z < 2", "Needs stage.position.z < 2; it is 3.1 mm."),
        (
            "stage.position.z < 4 and thermostat.temperature < 40",
            "Needs thermostat.temperature < 40; it is 41 °C.",
        ),
        (
            "stage.position.z < 2 and thermostat.temperature < 40",
            "Needs stage.position.z < 2; it is 3.1 mm.",
        ),
        (
            "stage.position.z < limit",
            "Needs stage.position.z < limit; stage.position.z is 3.1 mm, limit is 2 mm.",
        ),
        ("lamp.on", "Needs lamp.on; it is false."),
        ("not (mode == 'fast')", "Needs not (mode == 'fast'); it is 'fast'."),
        ("mode in ['slow']", "Needs mode in ['slow']; it is 'fast'."),
        ("name is not None", "Needs name is not None; it is nothing."),
        ("False", "Needs False."),
        ("gone < 2", "Needs gone < 2; gone could not be read: no answer."),
        (
            "lamp.on or mode == 'slow'",
            "Needs lamp.on or mode == 'slow'; lamp.on is false, mode is 'fast'.",
        ),
    ],
)
def test_a_refusal_says_what_is_needed_and_what_it_is(text: str, words: str) -> None:
    unit_of = lambda reference: UNITS.get(reference.text, "")  # noqa: E731
    assert missing(read_condition(text), lookup, unit_of) == words
