"""One table of commands, from which menu, buttons, shortcuts and palette are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ui.icons import icon
from ui.theme import Theme


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something the operator can ask the window to do.

    Attributes:
        id: Unique, such as 'view.reset-layout'; what stands before the dot groups the menu.
        title: In words, as in a menu.
        run: Does it; returns within 10 ms.
        icon: As for `ui.icons.icon`; '' for none.
        shortcut: Such as 'Ctrl+K'; '' for none.
        help: One sentence for tool tip and palette.
        enabled: Whether it can be done now.
        checked: For one that is on or off: which it is.
        everywhere: Whether the shortcut works in every window of the application.
        in_menu: Whether the menu shows it; the palette always does.
    """

    id: str
    title: str
    run: Callable[[], None]
    icon: str = ""
    shortcut: str = ""
    help: str = ""
    enabled: Callable[[], bool] = _always
    checked: Callable[[], bool] | None = None
    everywhere: bool = False
    in_menu: bool = True

    @property
    def group(self) -> str:
        """The part of the menu it belongs to."""
        return self.id.partition(".")[0]


class CommandTable(QObject):
    """All commands of a window, each with the one `QAction` that shows and runs it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """An empty table.

        Args:
            theme: Colours the icons.
            parent: The window in which the shortcuts work.
        """
        super().__init__(parent)
        self._theme = theme
        self._window = parent
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, command: Command) -> None:
        """Take a command in.

        Raises:
            ValueError: Its id or its shortcut is taken.
        """
        if command.id in self._commands:
            raise ValueError(f"there is a command {command.id!r} already")
        for other in self._commands.values():
            if command.shortcut and command.shortcut == other.shortcut:
                raise ValueError(f"{command.shortcut} runs {other.id!r} already")
        self._commands[command.id] = command
        action = QAction(command.title, self._window)
        action.setObjectName(command.id)
        if command.icon:
            action.setIcon(icon(self._theme, command.icon, "secondary"))
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        if command.everywhere:
            action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        if command.help:
            action.setToolTip(command.help)
            action.setStatusTip(command.help)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda _checked=False: command.run())
        self._actions[command.id] = action
        self._window.addAction(action)
        self._refresh(command)

    def action(self, command_id: str) -> QAction:
        """The action of a command, for buttons.

        Raises:
            KeyError: There is no such command.
        """
        return self._actions[command_id]

    def __iter__(self) -> Iterator[Command]:
        """In the order they were added."""
        return iter(self._commands.values())

    def refresh(self) -> None:
        """Ask every command again whether it can be done and whether it is on."""
        for command in self:
            self._refresh(command)

    def menu(self, parent: QWidget, folded: Mapping[str, str] | None = None) -> QMenu:
        """A menu of the commands, a line between groups, refreshed each time it opens.

        Groups stand in the order in which they came; that of the window, with 'Close', is last.

        Args:
            parent: The owner.
            folded: Groups that become a menu of their own, so that all of it fits a small screen;
                what each is called.
        """
        folded = folded or {}
        made = QMenu(parent)
        made.setToolTipsVisible(True)
        groups: dict[str, list[Command]] = {}
        for command in self:
            if command.in_menu:
                groups.setdefault(command.group, []).append(command)
        last = groups.pop("window", [])
        for group, commands in {**groups, "window": last}.items():
            if not commands:
                continue
            if group in folded:
                # Side by side, without a line between them.
                entries = made.addMenu(folded[group])
            else:
                if not made.isEmpty():
                    made.addSeparator()
                entries = made
            for command in commands:
                entries.addAction(self._actions[command.id])
        made.aboutToShow.connect(self.refresh)
        return made

    def _refresh(self, command: Command) -> None:
        action = self._actions[command.id]
        action.setEnabled(command.enabled())
        if command.checked is not None:
            action.setChecked(command.checked())
