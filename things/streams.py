"""Live frames: a mailbox that holds the newest one, and many readers.

    class Camera(Thing):
        live = frame_stream(title="Live")

        def _work(self) -> None:
            while not self._closing.is_set():
                if self.live.wait_until_watched(0.2):
                    self.live.push(self._grab())

Nobody waits for a slow reader: it misses frames, and knows how many.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
from numpy.typing import NDArray

from things.affordance import Affordance
from things.events import StreamChanged, now

if TYPE_CHECKING:
    from things.thing import Thing

_log = logging.getLogger(__name__)

_PIXELS = (np.dtype(np.uint8), np.dtype(np.uint16))


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a stream.

    Attributes:
        array: (height, width) or (height, width, 3); uint8 or uint16; not to be written to.
        number: Counts the frames of its stream from 1.
        at: When it was pushed, UTC.
        pixel_size_um: Width of a pixel at the sample in micrometres, or None.
        full_scale: The largest value the detector can give, or None.
    """

    array: NDArray[np.generic]
    number: int
    at: datetime
    pixel_size_um: float | None = None
    full_scale: float | None = None


class FrameReader:
    """One reader's view of a stream: the newest frame, once.

    Attributes:
        skipped: How many frames passed unseen.
    """

    def __init__(self, stream: FrameStream, wake: Callable[[], None]) -> None:
        self._stream = stream
        self._wake = wake
        self._frame: Frame | None = None
        self._closed = False
        self._lock = threading.Lock()
        self.skipped = 0

    def newest(self) -> Frame | None:
        """The newest frame since the last call, or None; never blocks."""
        with self._lock:
            frame, self._frame = self._frame, None
        return frame

    def close(self) -> None:
        """Stop reading; the source rests when nobody reads."""
        with self._lock:
            self._closed, self._frame = True, None
        self._stream._remove(self)

    def _offer(self, frame: Frame) -> None:
        with self._lock:
            if self._closed:  # a push was under way
                return
            waiting = self._frame is not None
            self.skipped += waiting
            self._frame = frame
        if not waiting:
            self._wake()


class FrameStream:
    """A stream of one Thing. Push from any thread.

    Args:
        changed: Called with True when frames begin to be wanted and False when not any more.
    """

    def __init__(self, changed: Callable[[bool], None] = lambda live: None) -> None:
        self._changed = changed
        self._told = False
        self._telling = threading.Lock()
        self._readers: tuple[FrameReader, ...] = ()
        self._condition = threading.Condition()
        self._count = 0

    @property
    def watched(self) -> bool:
        """Whether anybody reads, so that making frames is worth it."""
        return bool(self._readers)

    def wait_until_watched(self, timeout_s: float) -> bool:
        """Wait until somebody reads.

        Args:
            timeout_s: How long at most, in seconds.

        Returns:
            Whether somebody does.
        """
        with self._condition:
            return self._condition.wait_for(lambda: bool(self._readers), timeout_s)

    def push(
        self,
        array: NDArray[Any],
        *,
        pixel_size_um: float | None = None,
        full_scale: float | None = None,
    ) -> None:
        """Offer a frame to all readers; never waits for them.

        Args:
            array: (height, width) or (height, width, 3), uint8 or uint16. It must not be written
                to afterwards: readers share it.
            pixel_size_um: Width of a pixel at the sample in micrometres.
            full_scale: The largest value the detector can give.

        Raises:
            ValueError: It is no such array; nobody could show it.
        """
        if array.dtype not in _PIXELS or not (
            array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
        ):
            raise ValueError(f"a frame cannot be of shape {array.shape} and {array.dtype}")
        with self._condition:
            self._count += 1
            frame = Frame(array, self._count, now(), pixel_size_um, full_scale)
            readers = self._readers
        for reader in readers:
            try:
                reader._offer(frame)
            except Exception:  # somebody else's code
                _log.exception("A reader of a stream failed; the others go on.")

    def open(self, wake: Callable[[], None] = lambda: None) -> FrameReader:
        """Read the stream.

        Args:
            wake: Called from the pushing thread when a frame is there; must not block.
        """
        reader = FrameReader(self, wake)
        with self._condition:
            self._readers = (*self._readers, reader)
            self._condition.notify_all()
        self._tell()
        return reader

    def _remove(self, reader: FrameReader) -> None:
        with self._condition:
            self._readers = tuple(other for other in self._readers if other is not reader)
        self._tell()

    def _tell(self) -> None:
        # What is told is what is true now, not what this caller has just done: when one opens
        # while another closes, the last word must not be the older one.
        with self._telling:
            if self._told != self.watched:
                self._told = not self._told
                self._changed(self._told)


class FrameStreamDescriptor(Affordance):
    """A stream on a Thing class; on a Thing it is its `FrameStream`."""

    kind = "stream"

    def __init__(self, *, title: str | None, description: str | None, group: str) -> None:
        super().__init__(title=title, description=description, group=group)

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, obj: Thing, owner: type[Any]) -> FrameStream: ...
    def __get__(self, obj: Thing | None, owner: type[Any]) -> Self | FrameStream:
        if obj is None:
            return self
        core = obj._core
        with core.publishing:
            if self.name not in core.instances:
                core.instances[self.name] = FrameStream(
                    lambda live: core.sink(
                        StreamChanged(thing=core.name, name=self.name, live=live)
                    )
                )
            stream: FrameStream = core.instances[self.name]
        return stream


def frame_stream(
    *, title: str | None = None, description: str | None = None, group: str = ""
) -> FrameStreamDescriptor:
    """Declare a live stream of frames.

    Args:
        title: A label.
        description: What it shows; else the docstring beneath.
        group: The heading it stands under in a panel.
    """
    return FrameStreamDescriptor(title=title, description=description, group=group)
