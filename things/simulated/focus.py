"""How sharp a picture is, as one number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sharpness(picture: NDArray[np.uint16]) -> float:
    """The mean squared difference of pixels two apart, after Brenner.

    Summed over blocks of 2 x 2 first, so that the noise of single pixels counts for little;
    divided by the squared mean, so that a brighter lamp does not look like a better focus.

    Args:
        picture: Counts, shape (height, width).

    Returns:
        0 and up; highest in focus. Only worth comparing between pictures of one place.

    References:
        Brenner et al., "An automated microscope for cytologic research", J. Histochem.
        Cytochem. 24 (1976) 100-111.
    """
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    even = picture[0:height:2].astype(np.float32) + picture[1:height:2]
    blocks = even[:, 0:width:2] + even[:, 1:width:2]
    across = blocks[:, 2:] - blocks[:, :-2]
    down = blocks[2:] - blocks[:-2]
    mean = float(blocks.mean())
    if mean == 0:
        return 0.0
    return float((np.mean(across * across) + np.mean(down * down)) / mean**2)


def peak(positions: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Where a curve is highest: the vertex of a parabola through the best point and its neighbours.

    Args:
        positions: Evenly spaced, rising; shape (n,), n >= 1.
        values: One each.

    Returns:
        A position between the neighbours of the best one; the best one itself at either end.
    """
    best = int(np.argmax(values))
    if best in (0, len(values) - 1):
        return float(positions[best])
    before, top, after = values[best - 1 : best + 2]
    bend = before - 2 * top + after
    shift = 0.0 if bend == 0 else 0.5 * (before - after) / bend
    return float(positions[best] + shift * (positions[best + 1] - positions[best]))
