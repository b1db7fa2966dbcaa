"""Colours reach their contrasts, and follow the scheme."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ui.icons import GLYPHS, icon
from ui.theme import DARK, LIGHT, ROLES, Colours, Scheme, TextSize, Theme, blend

TEXT_ROLES = ("text", "secondary", "accent", "running", "waiting", "failed", "stale")


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2.1."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("role", TEXT_ROLES)
def test_every_text_can_be_read_on_island_and_canvas(colours: Colours, role: str) -> None:
    assert contrast(colours.role(role), colours.island) >= 4.5
    assert contrast(colours.role(role), colours.canvas) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_fields_stand_out_from_the_island_they_lie_on(colours: Colours) -> None:
    assert contrast(colours.field_border, colours.island) >= 3.0
    assert contrast(colours.on_stop, colours.stop) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.text, colours.selection) >= 4.5


def test_a_role_that_is_not_there_is_named(theme: Theme) -> None:
    with pytest.raises(KeyError, match="no colour is called 'purple'"):
        theme.colours.role("purple")


def test_choosing_dark_changes_palette_and_tells(theme: Theme, qtbot: QtBot) -> None:
    theme.choose(Scheme.LIGHT)
    with qtbot.waitSignal(theme.changed):
        theme.choose(Scheme.DARK)

    assert theme.dark
    assert QApplication.palette().color(QPalette.ColorRole.Window) == DARK.canvas
    theme.choose(Scheme.LIGHT)
    assert QApplication.palette().color(QPalette.ColorRole.Window) == LIGHT.canvas


def test_an_icon_made_in_the_light_is_painted_for_the_dark(theme: Theme) -> None:
    theme.choose(Scheme.LIGHT)
    mark = icon(theme, "stop", "text")

    theme.choose(Scheme.DARK)

    middle = mark.pixmap(24, 24).toImage().pixelColor(12, 12)
    assert middle == DARK.text


def test_every_icon_of_ours_is_in_the_font(theme: Theme) -> None:
    for name in GLYPHS:
        assert not icon(theme, name).pixmap(16, 16).toImage().isNull()


def test_an_icon_that_is_not_there_is_named(theme: Theme) -> None:
    with pytest.raises(KeyError, match="no-such-thing"):
        icon(theme, "mdi6.no-such-thing")


def test_text_has_tabular_numerals_in_three_sizes(theme: Theme, qtbot: QtBot) -> None:
    for size in TextSize:
        label = QLabel("0123456789")
        qtbot.addWidget(label)
        label.setFont(theme.font(size))
        assert label.font().pixelSize() == size
        widths = {label.fontMetrics().horizontalAdvance(digit) for digit in "0123456789"}
        assert len(widths) == 1


def test_the_style_sheet_knows_every_colour() -> None:
    assert {"canvas", "island", "stop", "behind_picture"} <= ROLES
    assert blend(QColor("#000000"), QColor("#ffffff"), 0.5).name() == "#808080"
