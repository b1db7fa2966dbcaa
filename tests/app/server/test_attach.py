"""An application of somebody else's takes our routes by `attach_to_app`."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.actions import ActionManager
from things.actions import ActionDescriptor
from things.blob_data import BlobDataManager
from things.simulated.everything import Everything


class Web:
    """Asks an application, without a socket."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://elsewhere") as web:
                return await web.request(method, path, **more)

        return asyncio.run(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self("GET", path, **more)


@pytest.fixture
def actions() -> Iterator[ActionManager]:
    manager = ActionManager()
    yield manager
    manager.close(5)


@pytest.fixture
def web(actions: ActionManager) -> Web:
    app = FastAPI()
    actions.attach_to_app(app)
    return Web(app)


@pytest.fixture
def thing() -> Everything:
    return Everything()


def start(actions: ActionManager, thing: Everything, name: str, **input: object) -> str:
    """Start an action and give its address."""
    action = getattr(Everything, name)
    assert isinstance(action, ActionDescriptor)
    invocation = actions.invoke_action(action, thing, input=action.validated_input(input))
    return f"/action_invocations/{invocation.id}"


def ended(actions: ActionManager) -> None:
    """Wait for all of them."""
    assert all(invocation.wait_ended(10) for invocation in actions.invocations)


def test_invocations_are_listed_and_looked_at_with_absolute_links(actions, thing, web) -> None:
    path = start(actions, thing, "zero")
    ended(actions)

    one = web.get(path).json()

    assert (one["status"], one["output"]) == ("completed", 0)
    assert one["href"] == f"http://elsewhere{path}"
    assert web.get("/action_invocations").json() == [one]


def test_outputs_are_json_or_the_bytes_of_a_blob(actions, thing, web) -> None:
    zero, snap = start(actions, thing, "zero"), start(actions, thing, "snap")
    ended(actions)

    picture = web.get(snap).json()["output"]

    assert web.get(f"{zero}/output").json() == 0
    assert web.get(f"{snap}/output").content == web.get(picture["href"]).content
    assert web.get(f"{snap}/output").headers["content-type"] == "image/png"
    assert web("HEAD", picture["href"]).headers["content-length"]
    assert web.get(picture["href"], headers={"range": "bytes=0-3"}).content == b"\x89PNG"


def test_a_running_one_is_cancelled_and_an_ended_one_is_503(actions, thing, web) -> None:
    slow = start(actions, thing, "slow_count", n=1000)
    assert web.get(f"{slow}/output").status_code == 503

    cancelled = web("DELETE", slow)
    assert (cancelled.status_code, cancelled.json()) == (200, None)
    ended(actions)

    assert web.get(slow).json()["status"] == "cancelled"
    assert web("DELETE", slow).status_code == 503
    assert web.get(f"{slow}/output").status_code == 503


@pytest.mark.parametrize("path", ["/action_invocations/{}", "/action_invocations/{}/output"])
def test_an_unknown_id_is_404_with_the_id_and_a_malformed_one_422(web, path) -> None:
    id = uuid.uuid4()

    unknown = web.get(path.format(id))

    assert unknown.status_code == 404
    assert unknown.json()["detail"] == f"No action invocation found with ID {id}"
    assert web.get(path.format("x")).status_code == 422


def test_data_is_handed_out_as_long_as_somebody_holds_it() -> None:
    blobs, app = BlobDataManager(), FastAPI()
    blobs.attach_to_app(app)
    blob = Everything().snap()
    id = blobs.add_blob(blob.data)
    web = Web(app)

    assert web.get(f"/blob/{id}").content == blob.content
    assert web.get("/blob/x").status_code == 422
    del blob
    assert web.get(f"/blob/{id}").status_code == 404


def test_the_routes_are_described_without_a_remark(web) -> None:
    paths = web.get("/openapi.json").json()["paths"]

    assert set(paths) == {
        "/action_invocations",
        "/action_invocations/{id}",
        "/action_invocations/{id}/output",
        "/blob/{blob_id}",
    }
