"""From an output of a run to a file: by click, by rule, by code; and what it knows of itself."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import uuid
import zipfile
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import numpy as np
import pytest
import tifffile
from PIL import Image
from sqlalchemy import insert

from app.actions.invocation import Invocation
from app.archive.crate import MANIFEST
from app.archive.embedding import KEYWORD, png_text
from app.archive.errors import (
    ArchiveClosedError,
    ArchiveError,
    ArchiveFullError,
    FileNotKeptError,
)
from app.archive.events import ArchiveTroubled, FileChanged, FileKept, FileRemoved
from app.archive.exporting import save_file
from app.archive.limits import ArchiveLimits
from app.archive.records import ArchivedFile, FileQuery, FileState, KeptBy, Provenance
from app.archive.rows import Content, NewFile, row_of
from app.archive.scrubbing import scrub
from app.archive.service import FileService
from app.archive.views import rebuild_views
from app.archiving import ArchivingRules
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.database.archive_tables import files
from app.errors import InvocationNotFoundError
from app.handles import InvocationStatus, Origin, OriginKind, Stamp
from app.imaging.errors import ImageRefusedError
from app.keep_rules import KeepRule
from app.local import LocalBench
from app.local_archive import LocalArchive
from app.recording import RecordingRules
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from app.spilled_bytes import SpilledBytes
from things.errors import NoBlobDataError, ValueRefusedError

sys.path.append(str(Path(__file__).parent))

on_both_databases = pytest.mark.parametrize(
    "catalogue_url", ["sqlite", "postgresql"], indirect=True
)


T = TypeVar("T")

SPEC = BenchSpec(
    "Kept",
    (
        ThingSpec("probe", "kept_things:Probe"),
        ThingSpec("lamp", "kept_things:Lamp"),
        ThingSpec("supply", "kept_things:Supply"),
    ),
)
ME = Origin(OriginKind.SCRIPT, "a test")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


class Kept:
    """A bench that keeps files, and its handle."""

    def __init__(
        self, folder: Path, *rules: KeepRule, database_url: str = "", **archiving: Any
    ) -> None:
        self.bench = Bench(
            replace(SPEC, keep=rules),
            data_folder=folder,
            recording=RecordingRules(database_url=database_url),
            archiving=ArchivingRules(**{"low_mb": 0.0, **archiving}),
        )
        self.mailbox = self.bench.bus.subscribe(lambda: None)
        self.bench.open()
        self.handle = LocalBench(self.bench)

    @property
    def archive(self) -> LocalArchive:
        found = self.handle.archive
        assert found is not None
        return found

    def run(self, action: str, origin: Origin = ME, **input: Any) -> Invocation:
        invocation = self.bench.invoke("probe", action, input, origin)
        assert invocation.wait_ended(30)
        invocation.join(30)  # what follows its end has happened
        self.bench.outputs.wait()
        return invocation

    def files(self, **query: Any) -> Any:
        return run(self.archive.search(FileQuery(**query))).files

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.mailbox.take() if isinstance(event, kind)]


@pytest.fixture
def opens_bench(tmp_path: Path, catalogue_url: str) -> Iterator[Callable[..., Kept]]:
    opened: list[Kept] = []

    def open_it(*rules: KeepRule, **archiving: Any) -> Kept:
        opened.append(Kept(tmp_path / "data", *rules, database_url=catalogue_url, **archiving))
        return opened[-1]

    yield open_it
    for kept in opened:
        kept.bench.close()


@pytest.fixture
def kept(opens_bench: Callable[..., Kept]) -> Kept:
    return opens_bench()


@on_both_databases
def test_a_click_keeps_an_output_with_all_that_led_to_it(kept: Kept) -> None:
    kept.bench.set_stamp(Stamp("Ada", "onion 7", "evening"))
    kept.bench.write("probe", "gain", 12.5, ME)
    invocation = kept.run("snap", value=9)
    kept.bench.write("probe", "gain", 1.0, ME)
    kept.bench.set_stamp(Stamp("Bob", "leaf", ""))

    file = run(kept.archive.keep(invocation.id, tags=["first"]))

    made = file.provenance
    assert (made.run, made.path, made.thing, made.action) == (invocation.id, (), "probe", "snap")
    assert (made.title, made.origin, made.input) == ("A picture", ME, {"value": 9, "edge": 8})
    assert made.stamp == Stamp("Ada", "onion 7", "evening")
    assert made.settings["probe"]["gain"].value == 12.5
    # Also what nobody had read before, of all Things that one leads to.
    assert {
        thing: {name: value.value for name, value in values.items()}
        for thing, values in made.settings.items()
    } == {
        "probe": {"gain": 12.5, "mode": "fast", "measured": 5.0, "focus": 2.0},
        "lamp": {"power": 1.0},
        "supply": {"voltage": 12.0},
    }
    assert made.made_at == invocation.standing.ended_at
    assert (file.kept_by, file.tags, file.extension) == (KeptBy.CLICK, ("first",), "png")
    assert made.made_at is not None
    assert file.name == f"{made.made_at.astimezone():%Y-%m-%d}-onion_7-snap-001"
    assert run(kept.archive.read(file.id)) == invocation.result.content


def test_two_clicks_make_one_file_and_the_run_knows_it(kept: Kept) -> None:
    invocation = kept.run("both")
    path = ("texts", 1)
    together = threading.Barrier(4)
    found: list[uuid.UUID] = []

    def click() -> None:
        together.wait(30)
        found.append(run(kept.archive.keep(invocation.id, path)).id)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    (id,) = set(found)
    assert len(found) == 4
    assert run(kept.archive.kept(invocation.id)) == {path: id}
    blobs = {blob.path: blob.kept for blob in invocation.snapshot().blobs}
    assert blobs == {("picture",): None, ("texts", 0): None, path: id}
    (event,) = kept.told(FileKept)
    assert (event.file.id, event.file.provenance.run) == (id, invocation.id)


def test_the_trash_and_the_end_of_a_file_are_known_to_its_run(kept: Kept) -> None:
    invocation = kept.run("snap")
    file = run(kept.archive.keep(invocation.id))

    def known() -> Any:
        return invocation.snapshot().blobs[0].kept

    assert known() == file.id
    run(kept.archive.trash(file.id))
    assert (known(), run(kept.archive.kept(invocation.id))) == (None, {})
    run(kept.archive.restore(file.id))
    assert known() == file.id
    run(kept.archive.trash(file.id))
    assert run(kept.archive.keep(invocation.id)).id == file.id
    assert known() == file.id
    run(kept.archive.trash(file.id))
    kept.told(FileChanged)
    run(kept.archive.delete(file.id))
    assert known() is None
    (event,) = kept.told(FileRemoved)
    assert (event.id, event.run, event.path) == (file.id, invocation.id, ())


def test_the_driver_says_what_is_kept(kept: Kept) -> None:
    kept.run("always")
    kept.run("sometimes", good=False)
    kept.run("sometimes", good=True)
    kept.run("snap")

    good, always = kept.files()
    assert (always.kept_by, always.provenance.action) == (KeptBy.CODE, "always")
    assert (good.kept_by, good.name, good.tags) == (KeptBy.CODE, "a good one", ("good",))


def test_a_rule_keeps_without_a_click(opens_bench: Callable[..., Kept]) -> None:
    kept = opens_bench(
        KeepRule("probe", "sn*", "{action} {n} of {thing}", ("raw", "by rule")),
        KeepRule("other", "*"),
    )
    kept.run("snap")
    kept.run("stack")
    invocation = kept.run("snap")

    second, first = kept.files()
    assert (first.name, second.name) == ("snap 001 of probe", "snap 002 of probe")
    assert (second.kept_by, second.tags) == (KeptBy.RULE, ("by rule", "raw"))
    assert invocation.snapshot().blobs[0].kept == second.id


def test_names_go_on_counting_after_the_end_of_the_program(
    opens_bench: Callable[..., Kept],
) -> None:
    rule = KeepRule(action="snap", pattern="{action}-{n}")
    first = opens_bench(rule)
    for _ in range(2):
        first.run("snap")
    first.bench.close()
    again = opens_bench(rule)
    again.run("snap")

    assert [file.name for file in again.files()] == ["snap-003", "snap-002", "snap-001"]


def test_what_cannot_be_kept_by_a_rule_is_said_and_the_run_is_none_the_worse(
    opens_bench: Callable[..., Kept],
) -> None:
    kept = opens_bench(KeepRule(action="snap"))
    kept.bench.opened_archive.limits = ArchiveLimits(low_bytes=0, upload_bytes=10)

    invocation = kept.run("snap")

    assert invocation.status.value == "completed"
    (event,) = kept.told(ArchiveTroubled)
    assert "10 bytes" in event.reason
    assert kept.archive.trouble == event.reason
    kept.bench.opened_archive.limits = ArchiveLimits(low_bytes=0)
    kept.run("snap")
    assert [event.reason for event in kept.told(ArchiveTroubled)] == [""]
    assert kept.archive.trouble == ""


def test_below_the_low_mark_what_would_be_kept_is_not_started(
    opens_bench: Callable[..., Kept],
) -> None:
    kept = opens_bench(KeepRule(action="snap"))
    kept.bench.opened_archive.limits = ArchiveLimits(low_bytes=2**62)

    for action in ("always", "snap"):
        with pytest.raises(ArchiveFullError, match="free on the disk"):
            kept.bench.invoke("probe", action, {}, ME)
    kept.run("stack")
    assert run(kept.archive.usage()).low


def test_what_is_not_there_cannot_be_kept(kept: Kept) -> None:
    invocation = kept.run("snap")
    with pytest.raises(NoBlobDataError):
        run(kept.archive.keep(invocation.id, ("no", "such")))
    with pytest.raises(InvocationNotFoundError):
        run(kept.archive.keep(uuid.uuid4()))
    with pytest.raises(FileNotKeptError):
        run(kept.archive.get(uuid.uuid4()))
    with pytest.raises(ValueRefusedError):
        run(kept.archive.keep(invocation.id, name="x" * 5000))


@on_both_databases
def test_settings_are_put_back_after_their_difference_was_shown(kept: Kept) -> None:
    invocation = kept.run("snap")
    file = run(kept.archive.keep(invocation.id))
    assert run(kept.archive.difference(file.id)) == []

    kept.bench.write("probe", "gain", 50.0, ME)
    kept.bench.write("probe", "mode", "slow", ME)
    kept.bench.write("lamp", "power", 7.0, ME)
    kept.bench.thing("probe").level = 9.0  # type: ignore[attr-defined]  # it is the Probe

    found = {(each.thing, each.name): each for each in run(kept.archive.difference(file.id))}
    assert set(found) == {("probe", "gain"), ("probe", "mode"), ("lamp", "power")}
    assert (found["probe", "gain"].then, found["probe", "gain"].now) == (1.0, 50.0)

    done = run(kept.archive.restore_settings(file.id, only=[("lamp", "power")]))
    assert [(each.thing, each.name, each.value, each.error) for each in done] == [
        ("lamp", "power", 1.0, "")
    ]
    assert len(run(kept.archive.difference(file.id))) == 2
    run(kept.archive.restore_settings(file.id))
    assert run(kept.archive.difference(file.id)) == []
    assert kept.bench.read("probe", "mode").value == "fast"


def test_putting_settings_back_obeys_the_ordinary_checks(kept: Kept) -> None:
    invocation = kept.run("snap")
    file = run(kept.archive.keep(invocation.id))
    kept.bench.write("probe", "gain", 50.0, ME)
    kept.bench.write("probe", "mode", "slow", ME)
    probe = kept.bench.thing("probe")

    with probe.lock.held_by(uuid.uuid4(), "somebody else"):
        done = run(kept.archive.restore_settings(file.id))

    assert all("somebody else" in each.error for each in done)
    assert len(done) == 2
    assert kept.bench.read("probe", "gain").value == 50.0


def test_a_setting_that_a_file_does_not_know_is_answered_with_that(kept: Kept) -> None:
    file = run(kept.archive.keep(kept.run("snap").id))
    kept.bench.write("probe", "gain", 50.0, ME)
    asked = [("probe", "nonsense"), ("nobody", "gain"), ("probe", "gain"), ("probe", "mode")]

    done = run(kept.archive.restore_settings(file.id, asked))

    said = {(each.thing, each.name): bool(each.error) for each in done}
    # 'mode' is as it was: there is nothing to be done, and nothing to be said.
    assert said == {("probe", "gain"): False, ("probe", "nonsense"): True, ("nobody", "gain"): True}


def test_a_setting_of_a_thing_that_is_gone_is_told_of_and_refused(kept: Kept) -> None:
    invocation = kept.run("snap")
    file = run(kept.archive.keep(invocation.id))
    kept.bench.remove("probe")

    found = run(kept.archive.difference(file.id))

    assert {each.thing for each in found} == {"probe"}
    assert all("no Thing called probe" in each.refusal for each in found)
    done = run(kept.archive.restore_settings(file.id))
    assert all(each.error for each in done)


@on_both_databases
def test_what_is_put_by_hand_is_stamped_too(kept: Kept, tmp_path: Path) -> None:
    kept.bench.set_stamp(Stamp("Ada", "onion 7", "evening"))

    file = run(kept.archive.put(_file(tmp_path / "notes.txt", b"text")))

    assert file.provenance.stamp == Stamp("Ada", "onion 7", "evening")
    assert [each.id for each in kept.files(sample="onion 7")] == [file.id]
    draft = kept.bench.opened_archive.create("later")
    assert draft.provenance.stamp.sample == "onion 7"


def test_the_first_rule_that_fits_counts(opens_bench: Callable[..., Kept]) -> None:
    kept = opens_bench(
        KeepRule("probe", "sn*", "{action}-{n}", ("first",)),
        KeepRule("*", "*", "all-{n}", ("second",)),
    )

    kept.run("snap")
    kept.run("stack")

    assert [(file.name, file.tags) for file in kept.files(oldest_first=True)] == [
        ("snap-001", ("first",)),
        ("all-001", ("second",)),
    ]


def test_what_would_keep_is_not_begun_while_nothing_can_be_kept(
    opens_bench: Callable[..., Kept], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/files").write_text("a file is in the way")
    kept = opens_bench(KeepRule("probe", "snap"))

    for action in ("snap", "always"):
        with pytest.raises(ArchiveError, match="files"):
            kept.bench.invoke("probe", action, {}, ME)
    assert kept.run("stack").status is InvocationStatus.COMPLETED


def test_what_could_not_be_kept_is_still_held_within_the_budget(
    opens_bench: Callable[..., Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = opens_bench(KeepRule("probe", "snap"), memory_mb=0.001)

    def failing(*args: Any, **more: Any) -> Any:
        raise ArchiveError("the disk does not answer")

    monkeypatch.setattr(kept.bench.opened_archive, "keep", failing)
    for value in range(3):
        kept.run("snap", value=value, edge=64)

    assert kept.bench.archive_trouble == "the disk does not answer"
    assert kept.bench.outputs.memory.bytes <= 1000
    assert any(kept.told(ArchiveTroubled))


def test_what_nobody_kept_gives_way_to_what_is_kept(
    opens_bench: Callable[..., Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = opens_bench(KeepRule("probe", "snap"), low_mb=1.0, memory_mb=0.0)
    monkeypatch.setattr("app.outputs.SPARE_BYTES", 0)
    for value in range(4):
        kept.run("brief", value=value, edge=512)
    kept.bench.actions.expire_invocations()
    kept.bench.outputs.wait()
    cache, archive = kept.bench.outputs.cache, kept.bench.opened_archive
    assert cache is not None
    before = cache.bytes
    assert before > 4 * 512 * 512

    def room(folder: Path) -> int:  # of a disk on which little more than the mark is free
        return 2**20 - 300_000 + before - cache.bytes

    monkeypatch.setattr(archive.store.disk, "free_bytes", room, raising=False)
    with pytest.raises(ArchiveFullError):
        kept.bench.invoke("probe", "snap", {}, ME)
    kept.bench.outputs.wait()

    assert 0 < cache.bytes < before
    assert kept.run("snap").status is InvocationStatus.COMPLETED
    assert len(kept.files()) == 1


def test_of_outputs_that_nobody_could_look_after_it_is_said(
    opens_bench: Callable[..., Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.outputs.WAITING", 1)
    kept = opens_bench(KeepRule("probe", "snap"))
    slow, begun = threading.Event(), threading.Event()

    def waiting(invocation: Invocation) -> None:
        begun.set()
        slow.wait(60)

    monkeypatch.setattr("app.outputs.FULL_WAIT_S", 0.0)
    monkeypatch.setattr(kept.bench.keeping, "by_itself", waiting)
    try:
        for _ in range(3):
            invocation = kept.bench.invoke("probe", "snap", {}, ME)
            assert invocation.wait_ended(30)
            invocation.join(30)
            assert begun.wait(30)
        assert "not kept: too many" in kept.bench.archive_trouble
    finally:
        slow.set()


def test_a_setting_that_another_one_stands_in_the_way_of_is_tried_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.bench.write("probe", "gain", 50.0, ME)
    kept.bench.write("probe", "mode", "slow", ME)
    file = run(kept.archive.keep(kept.run("snap").id))
    kept.bench.write("probe", "gain", 1.0, ME)
    kept.bench.write("probe", "mode", "fast", ME)
    write = kept.bench.write

    def guarded(thing: str, name: str, value: Any, origin: Origin, **more: Any) -> Any:
        if name == "gain" and kept.bench.read("probe", "mode").value == "fast":
            raise ValueRefusedError("gain", "not while it is fast")
        return write(thing, name, value, origin, **more)

    monkeypatch.setattr(kept.bench, "write", guarded)
    done = run(kept.archive.restore_settings(file.id))

    assert [each.error for each in done] == ["", ""]
    assert kept.bench.read("probe", "gain").value == 50.0


def test_what_nobody_had_read_is_put_back_too(kept: Kept) -> None:
    file = run(kept.archive.keep(kept.run("snap").id))
    kept.bench.write("probe", "focus", 7.5, ME)

    [found] = run(kept.archive.difference(file.id))
    run(kept.archive.restore_settings(file.id))

    assert (found.name, found.then, found.now) == ("focus", 2.0, 7.5)
    assert kept.bench.read("probe", "focus").value == 2.0


def test_what_is_saved_is_what_was_found_also_where_a_new_version_comes_meanwhile(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = kept.bench.opened_archive
    file = archive.keep(b"first", "a")
    get = archive.get

    def overtaken(id: uuid.UUID) -> ArchivedFile:
        found = get(id)
        monkeypatch.undo()
        archive.put(id, b"second, which is longer")
        return found

    monkeypatch.setattr(archive, "get", overtaken)
    save_file(archive, file.id, tmp_path / "a")

    assert (tmp_path / "a").read_bytes() == b"first"
    assert archive.get(file.id).version == 2
    assert scrub(archive).known == []
    archive.put(file.id, b"first")
    assert archive.get(file.id).damaged == ""


def test_pictures_carry_within_them_how_they_were_made(kept: Kept, tmp_path: Path) -> None:
    png = run(kept.archive.keep(kept.run("snap", value=5).id))
    tiff = run(kept.archive.keep(kept.run("stack").id))
    text = run(kept.archive.put(_file(tmp_path / "from outside.txt", b"text")))

    for file, name in ((png, "a.png"), (tiff, "a.ome.tif"), (text, "a.txt")):
        run(kept.archive.save(file.id, tmp_path / name))

    content = (tmp_path / "a.png").read_bytes()
    assert f'"run": "{png.provenance.run}"' in png_text(content)
    assert '"gain": 1.0' in png_text(content)
    with Image.open(tmp_path / "a.png") as picture:
        assert KEYWORD in picture.info
        assert np.asarray(picture).tolist() == [[5] * 8] * 8
    with tifffile.TiffFile(tmp_path / "a.ome.tif") as stack:
        assert str(tiff.provenance.run) in (stack.ome_metadata or "")
        assert stack.series[0].axes == "ZYX"
        assert stack.asarray().shape == (3, 6, 8)
    assert (tmp_path / "a.txt").read_bytes() == b"text"
    assert run(kept.archive.read(png.id)) != content


def test_an_export_has_readable_names_and_a_manifest(kept: Kept, tmp_path: Path) -> None:
    import hashlib

    kept.bench.set_stamp(Stamp("Ada Lovelace", "onion", ""))
    png = run(kept.archive.keep(kept.run("snap").id, name="../../a picture"))
    text = run(kept.archive.put(_file(tmp_path / "x.txt", b"text"), name="x", notes="a note"))
    again = run(kept.archive.put(tmp_path / "x.txt", name="X", tags=["b", "a"], meta={"n": 1}))
    target = tmp_path / "out.zip"

    run(kept.archive.export([png.id, text.id, again.id, text.id], target))

    with zipfile.ZipFile(target) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert names == ["_.._a picture.png", "x.txt", "X-2.txt", MANIFEST]
        manifest = json.loads(packed.read(MANIFEST))
        graph = {entity["@id"]: entity for entity in manifest["@graph"]}
        for name in names[:-1]:
            assert graph[quote(name)]["sha256"] == hashlib.sha256(packed.read(name)).hexdigest()
            assert graph[quote(name)]["contentSize"] == str(len(packed.read(name)))
    # An id is a URI reference: RO-Crate 1.1, "Encoding file paths".
    assert [part["@id"] for part in graph["./"]["hasPart"]] == [quote(name) for name in names[:-1]]
    made = graph[f"#run-{png.provenance.run}"]
    assert made["result"] == [{"@id": "_.._a%20picture.png"}]
    assert graph[made["agent"]["@id"]]["name"] == "Ada Lovelace"
    assert made["agent"]["@id"] == "#person-Ada%20Lovelace"
    inputs = [graph[each["@id"]] for each in made["object"]]
    assert {each["name"] for each in inputs} >= {"value", "edge"}
    assert all(set(each) == {"@id"} for each in nested(graph.values()))
    values = [graph[each["@id"]] for each in made["additionalProperty"]]
    assert {"probe.gain": 1.0}.items() <= {each["name"]: each["value"] for each in values}.items()
    assert graph["X-2.txt"]["keywords"] == "a, b"
    [said] = graph["X-2.txt"]["additionalProperty"]
    assert graph[said["@id"]]["value"] == 1
    assert graph["x.txt"]["description"] == "a note"


def nested(entities: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What stands within entities: only references, since the graph is flat."""
    for entity in entities:
        for value in entity.values():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    yield each


