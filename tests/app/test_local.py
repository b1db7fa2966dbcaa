from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec, read_bench_file
from app.errors import InvocationNotFoundError
from app.handles import InvocationSnapshot, InvocationStatus, Picture
from app.local import LocalBench
from resources import resource
from things import InputRefusedError, NoBlobDataError, ValueRefusedError
from things.blobs import BlobArray
from things.events import ThingState


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(read_bench_file(resource("benches/demo.toml"))) as opened:
        yield opened


@pytest.fixture
def handle(bench: Bench) -> LocalBench:
    return LocalBench(bench)


async def snapped(bench: Bench, handle: LocalBench) -> InvocationSnapshot:
    started = await handle.things["camera"].invoke("snap")
    invocation = bench.actions.get_invocation(started.id)
    await asyncio.to_thread(invocation.wait_ended, 30)
    return invocation.snapshot()


def test_a_picture_made_here_keeps_its_array_without_a_copy(
    bench: Bench, handle: LocalBench
) -> None:
    async def look() -> tuple[InvocationSnapshot, Picture | bytes]:
        snapshot = await snapped(bench, handle)
        return snapshot, await handle.picture(snapshot.id)

    snapshot, picture = asyncio.run(look())

    assert snapshot.status is InvocationStatus.COMPLETED
    assert isinstance(picture, Picture)
    data = bench.actions.get_invocation(snapshot.id).result.data
    assert isinstance(data, BlobArray)
    assert picture.array is data.array
    assert picture.pixel_size_um == pytest.approx(0.325)
    assert data.size is None, "nobody asked for its bytes, so it is not encoded"


def test_a_blob_is_saved_to_a_file(bench: Bench, handle: LocalBench, tmp_path: Path) -> None:
    async def save() -> Picture | bytes:
        snapshot = await snapped(bench, handle)
        await handle.save(snapshot.id, (), tmp_path / "snap.png")
        return await handle.picture(snapshot.id)

    picture = asyncio.run(save())

    assert isinstance(picture, Picture)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "snap.png")), picture.array)


def test_refusals_reach_the_caller_as_they_are(handle: LocalBench) -> None:
    camera = handle.things["camera"]

    with pytest.raises(ValueRefusedError, match="greater than 0"):
        asyncio.run(camera.write("exposure", -3))
    with pytest.raises(InputRefusedError):
        asyncio.run(camera.invoke("acquire_stack", {"planes": 0}))
    assert handle.invocations() == []


def test_a_value_can_be_set_back_to_its_default(handle: LocalBench) -> None:
    camera = handle.things["camera"]
    asyncio.run(camera.write("exposure", 60.0))

    assert asyncio.run(camera.reset("exposure")).value == 25.0
    last = camera.last("exposure")
    assert last is not None
    assert last.value == 25.0


def test_an_output_that_is_not_there_is_an_error_of_its_own(
    bench: Bench, handle: LocalBench
) -> None:
    async def look() -> None:
        snapshot = await snapped(bench, handle)
        with pytest.raises(NoBlobDataError):
            await handle.picture(snapshot.id, ("nowhere",))
        bench.actions.get_invocation(snapshot.id).retention_time = 0.0
        bench.actions.expire_invocations()
        with pytest.raises(InvocationNotFoundError):
            await handle.picture(snapshot.id)

    asyncio.run(look())


def test_the_log_of_an_invocation_can_be_read(bench: Bench, handle: LocalBench) -> None:
    async def look() -> list[str]:
        snapshot = await snapped(bench, handle)
        return [line.message for line in await handle.log(snapshot.id)]

    assert "counts" in asyncio.run(look())[0]


def test_stop_all_reports_each_thing_that_can_stop(handle: LocalBench) -> None:
    reports = asyncio.run(handle.stop_all())

    assert {report.thing for report in reports} >= {"stage"}
    assert all(report.answered for report in reports)
    assert handle.disk_free_bytes() > 0


def test_a_file_of_this_computer_can_be_an_input(tmp_path: Path) -> None:
    Image.new("L", (3, 2)).save(tmp_path / "a picture.png")
    (tmp_path / "words.txt").write_text("no picture")

    async def look(bench: Bench, handle: LocalBench) -> None:
        demo = handle.things["demo"]
        href = (tmp_path / "a picture.png").as_uri()
        measured = await demo.invoke("measure_blob", {"image": {"href": href}})
        invocation = bench.actions.get_invocation(measured.id)
        await asyncio.to_thread(invocation.wait_ended, 30)
        assert invocation.result == (tmp_path / "a picture.png").stat().st_size
        for wrong in ((tmp_path / "words.txt").as_uri(), "file:///nowhere.png", "http://x/y.png"):
            with pytest.raises(InputRefusedError):
                await demo.invoke("measure_blob", {"image": {"href": wrong}})

    with Bench(read_bench_file(resource("benches/conformance.toml"))) as bench:
        asyncio.run(look(bench, LocalBench(bench)))


def test_a_file_of_the_archive_can_be_an_input(tmp_path: Path) -> None:
    Image.new("L", (3, 2)).save(tmp_path / "a picture.png")

    async def look(bench: Bench, handle: LocalBench) -> None:
        demo, archive = handle.things["demo"], handle.archive
        assert archive is not None
        file = await archive.put(tmp_path / "a picture.png")
        measured = await demo.invoke("measure_blob", {"image": {"href": file.uri}})
        invocation = bench.actions.get_invocation(measured.id)
        await asyncio.to_thread(invocation.wait_ended, 30)
        assert invocation.result == file.size
        unknown = f"/files/{uuid4()}/nothing.png"
        await archive.trash(file.id)
        await archive.delete(file.id)
        for gone in (unknown, file.uri):
            with pytest.raises(InputRefusedError):
                await demo.invoke("measure_blob", {"image": {"href": gone}})

    spec = BenchSpec("Keeping", (ThingSpec("demo", "things.simulated.everything:Everything"),))
    with Bench(spec, data_folder=tmp_path / "data") as bench:
        asyncio.run(look(bench, LocalBench(bench)))


def test_a_thing_that_never_started_is_known_by_its_group() -> None:
    spec = ThingSpec("laser", "no_such_module_here:Laser", group="Spectroscopy")
    with Bench(BenchSpec("A bench", (spec,), None)) as opened:
        laser = LocalBench(opened).things["laser"]

        assert laser.state is ThingState.FAILED
        assert laser.describe() == {}
        assert laser.group == "Spectroscopy"
