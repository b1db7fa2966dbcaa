"""Small pictures of pictures, made in the killable image process and remembered by their hash."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.archive.errors import FileEmptyError
from app.archive.records import ArchivedFile
from app.archive.store import SHA256
from app.handles import Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageError, ImageRefusedError, ImageTooCostlyError
from things.encoding import encode_image
from things.errors import ValueRefusedError

if TYPE_CHECKING:
    from app.archive.archive import Archive

SMALLEST = 16
LARGEST = 1024
DECODE_WAIT_S = 60.0
REMEMBERED_REFUSALS = 1_000
MEMORY_BYTES = 16 * 2**20
"""How much is held of what could not be written: a gallery or two."""

_SIZES = (64, 128, 256, 512, 1024)
_DARKEST, _BRIGHTEST = 0.1, 99.9
"""Percentiles of the counts that become black and white."""


class Thumbnails:
    """Makes and remembers small pictures. Waits for the disk and the image process.

    Args:
        archive: Whose files they are of.
        decoder: Makes a decoder, when the first is needed.
    """

    def __init__(
        self, archive: Archive, decoder: Callable[[], ImageDecoder] = ImageDecoder
    ) -> None:
        self._archive = archive
        self._folder = archive.folder / "thumbnails"
        self._make = decoder
        self._lock = threading.Lock()
        self._decoder: ImageDecoder | None = None
        self._under_way: dict[tuple[str, int], Future[bytes]] = {}
        # Not the errors themselves: those hold what their frames held, whole pictures.
        self._refused: OrderedDict[str, tuple[type[ImageError], str]] = OrderedDict()
        self._in_memory: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._closed = False

    def of(self, file: ArchivedFile, size: int = 256) -> bytes:
        """A small picture of a picture, as PNG of 8 bits.

        Args:
            file: Which, with the version of its content that is meant.
            size: The longer side is about as long, in pixels; one of a few sizes is taken.

        Raises:
            ValueRefusedError: The size is not from 16 to 1024.
            FileEmptyError: It is a draft.
            ArchiveDamagedError: Its content is gone.
            ImageError: It is no picture, or cannot be decoded.
        """
        if not SMALLEST <= size <= LARGEST:
            raise ValueRefusedError("size", f"from {SMALLEST} to {LARGEST} was expected")
        if not file.sha256:
            raise FileEmptyError(file.id)
        edge = next(each for each in _SIZES if each >= size)
        if (known := self._known(file.sha256, edge)) is not None:
            return known
        if not file.media_type.startswith("image/"):
            raise ImageRefusedError(f"{file.media_type} is no picture")
        return self._joined(file, edge)

    def close(self) -> None:
        """End the image process; twice is harmless."""
        with self._lock:
            self._closed = True
            decoder, self._decoder = self._decoder, None
        if decoder is not None:
            decoder.close()

    def _joined(self, file: ArchivedFile, edge: int) -> bytes:
        """Made once, however many ask at the same time."""
        key = (file.sha256, edge)
        with self._lock:
            if (refusal := self._refused.get(file.sha256)) is not None:
                kind, reason = refusal
                raise kind(reason)
            under_way = self._under_way.get(key)
            mine: Future[bytes] | None = None
            if under_way is None:
                mine = self._under_way[key] = Future()
        if mine is None:
            assert under_way is not None
            return under_way.result(DECODE_WAIT_S)
        try:
            made = self._made(file, edge)
        except BaseException as error:
            self._note_refusal(file.sha256, error)
            mine.set_exception(error)
            raise
        else:
            mine.set_result(made)
            return made
        finally:
            with self._lock:
                del self._under_way[key]

    def _made(self, file: ArchivedFile, edge: int) -> bytes:
        # The very content that the picture is remembered under: the file may have a new version.
        with self._archive.store.open_content(file.sha256, file.size or 0) as content:
            decoder = self._started()
            decoder.refuse_size(file.size or 0)  # before it is read into memory
            # Without a name here: a refusal holds its frames, and they would hold the picture.
            decoding = decoder.submit(content.read(), file.media_type, edge)
        picture = decoding.result(DECODE_WAIT_S)
        made = encode_image(_small(picture, edge), "image/png")
        self._remember(file.sha256, edge, made)
        return made

    def _started(self) -> ImageDecoder:
        with self._lock:
            if self._decoder is None:
                self._decoder = self._make()
                if self._closed:
                    self._decoder.close()
            return self._decoder

    def _note_refusal(self, sha256: str, error: BaseException) -> None:
        """What no picture can be made of is not tried at every look at the gallery."""
        if isinstance(error, (ImageRefusedError, ImageTooCostlyError)):
            with self._lock:
                self._refused[sha256] = type(error), error.reason
                if len(self._refused) > REMEMBERED_REFUSALS:
                    self._refused.popitem(last=False)

    def _path(self, sha256: str, edge: int) -> Path:
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256")
        return self._folder / sha256[:2] / f"{sha256}-{edge}.png"

    def _known(self, sha256: str, edge: int) -> bytes | None:
        try:
            return self._path(sha256, edge).read_bytes()
        except OSError:
            with self._lock:
                return self._in_memory.get((sha256, edge))

    def _remember(self, sha256: str, edge: int, made: bytes) -> None:
        """Write it beside and put it there whole; some that the disk does not take are held."""
        path = self._path(sha256, edge)
        beside = path.with_name(f".{uuid.uuid4().hex}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(made)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
        except OSError:
            with self._lock:
                self._in_memory[sha256, edge] = made
                while sum(map(len, self._in_memory.values())) > MEMORY_BYTES:
                    self._in_memory.popitem(last=False)


def _small(picture: Picture, edge: int) -> NDArray[np.uint8]:
    """One plane of a picture, no longer than `edge`, in 8 bits."""
    array = np.asarray(picture.array)
    colour = array.shape[-1] == 3 and array.ndim - len(picture.axes) == 3
    while array.ndim > (3 if colour else 2):
        array = array[array.shape[0] // 2]
    height, width = array.shape[:2]
    step = max(1, -(-max(height, width) // edge))
    if step > 1:
        array = _averaged(array, step)
    return _in_8_bits(array, picture)


def _averaged(array: NDArray[np.generic], step: int) -> NDArray[np.generic]:
    """Blocks of pixels become one each; what is left over at the edges is cut off."""
    height, width = array.shape[0] // step * step, array.shape[1] // step * step
    if not height or not width:
        return array[::step, ::step]
    blocks = array[:height, :width].reshape(
        height // step, step, width // step, step, *array.shape[2:]
    )
    averaged: NDArray[np.generic] = blocks.mean(axis=(1, 3), dtype=np.float32)
    return averaged if array.dtype.kind == "f" else averaged.astype(array.dtype)


def _in_8_bits(array: NDArray[np.generic], picture: Picture) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array, dtype=np.uint8)
    counts = np.asarray(array, dtype=np.float32)
    finite = counts[np.isfinite(counts)]
    if not finite.size:
        return np.zeros(array.shape, np.uint8)
    dark, bright = np.percentile(finite, (_DARKEST, _BRIGHTEST))
    span = max(float(bright - dark), 1e-12)
    scaled = np.nan_to_num((counts - dark) * (255.0 / span), nan=0.0, posinf=255.0, neginf=0.0)
    shown: NDArray[np.uint8] = np.clip(scaled + 0.5, 0, 255).astype(np.uint8)
    return shown
