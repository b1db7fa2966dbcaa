"""A table of a file: its curves, and its first rows."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from app.imaging.previews import TablePreview
from ui.theme import Size, TextSize, Theme
from ui.viewer.curve_view import CurveView
from ui.viewer.curves import curves_of_table
from ui.viewer.wording import number
from ui.widgets import PlainLabel

_WIDEST: Final = 320

_Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractTableModel):
    """The first rows of a table, as they are written."""

    def __init__(self, table: TablePreview) -> None:
        super().__init__()
        self._table = table

    @override
    def rowCount(self, parent: _Index | None = None) -> int:
        return len(self._table.rows)

    @override
    def columnCount(self, parent: _Index | None = None) -> int:
        return len(self._table.columns)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._table.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            known = self._table.numbers[index.row(), index.column()]
            side = Qt.AlignmentFlag.AlignRight if known == known else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        across = orientation == Qt.Orientation.Horizontal
        title = self._table.columns[section] if across else ""
        return title or str(section + 1)


class TableView(QWidget):
    """Curves over rows; the curves only where there are numbers.

    Attributes:
        curves: The upper part.
        rows: The lower part.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = CurveView(theme)
        self.rows = plain_table(theme)
        self.rows.setAccessibleName(self.tr("Rows of the table"))
        self._said = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self._said.setContentsMargins(Size.PADDING, 2, 0, 4)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.curves)
        split.addWidget(self.rows)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        column.addWidget(self._said)

    @property
    def said(self) -> str:
        """How many rows there are and are shown."""
        return self._said.text()

    def show_table(self, table: TablePreview) -> None:
        """Show a table."""
        curves = curves_of_table(table)
        self.curves.setVisible(bool(curves.lines))
        self.curves.show_curves(curves)
        before = self.rows.model()
        self.rows.setModel(RowsModel(table))
        self.rows.model().setParent(self.rows)
        if before is not None:
            before.deleteLater()
        fit_columns(self.rows)
        words = [self.tr("{count} rows").format(count=number(table.row_count))]
        if table.cut:
            words = [self.tr("The first {count} rows").format(count=number(table.row_count))]
        if len(table.rows) < table.row_count:
            shown = self.tr("{count} of them in the list").format(count=number(len(table.rows)))
            words.append(shown)
        self._said.setText(", ".join(words))


def fit_columns(table: QTableView) -> None:
    """Make columns as wide as what they hold, with some air, but none wider than is of use."""
    table.resizeColumnsToContents()
    header = table.horizontalHeader()
    for place in range(header.count()):
        header.resizeSection(place, min(_WIDEST, header.sectionSize(place) + 2 * Size.GRID))


def plain_table(theme: Theme) -> QTableView:
    """A table without frame and grid whose rows are chosen as a whole and not edited."""
    made = QTableView()
    made.setFont(theme.font(TextSize.SMALL))
    made.setFrameShape(QTableView.Shape.NoFrame)
    made.setShowGrid(False)
    made.setAlternatingRowColors(True)
    made.setWordWrap(False)
    made.setTabKeyNavigation(False)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.verticalHeader().setDefaultSectionSize(22)
    made.horizontalHeader().setHighlightSections(False)
    for header in (made.horizontalHeader(), made.verticalHeader()):
        header.setFont(theme.font(TextSize.SMALL))
    made.horizontalHeader().setDefaultAlignment(
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    )
    return made
