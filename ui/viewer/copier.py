"""Has smaller copies of very large pictures made in a worker thread, and puts them where used."""

from __future__ import annotations

import logging
from concurrent.futures import Executor, Future

from PySide6.QtCore import QObject, Qt, Signal

from app.handles import Picture
from ui.viewer.page import Page
from ui.viewer.pyramid import LARGE, Pyramid, build

_logger = logging.getLogger(__name__)


class Copier(QObject):
    """Makes the copies of one picture at a time; what was shown meanwhile is asked for again.

    Attributes:
        made: The copies of a page's picture are there; the `Page`.
    """

    made = Signal(object)
    _finished = Signal(object)

    def __init__(self, workers: Executor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._making: tuple[Page, Picture, tuple[int, ...]] | None = None
        self._next: Page | None = None
        self._closed = False
        self._finished.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def make(self, page: Page) -> None:
        """Have the copies of the plane made that a page shows, if it needs any."""
        pixels = page.pixels
        if self._closed or page.live is not None or page.picture is None or pixels is None:
            return
        if page.copies or pixels.shape[0] * pixels.shape[1] < LARGE:
            return
        if self._making is not None:
            # Pictures are told apart by what they are: comparing them would compare all pixels.
            now, picture, at = self._making
            same = now is page and picture is page.picture and at == page.at
            self._next = None if same else page
            return
        self._making = (page, page.picture, page.at)
        self._workers.submit(build, pixels).add_done_callback(self._emit)

    def close(self) -> None:
        """Hand over nothing any more."""
        self._closed = True
        self._next = None

    def _emit(self, work: Future[Pyramid]) -> None:
        """On a worker thread."""
        if not self._closed:
            self._finished.emit(work)

    def _hand_over(self, work: Future[Pyramid]) -> None:
        making, self._making = self._making, None
        following, self._next = self._next, None
        if self._closed or work.cancelled() or making is None:
            return
        if following is not None:
            self.make(following)
        error = work.exception()
        if error is not None:
            _logger.error("A large picture could not be reduced", exc_info=error)
            return
        page, picture, at = making
        if page.picture is picture and page.at == at:
            page.copies = work.result()
            self.made.emit(page)
