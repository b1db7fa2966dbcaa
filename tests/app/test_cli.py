from __future__ import annotations

import pytest

from app.cli import app, main
from app.command_names import COMMANDS
from app.program import HostRefusedError, refuse_beyond_loopback


def test_the_names_of_the_commands_are_those_of_the_command_line() -> None:
    commands = {
        command.name or command.callback.__name__
        for command in app.registered_commands
        if command.callback
    }
    groups = {
        group.typer_instance.info.name for group in app.registered_groups if group.typer_instance
    }

    assert commands | groups == COMMANDS


def test_help_is_given_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--help"]) == 0
    assert "--bench" in capsys.readouterr().out


def test_an_unknown_option_ends_with_code_2() -> None:
    assert main(["serve", "--prot", "1"]) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "::1"])
def test_loopback_may_be_listened_to(host: str) -> None:
    refuse_beyond_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "", "127.0.0.1.example.org", "10.0.0.1", "::"])
def test_beyond_loopback_is_refused(host: str) -> None:
    with pytest.raises(HostRefusedError, match="no user accounts yet"):
        refuse_beyond_loopback(host)
