"""Contents on the disk that no record names: they become files, so that nobody loses them.

They are there after a crash between content and record, after an older catalogue was put back, or
where the folder came to another catalogue. What was really let go of has no content any more.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select

from app.archive.archive import Archive
from app.archive.events import FileKept
from app.archive.new_files import checked_file
from app.archive.new_rows import prepared, put_new
from app.archive.records import KeptBy
from app.archive.rows import Content
from app.archive.texts import micros
from app.database.archive_tables import objects

TAG: Final = "found"
NOTES: Final = (
    "Found on the disk, where no record named it: after a crash, or beside an older catalogue."
)

_WHO: Final = "the sweeper"
_HEAD_BYTES: Final = 16
_KINDS: Final = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"II*\0", "tif", "image/tiff"),
    (b"MM\0*", "tif", "image/tiff"),
    (b"II+\0", "tif", "image/tiff"),
    (b"MM\0+", "tif", "image/tiff"),
    (b"PK\x03\x04", "zip", "application/zip"),
    (b"\x93NUMPY", "npy", "application/x-npy"),
)
"""How files begin: PNG, JPEG, TIFF, BigTIFF, ZIP, NPY; by their own specifications."""


def make_file_of(archive: Archive, sha256: str, size: int) -> bool:
    """Make a file of a content that no record names. Whoever calls is alone with it.

    Args:
        archive: Which.
        sha256: Which content; it is on the disk.
        size: In bytes.

    Returns:
        Whether that was so; it may have got a record meanwhile.

    Raises:
        ArchiveError: The content cannot be read, or the catalogue not be written.
    """
    extension, media_type, made_at = _look_at(archive, sha256)
    new = checked_file(
        f"found {made_at.astimezone():%Y-%m-%d %H.%M.%S}",
        extension,
        media_type,
        None,
        (TAG,),
        NOTES,
        None,
        KeptBy.FOUND,
        _WHO,
        uuid.uuid4(),
    )
    file = prepared(new, micros(made_at), Content(sha256, size))

    def adopt(connection: Connection) -> bool:
        known = select(objects.c.sha256).where(objects.c.sha256 == sha256)
        if connection.execute(known).first() is not None:
            return False
        return put_new(connection, file).is_new_content

    adopted = archive.write(adopt)
    if adopted:
        archive.intake.count_bytes(size)
        archive.log.warning("%s was on the disk but in no record; it is a file again.", sha256)
        archive.tell(FileKept(thing="", file=archive.get(new.id)))
    return adopted


def _look_at(archive: Archive, sha256: str) -> tuple[str, str, datetime]:
    """Its extension and media type by its first bytes, and when it was written."""
    path = archive.store.path_of(sha256)
    with archive.store.told():
        made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        with path.open("rb") as content:
            head = content.read(_HEAD_BYTES)
    for start, extension, media_type in _KINDS:
        if head.startswith(start):
            return extension, media_type, made_at
    return "", "", made_at
