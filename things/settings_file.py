"""Settings of one Thing on disk: one JSON file, written as a whole or not at all."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from things.events import now


class SettingsFile:
    """The settings of a Thing, kept in a file.

    A write goes to a new file beside it, is flushed to the disk, and takes the old one's name; a
    crash leaves the old or the new one, never half. A file that cannot be read is set aside under
    another name and said, so that nothing is lost and the Thing starts all the same.

    Args:
        path: Where; the folder is made when needed.
        logger: Where to say what was found.

    Attributes:
        set_aside: Where an unreadable file went, or None.
    """

    def __init__(self, path: Path, logger: logging.Logger) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self._logger = logger
        self._lock = threading.Lock()
        self._kept = self._load()

    @property
    def kept(self) -> Mapping[str, Any]:
        """What the file says, by name, in JSON form."""
        with self._lock:
            return MappingProxyType(dict(self._kept))

    def put(self, name: str, value: Any) -> None:
        """Keep one value.

        Raises:
            OSError: The disk is full or cannot be written. The old file is intact, and the value
                goes along with the next one that finds room.
        """
        with self._lock:
            kept = {**self._kept, name: value}
            text = json.dumps(kept, indent=2, allow_nan=False, sort_keys=True) + "\n"
            self._kept = kept
            self._write(text)

    def _load(self) -> dict[str, Any]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            return self._put_aside(str(error))
        try:
            kept = json.loads(text)
        except (ValueError, RecursionError) as error:
            return self._put_aside(str(error))
        if not isinstance(kept, dict):
            return self._put_aside("it holds no table of values")
        return kept

    def _put_aside(self, reason: str) -> dict[str, Any]:
        aside = self.path.with_name(f"{self.path.name}.unreadable-{now():%Y%m%dT%H%M%S%f}")
        try:
            self.path.rename(aside)
        except OSError as error:
            self._logger.error(
                "The settings in %s cannot be read: %s (%s)", self.path, reason, error
            )
            return {}
        self.set_aside = aside
        self._logger.error(
            "The settings in %s could not be read (%s). They are set aside as %s; "
            "defaults are used.",
            self.path,
            reason,
            aside.name,
        )
        return {}

    def _write(self, text: str) -> None:
        folder = self.path.parent
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.path)  # noqa: PTH105 - the four calls of os, in this order
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; not every system can open a folder."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
