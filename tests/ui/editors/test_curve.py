"""The small curve of an array: where its values stand, and what is read out."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from ui.editors.curve_view import CurveView
from ui.models.numbers import PLAIN
from ui.theme import Theme


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> CurveView:
    made = CurveView(theme, PLAIN, "counts")
    qtbot.addWidget(made)
    made.resize(300, made.height())
    made.show_row(np.array([5.0, 6.0, 9.0, 7.0]))
    return made


def test_without_an_axis_it_counts_from_zero(view: CurveView) -> None:
    assert view._ends() == ("0", "3")


def test_over_an_axis_it_says_its_ends_with_the_unit(view: CurveView) -> None:
    view.set_axis(np.array([350.0, 500.0, 750.0, 1000.0]), "nm", "Wavelengths")
    assert view._ends() == ("350", "1,000 nm")


def test_an_axis_that_counts_downwards_has_its_lowest_at_the_left(
    view: CurveView, qtbot: QtBot
) -> None:
    view.set_axis(np.array([4000.0, 3000.0, 2000.0, 1000.0]), "1/cm", "Wave number")
    assert view._ends() == ("1,000", "4,000 1/cm")
    # The mouse at the left edge reads out the lowest position: all of it must paint.
    qtbot.mouseMove(view, QPoint(8, 20))
    assert not view.grab().isNull()


@pytest.mark.parametrize("axis", [[1.0, 2.0], [1.0, np.nan, 3.0, 4.0], [np.inf, 1.0, 2.0, 3.0], []])
def test_an_axis_that_does_not_fit_is_not_used(view: CurveView, axis: list[float]) -> None:
    view.set_axis(np.array(axis), "nm", "Wavelengths")
    assert view._ends() == ("0", "3")
