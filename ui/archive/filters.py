"""Which files are shown: words, Thing, kind, time, tag, sample, the trash, and more on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStyledItemDelegate, QVBoxLayout, QWidget

from app.archive.records import FileQuery, FileState
from things.events import now
from ui.activity.wording import one_line
from ui.archive.narrowing import Narrowing, narrowed, with_words
from ui.archive.narrowing_chips import NarrowingChips
from ui.theme import Size, Theme
from ui.widgets import ComboBox, IconButton, SearchBox

TYPED_MS: Final = 250
"""The archive is asked when nothing was typed for so long."""

_WIDEST: Final = 150
"""Of a box, in pixels: what is left over belongs to the words."""

_MOST_IN_SIGHT: Final = 16

_DAYS: Final = (2, 7, 30, 365)


class FileFilters(QWidget):
    """A row of choices. Every one of them is a part of a `FileQuery`.

    Attributes:
        changed: Another question is asked.
        search: The words; also the id of a run, or a SHA-256.
        more_button: More to find files by is wanted.
        clear_button: Leaves nothing out; at rest while nothing is.
        chips: What else is asked for.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchBox(theme, self.tr("Find a file"))
        self.search.setToolTip(self.tr("By its name, tags, notes, sample or the values in it"))
        self.search.setMinimumWidth(130)
        self.thing = self._box(theme, self.tr("Thing"), [(self.tr("Every Thing"), None)])
        self.kind = self._box(
            theme,
            self.tr("Kind"),
            [
                (self.tr("Every kind"), None),
                (self.tr("Pictures"), "image/*"),
                (self.tr("Text and tables"), "text/*"),
                (self.tr("Data"), "application/*"),
            ],
        )
        self.when = self._box(
            theme,
            self.tr("When"),
            [(self.tr("Any time"), None), (self.tr("Today"), 0)]
            + [(self.tr("Last {0} days").format(days), days) for days in _DAYS],
        )
        self.tag = self._box(theme, self.tr("Tag"), [(self.tr("Every tag"), None)])
        self.sample = self._box(theme, self.tr("Sample"), [(self.tr("Any sample"), None)])
        self._samples: set[str] = set()
        self.state = self._box(
            theme,
            self.tr("Kept or in the trash"),
            [(self.tr("Kept"), FileState.LINKED), (self.tr("Trash"), FileState.TRASHED)],
        )
        self._narrowings: tuple[Narrowing, ...] = ()
        self.more_button = IconButton(
            theme, "mdi6.filter-plus-outline", self.tr("Find by action, session, metadata, setting")
        )
        self.clear_button = IconButton(theme, "mdi6.filter-off-outline", self.tr("Show all"))
        self.clear_button.clicked.connect(self.clear)
        # Always there: what is beside it would move while somebody types.
        self.clear_button.setEnabled(False)
        self.chips = NarrowingChips(theme)
        self.chips.let_go.connect(self._let_go_of)
        both = QVBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(Size.GRID)
        both.addLayout(row)
        both.addWidget(self.chips)
        row.addWidget(self.search, 4)
        for box in (self.thing, self.kind, self.when, self.tag, self.sample, self.state):
            row.addWidget(box, 3)
        row.addWidget(self.more_button)
        row.addWidget(self.clear_button)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._typed.timeout.connect(self._at_once)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.search.returnPressed.connect(self._at_once)

    @property
    def query(self) -> FileQuery:
        """What is asked for."""
        tag = self.tag.currentData()
        query = FileQuery(
            since=_since(self.when.currentData()),
            thing=self.thing.currentData(),
            sample=self.sample.currentData(),
            media_type=self.kind.currentData(),
            tags=(tag,) if tag else (),
            state=self.state.currentData(),
        )
        return narrowed(with_words(query, self.search.text()), self._narrowings)

    @property
    def narrowings(self) -> Sequence[Narrowing]:
        """What is asked for beside the choices."""
        return self._narrowings

    @property
    def narrowed(self) -> bool:
        """Whether anything but the trash is left out."""
        return bool(self.search.text().strip() or self._narrowings) or any(
            box.currentIndex() > 0
            for box in (self.thing, self.kind, self.when, self.tag, self.sample)
        )

    @property
    def in_trash(self) -> bool:
        """Whether the trash is shown."""
        return self.state.currentData() is FileState.TRASHED

    def clear(self) -> None:
        """Leave nothing out."""
        self._let_go()
        self._at_once()

    def look_for(self, words: str) -> None:
        """Look for words, and leave nothing else out."""
        self._let_go()
        self.search.setText(words)
        self._at_once()

    def show_trash(self) -> None:
        """Show all that is in the trash."""
        self._let_go()
        self.state.setCurrentIndex(max(0, self.state.findData(FileState.TRASHED)))
        self._at_once()

    def narrow(self, narrowings: Iterable[Narrowing]) -> None:
        """Ask for these beside the choices, and for no others."""
        self._show_narrowings(narrowings)
        self._at_once()

    def show_pictures_of(self, thing: str) -> None:
        """Leave out all but the pictures of a Thing, which is among those that are offered."""
        self._let_go()
        self.thing.setCurrentIndex(max(0, self.thing.findData(thing)))
        self.kind.setCurrentIndex(1)
        self._at_once()

    def show_pictures_with(self, setting: Narrowing) -> None:
        """Leave out all but the pictures that were made with a setting, of whatever Thing."""
        self._let_go()
        self.kind.setCurrentIndex(1)
        self.narrow([setting])

    def set_things(self, things: Mapping[str, str]) -> None:
        """Offer the Things there are, by name and title."""
        _fill(self.thing, [(title, name) for name, title in things.items()])

    def set_tags(self, tags: Mapping[str, int]) -> None:
        """Offer the tags there are, and how many files have each."""
        _fill(self.tag, [(f"{tag} ({count})", tag) for tag, count in tags.items()])

    def add_samples(self, samples: Iterable[str]) -> None:
        """Offer samples too that were come across; '' for none is passed over."""
        new = {sample for sample in samples if sample} - self._samples
        if new:
            self._samples |= new
            names = sorted(self._samples, key=str.casefold)
            _fill(self.sample, [(one_line(name), name) for name in names])

    def _let_go(self) -> None:
        for box in (self.thing, self.kind, self.when, self.tag, self.sample, self.state):
            box.setCurrentIndex(0)
        self.search.clear()
        self._show_narrowings(())

    def _let_go_of(self, narrowing: Narrowing) -> None:
        self.narrow(each for each in self._narrowings if each != narrowing)

    def _show_narrowings(self, narrowings: Iterable[Narrowing]) -> None:
        self._narrowings = tuple({each.place: each for each in narrowings}.values())
        self.chips.show_all(self._narrowings)
        role = "accent" if self._narrowings else "secondary"
        self.more_button.set_glyph("mdi6.filter-plus-outline", role)

    def _at_once(self) -> None:
        self._typed.stop()
        self.clear_button.setEnabled(self.narrowed)
        self.changed.emit()

    def _box(
        self, theme: Theme, name: str, choices: Sequence[tuple[str, object | None]]
    ) -> ComboBox:
        box = ComboBox(theme)
        box.setAccessibleName(name)
        box.setToolTip(name)
        for words, value in choices:
            box.addItem(words, value)
        box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setMaximumWidth(_WIDEST)
        # A list that scrolls: hundreds of tags would cover the whole screen.
        box.setProperty("scrolls", True)
        box.setItemDelegate(QStyledItemDelegate(box))  # or its rows are as low as their words
        box.setMaxVisibleItems(_MOST_IN_SIGHT)
        box.activated.connect(lambda _row: self._at_once())
        return box


def _since(days: int | None) -> datetime | None:
    if days is None:
        return None
    if days == 0:
        return now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return now() - timedelta(days=days)


def _fill(box: ComboBox, choices: Sequence[tuple[str, str]]) -> None:
    """Offer other choices after the first, and keep what was chosen."""
    if [(box.itemText(row), box.itemData(row)) for row in range(1, box.count())] == list(choices):
        return
    chosen = box.currentData()
    box.blockSignals(True)
    while box.count() > 1:
        box.removeItem(box.count() - 1)
    for words, value in choices:
        box.addItem(words, value)
    row = box.findData(chosen) if chosen is not None else 0
    box.setCurrentIndex(max(0, row))
    box.blockSignals(False)
