"""What can be wrong with a simulated instrument.

In a bench file:

    [things.thermostat]
    class = "things.simulated.thermostat:Thermostat"
    args = { faults = { latency_s = 0.5, clamped = { target = [15, 50] } } }

`FaultyLine` brings them about.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.config import JsonDict

from things.actions import ActionDescriptor
from things.errors import ValueRefusedError
from things.properties import PropertyDescriptor
from things.schemas import refusal
from things.thing import Thing, affordances_of

_SECONDS: JsonDict = {"unit": "s"}

LONGEST_S = 3600.0
"""No wait can be made longer."""

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=LONGEST_S, json_schema_extra=_SECONDS)]
Names: TypeAlias = tuple[str, ...]
ErrorKind: TypeAlias = Literal[
    "ThingError", "RuntimeError", "SystemExit", "MemoryError", "RecursionError"
]


class Range(BaseModel):
    """From where to where.

    Attributes:
        least, most: Both are possible.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    least: float
    most: float

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        """`[15, 50]` says the same in a bench file."""
        if isinstance(value, list | tuple):
            if len(value) != 2:
                raise ValueError("must be two numbers, the least and the most")
            return {"least": value[0], "most": value[1]}
        return value

    @model_validator(mode="after")
    def _rising(self) -> Range:
        if self.least > self.most:
            raise ValueError("the least must not be above the most")
        return self


class Faults(BaseModel):
    """What is wrong with an instrument. By default nothing is."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    latency_s: Seconds = Field(
        default=0.0, title="Latency", description="How long every exchange with the device takes."
    )
    timeout_s: Seconds = Field(
        default=0.0,
        title="No answer",
        description="Above 0, the device never answers: every exchange fails after so long.",
    )
    disconnected: bool = Field(
        default=False, title="Disconnected", description="The device is gone from the beginning."
    )
    disconnect_after_s: Seconds = Field(
        default=0.0, title="Gone after", description="Above 0, the device goes away after so long."
    )
    disconnect_after_accesses: int = Field(
        default=0,
        ge=0,
        title="Uses left",
        description="Above 0, the device goes away after so many exchanges with it.",
    )
    back_after_s: Seconds = Field(
        default=0.0,
        title="Back after",
        description="A device that is gone can be reached again after so long, and not before.",
    )
    nan: Names = Field(
        default=(), title="Not a number", description="Properties whose readings are not a number."
    )
    refused: Names = Field(
        default=(),
        title="Refused",
        description="Properties that the device does not let anybody set.",
    )
    clamped: dict[str, Range] = Field(
        default={},
        title="Clamped",
        description="Properties that the device takes, but keeps in a range of its own.",
    )
    stuck_axes: Names = Field(default=(), title="Stuck axes", description="Axes that do not move.")
    saturated: bool = Field(
        default=False,
        title="Saturated",
        description="The detector sees much more light than it can count.",
    )
    raising: dict[str, ErrorKind] = Field(
        default={}, title="Raising", description="Actions that fail, and what they raise."
    )
    hanging: Names = Field(
        default=(),
        title="Hanging",
        description="Actions and readings that never return and cannot be cancelled; they do once "
        "the faults are changed.",
    )


def faults_from(given: Mapping[str, Any] | Faults, thing: type[Thing]) -> Faults:
    """Faults for a class of Things, checked.

    Args:
        given: From a bench file, from JSON or from Python.
        thing: The class, which has what the faults name.

    Raises:
        ValueRefusedError: A key or name is not known, or a value does not fit.
    """
    try:
        faults = Faults.model_validate(given)
    except ValidationError as error:
        reason, details = refusal(error)
        for each in details:
            if each["type"] == "extra_forbidden" and len(each["loc"]) == 1:
                words = _unknown(str(each["loc"][0]), Faults.model_fields, "fault")
                raise ValueRefusedError("faults", words) from error
        raise ValueRefusedError("faults", reason, details) from error
    affordances = affordances_of(thing).values()
    actions = [each.name for each in affordances if isinstance(each, ActionDescriptor)]
    properties = [each for each in affordances if isinstance(each, PropertyDescriptor)]
    read = [each.name for each in properties if each.needs_device]
    written = [each.name for each in properties if not each.read_only]
    stop = ["stop"] if hasattr(thing, "stop") else []
    axes: Names = getattr(thing, "axes", ())
    for key, names, known, what in (
        ("nan", faults.nan, read, "reading"),
        ("refused", faults.refused, written, "property to set"),
        ("clamped", faults.clamped, written, "property to set"),
        ("stuck_axes", faults.stuck_axes, axes, "axis"),
        ("raising", faults.raising, actions, "action"),
        ("hanging", faults.hanging, [*actions, *read, *stop], "action or reading"),
    ):
        for name in names:
            if name not in known:
                raise ValueRefusedError("faults", f"{key}: {_unknown(name, known, what)}")
    if faults.saturated and not getattr(thing, "has_detector", False):
        raise ValueRefusedError("faults", "saturated: it has no detector")
    return faults


def _unknown(name: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"there is no {what} {name!r}; did you mean {near[0]!r}?"
    return f"there is no {what} {name!r}; {', '.join(names) or 'none'} can be named"
