"""The installed program with its window, as a process on a real display."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageGrab

if TYPE_CHECKING:
    Start = Callable[..., Any]

Grey = NDArray[np.float64]
Area = tuple[slice, slice]

BEHIND_THE_PICTURE = (0x10, 0x11, 0x13), (0x0B, 0x0C, 0x0D)
"""What the viewer shows where there is no picture, in light and dark."""


def screen() -> Image.Image:
    """What is on the display now."""
    return ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB")


def grey(picture: Image.Image, area: Area) -> Grey:
    """A part of the screen as grey values."""
    return np.asarray(picture.convert("L"), np.float64)[area]


def until(what: str, look: Callable[[], Any]) -> Any:
    """Look again until there is something: another process draws when it is ready."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    pytest.fail(f"{what} never came")


def empty_viewer() -> Area | None:
    """Where the viewer waits for a picture: rows and columns in its own colour; None if nowhere."""
    pixels = np.asarray(screen())
    for colour in BEHIND_THE_PICTURE:
        behind = np.all(pixels == colour, axis=-1)
        rows = np.flatnonzero(behind.sum(axis=1) > 300)
        if len(rows) > 200:
            columns = np.flatnonzero(behind[rows].mean(axis=0) > 0.8)
            return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return None


def settled_viewer() -> Area | None:
    """The empty viewer once its place stays the same: docks find theirs after the first paint."""
    first = empty_viewer()
    return first if first is not None and first == empty_viewer() else None


def likeness(shown: Grey, picture: NDArray[Any]) -> float:
    """How well the middle of what is shown correlates with the picture's, -1 to 1."""
    bright = shown > 20
    rows = np.flatnonzero(bright.mean(axis=1) > 0.3)
    columns = np.flatnonzero(bright.mean(axis=0) > 0.3)
    if len(rows) < 100 or len(columns) < 100:
        return 0.0
    found = shown[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = Image.fromarray(picture.astype(np.float32)).resize(
        found.shape[::-1], Image.Resampling.BOX
    )
    one, other = (
        np.clip(each, *np.percentile(each, (1, 99))).ravel() for each in (found, np.asarray(small))
    )
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.usefixtures("display")
def test_a_picture_snapped_over_http_is_found_in_the_window(start: Start) -> None:
    program = start("demo", "--port", "0")
    program.wait_for("Window drawn")
    url = program.wait_for(r"Listening on (\S+)")[1]

    def all_ready() -> bool | None:
        things = httpx.get(f"{url}/events/state").json()["things"].values()
        return all(thing["state"] == "ready" for thing in things) or None

    until("the last Thing", all_ready)  # panels that fill may still move the viewer
    area = until("the empty viewer", settled_viewer)
    href = httpx.post(f"{url}/camera/snap").raise_for_status().json()["href"]

    def completed() -> dict[str, Any] | None:
        found: dict[str, Any] = httpx.get(href).json()
        return found if found["status"] == "completed" else None

    png = httpx.get(until("the result", completed)["output"]["href"]).content
    picture = np.asarray(Image.open(io.BytesIO(png)))

    def shown() -> float | None:
        found = likeness(grey(screen(), area), picture)
        return found if found > 0.8 else None

    until("the picture in the window", shown)
    assert program.end() == 0
    assert not [line for line in program.said if "Traceback" in line or "ERROR" in line]
