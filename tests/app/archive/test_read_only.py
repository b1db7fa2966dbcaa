"""A folder that can only be read: what is kept opens, every change is refused by one error."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest

from app.archive.archive import Archive
from app.archive.disk import Disk
from app.archive.errors import ArchiveFolderError, ArchiveReadOnlyError
from app.archive.events import ArchiveTroubled
from app.archive.exporting import export_files, save_file
from app.archive.housekeeper import Housekeeper
from app.archive.records import FileQuery
from app.archiving import ArchivingRules
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from app.thumbnails import Thumbnails
from things.encoding import encode_image

if TYPE_CHECKING:
    from tests.app.archive.conftest import Events, OpensArchive
    from tests.app.conftest import MountedDisk

sys.path.append(str(Path(__file__).parent))

ME = Origin(OriginKind.SCRIPT, "a test")


class Folder:
    """A folder that can be made read-only, and writable again, while nobody writes in it."""

    def __init__(self, path: Path, disk: MountedDisk | None) -> None:
        self.path = path
        self.mounted = disk is not None
        self._disk = disk

    def let_read_only(self, read_only: bool) -> None:
        if self._disk is not None:
            options = f"remount,{'ro' if read_only else 'rw'}"
            subprocess.run(["mount", "-o", options, str(self._disk.folder)], check=True)
            return
        for folder, _, _ in os.walk(self.path):
            Path(folder).chmod(0o555 if read_only else 0o755)


@pytest.fixture
def folder(mounted_disk: MountedDisk | None, tmp_path: Path) -> Iterator[Folder]:
    """On a disk of its own; who may not mount takes the right to write away instead."""
    made = Folder(
        (tmp_path if mounted_disk is None else mounted_disk.folder) / "files", mounted_disk
    )
    yield made
    made.let_read_only(False)


def picture() -> bytes:
    return encode_image(np.arange(64, dtype=np.uint8).reshape(8, 8), "image/png")


def test_what_is_kept_opens_and_every_change_is_refused_with_one_error(
    opens_in: Callable[[Path], Archive], folder: Folder, tmp_path: Path, events: Events
) -> None:
    writable = opens_in(folder.path)
    file = writable.keep(picture(), "a", media_type="image/png", extension="png")
    trashed = writable.keep(b"other", "b")
    writable.trash(trashed.id)
    draft = writable.create("c")
    writable.close()
    events.all.clear()
    folder.let_read_only(True)

    archive = opens_in(folder.path)
    assert archive.find(FileQuery(total=True)).total == 1
    with archive.open_file(file.id) as stream:
        assert stream.read() == picture()
    save_file(archive, file.id, tmp_path / "saved.png")
    assert (tmp_path / "saved.png").stat().st_size >= len(picture())
    export_files(archive, [file.id], tmp_path / "all.zip")
    assert zipfile.ZipFile(tmp_path / "all.zip").testzip() is None

    source = tmp_path / "source"
    source.write_bytes(b"content")
    changes: list[Callable[[], object]] = [
        lambda: archive.create("d"),
        lambda: archive.keep(b"content", "d"),
        lambda: archive.keep_file(source),
        lambda: archive.put(draft.id, b"content"),
        lambda: archive.put_file(draft.id, source),
        lambda: archive.update(file.id, notes="x"),
        lambda: archive.trash(file.id),
        lambda: archive.restore(trashed.id),
        lambda: archive.delete(trashed.id),
        archive.refuse_low,
    ]
    for change in changes:
        with pytest.raises(ArchiveReadOnlyError, match="can only be read"):
            change()
    assert source.exists()
    assert "can only be read" in archive.usage().low
    assert [type(event) for event in events.all] == [ArchiveTroubled]
    assert archive.read_only

    folder.let_read_only(False)
    assert archive.put_file(draft.id, source).size == 7
    assert archive.read_only == archive.low == ""
    (_, well, *_) = events.all
    assert well.reason == ""  # type: ignore[attr-defined]  # it is of that kind


def test_a_folder_in_which_nothing_was_kept_and_nothing_can_be_is_refused(
    opens_in: Callable[[Path], Archive], folder: Folder
) -> None:
    folder.let_read_only(True)
    if not folder.mounted:
        folder.path.mkdir(0o555)

    with pytest.raises(ArchiveFolderError):
        opens_in(folder.path)


def test_small_pictures_that_cannot_be_written_are_held_in_memory(
    opens_in: Callable[[Path], Archive], folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    writable = opens_in(folder.path)
    file = writable.keep(picture(), "a", media_type="image/png")
    writable.close()
    folder.let_read_only(True)
    small = Thumbnails(opens_in(folder.path))
    try:
        first = small.of(file, 64)
        with monkeypatch.context() as nobody_decodes:
            nobody_decodes.setattr(small, "_joined", None)
            assert small.of(file, 64) == first
    finally:
        small.close()


class RemountedDisk(Disk):
    """One that a fault of the file system makes read-only under a running program.

    Attributes:
        read_only: Whether it is now.
    """

    def __init__(self) -> None:
        self.read_only = False

    def _obey(self) -> None:
        if self.read_only:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def create(self, path: Path) -> int:
        self._obey()
        return super().create(path)

    def rename_new(self, source: Path, target: Path) -> None:
        self._obey()
        super().rename_new(source, target)

    def remove(self, path: Path) -> None:
        self._obey()
        super().remove(path)


def test_a_folder_that_can_only_be_read_from_now_on_is_said_and_it_goes_on_by_itself(
    opens: OpensArchive, events: Events
) -> None:
    disk = RemountedDisk()
    archive = opens(disk)
    file = archive.keep(b"was there", "before")
    well = threading.Event()

    def told(event: object) -> None:
        events(event)  # type: ignore[arg-type]  # an event
        if isinstance(event, ArchiveTroubled) and not event.reason:
            well.set()

    archive._publish = told
    disk.read_only = True
    for _ in range(2):
        with pytest.raises(ArchiveReadOnlyError):
            archive.keep(b"more", "after")
    with pytest.raises(ArchiveReadOnlyError):
        archive.refuse_low()
    with archive.open_file(file.id) as stream:
        assert stream.read() == b"was there"
    assert events.kinds == ["FileKept", "ArchiveTroubled"]

    keeper = Housekeeper(archive, write_look_s=0.02)
    try:
        disk.read_only = False
        assert well.wait(30)
    finally:
        keeper.close()
    archive.refuse_low()
    assert archive.keep(b"more", "after").size == 4
    archive.close()
    opens()  # nobody holds it any more


def test_a_bench_with_such_a_folder_says_so_and_its_files_are_served(
    folder: Folder, tmp_path: Path
) -> None:
    rules = ArchivingRules(folder=folder.path, low_mb=0.0)
    things = (ThingSpec("probe", "kept_things:Probe"), ThingSpec("lamp", "kept_things:Lamp"))

    def bench() -> Bench:
        return Bench(BenchSpec("Kept", things), data_folder=tmp_path / "data", archiving=rules)

    with bench() as writable:
        file = writable.opened_archive.keep(picture(), "a", media_type="image/png")
    folder.let_read_only(True)

    with bench() as opened:
        assert "can only be read" in opened.archive_trouble
        with pytest.raises(ArchiveReadOnlyError):
            opened.invoke("probe", "always", {}, ME)
        assert opened.invoke("probe", "snap", {}, ME).wait_ended(30)
        server = ServerThread(opened, ServerSettings(port=0))
        server.start()
        try:
            with httpx.Client(base_url=server.url, timeout=60) as http:
                assert http.get("/archive").json()["files"][0]["id"] == str(file.id)
                assert http.get(file.uri).content == picture()
                assert http.get(f"/archive/{file.id}/thumbnail").status_code == 200
                assert http.get(f"/archive/{file.id}/export").status_code == 200
                assert http.get("/archive/export", params={"id": str(file.id)}).is_success
                for refused in (
                    http.post("/archive", json={"name": "b"}),
                    http.put(f"/archive/{file.id}/content", content=b"other"),
                    http.patch(f"/archive/{file.id}", json={"notes": "x"}),
                    http.post(f"/archive/{file.id}/trash"),
                ):
                    assert refused.status_code == 503
                    assert refused.json()["title"] == "ArchiveReadOnlyError"
        finally:
            server.stop()
        folder.let_read_only(False)
        run = opened.invoke("probe", "always", {}, ME)
        assert run.wait_ended(30)
        assert opened.archive_trouble == ""
