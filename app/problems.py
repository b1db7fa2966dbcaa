"""Errors as problems: which HTTP status, which type, and words without paths.

The one place that says what an error is to the network. Source: RFC 9457.
"""

from __future__ import annotations

import builtins
import re

from app.archive.errors import (
    ArchiveDamagedError,
    ArchiveError,
    ArchiveFullError,
    FileEmptyError,
    FileNotKeptError,
    FileQueryError,
    FileStateError,
    FileTakenError,
    UploadError,
    UploadTooLargeError,
)
from app.errors import (
    ClosingError,
    InterlockError,
    InvocationNotFoundError,
    LedgerError,
    RunQueryError,
    StoppedError,
    TooManyInvocationsError,
)
from app.handles import Problem
from app.imaging.errors import ImageError, ImageRefusedError
from things.errors import (
    AffordanceNotFoundError,
    BusyError,
    DeadlockError,
    DisconnectedError,
    InputRefusedError,
    InvocationCancelledError,
    NoBlobDataError,
    NotAvailableError,
    ReadOnlyError,
    ThingError,
    ValueRefusedError,
)

STATUSES: tuple[tuple[type[BaseException], int], ...] = (
    (AffordanceNotFoundError, 404),
    (InvocationNotFoundError, 404),
    (NoBlobDataError, 404),
    (ReadOnlyError, 405),
    (ValueRefusedError, 422),
    (InputRefusedError, 422),
    (BusyError, 409),
    (DeadlockError, 409),
    (InterlockError, 409),
    (StoppedError, 409),
    (NotAvailableError, 503),
    (DisconnectedError, 503),
    (TooManyInvocationsError, 503),
    (ClosingError, 503),
    (RunQueryError, 422),
    (LedgerError, 503),
    (FileNotKeptError, 404),
    (FileEmptyError, 409),
    (FileStateError, 409),
    (FileTakenError, 409),
    (FileQueryError, 422),
    (UploadError, 422),
    (UploadTooLargeError, 413),
    (ArchiveFullError, 507),
    (ArchiveDamagedError, 500),
    (ArchiveError, 503),
    (ImageRefusedError, 422),
    (ImageError, 503),
)
"""The first that fits counts; whatever is not here is a 500."""

PYTHON_ERRORS = "https://docs.python.org/3/library/exceptions.html"
OWN_ERRORS = "urn:labwright:error"
LABTHINGS_ERRORS = (
    "https://labthings-fastapi.readthedocs.io/en/latest/"
    "autoapi/labthings_fastapi/exceptions/index.html#labthings_fastapi.exceptions"
)
"""LabThings' clients compare the type of these two literally."""

_PATH = re.compile(r"(?<![\w:/])(?:[A-Za-z]:)?(?:[\\/][^\\/\s'\":]+){2,}")


def status_of(error: BaseException) -> int:
    """The HTTP status that an error is answered with."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def problem_of(error: BaseException) -> Problem:
    """An error in the shape of RFC 9457, without paths or traces."""
    title = type(error).__name__
    return Problem(title, without_paths(said_by(error)), _type_of(error), status_of(error))


def said_by(error: BaseException) -> str:
    """What an error says, or what it is, where it says nothing or cannot even say it."""
    try:
        return str(error).strip() or type(error).__name__
    except BaseException:  # it may be a driver's own error, whose words are a driver's code
        return type(error).__name__


def without_paths(text: str) -> str:
    """A text with every file path shortened to its last part."""
    return _PATH.sub(lambda found: "…/" + re.split(r"[\\/]", found[0])[-1], text)


def _type_of(error: BaseException) -> str:
    title = type(error).__name__
    if isinstance(error, InvocationCancelledError):
        return f"{LABTHINGS_ERRORS}.InvocationCancelledError"
    if isinstance(error, BusyError):
        return f"{LABTHINGS_ERRORS}.GlobalLockBusyError"
    if not isinstance(error, ThingError) and getattr(builtins, title, None) is type(error):
        return f"{PYTHON_ERRORS}#{title}"
    return f"{OWN_ERRORS}#{title}"
