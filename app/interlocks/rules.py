"""Rules: which actions and writes a condition guards, from a class or from a bench file.

In a bench file:

    [[interlocks]]
    for = ["camera.snap", "stage.move_*", "stage.position"]
    requires = "stage.position.z < 2 and door.closed"
    because = "The objective is in the way."
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from app.interlocks.errors import ConditionError
from app.interlocks.functions import FUNCTION_PREFIX, FunctionCheck, read_function
from app.interlocks.language import Condition, read_condition
from things.actions import ActionDescriptor
from things.affordance import Affordance
from things.properties import PropertyDescriptor

NEVER_INTERLOCKED: Final = "stop"
"""What must always be possible."""

Check = Condition | FunctionCheck


@dataclass(frozen=True)
class Rule:
    """One condition, and what it guards.

    Attributes:
        targets: 'thing.affordance', either part with `*`, `?` and `[...]`.
        check: What is needed.
        because: Why, in words; comes first in a refusal. May be ''.
    """

    targets: tuple[str, ...]
    check: Check
    because: str = ""

    def guards(self, thing: str, name: str) -> bool:
        """Whether it guards an action, or the writing of a property."""
        return name != NEVER_INTERLOCKED and any(
            matches(target, thing, name) for target in self.targets
        )


def read_rule(targets: Sequence[str], requires: str, because: str = "") -> Rule:
    """Read a rule.

    Args:
        targets: 'thing.affordance' each.
        requires: A condition, or 'function:' and the name of an installed one.
        because: Why, in words.

    Raises:
        ConditionError: The condition is wrong, a target is none, or there is none.
    """
    for target in targets:
        thing, dot, name = target.partition(".")
        if not (thing and dot and name) or "." in name:
            raise ConditionError(
                target, "'thing.action' or 'thing.property' was expected, such as 'stage.move_*'"
            )
        if name == NEVER_INTERLOCKED:
            raise ConditionError(target, "stopping is never interlocked")
    if not targets:
        raise ConditionError(requires, "'for' names nothing that it is for")
    return Rule(tuple(targets), read_check(requires), because)


def read_check(requires: str) -> Check:
    """A condition, or a function that is installed.

    Raises:
        ConditionError: It is neither.
    """
    if requires.strip().startswith(FUNCTION_PREFIX):
        return read_function(requires.strip())
    return read_condition(requires)


def matches(target: str, thing: str, name: str) -> bool:
    """Whether a target such as 'stage.move_*' means this affordance."""
    of_thing, _, of_name = target.partition(".")
    return fnmatchcase(thing, of_thing) and fnmatchcase(name, of_name)


def can_be_guarded(affordance: Affordance) -> bool:
    """Whether there is anything to refuse: an action, or a property that can be written."""
    if isinstance(affordance, PropertyDescriptor):
        return not affordance.read_only
    return isinstance(affordance, ActionDescriptor)


def own_requirement(affordance: Affordance) -> str:
    """The condition that the class itself gives an affordance; '' for none."""
    if isinstance(affordance, ActionDescriptor | PropertyDescriptor):
        return affordance.requires
    return ""


def described_with(
    description: Mapping[str, Any], thing: str, rules: Sequence[Rule]
) -> dict[str, Any]:
    """A Thing Description that says all conditions: `lw:requires` becomes a list of them.

    Args:
        description: With the conditions of the class, as text.
        thing: The name of the Thing.
        rules: Those of the bench.
    """
    changed = dict(description)
    for section in ("properties", "actions"):
        changed[section] = {
            name: _with_requirements(raw, [*_requirements(raw, thing, name, rules)])
            for name, raw in description.get(section, {}).items()
        }
    return changed


def _with_requirements(raw: Mapping[str, Any], needed: list[dict[str, str]]) -> Mapping[str, Any]:
    return {**raw, "lw:requires": needed} if needed else raw


def _requirements(
    raw: Mapping[str, Any], thing: str, name: str, rules: Sequence[Rule]
) -> Iterator[dict[str, str]]:
    if own := raw.get("lw:requires"):
        yield {"condition": str(own), "because": ""}
    if raw.get("readOnly"):
        return
    for rule in rules:
        if rule.guards(thing, name):
            yield {"condition": rule.check.text, "because": rule.because}
