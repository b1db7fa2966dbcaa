"""The benches that ship with the program, called by their names: 'demo', 'faulty'."""

from __future__ import annotations

from pathlib import Path

from resources import resource

DEMO = "demo"


def bench_file_of(given: Path | None) -> Path:
    """The bench file that somebody means.

    Args:
        given: A file, which comes first, or the name of a bench that ships; the demo when None.

    Returns:
        The file; where there is none of either kind it is what was given.
    """
    name = DEMO if given is None else str(given)
    if given is None or (not given.exists() and name.isidentifier()):
        try:
            return resource(f"benches/{name}.toml")
        except FileNotFoundError:
            pass
    return given or Path(name)
