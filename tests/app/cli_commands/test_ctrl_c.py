from __future__ import annotations

import signal
from typing import Any, cast

import pytest
import typer

from app.cli_commands.invoking import _ctrl_c_noted, _waited
from app.client.invocation_client import RunningInvocation
from app.handles import InvocationStatus


class FakeRun:
    """An action that runs until it is cancelled."""

    thing = "stage"
    action = "home"
    status = InvocationStatus.RUNNING

    def cancel(self) -> None:
        self.status = InvocationStatus.CANCELLED

    def wait(self, *_arguments: Any, **_named: Any) -> None:
        assert self.status.ended, "it was waited for before it was cancelled"


def test_ctrl_c_while_an_action_is_started_is_noted_and_a_second_one_ends_it() -> None:
    before = signal.getsignal(signal.SIGINT)

    with _ctrl_c_noted() as noted:
        signal.raise_signal(signal.SIGINT)
        assert noted == [signal.SIGINT]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before


def test_what_was_interrupted_while_it_started_is_cancelled(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = FakeRun()

    with pytest.raises(typer.Exit) as ended:
        _waited(cast("RunningInvocation", run), cancel=True)

    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "labwright: home on stage was cancelled\n"
