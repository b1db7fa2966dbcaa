"""Sums of a database file that is closed: what changes while nobody has it open is found.

SQLite notices a page that does not hang together with the others. It does not notice a letter that
became another one. So whoever closes the file writes the sums of its parts beside it, and whoever
opens it holds them against the file, whatever it is made of: a gigabyte takes about a second.

While the file is open there are none; after a crash only its structure can be checked.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path

PART_BYTES = 2**20


def sums_file(file: Path) -> Path:
    """Where the sums of a file are."""
    return file.with_name(f"{file.name}.sums")


def keep_sums(file: Path) -> None:
    """Write the sums of a file that was closed; none where somebody else has it open still.

    Raises:
        OSError: The file cannot be read, or nothing can be written beside it.
    """
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size > 0:
        return  # what was written last is in there
    target = sums_file(file)
    unfinished = target.with_name(f"{target.name}.unfinished")
    text = json.dumps({"bytes": file.stat().st_size, "crc32": _sums(file)})
    with unfinished.open("w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(target)


def forget_sums(file: Path) -> None:
    """Take the sums away, before the file is changed."""
    sums_file(file).unlink(missing_ok=True)


def has_sums(file: Path) -> bool:
    """Whether the file was closed in order, and nobody has opened it to write since."""
    return sums_file(file).is_file()


def difference(file: Path) -> str:
    """What has become of a file since it was closed, in words; '' where it is as it was.

    Raises:
        OSError: It cannot be read.
    """
    if not has_sums(file):
        return ""
    try:
        kept = json.loads(sums_file(file).read_text(encoding="ascii"))
        size, sums = int(kept["bytes"]), [int(each) for each in kept["crc32"]]
    except (ValueError, TypeError, KeyError):
        # Damaged themselves. Who knows what else is: the operator is to look.
        return f"{sums_file(file).name} beside it cannot be read"
    found = file.stat().st_size
    if found < size:
        return f"its last {size - found} bytes are missing"
    if found > size:
        return f"{found - size} bytes were added to it since it was closed"
    changed = [
        number
        for number, (was, now) in enumerate(zip(sums, _sums(file), strict=True))
        if was != now
    ]
    if not changed:
        return ""
    first = changed[0] * PART_BYTES
    return (
        f"it was changed since it was closed, in {len(changed)} of its {len(sums)} MiB, "
        f"first after byte {first}"
    )


def _sums(file: Path) -> list[int]:
    with file.open("rb") as stream:
        return [zlib.crc32(part) for part in iter(lambda: stream.read(PART_BYTES), b"")]
