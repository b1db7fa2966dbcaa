"""An endless slide of fluorescent cells: which cell lies where.

Nothing is stored: the slide is a grid of places, and what grows in each follows from the slide's
seed and the place's number alone. So the same position always shows the same cells, and any two
pictures of one region agree.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import cached_property

import numpy as np

from things.simulated.cells import Cell, draw
from things.simulated.pyramid import Stamp, pyramid
from things.simulated.textures import Textures

PITCH_UM = 66.0
"""Distance of neighbouring places; one cell at most grows in each."""

SURFACE_UM = 825.7
"""About the height of the slide's surface, above where the stage counts z from."""

Place = tuple[int, int]


class Slide:
    """A slide of cells that goes on for ever.

    Not for several threads: whoever looks at it holds a lock.

    Attributes:
        seed: What grows follows from it.
    """

    def __init__(self, seed: int = 7, kept_cells: int = 160) -> None:
        """Prepare a slide; nothing is drawn yet.

        Args:
            seed: 0 and up. Another seed, another slide.
            kept_cells: How many drawn cells to remember, at about 0.3 MB each.
        """
        self.seed = seed
        self._kept_cells = kept_cells
        self._cells: dict[Place, Cell | None] = {}
        self._drawn: OrderedDict[Place, tuple[Stamp, ...]] = OrderedDict()

    @cached_property
    def _textures(self) -> Textures:
        return Textures(self.seed)

    def surface_um(self, x_um: float, y_um: float) -> float:
        """Height of the glass there: the slide is tilted a little, and slightly wavy."""
        tilt = 1.1e-3 * x_um - 0.7e-3 * y_um
        waves = 1.3 * math.sin(x_um / 1900.0 + 0.7) + 0.9 * math.sin(y_um / 1300.0 + 0.7)
        return SURFACE_UM + tilt + waves

    def cells(
        self, left_um: float, top_um: float, right_um: float, bottom_um: float
    ) -> list[tuple[Place, Cell]]:
        """The cells whose middle lies about in a rectangle of the slide, in a fixed order."""
        found = []
        for row in _places(top_um, bottom_um):
            for column in _places(left_um, right_um):
                cell = self.cell(row, column)
                if cell is not None:
                    found.append(((row, column), cell))
        return found

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell that grows in a place, or None where the place is bare."""
        place = (row, column)
        if place not in self._cells:
            if len(self._cells) > 20 * self._kept_cells:
                self._cells.clear()
            self._cells[place] = self._grow(row, column)
        return self._cells[place]

    def _grow(self, row: int, column: int) -> Cell | None:
        """What the seed makes of a place."""
        # SeedSequence takes no negative numbers; two's complement keeps places apart.
        seed = (self.seed, row & 0xFFFFFFFF, column & 0xFFFFFFFF)
        rng = np.random.default_rng(seed)
        x = (column + 0.5 + 0.5 * (row % 2) + rng.uniform(-0.36, 0.36)) * PITCH_UM
        y = (row + 0.5 + rng.uniform(-0.36, 0.36)) * PITCH_UM
        crowding = 0.80 + 0.25 * math.sin(x / 410 + 1) * math.sin(y / 370 + 2)
        if rng.random() > crowding:
            return None
        round_up = bool(rng.random() < 0.025)
        length = rng.uniform(30, 46)
        # Neighbours lie alike, as they do in a dish, but only roughly.
        flow = 1.2 * math.sin(x / 330) + 1.2 * math.sin(y / 290 + x / 700)
        lifted = rng.random() < 0.16
        return Cell(
            x_um=x,
            y_um=y,
            height_um=float(rng.uniform(4, 11) if lifted or round_up else rng.normal(0, 0.7)),
            length_um=float(rng.uniform(13, 16) if round_up else length),
            width_um=float(rng.uniform(13, 16) if round_up else length * rng.uniform(0.5, 0.85)),
            angle=float(flow + rng.normal(0, 0.5)),
            brightness=float(np.clip(np.exp(rng.normal(-0.15, 0.38)), 0.35, 1.7)),
            fibres=float(rng.uniform(0.25, 1.0) ** 0.8),
            round=round_up,
            seed=seed,
        )

    def picture(self, place: Place) -> tuple[Stamp, ...]:
        """The drawn cell of a place at every blur level; drawn once, then remembered."""
        stamps = self._drawn.get(place)
        if stamps is None:
            cell = self.cell(*place)
            if cell is None:
                raise LookupError(f"no cell grows at {place}")
            stamps = pyramid(draw(cell, self._textures))
            self._drawn[place] = stamps
            while len(self._drawn) > self._kept_cells:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(place)
        return stamps


def _places(first_um: float, last_um: float) -> range:
    """Numbers of the places in an interval, and of one more at each end.

    Odd rows stand half a pitch to the right, and cells grow off the middle of their place.
    """
    return range(math.floor(first_um / PITCH_UM) - 1, math.ceil(last_um / PITCH_UM) + 1)
