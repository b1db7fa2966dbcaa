"""The list of Things at the left: groups, states and up to three live values each."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from typing_extensions import override

from app.actions.events import InvocationChanged
from app.handles import BenchHandle, InvocationSnapshot, InvocationStatus, ThingHandle
from things.events import (
    Event,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingAdded,
    ThingRemoved,
    ThingState,
    ThingStateChanged,
)
from ui.models.numbers import PLAIN, NumberStyle, format_value
from ui.models.schema import DataSchema, Kind
from ui.states import LOOKS, State, state_of_thing
from ui.thing_drop import MIME_TYPE, thing_as_mime

VALUES: Final = 3
"""How many live values stand in the second line."""

_SHOWN_KINDS: Final = (Kind.VECTOR, Kind.NUMBER, Kind.INTEGER, Kind.ENUM, Kind.STRING)


class Role(enum.IntEnum):
    """What the model answers beside Qt's own roles."""

    NAME = Qt.ItemDataRole.UserRole + 1
    """The name of the Thing; '' for a group."""
    STATE = Qt.ItemDataRole.UserRole + 2
    """A `State`; None for a group."""
    SECOND_LINE = Qt.ItemDataRole.UserRole + 3
    """Live values, or the reason why there are none."""
    FOLDED = Qt.ItemDataRole.UserRole + 4
    """For a group whether it is folded; None for a Thing."""
    CAN_RETRY = Qt.ItemDataRole.UserRole + 5
    """Whether trying again to reach it makes sense."""
    GROUP = Qt.ItemDataRole.UserRole + 6
    """The group a group row stands for, as `toggle_group` takes it; None for a Thing."""


@dataclass(slots=True, eq=False)
class _Thing:
    handle: ThingHandle
    group: str
    schemas: dict[str, DataSchema]
    watched: tuple[str, ...]
    live: set[str] = field(default_factory=set)
    running: dict[UUID, InvocationSnapshot] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """Properties whose last reading failed, and why."""

    @property
    def state(self) -> State:
        return state_of_thing(self.handle.state, running=bool(self.running), live=bool(self.live))


@dataclass(slots=True, eq=False)
class _Group:
    title: str


_Row = _Thing | _Group
Index = QModelIndex | QPersistentModelIndex
"""Either kind of model index, as Qt hands them to models and delegates."""

_NO_INDEX = QModelIndex()


