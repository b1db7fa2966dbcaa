"""Says in the window, and on the desktop while nobody looks at it, what ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from app.actions.events import LedgerTroubled
from app.archive.events import ArchiveTroubled
from app.handles import BenchHandle, InvocationSnapshot, InvocationStatus, OriginKind
from ui.bridge import Bridge
from ui.notices import Notice, Notices
from ui.notifications.choice import NotificationChoice, Tell
from ui.notifications.desktop import Desktop, DesktopError
from ui.notifications.endings import LONG_S, Endings
from ui.notifications.message import Message, messages_of
from ui.tasks import Tasks

MOST_TOGETHER: Final = 1000
"""So many runs are counted in one message that nobody closes."""

_log = logging.getLogger(__name__)


def in_front() -> bool:
    """Whether the operator looks at a window of this program."""
    return QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive


class Notifier(QObject):
    """Puts runs that ended into words and shows them.

    Args:
        bench: Whose runs.
        bridge: Its events.
        choice: What the operator wants to be told.
        notices: The messages of the window.
        desktop: Those of the desktop.
        tasks: Asks the desktop.
        parent: The Qt owner.
        looks: Whether a window of ours is in front.
    """

    def __init__(
        self,
        bench: BenchHandle,
        bridge: Bridge,
        choice: NotificationChoice,
        notices: Notices,
        desktop: Desktop,
        tasks: Tasks,
        parent: QObject,
        looks: Callable[[], bool] = in_front,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._choice = choice
        self._notices = notices
        self._desktop = desktop
        self._tasks = tasks
        self._looks = looks
        self._said_no_desktop = False
        self._said_not_kept = False
        self._said: dict[InvocationStatus, tuple[Notice, list[InvocationSnapshot]]] = {}
        self._endings = Endings(bench, bridge, choice, self)
        self._endings.told.connect(self._tell)
        bridge.on(LedgerTroubled, self._tell_of_ledger, owner=self)
        if bench.ledger_trouble:
            self._tell_of_ledger(LedgerTroubled(thing="", reason=bench.ledger_trouble))
        bridge.on(ArchiveTroubled, self._tell_of_archive, owner=self)
        if bench.archive is not None and bench.archive.trouble:
            self._tell_of_archive(ArchiveTroubled(thing="", reason=bench.archive.trouble))

    def _tell(self, ended: Sequence[InvocationSnapshot]) -> None:
        looks = self._looks()
        kinds: dict[InvocationStatus, list[InvocationSnapshot]] = {}
        for run in ended:
            if not (looks and self._is_seen(run)):
                kinds.setdefault(run.status, []).append(run)
        for kind, runs in kinds.items():
            # Nobody has closed what was said of this kind: one message tells of all of them.
            said = self._said.get(kind)
            if said is not None and shiboken6.isValid(said[0]) and self._notices.take_back(said[0]):
                runs = [*said[1], *runs][-MOST_TOGETHER:]
            for message in messages_of(runs, self._title_of):
                self._said[kind] = (self._say(message, looks=looks), runs)

    def _is_seen(self, run: InvocationSnapshot) -> bool:
        """Whether its panel and its row say enough: whoever asked for it just now looks there."""
        if self._choice.tell is Tell.ALL or run.stuck:
            return False
        return run.origin.kind is OriginKind.WINDOW and run.elapsed_s < LONG_S

    def _say(self, message: Message, *, looks: bool) -> Notice:
        role = "failed" if message.trouble else "secondary"
        # What was said while nobody looked stays until somebody does.
        notice = self._notices.say(
            message.text, role=role, details=message.details, stays=not looks
        )
        if not looks and self._choice.on_desktop:
            self._tasks.start(self._show(message), self.tr("Telling the desktop"))
        return notice

    async def _show(self, message: Message) -> None:
        try:
            await self._desktop.show(message)
        except DesktopError as error:
            # Once: the window says it anyhow, and the operator can do nothing about it here.
            if not self._said_no_desktop:
                self._said_no_desktop = True
                _log.info("Nothing is told on the desktop: %s", error)

    def _tell_of_ledger(self, event: LedgerTroubled) -> None:
        if event.reason:
            text = self.tr("Runs cannot be recorded now, and new ones are refused.")
            self._say(Message(text, event.reason, trouble=True), looks=self._looks())
        else:
            text = self.tr("Runs are recorded again.")
            self._say(Message(text), looks=self._looks())

    def _tell_of_archive(self, event: ArchiveTroubled) -> None:
        if event.reason:
            self._said_not_kept = True
            text = self.tr("Files cannot be kept now.")
            self._say(Message(text, event.reason, trouble=True), looks=self._looks())
        elif self._said_not_kept:
            self._said_not_kept = False
            text = self.tr("Files are kept again.")
            self._say(Message(text), looks=self._looks())

    def _title_of(self, thing: str) -> str:
        handle = self._bench.things.get(thing)
        return handle.title if handle is not None else thing
