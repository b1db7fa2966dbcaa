from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from ui.activity.log_feed import LogFeed
from ui.activity.panel import ActivityPanel, ActivityParts
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.models.invocations import InvocationListModel
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench

ShowsPanel = Callable[[int], ActivityPanel]


@pytest.fixture
def shows_panel(
    theme: Theme, bench: FakeBench, bridge: Bridge, tasks: Tasks, qtbot: QtBot
) -> ShowsPanel:
    """Shows the panel, 1,000 wide and as high as is said, in the window that is active."""

    def show(height: int) -> ActivityPanel:
        parts = ActivityParts(
            bench, bridge, tasks, InvocationListModel(), ThumbnailSource(), LogFeed()
        )
        made = ActivityPanel(theme, parts)
        qtbot.addWidget(made)
        qtbot.addWidget(made.header)
        made.resize(1000, height)
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        return made

    return show
