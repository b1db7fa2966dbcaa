"""Rows say things in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale

from app.handles import Origin, OriginKind, ProgressStep
from ui.activity.wording import (
    asked_by,
    clock_time,
    one_line,
    remaining,
    share_done,
    size_in_words,
    step_of,
    value_in_short,
)

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench

ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (Origin(OriginKind.WINDOW), "you"),
        (Origin(OriginKind.NETWORK, "anna@192.168.1.20"), "anna@192.168.1.20"),
        (Origin(OriginKind.NETWORK), "network"),
        (Origin(OriginKind.SCHEDULE, "10 min"), "schedule, 10 min"),
    ],
)
def test_who_asked(origin: Origin, words: str) -> None:
    assert asked_by(origin) == words


def test_device_text_stays_on_one_line_without_control_characters() -> None:
    assert one_line("a\r\nb\x1b[31m\u202ec") == "a b [31m c"
    assert len(one_line("x" * 5000)) == 300


def test_sizes_have_two_or_three_digits() -> None:
    sizes = [size_in_words(size, ENGLISH) for size in (812, 4_600_000, 189_000_000, 412 * 10**9)]
    assert sizes == ["812 bytes", "4.6 MB", "189 MB", "412 GB"]


def test_today_is_a_time_and_another_day_a_date() -> None:
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert clock_time(now, ENGLISH, now) == f"{now.astimezone():%H:%M}"
    before = now - timedelta(days=1)
    assert clock_time(before, ENGLISH, now).startswith("20 Nov")


def test_nested_progress_is_one_share(bench: FakeBench) -> None:
    outer = ProgressStep(1, 4, "rounds", 1.0, 200.0)
    inner = ProgressStep(5, 10, "planes", 1.0, 1.0)
    snapshot = replace(bench.start("camera", "snap").snapshot, progress=(outer, inner))
    assert share_done(snapshot) == pytest.approx(0.375)
    assert remaining(snapshot) == "3 min left"
    unknown = replace(snapshot, progress=(ProgressStep(3, None, "frames", 1.0, None),))
    assert share_done(unknown) is None
    assert remaining(unknown) == ""
    quick = replace(snapshot, progress=(ProgressStep(3, None, "frames", 1.0, None, 3.0),))
    assert step_of(quick) == "3 frames, 3.0/s"


def test_values_of_any_shape_fit_a_line() -> None:
    assert value_in_short({"planes": 41, "step": -0.25}) == "planes 41, step −0.25"
    assert value_in_short([1] * 2048) == "2048 values"
    assert value_in_short(None) == ""
    assert value_in_short(False) == "false"
