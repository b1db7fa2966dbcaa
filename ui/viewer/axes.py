"""The axes of a stack: what they are called, how long they are, and one plane of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.handles import Picture
from ui.viewer.wording import tr


@dataclass(frozen=True, slots=True)
class StackAxis:
    """One axis before the height.

    Attributes:
        letter: 'T', 'C', 'Z', or 'Q' for any other.
        length: How many planes lie along it, more than one.
    """

    letter: str
    length: int

    @property
    def title(self) -> str:
        """In words."""
        names = {"T": tr("Time"), "C": tr("Channel"), "Z": tr("Plane")}
        return names.get(self.letter, tr("Plane"))


def is_colour(picture: Picture) -> bool:
    """Whether the last axis counts colours."""
    array = picture.array
    if picture.axes:
        return array.ndim - len(picture.axes) == 3
    return array.ndim >= 3 and array.shape[-1] == 3


def stack_axes(picture: Picture) -> tuple[StackAxis, ...]:
    """The axes before the height, outermost first; () where it is no stack."""
    array = picture.array
    before = array.ndim - 2 - is_colour(picture)
    # Where nobody says what they are, the innermost counts planes.
    letters = picture.axes or ("Q" * before)[:-1] + "Z" * min(1, before)
    return tuple(map(StackAxis, letters, array.shape[:before]))


def plane_of(picture: Picture, at: tuple[int, ...]) -> NDArray[Any]:
    """One plane, (h, w) or (h, w, 3).

    Args:
        picture: A picture or stack.
        at: Where along each of `stack_axes`.
    """
    return np.asarray(picture.array[at])


def middle(picture: Picture) -> tuple[int, ...]:
    """Which plane to show first: the middle one in depth is the sharpest of most.

    Of times and channels the first is shown.
    """
    axes = stack_axes(picture)
    return tuple(0 if axis.letter in "TC" else axis.length // 2 for axis in axes)
