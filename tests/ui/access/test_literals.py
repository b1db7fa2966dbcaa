"""No words for the operator are written past the translator."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

UI = Path(__file__).parents[3] / "ui"

SHOWS = {
    "setText",
    "setToolTip",
    "setStatusTip",
    "setWindowTitle",
    "setTitle",
    "setPlaceholderText",
    "setAccessibleName",
    "setAccessibleDescription",
    "setInformativeText",
    "setDetailedText",
    "setTabText",
    "setPlainText",
    "appendPlainText",
    "addItem",
    "addAction",
    "addMenu",
    "addButton",
    "setItemText",
    "insertItem",
    "drawText",
    "showMessage",
    "set_title",
    "set_name",
    "set_summary",
    "set_names",
    "say",
    "say_left",
    "say_right",
    "show_status",
    "show_note",
    "set_note",
    # Widgets that take their words when they are made.
    "PlainLabel",
    "ElidedLabel",
    "TextButton",
    "IconButton",
    "TabButton",
    "Chip",
    "StatusButton",
    "SearchBox",
    "IslandHeader",
    "FoldButton",
    "Fold",
    "Segment",
    "Command",
    "QAction",
    "QLabel",
    "QPushButton",
    "QCheckBox",
    "QFileDialog",
    "Section",
    "Message",
}
"""Calls whose words the operator reads."""

KEYS = {"id", "icon", "glyph", "role", "tone", "kind", "shortcut", "size", "key", "mode"}
"""Their arguments that are no words."""

TRANSLATES = {"tr", "_tr", "translate", "QT_TRANSLATE_NOOP"}

NO_WORDS = {
    # What a person types or a format says, the same in every language.
    "module:Class",
    "Ctrl+K",
    "https://",
    # The product.
    "Labwright",
}


def name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def words_in(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Literals that become part of what an expression shows, those that are translated left out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from words_in(part.value)
            else:
                yield from words_in(part)
    elif isinstance(node, ast.BinOp):
        yield from words_in(node.left)
        yield from words_in(node.right)
    elif isinstance(node, ast.IfExp):
        yield from words_in(node.body)
        yield from words_in(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from words_in(value)
    elif isinstance(node, ast.Call) and name_of(node) in ("format", "join"):
        assert isinstance(node.func, ast.Attribute)
        yield from words_in(node.func.value)


def is_wordy(text: str) -> bool:
    """Whether somebody would read it: two letters in a row that stand like a word."""
    return text not in NO_WORDS and bool(re.search(r"(?:^|[\s(])[A-Za-z][a-z]+", text))


def bypassed(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or name_of(node) not in SHOWS:
            continue
        shown = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
        shown += [each.value for each in node.keywords if each.arg not in KEYS]
        glyphs = {
            "IconButton": (1,),
            "Segment": (0, 2),
            "StatusButton": (1,),
            "show_status": (1, 2),
        }
        for number, argument in enumerate(shown):
            if number not in glyphs.get(name_of(node), ()):
                yield from ((line, text) for line, text in words_in(argument) if is_wordy(text))


RETURNED = {
    # Code and commands that are copied, units, names of icons and of things in the program.
    "ui/activity/wording.py": re.compile(r"curl|import json|data=|encode|Content-Type"),
    "ui/archive/opening.py": re.compile("archive "),
    "ui/models/numbers.py": re.compile(" min ?"),
    "ui/plots/scales.py": re.compile("in "),
    "ui/stall_watch.py": re.compile("a thread that is gone"),
    "ui/viewer/image_viewer.py": re.compile("live"),
    "ui/viewer/profile_plot.py": re.compile(" px"),
    "ui/widgets/tool_tips.py": re.compile("<qt>"),
}
"""What functions give that looks like words and is none, by module."""


def given_untranslated(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Words that a function gives as its text, past the translator."""
    for node in _statements(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not isinstance(node.returns, ast.Name) or node.returns.id != "str":
            continue
        for each in _statements(node):
            if isinstance(each, ast.Return) and each.value is not None:
                found = words_in(each.value)
                yield from ((line, text) for line, text in found if is_wordy(text))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement within; to look into expressions as well would take three times as long."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield child
            yield from _statements(child)


@cache
def parsed(module: Path) -> ast.Module:
    """A module of the window; both checks read it."""
    return ast.parse(module.read_text(encoding="utf-8"))


def test_what_functions_give_as_words_goes_through_the_translator() -> None:
    assert list(given_untranslated(ast.parse('def f() -> str:\n    return f"{n} values"')))
    found = []
    for module in sorted(UI.rglob("*.py")):
        name = str(module.relative_to(UI.parent))
        no_words = RETURNED.get(name)
        for line, text in given_untranslated(parsed(module)):
            known = no_words is not None and no_words.search(text)
            if not known and not text.startswith(("mdi6.", " – Labwright")):
                found.append(f"{name}:{line}: {text!r}")

    assert not found, "\n".join(found)


def test_the_check_finds_what_it_is_for() -> None:
    found = {
        text
        for _, text in bypassed(
            ast.parse(
                """
label.setText("Ready")
label.setText(f"{count} values")
label.setText(self.tr("Ready"))
label.setText("one" if count == 1 else self.tr("many"))
IconButton(theme, "mdi6.close", self.tr("Close"))
label.setText(f"{self.tr('Ready')}: {name}")
button.setToolTip("Copies " + name)
"""
            )
        )
    }
    assert found == {"Ready", " values", "one", "Copies "}


def test_every_word_goes_through_the_translator() -> None:
    modules = sorted(UI.rglob("*.py"))
    assert len(modules) > 150

    found = [
        f"{module.relative_to(UI.parent)}:{line}: {text!r}"
        for module in modules
        for line, text in bypassed(parsed(module))
    ]

    assert not found, "\n".join(found)
