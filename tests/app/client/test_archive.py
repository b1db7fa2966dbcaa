"""The archive of a bench elsewhere: the same to a script, to a window, and over a cut line."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import threading
import zipfile
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from app.archive.errors import (
    ArchiveClosedError,
    ArchiveDamagedError,
    ArchiveError,
    ArchiveFolderError,
    ArchiveFullError,
    ArchiveOpeningError,
    ArchiveReadOnlyError,
    ArchiveUnopenedError,
    FileEmptyError,
    FileNotKeptError,
    FileQueryError,
    FileStateError,
    FileTakenError,
    UploadChangedError,
    UploadError,
    UploadHashError,
    UploadTooLargeError,
    UploadTruncatedError,
)
from app.archive.events import FileChanged, FileKept, FileRemoved
from app.archive.records import FileQuery, FileState
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.client import BenchClient, RemoteBench, connect
from app.client.archive import ArchiveClient, query_of, question
from app.client.file_upload import send
from app.client.http import HttpLink
from app.client.problems import Subject, error_of
from app.errors import InvocationNotFoundError
from app.file_wire import file_from
from app.imaging.errors import DecoderClosedError, ImageRefusedError
from app.local_archive import LocalArchive
from app.problems import problem_of
from app.run_facts import Origin, OriginKind
from app.server.archive_query import file_query
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from things.errors import NoBlobDataError, ValueRefusedError

SPEC = BenchSpec("Keeping", (ThingSpec("demo", "things.simulated.everything:Everything"),))
UNKNOWN = UUID("00000000-0000-4000-8000-000000000000")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, str]]:
    """A bench that keeps files, and where it is served, below a prefix."""
    bench = Bench(SPEC, data_folder=tmp_path_factory.mktemp("data"))
    bench.open()
    server = ServerThread(bench, ServerSettings(port=0, prefix="/lab"))
    server.start()
    yield bench, f"{server.url}/lab"
    server.stop()
    bench.close()


@pytest.fixture
def script(kept: tuple[Bench, str]) -> Iterator[BenchClient]:
    """A script's connection."""
    with connect(kept[1]) as client:
        yield client


