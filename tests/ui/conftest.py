"""A bench in memory.

`FakeBench` and `FakeThing` follow the handle protocols of `app.handles`. A test says what they
answer: refuse a value, keep a write or a call waiting until it is released, drive an invocation
step by step, publish an event from another thread.

For annotations import the classes under `TYPE_CHECKING` only; at run time take the fixtures
`bench`, `camera`, `make_bench` and `make_thing`.
"""

from __future__ import annotations

import asyncio
import copy
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import UUID

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.actions.events import (
    InterlockChanged,
    InvocationChanged,
    InvocationProgressed,
    LedgerTroubled,
    RunAnnotated,
    StampChanged,
)
from app.errors import InvocationNotFoundError
from app.handles import (
    ArchiveHandle,
    BenchHandle,
    InvocationSnapshot,
    InvocationStatus,
    LogLine,
    Origin,
    OriginKind,
    OutputBlob,
    Picture,
    Problem,
    ProgressStep,
    Reading,
    ServerInfo,
    Stamp,
    StopReport,
    ThingHandle,
)
from app.run_records import RunPage, RunQuery, RunRecord, RunState
from things.errors import ThingError
from things.events import (
    Event,
    EventEmitted,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingState,
    ThingStateChanged,
)
from ui.activity.log_feed import LogFeed
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.main_window import MainWindow, WindowParts
from ui.tasks import Tasks
from ui.theme import Scheme, Theme
from ui.widgets import Island

T = TypeVar("T")

WAIT_MS = 5000
"""How long a test waits for a condition before it fails."""

CAMERA: dict[str, Any] = {
    "@context": ["https://www.w3.org/2022/wot/td/v1.1", {"lw": "urn:labwright:td#"}],
    "@type": "Thing",
    "id": "urn:labwright:test:camera",
    "title": "Camera",
    "description": "A camera that looks at the stage.",
    "properties": {
        "exposure": {
            "title": "Exposure",
            "description": "How long the shutter is open.",
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 1000,
            "unit": "ms",
            "default": 10.0,
            "observable": True,
            "lw:resettable": True,
        },
        "gain": {"title": "Gain", "type": "number", "minimum": 0, "maximum": 24, "unit": "dB"},
        "binning": {"title": "Binning", "type": "string", "enum": ["1 × 1", "2 × 2", "4 × 4"]},
        "cooling": {"title": "Cooling", "type": "boolean"},
        "temperature": {
            "title": "Temperature",
            "type": "number",
            "unit": "°C",
            "readOnly": True,
            "lw:group": "Sensor",
        },
        "serial": {
            "title": "Serial",
            "type": "string",
            "readOnly": True,
            "lw:group": "Sensor",
        },
    },
    "actions": {
        "snap": {
            "title": "Snap",
            "description": "Take one picture.",
            "input": {
                "type": "object",
                "title": "snap_input",
                "properties": {},
                "additionalProperties": False,
            },
            "output": {"type": "object", "lw:mediaType": "image/png", "properties": {}},
            "lw:cancellable": True,
            "lw:exclusive": True,
        },
        "acquire_stack": {
            "title": "Acquire a stack",
            "description": "Grab planes, one focus step apart.",
            "input": {
                "type": "object",
                "title": "acquire_stack_input",
                "properties": {
                    "planes": {
                        "title": "Planes",
                        "type": "integer",
                        "minimum": 1,
                        "maximum": 500,
                        "default": 11,
                    },
                    "step": {
                        "title": "Step",
                        "type": "number",
                        "exclusiveMinimum": 0,
                        "maximum": 10,
                        "unit": "µm",
                        "default": 0.25,
                    },
                },
                "required": [],
                "additionalProperties": False,
            },
            "lw:cancellable": True,
        },
    },
    "events": {},
    "lw:streams": {
        "live": {
            "title": "Live",
            "mediaType": "multipart/x-mixed-replace",
            "href": "/camera/live",
        }
    },
}
"""A Thing Description with a little of everything a camera has."""

CAMERA_VALUES: dict[str, Any] = {
    "exposure": 25.0,
    "gain": 12.0,
    "binning": "1 × 1",
    "cooling": True,
    "temperature": -9.8,
    "serial": "SIM-0042",
}


