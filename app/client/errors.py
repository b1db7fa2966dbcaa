"""What can go wrong between a client and a bench, beside what the bench itself says.

    ThingError
    ├── DisconnectedError
    │   └── BenchUnreachableError   nobody answers at the address
    │       └── AnswerTimeoutError  somebody took the question and never answered (a TimeoutError)
    ├── BlobExpiredError            the data is not kept any more (a LookupError)
    ├── RemoteFailureError          it failed over there, with an error that has no class here
    └── UnexpectedAnswerError       what answers is no bench, or not one that speaks as agreed

What the bench says comes as the error it was: `ValueRefusedError`, `BusyError`, `ValueError`...
"""

from __future__ import annotations

from app.handles import Problem
from things.errors import DisconnectedError, ThingError


class BenchUnreachableError(DisconnectedError):
    """Nobody answers at the address.

    Attributes:
        url: The address.
        reason: Why, in words.
    """

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url} cannot be reached: {reason}")
        self.url = url
        self.reason = reason


class AnswerTimeoutError(BenchUnreachableError, TimeoutError):
    """Somebody took the question and did not answer in time.

    Whether it was carried out is not known.
    """


class BlobExpiredError(ThingError, LookupError):
    """The data of an output is not kept any more."""


class RemoteFailureError(ThingError):
    """It failed over there, with an error that has no class here.

    Attributes:
        problem: What is known of it; the title names the class it had.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem


class UnexpectedAnswerError(ThingError):
    """What answers is no bench, or not one that speaks as agreed.

    Attributes:
        url: What was asked for.
    """

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"{url}: {what}")
        self.url = url
