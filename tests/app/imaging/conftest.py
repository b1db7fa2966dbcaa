"""One image process for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.imaging.decoder import ImageDecoder


@pytest.fixture(scope="module")
def decoder() -> Iterator[ImageDecoder]:
    made = ImageDecoder()
    yield made
    made.close()
