"""One engine for all: the window's handle, HTTP, a script's client and a window elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app.actions.events import InterlockChanged
from app.client import RemoteBench, connect
from app.errors import InterlockError
from app.local import LocalBench
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

MakeRig = Callable[..., Any]
LOW = ("stage.move stage.speed", "stage.position.z < 2", "The objective is in the way")
WORDS = "The objective is in the way. Needs stage.position.z < 2; it is 3.1 mm."


@pytest.fixture
def rig(make_rig: MakeRig) -> Any:
    """The stage stands too high, and everybody may know it."""
    rig = make_rig(LOW)
    rig.stage.z = 3.1
    assert rig.until(lambda: rig.bench.interlocks.refusal("stage", "move") == WORDS)
    return rig


@pytest.fixture
def url(rig: Any) -> Iterator[str]:
    server = ServerThread(rig.bench, ServerSettings(port=0))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def remote(url: str) -> Iterator[RemoteBench]:
    made = RemoteBench(url).open()
    yield made
    made.close()


def refuses_both(thing: Any) -> None:
    """Through a handle, an action and a write are refused in the same words."""

    async def both() -> None:
        with pytest.raises(InterlockError) as of_action:
            await thing.invoke("move", {"z": 0.0})
        with pytest.raises(InterlockError) as of_write:
            await thing.write("speed", 5.0)
        with pytest.raises(InterlockError) as of_reset:
            await thing.reset("speed")
        assert {each.value.reason for each in (of_action, of_write, of_reset)} == {WORDS}

    asyncio.run(both())


def test_the_windows_handle(rig: Any) -> None:
    stage = LocalBench(rig.bench).things["stage"]

    refuses_both(stage)
    assert (stage.refusal("move"), stage.refusal("speed"), stage.refusal("stop")) == (
        WORDS,
        WORDS,
        "",
    )
    assert rig.stage.moves == []


def test_http_answers_409_with_the_words(rig: Any, url: str) -> None:
    with httpx.Client(base_url=url) as http:
        answers = [
            http.post("/stage/move", json={"z": 0.0}),
            http.put("/stage/speed", json=5.0),
            http.post("/stage/speed/reset"),
        ]
        for answer in answers:
            assert answer.status_code == 409
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["detail"] == WORDS
            assert problem["type"] == "urn:labwright:error#InterlockError"
        assert http.post("/stage/stop").status_code == 201
    assert rig.stage.moves == []
    assert rig.stage.speed == 2.0


def test_http_lists_what_is_interlocked(rig: Any, url: str) -> None:
    listed = httpx.get(f"{url}/interlocks").raise_for_status().json()

    low = {"condition": "stage.position.z < 2", "because": "The objective is in the way"}
    of_stage = [each for each in listed if each["thing"] == "stage"]
    assert of_stage == [
        {"thing": "stage", "name": name, "conditions": [low], "reason": WORDS}
        for name in ("speed", "move")
    ]
    assert {each["name"] for each in listed if each["thing"] == "lamp"} == {
        "power",
        "shine",
        "lower",
    }


@pytest.mark.usefixtures("rig")
def test_a_script(url: str) -> None:
    with connect(url) as client:
        stage: Any = client["stage"]
        with pytest.raises(InterlockError) as refused:
            stage.move(z=0.0)
        assert refused.value.reason == WORDS
        with pytest.raises(InterlockError):
            stage.speed = 5.0


def test_a_window_elsewhere_is_told_at_first_contact_and_when_it_changes(
    rig: Any, remote: RemoteBench
) -> None:
    stage = remote.things["stage"]
    assert (stage.refusal("move"), stage.refusal("stop")) == (WORDS, "")
    refuses_both(stage)
    heard: list[InterlockChanged] = []
    mailbox = remote.subscribe(lambda: None)

    rig.stage.z = 1.0

    assert rig.until(lambda: rig.bench.interlocks.refusal("stage", "move") == "")
    done = asyncio.run(_until_told(mailbox, heard, stage))
    assert done
    assert [(each.name, each.reason) for each in heard if each.thing == "stage"] == [
        ("move", ""),
        ("speed", ""),
    ]


async def _until_told(mailbox: Any, heard: list[InterlockChanged], stage: Any) -> bool:
    """Take events until the handle knows of no refusal any more; at most 20 s."""
    async with asyncio.timeout(20):
        while stage.refusal("move") or stage.refusal("speed") or len(heard) < 2:
            heard += [
                each
                for each in mailbox.take()
                if isinstance(each, InterlockChanged) and each.thing == "stage"
            ]
            await asyncio.sleep(0.01)
    return True
