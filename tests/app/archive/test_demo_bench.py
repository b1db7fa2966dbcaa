"""Pictures of the demo bench at all kinds of settings; one is picked, its settings restored."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from app.archive.records import FileQuery
from app.archiving import ArchivingRules
from app.bench import Bench
from app.bench_file import read_bench_file
from app.handles import Origin, OriginKind
from app.local import LocalBench
from resources import resource

ME = Origin(OriginKind.SCRIPT, "a test")


def pick_one_of(count: int, folder: Path) -> None:
    chance = random.Random(6)
    spec = read_bench_file(resource("benches/demo.toml"))
    rules = ArchivingRules(low_mb=0.0)
    with Bench(spec, data_folder=folder, archiving=rules) as bench:
        archive = LocalBench(bench).archive
        assert archive is not None

        def change() -> None:
            bench.write("camera", "exposure", round(chance.uniform(1, 100), 2), ME)
            bench.write("stage", "speed", round(chance.uniform(1, 10), 2), ME)

        async def keep_and_pick() -> None:
            ids = []
            for _ in range(count):
                await asyncio.to_thread(change)
                taken = await asyncio.to_thread(bench.invoke, "camera", "snap", {}, ME)
                assert await asyncio.to_thread(taken.wait_ended, 60)
                ids.append((await archive.keep(taken.id)).id)
            assert (await archive.search(FileQuery(limit=1, total=True))).total == count
            picked = await archive.get(chance.choice(ids[:-1]))
            exposure = picked.provenance.settings["camera"]["exposure"].value
            assert "exposure" in {each.name for each in await archive.difference(picked.id)}

            done = await archive.restore_settings(picked.id)

            assert [each.error for each in done] == [""] * len(done)
            assert await archive.difference(picked.id) == []
            assert bench.read("camera", "exposure").value == exposure

        asyncio.run(keep_and_pick())


def test_one_of_a_few_pictures_is_picked_and_its_settings_are_restored(tmp_path: Path) -> None:
    pick_one_of(3, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_one_of_1000_pictures_is_picked_and_its_settings_are_restored(tmp_path: Path) -> None:
    pick_one_of(1000, tmp_path)
