from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.recording import RecordingRules
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

if TYPE_CHECKING:
    from tests.conftest import PostgresqlServer

MODULE = "server_instruments"
# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))


def bench_spec(**classes: str) -> BenchSpec:
    return BenchSpec(
        "Test bench",
        tuple(ThingSpec(name, f"{MODULE}:{cls}") for name, cls in classes.items()),
    )


class Served:
    """A bench that is served, and a client of it."""

    def __init__(self, bench: Bench, server: ServerThread) -> None:
        self.bench = bench
        self.server = server
        self.url = server.url
        self.http = httpx.Client(base_url=server.url, timeout=20)

    @property
    def probe(self) -> Any:
        return self.bench.thing("probe")

    def until(self, what: Callable[[], bool]) -> bool:
        """Look again whenever something happens on the bench; gives up after 20 s without."""
        something = threading.Event()
        mailbox = self.bench.bus.subscribe(something.set)
        try:
            while not what():
                if not something.wait(20):
                    return False
                something.clear()
                mailbox.take()
            return True
        finally:
            mailbox.close()

    def listeners(self) -> list[Any]:
        """The websockets and event sources that listen to the probe."""
        running: Any = self.server._server
        feed = running.config.app.state.feed
        return list(feed._listeners.get("probe", ()))

    def run(self, action: str, input: Any = None, *, wait: bool = True) -> Any:
        """Invoke an action; the invocation as it ended."""
        answer = self.http.post(f"/probe/{action}", json=input or {})
        assert answer.status_code == 201, answer.text
        invocation = answer.json()
        if not wait:
            return invocation
        return self.ended(invocation["href"])

    def ended(self, href: str) -> Any:
        id = href.rsplit("/", 1)[-1]
        for running in self.bench.actions.invocations:
            if str(running.id) == id:
                assert running.wait_ended(20)
        return self.http.get(href).json()


Serving = Callable[..., Served]


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Serve a bench with other settings than usual."""
    open_ones: list[Served] = []

    def serve(limit: int = 100, **settings: Any) -> Served:
        bench = Bench(bench_spec(probe="Probe", other="Probe", dead="Dead"), limit=limit)
        bench.open()
        server = ServerThread(bench, ServerSettings(port=0, **settings))
        server.start()
        served = Served(bench, server)
        open_ones.append(served)
        return served

    yield serve
    for served in open_ones:
        served.http.close()
        served.server.stop()
        served.bench.close()


class Keeping(Served):
    """A bench that keeps files."""

    def draft(self, name: str = "cells", **more: Any) -> Any:
        """A record without content."""
        answer = self.http.post("/archive", json={"name": name, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def file(self, content: bytes = b"some cells", name: str = "cells", **more: Any) -> Any:
        """A file with content."""
        id = self.draft(name, **more)["id"]
        answer = self.http.put(f"/archive/{id}/content", content=content)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def keeping_at() -> Iterator[Callable[..., Keeping]]:
    """Serve a bench that keeps files in a folder."""
    open_ones: list[Keeping] = []

    def serve(folder: Path, **settings: Any) -> Keeping:
        bench = Bench(bench_spec(probe="Probe"), data_folder=folder)
        bench.open()
        server = ServerThread(bench, ServerSettings(port=0, **settings))
        server.start()
        open_ones.append(Keeping(bench, server))
        return open_ones[-1]

    yield serve
    for kept in open_ones:
        kept.http.close()
        kept.server.stop()
        kept.bench.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A file with `BOTH_DATABASES = True` is tried with its records in a file and on a server."""
    if "module_database_url" in metafunc.fixturenames and hasattr(
        metafunc.module, "BOTH_DATABASES"
    ):
        metafunc.parametrize(
            "module_database_url", ["sqlite", "postgresql"], indirect=True, scope="module"
        )


@pytest.fixture(scope="module")
def module_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting `database_url` for the tests of a file; as `pytest_generate_tests` says."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield ""
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    name = server.new_database()
    yield server.address(name)
    server.give_back(name)


@pytest.fixture(scope="module")
def keeping(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[Keeping]:
    """A bench that keeps files, shared by the tests of a file."""
    bench = Bench(
        bench_spec(probe="Probe"),
        data_folder=tmp_path_factory.mktemp("data"),
        recording=RecordingRules(database_url=module_database_url),
    )
    bench.open()
    assert bench.archive_trouble == ""
    server = ServerThread(bench, ServerSettings(port=0, max_upload_bytes=8 * 2**20))
    server.start()
    kept = Keeping(bench, server)
    yield kept
    kept.http.close()
    server.stop()
    bench.close()


@pytest.fixture(scope="module")
def _served() -> Iterator[Served]:
    bench = Bench(bench_spec(probe="Probe", other="Probe", dead="Dead"))
    bench.open()
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    served = Served(bench, server)
    yield served
    served.http.close()
    server.stop()
    bench.close()


@pytest.fixture
def served(_served: Served) -> Iterator[Served]:
    """A bench that is served; its values are put back after each test."""
    yield _served
    probe: Any = _served.probe
    probe.gate.set()
    probe.began.clear()
    probe._gain = 1.0
    for name in ("counter", "ratio", "label", "home"):
        type(probe)._affordances[name].reset(probe)
    _served.bench.actions.cancel_all()
    for invocation in _served.bench.actions.active:
        assert invocation.wait_ended(10)


@pytest.fixture
def probe(served: Served) -> Any:
    return served.probe
