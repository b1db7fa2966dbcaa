"""The image process itself: reads requests on a pipe, answers with pixels.

A message is a length (4 bytes, big-endian), that many bytes of JSON, a length (8 bytes) and that
many bytes of data. The parent sends `{"kind", "max_pixels", "time_s"}` with a file as data, and
asks for

- "picture", with `max_edge`: answered with shape, dtype and more in the header, pixels as data;
- "text", "table" or "arrays": answered with `{"json_bytes"}`, so many bytes of JSON, then numbers;
- "array", with `place`: answered as a picture; one axis of float64 is a curve.

Whatever cannot be opened is answered by `{"refused", "costly"}`. The child's first message is
`{"ready": true}`.

Imports the standard library, numpy, Pillow and tifffile, and nothing of the program's.
"""

from __future__ import annotations

import gc
import json
import logging
import math
import os
import struct
import sys
import warnings
from collections.abc import Mapping
from typing import Any, BinaryIO

_JSON_LENGTH = struct.Struct(">I")
_DATA_LENGTH = struct.Struct(">Q")
_MOST_JSON = 65_536


def write_message(
    pipe: BinaryIO, header: Mapping[str, Any], data: bytes | memoryview = b""
) -> None:
    """Send one message, whole."""
    head = json.dumps(header).encode()
    size = data.nbytes if isinstance(data, memoryview) else len(data)
    pipe.write(_JSON_LENGTH.pack(len(head)) + head + _DATA_LENGTH.pack(size))
    if size:
        pipe.write(data)
    pipe.flush()


def read_message(pipe: BinaryIO, most_bytes: int = sys.maxsize) -> tuple[dict[str, Any], bytes]:
    """Wait for one message.

    Args:
        pipe: A buffered pipe: its `read` puts large data straight into its result.
        most_bytes: The most data a sane other side would send.

    Raises:
        EOFError: The other side is gone.
        ValueError: What came is no message of ours.
    """
    head_bytes = _JSON_LENGTH.unpack(_read_exactly(pipe, _JSON_LENGTH.size))[0]
    if head_bytes > _MOST_JSON:
        raise ValueError("the header of a message is too long")
    head = json.loads(_read_exactly(pipe, head_bytes))
    data_bytes = _DATA_LENGTH.unpack(_read_exactly(pipe, _DATA_LENGTH.size))[0]
    if data_bytes > most_bytes:
        raise ValueError("a message is too long")
    return head, _read_exactly(pipe, data_bytes)


def _read_exactly(pipe: BinaryIO, count: int) -> bytes:
    data = pipe.read(count)
    if len(data) < count:
        raise EOFError
    return data


def widen_pipe(pipe: BinaryIO) -> None:
    """Ask for a pipe of 1 MiB instead of 64 KiB, which halves the time a large picture takes."""
    try:
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, 1024 * 1024)
    except (ImportError, AttributeError, OSError):  # only Linux has it, and it may be forbidden
        return


def main(memory_bytes: int) -> None:
    """Answer requests until the parent goes away."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between the answers.
    os.dup2(2, 1)
    from app.imaging import decoding, pixels, previewing

    # A picture that is odd is refused; what a library says of its own age is not the picture's.
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", DeprecationWarning)
    logging.disable(logging.CRITICAL)
    decoding.load_formats()
    limit_process(memory_bytes)
    write_message(answers, {"ready": True})
    while True:
        try:
            request, data = read_message(requests)
        except EOFError:
            return
        limit_processor_time(float(request["time_s"]))
        try:
            header, found = _answer(decoding, previewing, request, data)
        except pixels.RefusedError as error:
            costly = isinstance(error, pixels.TooManyPixelsError)
            header, found = {"refused": str(error), "costly": costly}, b""
        except MemoryError:
            header, found = {"refused": "", "costly": True}, b""
        del data
        write_message(answers, header, found)
        # A refused file hangs on its traceback, in a circle: with little room it must go now.
        del found
        gc.collect()


def _answer(
    decoding: Any, previewing: Any, request: Mapping[str, Any], data: bytes
) -> tuple[dict[str, Any], bytes | memoryview]:
    kind = request["kind"]
    if kind == "picture":
        done = decoding.decode(data, request["max_pixels"], request["max_edge"])
        told = {
            "pixel_size_um": done.pixel_size_um,
            "full_scale": done.full_scale,
            "axes": done.axes,
            "reduced": done.reduced,
        }
        return _with_array(done.array, told)
    if kind == "array":
        array, axes = previewing.one_array(data, request["place"], request["max_pixels"])
        told = {"pixel_size_um": None, "full_scale": None, "axes": axes, "reduced": 1}
        return _with_array(array, told)
    said, numbers = previewing.look_into(data, kind)
    text = json.dumps(said).encode()
    return {"json_bytes": len(text)}, text + numbers.tobytes()


def _with_array(array: Any, told: dict[str, Any]) -> tuple[dict[str, Any], memoryview]:
    header = {"shape": array.shape, "dtype": array.dtype.name, **told}
    return header, memoryview(array).cast("B")


def limit_process(memory_bytes: int) -> None:
    """Cap memory and forbid files and core dumps, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has none; the parent's clock still holds there
        return
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(what, (most, most))


def limit_processor_time(time_s: float) -> None:
    """Let the kernel end the process if it computes much longer than `time_s` from now."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(usage.ru_utime + usage.ru_stime + time_s) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]))
