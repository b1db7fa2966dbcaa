"""Sample, session and operator: set once in the top bar, written on everything that is run."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget
from typing_extensions import override

from app.handles import BenchHandle, Stamp
from things.errors import ThingError, ValueRefusedError
from ui.popover import Popover
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, Theme, repolish
from ui.widgets import PlainLabel, ReasonLabel, TextButton


class StampPopover(Popover):
    """Three lines and 'Save'. Enter saves too; what somebody else sets appears by itself.

    Args:
        theme: Where font and colours come from.
        bench: Whose stamp it is.
        tasks: Runs the saving.
        parent: The window it lies over.

    Attributes:
        lines: The three lines, by the names of the fields of `Stamp`.
        reasons: Why a line was refused, by the same names.
    """

    def __init__(self, theme: Theme, bench: BenchHandle, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(theme, "", parent)
        self.set_title(self.tr("Written on everything that is run"))
        self._bench = bench
        self._tasks = tasks
        self._shown = Stamp()
        self.lines: dict[str, QLineEdit] = {}
        self.reasons: dict[str, ReasonLabel] = {}
        self._add(theme, "sample", self.tr("Sample"))
        self._add(theme, "session", self.tr("Session"))
        self._add(theme, "operator", self.tr("Operator"))
        row = QHBoxLayout()
        self.trouble = PlainLabel(theme, tone="failed")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.column.addWidget(self.trouble)
        row.addStretch(1)
        self.save_button = TextButton(theme, self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(self.save)
        row.addWidget(self.save_button)
        self.column.addLayout(row)

    @property
    def typed(self) -> Stamp:
        """What stands in the lines."""
        return Stamp(**{name: line.text().strip() for name, line in self.lines.items()})

    @override
    def open_below(self, anchor: QWidget) -> None:
        """Open with what is in force, the first line ready to be typed over."""
        self.show_stamp(self._bench.stamp, anew=not self.isVisible())
        super().open_below(anchor)
        first = self.lines["sample"]
        first.setFocus(Qt.FocusReason.PopupFocusReason)
        first.selectAll()

    def show_stamp(self, stamp: Stamp, *, anew: bool = False) -> None:
        """Show what is in force; a line in which somebody types is left as it is.

        Args:
            stamp: What is in force.
            anew: Whether what was typed is forgotten.
        """
        for name, line in self.lines.items():
            if anew or line.text().strip() == getattr(self._shown, name):
                line.setText(getattr(stamp, name))
            if anew:
                self._explain(name, "")
        if anew:
            self.trouble.hide()
        self._shown = stamp

    def save(self) -> None:
        """Write this on everything from now on."""
        self.save_button.setEnabled(False)
        self._tasks.start(self._save(self.typed), self.tr("Sample, session and operator"))

    async def _save(self, stamp: Stamp) -> None:
        for name in self.lines:
            self._explain(name, "")
        self.trouble.hide()
        try:
            await self._bench.set_stamp(stamp)
        except (ThingError, OSError) as error:
            if isinstance(error, ValueRefusedError) and error.name in self.lines:
                self._explain(error.name, error.reason)
                self.lines[error.name].setFocus()
            else:
                self.trouble.setText(str(error))
                self.trouble.show()
            self.place()
        else:
            self.close_popover()
        finally:
            self.save_button.setEnabled(True)

    def _add(self, theme: Theme, name: str, title: str) -> None:
        row = QHBoxLayout()
        label = QLabel(title)
        label.setFont(theme.font())
        label.setProperty("tone", "secondary")
        label.setFixedWidth(72)
        line = QLineEdit()
        line.setFont(theme.font())
        line.setFixedHeight(Size.CONTROL)
        line.setAccessibleName(title)
        line.returnPressed.connect(self.save)
        label.setBuddy(line)
        row.addWidget(label)
        row.addWidget(line, 1)
        self.column.addLayout(row)
        reason = ReasonLabel(theme)
        self.column.addWidget(reason)
        self.lines[name] = line
        self.reasons[name] = reason

    def _explain(self, name: str, reason: str) -> None:
        label = self.reasons[name]
        label.say(State.REFUSED if reason else None, reason)
        self.lines[name].setProperty("fieldState", "refused" if reason else "")
        repolish(self.lines[name])
