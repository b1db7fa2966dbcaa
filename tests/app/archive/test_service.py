"""The promises of the file service, as the table of its specification has them."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from app.archive import sources
from app.archive.errors import (
    ArchiveClosedError,
    ArchiveError,
    FileEmptyError,
    FileNotKeptError,
    FileStateError,
    UploadChangedError,
    UploadError,
    UploadHashError,
    UploadTruncatedError,
)
from app.archive.limits import ArchiveLimits
from app.archive.records import FileQuery, FileState
from app.archive.service import FileService
from app.archive.sweeping import sweep
from app.database.database import Database
from things.errors import ValueRefusedError

on_both_databases = pytest.mark.parametrize(
    "catalogue_url", ["sqlite", "postgresql"], indirect=True
)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def service(database: Database, folder: Path, app: Any = None, **options: Any) -> FileService:
    return FileService(app, database, folder, limits=ArchiveLimits(low_bytes=0), **options)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"name": 5}, "name"),
        ({"extension": 5}, "extension"),
        ({"tags": [5]}, "tags"),
        ({"tags": "abc"}, "tags"),
        ({"tags": 5}, "tags"),
        ({"notes": 5}, "notes"),
        ({"media_type": 5}, "media_type"),
        ({"media_type": "no type"}, "media_type"),
        ({"meta": [1]}, "meta"),
    ],
)
def test_values_of_other_kinds_are_refused_by_their_name(
    database: Database, tmp_path: Path, given: dict[str, Any], named: str
) -> None:
    async def create() -> None:
        async with service(database, tmp_path / "files") as files:
            with pytest.raises(ValueRefusedError) as refused:
                await files.create(given)
            assert refused.value.name == named

    run(create())


def test_the_example_of_the_seed(either_database: Database, tmp_path: Path) -> None:
    app, database_service = SimpleNamespace(services={}), either_database
    file_path = tmp_path / "measured.txt"
    file_path.write_text("hello")

    async def example() -> None:
        async with FileService(app, database_service, tmp_path / "files") as file_service:
            data = await file_service.create(
                {"name": "test", "extension": "txt", "meta": {"tag": "file"}}
            )
            assert (data["state"], data["hash"]) == (FileState.DRAFT, None)
            data = await file_service.upload_local_file(data["id"], file_path)

            assert data["id"] == data.id
            assert data["name"] == "test"
            assert data["meta"] == {"tag": "file"}
            assert data["state"] is FileState.LINKED
            path = await file_service.get_local_file_path(data["id"])
            assert path.read_text() == "hello"
            with pytest.raises(KeyError):
                data["colour"]

    run(example())
    assert not file_path.exists()


def test_it_is_registered_under_its_name_while_it_is_open(
    database: Database, tmp_path: Path
) -> None:
    app = SimpleNamespace(services={})
    files = service(database, tmp_path / "files", app)

    async def use() -> None:
        assert files.closed
        async with files as opened:
            assert opened is files
            assert not files.closed
            assert app.services == {"files": files}
        assert app.services == {}

    run(use())
    assert files.closed
    run(files.close())
    assert files.closed


@on_both_databases
def test_before_it_is_open_and_after_it_is_closed_every_call_raises_one_error(
    database: Database, tmp_path: Path
) -> None:
    files = service(database, tmp_path / "files")
    id = "00000000-0000-0000-0000-000000000001"
    calls: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
        "create": lambda: files.create({"name": "a"}),
        "get": lambda: files.get(id),
        "list": files.list,
        "update": lambda: files.update(id, {"name": "b"}),
        "trash": lambda: files.trash(id),
        "restore": lambda: files.restore(id),
        "delete": lambda: files.delete(id),
        "upload_local_file": lambda: files.upload_local_file(id, "x"),
        "upload_content": lambda: files.upload_content(id, b"x"),
        "delete_unlinked_files": files.delete_unlinked_files,
        "delete_local_file": lambda: files.delete_local_file("x"),
        "get_local_file_path": lambda: files.get_local_file_path(id),
        "get_temp_dir": files.get_temp_dir,
        "get_temp_file": files.get_temp_file,
        "sweep": files.sweep,
        "scrub": files.scrub,
        "rebuild_views": files.rebuild_views,
    }

    def refused() -> None:
        for call in calls.values():
            with pytest.raises(ArchiveClosedError):
                run(call())
        for plain in (files.get_temp_file_path, files.get_temp_file_sync, lambda: files.temp_dir):
            with pytest.raises(ArchiveClosedError):
                plain()

    refused()
    run(files.init())
    run(files.init())
    run(files.close())
    refused()


def test_opened_and_closed_by_many_at_once_it_is_open_once(
    database: Database, tmp_path: Path
) -> None:
    before = threading.active_count()

    async def many() -> None:
        files = service(database, tmp_path / "files")
        await asyncio.gather(*(files.init() for _ in range(8)))
        assert [t.name for t in threading.enumerate()].count("archive-sweeper") == 1
        await asyncio.gather(*(files.close() for _ in range(8)))
        assert files.closed

    run(many())
    assert threading.active_count() == before


def test_it_can_be_opened_again(database: Database, tmp_path: Path) -> None:
    files = service(database, tmp_path / "files")

    async def keep() -> Any:
        async with files:
            return await files.upload_content((await files.create({})).id, "text")

    async def read(id: Any) -> bytes:
        async with files:
            return (await files.get_local_file_path(id)).read_bytes()

    assert run(read(run(keep()).id)) == b"text"


def test_it_works_from_several_loops_and_threads_at_once(
    either_database: Database, tmp_path: Path
) -> None:
    files = service(either_database, tmp_path / "files")
    run(files.init())
    kept: list[Any] = []

    def keep(number: int) -> None:
        async def work() -> None:
            data = await files.create({"name": f"file {number}"})
            kept.append(await files.upload_content(data.id, f"content {number % 3}"))

        asyncio.run(work())

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    page = run(files.list(FileQuery(total=True)))
    run(files.close())

    assert len(kept) == page.total == 9
    assert len({file.sha256 for file in kept}) == 3
    assert len([path for path in (tmp_path / "files/objects").rglob("*") if path.is_file()]) == 3


def test_content_is_stored_once_under_its_sha256_and_is_read_only(
    database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            first, second = [
                await files.upload_content((await files.create({"name": name})).id, b"the same")
                for name in ("one", "another")
            ]
            digest = hashlib.sha256(b"the same").hexdigest()
            path = await files.get_local_file_path(first.id)
            assert first.sha256 == second.sha256 == digest
            assert path == await files.get_local_file_path(second.id)
            assert path == tmp_path / "files/objects" / digest[:2] / digest[2:4] / digest
            assert path.stat().st_mode & 0o777 == 0o444

    run(use())


@pytest.mark.parametrize(
    "content",
    [5, None, ["a"], io.StringIO("text"), [b"a", 5]],
    ids=lambda each: type(each).__name__,
)
def test_what_is_no_content_is_refused_and_leaves_nothing(
    database: Database, tmp_path: Path, content: Any
) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            data = await files.create({"name": "a"})
            with pytest.raises(UploadError, match="expected"):
                await files.upload_content(data.id, content)
            assert (await files.get(data.id)).state is FileState.DRAFT
            assert list(files.temp_dir.iterdir()) == []
            mixed: list[Any] = [memoryview(bytes(12)).cast("I"), bytearray(b"x")]
            assert (await files.upload_content(data.id, mixed)).size == 13

    run(use())


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf"), "x"])
def test_only_times_ago_count_in_days(database: Database, tmp_path: Path, days: Any) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            await files.create({"name": "just made"})
            with pytest.raises(ValueRefusedError, match="days"):
                await files.delete_unlinked_files(days)
            assert len((await files.list(FileQuery(state=FileState.DRAFT))).files) == 1

    run(use())


@on_both_databases
@pytest.mark.parametrize("move", [True, False])
def test_a_moved_file_goes_and_a_copied_one_stays_also_where_the_content_is_known(
    database: Database, tmp_path: Path, move: bool
) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            for name in ("first", "with the same content"):
                source = tmp_path / name
                source.write_bytes(b"11 bytes...")
                data = await files.create({"name": name})
                file = await files.upload_local_file(data.id, source, move=move)
                assert file.size == 11
                assert source.exists() is not move
                assert (await files.get_local_file_path(file.id)).read_bytes() == b"11 bytes..."

    run(use())


def test_moving_a_content_of_the_archive_itself_leaves_it(
    database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            first = await files.upload_content((await files.create({})).id, b"precious")
            path = await files.get_local_file_path(first.id)
            second = await files.create({"name": "again"})
            await files.upload_local_file(second.id, path, move=True)
            assert path.read_bytes() == b"precious"

    run(use())


def test_a_file_may_be_given_as_itself(database: Database, tmp_path: Path) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            data = await files.create({"name": "temporary"})
            with files.get_temp_file_sync() as temporary:
                temporary.write(b"written to it")
                file = await files.upload_local_file(data.id, temporary)
            assert file.size == 13
            assert list(files.temp_dir.iterdir()) == []

    run(use())


def test_the_address_is_percent_encoded_and_ends_with_the_name(
    database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files", uri_prefix="/lab/kept/") as files:
            data = await files.create({"name": "50 % größer/../x?#", "extension": "txt"})
            assert data.uri.isascii()
            assert data.uri.startswith(f"/lab/kept/{data.id}/")
            assert not set("?#% ").intersection(data.uri.replace("%", "", data.uri.count("%")))
            assert data.uri.count("/") == 4
            assert unquote(data.uri.rpartition("/")[2]) == "50 % größer/../x?#.txt"
            assert (await files.create({"name": ".."})).uri.endswith("/file")

    run(use())


def test_a_client_cannot_set_the_hash(database: Database, tmp_path: Path) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            data = await files.create({"name": "mine"})
            for column in ("hash", "sha256", "state", "size", "number"):
                with pytest.raises(ValueRefusedError):
                    await files.create({column: "ab" * 32})
                with pytest.raises(ValueRefusedError):
                    await files.update(data.id, {column: "ab" * 32})
            changed = await files.update(data.id, {"name": "ours", "tags": ["b", "a", "B"]})
            assert (changed.name, changed.tags, changed.sha256) == ("ours", ("a", "b"), "")

    run(use())


def test_records_without_content_go_after_a_day_and_it_says_which(
    either_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use() -> None:
        async with service(either_database, tmp_path / "files") as files:
            draft = await files.create({"name": "never uploaded"})
            kept = await files.upload_content((await files.create({})).id, b"x")

            assert await files.delete_unlinked_files() == []
            assert await files.delete_unlinked_files(days=0, dry_run=True) == [draft.id]
            assert (await files.get(draft.id)).state is FileState.DRAFT
            assert await files.delete_unlinked_files(days=0) == [draft.id]
            with pytest.raises(FileNotKeptError):
                await files.get(draft.id)
            assert (await files.get(kept.id)).state is FileState.LINKED

    run(use())


def test_content_without_a_record_goes_in_two_phases(
    either_database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(either_database, tmp_path / "files") as files:
            file = await files.upload_content((await files.create({})).id, b"soon gone")
            path = await files.get_local_file_path(file.id)
            with pytest.raises(FileStateError):
                await files.delete(file.id)
            await files.trash(file.id)
            await files.delete(file.id)
            with pytest.raises(FileNotKeptError):
                await files.get(file.id)

            assert (await files.sweep()).removed == []
            assert path.exists()
            assert sweep(files.archive, grace_s=0, dry_run=True).removed == [file.sha256]
            assert path.exists()
            assert sweep(files.archive, grace_s=0).removed == [file.sha256]
            assert not path.exists()

    run(use())


def test_temporary_files_work_and_are_on_the_file_system_of_the_contents(
    database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            folder = await files.get_temp_dir(prefix="mine-")
            made = await files.get_temp_file("w+", suffix=".txt")
            sync = files.get_temp_file_sync()
            path = files.get_temp_file_path()
            for each in (folder.name, made.name, sync.name, path):
                assert Path(each).parent == files.temp_dir
            assert files.temp_dir.stat().st_dev == (tmp_path / "files/objects").stat().st_dev
            assert not path.exists()
            assert files.get_temp_file_path() != path
            made.write("text")
            folder.cleanup()
            made.close()
            sync.close()
            assert list(files.temp_dir.iterdir()) == []

    run(use())


def test_what_is_left_in_the_temporary_folder_goes_at_the_next_start(
    database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        files = service(database, tmp_path / "files")
        async with files:
            files.get_temp_file_path().write_text("left over")
            (files.temp_dir / "a folder/in a folder").mkdir(parents=True)
        async with files:
            assert list(files.temp_dir.iterdir()) == []

    run(use())


def test_only_temporary_files_are_removed_by_hand(database: Database, tmp_path: Path) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            file = await files.upload_content((await files.create({})).id, b"kept")
            path = await files.get_local_file_path(file.id)
            other = tmp_path / "somebody else's"
            other.write_text("stays")
            for wrong in (path, other, "../objects", "", ".", "..", f"../../{other.name}"):
                with pytest.raises(ArchiveError):
                    await files.delete_local_file(wrong)
            mine = files.get_temp_file_path()
            mine.write_text("goes")
            await files.delete_local_file(mine)
            await files.delete_local_file(mine.name)
            assert (path.exists(), other.exists(), mine.exists()) == (True, True, False)

    run(use())


def test_uploading_again_makes_a_version_and_the_old_one_can_still_be_read(
    either_database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(either_database, tmp_path / "files") as files:
            file = await files.upload_content((await files.create({})).id, b"first")
            file = await files.upload_content(file.id, b"second, better")
            assert file.version == 2
            versions = files.archive.versions(file.id)
            assert [(each.version, each.size) for each in versions] == [(1, 5), (2, 14)]
            with (
                files.archive.open_file(file.id, 1) as old,
                files.archive.open_file(file.id) as new,
            ):
                assert (old.read(), new.read()) == (b"first", b"second, better")
            assert sweep(files.archive, grace_s=0).removed == []

    run(use())


def test_the_trash_keeps_a_file_and_gives_it_back(
    either_database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(either_database, tmp_path / "files") as files:
            file = await files.upload_content((await files.create({"name": "a"})).id, b"x")
            gone = await files.trash(file.id)
            assert (gone.state, gone.trashed is None) == (FileState.TRASHED, False)
            assert [each.id for each in (await files.list()).files] == []
            in_trash = await files.list(FileQuery(state=FileState.TRASHED))
            assert [each.id for each in in_trash.files] == [file.id]
            assert sweep(files.archive, grace_s=0).removed == []
            with pytest.raises(FileStateError):
                await files.upload_content(file.id, b"y")
            back = await files.restore(file.id)
            assert (back.state, back.trashed) == (FileState.LINKED, None)
            said = [event.what for event in files.archive.events(file.id)]
            assert said == ["created", "linked", "trashed", "restored"]

    run(use())


@on_both_databases
def test_what_is_not_as_promised_is_refused_and_leaves_nothing(
    database: Database, tmp_path: Path
) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            data = await files.create({"name": "a"})
            with pytest.raises(UploadTruncatedError):
                await files.upload_content(data.id, b"four", size=11)
            with pytest.raises(UploadTruncatedError):
                await files.upload_content(data.id, b"four", size=3)
            with pytest.raises(UploadHashError):
                await files.upload_content(data.id, b"four", sha256="ab" * 32)
            with pytest.raises(FileNotKeptError):
                await files.upload_content("00000000-0000-0000-0000-000000000001", b"four")
            with pytest.raises(FileEmptyError):
                await files.get_local_file_path(data.id)
            assert (await files.get(data.id)).state is FileState.DRAFT
            assert list(files.temp_dir.iterdir()) == []
            assert [p for p in (tmp_path / "files/objects").rglob("*") if p.is_file()] == []

            right = hashlib.sha256(b"four").hexdigest().upper()
            file = await files.upload_content(data.id, [b"fo", b"", b"ur"], size=4, sha256=right)
            assert file.size == 4

    run(use())


def test_a_source_that_cannot_be_read_is_refused(database: Database, tmp_path: Path) -> None:
    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            data = await files.create({"name": "a"})
            for wrong in (tmp_path / "not there", tmp_path, "with\0nul"):
                with pytest.raises(UploadError):
                    await files.upload_local_file(data.id, wrong)
            assert (await files.get(data.id)).state is FileState.DRAFT

    run(use())


def appended(source: Path) -> None:
    with source.open("ab") as more:
        more.write(b"b")


def overwritten(source: Path) -> None:
    """With as many bytes, so that only its time tells."""
    source.write_bytes(b"b" * 100)
    os.utime(source, (1, 1))


def cut_off(source: Path) -> None:
    os.truncate(source, 50)


@pytest.mark.parametrize("change", [appended, overwritten, cut_off])
def test_a_source_that_changes_while_it_is_read_is_refused_and_stays(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
) -> None:
    source = tmp_path / "measured"
    source.write_bytes(b"a" * 100)
    monkeypatch.setattr(sources, "CHUNK_BYTES", 10)
    chunks = sources.LocalSource.chunks

    def changing(self: sources.LocalSource) -> Iterator[bytes]:
        for number, chunk in enumerate(chunks(self)):
            yield chunk
            if number == 0:
                change(source)

    async def use() -> None:
        async with service(database, tmp_path / "files") as files:
            data = await files.create({"name": "a"})
            with monkeypatch.context() as patch:
                patch.setattr(sources.LocalSource, "chunks", changing)
                with pytest.raises(UploadChangedError):
                    await files.upload_local_file(data.id, source)
                source.write_bytes(b"c" * 100)
                with pytest.raises(UploadChangedError):
                    await asyncio.to_thread(files.archive.keep_file, source)
            assert source.exists()
            assert (await files.get(data.id)).state is FileState.DRAFT
            file = await files.upload_local_file(data.id, source)
            assert file.size
            assert not source.exists()

    run(use())
