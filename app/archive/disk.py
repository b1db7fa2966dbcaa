"""What the archive asks of the disk, one call each, so that their order can be seen and tested."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_RENAME_NOREPLACE = 1
_AT_FDCWD = -100


class Disk:
    """The disk as it is. All that it says no to is an OSError."""

    def create(self, path: Path) -> int:
        """A new file, open for writing; never one that is there already, never behind a link.

        Returns:
            Its descriptor.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        return os.open(path, flags, 0o600)

    def write(self, descriptor: int, data: memoryview) -> int:
        """Write some of the data.

        Returns:
            How many bytes were taken: a full disk may take fewer without a word.
        """
        return os.write(descriptor, data)

    def finish(self, descriptor: int) -> None:
        """Make a file read-only and let it survive a power cut."""
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o444)
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close a file."""
        os.close(descriptor)

    def rename_new(self, source: Path, target: Path) -> None:
        """Give a file another name that nobody has.

        Raises:
            FileExistsError: Somebody has.
        """
        if _renameat2 is not None:
            done = _renameat2(
                _AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _RENAME_NOREPLACE
            )
            if done == 0:
                return
            code = ctypes.get_errno()
            if code not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
                raise OSError(code, os.strerror(code), str(target))
        _link_and_unlink(source, target)

    def make_folder(self, path: Path) -> bool:
        """Make a folder.

        Returns:
            False where it was there.
        """
        try:
            path.mkdir(mode=0o755)
        except FileExistsError:
            return False
        return True

    def sync_folder(self, path: Path) -> None:
        """Let the names in a folder survive a power cut."""
        if sys.platform == "win32":
            return  # there a folder cannot be opened, and its names are written at once
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        """Remove a file; one that is not there is fine."""
        if sys.platform == "win32" and path.exists():
            path.chmod(0o600)  # a read-only file cannot be removed there
        path.unlink(missing_ok=True)

    def free_bytes(self, path: Path) -> int:
        """Room on the file system of a folder, as much as this user may have."""
        return shutil.disk_usage(path).free


def write_all(disk: Disk, descriptor: int, data: memoryview) -> None:
    """Write all of it, however little is taken at a time.

    Raises:
        OSError: The disk takes no more.
    """
    while data:
        taken = disk.write(descriptor, data)
        if taken <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        data = data[taken:]


def reflink_or_copy(source: Path, target: Path) -> None:
    """Copy a file so that it shares its blocks where the file system can, else byte by byte.

    The copy may be edited: the original does not change with it.

    Raises:
        OSError: It cannot be copied; FileExistsError where the target is there.
    """
    with source.open("rb") as original, target.open("xb") as copy:
        if not _cloned(original.fileno(), copy.fileno()):
            shutil.copyfileobj(original, copy, 1 << 20)


def _cloned(source: int, target: int) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


_FICLONE = 0x40049409
"""Source: linux/fs.h; Btrfs and XFS know it."""


def _link_and_unlink(source: Path, target: Path) -> None:
    """Where there is no renaming that refuses: a link refuses too."""
    if sys.platform == "win32":
        source.rename(target)  # refuses there what exists
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        # A file system without links: only this program writes here, which its lock sees to.
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        source.rename(target)
        return
    source.unlink()


def _find_renameat2() -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    try:
        found: Any = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    found.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    found.restype = ctypes.c_int
    return found  # type: ignore[no-any-return]  # a C function has no type


_renameat2 = _find_renameat2()
