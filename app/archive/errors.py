"""What can be wrong with the archive.

ThingError
└── ArchiveError                    anything the archive can say
    ├── ArchiveClosedError          it is not open, or not any more (also a RuntimeError)
    │   └── ArchiveOpeningError     it is just being opened
    ├── ArchiveUnopenedError        it could not be opened; that is tried again by itself
    ├── ArchiveFolderError          its folder cannot be used: missing, moved
    │   └── ArchiveReadOnlyError    it can be read, but not be written
    ├── ArchiveFullError            no room: the disk, or what the archive may take
    ├── ArchiveDamagedError         a file is not what it was when it was kept
    ├── FileNotKeptError            there is no file of that id (also a KeyError)
    ├── FileEmptyError              nothing was put into it yet
    ├── FileStateError              it is in the trash, or not there
    ├── FileTakenError              a new draft has that id already
    ├── UploadError                 what came is not what was promised
    │   ├── UploadTruncatedError    fewer bytes came than were promised
    │   ├── UploadHashError         its SHA-256 is another one
    │   └── UploadChangedError      it was changed while it was read
    ├── UploadTooLargeError         more bytes than are allowed
    └── FileQueryError              the archive does not understand what it is asked (a ValueError)
"""

from __future__ import annotations

from pathlib import Path

from things.errors import ThingError


class ArchiveError(ThingError):
    """Anything the archive can say."""


class ArchiveClosedError(ArchiveError, RuntimeError):
    """The archive is not open, or not any more."""

    def __init__(self) -> None:
        super().__init__("the archive is not open")


class ArchiveOpeningError(ArchiveClosedError):
    """The archive is just being opened: whoever asks again soon gets an answer."""

    def __init__(self) -> None:
        ArchiveError.__init__(self, "the archive is just being opened")


class ArchiveUnopenedError(ArchiveError):
    """The archive could not be opened. That is tried again by itself, ever more rarely."""


class ArchiveFolderError(ArchiveError):
    """The folder of the archive cannot be used.

    Attributes:
        folder: Which one.
        reason: Why, in words.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder}: files cannot be kept there: {reason}")
        self.folder = folder
        self.reason = reason


class ArchiveReadOnlyError(ArchiveFolderError):
    """The folder of the archive can be read, but not be written: what is kept still opens.

    Attributes:
        why: Why it cannot be written, in words.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, f"it can only be read: {reason}")
        self.why = reason


class ArchiveFullError(ArchiveError):
    """There is no room for more.

    Attributes:
        reason: Why, in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"there is no room for more files: {reason}")
        self.reason = reason


class ArchiveDamagedError(ArchiveError):
    """A file is not what it was when it was kept, or gone from the disk.

    Attributes:
        sha256: What it was.
        reason: In words.
    """

    def __init__(self, sha256: str, reason: str) -> None:
        super().__init__(f"the file with SHA-256 {sha256[:12]}… is damaged: {reason}")
        self.sha256 = sha256
        self.reason = reason


class FileNotKeptError(ArchiveError, KeyError):
    """There is no file of that id."""

    def __init__(self, id: object) -> None:
        super().__init__(f"no file is kept under the id {id}")

    def __str__(self) -> str:
        return str(self.args[0])


class FileEmptyError(ArchiveError):
    """Nothing was put into the file yet."""

    def __init__(self, id: object) -> None:
        super().__init__(f"nothing was put into the file {id} yet")


class FileStateError(ArchiveError):
    """What is asked of a file cannot be done in the state it is in."""


class FileTakenError(ArchiveError):
    """There is a file of that id already."""

    def __init__(self, id: object) -> None:
        super().__init__(f"there is a file with the id {id} already")


class UploadError(ArchiveError):
    """What came is not what was promised; nothing was kept of it."""


class UploadTruncatedError(UploadError):
    """Fewer bytes came than were promised, or more.

    Attributes:
        promised: How many bytes there should have been.
        came: How many there were.
    """

    def __init__(self, promised: int, came: int) -> None:
        super().__init__(f"{promised} bytes were promised, {came} came; nothing was kept of them")
        self.promised = promised
        self.came = came


class UploadHashError(UploadError):
    """What came has another SHA-256 than was promised.

    Attributes:
        promised: Hex digest as promised.
        found: Hex digest of what came.
    """

    def __init__(self, promised: str, found: str) -> None:
        super().__init__(
            f"its SHA-256 is {found}, not {promised} as was promised; nothing was kept of it"
        )
        self.promised = promised
        self.found = found


class UploadChangedError(UploadError):
    """A file was changed while it was read.

    Attributes:
        file: Which one.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file.name} was changed while it was read; nothing was kept of it")
        self.file = file


class UploadTooLargeError(ArchiveError):
    """More bytes than are allowed.

    Attributes:
        limit: How many are.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"it has more than the {limit} bytes that are allowed")
        self.limit = limit


class FileQueryError(ArchiveError, ValueError):
    """The archive does not understand what it is asked.

    Attributes:
        name: Which part of the question.
        reason: What was expected there.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
