"""Pixels to a file: 8 and 16 bits as PNG, everything as TIFF with its pixel size."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from app.handles import Picture
from app.imaging.errors import ImageError


class ImageNotSavedError(ImageError):
    """A picture could not be written to that file; what was there before is as it was."""


def save_picture(picture: Picture, target: Path) -> None:
    """Write the counts of a picture, not its colours on the screen. For worker threads.

    Args:
        picture: What to write.
        target: `.png` for 8 and 16 bits of grey or 8 bits of colour; `.tif` or `.tiff` for
            anything, as OME-TIFF where the pixel size is known.

    Raises:
        ImageNotSavedError: The kind of file does not hold such pixels, or the disk refused.
    """
    ending = target.suffix.lower()
    if ending in (".tif", ".tiff"):
        _whole_or_not(target, lambda file: _write_tiff(picture, file))
    elif ending == ".png":
        array = picture.array
        grey = array.ndim == 2 and array.dtype in (np.uint8, np.uint16)
        if not grey and not (array.ndim == 3 and array.shape[2] == 3 and array.dtype == np.uint8):
            raise ImageNotSavedError("a PNG cannot hold these pixels; choose a name with .tif")
        from PIL import Image  # here and below: a window that is being opened saves nothing

        _whole_or_not(target, lambda file: Image.fromarray(array).save(file, "PNG"))
    else:
        raise ImageNotSavedError("pictures are saved as .tif or .png; choose such a name")


def _write_tiff(picture: Picture, file: BinaryIO) -> None:
    import tifffile

    array = np.ascontiguousarray(picture.array)
    stacked = picture.axes or ("Z" if array.ndim == 3 and array.shape[2] != 3 else "")
    colour = array.ndim - len(stacked) == 3
    # OME knows T, C and Z, each once; whatever else is saved as ImageJ would: one plane a page.
    ome = set(stacked) <= set("TCZ") and len(set(stacked)) == len(stacked)
    metadata: dict[str, object] = {"axes": f"{stacked}YX{'S' if colour else ''}"}
    if picture.pixel_size_um is not None:
        for side in ("PhysicalSizeX", "PhysicalSizeY"):
            metadata[side] = picture.pixel_size_um
            metadata[f"{side}Unit"] = "µm"
    if picture.full_scale is not None:
        metadata["MapAnnotation"] = {
            "Namespace": "labwright",
            "full_scale": str(picture.full_scale),
        }
    tifffile.imwrite(
        file,
        array,
        ome=ome and (len(metadata) > 1 or bool(stacked)),
        photometric="rgb" if colour else "minisblack",
        metadata=metadata,
    )


def _whole_or_not(target: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write beside the target and put it there when it is whole."""
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        try:
            # Opened by its name: tifffile asks a file for that.
            with Path(name).open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            # `mkstemp` allows only its owner; a saved picture is an ordinary file.
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise ImageNotSavedError(str(error)) from error
