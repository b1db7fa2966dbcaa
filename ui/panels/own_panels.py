"""Panels that driver packages bring along for their own Things."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.editors import EditorContext
from ui.editors.fold import FoldButton
from ui.models.thing import ThingModel
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size
from ui.widgets import ReasonLabel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnPanelContext:
    """What a panel of a driver's own is made from.

    Attributes:
        model: The Thing: its fields and actions; `model.handle` reads, writes and invokes, here
            and over the network alike.
        editors: Look and numbers, and the context for `ui.editors.make_editor`.
        tasks: Runs coroutines of the handle; what fails is told to the operator.
    """

    model: ThingModel
    editors: EditorContext
    tasks: Tasks


OwnPanelFactory = Callable[[OwnPanelContext, QWidget], QWidget]
"""Makes the widget of a panel; the second argument is its parent."""


class OwnPanels:
    """Which classes of Things have a panel of their own."""

    def __init__(self) -> None:
        self._factories: dict[str, OwnPanelFactory] = {}

    def register(self, class_path: str, factory: OwnPanelFactory) -> None:
        """Have a panel for a class of Things.

        Args:
            class_path: 'module:Class', as `lw:class` in the Thing Description.
            factory: Makes it.
        """
        self._factories[class_path] = factory

    def factory_for(self, model: ThingModel) -> OwnPanelFactory | None:
        """Who makes the panel of a Thing; None for the one that is built from its description."""
        return self._factories.get(str(model.description.get("lw:class", "")))


class OwnPart(QWidget):
    """A driver's own panel, with what the description gives folded beneath it.

    One that cannot be made says why, and the description's panel stands open.

    Attributes:
        opened: The rest was opened or closed.
        trouble: Why it could not be made; '' if it could.
    """

    opened = Signal(bool)

    def __init__(self, factory: OwnPanelFactory, context: OwnPanelContext) -> None:
        super().__init__()
        self.trouble = ""
        theme = context.editors.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.GRID)
        column.setSpacing(Size.GRID)
        self.fold = FoldButton(theme, self.tr("All values and actions"), role="secondary")
        try:
            column.addWidget(factory(context, self))
        except Exception as error:
            self.trouble = str(error) or type(error).__name__
            name = context.model.name
            _log.exception("The own panel of %s cannot be made", name)
            reason = ReasonLabel(theme)
            words = self.tr("Its own panel is left out: {0}").format(self.trouble)
            reason.say(State.FAULT, words)
            column.addWidget(reason)
            self.fold.set_open(True)
            self.fold.hide()
        column.addWidget(self.fold)
        self.fold.turned.connect(self.opened)

    @property
    def is_open(self) -> bool:
        """Whether the rest is shown too."""
        return self.fold.is_open

    def open(self) -> None:
        """Show the rest too."""
        self.fold.set_open(True)
