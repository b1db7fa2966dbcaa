"""The palette finds actions, properties and commands by a few letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ui.models.palette import Entry, PaletteWords, ThingOpener, all_entries, find, runs_at_once

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench


@pytest.fixture
def done() -> list[tuple[str, ...]]:
    return []


@pytest.fixture
def entries(bench: FakeBench, done: list[tuple[str, ...]]) -> list[Entry]:
    opener = ThingOpener(
        lambda thing: done.append(("show", thing)),
        lambda thing, name: done.append(("property", thing, name)),
        lambda thing, name: done.append(("form", thing, name)),
        lambda thing, name: done.append(("run", thing, name)),
    )
    own = [Entry("Reset the layout", "command", "layout", lambda: None, words="reset the layout")]
    return all_entries(bench, own, opener, PaletteWords())


def test_an_action_without_input_runs_and_one_with_input_opens_its_form(
    entries: list[Entry], done: list[tuple[str, ...]]
) -> None:
    find(entries, "snap")[0].run()
    find(entries, "stack")[0].run()
    find(entries, "camera exposure")[0].run()
    find(entries, "camera")[0].run()

    assert done == [
        ("run", "camera", "snap"),
        ("form", "camera", "acquire_stack"),
        ("property", "camera", "exposure"),
        ("show", "camera"),
    ]


def test_every_word_has_to_occur_and_beginnings_come_first(entries: list[Entry]) -> None:
    assert find(entries, "cam zzz") == []
    assert find(entries, "lay")[0].title == "Reset the layout"
    assert [entry.title for entry in find(entries, "CAM SNAP")] == ["Camera: Snap"]


def test_an_empty_query_lists_commands_first(entries: list[Entry]) -> None:
    assert find(entries, "  ", limit=2)[0].title == "Reset the layout"
    assert len(find(entries, "", limit=2)) == 2


def test_an_action_that_asks_first_is_not_run_at_once() -> None:
    assert runs_at_once({})
    assert runs_at_once({"input": {"type": "object", "properties": {}}})
    assert not runs_at_once({"lw:confirm": "Really?"})
    assert not runs_at_once({"input": {"properties": {"planes": {}}}})


def test_what_an_interlock_refuses_is_not_run_but_led_to(
    bench: FakeBench, done: list[tuple[str, ...]]
) -> None:
    bench.things["camera"].interlock("snap", "Needs stage.position.z < 2; it is 3.1 mm.")
    opener = ThingOpener(
        lambda thing: None,
        lambda thing, name: None,
        lambda thing, name: done.append(("form", thing, name)),
        lambda thing, name: done.append(("run", thing, name)),
    )

    found = find(all_entries(bench, [], opener, PaletteWords()), "snap")[0]
    found.run()

    assert found.kind == "not now, shows why"
    assert done == [("form", "camera", "snap")]
