"""Broken and malicious pictures by the hundred: none ends the program, none starts another."""

from __future__ import annotations

import io
import os
import shutil
import struct
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageError, ImageRefusedError
from app.imaging.limits import ImageLimits

WAIT_S = 60
KINDS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "OME", "IMAGEJ")


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is written when Ghostscript or any other helper of Pillow's is started."""
    witness = tmp_path / "started"
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("gs", "gswin32c", "gswin64c", "inkscape", "rsvg-convert", "convert", "cjpeg"):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "$0" >> "{witness}"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return witness


def whole_files(random: np.random.Generator) -> dict[str, bytes]:
    """One good file of each kind."""
    noise = random.integers(0, 255, (48, 64), dtype=np.uint8)
    files = {}
    for kind in KINDS[:6]:
        file = io.BytesIO()
        Image.fromarray(noise).save(file, kind)
        files[kind] = file.getvalue()
    stack = random.integers(0, 4000, (2, 3, 20, 30), dtype=np.uint16)
    for kind in KINDS[6:]:
        file = io.BytesIO()
        tifffile.imwrite(
            file,
            stack,
            ome=kind == "OME",
            imagej=kind == "IMAGEJ",
            metadata={"axes": "TZYX" if kind == "IMAGEJ" else "CZYX"},
        )
        files[kind] = file.getvalue()
    return files


def png_bomb(width: int, height: int) -> bytes:
    """A header that promises a huge picture, and not enough behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


def hostile(random: np.random.Generator) -> Iterator[bytes]:
    """Files that are no pictures of ours, or promise too much."""
    number = int(random.integers(1, 2**31 - 1))
    yield b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n%%EOF\n"
    yield b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 32, 99) + bytes(99)  # EPS for Windows
    yield b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, number, number, 8, 3)
    yield b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
    yield b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><svg>&b;</svg>"
    yield b"%PDF-1.7\n" + bytes(random.integers(0, 255, 200, dtype=np.uint8))
    yield png_bomb(number % 2**20, number % 2**19)
    yield (
        b"BM"
        + struct.pack("<IHHI", 99, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, number, number, 1, 24, 0, 0, 0, 0, 0, 0)
    )
    yield b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(20)
    yield (
        b"II*\0"
        + struct.pack("<IH", 8, 3)
        + b"".join(struct.pack("<HHII", tag, 4, 1, number) for tag in (256, 257, 273))
    )
    yield b"MM\0*" + struct.pack(">I", number)  # points far outside
    yield b"II*\0\x08\0\0\0\0\0\x08\0\0\0"  # an empty directory that names itself the next


def broken(count: int, random: np.random.Generator) -> Iterator[bytes]:
    """So many files: cut short, with bytes changed, with parts repeated, noise, and hostile."""
    files = whole_files(random)
    worst = list(hostile(random))
    for number in range(count):
        data = bytearray(files[KINDS[number % len(KINDS)]])
        match number // len(KINDS) % 5:
            case 0:
                for place in random.integers(0, min(len(data), 400), 6):
                    data[place] = random.integers(0, 256)
            case 1:
                del data[int(random.integers(1, len(data))) :]
            case 2:
                start, end = sorted(random.integers(0, len(data), 2))
                data[start:start] = data[start:end]
            case 3:
                for place in random.integers(0, len(data), 40):
                    data[place] ^= 1 << int(random.integers(0, 8))
            case _:
                if number % len(KINDS) == 0:
                    worst = list(hostile(random))
                kept = int(random.integers(4, 16))
                noise = random.integers(0, 255, 500, dtype=np.uint8).tobytes()
                place = number % (len(worst) + 4)
                data = bytearray(worst[place] if place < len(worst) else data[:kept] + noise)
        yield bytes(data)


def memory_of(process_id: int) -> tuple[int, int]:
    """Address space now, and resident memory at its highest, in kB."""
    said = dict(
        line.split(":", 1) for line in Path(f"/proc/{process_id}/status").read_text().splitlines()
    )
    return int(said["VmPeak"].split()[0]), int(said["VmHWM"].split()[0])


def survive(count: int, seed: int) -> Counter[str]:
    """Open so many broken files; count what came of them.

    Each is waited for by itself, so that its time can be told.
    """
    limits = ImageLimits()
    decoder = ImageDecoder(limits)
    came: Counter[str] = Counter()
    try:
        for data in broken(count, np.random.default_rng(seed)):
            began = time.monotonic()
            error = decoder.submit(data).exception(WAIT_S)
            came["slowest_ms"] = max(came["slowest_ms"], round(1000 * (time.monotonic() - began)))
            assert error is None or isinstance(error, ImageError), error
            came["opened" if error is None else type(error).__name__] += 1
            if decoder.process_id is not None and Path("/proc/self/status").exists():
                address_kb, resident_kb = memory_of(decoder.process_id)
                assert address_kb <= limits.memory_bytes // 1024
                came["resident_kb"] = max(came["resident_kb"], resident_kb)
        good = whole_files(np.random.default_rng(seed))["PNG"]
        assert decoder.submit(good).result(WAIT_S).array.shape == (48, 64)
    finally:
        decoder.close()
    return came


@pytest.mark.skipif(shutil.which("sh") is None, reason="the witnesses are shell scripts")
def test_three_hundred_broken_files_do_no_harm(started: Path) -> None:
    came = survive(300, seed=17)

    assert came["ImageRefusedError"] > 100
    assert came["ImageProcessError"] == 0
    assert not started.exists()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_five_thousand_broken_files_do_no_harm(started: Path) -> None:
    came = survive(5000, seed=29)

    print(dict(came))
    assert came["ImageProcessError"] == 0
    assert not started.exists()


def test_the_worst_files_are_all_refused() -> None:
    decoder = ImageDecoder()
    try:
        for data in hostile(np.random.default_rng(3)):
            error = decoder.submit(data).exception(WAIT_S)
            assert isinstance(error, ImageRefusedError), (data[:30], error)
    finally:
        decoder.close()
