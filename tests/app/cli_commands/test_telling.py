from __future__ import annotations

import pytest
import typer

from app.cli_commands.telling import (
    NobodyError,
    UsageError,
    code_of,
    in_words,
    plain,
    telling,
)
from app.client.errors import AnswerTimeoutError, BenchUnreachableError, RemoteFailureError
from app.errors import (
    ClosingError,
    InvocationNotFoundError,
    LedgerError,
    LedgerFullError,
    RunQueryError,
    TooManyInvocationsError,
)
from app.handles import Problem
from things.errors import (
    AffordanceNotFoundError,
    BusyError,
    InputRefusedError,
    InvocationCancelledError,
    NotAvailableError,
    ReadOnlyError,
    ValueRefusedError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueRefusedError("exposure", "too long"), 2),
        (InputRefusedError("snap", ()), 2),
        (ReadOnlyError("uptime"), 2),
        (AffordanceNotFoundError("camera", "snip"), 2),
        (BusyError("camera", "snap runs"), 2),
        (InvocationNotFoundError("7"), 2),
        (RunQueryError("limit", "too large"), 2),
        (TooManyInvocationsError(100), 2),
        (ClosingError(), 2),
        (LedgerFullError("the disk is full"), 2),
        (UsageError("what?"), 2),
        (LedgerError("cannot be read"), 1),
        (NotAvailableError("camera", "unplugged"), 1),
        (ValueError("bang"), 1),
        (RemoteFailureError(Problem("OddError", "bang")), 1),
        (AnswerTimeoutError("http://x", "no answer within 30 s"), 1),
        (BenchUnreachableError("http://x", "connection refused"), 3),
        (NobodyError("no bench runs"), 3),
    ],
)
def test_every_error_ends_a_command_with_a_line_and_its_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, telling():
        raise error

    assert ended.value.exit_code == code == code_of(error)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("labwright: ")
    assert told.err.count("\n") == 1


def test_a_run_that_was_cancelled_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, telling():
        raise InvocationCancelledError

    assert ended.value.exit_code == 1
    assert "cancelled" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    assert plain("red \x1b[31m\ttext\n\x07") == "red \\x1b[31m\ttext\n\\x07"
    assert plain("19 °C, 5 µm, 夕方") == "19 °C, 5 µm, 夕方"


def test_values_are_said_on_one_line() -> None:
    assert in_words("untitled") == "untitled"
    assert in_words({"x": [1, None]}) == '{"x":[1,null]}'
    assert in_words(float("nan")) == "null"
