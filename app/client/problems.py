"""From answers back to errors: the other side of `app.problems`."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app import errors as of_app
from app.archive import errors as of_archive
from app.client.errors import BlobExpiredError, RemoteFailureError
from app.handles import Problem
from app.imaging import errors as of_imaging
from things import errors as of_things

_FRAGMENT = re.compile(r"[#.]")


@dataclass(frozen=True, slots=True)
class Subject:
    """What was asked about, for errors that name it.

    Attributes:
        kind: 'property', 'action', 'invocation', 'blob', 'stream', 'run', 'runs' (of the ledger),
            'stamp', 'file', 'files' (of the archive), 'upload part' or 'bench'.
        thing: The Thing, where there is one.
        name: The property or action, or the id.
    """

    kind: str = "bench"
    thing: str = ""
    name: str = ""


_BY_DETAIL: Final[Mapping[str, Callable[[str], BaseException]]] = {
    kind.__name__: kind
    for kind in (
        of_things.ThingError,
        of_things.DeadlockError,
        of_things.DisconnectedError,
        of_things.SlotError,
        of_things.DefinitionError,
        of_things.NoBlobDataError,
        of_things.NoBlobManagerError,
        of_things.InvocationCancelledError,
        of_app.PortError,
        of_app.LedgerError,
        of_archive.ArchiveError,
        of_archive.ArchiveUnopenedError,
        of_archive.FileStateError,
        of_archive.UploadError,
        of_imaging.ImageError,
        of_imaging.ImageRefusedError,
        of_imaging.ImageTooCostlyError,
        of_imaging.ImageProcessError,
    )
}
"""Errors that are made of their words alone."""

Make = Callable[[Problem, Subject], BaseException]


def _after(separator: str, text: str) -> str:
    """What follows in a sentence of ours; all of it where it was put otherwise."""
    return text.partition(separator)[2] or text


def _numbers(text: str, count: int) -> list[int]:
    """The first numbers in a sentence of ours; 0 where it was put otherwise."""
    found = [int(digits) for digits in re.findall(r"\d{1,18}", text)[:count]]
    return found + [0] * (count - len(found))


_MAKES: Final[Mapping[str, Make]] = {
    "ValueRefusedError": lambda problem, subject: of_things.ValueRefusedError(
        subject.name, _after(f"{subject.name}: ", problem.detail)
    ),
    "ReadOnlyError": lambda _, subject: of_things.ReadOnlyError(subject.name),
    "SettingNotKeptError": lambda problem, subject: of_things.SettingNotKeptError(
        subject.name, _after("could not be kept on disk: ", problem.detail)
    ),
    "BusyError": lambda problem, subject: of_things.BusyError(
        subject.thing, _after(" is busy: ", problem.detail)
    ),
    "GlobalLockBusyError": lambda problem, subject: of_things.BusyError(
        subject.thing, _after(" is busy: ", problem.detail)
    ),
    "NotAvailableError": lambda problem, subject: of_things.NotAvailableError(
        subject.thing, _after(" is not available: ", problem.detail)
    ),
    "AffordanceNotFoundError": lambda _, subject: of_things.AffordanceNotFoundError(
        subject.thing, subject.name
    ),
    "InputRefusedError": lambda problem, subject: of_things.InputRefusedError(
        subject.name, (), _after(f"{subject.name}: ", problem.detail)
    ),
    "TooManyInvocationsError": lambda problem, _: of_app.TooManyInvocationsError(
        int(found[0]) if (found := re.match(r"\d{1,9}", problem.detail)) else 0
    ),
    "ClosingError": lambda *_: of_app.ClosingError(),
    "StoppedError": lambda *_: of_app.StoppedError(),
    "InterlockError": lambda problem, _: of_app.InterlockError("", problem.detail),
    "LedgerFullError": lambda problem, _: of_app.LedgerFullError(
        _after("it cannot be recorded: ", problem.detail)
    ),
    "InvocationNotFoundError": lambda _, subject: of_app.InvocationNotFoundError(subject.name),
    "ArchiveOpeningError": lambda *_: of_archive.ArchiveOpeningError(),
    "ArchiveClosedError": lambda *_: of_archive.ArchiveClosedError(),
    "ArchiveFolderError": lambda problem, _: of_archive.ArchiveFolderError(
        Path(problem.detail.partition(": ")[0]), _after("cannot be kept there: ", problem.detail)
    ),
    "ArchiveReadOnlyError": lambda problem, _: of_archive.ArchiveReadOnlyError(
        Path(problem.detail.partition(": ")[0]), _after("it can only be read: ", problem.detail)
    ),
    "ArchiveFullError": lambda problem, _: of_archive.ArchiveFullError(
        _after("no room for more files: ", problem.detail)
    ),
    "ArchiveDamagedError": lambda problem, _: of_archive.ArchiveDamagedError(
        _after("with SHA-256 ", problem.detail).partition("…")[0],
        _after(" is damaged: ", problem.detail),
    ),
    "DecoderClosedError": lambda *_: of_imaging.DecoderClosedError(),
    "FileNotKeptError": lambda problem, _: of_archive.FileNotKeptError(
        _after("kept under the id ", problem.detail)
    ),
    "FileEmptyError": lambda _, subject: of_archive.FileEmptyError(subject.name),
    "FileTakenError": lambda problem, _: of_archive.FileTakenError(
        _after("with the id ", problem.detail).partition(" ")[0]
    ),
    "UploadHashError": lambda problem, _: of_archive.UploadHashError(
        _after(", not ", problem.detail).partition(" ")[0],
        _after("SHA-256 is ", problem.detail).partition(",")[0],
    ),
    "UploadTruncatedError": lambda problem, _: of_archive.UploadTruncatedError(
        *_numbers(problem.detail, 2)
    ),
    "UploadTooLargeError": lambda problem, _: of_archive.UploadTooLargeError(
        *_numbers(problem.detail, 1)
    ),
}
"""Errors that are made of more, by the last word of their type."""


def error_of(problem: Problem, subject: Subject) -> BaseException:
    """The error that a problem was made from.

    Args:
        problem: From an answer, or from an invocation that did not complete.
        subject: What was asked about.

    Returns:
        An error of `things.errors` or `app.errors`, a built-in one, or `RemoteFailureError`. All
        are Exceptions but `InvocationCancelledError`.
    """
    name = _FRAGMENT.split(problem.type)[-1]
    if name in _MAKES:
        return _MAKES[name](problem, subject)
    if name in _BY_DETAIL:
        return _BY_DETAIL[name](problem.detail)
    kind = getattr(builtins, name, None)
    # StopIteration would end a loop of the caller's in silence.
    if isinstance(kind, type) and issubclass(kind, Exception) and kind is not StopIteration:
        try:
            return kind(problem.detail)
        except TypeError:  # such as UnicodeDecodeError, which wants five arguments
            return RemoteFailureError(problem)
    return _by_status(problem, subject) or RemoteFailureError(problem)


def refusal_of(details: Sequence[Mapping[str, Any]], subject: Subject) -> BaseException:
    """The error behind a list of faults (FastAPI's shape, status 422).

    Args:
        details: One entry a fault: `{type, loc, msg, input}`.
        subject: What was asked about.
    """
    faults: list[dict[str, Any]] = []
    for each in details:
        place = [part for part in each.get("loc") or () if isinstance(part, (str, int))]
        within = place[1:] if place[:1] == ["body"] else place
        faults.append({**each, "loc": tuple(within), "msg": str(each.get("msg", "not valid"))})
    if subject.kind == "action":
        return of_things.InputRefusedError(subject.name, faults)
    if subject.kind in ("run", "runs", "stamp", "file", "files") and len(faults) == 1:
        field = str((faults[0]["loc"] or (subject.kind,))[-1])
        if subject.kind == "files":
            return of_archive.FileQueryError(field, faults[0]["msg"])
        if subject.kind == "runs":
            return of_app.RunQueryError(field, faults[0]["msg"])
        return of_things.ValueRefusedError(field, faults[0]["msg"], faults)
    said = [
        ".".join(str(part) for part in fault["loc"]) + ": " * bool(fault["loc"]) + fault["msg"]
        for fault in faults
    ]
    name = subject.name or subject.kind
    return of_things.ValueRefusedError(name, "; ".join(said) or "not valid", faults)


def _by_status(problem: Problem, subject: Subject) -> BaseException | None:
    """For what a server itself refuses: no class stands behind it."""
    if problem.status == 404:
        match subject.kind:
            case "blob":
                return BlobExpiredError("The data of this output is not kept any more.")
            case "file" | "upload part":
                return of_archive.FileNotKeptError(subject.name)
            case "invocation" | "run":
                return of_app.InvocationNotFoundError(subject.name)
            case "property" | "action" | "stream":
                return of_things.AffordanceNotFoundError(subject.thing, subject.name)
    if problem.status == 405 and subject.kind == "property":
        return of_things.ReadOnlyError(subject.name)
    return None
