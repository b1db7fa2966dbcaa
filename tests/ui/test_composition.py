"""The whole window over the demo bench and its server, in this process, with real clicks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bench_file import read_bench_file
from app.handles import InvocationStatus
from app.program import Program
from app.settings import read_settings
from resources import resource
from things.events import ThingState
from ui.composition import Composition
from ui.diagnostics_window import DiagnosticsWindow
from ui.notifications.popover import NotificationsPopover

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.panels.field_row import FieldRow

PATIENCE_MS = 20_000


@pytest.fixture
def composed(
    qapp: QApplication, qloop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path
) -> Iterator[Composition]:
    settings = read_settings(port=0, data_folder=tmp_path)
    program = Program(read_bench_file(resource("benches/demo.toml")), settings)
    made = Composition(qapp, program)
    made.window.show()
    made.start()
    qtbot.waitUntil(lambda: ready(made), timeout=PATIENCE_MS)
    yield made
    done: list[bool] = []

    async def close() -> None:
        await made.close()
        done.append(True)

    task = qloop.create_task(close())
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)
    assert task.done()
    made.window.hide()
    made.window.deleteLater()


def ready(composed: Composition) -> bool:
    """Everything is open, and the window has heard of it: a field shows its value."""
    bench = composed.session.handle
    if not bench.server.url or any(
        thing.state is not ThingState.READY for thing in bench.things.values()
    ):
        return False
    panel = composed.panels.panel("camera")
    return "exposure" in panel.model.fields and panel.field("exposure").model.confirmed == 25.0


def in_thread(qtbot: QtBot, call: Callable[[], Any]) -> Any:
    """Run a blocking client beside the window and wait for it without stopping the window."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    qtbot.waitUntil(lambda: bool(found), timeout=PATIENCE_MS)
    thread.join()
    return found[0]


def type_into(field: FieldRow, text: str) -> None:
    """Type over what stands in the field and press Enter, by real keys."""
    box = field.editor.boxes()[0]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def shown_picture(composed: Composition) -> NDArray[Any] | None:
    """The pixels of the tab in front; None where there are none."""
    page = composed.viewer.current
    return None if page is None or page.picture is None else np.asarray(page.picture.array)


def snap_by_click(composed: Composition, qtbot: QtBot) -> NDArray[Any]:
    """Click Run beside Snap; returns the picture the viewer then shows."""
    before = shown_picture(composed)
    row = composed.panels.panel("camera").action("snap")
    qtbot.waitUntil(lambda: row.run_button.takes_clicks)
    qtbot.mouseClick(row.run_button, Qt.MouseButton.LeftButton)

    def arrived() -> bool:
        found = shown_picture(composed)
        return found is not None and (before is None or not np.shares_memory(found, before))

    qtbot.waitUntil(arrived, timeout=PATIENCE_MS)
    found = shown_picture(composed)
    assert found is not None
    return found


def test_a_click_on_snap_shows_the_picture_and_a_longer_exposure_makes_the_next_brighter(
    composed: Composition, qtbot: QtBot
) -> None:
    first = snap_by_click(composed, qtbot)

    field = composed.panels.panel("camera").field("exposure")
    type_into(field, "75")
    qtbot.waitUntil(
        lambda: (
            (last := composed.session.handle.things["camera"].last("exposure")) is not None
            and last.value == 75.0
        ),
        timeout=PATIENCE_MS,
    )
    second = snap_by_click(composed, qtbot)

    assert second.mean() > 1.5 * first.mean()


def test_what_a_client_does_over_http_is_seen_in_the_window(
    composed: Composition, qtbot: QtBot
) -> None:
    url = composed.session.handle.server.url

    in_thread(qtbot, lambda: httpx.put(f"{url}/camera/exposure", json=60.0).raise_for_status())
    # Looked up each time: a panel builds its fields anew when its Thing comes.
    panel = composed.panels.panel("camera")
    qtbot.waitUntil(lambda: panel.field("exposure").model.confirmed == 60.0, timeout=PATIENCE_MS)

    snapped = in_thread(qtbot, lambda: httpx.post(f"{url}/camera/snap").json())
    qtbot.waitUntil(lambda: shown_picture(composed) is not None, timeout=PATIENCE_MS)
    shown = {str(each.id): each for each in composed.session.handle.invocations()}
    assert shown[snapped["id"]].status is InvocationStatus.COMPLETED
    assert str(shown[snapped["id"]].origin).startswith("network")


def test_a_value_out_of_range_is_explained_under_its_field_and_never_sent(
    composed: Composition, qtbot: QtBot
) -> None:
    field = composed.panels.panel("camera").field("exposure")
    type_into(field, "-3")

    qtbot.waitUntil(lambda: "greater than 0" in field.reason, timeout=PATIENCE_MS)
    last = composed.session.handle.things["camera"].last("exposure")
    assert last is not None
    assert last.value == 25.0


def test_the_menu_opens_diagnostics_and_the_choice_of_notifications(
    composed: Composition, qtbot: QtBot
) -> None:
    commands = composed.window.commands
    commands.action("help.diagnostics").trigger()
    shown = composed.window.findChild(DiagnosticsWindow)
    assert shown is not None
    qtbot.waitUntil(lambda: "Demo bench" in shown.text.toPlainText(), timeout=PATIENCE_MS)

    commands.action("help.notifications").trigger()
    popover = composed.window.findChild(NotificationsPopover)
    assert popover is not None
    assert popover.isVisible()
