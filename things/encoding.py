"""Arrays to PNG, JPEG and TIFF."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FAST_PNG = 1
"""zlib level: a 4-megapixel 16-bit frame takes a fraction of the default's 1.5 s."""

_JPEG_QUALITY = 92


def encode_image(
    array: NDArray[Any],
    media_type: str,
    *,
    pixel_size_um: float | None = None,
    full_scale: float | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> bytes:
    """Encode a picture.

    Args:
        array: (h, w) or (h, w, 3); for TIFF also (planes, h, w). uint8 and uint16; for TIFF also
            float32. JPEG takes 8 bit only; 16 bit is scaled down for it.
        media_type: 'image/png', 'image/jpeg' or 'image/tiff'.
        pixel_size_um: Width of a pixel at the sample in micrometres; written into all three.
        full_scale: The largest value the detector can give, written into PNG and TIFF; what
            becomes white in a JPEG of 16 bits, 65535 when not given.
        metadata: Written as JSON text into PNG and as an OME annotation into TIFF.

    Returns:
        The file. TIFF is OME-TIFF 2016-06 as tifffile writes it.

    Raises:
        ValueError: The format cannot hold such an array.
    """
    refuse_unwritable(array, media_type)
    match media_type:
        case "image/png":
            return _png(array, pixel_size_um, _with_full_scale(metadata, full_scale))
        case "image/jpeg":
            return _jpeg(array, full_scale or _WHITE_16_BIT, pixel_size_um)
        case _:
            return _ome_tiff(array, pixel_size_um, _with_full_scale(metadata, full_scale))


def refuse_unwritable(array: NDArray[Any], media_type: str) -> None:
    """Say at once, without encoding anything, when a format cannot hold an array.

    Raises:
        ValueError: It cannot.
    """
    if media_type not in _HOLDS:
        raise ValueError(f"an array cannot be written as {media_type}")
    name, grey, colour, stacks = _HOLDS[media_type]
    if array.ndim == 2:
        dtypes = grey
    elif array.ndim == 3 and array.shape[2] == 3:
        dtypes = colour
    else:
        dtypes = grey if array.ndim == 3 and stacks else ()
    if array.dtype not in dtypes or array.size == 0:
        raise ValueError(f"{name} cannot hold an array of shape {array.shape} and {array.dtype}")


_8, _16, _FLOAT = np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)

_HOLDS = {
    "image/png": ("PNG", (_8, _16), (_8,), False),
    "image/jpeg": ("JPEG", (_8, _16), (_8, _16), False),
    "image/tiff": ("TIFF", (_8, _16, _FLOAT), (_8, _16, _FLOAT), True),
}
"""Media type to a name, the types of grey and of coloured pixels, and whether it holds stacks."""

_WHITE_16_BIT = 65535.0


def _with_full_scale(
    metadata: Mapping[str, Any] | None, full_scale: float | None
) -> Mapping[str, Any]:
    known = {} if full_scale is None else {"full_scale": full_scale}
    return {**known, **(metadata or {})}


def _png(array: NDArray[Any], pixel_size_um: float | None, metadata: Mapping[str, Any]) -> bytes:
    from PIL import Image  # here and below: a window that is being opened encodes nothing
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    described = dict(metadata)
    if pixel_size_um is not None:
        described["pixel_size_um"] = pixel_size_um
    if described:
        text.add_itxt("labwright", json.dumps(described, default=str))
    target = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(
        target, format="PNG", compress_level=_FAST_PNG, pnginfo=text
    )
    return target.getvalue()


def _jpeg(array: NDArray[Any], white: float, pixel_size_um: float | None) -> bytes:
    from PIL import Image

    if array.dtype == np.uint16:
        # One lookup for each of 65536 values is quicker than arithmetic on every pixel.
        grades = np.clip(np.arange(65536) * (255.0 / white) + 0.5, 0, 255).astype(np.uint8)
        array = grades[array]
    target = io.BytesIO()
    comment = "" if pixel_size_um is None else json.dumps({"pixel_size_um": pixel_size_um})
    Image.fromarray(np.ascontiguousarray(array)).save(
        target, format="JPEG", quality=_JPEG_QUALITY, comment=comment
    )
    return target.getvalue()


def _ome_tiff(
    array: NDArray[Any], pixel_size_um: float | None, metadata: Mapping[str, Any]
) -> bytes:
    import tifffile

    colour = array.ndim == 3 and array.shape[-1] == 3
    axes = "YX" if array.ndim == 2 else "YXS" if colour else "ZYX"
    described: dict[str, Any] = {"axes": axes}
    if pixel_size_um is not None:
        described |= {
            "PhysicalSizeX": pixel_size_um,
            "PhysicalSizeXUnit": "µm",
            "PhysicalSizeY": pixel_size_um,
            "PhysicalSizeYUnit": "µm",
        }
    if "step_um" in metadata:
        described |= {"PhysicalSizeZ": float(metadata["step_um"]), "PhysicalSizeZUnit": "µm"}
    if metadata:
        described["MapAnnotation"] = {
            "Namespace": "labwright",
            **{str(key): str(value) for key, value in metadata.items()},
        }
    target = io.BytesIO()
    with tifffile.TiffWriter(target, ome=True) as writer:
        writer.write(
            np.ascontiguousarray(array),
            photometric="rgb" if colour else "minisblack",
            metadata=described,
        )
    return target.getvalue()
