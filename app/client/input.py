"""Values of a script as JSON: numbers and arrays of numpy, models, times, blobs as links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic_core import PydanticSerializationError, to_json


class Linked:
    """Something that travels as a link to it.

    Attributes:
        link: `{href, media_type, rel, description}`.
    """

    link: Mapping[str, Any]


def json_of(value: Any) -> bytes:
    """A value as JSON.

    Raises:
        TypeError: There is something in it that JSON cannot hold.
    """
    try:
        # NaN and infinities are sent as they are: it is for the bench to refuse them by name.
        return to_json(value, fallback=_plain, inf_nan_mode="constants")
    except PydanticSerializationError as error:
        raise TypeError(str(error)) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Linked):
        return value.link
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