@pytest.fixture
def window(kept: tuple[Bench, str]) -> Iterator[RemoteBench]:
    """A window's connection."""
    made = RemoteBench(kept[1], pauses_s=(0.02, 0.1)).open()
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of this computer, unlike any other."""
    path = tmp_path / "stack.ome.tif"
    path.write_bytes(uuid4().bytes * 50_000)
    return path


def done(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_a_script_keeps_finds_and_gets_back_a_file(
    script: BenchClient, file: Path, tmp_path: Path
) -> None:
    archive, mark = script.archive, uuid4().hex

    put = archive.put(file, tags=[mark], notes="first", meta={"lens": "10x"})

    assert (put.name, put.extension, put.media_type) == ("stack", "ome.tif", put.media_type)
    assert put.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert [each.id for each in archive.files(tags=[mark], meta={"lens": "10x"})] == [put.id]
    assert archive.get(str(put.id)) == put
    assert archive.read(put.id) == file.read_bytes()
    archive.download(put.id, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()
    assert archive.tags()[mark] == 1
    assert [each.sha256 for each in archive.versions(put.id)] == [put.sha256]
    assert archive.usage().files >= 1
    changed = archive.update(put.id, name="other", tags=[])
    assert (changed.name, changed.tags, changed.notes) == ("other", (), "first")


def test_a_file_whose_content_rotted_over_there_is_sent_again_and_mends_it(
    script: BenchClient, kept: tuple[Bench, str], file: Path
) -> None:
    first = script.archive.put(file)
    store = kept[0].opened_archive.store
    rotten = store.path_of(first.sha256)
    content = bytearray(rotten.read_bytes())
    content[1000] ^= 1
    rotten.chmod(0o600)
    rotten.write_bytes(content)

    again = script.archive.put(file)

    assert again.sha256 == first.sha256
    assert script.archive.read(again.id) == file.read_bytes() == script.archive.read(first.id)
    assert script.archive.get(first.id).damaged == ""
    assert any(each.name.startswith(first.sha256) for each in store.quarantine.iterdir())


def test_all_pages_are_asked_for(script: BenchClient, file: Path) -> None:
    mark = uuid4().hex
    made = [script.archive.put(file, name=str(number), tags=[mark]).id for number in range(5)]

    found = [each.id for each in script.archive.files(tags=[mark], page=2)]

    assert found == made[::-1]
    assert len(list(script.archive.files(tags=[mark], page=2, limit=3))) == 3


def test_a_window_cannot_tell_the_archive_from_one_of_its_own(
    kept: tuple[Bench, str], window: RemoteBench, file: Path, tmp_path: Path
) -> None:
    local = LocalArchive(kept[0], Origin(OriginKind.WINDOW, "a test"))
    remote = window.archive
    assert remote is not None
    put = done(remote.put(file, tags=["both"], meta={"z": 3}))

    for ask in (
        lambda archive: archive.get(put.id),
        lambda archive: archive.versions(put.id),
        lambda archive: archive.tags(),
        lambda archive: archive.read(put.id),
        lambda archive: archive.difference(put.id),
        lambda archive: archive.restore_settings(put.id),
    ):
        here, there = done(ask(local)), done(ask(remote))
        if hasattr(here, "uri"):
            assert there.uri == f"/lab{here.uri}"
            continue
        assert list(there) == list(here)
    pages = [done(each.search(FileQuery(tags=("both",), total=True))) for each in (local, remote)]
    assert [each.id for each in pages[0].files] == [each.id for each in pages[1].files] == [put.id]
    assert pages[0].total == pages[1].total == 1
    assert remote.trouble == local.trouble == ""
    assert done(remote.trash(put.id)).state is FileState.TRASHED
    assert done(remote.restore(put.id)).state is FileState.LINKED
    done(remote.export([put.id], tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert packed.read("stack.ome.tif") == file.read_bytes()


def test_an_output_is_kept_from_elsewhere_and_its_settings_put_back(
    script: BenchClient, window: RemoteBench, tmp_path: Path
) -> None:
    script["demo"].colour = "green"
    run = script["demo"].snap.start()
    run.wait(30)
    archive = window.archive
    assert archive is not None

    kept = done(archive.keep(run.id, name="green one", tags=["green"]))

    assert kept.provenance.run == run.id
    assert done(archive.kept(run.id)) == {(): kept.id}
    assert done(archive.thumbnail(kept.id, 64)).startswith(b"\x89PNG")
    done(archive.save(kept.id, tmp_path / "green.png"))
    assert str(run.id).encode() in (tmp_path / "green.png").read_bytes()
    script["demo"].colour = "blue"
    [different] = done(archive.difference(kept.id))
    assert (different.name, different.then, different.now) == ("colour", "green", "blue")
    [restored] = done(archive.restore_settings(kept.id, [("demo", "colour")]))
    assert (restored.value, restored.error) == ("green", "")
    assert script["demo"].colour == "green"


def test_a_picture_is_still_seen_after_its_run_was_forgotten(
    kept: tuple[Bench, str], window: RemoteBench, tmp_path: Path
) -> None:
    bench = kept[0]
    run = bench.invoke("demo", "snap", {}, Origin(OriginKind.WINDOW, "somebody else"))
    assert run.wait_ended(60)
    content = run.result.content
    bench.outputs.wait()
    run.retention_time = -1.0
    bench.actions.expire_invocations()
    bench.outputs.wait()

    assert done(window.picture(run.id)) == content
    done(window.save(run.id, (), tmp_path / "again.png"))
    assert (tmp_path / "again.png").read_bytes() == content
    with pytest.raises(InvocationNotFoundError):
        done(window.picture(UNKNOWN))
    with pytest.raises((InvocationNotFoundError, NoBlobDataError)):
        done(window.picture(run.id, ("elsewhere", 0)))


def test_what_others_keep_of_a_run_is_known_without_asking(
    kept: tuple[Bench, str], window: RemoteBench, script: BenchClient
) -> None:
    run = script["demo"].snap.start()
    run.wait(30)
    there = threading.Event()
    mailbox = window.subscribe(there.set)

    def known_after(kind: type[FileKept] | type[FileChanged] | type[FileRemoved]) -> UUID | None:
        """What the window knows to be kept, when it has heard of such an event."""
        while not any(isinstance(event, kind) for event in mailbox.take()):
            assert there.wait(30)
            there.clear()
        (snapshot,) = [each for each in window.invocations() if each.id == run.id]
        (blob,) = snapshot.blobs
        return blob.kept

    archive = script.archive
    file = archive.keep(run.id)
    assert known_after(FileKept) == file.id
    assert file.uri.startswith("/lab/files/")
    archive.trash(file.id)
    assert known_after(FileChanged) is None
    archive.restore(file.id)
    assert known_after(FileChanged) == file.id
    archive.trash(file.id)
    assert known_after(FileChanged) is None
    archive.delete(file.id)
    assert known_after(FileRemoved) is None


def test_what_others_do_to_files_is_told(
    window: RemoteBench, script: BenchClient, file: Path
) -> None:
    there = threading.Event()
    mailbox = window.subscribe(there.set)
    put = script.archive.put(file)
    script.archive.trash(put.id)
    script.archive.delete(put.id)
    told: list[Any] = []
    while not any(isinstance(event, FileRemoved) for event in told):
        assert there.wait(60)
        there.clear()
        told += mailbox.take()

    kinds = (FileKept, FileChanged, FileRemoved)
    of_files: list[Any] = [event for event in told if isinstance(event, kinds)]
    assert [type(event) for event in of_files] == [FileKept, FileChanged, FileRemoved]
    assert of_files[0].file.id == put.id
    assert of_files[1].file.state is FileState.TRASHED
    assert of_files[2].id == put.id


def test_what_is_refused_comes_as_the_error_it_was(script: BenchClient, file: Path) -> None:
    archive = script.archive
    put = archive.put(file)

    for ask in (archive.get, archive.read, archive.trash, archive.delete, archive.difference):
        with pytest.raises(FileNotKeptError, match=str(UNKNOWN)):
            ask(UNKNOWN)
    with pytest.raises(FileStateError, match="not in the trash"):
        archive.delete(put.id)
    with pytest.raises(ImageRefusedError):
        archive.thumbnail(archive.put(file.rename(file.with_name("a.txt"))).id)
    with pytest.raises(ValueRefusedError) as refused:
        archive.update(put.id, tags=["t" * 101])
    assert refused.value.name == "tags"
    with pytest.raises(FileQueryError, match="media_type"):
        list(archive.files(media_type="png"))
    with pytest.raises(FileQueryError, match="wrong"):
        list(archive.files(wrong=1))
    with pytest.raises(UploadError):
        archive.put(file.with_name("nowhere"))
    os.mkfifo(file.with_name("endless"))
    with pytest.raises(UploadError, match="endless"):
        archive.put(file.with_name("endless"))


def test_a_name_that_is_no_text_is_kept_as_one(script: BenchClient, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt"))
    odd.write_bytes(b"content")

    assert script.archive.put(odd).file_name == "bad?.txt"


def test_an_export_that_fails_leaves_no_file(script: BenchClient, tmp_path: Path) -> None:
    with pytest.raises(FileNotKeptError):
        script.archive.export([UNKNOWN], tmp_path / "a.zip")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_refused_leaves_no_record(script: BenchClient, file: Path) -> None:
    before = len(list(script.archive.files(state=None)))

    with pytest.raises(ValueRefusedError):
        script.archive.put(file, tags=["t" * 101])

    assert len(list(script.archive.files(state=None))) == before


class CuttingProxy:
    """Hands on what comes, and cuts the first upload after so many bytes."""

    def __init__(self, url: str, after: int) -> None:
        host, _, rest = url.removeprefix("http://").partition(":")
        self._target = (host, int(rest.partition("/")[0]))
        self._left = after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/lab"
        self.cuts = 0
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        """Take no more connections, and wait for the end of those there are."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)
        self._listener.close()

    def _start(self, work: Callable[..., None], *given: Any) -> None:
        self._threads.append(threading.Thread(target=work, args=given, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._connect, client)

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=self._hand_on, args=(server, client, False))
            back.start()
            self._hand_on(client, server, True)
            back.join(60)

    def _hand_on(self, one: socket.socket, other: socket.socket, cut: bool) -> None:
        try:
            while data := one.recv(65536):
                # The guard wants its own name as host.
                data = data.replace(
                    self.url.removeprefix("http://").partition("/")[0].encode(),
                    f"{self._target[0]}:{self._target[1]}".encode(),
                )
                if cut and self.cuts == 0:
                    self._left -= len(data)
                    if self._left < 0:
                        self.cuts += 1
                        break
                other.sendall(data)
        except OSError:
            pass  # the other direction was closed
        finally:
            for each in (one, other):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