def _reading(value: Any) -> Reading:
    return Reading(value, datetime.now(UTC), time.monotonic())


class FakeFrames:
    """A frame source; the test gives frames with `give`."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._newest: Any | None = None
        self.skipped = 0
        self.closed = False

    def give(self, frame: Any) -> None:
        """A frame arrives (call it from any thread)."""
        if self._newest is not None:
            self.skipped += 1
        self._newest = frame
        self._wake()

    def newest(self) -> Any | None:
        frame, self._newest = self._newest, None
        return frame

    def close(self) -> None:
        self.closed = True


class FakeThing:
    """A Thing in memory.

    Attributes:
        values: What the device says.
        refusals: Errors to raise when a property is written or an action invoked, by name.
        written: Each (name, value) that reached the device.
        asked: Each property that was read, in order.
        invoked: Each (action, input) that was accepted.
        reconnects: How often `reconnect` was called.
        sources: The streams that were opened, by name.
    """

    def __init__(
        self,
        name: str,
        description: Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        state: ThingState = ThingState.READY,
        reason: str = "",
    ) -> None:
        self.name = name
        self.state = state
        self.reason = reason
        self.values = dict(values or {})
        self.refusals: dict[str, Exception] = {}
        self.written: list[tuple[str, Any]] = []
        self.asked: list[str] = []
        self.invoked: list[tuple[str, Mapping[str, Any]]] = []
        self.reconnects = 0
        self.reloads = 0
        self.faulty: Mapping[str, Any] = {}
        self.sources: dict[str, FakeFrames] = {}
        self.bench: FakeBench | None = None
        self._description = copy.deepcopy(dict(description))
        self._readings = {key: _reading(value) for key, value in self.values.items()}
        self._held: dict[str, list[asyncio.Future[None]]] = {}
        self._interlocks: dict[str, str] = {}

    @property
    def title(self) -> str:
        return str(self._description.get("title", self.name))

    @property
    def group(self) -> str:
        return str(self._description.get("lw:group") or "")

    def describe(self) -> Mapping[str, Any]:
        return self._description

    def last(self, name: str) -> Reading | None:
        return self._readings.get(name)

    def refusal(self, name: str) -> str:
        return self._interlocks.get(name, "")

    # What a test decides.

    def interlock(self, name: str, reason: str) -> None:
        """A condition on an action or a property is not met any more, or again ('')."""
        self._interlocks[name] = reason
        self._publish(InterlockChanged(thing=self.name, name=name, reason=reason))

    def hold(self, name: str) -> None:
        """Writes to a property or calls of an action wait until `release(name)`."""
        self._held.setdefault(name, [])

    def release(self, name: str) -> None:
        """Let everything held under `name` go on."""
        for waiting in self._held.pop(name, []):
            if not waiting.done():
                waiting.set_result(None)

    def waiting(self, name: str) -> int:
        """How many writes or calls are held under `name`."""
        return len(self._held.get(name, []))

    def become(self, state: ThingState, reason: str = "") -> None:
        """Change state and say so."""
        self.state, self.reason = state, reason
        self._publish(ThingStateChanged(thing=self.name, state=state, reason=reason))

    def change(self, name: str, value: Any) -> None:
        """The device changes a value by itself, or somebody else writes it."""
        self.values[name] = value
        self._readings[name] = _reading(value)
        self._publish(PropertyChanged(thing=self.name, name=name, value=value))

    def fail_to_read(self, name: str, reason: str) -> None:
        """A property could not be read any more."""
        self._publish(PropertyFailed(thing=self.name, name=name, reason=reason))

    def emit(self, name: str, data: Any) -> None:
        """Emit an event of the Thing's own."""
        self._publish(EventEmitted(thing=self.name, name=name, data=data))

    def stream(self, name: str, live: bool) -> None:
        """A stream begins or stops to deliver."""
        self._publish(StreamChanged(thing=self.name, name=name, live=live))

    def _publish(self, event: Event) -> None:
        if self.bench is not None:
            self.bench.publish(event)

    async def _gate(self, name: str) -> None:
        if name in self._held:
            gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._held[name].append(gate)
            await gate
        if name in self.refusals:
            raise self.refusals[name]

    # The handle protocol.

    async def read(self, name: str) -> Reading:
        self.asked.append(name)
        await self._gate(f"read {name}")
        if name not in self.values:
            raise ThingError(f"{name} could not be read")
        self._readings[name] = _reading(self.values[name])
        return self._readings[name]

    async def write(self, name: str, value: Any) -> Reading:
        await self._gate(name)
        self.written.append((name, value))
        self.change(name, value)
        return self._readings[name]

    async def reset(self, name: str) -> Reading:
        return await self.write(name, self._description["properties"][name]["default"])

    async def invoke(
        self, action: str, input: Mapping[str, Any] | None = None
    ) -> InvocationSnapshot:
        await self._gate(action)
        self.invoked.append((action, dict(input or {})))
        assert self.bench is not None
        return self.bench.start(self.name, action, dict(input or {})).snapshot

    async def reconnect(self) -> None:
        self.reconnects += 1
        await self._gate("reconnect")
        self.become(ThingState.READY)

    async def reload(self) -> None:
        self.reloads += 1
        await self._gate("reload")

    async def faults(self) -> Mapping[str, Any]:
        await self._gate("faults")
        return self.faulty

    async def set_faults(self, faults: Mapping[str, Any]) -> Mapping[str, Any]:
        await self._gate("set_faults")
        self.faulty = dict(faults)
        return self.faulty

    def open_stream(self, name: str, wake: Callable[[], None]) -> FakeFrames:
        self.sources[name] = FakeFrames(wake)
        return self.sources[name]


