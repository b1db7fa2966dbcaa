"""The column of panels at the right, one for each Thing of the bench."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QByteArray, QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.handles import BenchHandle, ThingHandle
from things.events import Event, ThingAdded, ThingRemoved
from ui.bridge import Bridge
from ui.editors import ChooseArchived, EditorContext, number_style
from ui.models.action import Silence, never_silent
from ui.models.thing import ThingModel
from ui.panels.bench_files import BenchFiles
from ui.panels.depth import Depth
from ui.panels.own_panels import OwnPanels
from ui.panels.panel_column import Arrangement, PanelColumn
from ui.panels.panel_window import PanelWindow
from ui.panels.thing_panel import ThingPanel
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import Island, ReasonLabel

_IN_WINDOW = " in a window"
"""After the name of a Thing, which has no space, in what is remembered."""

_ARRANGEMENT = "all panels"
"""Under this, which is no Thing's name, how they stand."""

OPEN_AT_FIRST = 2
"""So many Things begin as panels, the others as rows; where room is short, one."""


class PanelsArea(QWidget):
    """A column of islands that scrolls. A Thing that is not in sight costs next to nothing."""

    live_requested = Signal(str, str)
    """The operator wants to see a stream: the Thing's name and the stream's."""

    plot_requested = Signal(object)
    """The operator wants to see a value over time; a list of `SeriesKey`."""

    pictures_requested = Signal(str)
    """The operator wants to see the kept pictures of a Thing; its name."""

    alike_requested = Signal(str, str, object, str)
    """The operator wants to see the kept pictures made with a value: Thing, property, the value
    in JSON form, and in words."""

    invocation_started = Signal(object)
    """An invocation was accepted; its `InvocationSnapshot`."""

    faults_asked = Signal(str)
    """A developer wants to try faults on a Thing; its name."""

    def __init__(
        self,
        bench: BenchHandle,
        theme: Theme,
        tasks: Tasks,
        bridge: Bridge,
        parent: QWidget | None = None,
        own_panels: OwnPanels | None = None,
        archived: ChooseArchived | None = None,
    ) -> None:
        """Build a panel for every Thing of a bench.

        Args:
            bench: What is shown.
            theme: How it looks.
            tasks: Runs what is asked for.
            bridge: Brings the events.
            parent: The owner.
            own_panels: Panels that drivers bring along; None for none.
            archived: Lets the operator choose a file of the archive; None where there is none.
        """
        super().__init__(parent)
        self._own_panels = own_panels
        self._bench = bench
        self._theme = theme
        self._tasks = tasks
        self._compact = False
        self._chosen: set[str] = set()
        self._windows: dict[str, PanelWindow] = {}
        self.panels: dict[str, ThingPanel] = {}
        files = BenchFiles(bench).of_type
        style = number_style(self.locale())
        context = EditorContext(theme, style, files=files, archived=archived)
        self._column = PanelColumn()
        self._bridge = bridge
        self._context = context
        self._offers_faults = False
        self._silence: Silence = never_silent
        self.nothing = self._told_nothing()
        for handle in bench.things.values():
            self._add(handle)
        bridge.on(ThingAdded, self._added, owner=self)
        bridge.on(ThingRemoved, self._removed, owner=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.nothing)
        column.addWidget(self._column, 1)
        self._arrange()

    @property
    def widget(self) -> QWidget:
        """The column itself."""
        return self

    def panel(self, thing: str) -> ThingPanel:
        """The panel of a Thing.

        Raises:
            KeyError: There is no such Thing.
        """
        return self.panels[thing]

    def hear_silence(self, silence: Silence) -> None:
        """Say of runs that they give no sign of life.

        Args:
            silence: For how many seconds a run has said nothing, by its id.
        """
        self._silence = silence

    def show_thing(self, thing: str) -> None:
        """Bring the panel of a Thing in sight, unfolded."""
        panel = self.panels.get(thing)
        if panel is None:
            return
        if panel.shows is Depth.ROW:
            self._chosen.add(thing)
            panel.set_depth(Depth.PANEL)
        self._bring_in_sight(thing, panel)

    @property
    def arrangement(self) -> Arrangement:
        """How the panels stand."""
        return self._column.arrangement

    def arrange(self, arrangement: Arrangement) -> None:
        """Have the panels stand one above the other, beside each other, or one at a time."""
        self._column.arrange(arrangement)

    def pop_out(self, thing: str, place: QPoint | None = None) -> None:
        """Give the panel of a Thing a window of its own.

        Args:
            thing: Its name; nothing happens where there is no such Thing.
            place: Where on the screen; None for wherever the desktop puts it.
        """
        if thing in self.panels:
            self._pop_out(thing)
            if place is not None:
                self._windows[thing].move(place)

    def show_property(self, thing: str, name: str) -> None:
        """Bring a field in sight and put the focus into it."""
        self.show_thing(thing)
        panel = self.panels.get(thing)
        if panel is not None and name in panel.model.fields:
            panel.focus_field(name)
            self._bring_in_sight(thing, panel.field(name))

    def show_action(self, thing: str, action: str, filled: Mapping[str, Any] | None = None) -> None:
        """Open the form of an action, filled with an input where one is given."""
        self.show_thing(thing)
        panel = self.panels.get(thing)
        if panel is not None and action in panel.model.actions:
            panel.open_action(action, filled)
            self._bring_in_sight(thing, panel.action(action))

    def ask_action(self, thing: str, action: str, filled: Mapping[str, Any]) -> None:
        """Open the form of an action with an input, and ask there whether to run it."""
        self.show_action(thing, action, filled)
        panel = self.panels.get(thing)
        if panel is not None and action in panel.model.actions:
            panel.action(action).ask_or_run()
            self._bring_in_sight(thing, panel.action(action))

    def set_compact(self, compact: bool) -> None:
        """Make do with less room: Things nobody chose fold to rows."""
        if compact is not self._compact:
            self._compact = compact
            for panel in self.panels.values():
                panel.set_compact(compact)
            self._arrange()

    def offer_faults(self) -> None:
        """Have an entry to try faults in the menu of every panel."""
        self._offers_faults = True
        for panel in self.panels.values():
            panel.offers_faults = True

    def rebuild(self) -> None:
        """Build every panel anew, with the editors and panels there are now."""
        for panel in self.panels.values():
            panel.rebuild()

    def layout_state(self) -> dict[str, str]:
        """What the operator chose, to be remembered.

        The depth of panels by the names of their Things, and where those stand that have a window
        of their own.
        """
        depths = {name: self.panels[name].shows.value for name in sorted(self._chosen)}
        windows = {
            f"{name}{_IN_WINDOW}": bytes(window.saveGeometry().toBase64().data()).decode()
            for name, window in self._windows.items()
        }
        stand = {_ARRANGEMENT: self.arrangement.value}
        return {
            **depths,
            **windows,
            **(stand if self.arrangement is not Arrangement.COLUMN else {}),
        }

    def restore_layout(self, state: Mapping[str, str]) -> None:
        """Take remembered depths; what is not understood is left as it is."""
        known = {depth.value: depth for depth in Depth}
        arrangements = {each.value: each for each in Arrangement}
        self.arrange(arrangements.get(state.get(_ARRANGEMENT, ""), Arrangement.COLUMN))
        for name, value in state.items():
            if name in self.panels and value in known:
                self._chosen.add(name)
                self.panels[name].set_depth(known[value])
            thing = name.removesuffix(_IN_WINDOW)
            if thing != name and thing in self.panels:
                self._pop_out(thing)
                self._windows[thing].restoreGeometry(QByteArray.fromBase64(value.encode()))

    def reset_layout(self) -> None:
        """Forget what was chosen; every panel comes back."""
        for window in list(self._windows.values()):
            window.close()
        self._column.arrange(Arrangement.COLUMN)
        self._chosen.clear()
        self._arrange()

    def _told_nothing(self) -> Island:
        """What stands here while there is no Thing."""
        island = Island(self._theme)
        words = self.tr("Every Thing of the bench has its panel here. There is none yet.")
        told = ReasonLabel(self._theme)
        told.say(None, words)
        island.column.setContentsMargins(*(Size.PADDING,) * 4)
        island.column.addWidget(told)
        return island

    def _add(self, handle: ThingHandle) -> ThingPanel:
        self.nothing.hide()
        model = ThingModel(handle, self._context.style, self)
        model.silence = self._silent_s
        model.catch_up(list(self._bench.invocations()))
        self._bridge.on(Event, model.apply, thing=handle.name, owner=model)
        panel = ThingPanel(
            model, self._bench, self._context, self._tasks, own_panels=self._own_panels
        )
        panel.offers_faults = self._offers_faults
        self._connect(panel)
        self.panels[handle.name] = panel
        self._column.add(panel)
        return panel

    def _silent_s(self, run: UUID) -> float:
        return self._silence(run)

    def _added(self, event: ThingAdded) -> None:
        handle = self._bench.things.get(event.thing)
        known = self.panels.get(event.thing)
        if known is not None and known.model.handle is not handle:
            self._drop(event.thing)
            known = None
        if handle is not None and known is None:
            self._add(handle).set_compact(self._compact)
            self._arrange()

    def _removed(self, event: ThingRemoved) -> None:
        # It may have come back under the same name meanwhile.
        if event.thing in self.panels and event.thing not in self._bench.things:
            self._drop(event.thing)

    def _drop(self, name: str) -> None:
        window = self._windows.get(name)
        if window is not None:
            window.close()
        panel = self.panels.pop(name)
        self.nothing.setVisible(not self.panels)
        self._column.take(panel)
        self._chosen.discard(name)
        panel.hide()
        panel.model.deleteLater()
        panel.deleteLater()

    def _connect(self, panel: ThingPanel) -> None:
        name = panel.model.name
        panel.live_requested.connect(self.live_requested)
        panel.plot_requested.connect(self.plot_requested)
        panel.pictures_requested.connect(lambda: self.pictures_requested.emit(name))
        panel.alike_requested.connect(partial(self.alike_requested.emit, name))
        panel.invocation_started.connect(self.invocation_started)
        panel.depth_changed.connect(lambda: self._chosen.add(name))
        panel.pop_out_asked.connect(lambda: self._pop_out(name))
        panel.faults_asked.connect(lambda: self.faults_asked.emit(name))

    def _arrange(self) -> None:
        chosen = set(self._chosen)
        room = 1 if self._compact else OPEN_AT_FIRST
        for i, (name, panel) in enumerate(self.panels.items()):
            if name not in chosen:
                panel.set_depth(Depth.PANEL if i < room else Depth.ROW)
        # What was arranged here is nobody's choice.
        self._chosen = chosen

    def _bring_in_sight(self, thing: str, widget: QWidget) -> None:
        window = self._windows.get(thing)
        if window is not None:
            window.raise_()
            window.activateWindow()
            return
        self._column.bring_in_sight(widget)

    def _pop_out(self, name: str) -> None:
        if name in self._windows:
            self._bring_in_sight(name, self.panels[name])
            return
        panel = self.panels[name]
        self._column.take(panel)
        window = PanelWindow(self._theme, panel, self._bench, self._tasks, self.window())
        self._windows[name] = window
        window.closing.connect(lambda: self._take_back(name))
        window.show()

    def _take_back(self, name: str) -> None:
        self._windows.pop(name)
        place = list(self.panels).index(name)
        before = sum(other not in self._windows for other in list(self.panels)[:place])
        self._column.add(self.panels[name], before)
        self.panels[name].show()
