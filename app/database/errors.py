"""What can be wrong with the database.

ThingError
└── DatabaseError               the database cannot be used
    ├── DatabaseOpenError       it cannot be opened; nothing in it was changed
    │   ├── DatabaseAddressError    its address is none
    │   ├── DatabaseCorruptError    it is damaged, or no database at all
    │   ├── DatabaseNewerError      a newer program wrote it
    │   ├── DatabaseLockedError     another program holds it
    │   └── DatabaseReadOnlyError   it cannot be written
    ├── DatabaseFullError       nothing can be written now: no room, or the disk fails
    ├── DatabaseBusyError       too much waits to be written already
    └── DatabaseClosedError     it has been closed
"""

from __future__ import annotations

from things.errors import ThingError


class DatabaseError(ThingError):
    """The database cannot be used.

    Attributes:
        reason: Why, in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DatabaseOpenError(DatabaseError):
    """The database cannot be opened; nothing in it was changed.

    Attributes:
        place: The file, or the address of the server without its password.
        passes: Whether it may pass by itself, so that it is worth trying again.
    """

    passes = True

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class DatabaseAddressError(DatabaseOpenError):
    """What should lead to a database is no address of one."""

    passes = False


class DatabaseCorruptError(DatabaseOpenError):
    """The database is damaged, or the file is no database at all."""

    passes = False


class DatabaseNewerError(DatabaseOpenError):
    """The database was written by a newer program than this."""

    passes = False


class DatabaseLockedError(DatabaseOpenError):
    """Another program holds the database."""


class DatabaseReadOnlyError(DatabaseOpenError):
    """The database, or the folder it is in, cannot be written."""


class DatabaseFullError(DatabaseError):
    """Nothing can be written now: there is no room, or the disk fails, or the server is away.

    Attributes:
        no_room: Whether it is room that is missing.
    """

    def __init__(self, reason: str, no_room: bool = True) -> None:
        super().__init__(reason)
        self.no_room = no_room


class DatabaseBusyError(DatabaseError):
    """Too much waits to be written already."""


class DatabaseClosedError(DatabaseError):
    """The database has been closed."""

    def __init__(self) -> None:
        super().__init__("the database has been closed")
