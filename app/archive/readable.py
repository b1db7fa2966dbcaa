"""File names that people can read and every file system takes, made from names of any kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
from typing import Any, Final

LONGEST_BYTES = 120

FOLDER_KEY: Final = "folder"
"""Under this in its metadata stands which folder a file belongs to, where it leaves the archive."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
_BAD = re.compile(r'[<>:"/\\|?*]')
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control characters, those that turn the direction of writing, halves, ends of lines."""


def readable_name(name: str, extension: str = "") -> str:
    """A name for a file: one part of a path, whatever it is made from.

    No separator, no character that Windows refuses, no name that it reserves, no dot or mark at
    the beginning, no dot or space at the end, at most `LONGEST_BYTES` bytes with its extension.

    Args:
        name: Any text.
        extension: Such as 'ome.tif'.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(
        " " if unicodedata.category(letter) == "Zs" else letter
        for letter in text
        if unicodedata.category(letter) not in _HIDDEN
    )
    text = _BAD.sub("_", text).strip(" ").lstrip(".-~ ").rstrip(". ")
    ending = f".{extension}" if extension else ""
    text = _cut(text, LONGEST_BYTES - len(ending.encode())).rstrip(". ")
    if not text:
        text = "file"
    if _RESERVED.fullmatch(text.partition(".")[0].rstrip(" ")):
        text = f"_{text}"
    return text + ending


def readable_folder(meta: Mapping[str, Any]) -> str:
    """The folder that people put a file into, as one part of a path; '' where they did not.

    Args:
        meta: Of the file; `FOLDER_KEY` in it is what they wrote.
    """
    said = meta.get(FOLDER_KEY)
    return readable_name(said) if isinstance(said, str) and said.strip() else ""


def unlike(name: str, taken: Set[str]) -> str:
    """A name that differs from those that are taken, also where case does not count.

    Args:
        name: As `readable_name` makes it.
        taken: The names so far, by `str.casefold`.
    """
    if name.casefold() not in taken:
        return name
    stem, dot, ending = name.partition(".")
    number = 2
    while f"{stem}-{number}{dot}{ending}".casefold() in taken:
        number += 1
    return f"{stem}-{number}{dot}{ending}"


def _cut(text: str, most_bytes: int) -> str:
    """The beginning of a text that takes no more bytes; no character is cut in two."""
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")
