"""Settings as numbers that an index finds: from a value of a property to what was made with it.

A file of a bench of ten Things was made with some hundred values. As text they would take more room
than all else that is known of it; so Thing, property and value together are one number of 63 bits.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

MOST_PARTS: Final = 64
"""Nobody asks by the value of a property of more numbers than that, such as a spectrum."""

DIGITS: Final = 6
"""Numbers that are alike in so many digits are one: a stage says 12.500000001 for 12.5."""

_LARGEST_EXACT: Final = 2**53


def setting_key(thing: str, name: str, value: Any) -> int | None:
    """A number for a property that has a value: 25, 25.0 and 25.0000001 give the same one.

    Args:
        thing: By its name.
        name: Of the property.
        value: In JSON form.

    Returns:
        From 0 to 2**63 - 1; None for a value of more than `MOST_PARTS` parts.
    """
    if sum(1 for _ in zip(range(MOST_PARTS + 1), _parts(value), strict=False)) > MOST_PARTS:
        return None
    said = json.dumps([thing, name, _plain(value)], sort_keys=True)
    digest = hashlib.blake2b(said.encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def setting_keys(values: Mapping[str, Mapping[str, Any]]) -> list[int]:
    """Numbers for all settings of a file, sorted.

    Args:
        values: By Thing and property, each in JSON form.
    """
    found = {
        setting_key(thing, name, value)
        for thing, known in values.items()
        for name, value in known.items()
    }
    return sorted(key for key in found if key is not None)


def _parts(value: Any) -> Iterator[None]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _parts(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _parts(item)
    else:
        yield None


def _plain(value: Any) -> Any:
    """The same value, written in one way only. Whole numbers are kept to the last digit."""
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case str() | bool() | None:
            return value
        case Sequence():
            return [_plain(item) for item in value]
        case int():
            return value
        case float():
            if not math.isfinite(value):
                return repr(value)
            if value.is_integer() and abs(value) <= _LARGEST_EXACT:
                return int(value)
            rounded = float(f"{value:.{DIGITS}g}")
            return int(rounded) if rounded.is_integer() else rounded
    return str(value)
