"""The exported file."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from ui.plots.csv_file import Column, rows, write_csv

T0 = 1_700_000_000.0


def column(
    title: str,
    points: list[tuple[float, float]],
    unit: str = "",
    words: tuple[str, ...] = (),
) -> Column:
    times, values = ([each[i] for each in points] for i in (0, 1))
    return Column(title, unit, np.array(times), np.array(values), words)


def test_a_row_for_each_moment_and_a_column_for_each_line(tmp_path: Path) -> None:
    target = tmp_path / "plot.csv"
    count = write_csv(
        [
            column("Rig: Pressure", [(T0, 980.5), (T0 + 1, 1e-7)], "mbar"),
            column("Rig: Open", [(T0 + 0.25, 0.0), (T0 + 1, 1.0)], words=("Off", "On")),
        ],
        target,
    )

    with target.open(newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    assert count == 3
    assert found == [
        ["time (UTC)", "seconds", "Rig: Pressure (mbar)", "Rig: Open"],
        ["2023-11-14T22:13:20.000000Z", "0.000000", "980.5", ""],
        ["2023-11-14T22:13:20.250000Z", "0.250000", "", "Off"],
        ["2023-11-14T22:13:21.000000Z", "1.000000", "1e-07", "On"],
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["plot.csv"]


def test_two_values_at_one_moment_are_both_there() -> None:
    found = list(rows([column("a", [(T0, 1.0), (T0, 2.0)]), column("b", [(T0, 3.0)])]))
    assert [row[2:] for row in found] == [["1.0", ""], ["2.0", "3.0"]]


def test_a_name_is_never_taken_for_a_formula(tmp_path: Path) -> None:
    target = tmp_path / "plot.csv"
    write_csv([column('=cmd|" /C calc"!A0', [(T0, 1.0)])], target)
    head = target.read_text(encoding="utf-8").splitlines()[0]
    assert head == 'time (UTC),seconds,"\'=cmd|"" /C calc""!A0"'


def test_nothing_heard_is_a_file_with_a_head(tmp_path: Path) -> None:
    target = tmp_path / "plot.csv"
    assert write_csv([column("a", [])], target) == 0
    assert target.read_text(encoding="utf-8") == "time (UTC),seconds,a\n"


def test_a_failure_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "plot.csv"
    target.write_text("before", encoding="utf-8")
    uneven = Column("a", "", np.array([T0, T0 + 1]), np.array([1.0]))
    with pytest.raises(ValueError, match="zip"):
        write_csv([uneven], target)
    assert target.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["plot.csv"]
