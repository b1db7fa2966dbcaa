"""Colour maps: 256 colours from the darkest to the brightest level.

Inferno, viridis, magma (S. van der Walt, N. Smith) and cividis (Nuñez, Anderton, Renslow) are
given by 33 colours each and interpolated, which is within five of 255 of their published tables
(CC0). Pure fluorescence colours and the two greys are computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from ui.states import QT_TRANSLATE_NOOP

RED: Final = 0xFFFF4B3E
GREEN: Final = 0xFF2DE2C8


@dataclass(frozen=True, slots=True, eq=False)
class ColourMap:
    """One way to colour grey levels.

    Attributes:
        key: For settings and tests.
        source: What it is called, in English; `title` is the translated one.
        colours: 256 colours as 0xAARRGGBB, opaque, darkest first; uint32.
        mark: The colour of saturated pixels, one that the map itself does not use.
    """

    key: str
    source: str
    colours: NDArray[np.uint32]
    mark: int

    @property
    def title(self) -> str:
        """What it is called in the operator's language."""
        return QCoreApplication.translate("ColourMap", self.source)


def _packed(rgb: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Colours (n, 3) in 0..255 as opaque 0xAARRGGBB (n,)."""
    parts = np.clip(np.rint(rgb), 0, 255).astype(np.uint32)
    words = (parts[:, 0] << 16) | (parts[:, 1] << 8) | parts[:, 2] | 0xFF000000
    return np.asarray(words, dtype=np.uint32)


def _between(anchors: str) -> NDArray[np.uint32]:
    """256 colours from evenly spaced ones written as six hexadecimal digits each."""
    points = np.array([list(bytes.fromhex(colour)) for colour in anchors.split()], dtype=float)
    places = np.rint(np.linspace(0, 255, len(points)))
    columns = [np.interp(np.arange(256), places, points[:, part]) for part in range(3)]
    return _packed(np.stack(columns, axis=1))


_INFERNO = (
    "000004 040312 0b0724 150b37 210c4a 2f0a5b 3d0965 4a0c6b 57106e 64156e 71196e "
    "7d1e6d 8a226a 972766 a32c61 b0315b bc3754 c63d4d d04545 da4e3c e35933 eb6429 "
    "f1711f f67e14 f98c0a fb9b06 fcaa0f fbba1f f9c932 f5d949 f2e865 f3f586 fcffa4"
)
_VIRIDIS = (
    "440154 470d60 48186a 482374 472d7b 453781 424086 3e4989 3b528b 375b8d 33638d "
    "2f6b8e 2c728e 297a8e 26828e 23898e 21918c 1f978b 1f9f88 21a685 27ad81 31b57b "
    "3dbc74 4cc26c 5cc863 6ece58 81d34d 95d840 aadc32 c0df25 d5e21a eae51a fde725"
)
_MAGMA = (
    "000004 030312 0a0822 130d34 1d1147 29115a 36106b 440f76 51127c 5d177f 6a1c81 "
    "762181 832681 902a81 9c2e7f aa337d b73779 c23b75 cf4070 db476a e55064 ee5b5e "
    "f4695c f9785d fb8761 fd9668 fea571 feb47b fec287 fed194 fde0a1 fceeb0 fcfdbf"
)
_CIVIDIS = (
    "00204d 00265a 002c69 00306f 06366e 1f3c6d 2d426c 38486b 414d6b 4a536b 52596c "
    "595f6d 61646f 686a71 6f7073 767676 7d7c78 848179 8b8779 938e78 9b9477 a39a76 "
    "aca174 b4a872 bcaf6f c5b56c cebc68 d7c463 e0cb5e e9d358 f2da50 fbe248 ffea46"
)

COLOUR_MAPS: Final = tuple(
    ColourMap(key, title, _between(anchors), mark)
    for key, title, anchors, mark in (
        ("grey", QT_TRANSLATE_NOOP("ColourMap", "Grey"), "000000 ffffff", RED),
        ("grey-reversed", QT_TRANSLATE_NOOP("ColourMap", "Grey, reversed"), "ffffff 000000", RED),
        ("inferno", QT_TRANSLATE_NOOP("ColourMap", "Inferno"), _INFERNO, GREEN),
        ("viridis", QT_TRANSLATE_NOOP("ColourMap", "Viridis"), _VIRIDIS, RED),
        ("magma", QT_TRANSLATE_NOOP("ColourMap", "Magma"), _MAGMA, GREEN),
        ("cividis", QT_TRANSLATE_NOOP("ColourMap", "Cividis"), _CIVIDIS, RED),
        ("green", QT_TRANSLATE_NOOP("ColourMap", "Green"), "000000 00ff2b", RED),
        ("magenta", QT_TRANSLATE_NOOP("ColourMap", "Magenta"), "000000 ff40ff", GREEN),
        ("cyan", QT_TRANSLATE_NOOP("ColourMap", "Cyan"), "000000 20e6ff", RED),
    )
)
"""All colour maps, in the order of the list."""

GREY: Final = COLOUR_MAPS[0]


def colour_map(key: str) -> ColourMap:
    """The colour map of a key, grey where there is none of that name."""
    return next((known for known in COLOUR_MAPS if known.key == key), GREY)
