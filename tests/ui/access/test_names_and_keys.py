"""Every control has a name for a screen reader, and the keyboard reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.add_thing import AddThingDialog
from ui.composition import Composition
from ui.diagnostics_window import DiagnosticsWindow
from ui.faults_window import FaultsWindow
from ui.panels.panel_window import PanelWindow
from ui.widgets import StopAllButton

if TYPE_CHECKING:
    from tests.ui.access.conftest import OpenWindow

PATIENCE_MS = 30_000
MOST_STEPS = 2000
"""Of Tab: more than there are controls."""

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
)


def inside_another(widget: QWidget) -> bool:
    """Whether it is a part of a control, such as the line in a spin box or the list of a choice."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QAbstractSpinBox, QComboBox, QLineEdit, QTableView)):
            return True
        parent = parent.parentWidget()
    return False


def controls(window: QWidget) -> Iterator[QWidget]:
    """All that can be worked with, whether it is in sight now or not."""
    for widget in window.findChildren(QWidget):
        if inside_another(widget) or widget.objectName().startswith("qt_"):
            continue
        focusable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if isinstance(widget, INTERACTIVE) or focusable:
            yield widget


def described(widget: QWidget) -> str:
    """Where a widget is, for somebody who has to mend it."""
    path: list[str] = []
    at: QWidget | None = widget
    while at is not None:
        path.append(type(at).__name__)
        at = at.parentWidget()
    return " < ".join(path[:6])


def name_of(widget: QWidget) -> str:
    """What a screen reader says, buddies and texts included."""
    # A bar of tabs has the name of the tab in front, and none where there is no tab.
    return widget.accessibleName() or QAccessible.queryAccessibleInterface(widget).text(
        QAccessible.Text.Name
    )


def test_everything_has_a_name(open_window: OpenWindow) -> None:
    window = open_window(whole=True).window
    found = list(controls(window))
    assert len(found) > 150

    nameless = sorted({described(each) for each in found if not name_of(each).strip()})

    assert not nameless, "\n".join(nameless)


def reached_by_tab() -> set[QWidget]:
    """Every widget that has the focus while Tab is pressed until it comes round."""
    reached: set[QWidget] = set()
    for _ in range(MOST_STEPS):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in reached and len(reached) > 1:
            return reached
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    raise AssertionError("Tab never comes round")


def missed_by_tab(window: QWidget, first: QWidget) -> list[str]:
    """The controls in sight that Tab does not reach, described."""
    first.setFocus()
    reached = reached_by_tab()
    wanted = {
        each
        for each in controls(window)
        if each.isVisible()
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.window() is window
    }
    assert wanted
    return sorted({described(each) for each in wanted - reached})


def test_tab_reaches_every_control_of_every_page_and_comes_round(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window().window
    with qtbot.waitActive(window, timeout=PATIENCE_MS):
        window.activateWindow()

    for page in ("activity", "history", "log"):
        window.activity.show_page(page)
        missed = missed_by_tab(window, window.top_bar.stop_button)
        assert not missed, "\n".join([page, *missed])


OTHERS: dict[type[QWidget], Callable[[Composition], None]] = {
    AddThingDialog: lambda each: each.window.commands.action("bench.add-thing").trigger(),
    DiagnosticsWindow: lambda each: each.window.commands.action("help.diagnostics").trigger(),
    FaultsWindow: lambda each: each.panels.faults_asked.emit("camera"),
    PanelWindow: lambda each: each.panels.pop_out("camera"),
}
"""The windows beside the main one, and what opens them."""


def has_arguments(dialog: AddThingDialog) -> bool:
    """Whether the driver that is chosen was read, and asks for what it needs."""
    return dialog.arguments is not None


def test_tab_reaches_every_control_of_the_other_windows(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    composed = open_window()
    for kind, opens in OTHERS.items():
        opens(composed)
        window = composed.window.findChildren(kind)[0]
        if isinstance(window, AddThingDialog):
            qtbot.waitUntil(partial(has_arguments, window), timeout=PATIENCE_MS)
        with qtbot.waitActive(window, timeout=PATIENCE_MS):
            window.activateWindow()

        missed = missed_by_tab(window, window.findChildren(StopAllButton)[0])

        assert not missed, "\n".join([kind.__name__, *missed])
        nameless = {described(each) for each in controls(window) if not name_of(each).strip()}
        assert not nameless, "\n".join([kind.__name__, *nameless])
        window.close()
