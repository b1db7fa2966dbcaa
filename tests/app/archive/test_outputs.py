"""T17: what thousands of pictures leave in memory; and the files that outputs are put aside in."""

from __future__ import annotations

import gc
import os
import sys
import uuid
from pathlib import Path

import numpy as np
import pytest

from app.archiving import ArchivingRules
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind
from app.heap import give_back
from app.output_cache import CacheLimits, OutputCache
from things.blobs import BlobArray, BlobBytes

sys.path.append(str(Path(__file__).parent))

SPEC = BenchSpec(
    "Kept",
    (ThingSpec("probe", "kept_things:Probe"), ThingSpec("lamp", "kept_things:Lamp")),
)
ME = Origin(OriginKind.SCRIPT, "a test")
RUN = uuid.UUID(int=1)


def own_memory_bytes() -> int:
    """Memory of this process that no file stands for."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    pytest.fail("the system does not say")


def take_pictures(folder: Path, action: str, count: int) -> int:
    """Take pictures of a megabyte; returns by how many bytes memory grew."""
    rules = ArchivingRules(low_mb=0.0, memory_mb=16.0, cache_mb=64.0)
    with Bench(SPEC, data_folder=folder, archiving=rules) as bench:

        def take(how_many: int) -> None:
            for value in range(how_many):
                given = {"value": value % 256, "edge": 1024}
                invocation = bench.invoke("probe", action, given, ME)
                assert invocation.wait_ended(60)
                if value % 20 == 0:
                    bench.actions.expire_invocations()
                    bench.outputs.wait()
            bench.actions.expire_invocations()
            bench.outputs.wait()

        take(60)
        gc.collect()
        before = own_memory_bytes()
        take(count)
        gc.collect()
        assert bench.outputs.memory.bytes <= 16 * 2**20
        assert bench.outputs.cache is not None
        assert bench.outputs.cache.bytes <= 64 * 2**20
        return own_memory_bytes() - before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells memory without files")
@pytest.mark.parametrize("action", ["snap", "brief"])
def test_a_hundred_pictures_of_a_megabyte_stay_within_the_budget(
    tmp_path: Path, action: str
) -> None:
    assert take_pictures(tmp_path, action, 100) < 50 * 2**20


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells memory without files")
def test_10000_pictures_leave_at_most_a_kilobyte_each(tmp_path: Path) -> None:
    database_bytes = 20 * 2**20  # pages that SQLite keeps at hand, however many runs there were
    assert take_pictures(tmp_path, "brief", 10_000) < 10_000 * 1024 + database_bytes


def test_what_was_put_aside_is_handed_back_to_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    monkeypatch.setattr("app.output_memory.GIVE_BACK_BYTES", 4 * 2**20)
    monkeypatch.setattr("app.output_memory.give_back", lambda: times.append(1))
    rules = ArchivingRules(low_mb=0.0, memory_mb=2.0, cache_mb=64.0)
    with Bench(SPEC, data_folder=tmp_path, archiving=rules) as bench:
        for value in range(12):
            run = bench.invoke("probe", "snap", {"value": value, "edge": 1024}, ME)
            assert run.wait_ended(60)
        bench.outputs.wait()

    assert 1 <= len(times) <= 3  # ten megabytes, four at a time


def test_what_a_full_disk_does_not_take_stays_in_memory_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def refuse(*given: object) -> bool:
        tried.append(given)
        return False

    rules = ArchivingRules(low_mb=0.0, memory_mb=2.1, cache_mb=64.0)
    with Bench(SPEC, data_folder=tmp_path, archiving=rules) as bench:

        def take(count: int) -> None:
            for _ in range(count):
                assert bench.invoke("probe", "snap", {"edge": 1024}, ME).wait_ended(60)
            bench.outputs.wait()

        with monkeypatch.context() as full:
            full.setattr(OutputCache, "put", refuse)
            take(6)
        assert bench.outputs.memory.bytes == 6 * 2**20
        assert len(tried) == 4  # once a run, not once for all that should go

        take(1)
        assert bench.outputs.memory.bytes == 2 * 2**20


def test_memory_is_handed_back_whatever_the_c_library() -> None:
    give_back()
    give_back()


@pytest.fixture
def cache(tmp_path: Path) -> OutputCache:
    made = OutputCache(tmp_path / "outputs")
    made.open()
    return made


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint8).reshape(3, 4),
        np.arange(24, dtype=np.uint16).reshape(2, 3, 4)[:, ::-1],
        np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3),
    ],
)
def test_pixels_come_back_as_they_were(cache: OutputCache, array: np.ndarray) -> None:
    data = BlobArray(array, "image/tiff", pixel_size_um=0.3, full_scale=99.0, metadata={"a": "b"})

    assert cache.put(RUN, ("image", 0), "a.tif", data)

    found = cache.get(RUN, ("image", 0))
    assert isinstance(found, BlobArray)
    assert found.array.dtype == array.dtype
    np.testing.assert_array_equal(found.array, array)
    assert (found.pixel_size_um, found.full_scale, found.metadata) == (0.3, 99.0, {"a": "b"})
    assert (found.media_type, found.size) == ("image/tiff", None)


def test_a_picture_whose_bytes_were_seen_keeps_those_very_bytes(cache: OutputCache) -> None:
    data = BlobArray(np.zeros((4, 4), np.uint8), "image/tiff")
    seen = data.content  # each time anew it would have another id within

    cache.put(RUN, (), "a", data)

    found = cache.get(RUN, ())
    assert found is not None
    assert found.content == seen


def test_bytes_come_back_as_they_were(cache: OutputCache, tmp_path: Path) -> None:
    content = os.urandom(10_000)
    assert cache.put(RUN, (), "a", BlobBytes(content, "text/plain"))

    found = cache.get(RUN, ())
    assert found is not None
    found.save(tmp_path / "saved")
    assert (found.media_type, found.content) == ("text/plain", content)
    assert (tmp_path / "saved").read_bytes() == content
    assert found.response().status_code == 200
    assert cache.get(RUN, ("other",)) is None
    assert cache.get(uuid.UUID(int=2), ()) is None


@pytest.mark.parametrize("length", [0, 5, 20, 4096, 4100])
def test_what_is_cut_short_is_passed_over(cache: OutputCache, tmp_path: Path, length: int) -> None:
    cache.put(RUN, (), "a", BlobBytes(b"x" * 5000, "text/plain"))
    (file,) = (path for path in (tmp_path / "outputs").rglob("*") if path.is_file())
    os.truncate(file, length)

    assert cache.get(RUN, ()) is None


def test_a_file_that_is_no_output_is_passed_over(cache: OutputCache, tmp_path: Path) -> None:
    cache.put(RUN, (), "a", BlobBytes(b"x", "text/plain"))
    (file,) = (path for path in (tmp_path / "outputs").rglob("*") if path.is_file())
    for wrong in (
        b"something else" * 1000,
        b"LWOUT1\r\n\xff\xff\xff\xff{}",
        b"LWOUT1\r\n\2\0\0\0[]",
    ):
        file.write_bytes(wrong)
        assert cache.get(RUN, ()) is None


def test_the_oldest_go_when_there_is_too_much(tmp_path: Path) -> None:
    cache = OutputCache(tmp_path / "outputs", CacheLimits(bytes=50_000))
    cache.open()
    for number in range(20):
        cache.put(uuid.UUID(int=number), (), "a", BlobBytes(b"x" * 6000, "text/plain"))
        for file in (tmp_path / "outputs").rglob("*.output"):
            os.utime(file, (1_000_000, file.stat().st_mtime - 10))

    assert cache.bytes <= 50_000
    assert cache.get(uuid.UUID(int=0), ()) is None
    assert cache.get(uuid.UUID(int=19), ()) is not None
    assert not cache.put(RUN, (), "huge", BlobBytes(b"x" * 60_000, "text/plain"))


def test_what_is_too_old_goes(cache: OutputCache, tmp_path: Path) -> None:
    cache.put(RUN, (), "a", BlobBytes(b"x", "text/plain"))
    for file in (tmp_path / "outputs").rglob("*.output"):
        os.utime(file, (0, 0))

    assert cache.tidy() == 1
    assert (cache.get(RUN, ()), cache.bytes) == (None, 0)


def test_a_disk_without_room_only_means_that_nothing_is_put_aside(
    cache: OutputCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", full)

    assert not cache.put(RUN, (), "a", BlobBytes(b"x", "text/plain"))
    assert list((tmp_path / "outputs").rglob(".*")) == []
