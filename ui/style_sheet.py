"""The short style sheet over Fusion: what a palette alone cannot say.

Dynamic properties it reads (set them with `setProperty`, then call `ui.theme.repolish`):

- on fields (`QLineEdit`, `QAbstractSpinBox`, `QComboBox`, `QPlainTextEdit`) `fieldState`:
  'edited', 'pending', 'refused', 'stale' or 'readonly'; anything else is a plain field;
- on a `QComboBox` `scrolls`: its list has as many rows as it says are visible, and a scroll bar;
- on a `QPushButton` `kind`: 'primary' (filled with the accent), 'quiet' (no border until it is
  touched) or 'danger' (in the colour of failure, with an outline);
- on a `QLabel` `tone`: any colour role, such as 'secondary' or 'failed'.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

_SHEET = Template(
    """
QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit {
    background: $field; color: $text; border: 1px solid $field_border; border-radius: 5px;
    padding: 1px; margin: 0;
    selection-background-color: $selection; selection-color: $text;
    placeholder-text-color: $secondary; }
QLineEdit, QAbstractSpinBox, QComboBox { min-height: 26px; }
QLineEdit { padding: 0 6px; }
QComboBox { padding: 0 6px 0 7px; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
    border: 2px solid $accent; padding: 0; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { min-height: 24px; }
QLineEdit:focus { padding: 0 5px; }
QComboBox:focus { padding: 0 5px 0 6px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
    border: none; background: transparent; min-height: 0; padding: 0; }
QAbstractSpinBox::up-button {
    subcontrol-origin: border; subcontrol-position: top right; width: 0; border: none; }
QAbstractSpinBox::down-button {
    subcontrol-origin: border; subcontrol-position: bottom right; width: 0; border: none; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $island; border: 1px solid $button_border; padding: 4px; }
QComboBox[scrolls="true"] { combobox-popup: 0; }
QComboBox[scrolls="true"] QAbstractItemView::item {
    min-height: 26px; padding: 0 6px; border-radius: 4px; }
QComboBox[scrolls="true"] QAbstractItemView::item:selected {
    background: $selection; color: $text; }
*[fieldState="edited"] { border-color: $accent; }
*[fieldState="pending"] { border-color: $waiting; }
*[fieldState="refused"] { border-color: $failed; }
*[fieldState="pending"]:focus { border-color: $waiting; }
*[fieldState="refused"]:focus { border-color: $failed; }
*[fieldState="stale"] {
    border: 1px dashed $stale; background: transparent; color: $secondary; }
*[fieldState="readonly"] { border-color: transparent; background: transparent; }
*[fieldState="readonly"]:focus { border: 2px solid $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled, QPlainTextEdit:disabled {
    border-color: $line; background: transparent; color: $disabled; }
QPushButton {
    background: $field; color: $text; border: 1px solid $button_border; border-radius: 5px;
    min-height: 26px; padding: 0 10px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $selection; }
QPushButton:focus { border: 2px solid $accent; min-height: 24px; padding: 0 9px; }
QPushButton:disabled { color: $disabled; border-color: $line; background: transparent; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled {
    background: transparent; color: $disabled; border-color: $line; }
QPushButton[kind="quiet"] {
    background: transparent; border-color: transparent; color: $secondary; }
QPushButton[kind="quiet"]:hover { background: $hover; color: $text; }
QPushButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="danger"] { color: $failed; border-color: $failed; }
QToolButton {
    background: transparent; color: $text; border: 2px solid transparent; border-radius: 5px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selection; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $disabled; }
QToolButton::menu-indicator { image: none; width: 0; }
QMenu { background: $island; border: 1px solid $button_border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 8px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolTip { background: $island; color: $text; border: 1px solid $button_border; padding: 4px; }
QScrollArea, QScrollArea > QWidget > QWidget[canvas="none"] { background: transparent; border: 0; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $button_border; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $field_border; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMainWindow::separator { background: transparent; width: 8px; height: 8px; }
QSplitter::handle { background: transparent; }
QLabel[tone="secondary"] { color: $secondary; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="running"] { color: $running; }
QLabel[tone="waiting"] { color: $waiting; }
QLabel[tone="failed"] { color: $failed; }
QLabel[tone="stale"] { color: $stale; }
"""
)


def style_sheet(colours: Mapping[str, str]) -> str:
    """The style sheet with colours filled in.

    Args:
        colours: '#rrggbb' by the names of the fields of `ui.theme.Colours`.

    Raises:
        KeyError: A colour that the sheet needs is missing.
    """
    return _SHEET.substitute(colours)
