"""How commands end and what they print: results on stdout, words on stderr, a code at the end.

0 it is done, 1 it failed, 2 it was refused or asked wrongly, 3 nobody is there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import typer
from pydantic_core import to_json

from app.client.blobs import RemoteBlob
from app.client.errors import AnswerTimeoutError, BenchUnreachableError
from app.errors import (
    BenchInUseError,
    ClosingError,
    LedgerFullError,
    RunQueryError,
    TooManyInvocationsError,
)
from app.problems import status_of
from app.settings import SettingsError
from things.errors import InvocationCancelledError, ThingError

FAILED: Final = 1
REFUSED: Final = 2
NOBODY: Final = 3

_REFUSALS = (
    SettingsError,
    RunQueryError,
    TooManyInvocationsError,
    ClosingError,
    LedgerFullError,
    BenchInUseError,
)


class UsageError(ThingError):
    """What was typed makes no sense; says why."""


class NobodyError(ThingError):
    """No bench runs that could be asked."""


@contextmanager
def telling() -> Iterator[None]:
    """Run the body of a command; what goes wrong is said in a line and becomes the exit code.

    Raises:
        Exit: With that code.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our lines has seen enough. What Python still holds must not fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except InvocationCancelledError as error:
        fail(str(error) or "It was cancelled.", FAILED)
    except typer.Exit:
        raise
    except Exception as error:  # an instrument may raise anything
        fail(_said(error), code_of(error))


def code_of(error: Exception) -> int:
    """The exit code that an error stands for."""
    if isinstance(error, AnswerTimeoutError):
        return FAILED  # somebody is there; whether it was done is not known
    if isinstance(error, (BenchUnreachableError, NobodyError)):
        return NOBODY
    if isinstance(error, (UsageError, *_REFUSALS)):
        return REFUSED
    return REFUSED if 400 <= status_of(error) < 500 else FAILED


def fail(words: str, code: int) -> NoReturn:
    """Say why on stderr and end.

    Raises:
        Exit: With the code.
    """
    note(words)
    raise typer.Exit(code)


def note(words: str) -> None:
    """A line on stderr."""
    typer.echo(f"labwright: {plain(words)}", err=True)


def say(line: str) -> None:
    """A line on stdout; what a terminal would obey is made visible instead."""
    typer.echo(plain(line))


def say_json(value: Any) -> None:
    """A value as JSON on stdout, links to data as they came."""
    text = to_json(value, indent=2, inf_nan_mode="null", fallback=_as_link)
    typer.echo(text.decode())


def in_words(value: Any) -> str:
    """A value on one line: text as it is, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, RemoteBlob):
        return f"{value.media_type} at {value.href}"
    return to_json(value, inf_nan_mode="null", fallback=_as_link).decode()


def plain(text: str) -> str:
    """A text without what a terminal would obey; its lines stay."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else f"\\x{ord(letter):02x}"
        for letter in text
    )


def _as_link(value: Any) -> Any:
    return dict(value.link) if isinstance(value, RemoteBlob) else str(value)


def _said(error: Exception) -> str:
    text = str(error).strip()
    if isinstance(error, ThingError):
        return text or type(error).__name__
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
