"""A bench that is served below a path, for everybody who uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.client import connect
from resources import resource

pytestmark = pytest.mark.timeout(300)  # the first time, clients are installed

Start = Callable[..., Any]


@pytest.fixture
def url(start: Start, tmp_path: Path) -> str:
    """The address of the conformance bench below /lab/one."""
    (tmp_path / "settings.toml").write_text('prefix = "/lab/one"\n')
    bench = str(resource("benches/conformance.toml"))
    program = start("serve", "--port", "0", "--bench", bench)
    return str(program.wait_for(r"^Listening on (\S+)$")[1])


def test_all_clients_find_it_below_its_prefix(url: str, thing_client: Any, node_wot: Any) -> None:
    assert url.endswith("/lab/one")
    assert httpx.get(f"{url}/things/").json()["demo"] == f"{url}/demo/"
    assert httpx.get(url.replace("/lab/one", "/things/")).status_code == 404

    thing_client("connect", url=f"{url}/demo/")
    thing_client("set", name="counter", value=4)
    picture = thing_client("call", name="snap", input={})
    assert picture["href"].startswith(f"{url}/blob/")
    assert thing_client("call", name="measure_blob", input={"image": picture}) == picture["size"]

    node_wot("consume", url=f"{url}/demo/")
    assert node_wot("read", name="counter") == 4
    slow = node_wot("invoke", name="slow_count", input={"n": 1000})
    node_wot("cancel", name="slow_count", id=slow["id"])
    node_wot("observe", name="counter")

    with connect(url) as bench:
        bench["demo"].counter = 5
        assert bench["demo"].increment() == 6
    assert node_wot("observed", name="counter", count=2) == [5, 6]
    node_wot("unobserve", name="counter")


@pytest.mark.parametrize("prefix", ["lab", "/lab/", "/", "/a b", "/a//b"])
def test_a_prefix_that_is_no_path_is_refused(start: Start, tmp_path: Path, prefix: str) -> None:
    (tmp_path / "settings.toml").write_text(f"prefix = '{prefix}'\n")

    program = start("serve", "--port", "0")

    assert program.wait() == 2
    assert "prefix" in program.said[0]
