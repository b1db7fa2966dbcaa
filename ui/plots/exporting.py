"""Saves what is plotted: asks for a name, writes off the Qt thread, says how it went."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.plots.csv_file import Column, write_csv
from ui.plots.plot_model import PlotModel
from ui.plots.series import Series
from ui.tasks import Tasks


class Exporting(QObject):
    """Opens a file dialog (never executes it) and writes what the model remembers.

    Attributes:
        saved: A file was written: its path, and how many rows.
        dialog: The dialog that is open, if one is.
    """

    saved = Signal(object, int)

    def __init__(self, model: PlotModel, tasks: Tasks, parent: QWidget) -> None:
        """Nothing is open.

        Args:
            model: What is plotted.
            tasks: Runs the writing and reports a failure.
            parent: The dialog opens over it.
        """
        super().__init__(parent)
        self._model = model
        self._tasks = tasks
        self._over = parent
        self._folder = ""
        self.dialog: QFileDialog | None = None

    def ask(self) -> None:
        """Ask where to write, then do so."""
        dialog = QFileDialog(
            self._over, self.tr("Export the plot"), self._folder, self.tr("CSV (*.csv)")
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"plot {datetime.now():%Y-%m-%d %H-%M-%S}.csv")
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen)))
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        # Shown, not opened: a modal dialog takes the shortcut of STOP ALL away.
        dialog.show()

    def write(self, target: Path) -> None:
        """Write all that is remembered; what is heard meanwhile is not in it."""
        self._folder = str(target.parent)
        columns = [column_of(each) for each in self._model.series]
        self._tasks.start(self._write(columns, target), self.tr("Exporting the plot"))

    async def _write(self, columns: list[Column], target: Path) -> None:
        count = await asyncio.to_thread(write_csv, columns, target)
        self.saved.emit(target, count)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


def column_of(series: Series) -> Column:
    """A line as a column of the file; its samples are copies."""
    times, values = series.samples()
    words = tuple(text for _, text in series.what.options)
    return Column(series.whole_title, series.what.unit, times, values, words)