def test_a_picture_that_is_none_goes_out_as_it_is(kept: Kept, tmp_path: Path) -> None:
    archive = kept.bench.opened_archive
    made = run(kept.archive.keep(kept.run("stack").id)).provenance
    wrong = archive.keep(b"no tiff", "a", media_type="image/tiff", provenance=made)
    torn = archive.keep(b"II*\0\x08", "b", media_type="image/tiff", provenance=made)

    run(kept.archive.export([wrong.id, torn.id], tmp_path / "out.zip"))
    run(kept.archive.save(wrong.id, tmp_path / "a.tif"))

    assert (tmp_path / "a.tif").read_bytes() == b"no tiff"


def test_what_xml_does_not_take_is_carried_too(kept: Kept, tmp_path: Path) -> None:
    kept.bench.set_stamp(Stamp("", "onion \ufffe <&>", ""))
    tiff = run(kept.archive.keep(kept.run("stack").id))

    run(kept.archive.save(tiff.id, tmp_path / "a.ome.tif"))

    with tifffile.TiffFile(tmp_path / "a.ome.tif") as stack:
        described = ElementTree.fromstring(stack.ome_metadata or "")
    [text] = [each.text for each in described.iter() if each.get("K") == "json"]
    assert json.loads(text or "")["sample"] == "onion \ufffe <&>"


