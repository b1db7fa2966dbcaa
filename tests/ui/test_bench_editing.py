"""Adding a Thing by the dialog, taking one off, saving the file: on a real bench."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app.bench_file import read_bench_file
from app.drivers import Driver
from app.errors import BenchFileError
from app.program import Program
from app.settings import read_settings
from things.events import ThingState
from ui.add_thing import AddThingDialog
from ui.composition import Composition
from ui.models.bench_list import Role
from ui.unsaved_dialog import UnsavedDialog
from ui.widgets import IconButton

if TYPE_CHECKING:
    from tests.ui.conftest import RunCoroutine

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton

BENCH = """\
title = "Scope"

# The stage of 2019.
[things.stage]
class = "things.simulated.stage:Stage"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "scope.toml"
    made.write_text(BENCH, encoding="utf-8")
    return made


@pytest.fixture
def safe() -> bool:
    return False


@pytest.fixture
def composed(
    qapp: QApplication, run: RunCoroutine, qtbot: QtBot, tmp_path: Path, file: Path, safe: bool
) -> Iterator[Composition]:
    settings = read_settings(port=0, data_folder=tmp_path / "data", lock_folder=tmp_path / "locks")
    made = Composition(qapp, Program(read_bench_file(file), settings, safe=safe))
    made.window.show()
    made.start()
    stage = made.session.handle.things["stage"]
    wanted = ThingState.NOT_STARTED if safe else ThingState.READY
    qtbot.waitUntil(lambda: stage.state is wanted, timeout=PATIENCE_MS)
    yield made
    run(made.close())
    made.window.hide()
    made.window.deleteLater()
    made.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # deferred deletion


@pytest.fixture
def dialog(composed: Composition, qtbot: QtBot) -> AddThingDialog:
    """The dialog, opened by the button in the bench's header; drivers are listed."""
    header = composed.window.bench_dock.header
    button = next(
        each for each in header.findChildren(IconButton) if each.accessibleName() == "Add a Thing"
    )
    qtbot.mouseClick(button, LEFT)
    found = composed.window.findChildren(AddThingDialog)
    assert len(found) == 1
    qtbot.waitUntil(lambda: found[0].driver.count() > 1, timeout=PATIENCE_MS)
    return found[0]


def choose(dialog: AddThingDialog, class_path: str, qtbot: QtBot) -> None:
    """Choose 'another class' and type one."""
    dialog.driver.setCurrentIndex(dialog.driver.count() - 1)
    qtbot.waitUntil(dialog.class_line.isVisible)
    dialog.class_line.selectAll()
    qtbot.keyClicks(dialog.class_line, class_path)
    dialog.class_line.editingFinished.emit()


def names(composed: Composition) -> list[str]:
    model = composed.window.bench_list.view.model()
    rows = [model.index(row, 0).data(Role.NAME) for row in range(model.rowCount())]
    return [name for name in rows if name]


def test_an_announced_driver_is_described_and_added_with_its_arguments(
    composed: Composition, dialog: AddThingDialog, qtbot: QtBot
) -> None:
    assert not dialog.isModal()
    dialog.driver.setCurrentIndex(dialog.driver.findData("things.simulated.thermostat:Thermostat"))
    qtbot.waitUntil(lambda: dialog.arguments is not None, timeout=PATIENCE_MS)
    assert "heated sample holder" in dialog.summary.text()
    assert dialog.name_line.text() == "thermostat"
    dialog.name_line.selectAll()
    qtbot.keyClicks(dialog.name_line, "bath")
    qtbot.keyClicks(dialog.group_line, "Heat")

    qtbot.mouseClick(dialog.add_button, LEFT)

    qtbot.waitUntil(lambda: "bath" in names(composed), timeout=PATIENCE_MS)
    bath = composed.session.handle.things["bath"]
    qtbot.waitUntil(lambda: bath.state is ThingState.READY, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "bath" in composed.panels.panels, timeout=PATIENCE_MS)
    qtbot.waitUntil(
        lambda: "temperature" in composed.panels.panel("bath").model.fields, timeout=PATIENCE_MS
    )
    assert composed.window.activity.thing_filter.findData("bath") > 0
    assert composed.window.top_bar.bench_button.text() == "Scope *"


