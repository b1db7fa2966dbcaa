"""Every row of the table of fields, in a whole window over a bench of this process.

What is clicked and typed reaches the instrument itself; `tests/ui/editors` goes into the corners
of each editor.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from ui.editors.blob import BlobEditor
from ui.editors.choices import EnumEditor, SwitchEditor
from ui.editors.curve import GridEditor, NumbersEditor
from ui.editors.group import GroupEditor
from ui.editors.json_text import JsonEditor
from ui.editors.numbers import NumberEditor
from ui.editors.rows import MapEditor, RowsEditor
from ui.editors.text import PathEditor, TextEditor, TimeEditor
from ui.editors.value_label import ValueLabel
from ui.editors.variants import VariantEditor
from ui.editors.vector import VectorEditor
from ui.models.field import FieldState
from ui.viewer.file_card import FileCard

if TYPE_CHECKING:
    from tests.ui.promises.conftest import OpenWindow, RealWindow

Key = Qt.Key


@pytest.fixture
def real(open_window: OpenWindow) -> RealWindow:
    """The window of a bench with one of each."""
    return open_window(probe="OneOfEach")


def test_a_boolean_is_a_switch(real: RealWindow) -> None:
    row = real.field("probe", "enabled")
    assert isinstance(row.editor, SwitchEditor)

    real.click(row.editor.switch)
    real.until(lambda: real.thing("probe").enabled is True)
    real.press(row.editor.switch, Key.Key_Space)
    real.until(lambda: real.thing("probe").enabled is False)


def test_a_whole_number_of_few_steps_is_a_box_with_unit_and_a_slider(real: RealWindow) -> None:
    row = real.field("probe", "gain")
    assert isinstance(row.editor, NumberEditor)
    slider = row.editor.slider
    assert slider is not None
    assert row.editor.box.text() == "5 dB"

    real.enter(row.editor.box, "12")
    real.until(lambda: real.thing("probe").gain == 12)
    real.until(lambda: slider.confirmed == 12)

    QTest.mouseClick(
        slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, slider.height() // 2)
    )
    real.until(lambda: real.thing("probe").gain == 24)
    assert row.editor.box.text() == "24 dB"


def test_a_number_steps_by_its_multiple_and_keeps_to_its_range(real: RealWindow) -> None:
    row = real.field("probe", "exposure")
    assert isinstance(row.editor, NumberEditor)
    assert row.editor.box.text() == "25.0 ms"
    row.editor.box.setFocus()

    real.press(row.editor.box, Key.Key_Up)
    real.press(row.editor.box, Key.Key_Return)
    real.until(lambda: real.thing("probe").exposure == 25.5)

    real.enter(row.editor.box, "1001")
    real.until_sent(row)
    assert row.reason_label.text == "Refused. Must be at most 1,000 ms."
    assert row.editor.box.property("fieldState") == "refused"
    assert real.thing("probe").exposure == 25.5


def test_a_64_bit_integer_keeps_every_digit(real: RealWindow) -> None:
    row = real.field("probe", "big")
    assert isinstance(row.editor, NumberEditor)
    assert row.editor.slider is None

    real.enter(row.editor.box, str(2**64 - 1))
    real.until(lambda: real.thing("probe").big == 2**64 - 1)
    row.editor.box.setFocus()
    real.press(row.editor.box, Key.Key_Down)
    real.press(row.editor.box, Key.Key_Return)
    real.until(lambda: real.thing("probe").big == 2**64 - 2)


def test_a_wide_range_is_written_in_powers_of_ten(real: RealWindow) -> None:
    row = real.field("probe", "current")
    assert isinstance(row.editor, NumberEditor)
    assert row.editor.box.text() == "1.5e−9 A"

    real.enter(row.editor.box, "2.5e-6")
    real.until(lambda: real.thing("probe").current == 2.5e-6)
    assert row.editor.box.text() == "2.5e−6 A"


def test_a_string_is_a_line(real: RealWindow) -> None:
    row = real.field("probe", "label")
    assert isinstance(row.editor, TextEditor)

    real.enter(row.editor.line, "HeLa")
    real.until(lambda: real.thing("probe").label == "HeLa")

    real.enter(row.editor.line, "much too long for it")
    real.until_sent(row)
    assert row.model.state is FieldState.REFUSED
    assert "12 characters" in row.reason_label.text
    assert row.editor.line.text() == "much too long for it"


def test_an_enum_is_a_combo_box(real: RealWindow) -> None:
    row = real.field("probe", "colour")
    assert isinstance(row.editor, EnumEditor)

    row.editor.combo.setFocus()
    real.press(row.editor.combo, Key.Key_Down)
    assert row.model.state is FieldState.EDITED, "a key that is brushed sends nothing"
    real.press(row.editor.combo, Key.Key_Return)
    real.until(lambda: real.thing("probe").colour.value == "green")


def test_a_constant_is_a_fixed_label(real: RealWindow) -> None:
    row = real.field("probe", "revision")
    assert isinstance(row.editor, ValueLabel)
    assert row.editor.label.text() == "v2"
    assert row.findChildren(QLineEdit) == []


def test_a_time_a_password_an_address_and_a_path_have_lines_of_their_own(
    real: RealWindow,
) -> None:
    due = real.field("probe", "due")
    assert isinstance(due.editor, TimeEditor)
    real.enter(due.editor.line, "2026-12-24 08:30:00")
    local = datetime(2026, 12, 24, 8, 30).astimezone(UTC)
    real.until(lambda: real.thing("probe").due == local)

    secret = real.field("probe", "secret")
    assert isinstance(secret.editor, TextEditor)
    assert secret.editor.line.displayText() == "●" * 7
    real.enter(secret.editor.line, "open sesame")
    real.until(lambda: real.thing("probe").secret == "open sesame")
    assert "sesame" not in secret.editor.line.displayText()

    page = real.field("probe", "page")
    assert isinstance(page.editor, TextEditor)
    real.enter(page.editor.line, "no address")
    real.until_sent(page)
    assert page.model.state is FieldState.REFUSED
    real.enter(page.editor.line, "https://example.org/there")
    real.until(lambda: str(real.thing("probe").page) == "https://example.org/there")

    folder = real.field("probe", "folder")
    assert isinstance(folder.editor, PathEditor)
    assert folder.editor.browse.isVisible()
    real.enter(folder.editor.line, "elsewhere")
    real.until(lambda: real.thing("probe").folder == Path("elsewhere"))


def test_none_is_a_state_to_be_seen_and_chosen(real: RealWindow) -> None:
    row = real.field("probe", "limit")
    editor = row.editor
    assert isinstance(editor, VariantEditor)
    assert editor.combo.currentText() == "None"

    editor.combo.setFocus()
    real.press(editor.combo, Key.Key_Down)
    assert isinstance(editor.inner, NumberEditor)
    real.enter(editor.inner.box, "7.5")
    real.until(lambda: real.thing("probe").limit == 7.5)

    editor.combo.setFocus()
    real.press(editor.combo, Key.Key_Up)
    real.press(editor.combo, Key.Key_Return)
    real.until(lambda: real.thing("probe").limit is None)
    assert editor.combo.currentText() == "None"


def test_a_choice_shows_the_editor_of_the_variant(real: RealWindow) -> None:
    row = real.field("probe", "trigger")
    editor = row.editor
    assert isinstance(editor, VariantEditor)
    assert editor.combo.currentText() == "Text"

    editor.combo.setFocus()
    real.press(editor.combo, Key.Key_Up)
    assert editor.combo.currentText() == "Edge"
    assert row.send is not None
    real.click(row.send)
    real.until(lambda: getattr(real.thing("probe").trigger, "rising", None) is True)


def test_scalars_are_an_editable_table(real: RealWindow) -> None:
    row = real.field("probe", "marks")
    editor = row.editor
    assert isinstance(editor, RowsEditor)

    real.click(editor.add)
    new = editor.rows[2].cells[0]
    assert isinstance(new, TextEditor)
    real.write(new.line, "c")
    real.click(editor.rows[2].up)
    real.click(editor.rows[0].remove)
    assert row.model.state is FieldState.EDITED
    assert row.send is not None
    real.click(row.send)

    real.until(lambda: real.thing("probe").marks == ["c", "b"])


def test_records_are_a_table_whose_cells_say_what_is_wrong(real: RealWindow) -> None:
    row = real.field("probe", "spots")
    editor = row.editor
    assert isinstance(editor, RowsEditor)
    size = editor.rows[0].cells[1]
    assert isinstance(size, NumberEditor)

    real.write(size.box, "99")
    assert row.send is not None
    real.click(row.send)
    real.until_sent(row)
    assert row.model.state is FieldState.REFUSED
    assert "10" in row.reason_label.text

    real.write(size.box, "4")
    real.click(row.send)
    real.until(lambda: real.thing("probe").spots[0].size == 4.0)


@pytest.mark.parametrize(("name", "part"), [("corner", "1"), ("place", "y")])
def test_a_vector_is_one_row_of_boxes(real: RealWindow, name: str, part: str) -> None:
    row = real.field("probe", name)
    editor = row.editor
    assert isinstance(editor, VectorEditor)
    tops = {box.mapTo(row, QPoint()).y() for box in editor.boxes()}
    assert len(tops) == 1

    real.enter(editor.box(part), "-8.25")
    real.until(lambda: -8.25 in np.ravel(editor_value(real, name)))


def editor_value(real: RealWindow, name: str) -> list[float]:
    found = getattr(real.thing("probe"), name)
    return list(found) if isinstance(found, tuple) else [found.x, found.y, found.z]


def test_many_numbers_are_a_curve_with_a_way_to_their_text(real: RealWindow) -> None:
    row = real.field("probe", "spectrum")
    editor = row.editor
    assert isinstance(editor, NumbersEditor)
    real.until(editor.view.isVisible)
    assert editor.summary.text() == "500 values, 0.0 to 16.0"

    real.click(editor.as_text)
    real.write(editor.text, "1, 2.5, 4")
    assert row.send is not None
    real.click(row.send)
    real.until(lambda: real.thing("probe").spectrum == [1.0, 2.5, 4.0])


def test_rows_of_numbers_are_a_picture_with_a_way_to_their_text(real: RealWindow) -> None:
    row = real.field("probe", "grid")
    editor = row.editor
    assert isinstance(editor, GridEditor)
    real.until(editor.view.isVisible)

    real.click(editor.as_text)
    assert editor.boxes()
    real.write(editor.boxes()[0], "[[5, 6]]")
    assert row.send is not None
    real.click(row.send)
    real.until(lambda: real.thing("probe").grid == [[5.0, 6.0]])


def test_an_object_is_a_nested_group_folded_below_the_second_level(real: RealWindow) -> None:
    row = real.field("probe", "plan")
    outer = row.editor
    assert isinstance(outer, GroupEditor)
    middle = outer.part("middle")
    assert isinstance(middle, GroupEditor)
    with pytest.raises(KeyError):
        middle.part("inner")

    real.click(middle._folds["inner"].button)
    inner = middle.part("inner")
    assert isinstance(inner, GroupEditor)
    depth = inner.part("depth")
    assert isinstance(depth, NumberEditor)
    real.write(depth.box, "9.5")
    assert row.send is not None
    real.click(row.send)
    real.until(lambda: real.thing("probe").plan.middle.inner.depth == 9.5)
    assert real.thing("probe").plan.title == "outer"


def test_a_free_form_object_is_a_table_of_keys_and_values(real: RealWindow) -> None:
    row = real.field("probe", "notes")
    editor = row.editor
    assert isinstance(editor, MapEditor)

    real.click(editor.add)
    key, value = editor.rows[1].cells
    assert isinstance(key, TextEditor)
    assert isinstance(value, TextEditor)
    real.write(key.line, "sample")
    real.write(value.line, "A431")
    assert row.send is not None
    real.click(row.send)
    real.until(lambda: real.thing("probe").notes == {"stain": "DAPI", "sample": "A431"})


def test_a_picture_that_was_given_is_a_thumbnail_that_opens_in_the_viewer(
    real: RealWindow,
) -> None:
    real.click(real.action("probe", "snap").run_button)
    thumbnails = real.composed.thumbnails
    row = real.until_row("Snap", lambda run: thumbnails.thumbnail(run.id) is not None)
    viewer = real.composed.viewer
    real.until(lambda: viewer.current is not None)
    page = viewer.current
    assert page is not None
    viewer.tabs.close_asked.emit(page.key)
    assert viewer.current is None

    row.grab()
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.result_area().center())
    real.until(lambda: viewer.current is not None)
    assert viewer.current is not None
    assert viewer.current.picture is not None
    assert viewer.current.picture.array.shape == (30, 40)


def test_another_file_that_was_given_has_name_size_and_a_button_to_save_it(
    real: RealWindow,
) -> None:
    real.click(real.action("probe", "tabulate").run_button)
    row = real.until_row("Tabulate", lambda run: run.status.ended)
    assert row.middle_text().startswith("tabulate.csv, 23 bytes")

    card = real.composed.viewer.area.files
    assert isinstance(card, FileCard)
    real.until(lambda: len(card.save_buttons) == 1 and card.save_buttons[0].isVisible())


def test_a_blob_as_input_is_chosen_or_dropped_and_reaches_the_action(
    real: RealWindow, tmp_path: Path
) -> None:
    file = tmp_path / "dark.png"
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    assert image.save(str(file))
    row = real.action("probe", "weigh")
    editor = row.input("image").editor
    assert isinstance(editor, BlobEditor)
    assert editor.choose.isVisible()

    drop(editor, file)
    assert editor.label.text() == f"dark.png, {file.stat().st_size} bytes"
    real.click(row.run_button)
    real.until(lambda: [run.output for run in real.runs()] == [file.stat().st_size])


def test_a_blob_as_input_can_be_one_that_an_action_gave(real: RealWindow) -> None:
    real.click(real.action("probe", "snap").run_button)
    real.until_row("Snap", lambda run: run.status.ended)
    row = real.action("probe", "weigh")
    editor = row.input("image").editor
    assert isinstance(editor, BlobEditor)

    real.click(editor.choose)
    real.until(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = menu.actions()[-1]
    assert entry.text().startswith("Snap, ")
    assert entry.text().endswith(": snap.png")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())
    assert editor.label.text() == "snap.png"
    real.click(row.run_button)
    real.until(lambda: any(run.action == "weigh" and run.output for run in real.runs()))
    # What it was given is as good for a repeat.
    again = real.until_row("Weigh", lambda run: run.status.ended)
    real.click(again.button)
    real.until(lambda: [run.output is not None for run in real.runs()] == [True] * 3)


def drop(editor: BlobEditor, file: Path) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(file))])
    place, copy = QPointF(5, 5), Qt.DropAction.CopyAction
    held = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(place.toPoint(), copy, files, *held)
    QApplication.sendEvent(editor, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(editor, QDropEvent(place, copy, files, *held))


def test_anything_else_is_json_text_that_is_checked(real: RealWindow) -> None:
    row = real.field("probe", "anything")
    editor = row.editor
    assert isinstance(editor, JsonEditor)

    real.write(editor.text, '{"b": ')
    assert "Line 1, column 7" in row.reason_label.text
    assert row.send is not None
    real.click(row.send)
    real.until(lambda: row.model.state is FieldState.REFUSED)
    real.write(editor.text, '{"b": [null, 3]}')
    real.click(row.send)
    real.until(lambda: real.thing("probe").anything == {"b": [None, 3]})


def test_every_field_of_every_kind_can_be_seen_and_has_a_name(real: RealWindow) -> None:
    names = list(real.panels.panel("probe").model.fields)
    real.panels.show_thing("probe")
    for name in names:
        row = real.field("probe", name)
        assert row.isVisible()
        assert row.minimumSizeHint().height() >= 28
        assert all(box.accessibleName() for box in row.editor.boxes()), name