def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_asked_for(
    kept: Kept, tmp_path: Path
) -> None:
    file = run(kept.archive.keep(kept.run("snap").id))

    with pytest.raises(FileNotFoundError, match=r"nowhere/out\.png"):
        run(kept.archive.save(file.id, tmp_path / "nowhere/out.png"))


def test_an_export_that_fails_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    file = run(kept.archive.keep(kept.run("snap").id))
    target = tmp_path / "folder/out.zip"
    target.parent.mkdir()
    with pytest.raises(FileNotKeptError):
        run(kept.archive.export([file.id, uuid.uuid4()], target))
    path = kept.bench.opened_archive.path_of(file.id)
    path.chmod(0o600)
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(ArchiveError, match="damaged"):
        run(kept.archive.export([file.id], target))
    assert list(target.parent.iterdir()) == []
    assert run(kept.archive.get(file.id)).damaged


def test_a_thumbnail_is_small_and_made_once(kept: Kept) -> None:
    import io

    file = run(kept.archive.keep(kept.run("snap", value=200, edge=300).id))

    first = run(kept.archive.thumbnail(file.id, 60))

    with Image.open(io.BytesIO(first)) as picture:
        assert picture.format == "PNG"
        assert max(picture.size) <= 64
    kept.bench.thumbnails.close()
    assert run(kept.archive.thumbnail(file.id, 64)) == first
    text = run(kept.archive.keep(kept.run("sometimes", good=False).id))
    with pytest.raises(ImageRefusedError):
        run(kept.archive.thumbnail(text.id))
    with pytest.raises(ValueRefusedError):
        run(kept.archive.thumbnail(file.id, 5))


