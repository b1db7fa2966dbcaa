"""The parent's side of the image process: hands over bytes, gets back what is in them or a reason.

One thread owns the process. A clock beside it kills the process when a picture takes too long,
which ends the thread's reading; the next picture starts a new one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from app.handles import Picture
from app.imaging.answers import READERS, Reader, read_array, read_picture
from app.imaging.errors import (
    DecoderClosedError,
    ImageError,
    ImageProcessError,
    ImageRefusedError,
    ImageTooCostlyError,
)
from app.imaging.limits import MIB, ImageLimits
from app.imaging.previews import FileKind, Preview
from app.imaging.worker import read_message, widen_pipe, write_message

_log = logging.getLogger(__name__)

# The child gets our own search path and nothing else: it finds the same libraries, however this
# program was installed, and never a module that lies in the working folder by chance.
_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]);"
    " from app.imaging.worker import main; main(int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True)
class _Job:
    data: bytes
    request: Mapping[str, Any]
    read: Reader[Any]
    future: Future[Any]


class ImageDecoder:
    """Opens pictures and files that came from outside, one by one, in a process of its own.

    The process is started by the first picture, ended when idle, and killed and replaced when a
    picture costs too much. All methods may be called from any thread.
    """

    def __init__(self, limits: ImageLimits | None = None) -> None:
        """Nothing is started yet.

        Args:
            limits: What one picture may cost.
        """
        self._limits = limits or ImageLimits()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._timed_out = False
        self._closed = False

    @property
    def process_id(self) -> int | None:
        """The image process, while there is one."""
        with self._lock:
            return self._process.pid if self._process else None

    def submit(
        self, data: bytes, media_type: str = "", max_edge: int | None = None
    ) -> Future[Picture]:
        """Decode a picture.

        Args:
            data: The whole file.
            media_type: What it is said to be; what it is, is seen from the bytes.
            max_edge: For a preview: no edge of the result is longer.

        Returns:
            A future of the picture. It fails with `ImageRefusedError` (the bytes are no picture,
            or `ImageTooCostlyError`), `ImageProcessError` or `DecoderClosedError`.
        """
        future: Future[Picture] = Future()
        kind, _, detail = media_type.partition(";")[0].strip().partition("/")
        if detail and (kind not in ("image", "application") or detail.startswith("svg")):
            future.set_exception(
                ImageRefusedError(f"{kind}/{detail} is not a format that is opened here")
            )
            return future
        self._put(_Job(data, {"kind": "picture", "max_edge": max_edge}, read_picture, future))
        return future

    def refuse_size(self, size: int) -> None:
        """Say so where a file is too large to be decoded, before it is read into memory.

        Args:
            size: In bytes.

        Raises:
            ImageTooCostlyError: It is.
        """
        if size > self._limits.input_bytes:
            raise self._too_much_memory()

    async def preview(self, data: bytes, kind: FileKind) -> Preview:
        """Look into a file that is no picture; to be awaited on any loop.

        Raises:
            ImageError: As `submit` says.
        """
        future: Future[Preview] = Future()
        self._put(_Job(data, {"kind": kind.value}, READERS[kind], future))
        return await asyncio.wrap_future(future)

    async def array(self, data: bytes, place: int) -> Picture | NDArray[np.float64]:
        """Unpack one array of an NPZ or NPY file; to be awaited on any loop.

        Args:
            data: The whole file.
            place: Which of the arrays that `preview` lists.

        Returns:
            A picture or stack; a curve where the array has only one axis.

        Raises:
            ImageError: As `submit` says.
        """
        future: Future[Picture | NDArray[np.float64]] = Future()
        self._put(_Job(data, {"kind": "array", "place": place}, read_array, future))
        return await asyncio.wrap_future(future)

    def _put(self, job: _Job) -> None:
        with self._lock:
            if self._closed:
                job.future.set_exception(DecoderClosedError())
                return
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="image-process", daemon=True)
                self._thread.start()

    async def decode(
        self, data: bytes, media_type: str = "", max_edge: int | None = None
    ) -> Picture:
        """As `submit`, to be awaited on any loop.

        Raises:
            ImageError: As `submit` says.
        """
        return await asyncio.wrap_future(self.submit(data, media_type, max_edge))

    def close(self) -> None:
        """End the process at once; what waits or runs fails with `DecoderClosedError`."""
        with self._lock:
            self._closed = True
            thread = self._thread
            if self._process is not None:
                self._process.kill()
        self._jobs.put(None)
        if thread is not None:
            thread.join(timeout=self._limits.start_s)

    def _run(self) -> None:
        """The thread that owns the process; what it finds after closing it refuses."""
        try:
            while (job := self._next()) is not None:
                self._do(job)
                del job  # a picture must not stay in memory until the next one comes
        finally:
            self._end_process()

    def _do(self, job: _Job) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        try:
            job.future.set_result(self._decode(job))
        except ImageError as error:
            job.future.set_exception(DecoderClosedError() if self._closed else error)
        except Exception as error:
            # The thread must live on: whoever waits for the next picture waits for it.
            _log.exception("The image process could not be dealt with.")
            job.future.set_exception(ImageProcessError(f"{type(error).__name__}: {error}"))

    def _next(self) -> _Job | None:
        """The next job, or None after the last one; ends an idle process while it waits."""
        while True:
            try:
                return self._jobs.get(timeout=self._limits.idle_s if self._process else None)
            except queue.Empty:
                self._end_process()

    def _decode(self, job: _Job) -> object:
        if self._closed:
            raise DecoderClosedError
        self.refuse_size(len(job.data))
        process = self._started()
        request = {
            "max_pixels": self._limits.pixels,
            "time_s": self._limits.time_s,
            **job.request,
        }
        try:
            with self._deadline(process, self._limits.time_s):
                write_message(cast(BinaryIO, process.stdin), request, job.data)
                answer, data = self._answer_of(process)
            if "refused" in answer:
                raise self._refusal(answer)
            return job.read(answer, data)
        except (OSError, EOFError, ValueError, LookupError, TypeError, RecursionError) as error:
            # It died, was killed, or talks nonsense, as a process would that a file has taken over.
            raise self._why_it_ended(process) from error

    def _answer_of(self, process: subprocess.Popen[bytes]) -> tuple[dict[str, Any], bytes]:
        return read_message(cast(BinaryIO, process.stdout), self._limits.memory_bytes)

    def _started(self) -> subprocess.Popen[bytes]:
        """The process, started and ready.

        Raises:
            ImageProcessError: It does not start.
        """
        if self._process is not None:
            return self._process
        path = [str(Path(entry).absolute()) for entry in sys.path]
        # One thread for linear algebra: each costs address space and none is used.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        command = [
            sys.executable, "-I", "-c", _START, json.dumps(path), str(self._limits.memory_bytes),
        ]  # fmt: skip
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        except OSError as error:
            raise ImageProcessError(f"the image process did not start ({error})") from error
        for pipe in (process.stdin, process.stdout):
            widen_pipe(cast(BinaryIO, pipe))
        with self._lock:
            self._process = process
            if self._closed:
                process.kill()
        try:
            with self._deadline(process, self._limits.start_s):
                self._answer_of(process)
        except (OSError, EOFError, ValueError) as error:
            self._end_process()
            raise ImageProcessError("the image process did not start") from error
        return process

    @contextmanager
    def _deadline(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
        """Kill the process when the block takes longer; reading its pipe then ends."""
        self._timed_out = False

        def too_late() -> None:
            self._timed_out = True
            process.kill()

        timer = threading.Timer(seconds, too_late)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _why_it_ended(self, process: subprocess.Popen[bytes]) -> ImageError:
        """Tidy up after a process that answers no more, and say why in words."""
        timed_out = self._timed_out
        self._end_process()
        if timed_out:
            return ImageTooCostlyError(f"it takes longer than {self._limits.time_s:g} s to decode")
        return ImageProcessError(f"the image process ended by itself (code {process.returncode})")

    def _refusal(self, answer: dict[str, Any]) -> ImageRefusedError:
        if not answer["costly"]:
            return ImageRefusedError(answer["refused"])
        if answer["refused"]:
            return ImageTooCostlyError(answer["refused"])
        # It ran out of memory somewhere: a fresh process is worth more than that one.
        self._end_process()
        return self._too_much_memory()

    def _too_much_memory(self) -> ImageTooCostlyError:
        return ImageTooCostlyError(
            f"it needs more than {self._limits.memory_bytes // MIB} MB of memory to decode"
        )

    def _end_process(self) -> None:
        """Kill the process, if there is one, and wait until it is gone."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                # What could not be written any more is flushed on closing, to nobody.
                with suppress(OSError):
                    pipe.close()
        process.wait()
