"""What is told of files over the network is read back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from app import file_wire as wire
from app.archive.events import ArchiveTroubled, FileChanged, FileKept, FileRemoved
from app.archive.records import (
    ArchivedFile,
    ArchiveUsage,
    FilePage,
    FileState,
    FileVersion,
    KeptBy,
    Provenance,
    SettingDifference,
    SettingRestored,
)
from app.run_facts import Origin, OriginKind, Stamp
from app.run_records import RecordedValue
from app.wire import WireError, event_from, event_json
from things.events import Event

AT = datetime(2026, 3, 1, 18, tzinfo=UTC)
FILE = ArchivedFile(
    id=uuid4(),
    number=7,
    name="../onion 日本",
    extension="ome.tif",
    media_type="image/tiff",
    state=FileState.TRASHED,
    size=12,
    sha256="ab" * 32,
    version=2,
    created=AT,
    changed=AT,
    trashed=AT,
    tags=("a", "B"),
    notes="two\nlines",
    meta={"lens": "10x", "stage": {"z": 3.5}},
    provenance=Provenance(
        run=uuid4(),
        path=("images", 0),
        thing="camera",
        action="snap",
        title="Snap",
        input={"planes": 3},
        origin=Origin(OriginKind.NETWORK, "127.0.0.1"),
        stamp=Stamp("Ada", "onion", "monday"),
        made_at=AT,
        settings={"camera": {"exposure": RecordedValue(20.0, AT)}},
    ),
    kept_by=KeptBy.RULE,
    uri="/files/1/onion",
    damaged="it is gone",
)
LISTED = replace(FILE, provenance=replace(FILE.provenance, input=None, settings={}))


def test_a_file_comes_back_as_it_was() -> None:
    assert wire.file_from(json.loads(wire.file_json(FILE))) == FILE
    assert wire.file_from(json.loads(wire.file_json(FILE, whole=False))) == LISTED
    below = json.loads(wire.file_json(FILE, prefix="/lab"))
    assert below["uri"] == "/lab/files/1/onion"


def test_a_page_comes_back_without_input_and_settings() -> None:
    text = wire.page_json(FilePage([FILE], "7", 12))

    assert wire.page_from(json.loads(text)) == FilePage([LISTED], "7", 12)
    assert b"exposure" not in text


@pytest.mark.parametrize(
    "event",
    [
        FileKept(thing="camera", at=AT, file=LISTED),
        FileChanged(thing="", at=AT, file=LISTED),
        FileRemoved(thing="camera", at=AT, id=uuid4(), run=uuid4(), path=("images", 0)),
        FileRemoved(thing="", at=AT, id=uuid4()),
        ArchiveTroubled(thing="", at=AT, reason="the disk is full"),
    ],
)
def test_what_happens_to_files_is_told_as_it_was(event: Event) -> None:
    name, data = event_json(event)

    assert event_from(name, json.loads(data)) == event


def test_the_rest_comes_back_too() -> None:
    versions = [FileVersion(1, 12, "ab" * 32, "image/png", AT, "network 127.0.0.1")]
    usage = ArchiveUsage(1, 12, 0, 10**9, None, "")
    kept = {(): uuid4(), ("images", 0): uuid4()}
    differences = [SettingDifference("camera", "exposure", "Exposure", 20.0, None, "ms", "busy")]
    restored = [SettingRestored("camera", "exposure", 20.0)]

    assert wire.versions_from(json.loads(wire.versions_json(versions))) == versions
    assert wire.usage_from(json.loads(wire.usage_json(usage))) == usage
    assert wire.kept_from(json.loads(wire.kept_json(kept))) == kept
    assert wire.differences_from(json.loads(wire.differences_json(differences))) == differences
    assert wire.restored_from(json.loads(wire.restored_json(restored))) == restored


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"files": {}},
        {"files": [{}]},
        {"files": [], "next": 7},
        {"files": [], "total": "7"},
    ],
)
def test_a_page_that_is_none_is_refused(data: object) -> None:
    with pytest.raises(WireError):
        wire.page_from(data)