def test_an_upload_over_a_line_that_is_cut_goes_on(kept: tuple[Bench, str], tmp_path: Path) -> None:
    content = np.random.default_rng(7).bytes(6 * 2**20)
    (tmp_path / "large.bin").write_bytes(content)
    proxy = CuttingProxy(kept[1], 4 * 2**20)
    http = HttpLink(proxy.url, timeout_s=60)
    try:
        file = send(http, tmp_path / "large.bin", {}, file_from, pause_s=0.05)
    finally:
        http.close()
        proxy.close()

    assert proxy.cuts == 1
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    with kept[0].opened_archive.open_file(file.id) as stream:
        assert stream.read() == content


def test_a_file_that_changes_while_it_is_sent_is_not_kept(
    kept: tuple[Bench, str], file: Path
) -> None:
    http = HttpLink(kept[1])
    made: list[UUID] = []

    def read(answer: Any) -> Any:
        found = file_from(answer)
        if found.state is FileState.DRAFT:
            made.append(found.id)
            with file.open("r+b") as changing:
                changing.write(b"changed")
        return found

    try:
        with pytest.raises(UploadChangedError, match=r"stack\.ome\.tif"):
            send(http, file, {}, read)
        with pytest.raises(FileNotKeptError):
            ArchiveClient(http).get(made[0])
    finally:
        http.close()


