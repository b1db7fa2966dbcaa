"""What the plot adds to the table of commands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from ui.commands import Command
from ui.plots.panel import PlotPanel


def plot_commands(plot: PlotPanel, show: Callable[[], None]) -> list[Command]:
    """The commands of the plot.

    Args:
        plot: The plot.
        show: Brings it in sight.
    """

    def add() -> None:
        show()
        plot.open_finder()

    return [
        Command(id="plot.add", title=_tr("Add a value to the plot…"), icon="plot", run=add),
        Command(
            id="plot.pause",
            title=_tr("Pause the plot"),
            help=_tr("It stands still; recording goes on"),
            enabled=lambda: plot.has_lines,
            checked=lambda: plot.paused,
            run=plot.toggle_pause,
        ),
        Command(
            id="plot.export",
            title=_tr("Export the plot as CSV…"),
            enabled=lambda: plot.has_lines,
            run=plot.export,
        ),
        Command(
            id="plot.copy",
            title=_tr("Copy the plot as a picture"),
            icon="copy",
            enabled=lambda: plot.has_lines and plot.isVisible(),
            run=plot.copy_picture,
        ),
        Command(
            id="plot.clear",
            title=_tr("Clear the plot's values"),
            help=_tr("The lines stay and begin anew"),
            enabled=lambda: plot.has_lines,
            run=plot.clear,
        ),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)
