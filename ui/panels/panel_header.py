"""The head of a panel: state, name, depth, and what can be done with the Thing itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.handles import ThingHandle
from things.events import ThingState
from ui.models.thing import ThingModel
from ui.panels.depth import Depth
from ui.states import LOOKS
from ui.theme import TextSize, Theme
from ui.widgets import ElidedLabel, IconButton, IconMark, IslandHeader, Segment, SegmentedControl

_LONGEST_TITLE = 140
"""In pixels; a longer one is cut where room is short."""


class PanelHeader(IslandHeader):
    """State icon, title and state word; at the right the depth and a menu.

    Attributes:
        offers_faults: Whether the menu has an entry to try faults.
    """

    depth_chosen = Signal(Depth)
    reconnect_asked = Signal()
    reload_asked = Signal()
    read_asked = Signal()
    address_asked = Signal()
    pop_out_asked = Signal()
    faults_asked = Signal()

    def __init__(self, theme: Theme, model: ThingModel, parent: QWidget | None = None) -> None:
        """Build the head of a Thing's panel."""
        super().__init__(theme, model.title, parent=parent)
        self._model = model
        self.offers_faults = False
        self.mark = IconMark(theme)
        self.before.addWidget(self.mark)
        self.word = ElidedLabel(theme, size=TextSize.SMALL)
        self.beside.addWidget(self.word)
        self.depth_control = SegmentedControl(
            theme,
            [
                Segment(Depth.ROW.value, self.tr("Row"), "depth-row"),
                Segment(Depth.PANEL.value, self.tr("Panel"), "depth-panel"),
                Segment(Depth.EVERYTHING.value, self.tr("Everything"), "depth-everything"),
            ],
        )
        self.depth_control.chosen.connect(lambda key: self.depth_chosen.emit(Depth(key)))
        self.tools.addWidget(self.depth_control)
        self.pop_out = IconButton(theme, "pop-out", self.tr("Open in a window of its own"))
        self.pop_out.clicked.connect(self.pop_out_asked)
        self.tools.addWidget(self.pop_out)
        self.more = IconButton(theme, "more", self.tr("More for {0}").format(model.title))
        self.more.clicked.connect(self._open_menu)
        self.tools.addWidget(self.more)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the Thing's state as it is."""
        self.set_title(self._model.title)
        keep_whole(self.title)
        show_state(self.mark, self.word, self._model)

    def menu(self) -> QMenu:
        """What can be done with the Thing itself."""
        menu = QMenu(self)
        ready = self._model.state is ThingState.READY
        menu.addAction(self.tr("Read all values again"), self.read_asked.emit).setEnabled(ready)
        menu.addAction(self.tr("Copy address"), self.address_asked.emit)
        menu.addSeparator()
        menu.addAction(self.tr("Reconnect"), self.reconnect_asked.emit)
        menu.addAction(self.tr("Reload driver"), self.reload_asked.emit)
        if self.offers_faults:
            menu.addSeparator()
            menu.addAction(self.tr("Faults…"), self.faults_asked.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))


def show_state(mark: IconMark, word: ElidedLabel, model: ThingModel) -> None:
    """Show a Thing's state as icon, word and colour.

    Args:
        mark: Gets the icon.
        word: Gets the word and, while something runs, what.
        model: The Thing.
    """
    look = LOOKS[model.shown_state]
    mark.set_glyph(look.icon, look.role)
    word.setText(f"{look.word}: {model.detail}" if model.detail else look.word)
    word.set_tone(look.role)


def keep_whole(label: ElidedLabel, longest: int = _LONGEST_TITLE) -> None:
    """Let a label be cut only after everything beside it was, up to so many pixels."""
    label.setMinimumWidth(min(label.sizeHint().width(), longest))


def address_of(handle: ThingHandle, url: str) -> str:
    """Where a Thing is reached on the network; its name alone while it is not served."""
    return f"{url.rstrip('/')}/{handle.name}/" if url else handle.name
