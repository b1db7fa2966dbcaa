"""More to find files by: action, session, operator, a value in the metadata, a setting."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from app.archive.records import ArchivedFile
from app.handles import BenchHandle
from ui.activity.wording import one_line, value_in_short
from ui.archive.narrowing import Narrowing, Part, typed_value
from ui.popover import Popover
from ui.theme import Size, Theme
from ui.widgets import ComboBox, PlainLabel, TextButton

WIDTH = 380
_LABEL = 84


class MoreFilters(Popover):
    """Lines to fill, of which any may stay empty. Enter finds, as its button does.

    What was come across is offered while one types; anything else can be typed too.

    Args:
        theme: Where the look comes from.
        bench: For Things and their properties.
        parent: What it lies over.

    Attributes:
        found: What is asked for now; a list of `Narrowing`.
        action, session, operator: Lines.
        meta_key, meta_value: A value in the metadata, by its dotted key.
        setting_thing, setting_property, setting_value: A setting.
    """

    found = Signal(list)

    def __init__(self, theme: Theme, bench: BenchHandle, parent: QWidget) -> None:
        super().__init__(theme, "", parent, WIDTH)
        self.set_title(self.tr("Find by more"))
        self._bench = bench
        self._known: dict[Part, set[str]] = {}
        self._offered: dict[Part, QStringListModel] = {}
        self.action = self._line(self.tr("Action"), Part.ACTION)
        self.session = self._line(self.tr("Session"), Part.SESSION)
        self.operator = self._line(self.tr("Operator"), Part.OPERATOR)
        self.meta_key = self._edit(self.tr("Key of the metadata"), self.tr("key"))
        self.meta_value = self._edit(self.tr("Value in the metadata"), self.tr("value"))
        self._row(self.tr("Metadata"), self.meta_key, self.meta_value)
        self.setting_thing = ComboBox(theme)
        self.setting_thing.setAccessibleName(self.tr("Thing of the setting"))
        self.setting_property = ComboBox(theme)
        self.setting_property.setAccessibleName(self.tr("Property of the setting"))
        self._row(self.tr("Made with"), self.setting_thing, self.setting_property)
        self.setting_value = self._edit(self.tr("Value of the setting"), self.tr("value"))
        self._row("", self.setting_value)
        for box in (self.setting_thing, self.setting_property):
            box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
        self.setting_thing.currentIndexChanged.connect(lambda _row: self._offer_properties())
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.clear_button = TextButton(theme, self.tr("Empty"))
        self.clear_button.clicked.connect(self._empty)
        buttons.addWidget(self.clear_button)
        self.find_button = TextButton(theme, self.tr("Find"), kind="primary")
        self.find_button.clicked.connect(self.search)
        buttons.addWidget(self.find_button)
        self.column.addLayout(buttons)

    def show_narrowings(self, narrowings: Sequence[Narrowing]) -> None:
        """Fill the lines with what is asked for."""
        by_part = {each.part: each for each in narrowings}
        for part, line in (
            (Part.ACTION, self.action),
            (Part.SESSION, self.session),
            (Part.OPERATOR, self.operator),
        ):
            line.setText(str(by_part[part].value) if part in by_part else "")
        meta = by_part.get(Part.META)
        self.meta_key.setText("" if meta is None else meta.key)
        self.meta_value.setText("" if meta is None else _as_typed(meta))
        setting = by_part.get(Part.SETTING)
        thing, _dot, name = ("" if setting is None else setting.key).partition(".")
        self._offer_things()
        self.setting_thing.setCurrentIndex(max(0, self.setting_thing.findData(thing)))
        self._offer_properties()
        self.setting_property.setCurrentIndex(max(0, self.setting_property.findData(name)))
        self.setting_value.setText("" if setting is None else _as_typed(setting))

    def come_across(self, files: Iterable[ArchivedFile]) -> None:
        """Offer what these were made by, too."""
        for file in files:
            made = file.provenance
            for part, said in (
                (Part.ACTION, made.action),
                (Part.SESSION, made.stamp.session),
                (Part.OPERATOR, made.stamp.operator),
            ):
                if said:
                    self._known.setdefault(part, set()).add(said)
        for part, known in self._known.items():
            offered = sorted(known, key=str.casefold)
            if offered != self._offered[part].stringList():
                self._offered[part].setStringList(offered)

    def search(self) -> None:
        """Ask for what stands in the lines."""
        self.found.emit(self._narrowings())
        self.close_popover()

    @override
    def open_below(self, anchor: QWidget) -> None:
        """Open, the first line ready to be typed into."""
        super().open_below(anchor)
        self.action.setFocus(Qt.FocusReason.PopupFocusReason)
        self.action.selectAll()

    # Inside.

    def _narrowings(self) -> list[Narrowing]:
        found = [
            Narrowing(part, line.text().strip())
            for part, line in (
                (Part.ACTION, self.action),
                (Part.SESSION, self.session),
                (Part.OPERATOR, self.operator),
            )
            if line.text().strip()
        ]
        key = self.meta_key.text().strip()
        if key:
            found.append(Narrowing(Part.META, _single(self.meta_value.text()), key))
        thing, name = self.setting_thing.currentData(), self.setting_property.currentData()
        if thing and name and self.setting_value.text().strip():
            found.append(self._setting(thing, name, typed_value(self.setting_value.text())))
        return found

    def _setting(self, thing: str, name: str, value: Any) -> Narrowing:
        handle = self._bench.things.get(thing)
        described = {} if handle is None else handle.describe().get("properties", {})
        unit = one_line(str(described.get(name, {}).get("unit") or ""))
        number = isinstance(value, int | float) and not isinstance(value, bool)
        said = f"{value_in_short(value)} {unit}" if unit and number else ""
        named = f"{self.setting_property.currentText()}, {self.setting_thing.currentText()}"
        return Narrowing(Part.SETTING, value, f"{thing}.{name}", said, named)

    def _empty(self) -> None:
        self.show_narrowings(())
        self.action.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_things(self) -> None:
        self.setting_thing.blockSignals(True)
        self.setting_thing.clear()
        self.setting_thing.addItem(self.tr("Thing"), "")
        for name, thing in self._bench.things.items():
            self.setting_thing.addItem(one_line(thing.title), name)
        self.setting_thing.blockSignals(False)

    def _offer_properties(self) -> None:
        self.setting_property.clear()
        self.setting_property.addItem(self.tr("Property"), "")
        thing = self._bench.things.get(self.setting_thing.currentData() or "")
        described = {} if thing is None else thing.describe().get("properties", {})
        for name, schema in described.items():
            self.setting_property.addItem(one_line(str(schema.get("title", name))), name)
        self.setting_property.setEnabled(thing is not None)
        self.setting_value.setEnabled(thing is not None)

    def _line(self, title: str, part: Part) -> QLineEdit:
        line = self._edit(title, "")
        offered = self._offered[part] = QStringListModel(self)
        completer = QCompleter(offered, line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        line.setCompleter(completer)
        self._row(title, line)
        return line

    def _edit(self, name: str, hint: str) -> QLineEdit:
        line = QLineEdit()
        line.setFont(self._theme.font())
        line.setFixedHeight(Size.CONTROL)
        line.setAccessibleName(name)
        line.setPlaceholderText(hint)
        line.returnPressed.connect(self.search)
        return line

    def _row(self, title: str, *fields: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(Size.GRID)
        label = PlainLabel(self._theme, title, tone="secondary")
        label.setFixedSize(_LABEL, Size.CONTROL)
        label.setBuddy(fields[0])
        row.addWidget(label)
        for field in fields:
            row.addWidget(field, 1)
        self.column.addLayout(row)


def _single(text: str) -> str | int | float | bool | None:
    """A single value, as the metadata is asked for; lists are asked for by their items."""
    value = typed_value(text)
    return value if value is None or isinstance(value, str | int | float) else text.strip()


def _as_typed(narrowing: Narrowing) -> str:
    value = narrowing.value
    # What reads like a number and is none has to be in quotes.
    plain = isinstance(value, str) and typed_value(value) == value
    return str(value) if plain else json.dumps(value, ensure_ascii=False)
