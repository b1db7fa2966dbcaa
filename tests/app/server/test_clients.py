"""Who is connected is known while they are, and not after."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.client.remote_bench import RemoteBench
from app.server.clients import Clients
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

WAIT_S = 20.0


@pytest.fixture
def server() -> Iterator[ServerThread]:
    bath = ThingSpec("bath", "things.simulated.thermostat:Thermostat")
    with Bench(BenchSpec("Bench", (bath,))) as bench:
        made = ServerThread(bench, ServerSettings(port=0))
        made.start()
        yield made
        made.stop()


def become(server: ServerThread, wanted: tuple[str, ...]) -> None:
    """Wait until these are connected."""
    looked = threading.Event()
    for _ in range(int(WAIT_S / 0.02)):
        if server.clients == wanted:
            return
        looked.wait(0.02)
    pytest.fail(f"connected are {server.clients}, not {wanted}")


def test_windows_and_websockets_count_while_they_are_there(server: ServerThread) -> None:
    here = "127.0.0.1"
    assert server.info.clients == ()
    remote = RemoteBench(server.url).open()
    become(server, (here,))
    with connect(server.url.replace("http", "ws") + "/bath/ws"):
        become(server, (here, here))
        assert server.info.clients == (here, here)
    become(server, (here,))
    remote.close()
    become(server, ())


def test_one_of_two_from_the_same_address_leaves_the_other() -> None:
    clients = Clients()
    with clients.connected("a"):
        with clients.connected("b"), clients.connected("a"):
            assert clients.addresses == ("a", "b", "a")
        assert clients.addresses == ("a",)
    assert clients.addresses == ()
