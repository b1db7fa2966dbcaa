"""An archive that is still being opened: whoever asks is told when to come again, and does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import archiving
from app.archive.events import ArchiveTroubled
from app.archive.records import FileQuery
from app.archiving import Archiving
from app.bench import Bench
from app.bench_file import BenchSpec
from app.client import http as client_http
from app.client.archive import ArchiveClient
from app.client.http import HttpLink
from app.server.settings import ServerSettings
from app.server.thread import ServerThread


class Slow:
    """A bench whose archive takes its time to open.

    Attributes:
        gate: Lets it go on.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate = threading.Event()
        opens = Archiving._open

        def wait_and_open(own: Archiving, *given: Any) -> None:
            assert self.gate.wait(60)
            opens(own, *given)

        monkeypatch.setattr(Archiving, "_open", wait_and_open)
        monkeypatch.setattr(archiving, "OPEN_WAIT_S", 0.01)
        monkeypatch.setattr(client_http, "ASK_AGAIN_S", 0.01)
        self.bench = Bench(BenchSpec("Slow", ()), data_folder=folder)
        self.well = threading.Event()
        self._mailbox = self.bench.bus.subscribe(self._look)
        self._opening = threading.Thread(target=self.bench.open)
        self._opening.start()
        self.server = ServerThread(self.bench, ServerSettings(port=0))
        self.server.start()

    def _look(self) -> None:
        for event in self._mailbox.take():
            if isinstance(event, ArchiveTroubled) and not event.reason:
                self.well.set()

    def close(self) -> None:
        self.gate.set()
        self._opening.join(60)
        self.server.stop()
        self.bench.close()


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow(tmp_path, monkeypatch)
    yield made
    made.close()


def test_over_http_it_is_said_when_to_ask_again(slow: Slow) -> None:
    with httpx.Client(base_url=slow.server.url, timeout=60) as http:
        early = http.get("/archive")
        slow.gate.set()
        assert slow.well.wait(60)
        late = http.get("/archive")

    assert (early.status_code, early.json()["title"]) == (503, "ArchiveOpeningError")
    assert early.headers["retry-after"] == "1"
    assert late.json()["files"] == []


def test_a_client_asks_again_by_itself(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    once = HttpLink._once

    def counted(own: HttpLink, method: str, *given: Any) -> Any:
        asked.append(method)
        if len(asked) == 3:
            slow.gate.set()
        return once(own, method, *given)

    monkeypatch.setattr(HttpLink, "_once", counted)
    http = HttpLink(slow.server.url)
    try:
        assert ArchiveClient(http).find(FileQuery()).files == []
    finally:
        http.close()
    assert len(asked) > 2


def test_a_client_that_is_closed_meanwhile_asks_no_more(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = threading.Event()

    class Closed(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.set()
            return super().wait(timeout)

    monkeypatch.setattr(client_http, "ASK_AGAIN_S", 60.0)
    http = HttpLink(slow.server.url)
    http._closed = Closed()
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            ArchiveClient(http).find(FileQuery())
        except Exception as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert waits.wait(60)
    http.close()
    asking.join(60)

    assert len(failures) == 1
