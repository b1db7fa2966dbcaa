"""Several tabs beside each other: the one in front with all tools, the others to look at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Theme
from ui.viewer.page import Page
from ui.viewer.pages import Pages
from ui.viewer.tile import Tile
from ui.viewer.tile_title import TileTitle
from ui.viewer.view import View

MOST_TILES: Final = 9
"""With more of them nothing can be seen on any."""

_TICK_MS: Final = 500


class TileGrid(QWidget):
    """A grid of tiles, or the front alone.

    Attributes:
        chosen: The operator chose another tile; its key. Emitted when the click is over.
        view_changed: The operator zoomed or panned a tile that is not in front.
        linked: Whether all tiles show the same part.
        tiles: Those not in front, by their keys.
    """

    chosen = Signal(str)
    view_changed = Signal(object)
    _chosen_in_event = Signal(str)

    def __init__(
        self,
        theme: Theme,
        pages: Pages,
        workers: Executor,
        front: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        """The front alone.

        Args:
            theme: Where the look comes from.
            pages: How pages are shown.
            workers: Where to render.
            front: Shows the page in front; stays here for good.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._theme = theme
        self._pages = pages
        self._workers = workers
        self._scale_bar = True
        self._places: tuple[str, ...] = ("",)
        self._columns = 1
        self.linked = False
        self.tiles: dict[str, Tile] = {}
        self.title = TileTitle(theme)
        self._front = QWidget()
        column = QVBoxLayout(self._front)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(front, 1)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        # All columns are equally wide, whatever the tools of the one in front would like.
        self._front.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._grid.addWidget(self._front, 0, 0)
        self.title.hide()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_status)
        # Queued: the tile that was clicked goes, and must not while it handles the click.
        self._chosen_in_event.connect(self.chosen, Qt.ConnectionType.QueuedConnection)

    def show_pages(self, pages: Sequence[Page], front: Page | None) -> None:
        """Show these pages beside each other, the front one with the tools.

        Args:
            pages: In the order of the tabs; of more than `MOST_TILES` the front and those
                before it in line are shown.
            front: Which of them is in front.
        """
        shown = tuple(_those_shown(pages, front))
        others = {page.key: page for page in shown if page is not front}
        for key in [key for key, tile in self.tiles.items() if others.get(key) is not tile.page]:
            self._drop(key)
        for key, page in others.items():
            if key in self.tiles:
                self.tiles[key].show_page()
            else:
                self._add(page)
        alone = len(shown) < 2
        self.title.setVisible(not alone)
        self.title.show_title("" if front is None else front.title, in_front=True)
        places = tuple("" if page is front else page.key for page in shown) or ("",)
        if places != self._places:
            self._places = places
            self._lay_out()
        if others and not self._tick.isActive():
            self._tick.start()
        elif not others:
            self._tick.stop()

    def order_all(self) -> None:
        """Render every tile anew, for levels may have changed."""
        for tile in self.tiles.values():
            tile.order()

    def follow(self, view: View) -> None:
        """Where tiles are linked: show the same part in all of them."""
        if self.linked:
            for tile in self.tiles.values():
                tile.follow(view)

    def show_scale_bars(self, shown: bool) -> None:
        """Show or hide all scale bars."""
        self._scale_bar = shown
        for tile in self.tiles.values():
            tile.show_scale_bar(shown)

    def close_grid(self) -> None:
        """End all streams; nothing is shown any more."""
        self._tick.stop()
        for key in list(self.tiles):
            self._drop(key)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if columns_for(len(self._places), self.width(), self.height()) != self._columns:
            self._lay_out()

    def _add(self, page: Page) -> None:
        tile = Tile(self._theme, self._pages, page, self._workers, scale_bar=self._scale_bar)
        tile.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        tile.chosen.connect(self._chosen_in_event)
        tile.view_changed.connect(lambda view: self._tile_moved(tile, view))
        self.tiles[page.key] = tile

    def _drop(self, key: str) -> None:
        tile = self.tiles.pop(key)
        tile.close_tile()
        tile.hide()
        self._grid.removeWidget(tile)
        tile.deleteLater()

    def _lay_out(self) -> None:
        columns = self._columns = columns_for(len(self._places), self.width(), self.height())
        rows = math.ceil(len(self._places) / columns)
        for number, key in enumerate(self._places):
            widget = self._front if not key else self.tiles[key]
            self._grid.removeWidget(widget)
            # The last tile fills what is left of its row.
            last = number == len(self._places) - 1
            wide = columns - number % columns if last else 1
            self._grid.addWidget(widget, number // columns, number % columns, 1, wide)
            widget.show()
        for place in range(max(self._grid.columnCount(), columns)):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)
        for place in range(max(self._grid.rowCount(), rows)):
            self._grid.setRowStretch(place, 1 if place < rows else 0)

    def _tile_moved(self, tile: Tile, view: View) -> None:
        if self.linked:
            for other in self.tiles.values():
                if other is not tile:
                    other.follow(view)
            self.view_changed.emit(view)

    def _show_status(self) -> None:
        for tile in self.tiles.values():
            tile.show_status()


def columns_for(count: int, width: int, height: int) -> int:
    """How many columns make the tiles largest, if pictures are a third wider than high."""

    def side(columns: int) -> float:
        rows = math.ceil(count / columns)
        return min(max(1, width) / columns / 4, max(1, height) / rows / 3)

    return max(range(1, max(1, count) + 1), key=side)


def _those_shown(pages: Sequence[Page], front: Page | None) -> Sequence[Page]:
    if len(pages) <= MOST_TILES or front is None:
        return pages[:MOST_TILES]
    end = max(MOST_TILES, pages.index(front) + 1)
    return pages[end - MOST_TILES : end]
