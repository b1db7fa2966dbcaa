"""Files out of the archive: one to a path, many to a zip with readable names and a manifest."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from app.archive.crate import MANIFEST, Exported, manifest
from app.archive.embedding import embed
from app.archive.errors import ArchiveError, FileEmptyError
from app.archive.readable import readable_folder, readable_name, unlike
from app.archive.records import ArchivedFile
from app.archive.store import CHUNK_BYTES, digest_of
from things.events import now

if TYPE_CHECKING:
    from app.archive.archive import Archive

_PACKED = (
    "image/png",
    "image/jpeg",
    "image/webp",
    "application/zip",
    "application/x-npz",
    "video/",
)
"""What is packed already and only loses time by being packed again."""


def save_file(archive: Archive, id: UUID, target: Path) -> None:
    """Write one file to a path, whole or not at all; a picture carries in it how it was made.

    Raises:
        FileNotKeptError: There is none of that id.
        FileEmptyError: It is a draft.
        ArchiveDamagedError: Its content is damaged.
        OSError: It cannot be written.
    """
    file = archive.get(id)
    with _beside(target) as copy:
        _copy(archive, file, copy)
        embed(copy, file)
        copy.replace(target)


def export_files(archive: Archive, ids: Sequence[UUID], target: Path) -> None:
    """Write files to a zip, whole or not at all.

    Args:
        archive: Where they are.
        ids: Which; one that is named twice is in it once.
        target: The zip.

    Raises:
        FileNotKeptError: There is none of one of the ids.
        FileEmptyError: One is a draft.
        ArchiveDamagedError: The content of one is damaged.
        OSError: The zip cannot be written.
    """
    wanted = exportable(archive, ids)
    with _beside(target) as unfinished:
        with zipfile.ZipFile(unfinished, "w", allowZip64=True) as packed:
            _pack(archive, wanted, packed, target.stem)
        unfinished.replace(target)


def exportable(archive: Archive, ids: Sequence[UUID]) -> list[UUID]:
    """The ids without doubles, where all can be exported; said before a gigabyte is packed.

    Raises:
        FileNotKeptError: There is none of one of the ids.
        FileEmptyError: One is a draft.
    """
    wanted = list(dict.fromkeys(ids))
    for file in archive.all_of(wanted):
        if not file.sha256:
            raise FileEmptyError(file.id)
    return wanted


class ZipSink(Protocol):
    """Takes a zip as it is packed; nothing in it is looked at again."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""

    def flush(self) -> None:
        """Let them go on."""

    def close(self) -> None:
        """That was all."""


def write_zip(archive: Archive, ids: Sequence[UUID], into: ZipSink, title: str) -> None:
    """Write files as a zip to whoever takes it, as it is packed.

    Args:
        archive: Where they are.
        ids: Which, as `exportable` gives them.
        into: Takes it; not closed here.
        title: What to call the whole.

    Raises:
        ArchiveError: A file went meanwhile, or its content is damaged.
        OSError: It is not taken.
    """
    with zipfile.ZipFile(into, "w", allowZip64=True) as packed:
        _pack(archive, ids, packed, title)


def _pack(archive: Archive, ids: Sequence[UUID], packed: zipfile.ZipFile, title: str) -> None:
    places = _Places()
    exported: list[Exported] = []
    with scratch_folder(archive) as folder:
        copy = folder / "copy"
        for id in ids:
            file = archive.get(id)
            name = places.of(file)
            _copy(archive, file, copy)
            embed(copy, file)
            exported.append(_packed(packed, file, copy, name))
    text = json.dumps(manifest(exported, title, now()), indent=2, ensure_ascii=False)
    packed.writestr(zipfile.ZipInfo(MANIFEST, _zip_time()), text, zipfile.ZIP_DEFLATED)


class _Places:
    """Where files are in a zip, each in a place of its own: at the top, or in their folders."""

    def __init__(self) -> None:
        self._top = {MANIFEST.casefold()}
        self._folders: dict[str, tuple[str, set[str]]] = {}

    def of(self, file: ArchivedFile) -> str:
        """A place for a file."""
        folder, taken = readable_folder(file.meta), self._top
        if folder:
            key = folder.casefold()
            if key not in self._folders:
                self._folders[key] = (unlike(folder, self._top), set())
                self._top.add(self._folders[key][0].casefold())
            folder, taken = self._folders[key]
        name = unlike(readable_name(file.name, file.extension), taken)
        taken.add(name.casefold())
        return f"{folder}/{name}" if folder else name


def _packed(packed: zipfile.ZipFile, file: ArchivedFile, copy: Path, name: str) -> Exported:
    as_it_is = file.media_type.startswith(_PACKED)
    entry = zipfile.ZipInfo(name, file.created.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_STORED if as_it_is else zipfile.ZIP_DEFLATED
    entry.file_size = copy.stat().st_size
    entry.external_attr = 0o644 << 16
    digest = hashlib.sha256()
    with copy.open("rb") as content, packed.open(entry, "w") as into:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            into.write(chunk)
    return Exported(file, name, entry.file_size, digest.hexdigest())


def _copy(archive: Archive, file: ArchivedFile, target: Path) -> None:
    """A copy that may be changed, of a content that is what it was when it was kept."""
    if not file.sha256 or file.size is None:
        raise FileEmptyError(file.id)
    # The very content that is looked for: meanwhile the file may have got a new version.
    content = archive.store.open_content(file.sha256, file.size)
    with content, target.open("wb") as copy:
        shutil.copyfileobj(content, copy, CHUNK_BYTES)
    with target.open("rb") as copied:
        # Imported here: SQLAlchemy takes 0.16 s, and the window is drawn before it is needed.
        from app.archive.damage import refuse_changed

        refuse_changed(archive, file.sha256, digest_of(copied))


@contextmanager
def scratch_folder(archive: Archive) -> Iterator[Path]:
    """A folder for copies, gone at the end: elsewhere where the archive's disk takes none."""
    try:
        with archive.store.told():
            made = tempfile.TemporaryDirectory(dir=archive.store.staging)
    except ArchiveError:
        made = tempfile.TemporaryDirectory()
    with made as folder:
        yield Path(folder)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new file beside another, on the same file system; gone at the end."""
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".unfinished", dir=target.parent)
    except OSError as error:
        # The name that was asked for says more than one nobody has heard of.
        raise OSError(error.errno, error.strerror, str(target)) from None
    os.close(handle)
    path = Path(name)
    try:
        path.chmod(0o644)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _zip_time() -> tuple[int, int, int, int, int, int]:
    moment = now()
    return moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