class FakeInvocation:
    """An invocation whose course the test decides; each step is published."""

    def __init__(self, bench: FakeBench, snapshot: InvocationSnapshot) -> None:
        self._bench = bench
        self.snapshot = snapshot

    def _change(self, **changes: Any) -> None:
        self.snapshot = replace(self.snapshot, version=self.snapshot.version + 1, **changes)
        status_changed = "status" in changes
        self._bench.report(self.snapshot, status_changed=status_changed)

    def wait(self, reason: str) -> None:
        """It waits for something."""
        self._change(waiting_for=reason)

    def run(self) -> None:
        """It begins."""
        self._change(status=InvocationStatus.RUNNING, started_at=datetime.now(UTC), waiting_for="")

    def step(
        self, done: float, total: float | None, label: str = "", remaining_s: float | None = None
    ) -> None:
        """It reports progress."""
        self._change(progress=(ProgressStep(done, total, label, 1.0, remaining_s),))

    def log(self, line: str) -> None:
        """It logs a line."""
        self._change(last_log=line)

    def complete(self, output: Any = None, blobs: tuple[OutputBlob, ...] = ()) -> None:
        """It ends well."""
        self._end(InvocationStatus.COMPLETED, output=output, blobs=blobs)

    def fail(self, detail: str, title: str = "RuntimeError") -> None:
        """It ends with an error."""
        self._end(InvocationStatus.ERROR, error=Problem(title, detail))

    def end_cancelled(self) -> None:
        """It was cancelled."""
        self._end(InvocationStatus.CANCELLED)

    def _end(self, status: InvocationStatus, **changes: Any) -> None:
        self._change(status=status, ended_at=datetime.now(UTC), elapsed_s=1.5, **changes)


