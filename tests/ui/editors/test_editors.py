"""Every row of the table of fields, by typing and clicking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ui.editors import Editor, EditorContext, make_editor
from ui.editors.any_value import AnyValueEditor
from ui.editors.base import _FACTORIES, editor
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
from ui.models.numbers import PLAIN
from ui.models.schema import DataSchema
from ui.models.validation import Fault
from ui.theme import Theme

Key = Qt.Key
NUMBER = {"type": "number"}
MakeEditor = Callable[..., Editor]


def choose_from_list(qtbot: QtBot, combo: QComboBox, key: Key) -> None:
    """Open the list of a combo box, go one entry on, and take it."""
    combo.showPopup()
    qtbot.keyClick(combo.view(), key)
    qtbot.keyClick(combo.view(), Key.Key_Return)


class Heard:
    """What an editor said."""

    def __init__(self, made: Editor) -> None:
        self.edited = self.committed = self.reverted = 0
        made.edited.connect(self._edited)
        made.committed.connect(self._committed)
        made.reverted.connect(self._reverted)

    def _edited(self) -> None:
        self.edited += 1

    def _committed(self) -> None:
        self.committed += 1

    def _reverted(self) -> None:
        self.reverted += 1


@pytest.fixture
def make(theme: Theme, qtbot: QtBot) -> MakeEditor:
    """Makes the editor of a schema, in sight and 300 pixels wide."""
    windows = []

    def made(raw: dict[str, Any], value: Any = None, *, read_only: bool = False) -> Editor:
        context = EditorContext(theme, PLAIN, read_only=read_only)
        window = QWidget()
        windows.append(window)
        window.setFixedWidth(300)
        each = make_editor(DataSchema(raw, "value"), context, window)
        each.resize(300, each.sizeHint().height())
        each.show_value(value)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        return each

    return made


def type_into(qtbot: QtBot, widget: QWidget, text: str) -> None:
    """Replace the text of a box with real key events."""
    widget.setFocus()
    qtbot.keyClick(widget, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(widget, Key.Key_Delete)
    qtbot.keyClicks(widget, text)


def turn_wheel(widget: QWidget, notches: int) -> bool:
    """Turn the wheel over a widget; True when the widget took it."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


# boolean: a switch


def test_a_boolean_is_a_switch_that_sends_when_flipped(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "boolean"}, True)
    assert isinstance(made, SwitchEditor)
    heard = Heard(made)

    qtbot.mouseClick(made.switch, Qt.MouseButton.LeftButton)

    assert made.value() is False
    assert (heard.edited, heard.committed) == (1, 1)
    qtbot.keyClick(made.switch, Key.Key_Space)
    assert made.value() is True


def test_a_switch_of_which_nothing_was_heard_yet_claims_neither_on_nor_off(
    make: MakeEditor,
) -> None:
    made = make({"type": "boolean"})
    assert isinstance(made, SwitchEditor)
    unknown = made.grab().toImage()
    assert not made.switch.known
    assert made._word.text() == "–"

    made.show_value(False)
    assert made.switch.known
    assert made.grab().toImage() != unknown


# integer, number: a box with unit, range and step, perhaps a slider


