"""The error tree of the instruments.

    Exception
    └── ThingError                  anything a Thing or its driver can say
        ├── ValueRefusedError       a value was refused before it reached the hardware
        │   └── ReadOnlyError       the property cannot be written at all
        ├── SettingNotKeptError     a setting is in force, but the disk did not take it
        ├── BusyError               somebody else holds the Thing; try again
        ├── DeadlockError           waiting would never end: a circle of Things
        ├── DisconnectedError       the device is gone; `reconnect()` may bring it back
        ├── DriverFaultError        a driver raised what none may, such as SystemExit
        ├── NotAvailableError       the Thing failed to start, or is not there
        ├── AffordanceNotFoundError no property, action, event or stream of that name
        ├── InputRefusedError       the input of an action does not fit its schema
        ├── SlotError               a slot is not filled, or with the wrong Thing
        ├── DefinitionError         a Thing class is written wrongly (also a TypeError)
        ├── NoBlobDataError         a Blob has no data here (also a ValueError)
        └── NoBlobManagerError      outputs were read outside a blob context (also a RuntimeError)
    BaseException
    └── InvocationCancelledError    the invocation was asked to stop; let it pass

`InvocationCancelledError` is no `Exception`, so that `except Exception` in a driver does not
swallow a cancellation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ThingError(Exception):
    """Anything a Thing or its driver can say."""


class ValueRefusedError(ThingError, ValueError):
    """A value was refused before it reached the hardware.

    Attributes:
        name: The property.
        reason: In words an operator understands.
        details: One entry a fault, as pydantic writes them (`type`, `loc`, `msg`, `input`).
    """

    def __init__(self, name: str, reason: str, details: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.details = tuple(details)


class ReadOnlyError(ValueRefusedError):
    """The property cannot be written at all."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "this value can only be read")


class SettingNotKeptError(ThingError, OSError):
    """A setting is in force but is not on disk: after a restart it would be the old one.

    It is written with the next setting of its Thing that finds room.

    Attributes:
        name: The setting.
        reason: What the disk said.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is set, but could not be kept on disk: {reason}")
        self.name = name
        self.reason = reason


class BusyError(ThingError):
    """Somebody else holds the Thing.

    Attributes:
        holder: Who holds it, in words.
    """

    def __init__(self, thing: str, holder: str) -> None:
        super().__init__(f"{thing} is busy: {holder}")
        self.holder = holder


class DeadlockError(ThingError):
    """Waiting for a Thing would never end, since its holder waits for one of ours."""


class DisconnectedError(ThingError, ConnectionError):
    """The device is gone. Raise it from a driver when a read or write finds nobody there."""


class DriverFaultError(ThingError):
    """A driver raised what is no `Exception`, such as SystemExit. It ends nobody's program."""


class NotAvailableError(ThingError):
    """The Thing failed to start, or has been closed.

    Attributes:
        reason: Why, in words.
    """

    def __init__(self, thing: str, reason: str) -> None:
        super().__init__(f"{thing} is not available: {reason}")
        self.reason = reason


class AffordanceNotFoundError(ThingError, LookupError):
    """The Thing has no property, action, event or stream of that name."""

    def __init__(self, thing: str, name: str) -> None:
        super().__init__(f"{thing} has nothing called {name!r}")
        self.name = name


class InputRefusedError(ThingError, ValueError):
    """The input of an action does not fit its schema; nothing was started.

    Attributes:
        details: One entry a fault, as pydantic writes them (`type`, `loc`, `msg`, `input`).
        reason: In words an operator understands.
    """

    def __init__(self, action: str, details: Sequence[dict[str, Any]], reason: str = "") -> None:
        if not reason:
            first = details[0] if details else {"loc": (), "msg": "not valid"}
            place = ".".join(str(part) for part in first["loc"])
            reason = f"{place}: {first['msg']}" if place else str(first["msg"])
        super().__init__(f"{action}: {reason}")
        self.details = tuple(details)
        self.reason = reason


class SlotError(ThingError):
    """A slot is not filled, or with a Thing that does not fit it."""


class DefinitionError(ThingError, TypeError):
    """A Thing class is written in a way that cannot work; raised when it is defined."""


class NoBlobDataError(ThingError, ValueError):
    """A Blob has no data on this side: it is only a link."""


class NoBlobManagerError(ThingError, RuntimeError):
    """The output of an invocation was read where blobs cannot be given a URL."""


class InvocationCancelledError(BaseException):
    """The invocation was asked to stop.

    Let it pass to end as `cancelled`, or catch it to finish early and end as `completed`. It
    derives from `BaseException` so that `except Exception` does not swallow it.
    """
