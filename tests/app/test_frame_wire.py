from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from app.frame_wire import frame_bytes, frame_from
from app.wire import WireError
from things.streams import Frame

RAMP = np.arange(6 * 4 * 3, dtype=np.uint16).reshape(6, 4, 3) * 900


@pytest.mark.parametrize(
    "array",
    [RAMP, RAMP[:, :, 0], RAMP[::2, ::2, 0], RAMP[:, :, 1].astype(np.uint8), RAMP.astype(">u2")],
    ids=["colour", "grey", "not contiguous", "8 bits", "big-endian"],
)
def test_a_frame_comes_back_with_every_pixel(array: np.ndarray) -> None:
    frame = Frame(array, 41, datetime.now(UTC), 0.325, 4095.0)

    back = frame_from(frame_bytes(frame))

    np.testing.assert_array_equal(back.array, array)
    assert back.array.dtype in (np.uint8, np.uint16)
    assert (back.number, back.at, back.pixel_size_um, back.full_scale) == (
        41,
        frame.at,
        0.325,
        4095.0,
    )


def test_what_is_no_whole_frame_is_refused() -> None:
    message = frame_bytes(Frame(RAMP, 1, datetime.now(UTC)))

    for broken in (b"", message[:3], message[:40], message[:-1], message + b"\0", b"\0" * 99):
        with pytest.raises(WireError):
            frame_from(broken)


def test_a_frame_that_claims_to_be_huge_is_refused() -> None:
    header = b'{"number":1,"at":"2026-01-01T00:00:00Z","shape":[1048576,1048576],"dtype":"uint16"}'

    with pytest.raises(WireError, match="shape"):
        frame_from(len(header).to_bytes(4, "big") + header)
