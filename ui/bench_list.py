"""The bench at the left: every Thing with its state, searchable, broken ones included."""

from __future__ import annotations

import html

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QCursor,
    QDrag,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from things.events import Event
from ui.bridge import Bridge
from ui.icons import icon, paint_icon
from ui.models.bench_list import BenchListModel, Index, Role
from ui.states import LOOKS, State
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import IconButton, PlainLabel, SearchBox

FLUSH_MS = 200
"""How often live values in the list are brought up to date."""

_GROUP_HEIGHT = 28


class BenchRowDelegate(QStyledItemDelegate):
    """Paints groups and Things; 48 pixels a Thing, or 32 in one line where room is short."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.compact = False

    @override
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        if not index.data(Role.NAME):
            return QSize(80, _GROUP_HEIGHT)
        return QSize(80, Size.BENCH_ROW_COMPACT if self.compact else Size.BENCH_ROW)

    def retry_area(self, row: QRect) -> QRect:
        """Where 'try again' stands in the row of a Thing that is not there."""
        side = 24
        if self.compact:
            return QRect(row.right() - side - 2, row.center().y() - side // 2 + 1, side, side)
        return QRect(row.right() - side - 4, row.bottom() - side - 1, side, side)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if index.data(Role.NAME):
            self._paint_thing(painter, rect, state, index)
        else:
            self._paint_group(painter, rect, index)
        painter.restore()

    def _paint_group(self, painter: QPainter, rect: QRect, index: Index) -> None:
        chevron = QRect(rect.left() + 2, rect.top(), 14, rect.height())
        glyph = "closed" if index.data(Role.FOLDED) else "open"
        paint_icon(painter, self._theme, glyph, chevron, "secondary")
        painter.setPen(self._theme.colours.secondary)
        painter.setFont(self._theme.font(TextSize.SMALL, strong=True))
        words = rect.adjusted(20, 0, -4, 0)
        self._text(painter, words, index.data())

    def _paint_thing(
        self, painter: QPainter, rect: QRect, flags: QStyle.StateFlag, index: Index
    ) -> None:
        colours = self._theme.colours
        area = QRectF(rect).adjusted(0, 0.5, 0, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if flags & QStyle.StateFlag.State_Selected:
            painter.setBrush(colours.selection)
            painter.drawRoundedRect(area, 6, 6)
        elif flags & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(area, 6, 6)
        if flags & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)
        state: State = index.data(Role.STATE)
        look = LOOKS[state]
        first = QRect(rect.left() + 36, rect.top(), rect.width() - 36 - 10, rect.height())
        if not self.compact:
            first.setTop(rect.top() + 5)
            first.setHeight(20)
        retry = bool(index.data(Role.CAN_RETRY))
        if retry:
            place = self.retry_area(rect)
            paint_icon(painter, self._theme, "retry", place.adjusted(4, 4, -4, -4), "secondary")
            if self.compact:
                first.setRight(place.left() - 2)
        mark = QRect(rect.left() + 11, first.top(), Size.ICON, first.height())
        paint_icon(painter, self._theme, look.icon, mark, look.role)
        painter.setFont(self._theme.font(TextSize.SMALL))
        painter.setPen(colours.role(look.role))
        word = painter.fontMetrics().horizontalAdvance(look.word)
        painter.drawText(
            first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, look.word
        )
        painter.setFont(self._theme.font())
        painter.setPen(colours.text)
        self._text(painter, first.adjusted(0, 0, -word - 8, 0), index.data())
        if not self.compact:
            second = QRect(first.left(), first.bottom() + 1, first.width(), 16)
            if retry:
                second.setRight(self.retry_area(rect).left())
            painter.setFont(self._theme.font(TextSize.SMALL))
            painter.setPen(colours.secondary)
            self._text(painter, second, index.data(Role.SECOND_LINE))

    @staticmethod
    def _text(painter: QPainter, area: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(
            " ".join(text.split()), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    @override
    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.data(Role.NAME):
            return False
        lines = [f"{index.data()}: {LOOKS[index.data(Role.STATE)].word}"]
        if index.data(Role.SECOND_LINE):
            lines.append(index.data(Role.SECOND_LINE))
        # Names and reasons come from devices: never markup.
        told = "<br>".join(html.escape(line) for line in lines)
        QToolTip.showText(event.globalPos(), f"<qt>{told}</qt>", view)
        return True


class BenchView(QListView):
    """The list itself.

    Attributes:
        chosen: A Thing was clicked, or Enter pressed on it; its name.
        retry: Somebody wants a failed or absent Thing tried again; its name.
        reload: Its driver is to be read again and the Thing opened anew; its name.
        remove: It is to be taken off the bench; its name.
        faults: Somebody wants to try faults on a Thing; its name.
        dragged_out: A Thing was dropped outside of all our windows, at this place of the screen.
        offers_removal: Whether the menu has an entry for that.
        offers_faults: Whether the menu has an entry for that.
    """

    chosen = Signal(str)
    retry = Signal(str)
    reload = Signal(str)
    remove = Signal(str)
    faults = Signal(str)
    dragged_out = Signal(str, QPoint)

    def __init__(self, theme: Theme, model: BenchListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offers_faults = False
        self.offers_removal = False
        self._theme = theme
        self._rows = model
        self._delegate = BenchRowDelegate(theme, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Things of this bench"))
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("QListView { background: transparent; border: none; }")
        theme.changed.connect(self.viewport().update)

    def set_compact(self, compact: bool) -> None:
        """One line a Thing instead of two."""
        if self._delegate.compact != compact:
            self._delegate.compact = compact
            self.scheduleDelayedItemsLayout()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            if not index.data(Role.NAME):
                self._rows.toggle_group(index.data(Role.GROUP))
                return
            place = self._delegate.retry_area(self.visualRect(index))
            if index.data(Role.CAN_RETRY) and place.contains(event.position().toPoint()):
                self.retry.emit(index.data(Role.NAME))
                return
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.chosen.emit(index.data(Role.NAME))

    @override
    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Drag the Thing that was pressed on; Qt's own would draw the whole row."""
        index = self.currentIndex()
        name = index.data(Role.NAME) if index.isValid() else ""
        if not name:
            return
        drag = QDrag(self)
        drag.setMimeData(self._rows.mimeData([index]))
        drag.setPixmap(icon(self._theme, "thing", "text").pixmap(24, 24))
        taken = drag.exec(Qt.DropAction.CopyAction)
        if taken is Qt.DropAction.IgnoreAction and QApplication.widgetAt(QCursor.pos()) is None:
            self.dragged_out.emit(name, QCursor.pos())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        name = index.data(Role.NAME) if index.isValid() else None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and name:
            self.chosen.emit(name)
            return
        super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.pos()
        index = self.indexAt(place)
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.visualRect(index).center() if index.isValid() else QPoint(0, 0)
        if index.isValid() and index.data(Role.NAME):
            self.menu_for(index).popup(self.viewport().mapToGlobal(place))

    def menu_for(self, index: QModelIndex) -> QMenu:
        """What can be done with a Thing; the menu deletes itself when it is closed."""
        name = index.data(Role.NAME)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        show = QAction(self.tr("Show its panel"), menu)
        show.triggered.connect(lambda _checked=False: self.chosen.emit(name))
        menu.addAction(show)
        first = index.data(Role.STATE) is State.NOT_STARTED
        words = self.tr("Start") if first else self.tr("Try again")
        again = QAction(icon(self._theme, "retry", "secondary"), words, menu)
        again.setEnabled(bool(index.data(Role.CAN_RETRY)))
        again.triggered.connect(lambda _checked=False: self.retry.emit(name))
        menu.addAction(again)
        anew = QAction(self.tr("Read its driver again"), menu)
        anew.triggered.connect(lambda _checked=False: self.reload.emit(name))
        menu.addAction(anew)
        if self.offers_removal:
            menu.addSeparator()
            menu.addAction(self.tr("Remove from the bench…"), lambda: self.remove.emit(name))
        if self.offers_faults:
            menu.addSeparator()
            menu.addAction(self.tr("Faults…"), lambda: self.faults.emit(name))
        return menu