def test_a_number_shows_its_unit_and_takes_what_is_typed(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({**NUMBER, "unit": "ms", "minimum": 0, "maximum": 1000}, 25.0)
    assert isinstance(made, NumberEditor)
    heard = Heard(made)
    assert made.box.text() == "25.0 ms"

    type_into(qtbot, made.box, "60")

    assert made.value() == 60.0
    assert heard.edited > 0
    assert heard.committed == 0
    qtbot.keyClick(made.box, Key.Key_Return)
    assert heard.committed == 1
    qtbot.keyClick(made.box, Key.Key_Escape)
    assert heard.reverted == 1


def test_what_is_no_number_is_said(make: MakeEditor, qtbot: QtBot) -> None:
    made = make(NUMBER, 1.0)
    assert isinstance(made, NumberEditor)

    type_into(qtbot, made.box, "abc")
    assert made.fault() == "“abc” is not a number"
    type_into(qtbot, made.box, "")
    assert made.fault() == "a number is needed"


def test_arrow_keys_step_within_the_range(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({**NUMBER, "minimum": 0, "maximum": 1, "multipleOf": 0.1}, 0.8)
    assert isinstance(made, NumberEditor)
    made.box.setFocus()

    qtbot.keyClick(made.box, Key.Key_Up)
    assert made.value() == pytest.approx(0.9)
    qtbot.keyClick(made.box, Key.Key_PageUp)
    assert made.value() == 1
    for _ in range(3):
        qtbot.keyClick(made.box, Key.Key_Down)
    assert made.value() == pytest.approx(0.7)
    assert made.box.text() == "0.7"


def test_the_wheel_is_ignored_unless_the_box_has_focus(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({**NUMBER, "minimum": 0, "maximum": 100, "multipleOf": 1}, 50.0)
    assert isinstance(made, NumberEditor)
    assert made.slider is not None
    made.box.clearFocus()
    made.slider.clearFocus()

    assert not turn_wheel(made.box, 1)
    assert not turn_wheel(made.slider, 1)
    assert made.value() == 50.0

    made.box.setFocus()
    qtbot.waitUntil(made.box.hasFocus)
    assert turn_wheel(made.box, -2)
    assert made.value() == 48.0


def test_a_64_bit_integer_keeps_every_digit(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "integer", "minimum": 0, "maximum": 2**64 - 1}, 2**63 + 1)
    assert isinstance(made, NumberEditor)
    assert made.value() == 2**63 + 1

    made.box.setFocus()
    qtbot.keyClick(made.box, Key.Key_Up)
    assert made.value() == 2**63 + 2
    type_into(qtbot, made.box, "18446744073709551615")
    assert made.value() == 2**64 - 1


def test_a_value_shown_rounded_is_kept_whole(make: MakeEditor) -> None:
    made = make({**NUMBER, "minimum": 0, "maximum": 1000}, 1 / 3)
    assert isinstance(made, NumberEditor)

    assert made.box.text() == "0.3"
    assert made.value() == 1 / 3


def test_dragging_the_slider_edits_and_letting_go_sends(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({**NUMBER, "minimum": 0, "maximum": 24, "unit": "dB"}, 12.0)
    assert isinstance(made, NumberEditor)
    assert made.slider is not None
    heard = Heard(made)
    right = QPoint(made.slider.width() - 2, made.slider.height() // 2)

    qtbot.mousePress(made.slider, Qt.MouseButton.LeftButton, pos=right)
    assert made.value() == 24
    assert heard.committed == 0
    qtbot.mouseRelease(made.slider, Qt.MouseButton.LeftButton, pos=right)

    assert heard.committed == 1
    assert made.box.text() == "24.0 dB"


def test_keys_and_wheel_move_the_slider_and_enter_sends(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "integer", "minimum": 0, "maximum": 10}, 4)
    assert isinstance(made, NumberEditor)
    assert made.slider is not None
    heard = Heard(made)
    made.slider.setFocus()
    qtbot.waitUntil(made.slider.hasFocus)

    qtbot.keyClick(made.slider, Key.Key_Right)
    assert made.value() == 5
    turn_wheel(made.slider, 1)
    assert made.value() == 6
    assert heard.committed == 0

    qtbot.keyClick(made.slider, Key.Key_Return)
    assert heard.committed == 1
    qtbot.keyClick(made.slider, Key.Key_Escape)
    assert heard.reverted == 1


def test_a_slider_never_reaches_an_excluded_limit(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({**NUMBER, "exclusiveMinimum": 0, "maximum": 10}, 5.0)
    assert isinstance(made, NumberEditor)
    assert made.slider is not None

    qtbot.mouseClick(made.slider, Qt.MouseButton.LeftButton, pos=QPoint(1, 10))

    assert made.box.number()


def test_a_wide_range_is_written_in_powers_of_ten(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({**NUMBER, "minimum": 1e-12, "maximum": 1e-3, "unit": "A"}, 1.5e-9)
    assert isinstance(made, NumberEditor)
    assert made.slider is None
    assert made.box.text() == "1.5e−9 A"

    type_into(qtbot, made.box, "2e-6")
    assert made.value() == 2e-6


def test_a_number_that_can_only_be_read_has_no_box(make: MakeEditor) -> None:
    made = make({**NUMBER, "unit": "°C", "readOnly": True}, -9.8)

    assert isinstance(made, ValueLabel)
    assert made.label.text() == "−9.8 °C"


# string, enum, const, formats


def test_a_string_is_a_line(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "string"}, "A431, passage 14")
    assert isinstance(made, TextEditor)
    heard = Heard(made)

    type_into(qtbot, made.line, "HeLa")
    qtbot.keyClick(made.line, Key.Key_Enter)

    assert made.value() == "HeLa"
    assert heard.committed == 1


def test_an_enum_is_a_combo_box_of_its_values(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"enum": [1, 2, 4]}, 2)
    assert isinstance(made, EnumEditor)
    heard = Heard(made)

    made.combo.setFocus()
    choose_from_list(qtbot, made.combo, Key.Key_Down)

    assert made.value() == 4
    assert heard.committed == 1


def test_a_key_or_the_wheel_on_a_closed_combo_box_sends_nothing(
    make: MakeEditor, qtbot: QtBot
) -> None:
    made = make({"enum": ["open", "closed", "half"]}, "open")
    assert isinstance(made, EnumEditor)
    heard = Heard(made)
    made.combo.setFocus()
    qtbot.waitUntil(made.combo.hasFocus)

    qtbot.keyClick(made.combo, Key.Key_Down)
    assert made.value() == "closed"
    turn_wheel(made.combo, -1)
    assert made.value() == "half"
    qtbot.keyClick(made.combo, Key.Key_O)
    assert made.value() == "open"
    assert heard.edited == 3
    assert heard.committed == 0

    qtbot.keyClick(made.combo, Key.Key_Return)
    assert heard.committed == 1
    qtbot.keyClick(made.combo, Key.Key_Escape)
    assert heard.reverted == 1


def test_a_value_outside_the_enum_is_shown_all_the_same(make: MakeEditor) -> None:
    made = make({"type": "string", "enum": ["a", "b"]}, "c")
    assert isinstance(made, EnumEditor)

    assert made.combo.currentText() == "c"
    made.show_value("a")
    assert [made.combo.itemText(i) for i in range(made.combo.count())] == ["a", "b"]


def test_a_constant_is_a_fixed_label(make: MakeEditor) -> None:
    made = make({"const": "v2"})

    assert isinstance(made, ValueLabel)
    assert made.value() == "v2"


def test_a_password_is_not_shown(make: MakeEditor) -> None:
    made = make({"type": "string", "format": "password"}, "secret")
    assert isinstance(made, TextEditor)

    assert made.line.displayText() == "●●●●●●"
    assert made.value() == "secret"


def test_a_path_has_a_button_to_look_for_it(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "string", "format": "path"}, "/data")

    assert isinstance(made, PathEditor)
    assert made.browse.accessibleName() == "Look for it"


def test_a_time_is_typed_in_local_time_and_sent_with_its_zone(
    make: MakeEditor, qtbot: QtBot
) -> None:
    made = make({"type": "string", "format": "date-time"}, "2026-11-21T14:00:00+00:00")
    assert isinstance(made, TimeEditor)
    assert made.value() == "2026-11-21T14:00:00+00:00"

    type_into(qtbot, made.line, "2026-11-22 08:30:00")
    assert made.value().startswith("2026-11-22T08:30:00")
    assert made.value()[-6] in "+-"
    type_into(qtbot, made.line, "tomorrow")
    assert "date and time" in made.fault()


# oneOf, nullable


def test_none_is_a_state_to_be_seen(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"oneOf": [{**NUMBER, "minimum": 2}, {"type": "null"}]}, None)
    assert isinstance(made, VariantEditor)
    heard = Heard(made)
    assert made.combo.currentText() == "None"
    assert made.value() is None

    made.combo.setFocus()
    qtbot.keyClick(made.combo, Key.Key_Down)
    assert made.combo.currentText() == "Value"
    assert made.value() == 2
    assert heard.committed == 0

    assert isinstance(made.inner, NumberEditor)
    type_into(qtbot, made.inner.box, "7")
    qtbot.keyClick(made.inner.box, Key.Key_Return)
    assert made.value() == 7
    assert heard.committed == 1

    made.combo.setFocus()
    qtbot.keyClick(made.combo, Key.Key_Up)
    assert made.value() is None
    assert heard.committed == 1, "a key that is brushed sends nothing"
    qtbot.keyClick(made.combo, Key.Key_Return)
    assert heard.committed == 2

    qtbot.keyClick(made.combo, Key.Key_Down)
    choose_from_list(qtbot, made.combo, Key.Key_Up)
    assert made.value() is None
    assert heard.committed == 3


def test_a_nullable_enum_is_one_combo_box(make: MakeEditor) -> None:
    made = make({"oneOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]}, None)
    assert isinstance(made, EnumEditor)

    assert [made.combo.itemText(i) for i in range(3)] == ["None", "a", "b"]
    assert made.value() is None
    made.show_value("b")
    assert made.value() == "b"


def test_a_choice_shows_the_editor_of_the_variant(make: MakeEditor, qtbot: QtBot) -> None:
    point = {"type": "object", "title": "Point", "properties": {"x": NUMBER, "y": NUMBER}}
    made = make({"oneOf": [{"type": "string"}, point]}, {"x": 1.0, "y": 2.0})
    assert isinstance(made, VariantEditor)

    assert made.combo.currentText() == "Point"
    assert isinstance(made.inner, VectorEditor)
    assert made.value() == {"x": 1.0, "y": 2.0}
    made.show_value("home")
    assert made.combo.currentText() == "Text"


# array: vectors, lists, large ones


def test_a_vector_is_a_row_of_boxes(make: MakeEditor, qtbot: QtBot) -> None:
    raw = {"type": "object", "properties": {k: {**NUMBER, "unit": "mm"} for k in "xyz"}}
    made = make(raw, {"x": 12.48, "y": -3.117, "z": 0.8421234567})
    assert isinstance(made, VectorEditor)
    heard = Heard(made)
    assert made.beside == "mm"

    type_into(qtbot, made.box("x"), "14")
    qtbot.keyClick(made.box("x"), Key.Key_Return)

    assert made.value() == {"x": 14.0, "y": -3.117, "z": 0.8421234567}
    assert heard.committed == 1


def test_a_list_of_fixed_length_is_a_vector_too(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}, [1.0, 2.0])
    assert isinstance(made, VectorEditor)

    type_into(qtbot, made.box("1"), "x")
    assert made.fault() == "“x” is not a number"
    type_into(qtbot, made.box("1"), "5")
    assert made.value() == [1.0, 5.0]


def test_a_narrow_box_drops_decimals_never_the_minus(make: MakeEditor) -> None:
    raw = {"type": "object", "properties": dict.fromkeys("xyzt", NUMBER)}
    made = make(raw, {"x": -123.4567, "y": 0.0, "z": 0.0, "t": 0.0})
    assert isinstance(made, VectorEditor)
    made.resize(200, 28)

    box = made.box("x")
    assert box.text().startswith("−123")
    assert box.fontMetrics().horizontalAdvance(box.text()) < box.width()
    assert "−123.4567" in box.toolTip()
    made.show_value({"x": -3.117, "y": 0.0, "z": 0.0, "t": 0.0})
    made.resize(150, 28)
    assert box.text() in ("−3.12", "−3.1", "−3")


def test_a_long_number_is_cut_in_its_middle_and_whole_while_edited(
    make: MakeEditor, qtbot: QtBot
) -> None:
    number = 123456789012345678901234567890
    made = make({"type": "integer"}, number)
    assert isinstance(made, NumberEditor)
    made.resize(160, 28)

    assert made.box.geometry().right() < made.width()
    assert made.box.text().startswith("123")
    assert made.box.text().endswith("890")
    assert "…" in made.box.text()
    assert "123,456,789,012,345,678,901,234,567,890" in made.box.toolTip()
    assert made.value() == number

    made.box.setFocus()
    qtbot.waitUntil(made.box.hasFocus)
    assert made.box.text() == "123,456,789,012,345,678,901,234,567,890"


def test_the_text_of_a_device_is_no_markup_in_a_tool_tip(make: MakeEditor) -> None:
    made = make({"type": "string"}, "<b>bold</b>\n<img src='x'>")
    assert isinstance(made, TextEditor)
    moment = make({"type": "string", "format": "date-time"}, "<b>never</b>")
    assert isinstance(moment, TimeEditor)

    assert "&lt;b&gt;bold" in made.line.toolTip()
    assert "<img" not in made.line.toolTip()
    assert "&lt;b&gt;never" in moment.line.toolTip()


def test_a_list_can_be_added_to_removed_from_and_reordered(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "array", "items": {"type": "string"}}, ["a", "b"])
    assert isinstance(made, RowsEditor)
    heard = Heard(made)

    qtbot.mouseClick(made.add, Qt.MouseButton.LeftButton)
    new = made.rows[2].cells[0]
    assert isinstance(new, TextEditor)
    type_into(qtbot, new.line, "c")
    assert made.value() == ["a", "b", "c"]

    qtbot.mouseClick(made.rows[2].up, Qt.MouseButton.LeftButton)
    assert made.value() == ["a", "c", "b"]
    qtbot.mouseClick(made.rows[0].remove, Qt.MouseButton.LeftButton)
    assert made.value() == ["c", "b"]
    assert heard.edited >= 4
    assert heard.committed == 0


def test_small_records_are_a_table(make: MakeEditor, qtbot: QtBot) -> None:
    items = {
        "type": "object",
        "properties": {"x": NUMBER, "y": {**NUMBER, "default": 0.0}},
        "required": ["x"],
    }
    made = make({"type": "array", "items": items, "minItems": 1}, [{"x": 1.0, "y": 2.0}])
    assert isinstance(made, RowsEditor)

    qtbot.mouseClick(made.add, Qt.MouseButton.LeftButton)
    cell = made.rows[1].cells[0]
    assert isinstance(cell, NumberEditor)
    type_into(qtbot, cell.box, "7")

    assert made.value() == [{"x": 1.0, "y": 2.0}, {"x": 7.0, "y": 0.0}]


def test_many_numbers_are_a_curve_and_can_be_edited_as_text(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "array", "items": NUMBER, "lw:shape": [2048]}, [0.5] * 2047 + [3.0])
    assert isinstance(made, NumbersEditor)
    assert made.view.isVisible()
    assert made.summary.text() == "2,048 values, 0.5 to 3.0"

    qtbot.mouseClick(made.as_text, Qt.MouseButton.LeftButton)
    type_into(qtbot, made.text, "1, 2.5 3e2")
    assert made.value() == [1.0, 2.5, 300.0]
    type_into(qtbot, made.text, "1, two")
    assert made.fault() == "entry 2: “two” is not a number"


