"""Things whose outputs are kept in tests."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from things import PngBlob, TextBlob, Thing, TiffBlob, action, keep, property, thing_slot


class Both(BaseModel):
    """Two blobs in one output."""

    picture: PngBlob
    texts: list[TextBlob]


class Supply(Thing):
    """Feeds the lamp."""

    @property
    def voltage(self) -> float:
        """Only read."""
        return 12.0


class Lamp(Thing):
    """Shines."""

    supply: Supply = thing_slot()
    power: float = property(default=1.0, ge=0, le=10)


class Probe(Thing):
    """Makes blobs of all kinds."""

    lamp: Lamp = thing_slot()
    gain: float = property(default=1.0, ge=0, le=100)
    mode: str = property(default="fast")

    def __init__(self) -> None:
        self.level = 5.0
        self.focused = 2.0

    @property
    def measured(self) -> float:
        """Only read."""
        return self.level

    @property
    def focus(self) -> float:
        """In the device."""
        return self.focused

    @focus.setter
    def _set_focus(self, value: float) -> None:
        self.focused = value

    @action
    def snap(self, value: Annotated[int, Field(ge=0, le=255)] = 0, edge: int = 8) -> PngBlob:
        """A picture."""
        return PngBlob.from_array(pixels(value, edge), pixel_size_um=0.5)

    @action
    def stack(self) -> TiffBlob:
        """Three planes."""
        return TiffBlob.from_array(np.zeros((3, 6, 8), np.uint16))

    @action
    def both(self) -> Both:
        """Several blobs."""
        picture = PngBlob.from_array(pixels(3, 4))
        return Both(picture=picture, texts=[TextBlob.from_bytes(b"one"), TextBlob.from_bytes(b"2")])

    @action(keep=True)
    def always(self) -> TextBlob:
        """Kept, says the driver."""
        return TextBlob.from_bytes(b"always kept")

    @action
    def sometimes(self, good: bool = True) -> TextBlob:
        """Kept where it is good."""
        blob = TextBlob.from_bytes(b"sometimes kept")
        return keep(blob, name="a good one", tags=["good"]) if good else blob

    @action(retention_time=0.0)
    def brief(self, value: int = 7, edge: int = 8) -> PngBlob:
        """A picture that can be asked for no more as soon as it is there."""
        return PngBlob.from_array(pixels(value, edge), full_scale=255, metadata={"n": 1})

    @action(retention_time=0.0)
    def note(self) -> TextBlob:
        """A text of that kind."""
        return TextBlob.from_bytes(b"a note")


def pixels(value: int, edge: int) -> NDArray[np.uint8]:
    """A picture of one grey."""
    return np.full((edge, edge), value, np.uint8)
