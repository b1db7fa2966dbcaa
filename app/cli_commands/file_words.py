"""Files of the archive in words, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.archive.records import ArchivedFile, FileState, FileVersion
from app.cli_commands.telling import in_words

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def line_of(file: ArchivedFile) -> str:
    """A file in a line: when, how large, its id, what it is called, what made it, its tags."""
    state = "" if file.state is FileState.LINKED else f"  ({file.state.value})"
    made = file.provenance
    what = f"  {made.thing}.{made.action}" if made.thing else ""
    tags = "".join(f"  #{tag}" for tag in file.tags)
    when, size = _local(file.created), size_of(file.size)
    return f"{when}  {size:>9}  {file.id}  {file.file_name}{what}{tags}{state}"


def block_of(file: ArchivedFile, versions: Sequence[FileVersion]) -> str:
    """All that is known of a file, in lines."""
    made = file.provenance
    rows = [
        ("id", str(file.id)),
        ("state", file.state.value + (f", damaged: {file.damaged}" if file.damaged else "")),
        ("type", file.media_type),
        ("size", "" if file.size is None else f"{file.size} bytes"),
        ("sha256", file.sha256),
        ("kept", f"{_local(file.created)}, by {file.kept_by.value}"),
        ("trashed", "" if file.trashed is None else _local(file.trashed)),
        ("tags", ", ".join(file.tags)),
        ("metadata", in_words(dict(file.meta)) if file.meta else ""),
        ("made by", f"{made.title or made.action} ({made.thing}.{made.action})" * bool(made.thing)),
        ("run", "" if made.run is None else str(made.run)),
        ("asked by", "" if made.origin is None else str(made.origin)),
        ("at", "" if made.made_at is None else _local(made.made_at)),
        ("operator", made.stamp.operator),
        ("sample", made.stamp.sample),
        ("session", made.stamp.session),
        ("input", in_words(made.input) if made.input is not None else ""),
    ]
    lines = [file.file_name, *(f"  {name:9}  {text}" for name, text in rows if text)]
    if file.notes:
        lines += ["  notes", *(f"    {line}" for line in file.notes.splitlines())]
    if len(versions) > 1:
        lines += ["  versions"]
        lines += [
            f"    {each.version}  {_local(each.created)}  {size_of(each.size):>9}  {each.sha256}"
            for each in versions
        ]
    if made.settings:
        lines += ["  settings"]
        lines += [
            f"    {thing}.{name} = {in_words(value.value)}"
            for thing, values in made.settings.items()
            for name, value in values.items()
        ]
    return "\n".join(lines)


def swept_words(report: Mapping[str, Any]) -> list[str]:
    """What a sweep did, in lines."""
    would = "would go" if report["dry_run"] else "went"
    removed, drafts = len(report["removed"]), len(report["drafts"])
    lines = [f"{removed} contents {would}, {size_of(report['freed_bytes'])}"]
    if drafts:
        lines.append(f"{drafts} records without content {would}")
    for name, words in (
        ("unreferenced", "contents that no file names any more go a day later"),
        ("adopted", "contents that the catalogue did not know"),
        ("found_again", "contents that were missing are there again"),
    ):
        if report[name]:
            lines.append(f"{len(report[name])} {words}")
    return lines + [f"MISSING {sha256}" for sha256 in report["missing"]]


def scrubbed_words(report: Mapping[str, Any]) -> list[str]:
    """What a scrub found, in lines."""
    return [
        f"{report['checked']} contents, {size_of(report['bytes'])}, were read"
        + ("" if report["finished"] else "; it was ended before the last"),
        *(f"DAMAGED {sha256}: it is in quarantine" for sha256 in report["damaged"]),
        *(f"MISSING {sha256}" for sha256 in report["missing"]),
        *(f"UNREADABLE {sha256}" for sha256 in report["unreadable"]),
        *(f"DAMAGED {sha256}: found before" for sha256 in report["known"]),
        *(f"{sha256} is sound again" for sha256 in report["sound_again"]),
    ]


def size_of(size: int | None) -> str:
    """A size in a unit that fits; '-' where it is not known."""
    if size is None:
        return "-"
    shown, unit = float(size), 0
    while shown >= 1000 and unit < len(_UNITS) - 1:
        shown, unit = shown / 1000, unit + 1
    return f"{size} bytes" if unit == 0 else f"{shown:.3g} {_UNITS[unit]}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
