"""What a spectrometer sees: a lamp through a glass filter onto a sample that glows.

A halogen lamp's continuum, eaten into by the absorption bands of didymium glass, and on it the
narrow red lines of europium. Counts grow with the integration time until they saturate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FULL_SCALE = 65535.0
"""The largest count of the detector."""

PIXELS = 2048
"""Pixels of the detector."""

LAMP_KELVIN = 2900.0

_PLANCK_NM_K = 1.438777e7  # h c / k_B, in nm K
_WIEN_NM_K = 2.897772e6  # wavelength of the highest radiance, times temperature

ABSORPTION_NM: tuple[tuple[float, float, float], ...] = (
    (441, 5, 0.35),
    (475, 7, 0.30),
    (529, 6, 0.75),
    (573, 5, 0.90),
    (585, 7, 1.30),
    (684, 6, 0.25),
    (740, 8, 0.95),
    (804, 9, 1.10),
    (877, 11, 0.45),
)
"""Bands of didymium glass: (centre, standard deviation in nm, optical density at the centre)."""

EMISSION_NM: tuple[tuple[float, float, float], ...] = (
    (579.5, 1.1, 0.08),
    (591.5, 1.9, 0.34),
    (612.0, 1.7, 1.00),
    (617.5, 2.0, 0.38),
    (651.0, 1.8, 0.07),
    (700.5, 2.6, 0.33),
)
"""Lines of europium: (centre, standard deviation in nm, height)."""

_COUNTS_PER_MS = 620.0
_COUNTS_PER_E = 0.4
_DARK_COUNTS = 900.0
_DARK_PER_MS = 0.6
_READ_NOISE = 11.0


def wavelengths_nm() -> FloatArray:
    """Wavelength of each pixel, shape (`PIXELS`,); spaced a little unevenly, as gratings do."""
    pixel = np.linspace(0, 1, PIXELS)
    return 350 + 650 * (pixel + 0.035 * pixel * (1 - pixel))


def light(wavelengths: FloatArray, lamp: float = 1.0) -> FloatArray:
    """The light on the detector; 1 is about its highest value.

    Args:
        wavelengths: In nanometres, any shape.
        lamp: 0..1, the share of the lamp's full light.

    Returns:
        Of the same shape; 0 and up.
    """
    planck = _planck(wavelengths) / _planck(np.array(_WIEN_NM_K / LAMP_KELVIN))
    # A silicon detector: blind in the ultraviolet, fading in the infrared.
    silicon = 1 / (1 + np.exp((400 - wavelengths) / 22)) / (1 + np.exp((wavelengths - 905) / 38))
    density = np.zeros_like(wavelengths)
    for centre, width, height in ABSORPTION_NM:
        density += height * np.exp(-(((wavelengths - centre) / width) ** 2) / 2)
    glow = np.zeros_like(wavelengths)
    for centre, width, height in EMISSION_NM:
        glow += height * np.exp(-(((wavelengths - centre) / width) ** 2) / 2)
    continuum = planck * silicon * 10**-density
    return np.asarray(lamp * (0.5 * continuum + 0.80 * glow))


def _planck(wavelengths: FloatArray) -> FloatArray:
    """Spectral radiance of the lamp's filament, in units of no matter."""
    x = _PLANCK_NM_K / (wavelengths * LAMP_KELVIN)
    return np.asarray(1e15 / wavelengths**5 / np.expm1(x))


def scan(
    light_on_pixels: FloatArray, integration_ms: float, rng: np.random.Generator
) -> FloatArray:
    """Counts as the detector gives them.

    Args:
        light_on_pixels: As `light` gives it, shape (n,).
        integration_ms: How long light is collected.
        rng: Where the noise comes from.

    Returns:
        Shape (n,), whole numbers from 0 to `FULL_SCALE`; a pixel that reached it is saturated.
    """
    signal = light_on_pixels * _COUNTS_PER_MS * integration_ms
    dark = _DARK_COUNTS + _DARK_PER_MS * integration_ms
    spread = np.sqrt(signal * _COUNTS_PER_E + _READ_NOISE**2)
    noise = rng.standard_normal(light_on_pixels.shape) * spread
    return np.clip(np.rint(signal + dark + noise), 0.0, FULL_SCALE)