def test_a_name_that_is_taken_is_explained_under_its_line(
    composed: Composition, dialog: AddThingDialog, qtbot: QtBot
) -> None:
    choose(dialog, "things.simulated.stage:Stage", qtbot)
    qtbot.waitUntil(lambda: dialog.arguments is not None, timeout=PATIENCE_MS)
    assert dialog.name_line.text() == "stage2"
    dialog.name_line.selectAll()
    qtbot.keyClicks(dialog.name_line, "stage")
    qtbot.mouseClick(dialog.add_button, LEFT)

    qtbot.waitUntil(dialog.reasons["name"].isVisible, timeout=PATIENCE_MS)
    assert "already" in dialog.reasons["name"].text
    assert dialog.add_button.isEnabled()
    assert names(composed) == ["stage"]


def test_a_class_that_is_not_there_is_explained(dialog: AddThingDialog, qtbot: QtBot) -> None:
    choose(dialog, "Nonsense", qtbot)
    assert "'module:Class' was expected" in dialog.reasons["class"].text
    choose(dialog, "no_such_module:Thing", qtbot)
    qtbot.waitUntil(
        lambda: "no module 'no_such_module'" in dialog.reasons["class"].text, timeout=PATIENCE_MS
    )


def test_slots_offer_the_things_of_the_bench(
    composed: Composition, dialog: AddThingDialog, qtbot: QtBot
) -> None:
    choose(dialog, "things.simulated.camera:Camera", qtbot)
    qtbot.waitUntil(lambda: "stage" in dialog.slots, timeout=PATIENCE_MS)
    assert dialog.slots["stage"].currentData() == "stage"
    assert dialog.spec.slots == {}


def test_one_that_is_removed_is_gone_everywhere_after_a_question(
    composed: Composition, qtbot: QtBot
) -> None:
    view = composed.window.bench_list.view
    view.remove.emit("stage")
    box = composed.window.findChildren(QMessageBox)[0]
    assert not box.isModal()
    remove = next(each for each in box.buttons() if each.text() == "Remove")
    qtbot.mouseClick(remove, LEFT)

    qtbot.waitUntil(lambda: names(composed) == [], timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: composed.panels.panels == {}, timeout=PATIENCE_MS)
    assert composed.window.activity.thing_filter.findData("stage") < 0


def test_the_file_is_saved_with_its_comments(
    composed: Composition, dialog: AddThingDialog, file: Path, qtbot: QtBot
) -> None:
    save = composed.window.commands.action("bench.save")
    assert not save.isEnabled()
    choose(dialog, "things.simulated.thermostat:Thermostat", qtbot)
    qtbot.waitUntil(lambda: dialog.arguments is not None, timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.add_button, LEFT)
    qtbot.waitUntil(save.isEnabled, timeout=PATIENCE_MS)
    window = composed.window
    qtbot.waitUntil(lambda: not window.findChildren(AddThingDialog), timeout=PATIENCE_MS)

    with qtbot.waitActive(composed.window):
        composed.window.activateWindow()
    qtbot.keyClick(composed.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: "thermostat" in file.read_text("utf-8"), timeout=PATIENCE_MS)
    assert "# The stage of 2019." in file.read_text("utf-8")
    qtbot.waitUntil(lambda: not save.isEnabled(), timeout=PATIENCE_MS)
    assert composed.window.top_bar.bench_button.text() == "Scope"


def test_another_file_can_be_chosen(composed: Composition, tmp_path: Path, qtbot: QtBot) -> None:
    composed.window.commands.action("bench.save-as").trigger()
    dialog = composed.window.findChildren(QFileDialog)[0]
    assert not dialog.isModal()
    other = tmp_path / "other.toml"
    dialog.fileSelected.emit(str(other))
    dialog.close()
    qtbot.waitUntil(other.exists, timeout=PATIENCE_MS)
    assert [thing.name for thing in read_bench_file(other).things] == ["stage"]


