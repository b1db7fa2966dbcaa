"""The `[[interlocks]]` of a bench file: from text to rules, with the place of each mistake.

[[interlocks]]
for = ["camera.snap", "stage.move_*", "stage.position"]
requires = "stage.position.z < 2"
because = "The objective is in the way."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.errors import BenchFileError
from app.interlocks.errors import ConditionError
from app.interlocks.rules import Rule, read_rule


def _as_list(targets: Any) -> Any:
    return [targets] if isinstance(targets, str) else targets


class TomlRule(BaseModel):
    """One rule, as the file says it."""

    model_config = ConfigDict(extra="forbid")

    targets: Annotated[list[str], BeforeValidator(_as_list)] = Field(alias="for")
    requires: str
    because: str = ""


def read_rules(
    file: Path | str, text: str, rules: Sequence[TomlRule], things: Sequence[str]
) -> tuple[Rule, ...]:
    """Read the rules of a bench file.

    Args:
        file: Which one.
        text: All that stands in it.
        rules: Those in it.
        things: The names of its Things.

    Raises:
        BenchFileError: A condition is wrong, or a rule is for a Thing that is not there.
    """
    return tuple(_read_rule(file, text, number, rule, things) for number, rule in enumerate(rules))


def place_of_rule(text: str, number: int, key: str = "", table: str = "interlocks") -> str:
    """Where in the text a rule stands.

    Args:
        text: Of the bench file.
        number: Which rule, from 0.
        key: Which of its lines; '' for its head.
        table: What the head of such a rule says.
    """
    header = re.compile(rf"^\s*\[\[\s*{re.escape(table)}\s*\]\]")
    lines = text.splitlines()
    heads = [index for index, line in enumerate(lines) if header.match(line)]
    if number >= len(heads):
        return f"{table}[{number}]"
    found = heads[number]
    end = heads[number + 1] if number + 1 < len(heads) else len(lines)
    if key:
        named = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=")
        within = (index for index in range(found, end) if named.match(lines[index]))
        found = next(within, found)
    return f"line {found + 1}, {table}[{number}]"


def _read_rule(
    file: Path | str, text: str, number: int, rule: TomlRule, things: Sequence[str]
) -> Rule:
    try:
        made = read_rule(rule.targets, rule.requires, rule.because)
    except ConditionError as error:
        key = "for" if error.condition in rule.targets else "requires"
        raise BenchFileError(file, place_of_rule(text, number, key), str(error)) from None
    for target in made.targets:
        name = target.partition(".")[0]
        reason = for_nobody(target, name, things)
        if reason:
            raise BenchFileError(file, place_of_rule(text, number, "for"), reason)
    return made


def for_nobody(target: str, name: str, things: Sequence[str]) -> str:
    """Why a rule is for no Thing of the bench; '' where it may be for one.

    Args:
        target: What the rule is for, as it was written.
        name: The Thing in it; may hold '*', '?' and '[]'.
        things: The names of those there are.
    """
    if any(char in name for char in "*?[") or name in things:
        return ""
    known = ", ".join(sorted(things)) or "none"
    return f"it is for {target!r}, but there is no such Thing; there is {known}"
