"""The spectrometer: a spectrum as property, table and archive."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from things import InvocationCancelledError
from things.simulated.spectrometer import SaturatedError, Spectrometer


@pytest.fixture
def spectrometer() -> Spectrometer:
    spectrometer = Spectrometer()
    spectrometer.integration_time, spectrometer.averages = 20.0, 2
    return spectrometer


def test_the_spectrum_is_empty_before_the_first(spectrometer: Spectrometer) -> None:
    assert spectrometer.wavelengths.shape == spectrometer.spectrum.shape == (2048,)
    assert not spectrometer.spectrum.any()


def test_the_table_holds_what_is_shown(spectrometer: Spectrometer) -> None:
    blob = spectrometer.take_spectrum()

    rows = list(csv.reader(io.StringIO(blob.content.decode())))
    assert rows[0] == ["wavelength_nm", "counts"]
    table = np.array(rows[1:], dtype=float)
    assert np.allclose(table[:, 0], spectrometer.wavelengths, atol=1e-3)
    assert np.allclose(table[:, 1], spectrometer.spectrum, atol=1e-2)
    assert table[table[:, 1].argmax(), 0] == pytest.approx(612, abs=1)


def test_the_archive_holds_the_newest_spectrum(spectrometer: Spectrometer) -> None:
    spectrometer.take_spectrum()

    with np.load(io.BytesIO(spectrometer.save_spectrum().content)) as saved:
        assert np.array_equal(saved["wavelengths"], spectrometer.wavelengths)
        assert np.array_equal(saved["counts"], spectrometer.spectrum)


def test_a_saturated_detector_says_where_and_what_to_do(spectrometer: Spectrometer) -> None:
    spectrometer.integration_time = 200.0

    with pytest.raises(
        SaturatedError, match=r"^Detector saturated at 612 nm: shorten the integration time\.$"
    ):
        spectrometer.take_spectrum()

    assert spectrometer.spectrum.max() == 65535


def test_averaging_lowers_the_noise(spectrometer: Spectrometer) -> None:
    def noise(averages: int) -> float:
        spectrometer.averages = averages
        spectrometer.integration_time = 1.0
        spectrometer.take_spectrum()
        first = spectrometer.spectrum
        spectrometer.take_spectrum()
        return float((spectrometer.spectrum - first).std())

    assert noise(25) == pytest.approx(noise(1) / 5, rel=0.2)


def test_without_the_lamp_only_the_dark_remains(spectrometer: Spectrometer) -> None:
    spectrometer.lamp = 0.0
    spectrometer.take_spectrum()

    assert spectrometer.spectrum.mean() == pytest.approx(912, abs=5)


def test_it_can_be_cancelled_between_scans(spectrometer: Spectrometer, run) -> None:
    spectrometer.averages = 1000
    run.start(spectrometer.take_spectrum).under_way()

    run.cancel_event.set()

    assert isinstance(run.end().error, InvocationCancelledError)


def test_the_same_seed_gives_the_same_spectrum(spectrometer: Spectrometer) -> None:
    other = Spectrometer()
    other.integration_time, other.averages = 20.0, 2

    assert spectrometer.take_spectrum().content == other.take_spectrum().content