def test_a_curve_that_can_only_be_read_offers_no_text(make: MakeEditor) -> None:
    made = make({"type": "array", "items": NUMBER, "readOnly": True}, [1.0, 2.0, 4.0])
    assert isinstance(made, NumbersEditor)

    assert made.as_text.isHidden()
    assert made.summary.text() == "1.0, 2.0, 4.0"


def test_a_table_of_numbers_is_a_picture(make: MakeEditor) -> None:
    made = make(
        {"type": "array", "items": {"type": "array", "items": NUMBER}}, [[0.0, 1.0], [2.0, 3.0]]
    )
    assert isinstance(made, GridEditor)

    assert made.summary.text() == "2 × 2"
    made.show_value([[1.0], [2.0, 3.0]])
    assert made.summary.text() == "Uneven rows"


# object


def test_an_object_is_a_group_and_its_faults_land_on_their_parts(
    make: MakeEditor, qtbot: QtBot
) -> None:
    raw = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "size": {**NUMBER, "maximum": 5},
            "note": {"type": "string", "default": "-"},
        },
        "required": ["name", "size"],
    }
    made = make(raw, {"name": "a", "size": 1.0})
    assert isinstance(made, GroupEditor)

    size = made.part("size")
    assert isinstance(size, NumberEditor)
    type_into(qtbot, size.box, "9")
    assert made.value() == {"name": "a", "size": 9.0}

    made.show_faults([Fault(("size",), "must be at most 5")])
    assert made._reasons["size"].text == "Refused. Must be at most 5."
    assert made._reasons["name"].text == ""
    assert size.box.property("fieldState") == "refused"


