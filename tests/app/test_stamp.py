from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.actions.events import StampChanged
from app.bench import Bench
from app.bench_file import BenchSpec
from app.handles import Stamp
from app.stamp import StampKeeper
from things import ValueRefusedError
from things.events import Event

ADA = Stamp("Ada", "onion skin 7", "evening")


def test_a_stamp_is_there_again_after_the_end_of_the_program(tmp_path: Path) -> None:
    spec = BenchSpec("Test", ())
    with Bench(spec, data_folder=tmp_path) as bench:
        assert bench.stamp == Stamp()
        assert bench.set_stamp(ADA) == ADA

    with Bench(spec, data_folder=tmp_path) as bench:
        assert bench.stamp == ADA


def test_a_bench_without_a_folder_keeps_its_stamp_in_memory() -> None:
    with Bench(BenchSpec("Test", ())) as bench:
        bench.set_stamp(ADA)

        assert bench.stamp == ADA


def test_a_new_stamp_is_told_once_and_without_the_spaces_around_it() -> None:
    told: list[Event] = []
    keeper = StampKeeper(None, told.append)

    keeper.put(Stamp(operator="  Ada "))
    keeper.put(Stamp(operator="Ada"))

    assert [event.stamp for event in told if isinstance(event, StampChanged)] == [Stamp("Ada")]
    assert [event.thing for event in told] == [""]


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        (Stamp(operator="x" * 201), "at most 200 characters, not 201"),
        (Stamp(sample="on\nion"), r"U\+000A"),
        (Stamp(session="bell\x07"), r"U\+0007"),
        (Stamp(sample="half \ud83d of a face"), r"U\+D83D"),
    ],
)
def test_what_is_no_line_of_text_is_refused_and_changes_nothing(
    stamp: Stamp, reason: str, tmp_path: Path
) -> None:
    keeper = StampKeeper(tmp_path / "stamp.json", lambda event: None)
    keeper.put(ADA)

    with pytest.raises(ValueRefusedError, match=reason):
        keeper.put(stamp)

    assert keeper.stamp == ADA
    assert StampKeeper(tmp_path / "stamp.json", lambda event: None).stamp == ADA


def test_a_stamp_of_200_letters_of_any_script_is_taken() -> None:
    stamp = Stamp(operator="Ж" * 200, sample="Zwiebelhäutchen №7 🧅", session="夕方")

    assert StampKeeper(None, lambda event: None).put(stamp) == stamp


@pytest.mark.parametrize("text", ["{", "[]", '{"stamp": 7}', '{"stamp": {"operator": 7}}', ""])
def test_a_file_that_is_no_stamp_begins_with_an_empty_one(text: str, tmp_path: Path) -> None:
    file = tmp_path / "stamp.json"
    file.write_text(text)

    keeper = StampKeeper(file, lambda event: None)

    assert keeper.stamp == Stamp()
    keeper.put(ADA)
    assert json.loads(file.read_text())["stamp"]["operator"] == "Ada"


def test_a_field_on_disk_that_does_not_fit_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "stamp.json"
    file.write_text(json.dumps({"stamp": {"operator": "Ada", "sample": "x" * 300}}))

    assert StampKeeper(file, lambda event: None).stamp == Stamp(operator="Ada")


def test_a_stamp_that_cannot_be_kept_is_in_force_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    keeper = StampKeeper(tmp_path / "stamp.json", lambda event: None)
    replaced: Callable[..., None] = full
    monkeypatch.setattr("things.settings_file.os.replace", replaced)

    with pytest.raises(OSError, match="No space left"):
        keeper.put(ADA)

    assert keeper.stamp == ADA
