"""Colours, sizes and type of the whole window, following the light or dark scheme.

One `Theme` is made beside the `QApplication` and handed to every widget that paints something
itself. Widgets that paint ask `theme.colours` at paint time and need no wiring: when the scheme
changes, the new palette repaints every widget. Whoever caches something coloured listens to
`Theme.changed`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ui.style_sheet import style_sheet

MINUS: Final = "\N{MINUS SIGN}"
"""A real minus sign, as wide as a digit; a hyphen is not one."""


class Size:
    """Sizes in device-independent pixels."""

    GRID: Final = 8
    PADDING: Final = 12
    TOP_BAR: Final = 56
    DOCK_HEADER: Final = 40
    STATUS_LINE: Final = 28
    CONTROL: Final = 28
    ROW: Final = 32
    BENCH_ROW: Final = 48
    BENCH_ROW_COMPACT: Final = 32
    ACTIVITY_ROW: Final = 40
    THING_ROW: Final = 48
    ISLAND_RADIUS: Final = 8
    FIELD_RADIUS: Final = 5
    LABEL: Final = 100
    NUMBER: Final = 92
    STATE_SLOT: Final = 20
    RUN: Final = 84
    INDENT: Final = 20
    ICON: Final = 16
    TOOL_ICON: Final = 18
    TOOL_STRIP: Final = 40
    LEVELS: Final = 116
    STOP_ALL: Final = 40


class TextSize(enum.IntEnum):
    """The three sizes of text, in pixels."""

    SMALL = 11
    BODY = 13
    TITLE = 16


class Scheme(enum.Enum):
    """Which colour scheme the operator chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour scheme. Any colour but the accent means a state.

    The colours are shared: pass copies (`QColor(colour)`) to code that changes them.
    """

    canvas: QColor
    island: QColor
    field: QColor
    field_border: QColor
    button_border: QColor
    line: QColor
    text: QColor
    secondary: QColor
    accent: QColor
    on_accent: QColor
    selection: QColor
    hover: QColor
    running: QColor
    waiting: QColor
    failed: QColor
    stale: QColor
    stop: QColor
    stop_base: QColor
    on_stop: QColor
    behind_picture: QColor
    disabled: QColor

    def role(self, name: str) -> QColor:
        """The colour of a role by its name, such as 'running'.

        Raises:
            KeyError: There is no such role.
        """
        if name not in ROLES:
            raise KeyError(f"no colour is called {name!r}; there are {', '.join(sorted(ROLES))}")
        colour = getattr(self, name)
        assert isinstance(colour, QColor)
        return colour


ROLES: Final = frozenset(field.name for field in fields(Colours))
"""The names of all colour roles."""


def _colours(**hexadecimal: str) -> Colours:
    return Colours(**{name: QColor(f"#{value}") for name, value in hexadecimal.items()})


LIGHT: Final = _colours(
    canvas="E4E7EA",
    island="F8F9FA",
    field="FFFFFF",
    field_border="868D97",
    button_border="B4BAC3",
    line="DADEE3",
    text="1A1D21",
    secondary="555C66",
    accent="1D5FD0",
    on_accent="FFFFFF",
    selection="DCE8FB",
    hover="ECEFF2",
    running="0B705C",
    waiting="8A5200",
    failed="B3261E",
    stale="6A4DA3",
    stop="C4211C",
    stop_base="96140F",
    on_stop="FFFFFF",
    behind_picture="101113",
    disabled="9AA0A8",
)

DARK: Final = _colours(
    canvas="131416",
    island="202225",
    field="17181B",
    field_border="6C727B",
    button_border="4A4F57",
    line="303338",
    text="E4E6E9",
    secondary="A2A8B1",
    accent="6BA5FF",
    on_accent="0D1726",
    selection="22395A",
    hover="2A2D31",
    running="4FC7A9",
    waiting="E3AE4C",
    failed="FF8379",
    stale="BBA4EE",
    stop="C92A24",
    stop_base="8E1813",
    on_stop="FFFFFF",
    behind_picture="0B0C0D",
    disabled="666C75",
)


def blend(below: QColor, above: QColor, amount: float) -> QColor:
    """`above` laid over `below`; amount in 0..1, where 0 is `below` alone."""
    keep = 1.0 - amount
    return QColor(
        round(below.red() * keep + above.red() * amount),
        round(below.green() * keep + above.green() * amount),
        round(below.blue() * keep + above.blue() * amount),
    )


class Theme(QObject):
    """The look of the application, applied to it and kept up with the system's scheme.

    Attributes:
        changed: Emitted after the palette and the style sheet were replaced.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._colours = LIGHT
        self._base_font = QFont(app.font())
        self._fonts: dict[tuple[TextSize, bool], QFont] = {}
        app.setStyle("Fusion")
        app.setFont(self.font())
        hints = app.styleHints()
        self._ask_system(scheme)
        self._apply()
        hints.colorSchemeChanged.connect(self._system_changed)

    @property
    def colours(self) -> Colours:
        """The colours in force."""
        return self._colours

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self._colours is DARK

    @property
    def scheme(self) -> Scheme:
        """What the operator chose."""
        return self._scheme

    def choose(self, scheme: Scheme) -> None:
        """Force light or dark, or follow the system again."""
        if scheme is self._scheme:
            return
        self._scheme = scheme
        self._ask_system(scheme)
        self._apply()

    def font(self, size: TextSize = TextSize.BODY, *, strong: bool = False) -> QFont:
        """The system's font at one of our sizes, with tabular numerals.

        Args:
            size: In pixels.
            strong: Weight 600, for names, live values and state words.
        """
        made = self._fonts.get((size, strong))
        if made is None:
            made = QFont(self._base_font)
            made.setPixelSize(int(size))
            made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
            made.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[size, strong] = made
        # A copy, which the caller may change. Unchanged it shares what Qt has loaded for it, which
        # halves the time of writing a line.
        return QFont(made)

    def _ask_system(self, scheme: Scheme) -> None:
        """Let the platform colour what it draws itself: frames of windows, file dialogs."""
        hints = self._app.styleHints()
        if scheme is Scheme.SYSTEM:
            hints.unsetColorScheme()
        elif scheme is Scheme.DARK:
            hints.setColorScheme(Qt.ColorScheme.Dark)
        else:
            hints.setColorScheme(Qt.ColorScheme.Light)

    def _system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self._colours = DARK if self._wants_dark() else LIGHT
        self._app.setPalette(palette(self._colours))
        names = {name: self._colours.role(name).name() for name in ROLES}
        self._app.setStyleSheet(style_sheet(names))
        self.changed.emit()

    def _wants_dark(self) -> bool:
        if self._scheme is Scheme.SYSTEM:
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._scheme is Scheme.DARK


def palette(colours: Colours) -> QPalette:
    """A Fusion palette of these colours."""
    role = QPalette.ColorRole
    made = QPalette()
    for which, colour in {
        role.Window: colours.canvas,
        role.WindowText: colours.text,
        role.Base: colours.field,
        role.AlternateBase: colours.island,
        role.ToolTipBase: colours.island,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.secondary,
        role.Text: colours.text,
        role.Button: colours.island,
        role.ButtonText: colours.text,
        role.BrightText: colours.on_accent,
        role.Light: colours.island,
        role.Midlight: colours.line,
        role.Mid: colours.button_border,
        role.Dark: colours.field_border,
        role.Shadow: colours.canvas,
        role.Highlight: colours.selection,
        role.HighlightedText: colours.text,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.Accent: colours.accent,
    }.items():
        made.setColor(which, colour)
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, colours.disabled)
    return made


def repolish(widget: QWidget) -> None:
    """Apply the style sheet again after a dynamic property that it reads was changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
