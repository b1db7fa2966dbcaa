"""What can be wrong with a condition: when it is read, and when it is judged."""

from __future__ import annotations

from things.errors import ThingError


class ConditionError(ThingError):
    """A condition is written wrongly; found when it is read.

    Attributes:
        condition: Its text.
        reason: What is wrong and what was expected.
    """

    def __init__(self, condition: str, reason: str) -> None:
        super().__init__(f"the condition {condition!r} is wrong: {reason}")
        self.condition = condition
        self.reason = reason


class CannotJudgeError(ThingError):
    """A condition can be neither met nor missed now, such as by a value nobody can read.

    Whoever judges takes it as a refusal: what is not known does not permit anything.
    """
