"""Everything that shows one tab: canvas, tools, levels, planes, profile and status line."""

from __future__ import annotations

import time
from concurrent.futures import Executor
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Theme
from ui.viewer.canvas import Canvas
from ui.viewer.colour_maps import GREY, ColourMap
from ui.viewer.copier import Copier
from ui.viewer.file_card import FileCard
from ui.viewer.levels import Levels
from ui.viewer.levels_column import LevelsColumn
from ui.viewer.live_feed import LiveFeed
from ui.viewer.made_sheet import MadeSheet
from ui.viewer.measuring import Line, Rectangle
from ui.viewer.overlays import Overlay
from ui.viewer.page import Page, Shades
from ui.viewer.pages import Pages
from ui.viewer.plane_sliders import PlaneSliders
from ui.viewer.profile_plot import ProfilePlot
from ui.viewer.readout import about, beside_rectangle, place_under_mouse
from ui.viewer.renderer import Done, Order, PictureRenderer
from ui.viewer.status_line import StatusLine
from ui.viewer.tile_grid import TileGrid
from ui.viewer.tool_strip import ToolStrip
from ui.viewer.view import View
from ui.viewer.wording import is_whole

COUNT_EVERY_S: Final = 0.1
"""A histogram of a live stream is made at most that often: nobody reads faster."""


_ROOMY: Final = 720
"""Narrower, there is no room for picture, levels and how it was made."""


