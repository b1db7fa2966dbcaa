"""What is said of an archived file, in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from app.archive.records import ArchivedFile, KeptBy
from app.handles import BenchHandle
from ui.activity.wording import asked_by, moment_in_words, one_line, size_in_words, value_in_short
from ui.archive.thumbnails import has_picture

Facts = tuple[tuple[str, str], ...]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Archive", text)


def name_in_words(file: ArchivedFile) -> str:
    """Name and extension on one line, whatever is in them and whichever way they are written.

    A name that is written from right to left would take the dot and the extension along; and one
    with signs that turn the direction could be made to read like another.
    """
    name = one_line(file.name)
    if not file.extension:
        return name
    turned = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    return f"\u2068{name}\u2069.{file.extension}" if turned else f"{name}.{file.extension}"


def made_at(file: ArchivedFile) -> datetime:
    """When a file was made; where nobody knows, when it came here."""
    return file.provenance.made_at or file.created


def counted(count: int, one: str, many: str) -> str:
    """Words for one, or for so many as '{0}' stands for in them."""
    return one if count == 1 else many.format(QLocale().toString(count))


def one_line_of(file: ArchivedFile, title_of: Callable[[str], str]) -> str:
    """Where a file came from and when, such as 'Camera, 21 Nov, 13:58'."""
    thing = file.provenance.thing
    source = one_line(title_of(thing)) if thing else _tr("Uploaded")
    return f"{source}, {moment_in_words(made_at(file), short=True)}"


def glyph_of(file: ArchivedFile) -> str:
    """The icon that stands for what a file is, where there is no picture of it."""
    if has_picture(file):
        return "mdi6.image-off-outline"
    kind = file.media_type.partition("/")[0]
    if file.media_type in ("text/csv", "text/tab-separated-values"):
        return "mdi6.table-large"
    if kind == "text" or file.media_type == "application/json":
        return "mdi6.text-box-outline"
    return "mdi6.file-outline"


def facts_of(file: ArchivedFile, bench: BenchHandle) -> Facts:
    """What the file is and how it was made, in order; nothing empty."""
    made = file.provenance
    thing = bench.things.get(made.thing)
    name = made.thing if thing is None else thing.title
    locale = QLocale()
    facts = [
        (_tr("Made"), moment_in_words(made_at(file))),
        (_tr("Action"), f"{made.title or made.action}, {name}" if made.action else ""),
        (_tr("Inputs"), _inputs(made.input)),
        (_tr("Asked by"), asked_by(made.origin) if made.origin is not None else ""),
        (_tr("Sample"), made.stamp.sample),
        (_tr("Session"), made.stamp.session),
        (_tr("Operator"), made.stamp.operator),
        (_tr("Kind"), file.media_type),
        (_tr("Size"), "" if file.size is None else size_in_words(file.size, locale)),
        (_tr("Version"), str(file.version) if file.version > 1 else ""),
        (_tr("Kept"), _kept(file)),
        *((one_line(str(key)), value_in_short(value)) for key, value in file.meta.items()),
        (_tr("SHA-256"), file.sha256),
        (_tr("Damaged"), file.damaged),
    ]
    return tuple((title, one_line(said)) for title, said in facts if said)


def _inputs(given: Any) -> str:
    if isinstance(given, Mapping):
        return value_in_short(dict(given)) if given else ""
    return "" if given is None else value_in_short(given)


def _kept(file: ArchivedFile) -> str:
    return {
        KeptBy.CLICK: _tr("by a click"),
        KeptBy.RULE: _tr("by a rule of the bench"),
        KeptBy.CODE: _tr("by the driver"),
        KeptBy.UPLOAD: _tr("uploaded"),
        KeptBy.FOUND: _tr("found on the disk"),
    }[file.kept_by]
