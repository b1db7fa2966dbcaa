"""What was run, asked for over the network: a real ledger behind a real server."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.actions.events import LedgerTroubled, RunAnnotated, StampChanged
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.client import BenchClient, RemoteBench, connect
from app.client.history import query_of, question
from app.errors import InvocationNotFoundError, LedgerError, LedgerFullError, RunQueryError
from app.handles import OriginKind, Stamp
from app.run_records import RunQuery, RunState
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from things.errors import ValueRefusedError

SPEC = BenchSpec("Recorded", (ThingSpec("demo", "things.simulated.everything:Everything"),))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A bench that records what is run."""
    with Bench(SPEC, data_folder=tmp_path_factory.mktemp("recorded")) as bench:
        yield bench


@pytest.fixture(scope="module")
def url(recorded: Bench) -> Iterator[str]:
    """Where it is served."""
    server = ServerThread(recorded, ServerSettings(port=0))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def script(url: str) -> Iterator[BenchClient]:
    """A script's connection to it."""
    with connect(url) as made:
        yield made


@pytest.fixture
def window(url: str) -> Iterator[RemoteBench]:
    """A window's connection to it."""
    made = RemoteBench(url, pauses_s=(0.02, 0.1)).open()
    yield made
    made.close()


def settled(script: BenchClient, id: uuid.UUID, state: RunState) -> None:
    """Wait until the ledger has the end of a run: its row is written after the answer."""
    deadline = time.monotonic() + 20
    while script.run(id).state is not state:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_run_is_found_page_by_page_newest_first(script: BenchClient) -> None:
    script.set_stamp("Ada", session="pages")
    started = [script["demo"].increment.start(by=1) for _ in range(7)]
    for run in started:
        run.wait(20)

    found = [run.id for run in script.runs(text="pages", page=3)]

    assert found == [run.id for run in reversed(started)]
    assert [run.id for run in script.runs(text="pages", page=3, limit=4)] == found[:4]
    assert [run.id for run in script.runs(text="pages", limit=2)] == found[:2]


def test_a_run_has_its_input_output_log_stamp_and_origin(script: BenchClient) -> None:
    script.set_stamp("Ada", "onion skin 7", "whole")
    began = script["demo"].slow_count.start(n=2, dt=0.01)
    began.wait(20)
    settled(script, began.id, RunState.COMPLETED)

    run = script.run(str(began.id))

    assert (run.thing, run.action, run.state) == ("demo", "slow_count", RunState.COMPLETED)
    assert run.input == {"n": 2, "dt": 0.01}
    assert run.stamp == Stamp("Ada", "onion skin 7", "whole")
    assert run.origin.kind is OriginKind.NETWORK
    assert any("step 1 of 2" in line.message for line in run.log)
    assert run.elapsed_s is not None
    listed = next(script.runs(text="whole"))
    assert (listed.id, listed.log, listed.before) == (run.id, (), {})


def test_runs_are_filtered_over_there(script: BenchClient) -> None:
    script.set_stamp(session="filters")
    good = script["demo"].increment.start()
    bad = script["demo"].explode.start(message="the lens fell off")
    settled(script, bad.id, RunState.ERROR)
    settled(script, good.id, RunState.COMPLETED)

    def found(**wanted: Any) -> list[uuid.UUID]:
        return [run.id for run in script.runs(**{"text": "filters", **wanted})]

    now = datetime.now(UTC)
    assert found() == [bad.id, good.id]
    assert found(state="error") == [bad.id]
    assert found(state=RunState.COMPLETED) == [good.id]
    assert found(text="filters LENS") == [bad.id]
    assert found(action="increment") == [good.id]
    assert found(thing="nobody") == []
    assert found(origin="window") == []
    assert found(origin="network", who="127.0.0.1", roots=True) == [bad.id, good.id]
    assert found(since=now - timedelta(hours=1)) == [bad.id, good.id]
    assert found(since=(now + timedelta(hours=1)).isoformat()) == []
    assert found(until=now - timedelta(hours=1)) == []
    assert found(parent=good.id) == []


def test_a_filter_that_means_nothing_is_refused_before_anybody_is_asked(
    script: BenchClient,
) -> None:
    refusals: list[dict[str, Any]] = [
        {"colour": "red"},
        {"state": "done"},
        {"since": "yesterday"},
        {"after": "3"},
    ]
    for wanted in refusals:
        with pytest.raises(RunQueryError) as refused:
            script.runs(**wanted)
        assert refused.value.name in wanted


def test_what_only_the_bench_can_refuse_comes_as_the_error_it_is(window: RemoteBench) -> None:
    with pytest.raises(RunQueryError) as refused:
        asyncio.run(window.runs(RunQuery(after="nonsense")))

    assert refused.value.name == "after"


