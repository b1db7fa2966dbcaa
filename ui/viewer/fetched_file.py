"""A file of an invocation, fetched when it is looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.handles import BenchHandle, OutputBlob, Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageRefusedError
from app.imaging.previews import FileKind, Preview

MOST_BYTES: Final = 64 * 1024 * 1024
"""Nothing larger is fetched only to be looked into; it can be saved."""


@dataclass(frozen=True, slots=True, eq=False)
class FetchedFile:
    """Holds the address of a blob, never the blob.

    Attributes:
        bench: Where it is fetched.
        decoder: Opens it in the image process.
        invocation: What gave it.
        blob: Which of its blobs.
        kind: How it is looked into.
    """

    bench: BenchHandle
    decoder: ImageDecoder
    invocation: UUID
    blob: OutputBlob
    kind: FileKind

    async def preview(self) -> Preview:
        """What it holds; as `FileContents` says."""
        return await self.decoder.preview(await self._bytes(), self.kind)

    async def array(self, place: int) -> Picture | NDArray[np.float64]:
        """One of its arrays; as `FileContents` says."""
        return await self.decoder.array(await self._bytes(), place)

    async def _bytes(self) -> bytes:
        found = await self.bench.picture(self.invocation, self.blob.path)
        if isinstance(found, Picture):
            raise ImageRefusedError("it is a picture and no file")
        if len(found) > MOST_BYTES:
            raise ImageRefusedError(f"it is larger than {MOST_BYTES // 2**20} MB")
        return found
