"""Figures side by side."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Row:
    """One thing that was measured.

    Attributes:
        what: In words.
        value, unit: The figure.
        peer: The row it is compared with, or None.
        better: 'higher' or 'lower'.
    """

    what: str
    value: float
    unit: str
    peer: Row | None = None
    better: str = "higher"

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer."""
        if self.peer is None or not self.value or not self.peer.value:
            return None
        ratio = self.value / self.peer.value
        return ratio if self.better == "higher" else 1 / ratio


@dataclass
class Report:
    """All figures of a run.

    Attributes:
        rows: In the order they were measured.
        missing: What could not be measured, and why.
    """

    rows: list[Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(
        self, what: str, value: float, unit: str, peer: Row | None = None, better: str = "higher"
    ) -> Row:
        """Add a figure and say it at once."""
        row = Row(what, value, unit, peer, better)
        self.rows.append(row)
        print(
            f"  {what}: {value:,.3g} {unit}" if value < 100 else f"  {what}: {value:,.0f} {unit}",
            flush=True,
        )
        return row

    def miss(self, what: str, why: str) -> None:
        """Say what could not be measured."""
        self.missing.append(f"{what}: {why}")
        print(f"  MISSING {what}: {why}", flush=True)

    def print(self) -> None:
        """The table."""
        print()
        print(f"{'what':62} {'figure':>12} {'unit':>5} {'ratio':>7}  against")
        for row in self.rows:
            ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
            against = row.peer.what if row.peer is not None else ""
            figure = f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:.3f}"
            print(f"{row.what:62} {figure:>12} {row.unit:>5} {ratio:>7}  {against}")
        for line in self.missing:
            print(f"MISSING {line}")