@pytest.fixture
def changed(composed: Composition, qtbot: QtBot) -> Composition:
    """A bench whose stage was taken off since it was opened."""
    editing = composed.session.editing
    assert editing is not None
    composed.tasks.start(asyncio.to_thread(editing.remove, "stage"), "removing")
    qtbot.waitUntil(lambda: "stage" not in names(composed), timeout=PATIENCE_MS)
    assert editing.unsaved
    return composed


def asked(composed: Composition) -> UnsavedDialog:
    """The question that closing the window brings."""
    composed.window.close()
    assert composed.window.isVisible()
    (dialog,) = composed.window.findChildren(UnsavedDialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    return dialog


def test_a_changed_bench_is_not_closed_without_a_question(
    changed: Composition, file: Path, qtbot: QtBot
) -> None:
    window = changed.window
    with qtbot.waitSignal(window.stayed):
        qtbot.mouseClick(asked(changed).stay_button, LEFT)
    qtbot.waitUntil(lambda: not window.findChildren(UnsavedDialog), timeout=PATIENCE_MS)

    with qtbot.waitSignal(window.closed, timeout=PATIENCE_MS):
        qtbot.mouseClick(asked(changed).discard_button, LEFT)
    assert file.read_text("utf-8") == BENCH


def test_a_changed_bench_is_saved_before_it_is_closed(
    changed: Composition, file: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(changed.window.closed, timeout=PATIENCE_MS):
        qtbot.mouseClick(asked(changed).save_button, LEFT)
    assert read_bench_file(file).things == ()


def test_a_bench_that_cannot_be_saved_stays_open(
    changed: Composition, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_spec: object, file: Path) -> None:
        raise BenchFileError(file, "", "cannot be written")

    monkeypatch.setattr("app.bench_saving.save_bench", refuse)
    with qtbot.waitSignal(changed.window.stayed, timeout=PATIENCE_MS):
        qtbot.mouseClick(asked(changed).save_button, LEFT)
    assert changed.window.isVisible()
    qtbot.waitUntil(lambda: not changed.window.findChildren(UnsavedDialog), timeout=PATIENCE_MS)
    assert asked(changed).isVisible(), "it is asked again the next time"


def test_stop_all_works_from_the_question(
    changed: Composition, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = asked(changed)
    stopped: list[object] = []
    monkeypatch.setattr(changed.window, "tell_stopped", stopped.append)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    qtbot.keyClick(dialog, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(stopped) == 1, timeout=PATIENCE_MS)


@pytest.mark.parametrize("safe", [True])
def test_safe_shows_everything_as_not_started_and_a_click_starts_it(
    composed: Composition, qtbot: QtBot
) -> None:
    view = composed.window.bench_list.view
    index = view.model().index(0, 0)
    qtbot.waitUntil(lambda: "Not started" in str(index.data(Qt.ItemDataRole.AccessibleTextRole)))
    assert "--safe" in index.data(Role.SECOND_LINE)
    menu = view.menu_for(index)
    assert "Start" in [action.text() for action in menu.actions()]
    menu.close()

    view.retry.emit("stage")
    stage = composed.session.handle.things["stage"]
    qtbot.waitUntil(lambda: stage.state is ThingState.READY, timeout=PATIENCE_MS)


def test_a_driver_that_was_chosen_before_the_last_one_says_nothing_any_more(
    composed: Composition, run: RunCoroutine, qtbot: QtBot
) -> None:
    def look() -> Sequence[Driver]:
        return [Driver("stage", "things.simulated.stage:Stage", "")]

    assert composed.session.editing is not None
    made = AddThingDialog(
        composed.theme,
        composed.session.handle,
        composed.session.editing,
        composed.tasks,
        composed.window,
        look,
    )
    made.show()
    qtbot.waitUntil(lambda: made.driver.count() == 2, timeout=PATIENCE_MS)
    choose(made, "things.simulated.thermostat:Thermostat", qtbot)
    made.driver.setCurrentIndex(0)
    qtbot.waitUntil(lambda: made.arguments is not None, timeout=PATIENCE_MS)
    assert "stage" in made.summary.text()
    run(asyncio.sleep(0))
    assert made.spec.class_path == "things.simulated.stage:Stage"
    made.close()
