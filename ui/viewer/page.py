"""What one tab of the viewer holds."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.archive.records import BlobPath
from app.handles import InvocationSnapshot, Picture, ThingHandle
from app.imaging.previews import Preview
from ui.viewer.axes import StackAxis, middle, plane_of, stack_axes
from ui.viewer.colour_maps import GREY, ColourMap
from ui.viewer.levels import Levels
from ui.viewer.pyramid import Pyramid
from ui.viewer.view import View

SaveTo = Callable[[Path], Awaitable[None]]
"""Writes what a tab shows to a file; raises an error whose text says why it could not."""


@dataclass(slots=True)
class Shades:
    """How the pictures of one source are shown; kept for as long as the viewer lives.

    Attributes:
        levels: None until the first picture came.
        auto: Whether each picture gets levels of its own.
        colours: The colour map.
        axis: From where to where the histogram goes.
    """

    levels: Levels | None = None
    auto: bool = False
    colours: ColourMap = GREY
    axis: tuple[float, float] | None = None


class FileContents(Protocol):
    """What is inside a file, read where it can do no harm."""

    async def preview(self) -> Preview:
        """What it holds.

        Raises:
            ImageError: It is not what it is said to be.
            ThingError: The bench has it no more.
        """

    async def array(self, place: int) -> Picture | NDArray[np.float64]:
        """One of the arrays of an archive: a picture, or a curve.

        Raises:
            ImageError: It cannot be shown.
            ThingError: The bench has it no more.
        """


@dataclass(frozen=True, slots=True)
class FileNote:
    """A file that is no picture.

    Attributes:
        name: The name to suggest.
        media_type: Such as 'text/csv'.
        size: In bytes, or None.
        save: How to write it.
        contents: How to look into it; None where that is not possible.
    """

    name: str
    media_type: str
    size: int | None
    save: SaveTo
    contents: FileContents | None = None


@dataclass(frozen=True, slots=True)
class LiveStream:
    """Where a live tab gets its frames from."""

    handle: ThingHandle
    stream: str


@dataclass(eq=False, slots=True)
class Page:
    """One tab.

    Attributes:
        key: No other tab has it.
        source: Tabs of one source share their levels and colours; usually a Thing's name.
        title: On the tab.
        tip: What the tab's tool tip adds.
        picture: What is shown, if anything.
        note: A sentence shown in place of, or over, the picture.
        files: Files to save, where there is no picture.
        copies: Smaller copies of the plane shown, where it is very large and they are made.
        at: Of a stack, which plane is shown: where along each of its axes.
        view: Which part of it.
        home: The key it had before it was pinned; '' where it is not pinned.
        live: Where its frames come from, if it is a live tab.
        file_name: The name to suggest when it is saved.
        save: How the original is written; None writes the pixels.
        made_by: The run that gave it, if one did.
        blobs: Where in the output of that run it stands; several where it shows several files.
        archived: Which file of the archive it is; None where it is none.
    """

    key: str
    source: str
    title: str
    tip: str = ""
    picture: Picture | None = None
    note: str = ""
    files: tuple[FileNote, ...] = ()
    copies: Pyramid = ()
    at: tuple[int, ...] = ()
    view: View = field(default_factory=lambda: View(0, 0, 0, 0))
    home: str = ""
    live: LiveStream | None = None
    file_name: str = ""
    save: SaveTo | None = None
    made_by: InvocationSnapshot | None = None
    blobs: tuple[BlobPath, ...] = ()
    archived: UUID | None = None

    @property
    def pinned(self) -> bool:
        """Whether newer pictures leave it alone."""
        return bool(self.home)

    @property
    def planes(self) -> int:
        """How many planes the picture has; 1 where it is no stack, 0 without a picture."""
        if self.picture is None:
            return 0
        return math.prod(axis.length for axis in self.axes)

    @property
    def axes(self) -> tuple[StackAxis, ...]:
        """Those a plane is chosen along; () where there is no stack."""
        return () if self.picture is None else stack_axes(self.picture)

    @property
    def pixels(self) -> NDArray[Any] | None:
        """The plane shown, (h, w) or (h, w, 3)."""
        return None if self.picture is None else plane_of(self.picture, self.at)

    def show(self, picture: Picture) -> None:
        """Show another picture; of a new kind of stack the plane in the middle."""
        before = self.axes
        self.picture = picture
        self.copies = ()
        self.note = ""
        self.files = ()
        if self.axes != before or len(self.at) != len(before):
            self.at = middle(picture)
        height, width = plane_of(picture, self.at).shape[:2]
        self.view = self.view.for_picture(width, height)
