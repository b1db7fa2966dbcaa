"""The window: STOP ALL, palette, layout, messages, closing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.handles import ServerInfo, StopReport
from app.run_records import RunRecord
from ui.layout_memory import LayoutMemory
from ui.main_window import MainWindow, Say, WindowParts
from ui.panels import PanelsArea
from ui.tasks import Tasks
from ui.theme import DARK, Scheme
from ui.top_bar import is_loopback

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeRecord, Part

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_stop_all_stands_at_the_far_left_and_stops_when_pressed(
    window: MainWindow, bench: FakeBench, qtbot: QtBot
) -> None:
    button = window.top_bar.stop_button
    assert button.mapTo(window, button.rect().topLeft()).x() == 8
    assert button.height() == 40

    qtbot.mousePress(button, LEFT)

    qtbot.waitUntil(lambda: bench.stops == 1)
    qtbot.waitUntil(lambda: bool(window.notices.shown))
    assert window.notices.shown[0].text == "Everything is stopped."


def test_the_shortcut_stops_everything_from_a_popped_out_window_too(
    window: MainWindow, bench: FakeBench, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Period, CONTROL)
    qtbot.waitUntil(lambda: bench.stops == 1)

    window.bench_dock.setFloating(True)
    qtbot.waitUntil(window.bench_dock.stop_button.isVisible)
    qtbot.mousePress(window.bench_dock.stop_button, LEFT)
    qtbot.waitUntil(lambda: bench.stops == 2)

    window.reset_layout()
    assert not window.bench_dock.isFloating()
    assert not window.bench_dock.stop_button.isVisible()


def test_what_did_not_answer_stop_all_is_named(window: MainWindow) -> None:
    window.tell_stopped([StopReport("camera", False, 2.0, "no answer in 2 s")])
    notice = window.notices.shown[-1]
    assert "did not answer: Camera" in notice.text
    assert "no answer in 2 s" in notice.details


def test_a_few_letters_and_enter_run_an_action(
    window: MainWindow, camera: FakeThing, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    assert window.palette_box.isVisible()

    qtbot.keyClicks(window.palette_box.line, "cam snap")
    assert [entry.title for entry in window.palette_box.found] == ["Camera: Snap"]
    qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: camera.invoked == [("snap", {})])
    assert not window.palette_box.isVisible()


def test_the_palette_leads_to_forms_fields_and_commands(
    window: MainWindow, panels: Part, qtbot: QtBot
) -> None:
    for query in ("acquire", "exposure"):
        qtbot.mouseClick(window.top_bar.search_field, LEFT)
        qtbot.keyClicks(window.palette_box.line, query)
        qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Return)
    assert panels.calls == [
        ("action", "camera", "acquire_stack", {}),
        ("property", "camera", "exposure"),
    ]

    window.open_palette()
    qtbot.keyClicks(window.palette_box.line, "dark colours")
    qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Return)
    assert window.scheme is Scheme.DARK
    assert QApplication.palette().window().color() == DARK.canvas


def test_escape_closes_the_palette_and_gives_the_focus_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.bench_list.search.setFocus()
    window.open_palette()
    qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Down)
    qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Escape)
    assert not window.palette_box.isVisible()
    assert window.bench_list.search.hasFocus()


def test_a_click_in_the_bench_shows_the_panel_even_if_panels_were_hidden(
    window: MainWindow, panels: Part, qtbot: QtBot
) -> None:
    window.panels_dock.hide()
    window.bench_list.chosen.emit("camera")
    assert panels.calls == [("thing", "camera")]
    assert window.panels_dock.isVisible()


def test_the_first_window_is_no_larger_than_the_screen(
    parts: WindowParts, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 1280 by 720 pixels, with a task bar.
    screen = SimpleNamespace(availableSize=lambda: QSize(1280, 688))
    monkeypatch.setattr(MainWindow, "screen", lambda _window: screen)
    small = MainWindow(parts)
    qtbot.addWidget(small)
    small._may_close = True

    assert (small.width(), small.height()) == (1280, 688)


def test_the_first_layout_has_the_sizes_of_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    window.reset_layout()
    qtbot.waitUntil(lambda: window.bench_dock.width() == 232)
    assert window.panels_dock.width() == 384
    assert window.activity_dock.height() == 244
    assert window.panels_dock.height() == 900 - 56 - 8
    assert window.bench_dock.x() == 8


def test_a_small_window_makes_do_with_less(window: MainWindow, panels: Part, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not window.compact)
    window.resize(1280, 720)

    qtbot.waitUntil(lambda: window.compact)
    qtbot.waitUntil(lambda: window.bench_dock.width() == 200)
    assert panels.compact is True
    assert window.panels_dock.width() == 360
    assert window.top_bar.server_text == "On this computer only"


def test_the_layout_is_remembered_per_bench(
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    make_part: Callable[[], Part],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    here = replace(parts, memory=LayoutMemory(settings, "/benches/demo.toml"))
    first = make_window(here)
    here.panels.restore_layout({"camera": "row"})
    first.activity_dock.hide()
    first.choose_scheme(Scheme.DARK)
    first.close()
    assert (tmp_path / "window.ini").exists()

    panels = make_part()
    again = make_window(replace(here, centre=make_part(), panels=panels))
    assert panels.depths == {"camera": "row"}
    assert not again.activity_dock.isVisible()
    assert LayoutMemory(settings, "/benches/demo.toml").scheme is Scheme.DARK

    other = make_window(
        replace(
            here,
            centre=make_part(),
            panels=make_part(),
            memory=LayoutMemory(settings, "/benches/other.toml"),
        )
    )
    assert other.activity_dock.isVisible()


def test_the_top_bar_says_where_the_bench_is_served(
    monkeypatch: pytest.MonkeyPatch,
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    bench: FakeBench,
    qtbot: QtBot,
) -> None:
    monkeypatch.setattr("ui.top_bar.SERVER_MS", 50)
    window = make_window(parts)
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not window.compact)
    assert window.top_bar.server_text == "On this computer only · 127.0.0.1:7170"
    qtbot.waitUntil(lambda: window.top_bar.room_button.text() == "412 GB free")

    bench.server = ServerInfo("http://127.0.0.1:7171", "port 7170 was taken")
    qtbot.waitUntil(lambda: "port 7170 was taken" in window.top_bar.server_text)

    bench.server = ServerInfo("http://127.0.0.1:7171", clients=("127.0.0.1", "127.0.0.1"))
    qtbot.waitUntil(lambda: "only, 2 connected ·" in window.top_bar.server_text)
    assert "127.0.0.1 × 2" in window.top_bar.server_button.toolTip()

    qtbot.mouseClick(window.top_bar.server_button, LEFT)
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:7171"


@pytest.mark.parametrize(
    ("free", "role"),
    [(412_000_000_000, "text"), (15_000_000_000, "waiting"), (1_000_000_000, "failed")],
)
def test_little_room_on_the_disk_is_shown_in_two_steps(
    window: MainWindow,
    bench: FakeBench,
    tasks: Tasks,
    free: int,
    role: str,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    label = window.top_bar.room_button
    qtbot.waitUntil(lambda: label.text() == "412 GB free")
    qtbot.waitUntil(lambda: len(tasks) == 0)
    monkeypatch.setattr(bench, "disk_free_bytes", lambda: free)
    label.look()
    qtbot.waitUntil(lambda: label.role == role and len(tasks) == 0)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:7170", True),
        ("http://[::1]:7170", True),
        ("http://localhost:1", True),
        ("https://192.168.1.14:8443", False),
        ("https://scope-1.local", False),
    ],
)
def test_which_addresses_reach_this_computer_only(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


def test_a_failure_is_told_and_stays_until_it_is_closed(window: MainWindow, qtbot: QtBot) -> None:
    window.tell_failure("Snap on Camera", TimeoutError("no <b>answer</b> in 2 s"))
    notice = window.notices.shown[0]
    assert notice.text == "Snap on Camera: no <b>answer</b> in 2 s"
    assert notice.sentence.textFormat() is Qt.TextFormat.PlainText
    assert notice.height() > 30

    qtbot.mouseClick(notice.close_button, LEFT)
    assert window.notices.shown == []
    assert window.notices.isHidden()


def test_messages_do_not_pile_up(window: MainWindow) -> None:
    for number in range(10):
        window.tell_failure("Snap", RuntimeError(f"failure {number}"))
    window.tell_failure("Snap", RuntimeError("failure 9"))
    assert [notice.text[-1] for notice in window.notices.shown] == ["7", "8", "9"]


def test_editing_an_old_run_opens_its_form_filled(
    window: MainWindow, bench: FakeBench, panels: Part
) -> None:
    run = bench.start("camera", "acquire_stack", {"planes": 41})
    window.activity.edit.emit(run.snapshot)
    assert panels.calls == [("action", "camera", "acquire_stack", {"planes": 41})]


def test_closing_while_something_runs_asks_first(
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    bench: FakeBench,
    qtbot: QtBot,
) -> None:
    said: list[str] = []
    go_on = asyncio.Event()

    async def closing(say: Say) -> None:
        say("Waiting for Snap on Camera to stop")
        said.append("asked to close")
        await go_on.wait()

    window = make_window(replace(parts, closing=closing))
    run = bench.start("camera", "snap")
    run.run()
    qtbot.waitUntil(lambda: bool(window.activity.list.row_widgets))

    window.close()
    dialog = window._closing_dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.question.text() == "Snap is still running."
    assert window.isVisible()

    qtbot.mouseClick(dialog.stay_button, LEFT)
    assert not dialog.isVisible()
    assert said == []

    window.close()
    qtbot.mouseClick(dialog.close_button, LEFT)
    qtbot.waitUntil(lambda: said == ["asked to close"])
    assert dialog.status.text() == "Waiting for Snap on Camera to stop"
    assert window.isVisible()

    with qtbot.waitSignal(window.closed):
        go_on.set()
    assert not window.isVisible()


def test_closing_an_idle_window_asks_nothing(
    parts: WindowParts, make_window: Callable[[WindowParts], MainWindow], qtbot: QtBot
) -> None:
    async def closing(_say: Say) -> None:
        await asyncio.sleep(0)

    window = make_window(replace(parts, closing=closing))
    with qtbot.waitSignal(window.closed):
        window.close()


def test_a_note_being_typed_is_kept_before_the_bench_is_closed(
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    bench: FakeBench,
    make_record: MakeRecord,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    happened: list[str] = []
    written = asyncio.Event()

    async def annotate(run: UUID, note: str) -> RunRecord:
        happened.append("asked to keep")
        await written.wait()
        happened.append(f"kept {note}")
        return replace(await bench.run(run), note=note)

    async def closing(_say: Say) -> None:
        happened.append("closed")

    window = make_window(replace(parts, closing=closing))
    run = bench.start("camera", "snap")
    run.complete()
    bench.records = [replace(make_record(0), id=run.snapshot.id)]
    rows = window.activity.list.row_widgets
    qtbot.waitUntil(lambda: run.snapshot.id in rows)
    qtbot.mouseClick(rows[run.snapshot.id].chevron, LEFT)
    note = window.activity.list.details.note
    qtbot.waitUntil(note.box.isEnabled)
    monkeypatch.setattr(bench, "annotate", annotate)
    note.box.setFocus()
    qtbot.keyClicks(note.box, "the sample dried out")

    window.close()

    qtbot.waitUntil(lambda: happened != [])
    with qtbot.waitSignal(window.closed):
        written.set()
    assert happened[-1] == "closed"
    assert "kept the sample dried out" in happened[:-1]


def test_everything_that_can_be_pressed_has_a_name_and_can_be_reached(
    window: MainWindow, bench: FakeBench, qtbot: QtBot
) -> None:
    bench.start("camera", "snap")
    qtbot.waitUntil(lambda: bool(window.activity.list.row_widgets))
    buttons = [button for button in window.findChildren(QAbstractButton) if button.isVisible()]
    assert len(buttons) > 12
    for button in buttons:
        assert button.accessibleName() or button.text(), button
        quiet = button.objectName().startswith("qt_")
        inside = type(button.parent()).__name__ == "SearchBox"
        if not quiet and not inside:
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.accessibleName()


def test_the_documentation_lists_every_shortcut(window: MainWindow) -> None:
    text = (Path(__file__).parents[2] / "docs" / "window.md").read_text(encoding="utf-8")
    for command in window.commands:
        assert command.shortcut in text, command.id


def test_the_shortcut_stops_everything_once_from_a_popped_out_panel(
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    bench: FakeBench,
    qtbot: QtBot,
) -> None:
    panels = PanelsArea(bench, parts.theme, parts.tasks, parts.bridge)
    make_window(replace(parts, panels=panels))
    qtbot.mouseClick(panels.panel("camera").header.pop_out, LEFT)
    popped = panels.panel("camera").window()
    assert popped is not panels.widget.window()
    with qtbot.waitActive(popped):
        popped.activateWindow()

    qtbot.keyClick(popped, Qt.Key.Key_Period, CONTROL)

    qtbot.waitUntil(lambda: bench.stops > 0)
    # A second one would already stand in the queue: both come of the same key press.
    QApplication.processEvents()
    assert bench.stops == 1
    popped.close()
