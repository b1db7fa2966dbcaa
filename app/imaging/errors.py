"""The error tree of the image process.

Exception
└── ImageError                  a picture from outside could not be had
    ├── ImageRefusedError       the bytes are no picture that is opened here
    │   └── ImageTooCostlyError decoding needs more time, memory or pixels than allowed
    ├── ImageProcessError       the image process could not be started or ended by itself
    └── DecoderClosedError      the decoder has been closed; nothing is decoded any more
"""

from __future__ import annotations


class ImageError(Exception):
    """A picture from outside could not be had.

    Attributes:
        reason: Why, in words an operator understands; a part of a sentence, without a full stop.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ImageRefusedError(ImageError):
    """The bytes are no picture that is opened here: unknown, broken, or not allowed."""


class ImageTooCostlyError(ImageRefusedError):
    """Decoding needs more time, memory or pixels than one picture is allowed."""


class ImageProcessError(ImageError):
    """The image process could not be started, or ended by itself."""


class DecoderClosedError(ImageError):
    """The decoder has been closed."""

    def __init__(self) -> None:
        super().__init__("pictures are not decoded any more, since the program is closing")
