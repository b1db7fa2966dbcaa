"""What the spectrometer sees."""

from __future__ import annotations

import numpy as np
import pytest

from things.simulated.spectra import FULL_SCALE, PIXELS, FloatArray, light, scan, wavelengths_nm

NM = wavelengths_nm()


def counts(integration_ms: float, seed: int = 0) -> FloatArray:
    return scan(light(NM), integration_ms, np.random.default_rng(seed))


def test_wavelengths_rise_from_350_to_1000() -> None:
    assert NM.shape == (PIXELS,)
    assert NM[0] == pytest.approx(350)
    assert NM[-1] == pytest.approx(1000)
    assert np.all(np.diff(NM) > 0)


def test_the_highest_line_is_europiums_at_612() -> None:
    assert NM[counts(30).argmax()] == pytest.approx(612, abs=1)


def test_glass_eats_into_the_continuum() -> None:
    spectrum = light(NM)

    assert spectrum[np.abs(NM - 740).argmin()] < 0.3 * spectrum[np.abs(NM - 765).argmin()]


def test_signal_grows_with_the_integration_time() -> None:
    dark = counts(1e-9)
    line = NM.searchsorted(612)

    assert counts(60)[line] - dark[line] == pytest.approx(
        2 * (counts(30)[line] - dark[line]), rel=0.03
    )


def test_too_long_an_integration_saturates() -> None:
    spectrum = counts(200)

    assert spectrum.max() == FULL_SCALE
    assert abs(NM[spectrum == FULL_SCALE] - 612).min() < 1


def test_the_same_seed_gives_the_same_spectrum() -> None:
    assert np.array_equal(counts(30, seed=4), counts(30, seed=4))
    assert not np.array_equal(counts(30, seed=4), counts(30, seed=5))
