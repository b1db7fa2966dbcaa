"""The user logs off: what was written and changed is kept, and the bench is closed."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from PySide6.QtCore import QSettings

from app.bench_editing import BenchEditing
from app.errors import BenchFileError
from app.program import AT_MOST_S
from app.session import Session
from things.errors import ThingError
from ui.activity.note_box import NoteBox

_log = logging.getLogger(__name__)

NOTES_WAIT_S: Final = 2.0
"""A disk that hangs must not keep the instruments from being left in order."""

FOLDER: Final = "saved at log-off"
"""In the folder of data: benches that have no file of their own."""

_KEY: Final = "log-off/saved"


class LogOff:
    """Does what closing asks the operator about, since nobody is there to answer.

    There may be no time after, so nothing is asked: notes are kept, a bench with Things added or
    removed is written into its file (the file before stays beside it as '.bak'), and then the bench
    is closed. The next window says so.

    Args:
        session: The bench.
        settings: Where it is remembered what the next window has to say.
        notes: The boxes in which notes are written.
    """

    def __init__(
        self, session: Session, settings: QSettings, notes: Callable[[], Sequence[NoteBox]]
    ) -> None:
        self._session = session
        self._settings = settings
        self._notes = notes

    def end(self) -> None:
        """Keep all and close; called on the Qt thread, which waits for it."""
        boxes = self._notes()
        unkept = [note for box in boxes if (note := box.unkept) is not None]
        kept: list[tuple[UUID, str]] = []
        saved: list[Path] = []

        def work() -> None:
            kept.extend(asyncio.run(self._keep(unkept)))
            saved.extend(self._save(self._session.editing))
            self._session.close()

        worker = threading.Thread(target=work, name="closing", daemon=True)
        worker.start()
        worker.join(NOTES_WAIT_S + self._session.settings.close_wait_s + AT_MOST_S)
        for run, words in kept:
            for box in boxes:
                box.take_as_kept(run, words)
        if saved:
            self._settings.setValue(_KEY, str(saved[0]))
            self._settings.sync()

    def saved_before(self) -> Path | None:
        """Where the bench was saved at the last log-off; said once, None from then on."""
        found = str(self._settings.value(_KEY, ""))
        self._settings.remove(_KEY)
        return Path(found) if found else None

    async def _keep(self, notes: Sequence[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
        """Keep notes on a loop of a thread, while that of Qt stands still; gives those kept."""
        bench = self._session.handle
        kept = []
        for run, note in notes:
            try:
                await asyncio.wait_for(bench.annotate(run, note), NOTES_WAIT_S)
                kept.append((run, note))
            except (ThingError, TimeoutError) as error:
                _log.error("A note could not be kept at log-off: %s (it read: %r)", error, note)
        return kept

    def _save(self, editing: BenchEditing | None) -> list[Path]:
        """Save a bench that was changed; [] where there was nothing to save or it failed."""
        if editing is None or not editing.unsaved:
            return []
        target = None
        if editing.file is None:
            name = f"bench-{datetime.now():%Y-%m-%d-%H%M%S}.toml"
            target = self._session.settings.data_folder / FOLDER / name
        try:
            if target is not None:
                target.parent.mkdir(parents=True, exist_ok=True)
            file = editing.save(target)
        except (BenchFileError, OSError) as error:
            _log.error("The bench could not be saved at log-off: %s", error)
            return []
        _log.warning("The bench had unsaved changes at log-off; it was saved in %s", file)
        return [file]
