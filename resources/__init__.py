"""Icons, themes and demo bench files, reached by one function."""

from importlib.resources import files
from pathlib import Path

__all__ = ["resource"]


def resource(path: str) -> Path:
    """Find a file or folder that ships with the program.

    It works in a work tree and in an installed wheel alike. The answer is a real path, because
    Qt and bench files want one; the program is never run from inside a zip.

    Args:
        path: Below `resources/`, with forward slashes, such as 'benches/demo.toml'.

    Returns:
        Where it is on this disk. It is there to be read, not to be written to.

    Raises:
        FileNotFoundError: There is no such file or folder.
    """
    found = Path(str(files(__name__).joinpath(path)))
    if not found.exists():
        message = f"no resource {path!r} in {found.parent}"
        raise FileNotFoundError(message)
    return found
