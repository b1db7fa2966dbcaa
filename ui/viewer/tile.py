"""One of several pictures beside each other: its title, and a canvas that zooms and pans."""

from __future__ import annotations

from concurrent.futures import Executor

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.handles import Picture
from things.errors import ThingError
from ui.theme import Theme
from ui.viewer.canvas import Canvas
from ui.viewer.live_feed import LiveFeed
from ui.viewer.overlays import Overlay
from ui.viewer.page import Page
from ui.viewer.pages import Pages
from ui.viewer.readout import rate_of
from ui.viewer.renderer import Done, Order, PictureRenderer
from ui.viewer.tile_title import TileTitle
from ui.viewer.view import View


class Tile(QWidget):
    """Shows a tab that is not in front, with a live stream of its own if it is a live one.

    Attributes:
        chosen: The operator clicked it, or chose it by Enter; its key.
        view_changed: The operator zoomed or panned; the new `View`.
        canvas: The picture.
        title: The line over it.
        page: What it shows.
    """

    chosen = Signal(str)
    view_changed = Signal(object)

    def __init__(
        self, theme: Theme, pages: Pages, page: Page, workers: Executor, *, scale_bar: bool
    ) -> None:
        super().__init__()
        self._pages = pages
        self._scale_bar = scale_bar
        self._feed: LiveFeed | None = None
        self._shown: tuple[Picture, tuple[int, ...], View] | None = None
        self._following = False
        self.page = page
        self.title = TileTitle(theme)
        self.canvas = Canvas(theme)
        self._renderer = PictureRenderer(workers, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.canvas, 1)
        for part in (self.title, self.canvas):
            part.installEventFilter(self)
        self._renderer.done.connect(self._done)
        self.canvas.view_changed.connect(self._view_changed)
        if page.live is not None:
            self._open_feed()
        self.show_page()

    @property
    def busy(self) -> bool:
        """Whether its picture is being rendered."""
        return self._renderer.busy

    def show_page(self) -> None:
        """Show what the page holds now."""
        page = self.page
        self.show_status()
        self.canvas.setAccessibleName(page.title)
        self.canvas.set_note(self._note())
        if page.picture is None:
            self.canvas.set_rendered(None, 0, 0, View(0, 0, 0, 0))
            self._shown = None
            return
        self.canvas.set_view(page.view)
        page.view = self.canvas.view
        self.canvas.set_overlay(Overlay(page.picture.pixel_size_um if self._scale_bar else None))
        shown = self._shown
        if shown is None or shown[0] is not page.picture or shown[1:] != (page.at, page.view):
            self.order()

    def show_status(self) -> None:
        """Say anew how fast frames come."""
        rate = "" if self._feed is None else "  ".join(part.text for part in rate_of(self._feed))
        self.title.show_title(self.page.title, rate, in_front=False)

    def show_scale_bar(self, shown: bool) -> None:
        """Show or hide the scale bar."""
        self._scale_bar = shown
        self.show_page()

    def follow(self, view: View) -> None:
        """Show the same part as another picture of which that is the view."""
        if self.page.picture is not None:
            self._following = True
            self.canvas.set_view(self.canvas.view.alike(view))
            self._following = False
            self.page.view = self.canvas.view
            self.order()

    def order(self) -> None:
        """Render anew, for levels may have changed."""
        page, pixels = self.page, self.page.pixels
        if page.picture is None or pixels is None:
            return
        self._shown = (page.picture, page.at, page.view)
        shades = self._pages.shades(page)
        self._renderer.order(
            Order(
                owner=page,
                pixels=pixels,
                view=page.view,
                levels=shades.levels,
                auto=shades.auto,
                colours=shades.colours,
                full_scale=page.picture.full_scale,
                mark=True,
                counted=False,
                axis=None,
                copies=page.copies,
                quick=page.live is not None,
            )
        )

    def close_tile(self) -> None:
        """End the stream; nothing is shown any more."""
        self._renderer.close()
        if self._feed is not None:
            self._feed.close()
            self._feed = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonPress
            and event.button() == Qt.MouseButton.LeftButton
        ):
            self.chosen.emit(self.page.key)
            return True
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.page.key)
        else:
            super().keyPressEvent(event)

    def _note(self) -> str:
        page = self.page
        if page.note or page.picture is not None:
            return page.note
        if page.files:
            return "\n".join(file.name for file in page.files)
        return self.tr("Waiting for the first picture.")

    def _open_feed(self) -> None:
        live = self.page.live
        assert live is not None
        try:
            self._feed = LiveFeed(live.handle, live.stream, self)
        except ThingError as error:
            self.page.note = self.tr("No live picture: {reason}.").format(reason=str(error))
            return
        self.page.note = ""
        self._feed.waiting.connect(self._take_frame)

    def _take_frame(self) -> None:
        """Show the newest frame, unless one is being drawn: then it is taken afterwards."""
        if self._feed is None or self.busy:
            return
        picture = self._feed.take()
        if picture is None:
            return
        first = self.page.picture is None
        self.page.show(picture)
        if first:
            self.show_page()
        else:
            self.canvas.set_view(self.page.view)
            self.page.view = self.canvas.view
            self.order()

    def _view_changed(self, view: View) -> None:
        if self.page.picture is not None:
            self.page.view = view
            self.order()
            if not self._following:
                self.view_changed.emit(view)

    def _done(self, done: Done) -> None:
        if done.order.owner is self.page and self.page.picture is not None:
            shades = self._pages.shades(self.page)
            if shades.levels is None or done.order.auto:
                shades.levels = done.levels
            self.canvas.set_rendered(done.image, done.x, done.y, done.order.view)
        self._take_frame()