class FakeSubscription:
    """A subscriber's queue."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self.waiting: deque[Event] = deque()
        self.closed = False

    def take(self) -> list[Event]:
        taken = []
        while self.waiting:
            taken.append(self.waiting.popleft())
        return taken

    def close(self) -> None:
        self.closed = True


class FakeBench:
    """A bench in memory.

    Attributes:
        started: Every invocation that was started, by its id.
        cancelled: The ids that were asked to stop.
        pictures: What `picture` answers, by invocation id.
        stops: How often STOP ALL was asked for.
        records: What the ledger knows, newest first.
        queries: What it was asked.
    """

    def __init__(self, *things: FakeThing, title: str = "Demo bench") -> None:
        self.title = title
        self.file: Path | None = None
        self.things: dict[str, FakeThing] = {thing.name: thing for thing in things}
        self.server = ServerInfo("http://127.0.0.1:7170")
        self.started: dict[UUID, FakeInvocation] = {}
        self.cancelled: list[UUID] = []
        self.saved: list[tuple[UUID, tuple[str | int, ...], Path]] = []
        self.pictures: dict[UUID, Picture | bytes] = {}
        self.logs: dict[UUID, list[LogLine]] = {}
        self.stops = 0
        self.stamp = Stamp()
        self.ledger_trouble = ""
        self.archive: ArchiveHandle | None = None
        self.records: list[RunRecord] = []
        self.queries: list[RunQuery] = []
        self.subscriptions: list[FakeSubscription] = []
        self._seq = 0
        for thing in things:
            thing.bench = self

    # What a test decides.

    def publish(self, event: Event) -> None:
        """Give an event to every subscriber, on the calling thread."""
        for subscription in self.subscriptions:
            if not subscription.closed:
                subscription.waiting.append(event)
                subscription.wake()

    def publish_from_thread(self, *events: Event) -> None:
        """Give events to every subscriber from another thread, and wait for that thread."""

        def publish_all() -> None:
            for event in events:
                self.publish(event)

        thread = threading.Thread(target=publish_all)
        thread.start()
        thread.join()

    def start(
        self,
        thing: str,
        action: str,
        input: Mapping[str, Any] | None = None,
        origin: Origin | None = None,
        parent: UUID | None = None,
    ) -> FakeInvocation:
        """Begin a pending invocation, as somebody would who is not this window."""
        actions = self.things[thing].describe().get("actions", {})
        snapshot = InvocationSnapshot(
            id=uuid.uuid4(),
            thing=thing,
            action=action,
            title=actions.get(action, {}).get("title", action),
            status=InvocationStatus.PENDING,
            origin=origin or Origin(OriginKind.WINDOW),
            parent=parent,
            requested_at=datetime.now(UTC),
            started_at=None,
            ended_at=None,
            elapsed_s=0.0,
            progress=(),
            waiting_for="",
            input=dict(input or {}),
            output=None,
            blobs=(),
            error=None,
            last_log="",
            cancel_requested=False,
            version=1,
        )
        run = FakeInvocation(self, snapshot)
        self.started[snapshot.id] = run
        self.report(snapshot, status_changed=True)
        return run

    def report(self, snapshot: InvocationSnapshot, *, status_changed: bool) -> None:
        """Publish a snapshot."""
        if status_changed:
            self._seq += 1
            self.publish(InvocationChanged(thing=snapshot.thing, snapshot=snapshot, seq=self._seq))
        else:
            self.publish(InvocationProgressed(thing=snapshot.thing, snapshot=snapshot))

    def trouble_ledger(self, reason: str) -> None:
        """Let runs be recorded no more, or again where the reason is ''."""
        self.ledger_trouble = reason
        self.publish(LedgerTroubled(thing="", reason=reason))

    @property
    def newest(self) -> FakeInvocation:
        """The invocation that was started last."""
        return list(self.started.values())[-1]

    # The handle protocol.

    def subscribe(self, wake: Callable[[], None]) -> FakeSubscription:
        subscription = FakeSubscription(wake)
        self.subscriptions.append(subscription)
        return subscription

    def invocations(self) -> Sequence[InvocationSnapshot]:
        return [run.snapshot for run in self.started.values()]

    async def cancel(self, invocation: UUID) -> bool:
        self.cancelled.append(invocation)
        run = self.started[invocation]
        if run.snapshot.status.ended:
            return False
        run._change(cancel_requested=True)
        return True

    async def log(self, invocation: UUID) -> Sequence[LogLine]:
        if invocation not in self.started and invocation not in self.logs:
            raise InvocationNotFoundError(invocation)
        return self.logs.get(invocation, [])

    async def picture(self, invocation: UUID, path: tuple[str | int, ...] = ()) -> Picture | bytes:
        empty = Picture(np.zeros((4, 4), np.uint16))
        return self.pictures.get(invocation, empty)

    async def save(self, invocation: UUID, path: tuple[str | int, ...], target: Path) -> None:
        self.saved.append((invocation, path, target))

    async def stop_all(self) -> Sequence[StopReport]:
        self.stops += 1
        return [StopReport(name, True, 0.001) for name in self.things]

    def disk_free_bytes(self) -> int:
        return 412_000_000_000

    async def set_stamp(self, stamp: Stamp) -> None:
        self.stamp = stamp
        self.publish(StampChanged(thing="", stamp=stamp))

    async def runs(self, query: RunQuery) -> RunPage:
        """Looks at Thing, action, state and parent only; the rest is the ledger's own business."""
        self.queries.append(query)
        found = [
            record
            for record in self.records
            if query.thing in (None, record.thing)
            and query.action in (None, record.action)
            and query.state in (None, record.state)
            and query.parent in (None, record.parent)
        ]
        begin = int(query.after or 0)
        end = begin + query.limit
        more = str(end) if end < len(found) else None
        return RunPage(found[begin:end], more, len(found) if query.total else None)

    async def run(self, id: UUID) -> RunRecord:
        for record in self.records:
            if record.id == id:
                return record
        raise InvocationNotFoundError(id)

    async def annotate(self, id: UUID, note: str) -> RunRecord:
        record = replace(await self.run(id), note=note)
        self.records = [record if each.id == id else each for each in self.records]
        self.publish(RunAnnotated(thing=record.thing, run=record))
        return record


