"""What the status line says of a tab and of the place under the mouse."""

from __future__ import annotations

import math
from typing import Final

from ui.viewer.axes import plane_of
from ui.viewer.live_feed import LiveFeed
from ui.viewer.measuring import Statistics
from ui.viewer.page import Page
from ui.viewer.status_line import Said
from ui.viewer.wording import counts, dimensions, is_whole, number, tr

SILENT_S: Final = 3.0
"""A stream that gave no frame for so long is said to be silent."""


def place_under_mouse(page: Page, place: tuple[float, float] | None) -> tuple[Said, ...]:
    """Coordinates, value and, where the size of a pixel is known, the position in micrometres."""
    pixels = page.pixels
    if place is None or pixels is None or page.picture is None:
        return ()
    x, y = math.floor(place[0]), math.floor(place[1])
    if not (0 <= x < pixels.shape[1] and 0 <= y < pixels.shape[0]):
        return ()
    value = pixels[y, x]
    if pixels.ndim == 3:
        said = "  ".join(f"{name} {number(part)}" for name, part in zip("RGB", value, strict=True))
    elif is_whole(pixels):
        said = tr("{value} counts").format(value=number(value))
    else:
        said = counts(float(value), False)
    size = page.picture.pixel_size_um
    where = "" if size is None else f"{number(x * size, 1)}, {number(y * size, 1)} µm"
    return (
        Said(f"x {number(x)}  y {number(y)}"),
        Said(said, strong=True, role="text"),
        Said(where),
    )


def about(page: Page, feed: LiveFeed | None) -> tuple[Said, ...]:
    """Size and depth, zoom, and of a live stream how fast it comes."""
    parts = []
    if page.picture is not None:
        lengths = [axis.length for axis in page.axes]
        parts.append(Said(dimensions(plane_of(page.picture, page.at), lengths)))
        if page.picture.reduced > 1:
            every = tr("every {step}th pixel").format(step=number(page.picture.reduced))
            parts.append(Said(every, strong=True, role="waiting"))
        parts.append(Said(f"{number(100 * page.view.zoom)} %"))
    if feed is not None:
        parts.extend(rate_of(feed))
    return tuple(parts)


def rate_of(feed: LiveFeed) -> tuple[Said, ...]:
    """How fast frames come, or for how long none has, and how many passed unseen."""
    if feed.silent_s > SILENT_S:
        silence = tr("no frame for {seconds} s").format(seconds=number(math.floor(feed.silent_s)))
        speed = Said(silence, strong=True, role="stale")
    else:
        rate = number(feed.frames_per_s, 1)
        speed = Said(tr("{rate} frames/s").format(rate=rate))
    return speed, Said(tr("{count} skipped").format(count=number(feed.skipped)))


def beside_rectangle(found: Statistics | None, whole: bool) -> tuple[str, ...]:
    """The lines beside a rectangle."""
    if found is None:
        return ()
    mean, deviation = (
        (number(found.mean), number(found.deviation))
        if whole and found.mean >= 100
        else (counts(found.mean, False), counts(found.deviation, False))
    )
    least, most = counts(found.lowest, whole), counts(found.highest, whole)
    return (
        tr("mean {mean} ± {deviation}").format(mean=mean, deviation=deviation),
        tr("from {least} to {most}").format(least=least, most=most),
        tr("{width} × {height} px").format(width=number(found.width), height=number(found.height)),
    )
