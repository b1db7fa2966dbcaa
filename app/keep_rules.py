"""The `[[keep]]` of a bench file: which outputs stay in the archive without a click.

[[keep]]
thing = "camera"              # which Thing; patterns with * and ? are fine, all where left out
action = "snap*"              # which action
pattern = "{sample}-{n}"      # what the files are called; by the settings where left out
tags = ["raw"]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from app.archive.naming import NamePattern
from app.archive.texts import checked_tags
from app.bench_rules import for_nobody, place_of_rule
from app.errors import BenchFileError
from things.errors import ValueRefusedError


@dataclass(frozen=True, slots=True)
class KeepRule:
    """Which outputs stay, and how they are found again.

    Attributes:
        thing, action: Of which action of which Thing; patterns with '*' and '?'.
        pattern: What the files are called; '' for what the settings say.
        tags: To be found by.
    """

    thing: str = "*"
    action: str = "*"
    pattern: str = ""
    tags: tuple[str, ...] = ()

    def fits(self, thing: str, action: str) -> bool:
        """Whether it is for an action."""
        return fnmatchcase(thing, self.thing) and fnmatchcase(action, self.action)


class TomlKeepRule(BaseModel):
    """One rule, as the file says it."""

    model_config = ConfigDict(extra="forbid")

    thing: str = "*"
    action: str = "*"
    pattern: str = ""
    tags: list[str] = []


def read_keep_rules(
    file: Path | str, text: str, rules: Sequence[TomlKeepRule], things: Sequence[str]
) -> tuple[KeepRule, ...]:
    """Read the rules of a bench file.

    Args:
        file: Which one.
        text: All that stands in it.
        rules: Those in it.
        things: The names of its Things.

    Raises:
        BenchFileError: A pattern or a tag does not fit, or a rule is for a Thing that is not there.
    """
    return tuple(_read(file, text, number, rule, things) for number, rule in enumerate(rules))


def _read(
    file: Path | str, text: str, number: int, rule: TomlKeepRule, things: Sequence[str]
) -> KeepRule:
    def refused(key: str, reason: str) -> BenchFileError:
        return BenchFileError(file, place_of_rule(text, number, key, "keep"), reason)

    reason = for_nobody(rule.thing, rule.thing, things)
    if reason:
        raise refused("thing", reason)
    try:
        if rule.pattern:
            NamePattern(rule.pattern)
    except ValueRefusedError as error:
        raise refused("pattern", f"pattern {error.reason}") from None
    try:
        tags = tuple(checked_tags(rule.tags).values())
    except ValueRefusedError as error:
        raise refused("tags", f"tags: {error.reason}") from None
    return KeepRule(rule.thing, rule.action, rule.pattern, tags)
