"""'Plot' in the menu of a field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.handles import ThingHandle
from ui.models.field import FieldModel
from ui.plots.plottable import SeriesKey, plottables_of


def plot_action(
    handle: ThingHandle,
    model: FieldModel,
    menu: QMenu,
    plot: Callable[[Sequence[SeriesKey]], object],
) -> QAction | None:
    """The entry that plots a field; a menu of its parts where it has several.

    Args:
        handle: The Thing.
        model: The field.
        menu: The menu it is for.
        plot: Plots numbers.

    Returns:
        None for a field in which there is no number.
    """
    found = plottables_of(handle.name, model.name, model.schema.raw)
    if not found:
        return None
    title = QCoreApplication.translate("FieldRow", "Plot")
    keys = [each.key for each in found]
    if len(found) == 1:
        action = QAction(title, menu)
        action.triggered.connect(partial(_call, plot, keys))
        return action
    parts = QMenu(title, menu)
    every = QCoreApplication.translate("FieldRow", "All {0}").format(len(found))
    parts.addAction(every).triggered.connect(partial(_call, plot, keys))
    parts.addSeparator()
    for each in found:
        # A single & in a menu marks a key.
        part = parts.addAction(each.title.replace("&", "&&"))
        part.triggered.connect(partial(_call, plot, [each.key]))
    return parts.menuAction()


def _call(
    plot: Callable[[Sequence[SeriesKey]], object], keys: Sequence[SeriesKey], *_checked: bool
) -> None:
    plot(keys)