QUERIES: list[FileQuery] = [
    FileQuery(),
    FileQuery(text="onion skin", limit=7, after="12", oldest_first=True, total=True),
    FileQuery(tags=("a b", "c&d"), meta={"lens": "10x", "z": 3, "on": True, "n": None, "s": "3"}),
    FileQuery(thing="a", action="b", sample="c", session="d", operator="e", media_type="image/*"),
    FileQuery(run=uuid4(), sha256="ab" * 32, state=None),
    FileQuery(state=FileState.TRASHED),
    FileQuery(since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime.now(UTC) + timedelta(1)),
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_question_is_understood_as_it_was_meant(query: FileQuery) -> None:
    from starlette.datastructures import QueryParams

    assert file_query(QueryParams(question(query).removeprefix("?"))) == query


def test_a_script_may_write_ids_states_and_times_as_text() -> None:
    query = query_of({"state": "trashed", "run": str(UNKNOWN), "since": "2026-01-01T00:00:00"})

    assert (query.state, query.run) == (FileState.TRASHED, UNKNOWN)
    assert query.since is not None
    assert query.since.tzinfo is not None


ERRORS: list[Callable[[], Exception]] = [
    lambda: ArchiveError("it is so"),
    ArchiveClosedError,
    ArchiveOpeningError,
    lambda: ArchiveUnopenedError("its catalogue cannot be opened"),
    lambda: ArchiveReadOnlyError(Path("files"), "Read-only file system"),
    lambda: ArchiveFullError("the disk is full"),
    lambda: FileNotKeptError(UNKNOWN),
    lambda: FileEmptyError("name"),
    lambda: FileStateError("it is in the trash"),
    lambda: FileTakenError(UNKNOWN),
    lambda: UploadError("it cannot be read"),
    lambda: UploadTruncatedError(11, 4),
    lambda: UploadHashError("ab" * 32, "cd" * 32),
    lambda: UploadTooLargeError(1000),
    lambda: ImageRefusedError("text/plain is no picture"),
    DecoderClosedError,
]


@pytest.mark.parametrize("make", ERRORS)
def test_every_error_of_the_archive_comes_back_as_it_was(make: Callable[[], Exception]) -> None:
    error = make()

    back = error_of(problem_of(error), Subject("file", name="name"))

    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_damage_and_folders_are_told_without_paths() -> None:
    damaged = error_of(problem_of(ArchiveDamagedError("ab" * 32, "it is gone")), Subject("file"))
    folder = error_of(
        problem_of(ArchiveFolderError(Path("/home/ada/data/files"), "it is gone")), Subject("file")
    )

    assert isinstance(damaged, ArchiveDamagedError)
    assert (damaged.sha256, damaged.reason) == ("ab" * 6, "it is gone")
    assert isinstance(folder, ArchiveFolderError)
    assert folder.reason == "it is gone"
    assert "ada" not in str(folder)


def test_a_bench_without_an_archive_has_none(remote: RemoteBench) -> None:
    assert remote.archive is None
