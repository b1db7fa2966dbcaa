"""What the tests of notifications share."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from ui.notifications.choice import NotificationChoice


@pytest.fixture
def choice(tmp_path: Path) -> NotificationChoice:
    """What the operator wants to be told, as at first."""
    return NotificationChoice(QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat))