@on_both_databases
def test_an_output_that_can_be_asked_for_no_more_still_opens(kept: Kept) -> None:
    picture, note = kept.run("brief", value=7), kept.run("note")
    _forget_all(kept)
    ids = picture.id, note.id
    del picture, note

    found = run(kept.handle.picture(ids[0]))
    assert not isinstance(found, bytes)
    assert found.array.tolist() == [[7] * 8] * 8
    assert run(kept.handle.picture(ids[1])) == b"a note"
    with pytest.raises(InvocationNotFoundError):
        run(kept.handle.picture(ids[0], ("no", "such")))

    file = run(kept.archive.keep(ids[0]))
    assert (file.provenance.action, file.provenance.input) == ("brief", {"value": 7, "edge": 8})
    assert file.provenance.settings["probe"]["gain"].value == 1.0
    assert (file.media_type, file.extension) == ("image/png", "png")


def test_one_that_was_kept_opens_from_the_archive_after_the_cache_is_gone(
    opens_bench: Callable[..., Kept], tmp_path: Path
) -> None:
    kept = opens_bench(KeepRule(action="note"), cache_mb=0.0)
    id = kept.run("note").id
    gone = kept.run("brief").id
    _forget_all(kept)

    assert run(kept.handle.picture(id)) == b"a note"
    run(kept.handle.save(id, (), tmp_path / "note.txt"))
    assert (tmp_path / "note.txt").read_bytes() == b"a note"
    with pytest.raises(InvocationNotFoundError):
        run(kept.handle.picture(gone))


