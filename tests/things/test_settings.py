from __future__ import annotations

import errno
import json
import logging
import os
import stat
import threading
from pathlib import Path

import pytest

from things import SettingNotKeptError, Thing, ThingError, ValueRefusedError, setting
from things.properties import PropertyDescriptor
from things.settings_file import SettingsFile


class Oven(Thing):
    target: float = setting(default=20.0, ge=0, le=200)
    label: str = setting(default="oven")
    turns: int = setting(default=0, read_only=True)

    def __init__(self) -> None:
        self.sent: list[float] = []

    @setting(ge=0, le=10)
    def fan(self) -> float:
        return self.sent[-1] if self.sent else 1.0

    @fan.setter
    def _set_fan(self, value: float) -> None:
        self.sent.append(value)

    @setting(read_only=True)
    def offset(self) -> float:
        return self.sent[-1]

    @offset.setter
    def _set_offset(self, value: float) -> None:
        self.sent.append(value)


def kept(file: Path) -> object:
    return json.loads(file.read_text())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "oven.json"


def test_a_setting_is_there_again_at_the_next_start(file):
    oven = Oven()
    with oven.settings_in(file):
        oven.target = 150
        oven.turns = 3

    again = Oven()
    with again.settings_in(file):
        assert again.target == 150.0
        assert again.turns == 3
        assert again.label == "oven"


def test_without_a_file_settings_are_plain_properties(tmp_path):
    oven = Oven()
    oven.target = 30
    assert oven.target == 30.0
    assert list(tmp_path.iterdir()) == []


def test_all_settings_of_a_thing_are_in_one_readable_file(file):
    oven = Oven()
    with oven.settings_in(file):
        oven.target = 150
        oven.label = "left"
    assert kept(file) == {"label": "left", "target": 150.0}
    assert [path.name for path in file.parent.iterdir()] == ["oven.json"]


def test_a_refused_value_is_not_kept(file):
    oven = Oven()
    with oven.settings_in(file):
        oven.target = 150
        with pytest.raises(ValueRefusedError):
            oven.target = 1000
    assert kept(file) == {"target": 150.0}


def test_a_setting_with_a_setter_is_written_to_the_device_once_it_is_there(file):
    oven = Oven()
    with oven.settings_in(file):
        oven.fan = 7
    assert kept(file) == {"fan": 7.0}

    again = Oven()
    with again.settings_in(file):
        assert again.sent == []
        again._core.restore_device_settings(again)
        assert again.sent == [7.0]


def test_a_setting_that_others_may_only_read_is_restored_too(file):
    oven = Oven()
    with oven.settings_in(file):
        oven.offset = 0.5
    again = Oven()
    with again.settings_in(file):
        again._core.restore_device_settings(again)
    assert again.sent == [0.5]


def test_restoring_publishes_what_was_restored_and_writes_no_file(file, listen, monkeypatch):
    file.parent.mkdir()
    file.write_text('{"target": 33, "fan": 2}')
    oven = Oven()
    events = listen(oven)
    monkeypatch.setattr(os, "replace", lambda *paths: pytest.fail("written"))
    with oven.settings_in(file):
        oven._core.restore_device_settings(oven)
    assert [(event.name, event.value) for event in events] == [("target", 33.0)]


def test_one_refused_value_keeps_the_others_and_is_said(file, caplog):
    file.parent.mkdir()
    file.write_text('{"target": 999, "label": "left", "gone": 1, "fan": 11}')
    oven = Oven()
    with oven.settings_in(file):
        oven._core.restore_device_settings(oven)
        assert (oven.target, oven.label, oven.sent) == (20.0, "left", [])
        messages = [record.getMessage() for record in caplog.records]
        assert messages == [
            "The kept value of target was refused: target: must be 200 or less",
            "The settings keep 'gone', which is no setting any more.",
            "The kept value of fan was refused: fan: must be 10 or less",
        ]
        oven.target = 30
    assert kept(file) == {"target": 30.0, "label": "left", "gone": 1, "fan": 11}