def test_a_note_is_written_and_everybody_hears_of_it(
    script: BenchClient, window: RemoteBench, until
) -> None:
    run = script["demo"].increment.start()
    run.wait(20)
    mailbox = window.subscribe(lambda: None)

    assert script.annotate(run.id, " good focus ").note == "good focus"

    events: list[object] = []

    def heard() -> bool:
        events.extend(mailbox.take())
        return any(isinstance(e, RunAnnotated) and e.run.note == "good focus" for e in events)

    until(heard, "the note")
    assert asyncio.run(window.run(run.id)).note == "good focus"
    assert asyncio.run(window.annotate(run.id, "")).note == ""
    with pytest.raises(ValueRefusedError, match="note"):
        script.annotate(run.id, "x" * 10_001)


def test_a_run_that_nobody_recorded_is_not_found(script: BenchClient) -> None:
    id = uuid.uuid4()

    with pytest.raises(InvocationNotFoundError, match=str(id)):
        script.run(id)
    with pytest.raises(InvocationNotFoundError):
        script.annotate(id, "good")
    with pytest.raises(ValueError, match="hexadecimal"):
        script.run("seven")


def test_a_stamp_is_set_by_one_and_known_to_all(
    script: BenchClient, window: RemoteBench, until
) -> None:
    mailbox = window.subscribe(lambda: None)

    assert script.set_stamp(" Bo ", sample="leaf") == Stamp("Bo", "leaf")
    assert script.stamp == Stamp("Bo", "leaf")
    until(lambda: window.stamp == Stamp("Bo", "leaf"), "the stamp")
    asyncio.run(window.set_stamp(Stamp("Cy")))
    until(lambda: window.stamp == Stamp("Cy"), "the other stamp")
    told = [event.stamp for event in mailbox.take() if isinstance(event, StampChanged)]
    assert told == [Stamp("Bo", "leaf"), Stamp("Cy")]
    with pytest.raises(ValueRefusedError, match="operator"):
        script.set_stamp("x" * 201)
    with pytest.raises(ValueRefusedError, match="sample"):
        asyncio.run(window.set_stamp(Stamp(sample="on\nion")))


def test_a_window_that_comes_later_knows_the_stamp_and_the_trouble(
    recorded: Bench, url: str, until
) -> None:
    recorded.set_stamp(Stamp("Di"))
    recorded.ledger_trouble = "the disk is full"
    try:
        late = RemoteBench(url).open()
        try:
            assert late.stamp == Stamp("Di")
            assert late.ledger_trouble == "the disk is full"
            recorded.bus.publish(LedgerTroubled(thing="", reason=""))
            until(lambda: late.ledger_trouble == "", "the end of the trouble")
        finally:
            late.close()
    finally:
        recorded.ledger_trouble = ""


def test_a_bench_without_a_ledger_says_so(client: BenchClient, remote: RemoteBench) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        next(client.runs())
    with pytest.raises(LedgerError):
        asyncio.run(remote.runs(RunQuery()))
    with pytest.raises(LedgerError):
        asyncio.run(remote.run(uuid.uuid4()))


def test_a_run_that_cannot_be_recorded_is_refused_with_the_reason(
    recorded: Bench, script: BenchClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise LedgerFullError("the disk is full")

    monkeypatch.setattr(recorded.ledger, "check", full)

    with pytest.raises(LedgerFullError) as refused:
        script["demo"].increment()

    assert refused.value.reason == "the disk is full"
    assert script.stop_all() == []


def test_a_query_is_asked_in_words_that_come_back_as_it_was() -> None:
    from starlette.datastructures import QueryParams

    from app.server.run_query import run_query

    query = RunQuery(
        thing="stage & camera",
        action="move",
        state=RunState.INTERRUPTED,
        origin=OriginKind.SCHEDULE,
        who="ada",
        since=datetime(2026, 3, 1, 18, 0, 0, 5, tzinfo=UTC),
        until=datetime(2026, 3, 2, 1, tzinfo=UTC),
        text="Zwiebelhäutchen №7 +1",
        parent=uuid.uuid4(),
        roots=True,
        limit=7,
        after="12",
        total=True,
    )

    assert run_query(QueryParams(question(query).removeprefix("?"))) == query
    assert question(RunQuery()) == ""
    asked = replace(query, limit=100, after=None, total=False)
    given = {
        name: getattr(asked, name)
        for name in ("thing", "action", "state", "origin", "who", "since", "until", "text")
    }
    assert query_of({**given, "parent": str(asked.parent), "roots": True}) == asked