def test_objects_below_the_second_level_begin_folded(make: MakeEditor, qtbot: QtBot) -> None:
    def nest(inner: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": {"inner": inner}, "required": ["inner"]}

    deep = {"type": "object", "properties": {"depth": NUMBER}}
    made = make(nest(nest(deep)), {"inner": {"inner": {"depth": 3.0}}})
    assert isinstance(made, GroupEditor)
    second = made.part("inner")
    assert isinstance(second, GroupEditor)
    fold = second._folds["inner"]
    assert fold.summary == "3.0, 1 value"
    with pytest.raises(KeyError):
        second.part("inner")

    qtbot.mouseClick(fold.button, Qt.MouseButton.LeftButton)
    third = second.part("inner")
    assert isinstance(third, GroupEditor)
    depth = third.part("depth")
    assert isinstance(depth, NumberEditor)
    type_into(qtbot, depth.box, "4")
    assert made.value() == {"inner": {"inner": {"depth": 4.0}}}


def choose_kind(qtbot: QtBot, editor: AnyValueEditor, words: str) -> None:
    """Choose the kind of a value from its menu, by keys."""
    qtbot.mouseClick(editor.kind_button, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.setActiveAction(next(each for each in menu.actions() if each.text() == words))
    qtbot.keyClick(menu, Key.Key_Return)


def test_a_free_form_object_is_keys_and_values(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "object", "additionalProperties": {"type": "string"}}, {"stain": "DAPI"})
    assert isinstance(made, MapEditor)

    qtbot.mouseClick(made.add, Qt.MouseButton.LeftButton)
    key, value = made.rows[1].cells
    assert made.fault() == "a key is empty"
    assert isinstance(key, TextEditor)
    assert isinstance(value, TextEditor)
    type_into(qtbot, key.line, "stain")
    assert made.fault() == "the key “stain” is there twice"
    type_into(qtbot, key.line, "sample")
    type_into(qtbot, value.line, "A431")

    assert made.value() == {"stain": "DAPI", "sample": "A431"}


def test_a_new_key_of_a_free_form_object_can_be_of_any_kind(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": "object", "additionalProperties": True}, {"stain": "DAPI"})
    assert isinstance(made, MapEditor)
    heard = Heard(made)

    qtbot.mouseClick(made.add, Qt.MouseButton.LeftButton)
    key, value = made.rows[1].cells
    assert isinstance(key, TextEditor)
    assert isinstance(value, AnyValueEditor)
    type_into(qtbot, key.line, "planes")
    assert isinstance(value.inner, TextEditor)
    type_into(qtbot, value.inner.line, "12")
    assert made.value()["planes"] == "12"

    choose_kind(qtbot, value, "Whole number")
    assert repr(made.value()["planes"]) == "12", "the text keeps its meaning"
    choose_kind(qtbot, value, "Number")
    assert repr(made.value()["planes"]) == "12.0"
    choose_kind(qtbot, value, "On or off")
    assert made.value()["planes"] is False
    choose_kind(qtbot, value, "Nothing")
    assert made.value() == {"stain": "DAPI", "planes": None}
    assert heard.edited >= 6
    assert made.fault() == ""


def test_lists_and_objects_are_built_inside_a_free_form_object(
    make: MakeEditor, qtbot: QtBot
) -> None:
    made = make({"type": "object"}, {"at": [1, "two", {"three": True}]})
    assert isinstance(made, MapEditor)
    value = made.rows[0].cells[1]
    assert isinstance(value, AnyValueEditor)
    assert isinstance(value.inner, RowsEditor)
    cells = [row.cells[0] for row in value.inner.rows]
    kinds = [cell.kind.type for cell in cells if isinstance(cell, AnyValueEditor)]
    assert kinds == ["integer", "string", "object"]

    qtbot.mouseClick(value.inner.add, Qt.MouseButton.LeftButton)
    fresh = value.inner.rows[3].cells[0]
    assert isinstance(fresh, AnyValueEditor)
    choose_kind(qtbot, fresh, "Number")
    assert isinstance(fresh.inner, NumberEditor)
    type_into(qtbot, fresh.inner.box, "4.5")

    assert made.value() == {"at": [1, "two", {"three": True}, 4.5]}
    made.show_value({"at": [2.5]})
    assert made.value() == {"at": [2.5]}


# blobs


def test_a_blob_input_takes_a_dropped_file(make: MakeEditor) -> None:
    raw = {"type": "object", "properties": {"href": {}, "media_type": {"const": "image/png"}}}
    made = make(raw, None)
    assert isinstance(made, BlobEditor)
    heard = Heard(made)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/data/dark 1.png")])
    place, copy = QPointF(5, 5), Qt.DropAction.CopyAction
    nothing = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)

    enter = QDragEnterEvent(place.toPoint(), copy, files, *nothing)
    QApplication.sendEvent(made, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(made, QDropEvent(place, copy, files, *nothing))

    assert made.value() == {"href": "file:///data/dark%201.png", "media_type": "image/png"}
    assert made.label.text() == "dark 1.png"
    assert heard.edited == 1


# anything else


def test_anything_else_is_json_text_that_is_checked(make: MakeEditor, qtbot: QtBot) -> None:
    made = make({"type": ["string", "array"]}, {"a": [1, 2]})
    assert isinstance(made, JsonEditor)
    heard = Heard(made)
    assert made.value() == {"a": [1, 2]}

    type_into(qtbot, made.text, '{"a": ')
    assert made.fault().startswith("line 1, column 7")
    type_into(qtbot, made.text, "[1, NaN]")
    assert made.fault() == "NaN is not a number that can be sent"
    type_into(qtbot, made.text, '{"b": null}')
    assert made.fault() == ""
    assert made.value() == {"b": None}

    qtbot.keyClick(made.text, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert heard.committed == 1


@pytest.mark.parametrize(
    "raw",
    [
        NUMBER,
        {"type": "object", "properties": {"x": NUMBER, "y": NUMBER}},
        {"type": "string", "format": "date-time"},
        {"type": "array", "items": {"type": "array", "items": {"type": "array"}}},
    ],
)
def test_text_that_is_no_value_is_kept_for_another_editor(
    make: MakeEditor, qtbot: QtBot, raw: dict[str, Any]
) -> None:
    first, second = make(raw), make(raw)
    assert first.typed() is None
    type_into(qtbot, first.boxes()[0], "abc")
    heard = Heard(second)
    second.show_typed(first.typed())

    assert first.fault()
    assert second.fault() == first.fault()
    assert heard.edited == 0
    second.show_value(None)
    assert second.typed() is None


def test_showing_a_value_says_nothing(make: MakeEditor) -> None:
    for raw, value in (
        (NUMBER, 3.0),
        ({"type": "boolean"}, True),
        ({"type": "string"}, "x"),
        ({"enum": [1, 2]}, 2),
        ({}, {"a": 1}),
        ({"type": "array", "items": {"type": "string"}}, ["a"]),
        ({"type": "array", "items": NUMBER}, [1.0, 2.0]),
        ({"oneOf": [NUMBER, {"type": "null"}]}, 2.0),
        ({"type": "object", "properties": {"name": {"type": "string"}}}, {"name": "a"}),
        ({"type": "object"}, {"a": 1}),
    ):
        made = make(raw)
        heard = Heard(made)
        made.show_value(value)
        made.show_value(None)
        assert (heard.edited, heard.committed) == (0, 0), raw


def test_every_box_has_an_accessible_name(make: MakeEditor) -> None:
    for raw, value in (
        ({**NUMBER, "minimum": 0, "maximum": 1}, 0.5),
        ({"type": "boolean"}, True),
        ({"enum": [1]}, 1),
        ({"type": "object", "properties": {"x": NUMBER, "y": NUMBER}}, {"x": 1.0, "y": 1.0}),
        ({"type": "array", "items": {"type": "string"}}, ["a"]),
        ({"type": "object", "properties": {"name": {"type": "string"}}}, {"name": "a"}),
        ({}, None),
    ):
        made = make(raw, value)
        made.set_names("Gain", "How much.")
        assert made.boxes()
        assert all(box.accessibleName().startswith("Gain") for box in made.boxes())


def test_another_editor_can_be_registered(
    make: MakeEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Well(TextEditor):
        """A colour well."""

    monkeypatch.setattr("ui.editors.base._FACTORIES", dict(_FACTORIES))
    editor("string:colour")(Well)

    assert isinstance(make({"type": "string", "format": "colour"}, "red"), Well)
    assert not isinstance(make({"type": "string"}, "red"), Well)