def follows_the_protocols(bench: FakeBench, thing: FakeThing) -> tuple[BenchHandle, ThingHandle]:
    """The type checker's proof that the fakes are handles."""
    return bench, thing


class MakeThing(Protocol):
    """Builds a Thing from a description."""

    def __call__(
        self,
        name: str = ...,
        description: Mapping[str, Any] | None = ...,
        values: Mapping[str, Any] | None = ...,
        state: ThingState = ...,
        reason: str = ...,
    ) -> FakeThing: ...


class MakeRecord(Protocol):
    """Builds a run as the ledger has it."""

    def __call__(
        self, number: int, thing: str = ..., action: str = ..., state: RunState = ...
    ) -> RunRecord: ...


class RunCoroutine(Protocol):
    """Runs a coroutine to its end on the Qt loop and gives its result."""

    def __call__(self, coroutine: Coroutine[Any, Any, T]) -> T: ...


@pytest.fixture
def make_thing() -> MakeThing:
    """Builds a `FakeThing`; with no arguments it is the camera."""

    def make(
        name: str = "camera",
        description: Mapping[str, Any] | None = None,
        values: Mapping[str, Any] | None = None,
        state: ThingState = ThingState.READY,
        reason: str = "",
    ) -> FakeThing:
        if description is None:
            description, values = CAMERA, CAMERA_VALUES if values is None else values
        return FakeThing(name, description, values, state, reason)

    return make


@pytest.fixture
def make_record() -> MakeRecord:
    """Builds a run that ended long ago; the higher its number, the longer."""

    def make(
        number: int,
        thing: str = "camera",
        action: str = "snap",
        state: RunState = RunState.COMPLETED,
    ) -> RunRecord:
        run = uuid.uuid4()
        began = datetime(2024, 5, 17, 9, 30, tzinfo=UTC) - timedelta(minutes=number)
        return RunRecord(
            id=run,
            number=1_000_000 - number,
            parent=None,
            root=run,
            thing=thing,
            action=action,
            title=action.replace("_", " ").capitalize(),
            state=state,
            origin=Origin(OriginKind.NETWORK, "10.0.0.7"),
            stamp=Stamp("Anna", "wafer 3"),
            requested_at=began,
            started_at=began,
            ended_at=began + timedelta(seconds=2),
            elapsed_s=2.0,
            input={"number": number},
            output=None,
            blobs=(),
            input_blobs=(),
            error=None,
            log=(),
            before={},
            after={},
            stuck=False,
            note="",
        )

    return make


@pytest.fixture
def make_bench() -> Callable[..., FakeBench]:
    """Builds a `FakeBench` of the Things it is given."""
    return FakeBench


@pytest.fixture
def camera(make_thing: MakeThing) -> FakeThing:
    """A camera in memory."""
    return make_thing()


