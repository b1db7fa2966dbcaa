"""A spectrometer that looks at a glowing sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from things import (
    CsvBlob,
    FloatArray,
    NpzBlob,
    ThingError,
    action,
    cancellable_sleep,
    progress,
    property,
)
from things.simulated import spectra
from things.simulated.instrument import SimulatedInstrument


class SaturatedError(ThingError):
    """The detector got more light than it can count."""


class Spectrometer(SimulatedInstrument):
    """A grating spectrometer from 350 to 1,000 nm with a detector of 2,048 pixels."""

    title = "Spectrometer"
    has_detector = True

    integration_time: float = property(
        default=60.0, gt=0, le=10_000, unit="ms", title="Integration time", group="Acquisition"
    )
    """How long each scan collects light. Too long, and the detector saturates."""

    averages: int = property(default=4, ge=1, le=1000, title="Averages", group="Acquisition")
    """How many scans make a spectrum. Four times as many halve the noise."""

    lamp: float = property(default=100.0, ge=0, le=100, unit="%", title="Lamp", group="Acquisition")
    """How bright the lamp shines."""

    wavelengths: FloatArray = property(
        default_factory=spectra.wavelengths_nm,
        read_only=True,
        unit="nm",
        title="Wavelengths",
        group="Spectrum",
    )
    """The wavelength of each pixel, shape (2048,), rising."""

    spectrum: FloatArray = property(
        default_factory=lambda: np.zeros(spectra.PIXELS),
        read_only=True,
        unit="counts",
        axis="wavelengths",
        title="Spectrum",
        group="Spectrum",
    )
    """The newest spectrum, shape (2048,), 0 to 65,535; zeros before the first."""

    def __init__(self, seed: int = 7, faults: Mapping[str, Any] | None = None) -> None:
        """Make a spectrometer.

        Args:
            seed: Its noise follows from it.
            faults: What is wrong with it; see `things.simulated.faults`.
        """
        super().__init__(faults)
        self._rng = np.random.default_rng([seed, 0x59EC])

    @action(title="Take a spectrum")
    def take_spectrum(self) -> CsvBlob:
        """Measure a spectrum with the present settings.

        Returns:
            A table with the columns wavelength_nm and counts, one row a pixel.

        Raises:
            SaturatedError: Some pixel counted all it can. The spectrum is shown all the same.
        """
        spectrum = self._measure()
        rows = (f"{nm:.3f},{counts:.2f}" for nm, counts in zip(*spectrum, strict=True))
        table = "\r\n".join(["wavelength_nm,counts", *rows, ""])
        return CsvBlob.from_bytes(table.encode())

    @action(title="Save the spectrum")
    def save_spectrum(self) -> NpzBlob:
        """Save the newest spectrum, without measuring again.

        Returns:
            A numpy archive with the arrays `wavelengths` (nm) and `counts`, each of shape (2048,).
        """
        return NpzBlob.from_arrays(wavelengths=self.wavelengths, counts=self.spectrum)

    def _measure(self) -> tuple[FloatArray, FloatArray]:
        """Wavelengths and averaged counts; also shown as `spectrum`."""
        wavelengths = self.wavelengths
        light = spectra.light(wavelengths, self.lamp / 100)
        integration_ms, averages = self.integration_time, self.averages
        total = np.zeros_like(wavelengths)
        highest = np.zeros_like(wavelengths)
        for _ in progress(range(averages), label="scans"):
            cancellable_sleep(integration_ms / 1000)
            self.faults.access()
            scanned = spectra.scan(light, integration_ms, self._rng)
            counts = self.faults.detected(scanned, spectra.FULL_SCALE)
            total += counts
            np.maximum(highest, counts, out=highest)
        self.spectrum = total / averages
        saturated = highest >= spectra.FULL_SCALE
        if saturated.any():
            # Of all that is too bright, name what is brightest: that is what to shorten it for.
            brightest = wavelengths[np.where(saturated, light, -1).argmax()]
            raise SaturatedError(
                f"Detector saturated at {brightest:.0f} nm: shorten the integration time."
            )
        return wavelengths, self.spectrum
