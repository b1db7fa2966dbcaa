"""Arrays to PNG, JPEG and TIFF."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

_FAST_PNG = 1
"""zlib level: a 4-megapixel 16-bit frame takes a fraction of the default's 1.5 s."""

_JPEG_QUALITY = 92


def encode_image(
    array: NDArray[Any],
    media_type: str,
    *,
    pixel_size_um: float | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> bytes:
    """Encode a picture.

    Args:
        array: (h, w) or (h, w, 3); for TIFF also (planes, h, w). uint8 and uint16; for TIFF also
            float32. JPEG takes 8 bit only; 16 bit is scaled down for it.
        media_type: 'image/png', 'image/jpeg' or 'image/tiff'.
        pixel_size_um: Width of a pixel at the sample in micrometres (OME-TIFF, PNG text).
        metadata: Written as JSON text into PNG and as an OME annotation into TIFF.

    Returns:
        The file. TIFF is OME-TIFF 2016-06 as tifffile writes it.

    Raises:
        ValueError: The format cannot hold such an array.
    """
    match media_type:
        case "image/png":
            return _png(array, pixel_size_um, metadata or {})
        case "image/jpeg":
            return _jpeg(array)
        case "image/tiff":
            return _ome_tiff(array, pixel_size_um, metadata or {})
    raise ValueError(f"an array cannot be written as {media_type}")


def _png(array: NDArray[Any], pixel_size_um: float | None, metadata: Mapping[str, Any]) -> bytes:
    if array.ndim not in (2, 3) or array.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"PNG cannot hold an array of shape {array.shape} and {array.dtype}")
    if array.ndim == 3 and array.dtype != np.uint8:
        raise ValueError("PNG holds colour in 8 bits a channel")
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


def _jpeg(array: NDArray[Any]) -> bytes:
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    if array.ndim not in (2, 3) or array.dtype != np.uint8:
        raise ValueError(f"JPEG cannot hold an array of shape {array.shape} and {array.dtype}")
    target = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(target, format="JPEG", quality=_JPEG_QUALITY)
    return target.getvalue()


def _ome_tiff(
    array: NDArray[Any], pixel_size_um: float | None, metadata: Mapping[str, Any]
) -> bytes:
    colour = array.ndim == 3 and array.shape[-1] == 3
    axes = {2: "YX", 3: "YXS" if colour else "ZYX"}.get(array.ndim)
    if axes is None:
        raise ValueError(f"TIFF is written for 2 or 3 axes, not for shape {array.shape}")
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
