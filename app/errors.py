"""The errors of the engine, beside those of `things.errors`.

ThingError
├── BenchFileError              a bench file is wrong; says file, place and what was expected
├── DataFolderError             the folder where data is kept cannot be used
├── BenchInUseError             another program has this bench
├── TooManyInvocationsError     as many run as are allowed; try again
├── ClosingError                the program is ending and starts nothing new
├── StoppedError                everything was stopped while this waited
├── InvocationNotFoundError     no invocation of that id, or not any more
├── InterlockError              a condition on an action or a write is not met
├── LedgerError                 the ledger cannot be read or written
│   ├── LedgerFullError         nothing can be recorded now, so nothing new is started
│   └── RunQueryError           the ledger does not understand what it is asked
└── PortError                   no port could be had to listen on
"""

from __future__ import annotations

from pathlib import Path

from things.errors import ThingError


class BenchFileError(ThingError):
    """A bench file is wrong.

    Attributes:
        file: Which one.
        place: Where in it, such as 'line 4, things.camera'.
        reason: What is wrong and what was expected.
    """

    def __init__(self, file: Path | str, place: str, reason: str) -> None:
        super().__init__(f"{file}{', ' + place if place else ''}: {reason}")
        self.file = file
        self.place = place
        self.reason = reason


class BenchInUseError(ThingError):
    """Another program has this bench and its data folder.

    Attributes:
        holder: Who, in words.
        url: Where it can be reached; '' where that is not known.
    """

    def __init__(self, bench: str, holder: str, url: str) -> None:
        super().__init__(f"{bench} is in use by {holder}")
        self.holder = holder
        self.url = url


class DataFolderError(ThingError):
    """The folder where data is kept cannot be used.

    Attributes:
        folder: Which one.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder}: data cannot be kept there: {reason}")
        self.folder = folder


class TooManyInvocationsError(ThingError):
    """As many invocations run as are allowed.

    Attributes:
        limit: How many.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} actions run or wait already; no more are started")
        self.limit = limit


class ClosingError(ThingError):
    """The program is ending and starts nothing new."""

    def __init__(self) -> None:
        super().__init__("the bench is closing and starts nothing new")


class StoppedError(ThingError):
    """Everything was stopped while this waited; it was not begun."""

    def __init__(self) -> None:
        super().__init__("everything was stopped while this waited; ask for it again")


class InvocationNotFoundError(ThingError, KeyError):
    """There is no invocation of that id, or not any more."""

    def __init__(self, id: object) -> None:
        super().__init__(f"No action invocation found with ID {id}")

    def __str__(self) -> str:
        return str(self.args[0])


class InterlockError(ThingError):
    """A condition on an action or on the writing of a property is not met, or cannot be judged.

    Attributes:
        condition: As it was written; '' where only the words came, over the network.
        reason: Why, in words, such as 'Needs stage.position.z < 2; it is 3.1 mm.'
    """

    def __init__(self, condition: str, reason: str) -> None:
        super().__init__(reason)
        self.condition = condition
        self.reason = reason


class LedgerError(ThingError):
    """The ledger cannot be read or written."""


class LedgerFullError(LedgerError):
    """Nothing can be recorded now, so nothing new is started.

    Attributes:
        reason: Why, in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"nothing new is started while it cannot be recorded: {reason}")
        self.reason = reason


class RunQueryError(LedgerError, ValueError):
    """The ledger does not understand what it is asked.

    Attributes:
        name: Which part of the question.
        reason: What was expected there.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class PortError(ThingError, OSError):
    """No port could be had to listen on."""
