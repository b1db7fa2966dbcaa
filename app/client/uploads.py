"""Files as inputs: brought to the bench first, then given to the action as links."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from app.client.blobs import RemoteBlob, is_link
from app.client.errors import UnexpectedAnswerError
from app.client.http import HttpLink, parsed
from app.client.problems import Subject
from things.errors import InputRefusedError

_PIECE_BYTES: Final = 256 * 1024
_SUBJECT: Final = Subject("upload")


def upload(http: HttpLink, source: Path | bytes, media_type: str | None = None) -> RemoteBlob:
    """Bring data to the bench. What no action takes for a while is forgotten there.

    Args:
        http: Asks the bench.
        source: A file, sent piece by piece; or bytes.
        media_type: What it is; guessed from the file's name where None.

    Returns:
        The blob, as an action takes it.

    Raises:
        OSError: The file cannot be read.
        ThingError: The bench does not take it.
    """
    if isinstance(source, bytes):
        kind = media_type or "application/octet-stream"
        return _sent(http, iter([source]), len(source), kind)
    kind = media_type or mimetypes.guess_type(source.name)[0] or "application/octet-stream"
    with source.open("rb") as file:
        return _sent(http, _pieces(file), source.stat().st_size, kind)


def with_uploads(http: HttpLink, action: str, value: Any) -> Any:
    """An input in which every file has been brought to the bench.

    Files are paths, as a script gives them, or links to a file of this computer
    (`file:///...`), as an operator chooses them.

    Args:
        http: Asks the bench.
        action: For whom, for the words of an error.
        value: The input.

    Raises:
        InputRefusedError: A file is not there.
        ThingError: The bench does not take it.
    """
    if isinstance(value, Path):
        return _brought(http, action, value, None)
    if isinstance(value, Mapping):
        href = value.get("href")
        if isinstance(href, str) and href.startswith("file:"):
            return _brought(http, action, _path_of(action, href), value.get("media_type"))
        return {key: with_uploads(http, action, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_uploads(http, action, item) for item in value]
    return value


def without_files(value: Any) -> Any:
    """An input that came from elsewhere, without links to files of this computer.

    Repeating it must not send a file that nobody here has chosen.
    """
    if isinstance(value, Mapping):
        return {
            key: ""
            if key == "href" and isinstance(item, str) and item.lower().startswith("file:")
            else without_files(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [without_files(item) for item in value]
    return value


def _brought(http: HttpLink, action: str, path: Path, media_type: str | None) -> RemoteBlob:
    try:
        return upload(http, path, media_type if media_type != "*/*" else None)
    except OSError as error:
        raise InputRefusedError(
            action, (), f"{path.name} cannot be read: {error.strerror or error}"
        ) from None


def _path_of(action: str, href: str) -> Path:
    parts = urlsplit(href)
    if parts.netloc not in ("", "localhost"):
        raise InputRefusedError(action, (), f"{href} is no file of this computer")
    return Path(url2pathname(parts.path))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _sent(http: HttpLink, pieces: Iterator[bytes], size: int, media_type: str) -> RemoteBlob:
    headers = {"content-type": media_type, "content-length": str(size)}
    with http.answer("POST", "/blobs", _SUBJECT, content=pieces, headers=headers) as answer:
        link = parsed(answer, http.timeout_s)
    if not is_link(link):
        raise UnexpectedAnswerError(http.url, "a blob was expected")
    return RemoteBlob(http, link)