def test_a_device_that_fails_while_restoring_keeps_the_other_settings(file, caplog):
    file.parent.mkdir()
    file.write_text('{"first": 1, "second": 2}')
    written: list[int] = []

    class Broken(Thing):
        @setting
        def first(self) -> int:
            return 0

        @first.setter
        def _set_first(self, value: int) -> None:
            raise OSError("no answer")

        @setting
        def second(self) -> int:
            return 0

        @second.setter
        def _set_second(self, value: int) -> None:
            written.append(value)

    broken = Broken()
    with broken.settings_in(file):
        broken._core.restore_device_settings(broken)
    assert written == [2]
    assert "The kept value of first was refused: no answer" in caplog.text


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"target": 3', b"[1, 2]", b"3", b"\xff\xfe\x00", b"[" * 100_000, b"null"],
)
def test_a_corrupt_file_is_set_aside_and_said(file, caplog, content):
    file.parent.mkdir()
    file.write_bytes(content)
    oven = Oven()
    with caplog.at_level(logging.ERROR), oven.settings_in(file):
        assert oven.target == 20.0
        assert oven._core.settings is not None
        aside = oven._core.settings.set_aside
        assert aside is not None
        assert aside.read_bytes() == content
        assert "could not be read" in caplog.text
        assert aside.name in caplog.text
        assert not file.exists()
        oven.target = 30
    assert kept(file) == {"target": 30.0}
    assert aside.read_bytes() == content


def test_nan_in_the_file_is_refused(file, caplog):
    file.parent.mkdir()
    file.write_text('{"target": NaN, "fan": 1e999}')
    oven = Oven()
    with oven.settings_in(file):
        oven._core.restore_device_settings(oven)
        assert (oven.target, oven.sent) == (20.0, [])
    assert caplog.text.count("was refused") == 2


def test_a_write_goes_to_the_disk_before_it_takes_the_name_and_then_the_folder(file, monkeypatch):
    """So that a power cut leaves the old file or the new one (safety page, T11)."""
    calls: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            calls.append("fsync of the folder")
        else:
            (fresh,) = file.parent.iterdir()
            calls.append(f"fsync of {kept(fresh)}")
        real_fsync(handle)

    def replace(source: str, target: Path) -> None:
        calls.append(f"rename to {target.name}, there before: {target.exists()}")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    SettingsFile(file, logging.getLogger("tests")).put("target", 3)

    assert calls == [
        "fsync of {'target': 3}",
        "rename to oven.json, there before: False",
        "fsync of the folder",
    ]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_says_so(file, monkeypatch, caplog, failing):
    oven = Oven()
    with oven.settings_in(file):
        oven.target = 50
        before = file.read_bytes()

        def full(*_args: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, failing, full)
            with pytest.raises(SettingNotKeptError) as failed:
                oven.target = 60
        assert "target is set, but could not be kept on disk: No space left" in str(failed.value)
        assert isinstance(failed.value, ThingError)
        assert isinstance(failed.value, OSError)
        assert "No space left on device" in caplog.text
        assert file.read_bytes() == before
        assert [path.name for path in file.parent.iterdir()] == ["oven.json"]
        assert oven.target == 60.0

        oven.label = "there is room again"
    assert kept(file) == {"label": "there is room again", "target": 60.0}


def test_a_write_that_the_device_refused_is_not_kept(file):
    class Broken(Thing):
        @setting
        def first(self) -> int:
            return 0

        @first.setter
        def _set_first(self, value: int) -> None:
            raise OSError("no answer")

    broken = Broken()
    with broken.settings_in(file):
        with pytest.raises(OSError, match="no answer"):
            broken.first = 3
        assert not file.exists()


def test_what_is_kept_last_is_what_was_set_last(file, monkeypatch):
    """The first to set is slow at the disk; the second must not overtake it there."""
    oven = Oven()
    first_writes, second_is_done = threading.Event(), threading.Event()
    real_put = SettingsFile.put

    def put(settings: SettingsFile, name: str, value: float) -> None:
        if value == 1:
            first_writes.set()
            second_is_done.wait(0.2)  # in vain: the second stands in line
        real_put(settings, name, value)

    monkeypatch.setattr(SettingsFile, "put", put)

    def set_second() -> None:
        assert first_writes.wait(10)
        oven.target = 2
        second_is_done.set()

    with oven.settings_in(file):
        second = threading.Thread(target=set_second)
        second.start()
        oven.target = 1
        second.join()
        assert oven.target == 2.0
        assert kept(file) == {"target": 2.0}


def test_a_setting_says_so():
    target = Oven._affordances["target"]
    assert isinstance(target, PropertyDescriptor)
    assert target.persistent