class BenchList(QWidget):
    """Search box and list; the header of its dock offers folding.

    Attributes:
        chosen: A Thing was chosen; its name.
        fold_button: For the dock's header: folds or unfolds all groups.
    """

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        model: BenchListModel,
        bridge: Bridge,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._tasks = tasks
        self._selected = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.GRID, 0, Size.GRID, Size.GRID)
        column.setSpacing(6)
        self.search = SearchBox(theme, self.tr("Find a Thing or property"))
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        framed = QVBoxLayout()
        framed.setContentsMargins(4, 0, 4, 0)
        framed.addWidget(self.search)
        column.addLayout(framed)
        self.view = BenchView(theme, model)
        self.view.chosen.connect(self.select)
        self.view.chosen.connect(self.chosen)
        self.view.retry.connect(self.try_again)
        self.view.reload.connect(self.read_driver_again)
        column.addWidget(self.view, 1)
        self.empty = PlainLabel(theme, tone="secondary", size=TextSize.SMALL)
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(4, 0, 4, 0)
        column.insertWidget(1, self.empty)
        self.fold_button = IconButton(theme, "fold", self.tr("Fold all groups"))
        self.fold_button.clicked.connect(self._fold_all)
        model.modelReset.connect(self._arranged)
        self._flush = QTimer(self)
        self._flush.setInterval(FLUSH_MS)
        self._flush.timeout.connect(model.flush)
        self._flush.start()
        bridge.on(Event, model.apply, owner=self)
        self._say_empty()

    def set_compact(self, compact: bool) -> None:
        """One line a Thing instead of two."""
        self.view.set_compact(compact)

    def select(self, name: str) -> None:
        """Mark a Thing as the one that is looked at, without telling anybody."""
        self._selected = name
        index = self._model.index_of(name)
        if index.isValid():
            self.view.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def try_again(self, name: str) -> None:
        """Try to bring a Thing back; it says itself how that went."""
        handle = self._model.handle(name)
        self._tasks.start(handle.reconnect(), self.tr("Trying {0} again").format(handle.title))

    def read_driver_again(self, name: str) -> None:
        """Read a Thing's driver again and open it anew; it says itself how that went."""
        handle = self._model.handle(name)
        words = self.tr("Reading the driver of {0} again").format(handle.title)
        self._tasks.start(handle.reload(), words)

    @override
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Arrow down leads from the search box into the list."""
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self._enter_list(choose=event.key() != Qt.Key.Key_Down)
            return True
        return False

    def _enter_list(self, *, choose: bool) -> None:
        for number in range(self._model.rowCount()):
            index = self._model.index(number)
            if index.data(Role.NAME):
                self.view.setCurrentIndex(index)
                self.view.setFocus(Qt.FocusReason.TabFocusReason)
                if choose:
                    self.chosen.emit(index.data(Role.NAME))
                return

    def _search(self, text: str) -> None:
        self._model.set_filter(text)

    def _fold_all(self) -> None:
        self._model.fold_all(not self._model.all_folded)

    def _say_empty(self) -> None:
        """Say why there are no rows."""
        words = ""
        if not self._model.rowCount():
            words = self.tr("There is no Thing on this bench yet.")
            if self.search.text():
                words = self.tr("No Thing and no property is called so.")
        self.empty.setText(words)
        self.empty.setVisible(bool(words))

    def _arranged(self) -> None:
        self._say_empty()
        self.select(self._selected)
        folded = self._model.all_folded
        self.fold_button.set_glyph("unfold" if folded else "fold")
        self.fold_button.set_name(
            self.tr("Unfold all groups") if folded else self.tr("Fold all groups")
        )
