"""The bench files opened last, and whether somebody was welcomed here before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

MOST: Final = 8
"""So many are remembered."""


class RecentBenches:
    """Keeps a short list of files in the window's settings.

    Args:
        settings: Where; never the application's global ones.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def files(self) -> Sequence[Path]:
        """Newest first. Whether they are still there is not looked at: a disk may be slow."""
        return self._known()

    def add(self, file: Path) -> None:
        """A bench file was opened."""
        file = file.resolve()
        others = [other for other in self._known() if other != file]
        names = [str(each) for each in (file, *others)][:MOST]
        self._settings.setValue("recent", json.dumps(names))

    @property
    def welcomed(self) -> bool:
        """Whether the welcome page was answered once, by whatever."""
        return self._settings.value("welcomed", "") == "yes"

    def set_welcomed(self) -> None:
        """Never show it by itself again."""
        self._settings.setValue("welcomed", "yes")

    def _known(self) -> list[Path]:
        try:
            found = json.loads(str(self._settings.value("recent", "[]")))
        except ValueError:
            return []
        listed = found if isinstance(found, list) else []
        return [Path(each) for each in listed if isinstance(each, str)]