def test_an_output_of_a_client_opens_too_when_its_address_has_ended(kept: Kept) -> None:
    server = ServerThread(kept.bench, ServerSettings(port=0))
    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=30) as http:
            begun = http.post("/probe/snap", json={"value": 7}).json()
            invocation = kept.bench.actions.find(uuid.UUID(begun["id"]))
            assert invocation is not None
            assert invocation.wait_ended(30)
            output = http.get(begun["href"]).json()["output"]
            content = http.get(output["href"]).content
            invocation.retention_time = -1.0
            kept.bench.outputs.wait()
            _forget_all(kept)

            assert http.get(begun["href"]).status_code == 404
            assert http.get(f"/invocations/{begun['id']}/output").content == content
    finally:
        server.stop()
    assert run(kept.handle.picture(uuid.UUID(begun["id"]))) == content


def test_beyond_the_budget_the_oldest_go_to_the_disk_and_look_the_same(
    opens_bench: Callable[..., Kept],
) -> None:
    kept = opens_bench(memory_mb=0.001)
    invocations = [kept.run("snap", value=value, edge=64) for value in range(4)]
    first = invocations[0].result

    assert kept.bench.outputs.memory.bytes <= 1048
    assert isinstance(first.data.array, np.memmap)
    assert first.data.pixel_size_um == 0.5
    assert first.content == kept.run("snap", value=0, edge=64).result.content
    found = run(kept.handle.picture(invocations[2].id))
    assert not isinstance(found, bytes)
    assert found.array.tolist() == [[2] * 64] * 64
    cache = kept.bench.outputs.cache
    assert cache is not None
    assert cache.bytes > 0


