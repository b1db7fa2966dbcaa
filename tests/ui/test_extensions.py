"""A driver package brings its own editor and its own panel; broken ones are named and left out."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from app.bench_file import read_bench_file
from app.program import Program
from app.settings import read_settings
from things.events import ThingState
from ui.composition import Composition
from ui.editors import base
from ui.editors.text import TextEditor

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PATIENCE_MS = 30_000
LEFT = Qt.MouseButton.LeftButton

PACKAGE = {
    "acme_driver.py": """
from typing import Annotated
from pydantic import Field
from things import Thing, action, property

Colour = Annotated[str, Field(json_schema_extra={"format": "acme-colour"})]

class Laser(Thing):
    power: float = property(default=0.0, ge=0, le=100)
    colour: Colour = property(default="#ff0000")

class Dimmer(Thing):
    level: int = property(default=3)
""",
    "acme_window.py": '''
from PySide6.QtWidgets import QPushButton
from ui.editors.text import TextEditor

class ColourWell(TextEditor):
    """A line that knows colours."""

def colour_well(schema, context, parent):
    return ColourWell(schema, context, parent)

def laser_panel(context, parent):
    button = QPushButton("Full power", parent)
    laser = context.model.handle
    button.clicked.connect(lambda: context.tasks.start(laser.write("power", 100), "Full power"))
    return button

def dimmer_panel(context, parent):
    raise ValueError("no knob was found")

NO_FUNCTION = 7
''',
    "acme-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n",
    "acme-1.0.dist-info/entry_points.txt": """
[labwright.editors]
string:acme-colour = acme_window:colour_well
string:acme-number = acme_window:NO_FUNCTION
string:acme-gone = acme_window_that_is_not_there:thing
[labwright.panels]
acme_driver:Laser = acme_window:laser_panel
acme_driver:Dimmer = acme_window:dimmer_panel
""",
    "acme.toml": """
title = "Acme"
[things.laser]
class = "acme_driver:Laser"
[things.dimmer]
class = "acme_driver:Dimmer"
""",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A driver package, installed as far as Python looks."""
    for name, text in PACKAGE.items():
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    kinds = dict(base._FACTORIES)
    yield tmp_path / "site"
    base._FACTORIES.clear()
    base._FACTORIES.update(kinds)
    for name in ("acme_driver", "acme_window"):
        sys.modules.pop(name, None)


def opened(
    qapp: QApplication, qtbot: QtBot, package: Path, tmp_path: Path, *, safe: bool
) -> Composition:
    """The window of a bench with that package's Things."""
    settings = read_settings(port=0, data_folder=tmp_path / "data", lock_folder=tmp_path / "locks")
    program = Program(read_bench_file(package / "acme.toml"), settings, safe=safe)
    made = Composition(qapp, program)
    made.window.show()
    made.start()
    bench = program.handle
    state = ThingState.NOT_STARTED if safe else ThingState.READY
    qtbot.waitUntil(
        lambda: all(each.state is state for each in bench.things.values()), timeout=PATIENCE_MS
    )
    return made


@pytest.fixture
def composed(
    qapp: QApplication,
    qtbot: QtBot,
    qloop: asyncio.AbstractEventLoop,
    package: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Composition]:
    safe = getattr(request, "param", False)
    made = opened(qapp, qtbot, package, tmp_path, safe=safe)
    yield made
    closing = qloop.create_task(made.close())
    qtbot.waitUntil(closing.done, timeout=PATIENCE_MS)
    closing.result()
    made.window.hide()
    made.window.deleteLater()


def test_its_panel_and_its_editor_are_used_and_all_values_are_still_at_hand(
    composed: Composition, qtbot: QtBot
) -> None:
    panel = composed.panels.panel("laser")

    def own_button() -> QPushButton | None:
        own = panel.own_part
        return None if own is None else own.findChild(QPushButton)

    qtbot.waitUntil(lambda: own_button() is not None, timeout=PATIENCE_MS)
    button = own_button()
    assert button is not None
    qtbot.waitUntil(button.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(button, LEFT)
    handle = composed.session.handle.things["laser"]
    qtbot.waitUntil(
        lambda: (last := handle.last("power")) is not None and last.value == 100,
        timeout=PATIENCE_MS,
    )

    # Asked for, as by the palette, the rest opens beneath it.
    field = panel.field("colour")
    assert type(field.editor).__name__ == "ColourWell"
    assert isinstance(field.editor, TextEditor)
    qtbot.waitUntil(field.isVisible, timeout=PATIENCE_MS)
    assert button.isVisible()


def test_a_panel_that_cannot_be_made_says_why_and_the_usual_one_is_there(
    composed: Composition, qtbot: QtBot
) -> None:
    panel = composed.panels.panel("dimmer")
    qtbot.waitUntil(lambda: panel.own_part is not None, timeout=PATIENCE_MS)

    own = panel.own_part
    assert own is not None
    assert own.trouble == "no knob was found"
    qtbot.waitUntil(panel.field("level").isVisible, timeout=PATIENCE_MS)


def test_what_cannot_be_imported_is_named_and_left_out(composed: Composition, qtbot: QtBot) -> None:
    def told() -> dict[str, str]:
        return {each.text.split()[0]: each.details for each in composed.window.notices.shown}

    qtbot.waitUntil(lambda: len(told()) == 2, timeout=PATIENCE_MS)
    assert "ModuleNotFoundError" in told()["string:acme-gone"]
    assert told()["string:acme-number"] == "acme_window:NO_FUNCTION is no function"
    assert "string:acme-number" not in base._FACTORIES


@pytest.mark.parametrize("composed", [True], indirect=True)
def test_safe_imports_none_of_it(composed: Composition, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(composed.session.handle.server.url), timeout=PATIENCE_MS)
    assert "acme_window" not in sys.modules
    assert composed.extensions._count == 0
