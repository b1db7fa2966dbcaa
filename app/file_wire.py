"""Files of the archive as JSON: what the server writes and the client reads back.

A file has the names of `ArchivedFile`. In lists its provenance has neither `input` nor `settings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json

from app.archive.records import (
    ArchivedFile,
    ArchiveUsage,
    BlobPath,
    FileEvent,
    FilePage,
    FileVersion,
    SettingDifference,
    SettingRestored,
)
from app.run_wire import WireError, checked

ARCHIVE_PATH: Final = "/archive"
"""The route under which files are listed, described and changed."""

FILES_PATH: Final = "/files"
"""The route under which their contents are, by the addresses in `ArchivedFile.uri`."""

OTHER_OFFSET: Final = "Other offset"
"""The title of the problem that an upload is not to go on from where the client thinks."""

ANY_STATE: Final = "any"
"""Asks for files in whatever state, where None cannot be said."""

_FILE: Final = TypeAdapter(ArchivedFile)
_FILES: Final = TypeAdapter(list[ArchivedFile])
_VERSIONS: Final = TypeAdapter(list[FileVersion])
_EVENTS: Final = TypeAdapter(list[FileEvent])
_USAGE: Final = TypeAdapter(ArchiveUsage)
_TAGS: Final = TypeAdapter(dict[str, int])
_DIFFERENCES: Final = TypeAdapter(list[SettingDifference])
_RESTORED: Final = TypeAdapter(list[SettingRestored])

_ONLY_WHOLE: Final = {"input", "settings"}


@dataclass(frozen=True, slots=True)
class _KeptBlob:
    path: BlobPath
    file: UUID


_KEPT: Final = TypeAdapter(list[_KeptBlob])


def file_json(file: ArchivedFile, *, whole: bool = True, prefix: str = "") -> bytes:
    """A file as JSON.

    Args:
        file: As the archive has it.
        whole: With input and settings in its provenance.
        prefix: Path below which the bench is served; begins the file's address.
    """
    left_out: Any = None if whole else {"provenance": _ONLY_WHOLE}
    return _FILE.dump_json(_below(prefix, file), exclude=left_out)


def file_fields(file: ArchivedFile, *, prefix: str = "") -> dict[str, Any]:
    """A file as a list tells of it, to be written with something else.

    Args:
        file: As the archive has it.
        prefix: As for `file_json`.
    """
    fields: dict[str, Any] = _FILE.dump_python(
        _below(prefix, file), mode="json", exclude={"provenance": _ONLY_WHOLE}
    )
    return fields


def name_from(data: Any) -> str:
    """A name from parsed JSON.

    Raises:
        WireError: It is something else.
    """
    found = data.get("name") if isinstance(data, dict) else None
    if not isinstance(found, str):
        raise WireError("a name was expected")
    return found


def file_from(data: Any) -> ArchivedFile:
    """A file from parsed JSON, whole or from a list.

    Raises:
        WireError: It has not the fields of one.
    """
    return checked("a file", lambda: _FILE.validate_python(data))


def page_json(page: FilePage, *, prefix: str = "") -> bytes:
    """A page of files: `{"files", "next", "total"}`.

    Args:
        page: As the archive gives it.
        prefix: As for `file_json`.
    """
    shown = [_below(prefix, file) for file in page.files] if prefix else list(page.files)
    files = _FILES.dump_json(shown, exclude={"__all__": {"provenance": _ONLY_WHOLE}})
    return b'{"files":%b,"next":%b,"total":%b}' % (
        files,
        to_json(page.next),
        to_json(page.total),
    )


def page_from(data: Any) -> FilePage:
    """A page of files from parsed JSON.

    Raises:
        WireError: It is none.
    """
    if not isinstance(data, dict) or not isinstance(data.get("files"), list):
        raise WireError("a page of files was expected")
    more, total = data.get("next"), data.get("total")
    if not isinstance(more, str | None) or not isinstance(total, int | None):
        raise WireError("a page of files: its end cannot be understood")
    return FilePage([file_from(each) for each in data["files"]], more, total)


def versions_json(versions: Sequence[FileVersion]) -> bytes:
    """What a file held, as JSON."""
    return _VERSIONS.dump_json(list(versions))


def versions_from(data: Any) -> list[FileVersion]:
    """The same from parsed JSON.

    Raises:
        WireError: It is something else.
    """
    return checked("versions of a file", lambda: _VERSIONS.validate_python(data))


def events_json(events: Sequence[FileEvent]) -> bytes:
    """What was done to a file, as JSON."""
    return _EVENTS.dump_json(list(events))


def usage_json(usage: ArchiveUsage) -> bytes:
    """How full the archive is, as JSON."""
    return _USAGE.dump_json(usage)


def usage_from(data: Any) -> ArchiveUsage:
    """The same from parsed JSON.

    Raises:
        WireError: It is something else.
    """
    return checked("how full the archive is", lambda: _USAGE.validate_python(data))


def tags_from(data: Any) -> dict[str, int]:
    """All tags and how many files have each, from parsed JSON.

    Raises:
        WireError: It is something else.
    """
    return checked("tags", lambda: _TAGS.validate_python(data))


def kept_json(kept: Mapping[BlobPath, UUID]) -> bytes:
    """Which blobs of an output are kept: `[{"path", "file"}]`."""
    return to_json([{"path": path, "file": file} for path, file in kept.items()])


def kept_from(data: Any) -> dict[BlobPath, UUID]:
    """The same from parsed JSON.

    Raises:
        WireError: It is something else.
    """
    found = checked("what is kept of a run", lambda: _KEPT.validate_python(data))
    return {each.path: each.file for each in found}


def differences_json(found: Sequence[SettingDifference]) -> bytes:
    """Which settings differ, as JSON."""
    return _DIFFERENCES.dump_json(list(found))


def differences_from(data: Any) -> list[SettingDifference]:
    """The same from parsed JSON.

    Raises:
        WireError: It is something else.
    """
    return checked("differences", lambda: _DIFFERENCES.validate_python(data))


def restored_json(found: Sequence[SettingRestored]) -> bytes:
    """What became of settings, as JSON."""
    return _RESTORED.dump_json(list(found))


def restored_from(data: Any) -> list[SettingRestored]:
    """The same from parsed JSON.

    Raises:
        WireError: It is something else.
    """
    return checked("what became of settings", lambda: _RESTORED.validate_python(data))


def _below(prefix: str, file: ArchivedFile) -> ArchivedFile:
    return replace(file, uri=prefix + file.uri) if prefix else file
