"""Renders in worker threads: one picture at a time, and of what was asked meanwhile the newest."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from ui.viewer.colour_maps import ColourMap
from ui.viewer.levels import Histogram, Levels, auto_levels, axis, histogram, sampled
from ui.viewer.measuring import Line, Rectangle, Statistics, profile, statistics
from ui.viewer.pyramid import Pyramid, best
from ui.viewer.rendering import Colouring, Rendered, render, step_of
from ui.viewer.view import View

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Everything that is needed to render.

    Attributes:
        owner: Whose picture it is; handed back.
        pixels: (h, w) or (h, w, 3).
        view: Which part.
        levels: None finds them out.
        auto: Whether the levels follow the picture.
        colours: For grey pictures.
        full_scale: As in `Picture`.
        mark: Whether saturated pixels are marked.
        counted: Whether a histogram is wanted.
        axis: That of the histogram before.
        rectangle: To take statistics of.
        line: To take a profile of.
        copies: Smaller copies of a very large picture.
        quick: For frames of a stream: the last bit of scaling takes the nearest pixel. Smoothly
            it takes Qt 3 ms for a megapixel, in which no other Python code runs.
    """

    owner: object
    pixels: NDArray[Any]
    view: View
    levels: Levels | None
    auto: bool
    colours: ColourMap
    full_scale: float | None
    mark: bool
    counted: bool
    axis: tuple[float, float] | None
    rectangle: Rectangle | None = None
    line: Line | None = None
    copies: Pyramid = ()
    quick: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What came of an order.

    Attributes:
        order: The order.
        image: What to draw; None where the view shows nothing of the picture.
        x: Where it goes, in pixels of the screen.
        y: Where it goes.
        levels: Those it was rendered with.
        histogram: Where one was wanted.
        statistics: Where a rectangle was given.
        profile: Where a line was given.
    """

    order: Order
    image: QImage | None
    x: int
    y: int
    levels: Levels
    histogram: Histogram | None
    statistics: Statistics | None
    profile: NDArray[np.float64] | None


class PictureRenderer(QObject):
    """Takes orders on the Qt thread, works elsewhere, hands over on the Qt thread.

    Attributes:
        done: A `Done`; of orders that came too fast only the newest is carried out.
    """

    done = Signal(object)
    _finished = Signal(object)

    def __init__(self, workers: Executor, parent: QObject | None = None) -> None:
        """Idle at first.

        Args:
            workers: Where to render; owned by the caller.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._workers = workers
        self._next: Order | None = None
        self._busy = False
        self._closed = False
        self._finished.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether an order is being carried out."""
        return self._busy

    def order(self, order: Order) -> None:
        """Render this, as soon as what is being rendered is done."""
        if self._closed:
            return
        if self._busy:
            # A histogram that was asked for and not yet made is still wanted.
            wanted = order.counted or (self._next is not None and self._next.counted)
            self._next = replace(order, counted=wanted)
            return
        self._busy = True
        work: Future[Done] = self._workers.submit(carry_out, order)
        work.add_done_callback(self._emit)

    def close(self) -> None:
        """Hand over nothing any more."""
        self._closed = True
        self._next = None

    def _emit(self, work: Future[Done]) -> None:
        """On a worker thread."""
        if not self._closed:
            self._finished.emit(work)

    def _hand_over(self, work: Future[Done]) -> None:
        self._busy = False
        if self._closed or work.cancelled():
            return
        following, self._next = self._next, None
        if following is not None:
            self.order(following)
        error = work.exception()
        if error is not None:
            _logger.error("A picture could not be rendered", exc_info=error)
            return
        self.done.emit(work.result())


def carry_out(order: Order) -> Done:
    """Render an order; on a worker thread."""
    pixels = order.pixels
    sample: Callable[[], NDArray[Any]] = lambda: sampled(pixels)  # noqa: E731
    levels = order.levels
    found = None
    if levels is None or order.auto:
        found = sample()
        levels = steadied(auto_levels(found, pixels.ndim == 3), levels)
    counted = None
    if order.counted:
        found = sample() if found is None else found
        low, high = axis(found, levels, order.axis)
        counted = histogram(found, low, high, order.full_scale)
    colouring = Colouring(levels, order.colours, order.full_scale, order.mark)
    copy = best(order.copies, step_of(order.view))
    if copy is None:
        rendered = render(pixels, order.view, colouring)
    else:
        rendered = render(copy.plane, order.view.on_copy(copy.step), colouring)
    return Done(
        order=order,
        image=None if rendered is None else as_image(rendered, quick=order.quick),
        x=0 if rendered is None else rendered.x,
        y=0 if rendered is None else rendered.y,
        levels=levels,
        histogram=counted,
        statistics=statistics(pixels, order.rectangle) if order.rectangle else None,
        profile=profile(pixels, order.line) if order.line else None,
    )


def steadied(found: Levels, before: Levels | None) -> Levels:
    """Levels found anew, unless those before are within a twentieth: a stream must not flicker."""
    if before is None:
        return found
    room = (before.high - before.low) / 20
    if abs(found.low - before.low) <= room and abs(found.high - before.high) <= room:
        return before
    return found


def as_image(rendered: Rendered, *, quick: bool = False) -> QImage:
    """An image that owns its pixels, at its size on the screen."""
    height, width = rendered.pixels.shape
    borrowed = QImage(rendered.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    if (width, height) == (rendered.width, rendered.height):
        return borrowed.copy()
    return borrowed.scaled(
        rendered.width,
        rendered.height,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.FastTransformation
        if quick
        else Qt.TransformationMode.SmoothTransformation,
    )
