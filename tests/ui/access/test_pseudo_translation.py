"""The whole window in a language that is longer than English and known to be none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from typing_extensions import override

from ui.widgets import PlainLabel

if TYPE_CHECKING:
    from tests.ui.access.conftest import OpenWindow
    from ui.composition import Composition

PATIENCE_MS = 30_000
BEGIN, END = "⟦", "⟧"


class PseudoTranslator(QTranslator):
    """Marks each text and makes it a third longer; what stands in braces stays."""

    @override
    def translate(
        self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        # Qt's own words, and keys, are not ours.
        if not sourceText or context.startswith("Q"):
            return ""
        return f"{BEGIN}{sourceText}{'~' * (len(sourceText) // 3)}{END}"


@pytest.fixture
def translated(qapp: QApplication) -> Iterator[None]:
    translator = PseudoTranslator()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def words_of(widget: QWidget) -> Iterator[str]:
    """What a widget says."""
    if isinstance(widget, (QAbstractButton, QLabel, PlainLabel)):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(number) for number in range(widget.count()))
    yield widget.toolTip()
    yield widget.accessibleName()


def said_by_things(composed: Composition) -> str:
    """Every word of the bench itself, which no translation of ours may touch."""
    bench = composed.session.handle
    parts = [bench.title, str(bench.file), SAID_BY_THINGS]
    for thing in bench.things.values():
        parts += [thing.name, thing.title, thing.reason, str(thing.describe())]
        parts += [
            str(reading.value)
            for name in thing.describe().get("properties", {})
            if (reading := thing.last(name)) is not None
        ]
    return " ".join(parts).casefold()


def is_ours(words: str, of_things: str) -> bool:
    """Whether words were written by us: letters that are neither marked nor the bench's."""
    left = re.sub(f"{BEGIN}.*?{END}", " ", words, flags=re.DOTALL)
    left = re.sub(r"<[^>]*>", " ", left)
    found = re.findall(r"[A-Za-z][a-z]{2,}", left)
    return any(word.casefold() not in of_things for word in found)


SAID_BY_THINGS = "the sensor is unplugged viridis inferno magma cividis"
"""What a Thing of the bench says when it is read, and names that nobody translates."""

NOT_TRANSLATED = re.compile(r"Ctrl\+|Alt\+|^https?://|127\.0\.0\.1|labwright|module:Class", re.I)
"""Keys, addresses, the product, and what is typed in the same way everywhere."""


def test_every_word_on_the_screen_is_translated(
    translated: None, open_window: OpenWindow, qtbot: QtBot
) -> None:
    composed = open_window(whole=True)
    of_things = said_by_things(composed)
    window = composed.window
    said = {words for widget in window.findChildren(QWidget) for words in words_of(widget)}
    said |= {each.text() for each in window.findChildren(QAction)}
    assert sum(BEGIN in words for words in said) > 150

    ours = {
        words
        for words in said
        if words and not NOT_TRANSLATED.search(words) and is_ours(words, of_things)
    }

    assert not ours, "\n".join(sorted(ours))
