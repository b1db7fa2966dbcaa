from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.client import BenchClient, RemoteBench, connect
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

SPEC = BenchSpec(
    "Test bench",
    (
        ThingSpec("demo", "things.simulated.everything:Everything"),
        ThingSpec("probe", "client_instruments:Probe"),
        ThingSpec("fragile", "client_instruments:Fragile"),
    ),
)


class Serving:
    """A bench that is served, and may be stopped and started again at the same address."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self._port = 0
        self.start()

    def start(self) -> None:
        """Begin, with a new bench."""
        self.bench = Bench(SPEC)
        self.bench.open()
        self.serve()

    def serve(self) -> None:
        """Serve the bench that is there."""
        self.server = ServerThread(self.bench, ServerSettings(port=self._port, **self._settings))
        self.server.start()
        self._port = int(self.server.url.rpartition(":")[2])
        self.url = self.server.url + self._settings.get("prefix", "")

    def stop(self) -> None:
        """End both."""
        self.bench.close()
        self.server.stop()


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    """Look again until there is something true: it comes over the network."""

    def look_until(look: Callable[[], Any], what: str = "it") -> Any:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.01)
        pytest.fail(f"{what} never came")

    return look_until


@pytest.fixture
def serving() -> Iterator[Serving]:
    """A bench of one test's own, to be stopped and started."""
    made = Serving()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def served() -> Iterator[Serving]:
    """A bench that the tests of a file share."""
    made = Serving()
    yield made
    made.stop()


@pytest.fixture
def client(served: Serving) -> Iterator[BenchClient]:
    """A script's connection to it."""
    with connect(served.url) as made:
        yield made


@pytest.fixture
def remote(served: Serving) -> Iterator[RemoteBench]:
    """A window's connection to it."""
    made = RemoteBench(served.url, pauses_s=(0.02, 0.1)).open()
    yield made
    made.close()
