"""The stamp of a bench: operator, sample and session, set once and written on everything."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from app.actions.events import StampChanged
from app.run_facts import Stamp
from app.words import one_line
from things.errors import SettingNotKeptError, ValueRefusedError
from things.events import Event
from things.settings_file import SettingsFile

_log = logging.getLogger(__name__)

STAMP_FILE: Final = "stamp.json"
"""Where it is kept, in a bench's folder of data."""

_KEY = "stamp"


class StampKeeper:
    """Keeps the stamp over the end of the program. May be used from any thread.

    Args:
        file: Where; None keeps it in memory only.
        publish: Is told of a new one.
    """

    def __init__(self, file: Path | None, publish: Callable[[Event], None]) -> None:
        self._file = None if file is None else SettingsFile(file, _log)
        self._publish = publish
        self._lock = threading.Lock()
        self._stamp = Stamp() if self._file is None else _read(self._file.kept.get(_KEY))

    @property
    def stamp(self) -> Stamp:
        """The one in force."""
        return self._stamp

    def put(self, stamp: Stamp) -> Stamp:
        """Set another one; returns it as it is in force, without the spaces around its fields.

        Raises:
            ValueRefusedError: A field is too long, or holds a control character; nothing changed.
            SettingNotKeptError: It is in force, but could not be kept on disk (an OSError).
        """
        found = checked_stamp(stamp)
        with self._lock:  # so that events come in the order in which stamps are in force
            if found == self._stamp:
                return found
            self._stamp = found
            self._publish(StampChanged(thing="", stamp=found))
            if self._file is not None:
                try:
                    self._file.put(_KEY, asdict(found))
                except OSError as error:
                    raise SettingNotKeptError(_KEY, error.strerror or str(error)) from error
        return found


def checked_stamp(stamp: Stamp) -> Stamp:
    """A stamp without the spaces around its fields.

    Raises:
        ValueRefusedError: A field is too long, or holds a control character.
    """
    return Stamp(**{name: one_line(name, text) for name, text in asdict(stamp).items()})


def _read(kept: Any) -> Stamp:
    """What a file holds; what does not fit in it is left out and said."""
    found: dict[str, str] = {}
    given = kept if isinstance(kept, dict) else {}
    for field in fields(Stamp):
        text = given.get(field.name, "")
        try:
            found[field.name] = one_line(field.name, text if isinstance(text, str) else "")
        except ValueRefusedError as error:
            _log.error("The stamp kept on disk is not used whole: %s", error)
    return Stamp(**found)
