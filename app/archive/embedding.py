"""How a picture was made, written into the picture: PNG text and OME-TIFF annotations.

Only into copies: what is kept stays as it is, byte by byte.
"""

from __future__ import annotations

import json
import logging
import struct
import zlib
from html import escape
from pathlib import Path
from typing import Any

from app.archive.records import ArchivedFile

_log = logging.getLogger(__name__)

KEYWORD = "labwright-provenance"
"""Of the PNG text, and in the id of the OME annotation."""

_PNG = b"\x89PNG\r\n\x1a\n"
_IHDR_END = 33
_OME_END = "</OME>"
_ANNOTATIONS_END = "</StructuredAnnotations>"


def provenance_json(file: ArchivedFile) -> dict[str, Any]:
    """Where a file came from, as JSON: what is written into pictures and manifests."""
    made = file.provenance
    found: dict[str, Any] = {"file": str(file.id), "sha256": file.sha256}
    if made.run is None:
        return found
    return found | {
        "run": str(made.run),
        "path": list(made.path),
        "thing": made.thing,
        "action": made.action,
        "input": made.input,
        "asked_by": "" if made.origin is None else str(made.origin),
        "operator": made.stamp.operator,
        "sample": made.stamp.sample,
        "session": made.stamp.session,
        "made_at": None if made.made_at is None else made.made_at.isoformat(),
        "settings": {
            thing: {name: value.value for name, value in values.items()}
            for thing, values in made.settings.items()
        },
    }


def embed(copy: Path, file: ArchivedFile) -> bool:
    """Write into a copy of a picture how it was made.

    Args:
        copy: Of its content; changed in place.
        file: With the values in its provenance.

    Returns:
        Whether it was written: only into PNG and OME-TIFF, and only of pictures that were made
        by a run here. Files that came from elsewhere are not taken apart.

    Raises:
        OSError: The copy cannot be read or written.
    """
    if file.provenance.run is None:
        return False
    text = json.dumps(provenance_json(file), ensure_ascii=False)
    match file.media_type.partition(";")[0]:
        case "image/png":
            return _into_png(copy, text)
        case "image/tiff":
            # Escaped, since XML takes not every character: https://www.w3.org/TR/xml/#charsets.
            return _into_ome_tiff(copy, json.dumps(provenance_json(file)))
    return False


def png_text(content: bytes) -> str:
    """The text that `embed` wrote into a PNG; '' where there is none."""
    at = 8
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        data = content[at + 8 : at + 8 + length]
        if kind == b"iTXt" and data.startswith(KEYWORD.encode() + b"\0\0\0\0\0"):
            return data[len(KEYWORD) + 5 :].decode("utf-8", "replace")
        at += 12 + length
    return ""


def _into_png(copy: Path, text: str) -> bool:
    """An iTXt chunk after the header. Source: https://www.w3.org/TR/png-3/#11iTXt."""
    content = copy.read_bytes()
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        return False
    # Keyword, not compressed, no language, no translated keyword, then the text.
    data = b"iTXt" + KEYWORD.encode() + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    copy.write_bytes(content[:_IHDR_END] + chunk + content[_IHDR_END:])
    return True


def _into_ome_tiff(copy: Path, text: str) -> bool:
    """A MapAnnotation. Source: https://www.openmicroscopy.org/Schemas/OME/2016-06."""
    import tifffile

    try:
        with tifffile.TiffFile(copy) as tiff:
            described = tiff.ome_metadata
    except OSError:
        raise
    except Exception as error:
        # It says that it is one and is none, or is broken; that takes tifffile apart in any way.
        _log.info("%s cannot carry how it was made: %s", copy, error)
        return False
    if not described or _OME_END not in described:
        return False
    annotation = (
        f'<MapAnnotation ID="Annotation:{KEYWORD}" Namespace="{KEYWORD}"><Value>'
        f'<M K="json">{escape(text, quote=False)}</M></Value></MapAnnotation>'
    )
    if _ANNOTATIONS_END in described:
        before, _, after = described.rpartition(_ANNOTATIONS_END)
        described = before + annotation + _ANNOTATIONS_END + after
    else:
        before, _, after = described.rpartition(_OME_END)
        described = (
            f"{before}<StructuredAnnotations>{annotation}{_ANNOTATIONS_END}{_OME_END}{after}"
        )
    tifffile.tiffcomment(copy, described.encode("utf-8"))
    return True
