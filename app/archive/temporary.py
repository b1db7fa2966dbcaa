"""Temporary files on the archive's own file system, so that moving them in is a rename away."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.archive.errors import ArchiveError
from app.archive.store import ObjectStore


class TemporaryFiles:
    """Gives out temporary files and folders below `staging/`; what is left goes at the next start.

    Args:
        store: Whose file system they are on.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._store.staging

    def path(self) -> Path:
        """A path that nobody else gets; nothing is there yet."""
        return self.folder / f"temp-{uuid.uuid4().hex}"

    def make_folder(self, *args: Any, **options: Any) -> tempfile.TemporaryDirectory[str]:
        """A folder that is removed with all in it when it is closed.

        Args:
            *args: Suffix and prefix, as for `tempfile.TemporaryDirectory`.
            **options: As there; `dir` is ours.
        """
        with self._store.told():
            return tempfile.TemporaryDirectory(*args, **{**options, "dir": str(self.folder)})

    def make_file(self, *args: Any, **options: Any) -> tempfile._TemporaryFileWrapper[Any]:
        """A file that is removed when it is closed; one that was moved into the archive is gone.

        Args:
            *args: Mode and so on, as for `tempfile.NamedTemporaryFile`.
            **options: As there; `dir` is ours.
        """
        delete = bool(options.get("delete", True))
        with self._store.told():
            make = tempfile.NamedTemporaryFile  # closed by whoever asked for it
            made = make(*args, **{**options, "dir": str(self.folder), "delete": False})
        return _MovableFile(made, delete)

    def remove(self, name: str | Path) -> None:
        """Remove a temporary file, by its path or its name; one that is gone is fine.

        Raises:
            ArchiveError: It is none of these: contents go by themselves when no file names them.
        """
        path = self.folder / name
        try:
            inside = path.resolve().parent == self.folder.resolve()
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not inside or path.is_dir():
            raise ArchiveError(f"{name} is no temporary file of the archive")
        with self._store.told():
            self._store.disk.remove(path)


if TYPE_CHECKING:
    _Wrapper = tempfile._TemporaryFileWrapper[Any]
else:
    _Wrapper = tempfile._TemporaryFileWrapper  # of Python 3.11, no class of others


class _MovableFile(_Wrapper):
    """A temporary file that somebody may have moved away before it is closed.

    Args:
        made: Stays when it is closed.
        delete: Whether this one does not.
    """

    def __init__(self, made: tempfile._TemporaryFileWrapper[Any], delete: bool) -> None:
        super().__init__(made.file, made.name, delete)
        self._made = made  # it closes the file when nobody holds it any more

    def close(self) -> None:
        with suppress(FileNotFoundError):
            super().close()