@pytest.fixture
def bench(camera: FakeThing) -> FakeBench:
    """A bench with the camera on it."""
    return FakeBench(camera)


@pytest.fixture(scope="session")
def only_theme(qapp: QApplication) -> Theme:
    """The one theme of the session; take `theme`, which puts it back to light."""
    return Theme(qapp, Scheme.LIGHT)


@pytest.fixture
def theme(only_theme: Theme) -> Iterator[Theme]:
    """The look of the window, light."""
    yield only_theme
    only_theme.choose(Scheme.LIGHT)


@pytest.fixture
def reports() -> list[tuple[str, Exception]]:
    """What the window's coroutines failed with; a test that expects a failure empties it."""
    return []


@pytest.fixture
def tasks(run: RunCoroutine, reports: list[tuple[str, Exception]]) -> Iterator[Tasks]:
    """The window's coroutines; one that failed unexpectedly fails the test."""
    made = Tasks(lambda what, error: reports.append((what, error)))
    yield made
    run(made.close())
    assert reports == []


@pytest.fixture
def bridge(bench: FakeBench, qapp: QApplication) -> Iterator[Bridge]:
    """The crossing into the Qt thread, of the bench with the camera."""
    made = Bridge(bench.subscribe)
    yield made
    made.close()


@pytest.fixture
def run(qloop: asyncio.AbstractEventLoop, qtbot: QtBot) -> RunCoroutine:
    """Run a coroutine to its end while the Qt loop turns."""

    def run_to_its_end(coroutine: Coroutine[Any, Any, T]) -> T:
        task = qloop.create_task(coroutine)
        qtbot.waitUntil(task.done, timeout=WAIT_MS)
        return task.result()

    return run_to_its_end


class Part:
    """Stands for the viewer and for the panels."""

    def __init__(self, theme: Theme) -> None:
        self.widget: QWidget = Island(theme)
        self.calls: list[tuple[Any, ...]] = []
        self.compact: bool | None = None
        self.depths: dict[str, str] = {}

    def set_compact(self, compact: bool) -> None:
        self.compact = compact

    def layout_state(self) -> dict[str, str]:
        return self.depths

    def restore_layout(self, state: Mapping[str, str]) -> None:
        self.depths = dict(state)

    def reset_layout(self) -> None:
        self.depths = {}

    def show_result(self, invocation: UUID) -> None:
        self.calls.append(("result", invocation))

    def show_thing(self, thing: str) -> None:
        self.calls.append(("thing", thing))

    def show_property(self, thing: str, name: str) -> None:
        self.calls.append(("property", thing, name))

    def show_action(self, thing: str, action: str, filled: Mapping[str, Any] | None = None) -> None:
        self.calls.append(("action", thing, action, dict(filled or {})))

    def ask_action(self, thing: str, action: str, filled: Mapping[str, Any]) -> None:
        self.calls.append(("ask", thing, action, dict(filled)))


@pytest.fixture
def make_part(theme: Theme) -> Callable[[], Part]:
    """Builds what stands for the viewer or for the panels."""
    return lambda: Part(theme)


@pytest.fixture
def panels(make_part: Callable[[], Part]) -> Part:
    """What stands for the panels of `window`."""
    return make_part()


@pytest.fixture
def parts(
    theme: Theme, bench: FakeBench, bridge: Bridge, tasks: Tasks, panels: Part
) -> WindowParts:
    """What `window` is put together from."""
    return WindowParts(
        bench, theme, tasks, bridge, Part(theme), panels, ThumbnailSource(), LogFeed()
    )


@pytest.fixture
def make_window(qtbot: QtBot) -> Iterator[Callable[[WindowParts], MainWindow]]:
    """Builds a window, shown and active; closed without a question after the test."""
    made: list[MainWindow] = []

    def make(parts: WindowParts) -> MainWindow:
        window = MainWindow(parts)
        made.append(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield make
    for window in made:
        window._may_close = True
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # deferred deletion


@pytest.fixture
def window(parts: WindowParts, make_window: Callable[[WindowParts], MainWindow]) -> MainWindow:
    """The window of the bench with the camera."""
    return make_window(parts)
