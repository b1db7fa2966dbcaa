"""Interlock functions that a package brings, by the entry-point group `labwright.interlocks`.

    def dust_cover(values):
        '''Permits nothing while the cover is on and the lamp is hot.'''
        if values["cover.closed"] and values["lamp.temperature"] > 60:
            return "The lamp is too hot for the cover."
        return ""

It gets the values by name, reads what it asks for, and returns why it refuses, or ''.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Final, cast

from app.interlocks.errors import CannotJudgeError, ConditionError
from app.interlocks.evaluation import Lookup
from app.interlocks.references import Reference

FUNCTION_GROUP: Final = "labwright.interlocks"
FUNCTION_PREFIX: Final = "function:"


class Values:
    """What an interlock function sees: `values["stage.position.z"]`.

    Args:
        lookup: Gives them.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def __getitem__(self, name: str) -> Any:
        """The value of a property, or of a part of one, in JSON form.

        Raises:
            CannotJudgeError: It cannot be read. Let it pass: it refuses with that reason.
        """
        steps = tuple(int(step) if step.isdecimal() else step for step in name.split("."))
        return self._lookup(Reference(name, "", steps))


@dataclass(frozen=True)
class FunctionCheck:
    """An interlock function.

    Attributes:
        text: 'function:' and its name.
        function: Returns why it refuses, or ''.
    """

    text: str
    function: Callable[[Values], str]

    def missing(self, lookup: Lookup) -> str:
        """Why it refuses, or ''; whatever it raises refuses too."""
        try:
            reason: object = self.function(Values(lookup))
        except CannotJudgeError as error:
            return f"{self._name} cannot judge: {error}."
        except Exception as error:  # of somebody else's code; it must not permit anything
            return f"{self._name} failed: {type(error).__name__}: {error}."
        if not isinstance(reason, str):
            return f"{self._name} gave {type(reason).__name__} where a reason or '' was expected."
        return reason.strip()

    @property
    def _name(self) -> str:
        return f"The interlock {self.text.removeprefix(FUNCTION_PREFIX)!r}"


def read_function(text: str) -> FunctionCheck:
    """Find an installed function.

    Args:
        text: 'function:' and its name.

    Raises:
        ConditionError: There is none of that name, or it cannot be loaded.
    """
    name = text.removeprefix(FUNCTION_PREFIX).strip()
    found = {each.name: each for each in entry_points(group=FUNCTION_GROUP)}
    if name not in found:
        known = f"; there is {', '.join(sorted(found))}" if found else ""
        raise ConditionError(text, f"no installed package brings the interlock {name!r}{known}")
    try:
        function = found[name].load()
    except Exception as error:
        raise ConditionError(
            text, f"the interlock {name!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if not callable(function):
        raise ConditionError(text, f"the interlock {name!r} is no function")
    return FunctionCheck(FUNCTION_PREFIX + name, cast("Callable[[Values], str]", function))
