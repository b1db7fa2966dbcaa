"""The tabs of the viewer as data: which there are, which is in front, how each is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.handles import Picture
from ui.viewer.axes import is_colour, stack_axes
from ui.viewer.page import Page, Shades

MOST_PINNED: Final = 12
"""Pinned pictures stay in memory; so many of them, and no more."""


class TooManyPinnedError(Exception):
    """No more pictures can be kept; unpin one first."""


class Pages:
    """All tabs, in their order.

    Arrays are held for open tabs only, and there is one tab for each place pictures come from,
    apart from the pinned ones. So memory does not grow with the number of pictures.

    Attributes:
        fresh: The keys of tabs that got something new while they were not in front.
        locked: Where set, every picture is shown with these levels and colours.
    """

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._current: Page | None = None
        self._shades: dict[tuple[str, str], Shades] = {}
        self._pins = 0
        self.fresh: set[str] = set()
        self.locked: Shades | None = None

    def __len__(self) -> int:
        """How many tabs there are."""
        return len(self._pages)

    @property
    def all(self) -> Sequence[Page]:
        """The tabs in their order."""
        return tuple(self._pages)

    @property
    def current(self) -> Page | None:
        """The tab in front."""
        return self._current

    @property
    def gives_way(self) -> bool:
        """Whether something new may come to the front: unless what is there was pinned."""
        return self._current is None or not self._current.pinned

    def find(self, key: str) -> Page | None:
        """The tab of that key."""
        return next((page for page in self._pages if page.key == key), None)

    def put(self, page: Page) -> Page:
        """The tab of that key, made of `page` where there is none yet."""
        known = self.find(page.key)
        if known is None:
            self._pages.append(page)
            return page
        known.title, known.tip = page.title, page.tip
        known.save, known.file_name, known.live = page.save, page.file_name, page.live
        known.made_by = page.made_by
        return known

    def choose(self, page: Page) -> None:
        """Bring a tab to the front."""
        self._current = page
        self.fresh.discard(page.key)

    def close(self, page: Page) -> None:
        """Take a tab away; if it was in front, its neighbour comes."""
        place = self._pages.index(page)
        self._pages.remove(page)
        self.fresh.discard(page.key)
        if self._current is page:
            self._current = None
            if self._pages:
                self.choose(self._pages[max(0, place - 1)])

    def pin(self, page: Page) -> Page:
        """Keep what a tab shows; a live tab goes on, and its picture of now is kept beside it.

        Returns:
            The tab that is pinned.

        Raises:
            TooManyPinnedError: There are enough already.
        """
        if sum(one.pinned for one in self._pages) >= MOST_PINNED:
            raise TooManyPinnedError
        self._pins += 1
        key = f"pinned {self._pins}"
        if page.live is not None:
            kept = replace(page, key=key, home=page.key, live=None, save=None)
            self._pages.insert(self._pages.index(page) + 1, kept)
            return kept
        page.home, page.key = page.key, key
        return page

    def unpin(self, page: Page) -> None:
        """Let newer pictures take the tab again; where they have one already, it is closed."""
        home, page.home = page.home, ""
        taken = self.find(home)
        if taken is None:
            page.key = home
        else:
            self.close(page)
            self.choose(taken)

    def shades(self, page: Page) -> Shades:
        """How its pictures are shown: as all its source's pictures of that kind of pixel."""
        if self.locked is not None:
            return self.locked
        kind = "" if page.picture is None else kind_of(page.picture, page.at)
        return self._shades.setdefault((page.source, kind), Shades())


def kind_of(picture: Picture, at: tuple[int, ...] = ()) -> str:
    """Pictures of one kind can share levels: 'uint16', 'uint8 colour', 'uint16 channel 1'."""
    words = [picture.array.dtype.name]
    if is_colour(picture):
        words.append("colour")
    words += [
        f"channel {place}"
        for axis, place in zip(stack_axes(picture), at, strict=False)
        if axis.letter == "C"
    ]
    return " ".join(words)