class BenchListModel(QAbstractListModel):
    """One row a group and a Thing, searchable, groups foldable.

    Events are cheap to take in: a change only marks its row, and `flush`, called a few times a
    second, tells the view.
    """

    def __init__(
        self, bench: BenchHandle, style: NumberStyle = PLAIN, parent: QObject | None = None
    ) -> None:
        """All Things of a bench, failed ones included.

        Args:
            bench: What to list.
            style: The signs numbers are written with.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._bench = bench
        self._style = style
        self._things = {name: _listed(thing) for name, thing in bench.things.items()}
        self._folded: set[str] = set()
        self._filter = ""
        self._found: dict[str, str] = {}
        self._marked: set[str] = set()
        self._rows: list[_Row] = []
        for snapshot in bench.invocations():
            self._follow(snapshot)
        self._arrange()

    # Qt's side.

    @override
    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self._rows[index.row()], _Group):
            return Qt.ItemFlag.ItemIsEnabled
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    @override
    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return thing_as_mime(next((str(each.data(Role.NAME)) for each in indexes), ""))

    @override
    def data(
        self,
        index: Index,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        return self._of_group(row, role) if isinstance(row, _Group) else self._of_thing(row, role)

    def _of_group(self, row: _Group, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.title or self.tr("Other")
        if role == Role.GROUP:
            return row.title
        if role == Role.NAME:
            return ""
        if role == Role.FOLDED:
            return row.title in self._folded
        return None

    def _of_thing(self, row: _Thing, role: int) -> Any:
        handle = row.handle
        if role == Qt.ItemDataRole.DisplayRole:
            return handle.title
        if role == Role.NAME:
            return handle.name
        if role == Role.STATE:
            return row.state
        if role == Role.SECOND_LINE:
            return self._second_line(row)
        if role == Role.CAN_RETRY:
            return handle.state.can_be_tried
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{handle.title}, {LOOKS[row.state].word}, {self._second_line(row)}"
        return None

    # What the operator does.

    @property
    def filter(self) -> str:
        """What is searched for."""
        return self._filter

    def set_filter(self, text: str) -> None:
        """Show Things whose name, or one of whose properties, contains every word of `text`."""
        self._filter = text
        self._rearrange()

    def toggle_group(self, title: str) -> None:
        """Fold or unfold a group."""
        self._folded ^= {title}
        self._rearrange()

    def fold_all(self, folded: bool) -> None:
        """Fold or unfold all groups."""
        self._folded = {row.group for row in self._things.values()} if folded else set()
        self._rearrange()

    @property
    def all_folded(self) -> bool:
        """Whether every group is folded."""
        return self._folded >= {row.group for row in self._things.values()}

    def index_of(self, name: str) -> QModelIndex:
        """Where a Thing stands; an invalid index where it is not shown."""
        for number, row in enumerate(self._rows):
            if isinstance(row, _Thing) and row.handle.name == name:
                return self.index(number)
        return QModelIndex()

    def handle(self, name: str) -> ThingHandle:
        """The handle of a Thing.

        Raises:
            KeyError: There is no such Thing.
        """
        return self._things[name].handle

    # What comes from the bench.

    def apply(self, event: Event) -> None:
        """Take an event in; the view hears of it at the next `flush`."""
        thing = self._things.get(event.thing)
        if isinstance(event, PropertyChanged):  # first: of these there may be thousands a second
            if thing is None:
                return
            if thing.unread:
                thing.unread.pop(event.name, None)
            if event.name not in thing.watched and self._found.get(event.thing) != event.name:
                return
        elif isinstance(event, (ThingAdded, ThingRemoved)):
            self._come_and_go()
            return
        elif thing is None:
            return
        elif isinstance(event, PropertyFailed):
            thing.unread[event.name] = event.reason
        elif isinstance(event, StreamChanged):
            (thing.live.add if event.live else thing.live.discard)(event.name)
        elif isinstance(event, InvocationChanged):
            self._follow(event.snapshot)
        elif isinstance(event, ThingStateChanged):
            if event.state is not ThingState.READY:
                thing.live.clear()
            # What failed to start had no description until now.
            self._things[event.thing] = fresh = _listed(thing.handle)
            fresh.live, fresh.running = thing.live, thing.running
            if fresh.group != thing.group:
                self._rearrange()
                return
            self._rows = [fresh if row is thing else row for row in self._rows]
        self._marked.add(event.thing)

    def flush(self) -> None:
        """Tell the view of all rows that changed since the last time."""
        if not self._marked:
            return
        marked, self._marked = self._marked, set()
        for number, row in enumerate(self._rows):
            if isinstance(row, _Thing) and row.handle.name in marked:
                index = self.index(number)
                self.dataChanged.emit(index, index)

    # Inside.

    def _come_and_go(self) -> None:
        """List what is on the bench now; those that stay keep what is known of them."""
        now = self._bench.things
        known = self._things
        self._things = {
            name: known[name] if name in known and known[name].handle is handle else _listed(handle)
            for name, handle in now.items()
        }
        self._rearrange()

    def _follow(self, snapshot: InvocationSnapshot) -> None:
        thing = self._things.get(snapshot.thing)
        if thing is None:
            return
        if snapshot.status is InvocationStatus.RUNNING:
            thing.running[snapshot.id] = snapshot
        else:
            thing.running.pop(snapshot.id, None)

    def _second_line(self, row: _Thing) -> str:
        handle = row.handle
        if handle.state.can_be_tried or handle.state is ThingState.CLOSED:
            return handle.reason
        found = self._found.get(handle.name)
        names = (found,) if found else row.watched
        for name in names:
            if name in row.unread:
                # An old value would pass for a new one.
                title = row.schemas[name].title
                return f"{title}: {row.unread[name].removeprefix(f'{name}: ')}"
        parts: list[str] = []
        for name in names:
            reading = handle.last(name)
            if reading is None or reading.value is None:
                continue
            schema = row.schemas[name]
            text = format_value(reading.value, schema, self._style)
            parts.append(f"{_lower(schema.title)} {text}" if parts or found else text)
        return ", ".join(parts)

    def _rearrange(self) -> None:
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        words = self._filter.casefold().split()
        self._found = {}
        groups: dict[str, list[_Thing]] = {}
        for thing in self._things.values():
            if words and not self._matches(thing, words):
                continue
            groups.setdefault(thing.group, []).append(thing)
        self._rows = []
        for title, things in groups.items():
            # A bench without groups is a plain list.
            if title or len(groups) > 1:
                self._rows.append(_Group(title))
            if words or title not in self._folded:
                self._rows.extend(things)

    def _matches(self, thing: _Thing, words: Sequence[str]) -> bool:
        """Whether a Thing is found; remembers the property by which it was."""
        handle = thing.handle
        own = f"{handle.title} {handle.name} {thing.group}".casefold()
        if all(word in own for word in words):
            return True
        for name, schema in thing.schemas.items():
            hay = f"{own} {schema.title} {name}".casefold()
            if all(word in hay for word in words):
                self._found[handle.name] = name
                return True
        return False


def _listed(handle: ThingHandle) -> _Thing:
    description: Mapping[str, Any] = handle.describe()
    properties = description.get("properties") or {}
    schemas = {name: DataSchema(raw, name) for name, raw in properties.items()}
    return _Thing(
        handle,
        handle.group,
        schemas,
        telling(schemas),
    )


def telling(schemas: Mapping[str, DataSchema]) -> tuple[str, ...]:
    """The few properties that tell most of a Thing: where it is, what it measures, its target."""
    shown = {
        name: schema
        for name, schema in schemas.items()
        if schema.kind in _SHOWN_KINDS and not schema.write_only and schema.format != "password"
    }
    vectors = [name for name, schema in shown.items() if schema.kind is Kind.VECTOR]
    if vectors:
        return tuple(vectors[:1])
    ranked = sorted(shown, key=lambda name: _rank(shown[name]))
    return tuple(ranked[:VALUES])


def _rank(schema: DataSchema) -> tuple[bool, bool, int]:
    """Numbers first; then what stands outside the groups; then what is measured all the time."""
    numeric = schema.kind in (Kind.NUMBER, Kind.INTEGER)
    # What can neither be set nor is read by itself hardly changes: a pixel size, a serial number.
    settled = 2 if schema.read_only else 1
    liveliness = 0 if "lw:poll" in schema.raw else settled
    return not numeric, bool(schema.raw.get("lw:group")), liveliness


def _lower(title: str) -> str:
    """A title in the middle of a line: 'Target' becomes 'target', 'LED' stays."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
