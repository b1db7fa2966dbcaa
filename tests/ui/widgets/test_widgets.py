"""The small widgets do what a hand and a keyboard ask of them."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Size, Theme
from ui.widgets import (
    Chip,
    ComboBox,
    ElidedLabel,
    IconButton,
    IslandHeader,
    PlainLabel,
    ProgressLine,
    ReasonLabel,
    RingSlider,
    SearchBox,
    Segment,
    SegmentedControl,
    State,
    StateLabel,
    StopAllButton,
    Switch,
)

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made)
    made.resize(300, 200)
    return made


def put(window: QWidget, widget: QWidget, qtbot: QtBot) -> None:
    layout = window.layout()
    assert layout is not None
    layout.addWidget(widget)
    with qtbot.waitExposed(window):
        window.show()
    if not isinstance(widget, ReasonLabel):
        qtbot.waitUntil(widget.isVisible)


def scroll(widget: QWidget, steps: int = 1) -> None:
    middle = QPointF(widget.rect().center())
    QApplication.sendEvent(
        widget,
        QWheelEvent(
            middle,
            QPointF(widget.mapToGlobal(widget.rect().center())),
            QPoint(0, 0),
            QPoint(0, 120 * steps),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_a_switch_is_thrown_by_click_and_by_space(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    switch = Switch(theme)
    put(window, switch, qtbot)

    qtbot.mouseClick(switch, LEFT)
    assert switch.isChecked()
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert not switch.isChecked()


def test_the_ring_moves_and_the_tick_stays(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    slider = RingSlider(theme)
    slider.set_scale(0.0, 100.0, 0.5)
    slider.set_asked(25.0)
    slider.set_confirmed(25.0)
    put(window, slider, qtbot)
    end = QPoint(slider.width() - 2, slider.height() // 2)

    with qtbot.waitSignal(slider.let_go) as let_go:
        qtbot.mouseClick(slider, LEFT, pos=end)

    assert let_go.args == [100.0]
    assert slider.asked == 100.0
    assert slider.confirmed == 25.0


def test_taking_hold_of_the_ring_asks_for_nothing_until_it_is_dragged(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    slider = RingSlider(theme)
    slider.set_scale(0.0, 1000.0, 25.0)
    slider.set_asked(333.3)
    put(window, slider, qtbot)
    ring = QPoint(round(slider._x(slider.value())) + 3, slider.height() // 2)
    with qtbot.assertNotEmitted(slider.let_go), qtbot.assertNotEmitted(slider.moved):
        qtbot.mouseClick(slider, LEFT, pos=ring)

    with qtbot.waitSignal(slider.let_go):
        qtbot.mousePress(slider, LEFT, pos=ring)
        qtbot.mouseMove(slider, QPoint(slider.width() - 2, ring.y()))
        qtbot.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 2, ring.y()))
    assert slider.asked == 1000.0


@pytest.mark.parametrize(
    ("value", "asked"), [(1e300, 100.0), (-1e300, 0.0), (math.inf, 100.0), (math.nan, 25.0)]
)
def test_numbers_beyond_every_range_leave_the_ring_at_its_end(
    value: float, asked: float, theme: Theme, qtbot: QtBot
) -> None:
    slider = RingSlider(theme)
    qtbot.addWidget(slider)
    slider.set_scale(0.0, 100.0, 0.5)
    slider.set_asked(25.0)
    slider.set_confirmed(value)
    slider.set_asked(value)
    assert slider.asked == asked
    slider.grab()


def test_an_arrow_key_moves_the_ring_one_step(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    slider = RingSlider(theme)
    slider.set_scale(10.0, 20.0, 0.5)
    slider.set_asked(12.0)
    put(window, slider, qtbot)

    with qtbot.waitSignal(slider.moved), qtbot.assertNotEmitted(slider.let_go):
        qtbot.keyClick(slider, Qt.Key.Key_Right)

    assert slider.asked == 12.5
    with qtbot.waitSignal(slider.committed):
        qtbot.keyClick(slider, Qt.Key.Key_Return)


def test_putting_the_ring_somewhere_tells_nobody(theme: Theme, qtbot: QtBot) -> None:
    slider = RingSlider(theme)
    qtbot.addWidget(slider)
    slider.set_scale(0, 10, 1)
    with qtbot.assertNotEmitted(slider.moved):
        slider.set_asked(7)
    assert slider.asked == 7


def test_the_wheel_moves_nothing_that_was_only_scrolled_past(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    slider = RingSlider(theme)
    slider.set_scale(0, 10, 1)
    box = ComboBox(theme)
    box.addItems(["1 × 1", "2 × 2"])
    put(window, slider, qtbot)
    put(window, box, qtbot)
    window.setFocus()

    scroll(slider)
    scroll(box, -1)

    assert slider.asked == 0
    assert box.currentIndex() == 0


def test_a_scale_without_length_is_refused(theme: Theme, qtbot: QtBot) -> None:
    slider = RingSlider(theme)
    qtbot.addWidget(slider)
    with pytest.raises(ValueError, match="no scale from 5 to 5"):
        slider.set_scale(5, 5, 1)


def test_stop_all_acts_when_pressed_and_cannot_be_disabled(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    button = StopAllButton(theme)
    put(window, button, qtbot)

    button.setEnabled(False)
    button.setDisabled(True)

    assert button.isEnabled()
    with qtbot.waitSignal(button.pressed):
        qtbot.mousePress(button, LEFT)


def test_a_device_name_is_never_markup(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    name = "<b>Laser</b>\n<img src=x>"
    plain, elided = PlainLabel(theme, name), ElidedLabel(theme, name)
    elided.setFixedWidth(20)
    for label in (plain, elided):
        put(window, label, qtbot)
        assert label.textFormat() is Qt.TextFormat.PlainText
    assert "&lt;b&gt;" in elided.toolTip()


def test_an_elided_label_keeps_the_whole_and_shows_it_as_tool_tip(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    long, short = "a very long name of a very small device", "short"
    label = ElidedLabel(theme, long)
    label.setFixedWidth(60)
    put(window, label, qtbot)

    assert label.text() == long
    assert long in label.toolTip()
    label.setText(short)
    assert label.toolTip() == ""


def test_a_reason_wraps_and_takes_just_the_room_it_needs(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    label = ReasonLabel(theme)
    put(window, label, qtbot)
    assert label.isHidden()

    label.say(State.REFUSED, "Needs an exposure below 22.2 ms.")
    one = label.heightForWidth(400)
    label.say(State.REFUSED, "Needs an exposure below 22.2 ms, and then some more " * 4)

    assert label.isVisible()
    assert label.text.startswith("Refused. Needs")
    assert label.heightForWidth(200) > 2 * one
    label.say(None, "")
    assert label.isHidden()


def test_a_state_is_an_icon_and_a_word(theme: Theme, qtbot: QtBot) -> None:
    label = StateLabel(theme)
    qtbot.addWidget(label)

    label.show_state(State.RUNNING, "autofocus by anna")

    assert label.text == "Running: autofocus by anna"
    assert label.accessibleName() == label.text
    assert label.sizeHint().width() > Size.ICON


def test_one_segment_is_chosen_by_click(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    control = SegmentedControl(theme, [Segment("row", "Row", "depth-row"), Segment("all", "All")])
    put(window, control, qtbot)
    assert control.choice == "row"

    with qtbot.waitSignal(control.chosen) as chosen:
        qtbot.mouseClick(control.button("all"), LEFT)

    assert chosen.args == ["all"]
    assert control.choice == "all"
    assert control.button("row").accessibleName() == "Row"


def test_a_chip_counts(theme: Theme, qtbot: QtBot) -> None:
    chip = Chip(theme, "Failed", glyph="failed", role="failed")
    qtbot.addWidget(chip)
    chip.set_count(12)
    assert chip.text() == "Failed 12"
    assert chip.accessibleName() == "Failed 12"


def test_an_icon_alone_must_have_a_name(theme: Theme, qtbot: QtBot) -> None:
    with pytest.raises(ValueError, match="a name to be read aloud"):
        IconButton(theme, "more", " ")
    button = IconButton(theme, "more", "More")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "More"


def test_a_search_box_offers_to_be_emptied_when_it_is_not(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    box = SearchBox(theme, "Find a Thing")
    put(window, box, qtbot)
    clear = box.actions()[-1]
    assert not clear.isVisible()

    qtbot.keyClicks(box, "cam")
    assert clear.isVisible()
    clear.trigger()
    assert box.text() == ""


def test_a_header_is_forty_pixels_high_whatever_is_in_it(theme: Theme, qtbot: QtBot) -> None:
    header = IslandHeader(theme, "Bench")
    qtbot.addWidget(header)
    header.tools.addWidget(IconButton(theme, "more", "More"))
    assert header.sizeHint().height() == 40
    assert header.minimumSizeHint().height() == 40


def test_a_bar_says_how_far_it_is(theme: Theme, qtbot: QtBot) -> None:
    bar = ProgressLine(theme)
    qtbot.addWidget(bar)
    bar.set_share(0.62)
    assert bar.accessibleDescription() == "62 %"
    bar.set_share(None)
    assert bar.share is None
    assert bar.sizeHint() == QSize(120, 6)
