"""The ring beside a list that forgets nothing."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.plots import ring as rings
from ui.plots.gaps import MOST, Gaps
from ui.plots.ring import BUCKETS_S, KEPT, MOST_BYTES, Ring

Sample = tuple[float, float]

steps = st.sampled_from([0.0, 0.001, 0.02, 0.1, 0.7, 3.0, 40.0])
samples = st.lists(st.tuples(steps, st.integers(-5, 5)), min_size=1, max_size=600)


def in_time(moves: list[tuple[float, int]]) -> list[Sample]:
    """Samples at growing times."""
    times = itertools.accumulate(step for step, _ in moves)
    return [
        (1_700_000_000.0 + at_s, float(value))
        for at_s, (_, value) in zip(times, moves, strict=True)
    ]


def filled(given: list[Sample]) -> Ring:
    ring = Ring()
    for at_s, value in given:
        ring.append(at_s, value)
    return ring


def everything(ring: Ring, coarsest_s: float = 0.0) -> list[Sample]:
    times, values = ring.between(-math.inf, math.inf, coarsest_s)
    return list(zip(times.tolist(), values.tolist(), strict=True))


def by_bucket(points: list[Sample], length_s: float) -> dict[int, tuple[float, float, float]]:
    """The lowest, the highest and the last value of each bucket."""
    found: dict[int, tuple[float, float, float]] = {}
    for number, group in itertools.groupby(points, lambda each: int(each[0] // length_s)):
        values = [value for _, value in group]
        found[number] = (min(values), max(values), values[-1])
    return found


@given(samples)
def test_what_was_just_heard_is_all_there(moves: list[tuple[float, int]]) -> None:
    given = in_time(moves)
    ring = filled(given)

    assert everything(ring) == given
    assert (ring.first_s, ring.last_s, ring.count) == (given[0][0], given[-1][0], len(given))


@given(samples, st.sampled_from(BUCKETS_S[1:]))
def test_thinned_it_keeps_the_lowest_the_highest_and_the_last_of_each_bucket(
    moves: list[tuple[float, int]], length_s: float
) -> None:
    given = in_time(moves)
    found = everything(filled(given), length_s)

    assert by_bucket(found, length_s) == by_bucket(given, length_s)
    assert [at_s for at_s, _ in found] == sorted(at_s for at_s, _ in found)
    assert set(found) <= set(given), "every point was a sample"


@given(samples, st.floats(0, 600), st.floats(0, 600), st.sampled_from(BUCKETS_S))
def test_a_part_is_that_part_of_the_whole_with_a_point_before_and_after(
    moves: list[tuple[float, int]], begin: float, length: float, coarsest_s: float
) -> None:
    given = in_time(moves)
    ring = filled(given)
    from_s = given[0][0] + begin
    whole = everything(ring, coarsest_s)
    times, values = ring.between(from_s, from_s + length, coarsest_s)
    part = list(zip(times.tolist(), values.tolist(), strict=True))

    inside = [each for each in whole if from_s <= each[0] <= from_s + length]
    before = [each for each in whole if each[0] < from_s][-1:]
    after = [each for each in whole if each[0] > from_s + length][:1]
    assert part == [*before, *inside, *after]


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels that keep thirty points, so that a short test makes them forget."""
    monkeypatch.setattr(rings, "KEPT", 30)
    monkeypatch.setattr(rings, "_ROOM", 40)
    monkeypatch.setattr(rings, "_FIRST_ROOM", 8)


@pytest.mark.usefixtures("forgetful")
def test_what_a_level_forgot_is_in_the_next_one_peaks_included() -> None:
    rng = np.random.default_rng(5)
    at_s = 1_700_000_000.0
    given: list[Sample] = []
    for number in range(20_000):
        at_s += float(rng.choice([0.01, 0.05, 0.2]))
        given.append((at_s, 1000.0 if number == 77 else float(rng.integers(-9, 9))))
    ring = filled(given)
    found = everything(ring)

    assert set(found) <= set(given)
    assert [each[0] for each in found] == sorted(each[0] for each in found)
    assert found[-30:] == given[-30:]
    assert max(value for _, value in found) == 1000.0
    reach_s = ring.first_s
    assert reach_s is not None
    assert reach_s - given[0][0] <= BUCKETS_S[-1]
    # Where only the coarsest level reaches, its buckets are right; nearer to now all are.
    told, true = by_bucket(found, 256.0), by_bucket(given, 256.0)
    assert told == {number: true[number] for number in told}
    assert len(found) < 60 * len(BUCKETS_S)


@pytest.mark.parametrize(("rate_hz", "hours"), [(10, 12.0), (1, 12.0), (1000, 0.15)])
def test_hours_take_two_megabytes_at_most(rate_hz: int, hours: float) -> None:
    ring = Ring()
    count = round(hours * 3600 * rate_hz)
    for number in range(count):
        ring.append(1_700_000_000.0 + number / rate_hz, math.sin(number / 5000))

    assert ring.count == count
    assert ring.nbytes <= MOST_BYTES < 2.2e6
    first_s = ring.first_s
    assert first_s is not None
    assert first_s - 1_700_000_000.0 <= 16.0, "the beginning is still there"
    width_px = 1000
    times, _ = ring.between(-math.inf, math.inf, hours * 3600 / width_px)
    assert times.size <= 3 * 4 * width_px + len(BUCKETS_S) * 12
    assert ring.between(-math.inf, math.inf)[0].size >= min(count, KEPT)


def test_a_clock_that_is_set_back_does_not_bring_time_out_of_order() -> None:
    ring = filled([(100.0, 1.0), (200.0, 2.0), (150.0, 3.0), (210.0, 4.0)])

    assert everything(ring) == [(100.0, 1.0), (200.0, 2.0), (200.0, 3.0), (210.0, 4.0)]


def test_what_is_no_number_is_passed_over_and_all_can_be_forgotten() -> None:
    ring = filled([(1.0, math.nan), (2.0, math.inf)])
    assert ring.count == 0
    assert ring.first_s is None
    assert ring.last_s is None

    ring.append(3.0, 1.0)
    ring.clear()
    assert everything(ring) == []
    ring.append(1.0, 2.0)
    assert everything(ring) == [(1.0, 2.0)]


def test_gaps_are_bounded_and_the_closest_become_one() -> None:
    gaps = Gaps()
    for number in range(MOST + 50):
        begun_s = 100.0 * number
        # The value comes back for a moment only, in a few places.
        gaps.begin(begun_s)
        gaps.end(begun_s + (99.9 if 10 <= number < 60 else 50.0))

    found = list(gaps.between(-math.inf, math.inf))
    assert len(gaps) == len(found) == MOST
    assert found[0] == (0.0, 50.0)
    assert found[-1] == (100.0 * (MOST + 49), 100.0 * (MOST + 49) + 50.0)
    assert (1000.0, 6000.0 + 50.0) in found, "those that lay closest together"


def test_a_gap_stays_open_until_it_ends() -> None:
    gaps = Gaps()
    gaps.begin(10.0)
    gaps.begin(20.0)
    assert gaps.is_open
    assert list(gaps.between(500.0, 600.0)) == [(10.0, math.inf)]

    gaps.clear()
    assert gaps.is_open
    gaps.end(30.0)
    gaps.end(40.0)
    assert not gaps.is_open
    assert list(gaps.between(0.0, 100.0)) == [(10.0, 30.0)]
    assert list(gaps.between(31.0, 100.0)) == []
