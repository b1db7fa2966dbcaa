"""Icons of the Material Design font that ships with qtawesome, coloured by the theme.

An icon asks the theme for its colour each time it is painted, so it follows a change of scheme
by itself. The font is read straight from qtawesome's folder: importing qtawesome loads eight
fonts and takes a quarter of a second, which the window would have to wait for.
"""

from __future__ import annotations

import importlib.util
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
    QRawFont,
    QTransform,
)

from ui.theme import Theme

GLYPHS: Final = {
    # States of Things and invocations; a state is always an icon and a word.
    "ready": "check-circle-outline",
    "running": "play-circle",
    "live": "play-circle",
    "waiting": "timer-sand",
    "pending": "progress-clock",
    "failed": "alert-circle",
    "refused": "alert-circle",
    "interlock": "lock-outline",
    "offline": "link-variant-off",
    "stale": "link-variant-off",
    "edited": "pencil",
    "completed": "check",
    "cancelled": "cancel",
    "stuck": "alert-circle",
    "interrupted": "lightning-bolt-outline",
    # Actions
    "run": "play",
    "cancel": "close",
    "repeat": "replay",
    "history": "history",
    "retry": "restart",
    # Depth of a panel
    "depth-row": "minus",
    "depth-panel": "view-agenda-outline",
    "depth-everything": "view-list-outline",
    # The rest
    "pop-out": "open-in-new",
    "more": "dots-vertical",
    "menu": "menu",
    "search": "magnify",
    "add": "plus",
    "fold": "unfold-less-horizontal",
    "unfold": "unfold-more-horizontal",
    "closed": "chevron-right",
    "open": "chevron-down",
    "up": "chevron-up",
    "close": "close",
    "bench": "flask-outline",
    "archive": "archive-outline",
    "stop": "octagon",
    "network": "access-point-network",
    "computer": "laptop",
    "disk": "harddisk",
    "account": "account-circle-outline",
    "copy": "content-copy",
    "log": "text-box-outline",
    "notify": "bell-outline",
    "thing": "cube-outline",
    "property": "tune-variant",
    "plot": "chart-line",
    "pause": "pause",
    "theme": "theme-light-dark",
    "layout": "view-dashboard-outline",
    "help": "help-circle-outline",
    "quit": "power",
}
"""Glyph names by what an icon stands for. Other glyphs are reached as 'mdi6.NAME'."""

_GRID = 24.0
"""The icons are drawn on a grid of 24 units, margins included."""


def icon(theme: Theme, name: str, role: str = "text") -> QIcon:
    """An icon that is painted in the theme's colour of the moment.

    Args:
        theme: Where the colour comes from.
        name: A key of `GLYPHS`, or 'mdi6.' and the name of any Material Design icon.
        role: A colour role of `ui.theme.Colours`.

    Raises:
        KeyError: There is no such icon or no such colour.
    """
    theme.colours.role(role)
    return QIcon(_GlyphEngine(theme, glyph_name(name), role))


def paint_icon(painter: QPainter, theme: Theme, name: str, rect: QRect, role: str = "text") -> None:
    """Paint an icon into a square in the middle of `rect`, for delegates and custom widgets."""
    _paint(painter, theme, _outline(glyph_name(name)), rect, role)


def glyph_name(name: str) -> str:
    """The Material Design name behind a role of ours.

    Raises:
        KeyError: There is no such icon.
    """
    if name.startswith("mdi6."):
        return name.removeprefix("mdi6.")
    return GLYPHS[name]


class _GlyphEngine(QIconEngine):
    """Paints one glyph; holds no pixels, so that nothing has to be thrown away."""

    def __init__(self, theme: Theme, glyph: str, role: str) -> None:
        super().__init__()
        self._theme = theme
        self._glyph = glyph
        self._role = role
        self._path = _outline(glyph)

    def clone(self) -> _GlyphEngine:
        return _GlyphEngine(self._theme, self._glyph, self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        role = "disabled" if mode == QIcon.Mode.Disabled else self._role
        _paint(painter, self._theme, self._path, rect, role)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made


def _paint(painter: QPainter, theme: Theme, path: QPainterPath, rect: QRect, role: str) -> None:
    side = min(rect.width(), rect.height())
    left = rect.x() + (rect.width() - side) / 2
    top = rect.y() + (rect.height() - side) / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(left, top)
    painter.scale(side / _GRID, side / _GRID)
    painter.fillPath(path, theme.colours.role(role))
    painter.restore()


@lru_cache(maxsize=256)
def _outline(glyph: str) -> QPainterPath:
    """The outline of a glyph on the 24-unit grid."""
    font, characters = _font()
    if glyph not in characters:
        raise KeyError(f"the icon font has no {glyph!r}")
    index = font.glyphIndexesForString(characters[glyph])[0]
    path = font.pathForGlyph(index)
    path.setFillRule(Qt.FillRule.WindingFill)
    # A raw font draws upwards from its base line; the grid's lower edge is the descent.
    return QTransform().translate(0.0, _GRID - font.descent()).map(path)


@lru_cache(maxsize=1)
def _font() -> tuple[QRawFont, dict[str, str]]:
    """The font at 24 pixels, and its characters by glyph name."""
    found = importlib.util.find_spec("qtawesome")
    if found is None or found.origin is None:
        raise FileNotFoundError("qtawesome, which brings the icons, is not installed")
    folder = Path(found.origin).parent / "fonts"
    font_file = next(iter(sorted(folder.glob("materialdesignicons6-webfont-[0-9]*.ttf"))))
    map_file = next(iter(sorted(folder.glob("materialdesignicons6-webfont-charmap-*.json"))))
    # Unhinted: the outline is scaled to other sizes, hints for 24 pixels would bend it.
    font = QRawFont(str(font_file), _GRID, QFont.HintingPreference.PreferNoHinting)
    codes = json.loads(map_file.read_text(encoding="utf-8"))
    return font, {name: chr(int(code, 16)) for name, code in codes.items()}
