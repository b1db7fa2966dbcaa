from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from things.events import PropertyChanged

THERMOSTAT = "things.simulated.thermostat:Thermostat"
SPECTROMETER = "things.simulated.spectrometer:Spectrometer"


@pytest.fixture
def developed(served: Any) -> Iterator[Any]:
    """A bench of simulated Things and others, served with `--dev` and with a prefix."""
    spec = BenchSpec(
        "Developed",
        (
            ThingSpec("thermostat", THERMOSTAT, {"faults": {"latency_s": 0.01}}),
            ThingSpec("spectrometer", SPECTROMETER),
            ThingSpec("probe", "server_instruments:Probe"),
            ThingSpec("broken", THERMOSTAT, {"faults": {"latencey_s": 1}}),
        ),
    )
    with Bench(spec) as bench:
        server = ServerThread(bench, ServerSettings(port=0, prefix="/lab", dev=True))
        server.start()
        made = type(served)(bench, server)
        yield made
        for name in ("thermostat", "spectrometer"):
            bench.thing(name).faults.put({})  # type: ignore[attr-defined]  # a simulated one
        made.http.close()
        server.stop()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/dev/faults/probe"), ("PUT", "/dev/faults/probe"), ("POST", "/dev/reload/probe")],
)
def test_without_dev_mode_there_is_nothing(served: Any, method: str, path: str) -> None:
    answer = served.http.request(method, path, json={})

    assert answer.status_code == 404
    assert not [path for path in served.http.get("/openapi.json").json()["paths"] if "dev" in path]


def test_the_faults_of_the_bench_file_are_told(developed: Any) -> None:
    told = developed.http.get("/lab/dev/faults/thermostat").json()

    assert told["latency_s"] == 0.01
    assert told["nan"] == []


def test_faults_that_are_put_are_in_force_at_once_and_gone_when_taken_off(developed: Any) -> None:
    faults = {"clamped": {"target": [15, 50]}, "refused": []}
    answer = developed.http.put("/lab/dev/faults/thermostat", json=faults)

    assert answer.status_code == 200
    assert answer.json()["clamped"] == {"target": {"least": 15.0, "most": 50.0}}
    assert answer.json()["latency_s"] == 0.0
    assert developed.http.put("/lab/thermostat/target", json=60).status_code == 201
    assert developed.http.get("/lab/thermostat/target").json() == 50.0

    assert developed.http.put("/lab/dev/faults/thermostat", json={}).status_code == 200
    assert developed.http.put("/lab/thermostat/target", json=60).status_code == 201
    assert developed.http.get("/lab/thermostat/target").json() == 60.0


def test_what_hangs_goes_on_when_the_fault_is_taken_off(developed: Any) -> None:
    def runs(status: str) -> Callable[[], bool]:
        return lambda: developed.http.get(href).json()["status"] == status

    developed.http.put("/lab/dev/faults/spectrometer", json={"hanging": ["take_spectrum"]})
    href = developed.http.post("/lab/spectrometer/take_spectrum").json()["href"]
    assert developed.until(runs("running"))
    developed.http.delete(href)
    assert runs("running")()

    developed.http.put("/lab/dev/faults/spectrometer", json={})

    assert developed.until(runs("cancelled"))


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"latencey_s": 1}, "did you mean 'latency_s'?"),
        ({"nan": ["temprature"]}, "did you mean 'temperature'?"),
        ({"latency_s": -1}, "greater than or equal to 0"),
        ({"stuck_axes": ["x"]}, "no axis 'x'"),
        ({"saturated": True}, "no detector"),
    ],
)
def test_faults_that_do_not_fit_are_refused_and_change_nothing(
    developed: Any, faults: dict[str, Any], words: str
) -> None:
    answer = developed.http.put("/lab/dev/faults/thermostat", json=faults)

    assert answer.status_code == 422
    assert words in answer.text
    assert developed.http.get("/lab/dev/faults/thermostat").json()["latency_s"] == 0.01


@pytest.mark.parametrize("body", [b"[1]", b"", b"null", b"7"])
def test_a_body_that_is_no_object_is_refused(developed: Any, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = developed.http.put("/lab/dev/faults/thermostat", content=body, headers=headers)

    assert answer.status_code == 422


@pytest.mark.parametrize(("thing", "status"), [("nobody", 404), ("probe", 404), ("broken", 503)])
def test_only_simulated_things_that_are_there_have_faults(
    developed: Any, thing: str, status: int
) -> None:
    assert developed.http.get(f"/lab/dev/faults/{thing}").status_code == status


@pytest.fixture
def reloadable() -> Iterator[None]:
    """Other tests hold the classes of this module; reloaded ones would be strangers to them."""
    from things.simulated import thermostat

    before = dict(vars(thermostat))
    yield
    vars(thermostat).update(before)


@pytest.mark.usefixtures("reloadable")
def test_a_reloaded_thing_has_the_faults_of_its_file_again(developed: Any) -> None:
    developed.http.put("/lab/dev/faults/thermostat", json={"nan": ["temperature"]})
    before = developed.bench.thing("thermostat")

    assert developed.http.post("/lab/dev/reload/thermostat").status_code == 200

    assert developed.bench.thing("thermostat") is not before
    told = developed.http.get("/lab/dev/faults/thermostat").json()
    assert (told["nan"], told["latency_s"]) == ([], 0.01)


def test_a_change_of_faults_is_seen_without_asking(developed: Any) -> None:
    mailbox = developed.bench.bus.subscribe(lambda: None)
    seen: list[Any] = []

    def warned() -> bool:
        seen.extend(mailbox.take())
        return any(getattr(each, "name", "") == "temperature" for each in seen)

    developed.http.put("/lab/dev/faults/thermostat", json={"nan": ["temperature"]})

    assert developed.until(warned)
    assert not [each for each in seen if isinstance(each, PropertyChanged) and each.value is None]
    mailbox.close()