def test_data_that_was_put_aside_keeps_its_address(opens_bench: Callable[..., Kept]) -> None:
    kept = opens_bench(memory_mb=0.0)
    entered = threading.Event()
    memory = kept.bench.outputs.memory
    put_aside = memory.ended

    def later(invocation: Invocation) -> None:
        entered.wait(30)
        put_aside(invocation)

    memory.ended = later  # type: ignore[method-assign]  # so that an address is given before
    invocation = kept.bench.invoke("probe", "sometimes", {"good": False}, ME)
    assert invocation.wait_ended(30)
    id = kept.bench.blobs.add_blob(invocation.result.data)
    entered.set()
    invocation.join(30)
    kept.bench.outputs.wait()

    found = kept.bench.blobs.get_blob(id)
    assert isinstance(found, SpilledBytes)
    assert found.content == b"sometimes kept"
    assert found is invocation.result.data
    with found.open() as stream:
        assert stream.read() == b"sometimes kept"


def test_without_a_folder_of_data_there_is_no_archive_and_everything_else_works() -> None:
    with Bench(SPEC) as bench:
        invocation = bench.invoke("probe", "always", {}, ME)
        assert invocation.wait_ended(30)
        assert LocalBench(bench).archive is None
        assert "keeps no files" in bench.archive_trouble


