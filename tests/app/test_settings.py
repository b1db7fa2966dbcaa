from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "settings.toml"
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(file))
    return file


def test_the_command_line_beats_the_environment_beats_the_file_beats_the_default(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings().port == 7170

    settings_file.write_text("port = 8001\nmax_invocations = 7\n")
    assert read_settings().port == 8001

    monkeypatch.setenv("LABWRIGHT_PORT", "8002")
    assert read_settings().port == 8002

    assert read_settings(port=8003).port == 8003
    assert read_settings(port=8003).max_invocations == 7


def test_an_unknown_key_is_named_with_its_file(settings_file: Path) -> None:
    settings_file.write_text("prot = 8001\n")

    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert str(settings_file) in str(caught.value)
    assert "unknown key 'prot'; did you mean 'port'?" in str(caught.value)


def test_a_value_that_does_not_fit_is_said_with_where_it_came_from(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="command line: port must be 65535 or less"):
        read_settings(port=70000)
    monkeypatch.setenv("LABWRIGHT_PORT", "many")
    with pytest.raises(SettingsError, match="environment LABWRIGHT_PORT: port must be a whole"):
        read_settings()


def test_a_broken_file_is_said(settings_file: Path) -> None:
    settings_file.write_text("port = = 1\n")

    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings()
