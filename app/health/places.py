"""Folders and ports: whether they can be used."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.health.finding import Finding, State

MOUNTS = Path("/proc/self/mounts")
LITTLE_BYTES = 5 * 2**30
TOO_LITTLE_BYTES = 200 * 2**20

_OVER_THE_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs"})


def look_at_folder(what: str, folder: Path, *, database: bool = False) -> Iterator[Finding]:
    """Whether a folder can be made and written, and how much room there is.

    Args:
        what: What it is for.
        folder: Which one.
        database: Whether a database is kept in it, which wants a disk of this computer.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        yield Finding(what, State.WRONG, f"{folder} cannot be written: {error.strerror or error}")
        return
    free = shutil.disk_usage(folder).free
    said = f"{folder}, {free / 2**30:.1f} GB free"
    if free < TOO_LITTLE_BYTES:
        yield Finding(what, State.WRONG, f"{said}: no run could be recorded soon")
    elif free < LITTLE_BYTES:
        yield Finding(what, State.NOTE, said)
    else:
        yield Finding(what, State.WELL, said)
    kind = kind_of_disk(folder)
    if database and kind in _OVER_THE_NETWORK:
        yield Finding(
            what,
            State.WRONG,
            f"{folder} is on {kind}, over the network: a database there can be damaged. Set "
            "data_folder to a disk of this computer, or database_url to a server",
        )


def look_at_archive(folder: Path) -> Iterator[Finding]:
    """Whether files can be kept in the folder of an archive; nothing is made there.

    Args:
        folder: Where its contents are.
    """
    if not folder.is_dir():
        yield Finding("archive", State.WELL, f"{folder} is made when the bench is opened")
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            why = error.strerror
            said = f"{folder} can only be read ({why}): what is kept opens, nothing new is kept"
            yield Finding("archive", State.WRONG, said)
        else:
            said = f"{folder} cannot be written: {error.strerror or error}"
            yield Finding("archive", State.WRONG, said)
        return
    yield Finding("archive", State.WELL, f"{folder}, {free / 2**30:.1f} GB free")


def kind_of_disk(folder: Path) -> str:
    """The kind of file system a folder is on, such as 'ext4'; '' where that is not told."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    at = folder.resolve()
    found, longest = "", -1
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        place = Path(fields[1].replace("\\040", " "))
        if at.is_relative_to(place) and len(place.parts) >= longest:
            found, longest = fields[2], len(place.parts)
    return found


def look_at_port(host: str, port: int) -> Iterator[Finding]:
    """Whether the server could listen there now."""
    what = f"port {port}"
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], address[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            said = f"{host} has it in use, perhaps by a bench that runs; the next free one is taken"
            yield Finding(what, State.NOTE, said)
        else:
            yield Finding(what, State.WRONG, f"{host}: {error.strerror or error}")
    else:
        yield Finding(what, State.WELL, f"free on {host}")