class PictureArea(QWidget):
    """Shows the tab in front, whatever it holds.

    Attributes:
        idle: A rendering is on the screen; the next one may be asked for.
        canvas: The picture.
        strip: The tools at the left.
        levels: The column at the right.
        made: How it was made, on demand.
        files: Files that are no pictures, in place of the canvas.
        tiles: The canvas, and beside it other tabs.
        planes: Which plane of a stack.
        profile: The values under a line.
        status: The line at the bottom.
    """

    idle = Signal()

    def __init__(
        self, theme: Theme, pages: Pages, workers: Executor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._workers = workers
        self._pages = pages
        self._page: Page | None = None
        self._feed: LiveFeed | None = None
        self._pointer: tuple[float, float] | None = None
        self._counted_at = 0.0
        self._statistics: tuple[str, ...] = ()
        self._renderer = PictureRenderer(workers, self)
        self._copier = Copier(workers, self)
        self.strip = ToolStrip(theme)
        self.canvas = Canvas(theme)
        self.levels = LevelsColumn(theme)
        self.made = MadeSheet(theme)
        self.files = FileCard(theme)
        self.planes = PlaneSliders(theme)
        self.profile = ProfilePlot(theme)
        self.status = StatusLine(theme)
        self._lay_out()
        self._connect()

    @property
    def busy(self) -> bool:
        """Whether a picture is being rendered."""
        return self._renderer.busy

    @property
    def statistics(self) -> tuple[str, ...]:
        """The lines beside the rectangle, if there is one."""
        return self._statistics

    def show_page(self, page: Page | None, feed: LiveFeed | None, note: str) -> None:
        """Show a tab.

        Args:
            page: None for an empty viewer.
            feed: Its stream, if it is live.
            note: A sentence over the picture, or in its place.
        """
        if page is not self._page:
            self.canvas.set_rendered(None, 0, 0, self.canvas.view)
            self._statistics = ()
        self._page, self._feed = page, feed
        picture = None if page is None else page.picture
        # First of all: what is shown or hidden below resizes the canvas, which tells its view.
        self.canvas.set_view(View(0, 0, 0, 0) if page is None or picture is None else page.view)
        self.canvas.set_note(note)
        files = () if page is None else page.files
        self.files.show_files(files)
        self._stack.setCurrentWidget(self.files if files else self.canvas)
        self.strip.setVisible(not files)
        self._make_room()
        self.strip.show_page(
            picture=picture is not None,
            scale_known=picture is not None and picture.pixel_size_um is not None,
            pinned=page is not None and page.pinned,
            pinnable=page is not None and (picture is not None or page.pinned),
            savable=page is not None and (picture is not None or page.save is not None),
        )
        self.planes.show_stack(() if page is None else page.axes, () if page is None else page.at)
        if page is None or picture is None:
            self._show_nothing()
            return
        self.show_picture(page, counted=True)
        self._copier.make(page)

    def show_picture(self, page: Page, *, counted: bool | None = None) -> None:
        """Only the pixels of the tab in front are others now, as those of a live frame are.

        Args:
            page: The tab in front.
            counted: Whether a histogram is made; None leaves it to the clock.
        """
        self.canvas.set_view(page.view)
        page.view = self.canvas.view
        if counted is None:
            counted = time.monotonic() - self._counted_at >= COUNT_EVERY_S
        self._order(counted=counted)

    def show_made(self, shown: bool) -> None:
        """Show or hide how it was made; where room is short, in place of the levels."""
        self.made.setVisible(shown)
        self._make_room()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def show_status(self) -> None:
        """Say anew where the mouse is and how fast frames come."""
        page = self._page
        self.status.say_left(*(place_under_mouse(page, self._pointer) if page else ()))
        self.status.say_right(*(about(page, self._feed) if page else ()))

    def close_area(self) -> None:
        """Show nothing any more."""
        self._renderer.close()
        self.tiles.close_grid()
        self._copier.close()

    def _make_room(self) -> None:
        files = self._page is not None and bool(self._page.files)
        roomy = self.made.isHidden() or self.width() >= _ROOMY
        self.levels.setVisible(not files and roomy)

    def _lay_out(self) -> None:
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.files)
        self.tiles = TileGrid(self._theme, self._pages, self._workers, middle)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.strip)
        row.addWidget(self.tiles, 1)
        row.addWidget(self.made)
        row.addWidget(self.levels)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.planes)
        column.addWidget(self.profile)
        column.addWidget(self.status)

    def _connect(self) -> None:
        canvas, strip, levels = self.canvas, self.strip, self.levels
        self._renderer.done.connect(self._done)
        canvas.view_changed.connect(self._view_changed)
        canvas.pointed.connect(self._pointed)
        canvas.marked.connect(self._marked)
        strip.tool_chosen.connect(canvas.set_tool)
        strip.zoom_in.clicked.connect(canvas.zoom_closer)
        strip.zoom_out.clicked.connect(canvas.zoom_farther)
        strip.fit.clicked.connect(canvas.zoom_to_fit)
        strip.actual_size.clicked.connect(canvas.zoom_to_actual_size)
        strip.scale_bar.toggled.connect(self._show_overlay)
        strip.scale_bar.toggled.connect(self.tiles.show_scale_bars)
        self.tiles.view_changed.connect(self._follow)
        levels.levels_changed.connect(self._levels_changed)
        levels.auto_changed.connect(self._auto_changed)
        levels.colours_changed.connect(self._colours_changed)
        levels.lock_changed.connect(self._lock_changed)
        levels.mark_changed.connect(self._order)
        self.planes.chosen.connect(self._plane_chosen)

    # What the operator did.

    def _view_changed(self, view: View) -> None:
        if self._page is not None and self._page.picture is not None:
            self._page.view = view
            self._order()
            self.show_status()
            self.tiles.follow(view)

    def _follow(self, view: View) -> None:
        """A tile beside it was zoomed or panned, and they are linked."""
        page = self._page
        if page is not None and page.picture is not None:
            self.canvas.set_view(self.canvas.view.alike(view))
            page.view = self.canvas.view
            self._order()
            self.show_status()

    def _pointed(self, place: tuple[float, float] | None) -> None:
        self._pointer = place
        self.show_status()

    def _marked(self, mark: Rectangle | Line | None) -> None:
        if not isinstance(mark, Line):
            self.profile.hide()
        if not isinstance(mark, Rectangle):
            self._statistics = ()
            self._show_overlay()
        if mark is not None:
            self._order()

    def _levels_changed(self, levels: Levels) -> None:
        if self._page is not None:
            shades = self._pages.shades(self._page)
            shades.levels, shades.auto = levels, False
            self._order()
            self.tiles.order_all()

    def _auto_changed(self, auto: bool) -> None:
        if self._page is not None:
            self._pages.shades(self._page).auto = auto
            self._order(counted=True)

    def _colours_changed(self, colours: ColourMap) -> None:
        if self._page is not None:
            self._pages.shades(self._page).colours = colours
            self._order()
            self.tiles.order_all()

    def _lock_changed(self, locked: bool) -> None:
        """Every picture takes the levels of this one, or its own again."""
        self._pages.locked = None
        if locked and self._page is not None:
            now = self._pages.shades(self._page)
            self._pages.locked = Shades(now.levels, False, now.colours, now.axis)
        self._order(counted=True)
        self.tiles.order_all()

    def _plane_chosen(self, at: tuple[int, ...]) -> None:
        page = self._page
        if page is not None and len(at) == len(page.axes):
            page.at = at
            page.copies = ()
            self._order(counted=True)
            self._copier.make(page)

    # Rendering and showing.

    def _order(self, *_of_signals: object, counted: bool = False) -> None:
        page = self._page
        pixels = None if page is None else page.pixels
        if page is None or page.picture is None or pixels is None:
            return
        shades = self._pages.shades(page)
        mark = self.canvas.mark
        self._renderer.order(
            Order(
                owner=page,
                pixels=pixels,
                view=page.view,
                levels=shades.levels,
                auto=shades.auto,
                colours=shades.colours,
                full_scale=page.picture.full_scale,
                mark=self.levels.marks_saturation,
                counted=counted,
                axis=shades.axis,
                rectangle=mark if isinstance(mark, Rectangle) else None,
                line=mark if isinstance(mark, Line) else None,
                copies=page.copies,
                quick=page.live is not None,
            )
        )

    def _done(self, done: Done) -> None:
        page, order = self._page, done.order
        if page is not None and order.owner is page and page.picture is not None:
            shades = self._pages.shades(page)
            if shades.levels is None or order.auto:
                shades.levels = done.levels
            if done.histogram is not None:
                self._counted_at = time.monotonic()
                shades.axis = (done.histogram.low, done.histogram.high)
                self.levels.show_histogram(done.histogram)
            whole = is_whole(order.pixels)
            self.levels.show_page(
                shades.levels,
                shades.colours,
                auto=shades.auto,
                whole=whole,
                colour=order.pixels.ndim == 3,
            )
            self.canvas.set_rendered(done.image, done.x, done.y, order.view)
            if order.rectangle is not None:
                self._statistics = beside_rectangle(done.statistics, whole)
            self._show_overlay()
            if done.profile is not None and isinstance(self.canvas.mark, Line):
                self.profile.show_profile(
                    done.profile, self.canvas.mark.length, page.picture.pixel_size_um, whole
                )
            self.show_status()
        self.idle.emit()

    def _show_nothing(self) -> None:
        self.canvas.set_rendered(None, 0, 0, View(0, 0, 0, 0))
        self.profile.hide()
        self.levels.show_page(None, GREY, auto=False, whole=True, colour=False)
        self._statistics = ()
        self._show_overlay()
        self.show_status()

    def _show_overlay(self, *_of_signals: object) -> None:
        picture = None if self._page is None else self._page.picture
        shown = self.strip.scale_bar.isChecked()
        size = picture.pixel_size_um if shown and picture is not None else None
        self.canvas.set_overlay(Overlay(size, self._statistics))