def test_an_archive_that_cannot_be_opened_is_said_and_everything_else_works(
    opens_bench: Callable[..., Kept], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/files").write_text("in the way")
    kept = opens_bench()

    invocation = kept.run("stack")

    assert invocation.status.value == "completed"
    assert "files cannot be kept there" in kept.archive.trouble
    with pytest.raises(ArchiveError, match="files cannot be kept there"):
        run(kept.archive.search(FileQuery()))


def test_the_state_of_a_file_is_told_to_all(kept: Kept, tmp_path: Path) -> None:
    file = run(kept.archive.put(_file(tmp_path / "a.ome.tif", b"x")))
    assert (file.name, file.extension, file.kept_by) == ("a", "ome.tif", KeptBy.UPLOAD)
    run(kept.archive.update(file.id, notes="seen", tags=["t"], meta={"n": 1}, name="b"))
    run(kept.archive.trash(file.id))

    events = [each for each in kept.mailbox.take() if isinstance(each, (FileKept, FileChanged))]
    assert [type(each) for each in events] == [FileKept, FileChanged, FileChanged]
    assert [each.file.name for each in events] == ["a", "b", "b"]
    assert events[-1].file.state is FileState.TRASHED
    assert run(kept.archive.tags()) == {"t": 1}
    assert [each.version for each in run(kept.archive.versions(file.id))] == [1]


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _forget_all(kept: Kept) -> None:
    """Forget runs that can be asked for no more, and wait until they are put aside."""
    kept.bench.actions.expire_invocations()
    assert kept.bench.actions.invocations == []
    kept.bench.outputs.wait()


def test_of_a_run_with_thousands_of_outputs_each_is_kept_once(kept: Kept) -> None:
    invocation = kept.run("snap")
    first = run(kept.archive.keep(invocation.id))
    archive = kept.bench.opened_archive
    content = Content(first.sha256, first.size or 0)

    def row(number: int) -> dict[str, Any]:
        made = Provenance(run=invocation.id, path=(number,))
        new = NewFile(uuid.uuid4(), f"file {number}", "png", "image/png", provenance=made)
        return row_of(new, number, 0, content)

    rows = [row(number) for number in range(2, 1_202)]
    archive.write(lambda connection: connection.execute(insert(files), rows))

    assert run(kept.archive.keep(invocation.id)).id == first.id
    assert len(run(kept.archive.kept(invocation.id))) == 1_201
    run(kept.archive.trash(first.id))
    assert run(kept.archive.keep(invocation.id)).id == first.id


def test_a_bench_has_the_file_service_under_its_name(opens_bench: Callable[..., Kept]) -> None:
    kept = opens_bench()
    file = run(kept.archive.keep(kept.run("snap").id))
    service = kept.bench.services["files"]
    assert isinstance(service, FileService)

    assert run(service.get(file.id)).id == file.id

    kept.bench.close()
    assert kept.bench.services == {}
    with pytest.raises(ArchiveClosedError):
        run(service.get(file.id))


def test_an_output_that_is_forgotten_at_once_is_not_held(kept: Kept) -> None:
    for _ in range(20):
        kept.run("brief")
    _forget_all(kept)

    assert kept.bench.outputs.memory.bytes == 0


def test_who_asks_while_the_bench_is_being_opened_waits_for_it(tmp_path: Path) -> None:
    bench = Bench(SPEC, data_folder=tmp_path, archiving=ArchivingRules(low_mb=0.0))
    archive = LocalBench(bench).archive
    assert archive is not None
    opening = threading.Timer(0.1, bench.open)
    opening.start()

    assert run(archive.search(FileQuery())).files == []
    opening.join(30)
    bench.close()
    with pytest.raises((ArchiveClosedError, RuntimeError)):
        run(archive.search(FileQuery()))


def test_what_an_operator_says_of_it_is_kept_with_it(kept: Kept) -> None:
    kept.bench.set_stamp(Stamp("Ada", "onion", "evening"))
    made = kept.run("snap")
    forgotten = Stamp("Ada", " leek ", "evening")

    name = run(kept.archive.coming_name(made.id, (), forgotten))
    again = run(kept.archive.coming_name(made.id, (), forgotten))
    file = run(
        kept.archive.keep(
            made.id, tags=["good"], notes="in focus", meta={"folder": "x"}, stamp=forgotten
        )
    )

    assert name == again == file.name  # asked for only, it stays free
    assert "leek" in name
    assert "onion" in run(kept.archive.coming_name(made.id))
    assert (file.tags, file.notes, file.meta) == (("good",), "in focus", {"folder": "x"})
    assert file.provenance.stamp == Stamp("Ada", "leek", "evening")
    assert kept.files(sample="leek")
    with pytest.raises(ValueRefusedError):
        run(kept.archive.keep(made.id, stamp=Stamp("A\nda")))
    with pytest.raises(InvocationNotFoundError):
        run(kept.archive.coming_name(uuid.uuid4()))


def test_files_that_people_put_into_a_folder_are_in_it_outside(kept: Kept, tmp_path: Path) -> None:
    archive = kept.bench.opened_archive
    files = [
        archive.keep(b"1", "cells", meta={"folder": "Beam time / 7"}),
        archive.keep(b"2", "cells", meta={"folder": "beam time / 7"}),
        archive.keep(b"3", "cells", meta={"folder": "../../escape"}),
        archive.keep(b"4", "escape"),
        archive.keep(b"5", "cells", meta={"folder": 5}),
        archive.keep(b"6", "Beam time _ 7"),
    ]
    target = tmp_path / "all.zip"
    run(kept.archive.export([file.id for file in files], target))
    with zipfile.ZipFile(target) as packed:
        assert sorted(set(packed.namelist()) - {MANIFEST}) == [
            "Beam time _ 7-2",
            "Beam time _ 7/cells",
            "Beam time _ 7/cells-2",
            "_.._escape/cells",
            "cells",
            "escape",
        ]
    assert rebuild_views(archive) == 6
    views = archive.folder / "views"
    assert (views / "Beam time _ 7" / "cells-2").read_bytes() == b"2"
    assert rebuild_views(archive, links=True) == 6
    assert (views / "Beam time _ 7" / "cells").read_bytes() == b"1"
