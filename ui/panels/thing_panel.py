"""The panel of one Thing, in one of three depths; built when it is first shown."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.handles import BenchHandle
from things.errors import ThingError
from things.events import ThingState
from ui.editors import EditorContext
from ui.models.thing import ThingModel
from ui.panels.action_row import ActionRow
from ui.panels.depth import Depth
from ui.panels.field_row import FieldRow
from ui.panels.own_panels import OwnPanelContext, OwnPanels, OwnPart
from ui.panels.panel_body import PanelBody
from ui.panels.panel_header import PanelHeader, address_of
from ui.panels.thing_row import ThingRow
from ui.panels.trouble import Trouble
from ui.tasks import Tasks
from ui.theme import Size
from ui.widgets import Island

_TICK_MS = 1000


class ThingPanel(Island):
    """A Thing as an island. Nothing of its description is read before it is in sight.

    Attributes:
        model: The Thing.
        shows: How much is shown.
        offers_faults: Whether faults can be tried on it; set it before the panel is built.
    """

    live_requested = Signal(str, str)
    """The operator wants to see a stream: the Thing's name and the stream's."""

    invocation_started = Signal(object)
    """An invocation was accepted; its `InvocationSnapshot`."""

    plot_requested = Signal(object)
    """The operator wants to see a value over time; a list of `SeriesKey`."""

    pictures_requested = Signal()
    """The operator wants to see the kept pictures of the Thing."""

    alike_requested = Signal(str, object, str)
    """The operator wants to see the kept pictures made with a value: property, the value in JSON
    form, and in words."""

    depth_changed = Signal()
    """The operator chose another depth."""

    pop_out_asked = Signal()
    """The operator wants the panel in a window of its own."""

    faults_asked = Signal()
    """A developer wants to try faults."""

    def __init__(
        self,
        model: ThingModel,
        bench: BenchHandle,
        context: EditorContext,
        tasks: Tasks,
        depth: Depth = Depth.PANEL,
        parent: QWidget | None = None,
        own_panels: OwnPanels | None = None,
    ) -> None:
        """Build the panel's frame.

        Args:
            model: The Thing.
            bench: The bench it is on.
            context: For the editors.
            tasks: Runs what is asked for.
            depth: How much to show at first.
            parent: The owner.
            own_panels: Panels that drivers bring along; None for none.
        """
        super().__init__(context.theme, parent)
        self._own_panels = own_panels
        self._own: OwnPart | None = None
        self.model = model
        self.shows = depth
        self.offers_faults = False
        self._bench = bench
        self._context = context
        self._tasks = tasks
        self._row: ThingRow | None = None
        self._header: PanelHeader | None = None
        self._trouble: Trouble | None = None
        self._body: PanelBody | None = None
        self._read_once = False
        self._was_seen = False
        self._compact = False
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        model.rebuilt.connect(self._rebuild)
        model.changed.connect(self._catch_up)
        model.run_ended.connect(self._read)
        self.setAccessibleName(model.title)
        self._keep_place()

    def set_depth(self, depth: Depth) -> None:
        """Show more or less."""
        if depth is self.shows:
            return
        self.shows = depth
        if self.isVisible():
            self._come_in_sight()
        else:
            self._keep_place()
        self.depth_changed.emit()

    def set_compact(self, compact: bool) -> None:
        """Make do with less room in a row."""
        self._compact = compact
        if self._row is not None:
            self._row.set_compact(compact)

    def field(self, name: str) -> FieldRow:
        """The row of a property; opens what it is folded in.

        Raises:
            KeyError: There is no such property.
        """
        return self._opened().field(name)

    def action(self, name: str) -> ActionRow:
        """The row of an action.

        Raises:
            KeyError: There is no such action.
        """
        return self._opened().action(name)

    @property
    def body(self) -> PanelBody:
        """Fields and actions, all of them built."""
        body = self._opened()
        body.finish()
        return body

    @property
    def header(self) -> PanelHeader:
        """The head of the panel; built if it was not."""
        self._opened()
        assert self._header is not None
        return self._header

    @property
    def trouble(self) -> Trouble:
        """Why the Thing is not there; built if it was not."""
        self._opened()
        assert self._trouble is not None
        return self._trouble

    def focus_field(self, name: str) -> None:
        """Put the focus into a field."""
        self.field(name).editor.setFocus()

    def open_action(self, name: str, filled: Mapping[str, Any] | None = None) -> None:
        """Open the form of an action."""
        self.action(name).show_form(filled)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Of a hundred Things in a column most are out of sight, and nothing is asked of them.
        if self.shows is not Depth.ROW or self._was_seen:
            self._come_in_sight()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_seen:
            self._was_seen = True
            QTimer.singleShot(0, self, self._come_in_sight)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def _keep_place(self) -> None:
        """Be as high as a row will be, so that what is out of sight is not painted."""
        self.setMinimumHeight(
            0 if self._was_seen or self.shows is not Depth.ROW else Size.THING_ROW
        )

    def _come_in_sight(self) -> None:
        """Have something to show, and go on with it."""
        self._was_seen = True
        self._keep_place()
        if not self.isVisible():
            return
        self._show_depth()
        self._clock.start()
        self._read_first()

    def _opened(self) -> PanelBody:
        if self.shows is Depth.ROW:
            self.set_depth(Depth.PANEL)
        self._build_panel()
        assert self._body is not None
        if self._own is not None:
            self._own.open()
        return self._body

    @property
    def own_part(self) -> OwnPart | None:
        """The panel its driver brings along, where there is one and it is built."""
        return self._own

    def _show_depth(self) -> None:
        if self.shows is Depth.ROW:
            self._build_row()
        else:
            self._build_panel()
        in_row = self.shows is Depth.ROW
        if self._header is not None:
            self._header.setVisible(not in_row)
        self._show_parts()
        if self._row is not None:
            self._row.setVisible(in_row)
        if self._trouble is not None:
            self._trouble.refresh()
            if in_row:
                self._trouble.hide()
        if self._header is not None and not in_row:
            self._header.depth_control.choose(self.shows.value)

    def _show_parts(self) -> None:
        """Show what the driver brings along, what the description gives, or both."""
        own = self._own
        if own is not None:
            own.setVisible(self.shows is Depth.PANEL)
        if self._body is not None:
            folded = own is not None and not own.is_open and self.shows is Depth.PANEL
            self._body.setVisible(self.shows is not Depth.ROW and not folded)

    def _build_own(self) -> None:
        factory = None if self._own_panels is None else self._own_panels.factory_for(self.model)
        if factory is not None and self._own is None:
            context = OwnPanelContext(self.model, self._context, self._tasks)
            self._own = OwnPart(factory, context)
            self._own.opened.connect(lambda _open: self._show_parts())
            self.column.addWidget(self._own)

    def _build_row(self) -> None:
        if self._row is None:
            self._row = ThingRow(
                self._context.theme, self.model, self._bench, self._tasks, self._context.style
            )
            self._row.unfold_asked.connect(lambda: self.set_depth(Depth.PANEL))
            self._row.retry_asked.connect(self._reconnect)
            self._row.set_compact(self._compact)
            self.column.addWidget(self._row)

    def _build_panel(self) -> None:
        everything = self.shows is Depth.EVERYTHING
        if self._header is None:
            self._build_head()
        if not everything:
            self._build_own()
        if self._body is not None and self._body.everything is not everything:
            self._drop_body()
        if self._body is None:
            self._body = PanelBody(
                self.model, self._bench, self._context, self._tasks, everything=everything
            )
            self._body.live_asked.connect(
                lambda stream: self.live_requested.emit(self.model.name, stream)
            )
            self._body.run_started.connect(self.invocation_started)
            self._body.plot_asked.connect(self.plot_requested)
            self._body.pictures_asked.connect(self.pictures_requested)
            self._body.alike_asked.connect(self.alike_requested)
            self.column.addWidget(self._body)

    def _build_head(self) -> None:
        header = self._header = PanelHeader(self._context.theme, self.model)
        header.depth_chosen.connect(self.set_depth)
        header.reconnect_asked.connect(self._reconnect)
        header.reload_asked.connect(self._reload)
        header.read_asked.connect(self._read_all)
        header.address_asked.connect(self._copy_address)
        header.pop_out_asked.connect(self.pop_out_asked)
        header.faults_asked.connect(self.faults_asked)
        header.offers_faults = self.offers_faults
        self.column.addWidget(header)
        trouble = self._trouble = Trouble(self._context.theme, self.model)
        trouble.retry_asked.connect(self._reconnect)
        self.column.addWidget(trouble)

    def _drop_body(self) -> None:
        if self._body is not None:
            self.column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
            self._body = None

    def rebuild(self) -> None:
        """Build it anew: other editors or another panel of its driver's may have come."""
        self._rebuild()

    def _rebuild(self) -> None:
        self._drop_body()
        if self._own is not None:
            self.column.removeWidget(self._own)
            self._own.hide()
            self._own.deleteLater()
            self._own = None
        self._read_once = False
        if self.isVisible() and self._was_seen:
            self._come_in_sight()

    def _catch_up(self) -> None:
        """A Thing that failed at the start has come: now there is something to build."""
        self._read_first()
        empty = self._body is not None and not self._body.field_rows
        if empty and self.model.look_again():
            self._rebuild()

    def _tick(self) -> None:
        if self.shows is Depth.ROW:
            if self._row is not None:
                self._row.tick()
        elif self._body is not None:
            self._body.tick()

    def _read_first(self) -> None:
        """Read what is in sight, once the Thing is there to be asked."""
        there = self.model.state is ThingState.READY
        if there and self._was_seen and not self._read_once and self.isVisible():
            self._read_once = True
            self._read()

    def _read(self) -> None:
        if not self._was_seen:
            return  # it will be read when it comes in sight
        self._tasks.start(self.model.read_unknown(), self.model.title)

    def _read_all(self) -> None:
        self._tasks.start(self.model.read_all(), self.model.title)

    def _reconnect(self) -> None:
        self._tasks.start(self._try(self.model.handle.reconnect()), self.model.title)

    def _reload(self) -> None:
        self._tasks.start(self._try(self.model.handle.reload()), self.model.title)

    async def _try(self, attempt: Coroutine[Any, Any, None]) -> None:
        if self._trouble is not None:
            self._trouble.set_trying(True)
        failure = ""
        try:
            await attempt
        except ThingError as error:
            failure = str(error) or type(error).__name__
        if self._trouble is not None:
            self._trouble.set_trying(False, failure)
        if not failure:
            await self.model.read_unknown()

    def _copy_address(self) -> None:
        address = address_of(self.model.handle, self._bench.server.url)
        QGuiApplication.clipboard().setText(address)
