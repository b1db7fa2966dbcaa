"""From a bench file to a program that runs it, for a window that opens another bench."""

from __future__ import annotations

from pathlib import Path

from app.bench_file import read_bench_file
from app.program import Program
from app.settings import Settings


def program_of(file: Path, settings: Settings) -> Program:
    """Read a bench file and take the right to run it; no instrument is touched yet.

    Args:
        file: The bench file.
        settings: Where to listen and where to keep data.

    Raises:
        BenchFileError: Something is wrong in the file.
        BenchInUseError: Another program has this bench.
        DataFolderError: Data cannot be kept.
    """
    return Program(read_bench_file(file), settings)
