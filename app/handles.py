"""What a window, a script or a client holds of a bench: the handle protocols.

Two implementations stand behind them: `app.local` for a bench in this process, and the remote
one over HTTP. Nothing here needs Qt, FastAPI or a running loop to be imported.

Values are always in their JSON form (numbers, strings, lists, dicts, None), exactly as the
Thing Description's schemas describe them, so that a panel is the same code for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.archive_handle import ArchiveHandle
from app.run_facts import InvocationStatus, LogLine, Origin, OriginKind, Problem, Stamp
from app.run_records import RunPage, RunQuery, RunRecord
from things.events import Event, Reading, ThingState
from things.progress import ProgressStep

__all__ = [
    "ArchiveHandle",
    "BenchHandle",
    "FrameSource",
    "InvocationSnapshot",
    "InvocationStatus",
    "LogLine",
    "Origin",
    "OriginKind",
    "OutputBlob",
    "Picture",
    "Problem",
    "ProgressStep",
    "Reading",
    "ServerInfo",
    "Stamp",
    "StopReport",
    "Subscription",
    "ThingHandle",
]


@dataclass(frozen=True, slots=True)
class OutputBlob:
    """What is known of a blob in an output without holding the blob itself.

    Attributes:
        path: Where in the output it stands: () for the output itself, ('image',) for a field.
        media_type: Such as 'image/png'.
        name: A file name to suggest.
        size: In bytes; None while it has not been encoded.
        shape: The shape of the picture, (height, width) or (planes, height, width) or with a
            last axis of 3 colours; None where it is no picture made in this process.
        kept: The id of the file it is in the archive; None where it is not kept.
    """

    path: tuple[str | int, ...]
    media_type: str
    name: str
    size: int | None
    shape: tuple[int, ...] | None = None
    kept: UUID | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels and what is known of them.

    Attributes:
        array: (h, w), (h, w, 3) or (planes, h, w); with `axes` up to (t, c, z, h, w) or
            (t, c, z, h, w, 3); uint8, uint16 or float32; not to be written to.
        pixel_size_um: Width of a pixel at the sample in micrometres, or None.
        full_scale: The largest value the detector can give, for a saturation warning, or None.
        axes: A letter for each axis before the height, as OME names them: 'TCZ' for time, channel
            and plane, 'Q' for any other; '' where the shape says it all.
        reduced: So many pixels of the original, across and down, became one; 1 where it is whole.
    """

    array: NDArray[np.generic]
    pixel_size_um: float | None = None
    full_scale: float | None = None
    axes: str = ""
    reduced: int = 1


@dataclass(frozen=True, slots=True)
class InvocationSnapshot:
    """An invocation as it stood at one moment; safe to keep, holds no Blob.

    Attributes:
        id: Its UUID.
        thing: Name of the Thing.
        action: Name of the action.
        title: Title of the action.
        status: Where it stands.
        origin: Who asked.
        parent: The invocation that started it, if one did.
        requested_at, started_at, ended_at: UTC, with zone.
        elapsed_s: On the monotonic clock: since it started, or from start to end.
        progress: Outermost level first; empty where it does not say.
        waiting_for: Why it is pending, in words; '' otherwise.
        input: In JSON form.
        output: In JSON form, blobs replaced by `{"media_type": ...}`; None until completed.
        blobs: The blobs in the output.
        error: Why it failed or was cancelled.
        last_log: The newest log line.
        cancel_requested: Whether somebody asked it to stop.
        version: Grows with every change; the higher one is the newer.
        stuck: Whether it still runs long after it was asked to stop.
    """

    id: UUID
    thing: str
    action: str
    title: str
    status: InvocationStatus
    origin: Origin
    parent: UUID | None
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    elapsed_s: float
    progress: tuple[ProgressStep, ...]
    waiting_for: str
    input: Mapping[str, Any]
    output: Any
    blobs: tuple[OutputBlob, ...]
    error: Problem | None
    last_log: str
    cancel_requested: bool
    version: int
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class StopReport:
    """What STOP ALL did to one Thing.

    Attributes:
        thing: Its name.
        answered: Whether its `stop()` returned in time. True where it has none to call.
        took_s: How long it took.
        reason: What went wrong, or ''.
    """

    thing: str
    answered: bool
    took_s: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """Where the bench can be reached.

    Attributes:
        url: Such as 'http://127.0.0.1:7170'; '' while it is not served.
        note: What an operator should know, such as 'port 7170 was taken'.
        clients: The address of each connection that follows the bench; empty where that is not
            known.
    """

    url: str
    note: str = ""
    clients: tuple[str, ...] = ()


class FrameSource(Protocol):
    """A reader of a live stream: the newest frame only, never a queue."""

    def newest(self) -> Any | None:
        """The newest `things.streams.Frame` since the last call, or None; never blocks."""

    @property
    def skipped(self) -> int:
        """How many frames passed unseen by this reader."""

    def close(self) -> None:
        """Stop reading. The source rests when nobody reads."""


class Subscription(Protocol):
    """A subscriber's own queue of events."""

    def take(self) -> list[Event]:
        """All events waiting, oldest first; never blocks."""

    def close(self) -> None:
        """No more events."""


class ThingHandle(Protocol):
    """One Thing: describe, read, write, invoke, subscribe.

    The plain members are cheap and may be used on the Qt thread; the coroutines may be awaited on
    any loop and never run Thing code on it.
    """

    @property
    def name(self) -> str:
        """What the bench calls it."""

    @property
    def title(self) -> str:
        """What to call it in the window."""

    @property
    def group(self) -> str:
        """The heading it stands under, known also where it never started; '' for none."""

    @property
    def state(self) -> ThingState:
        """What it is doing."""

    @property
    def reason(self) -> str:
        """Why it failed or is disconnected; '' otherwise."""

    def describe(self) -> Mapping[str, Any]:
        """The Thing Description, forms relative to the server; {} for one that never started."""

    def last(self, name: str) -> Reading | None:
        """The last known value of a property, without asking the device."""

    def refusal(self, name: str) -> str:
        """Why an action, or writing a property, would be refused now, in words; '' if not."""

    async def read(self, name: str) -> Reading:
        """Ask for a property's value now.

        Raises:
            ThingError: It could not be read.
        """

    async def write(self, name: str, value: Any) -> Reading:
        """Set a property; returns what it is afterwards.

        Raises:
            ValueRefusedError: Out of range or of the wrong type; the hardware was not touched.
            BusyError: The Thing is held by an invocation.
            ThingError: The device refused or is gone.
        """

    async def reset(self, name: str) -> Reading:
        """Set a property back to its default."""

    async def invoke(
        self, action: str, input: Mapping[str, Any] | None = None
    ) -> InvocationSnapshot:
        """Start an action; returns as soon as it is accepted.

        Raises:
            InputRefusedError: The input does not fit; nothing was started.
            ThingError: It cannot be started now.
        """

    async def reconnect(self) -> None:
        """Try to bring a failed or disconnected Thing back."""

    async def reload(self) -> None:
        """Read its driver's module again and open it anew."""

    async def faults(self) -> Mapping[str, Any]:
        """What is wrong with a simulated Thing: `things.simulated.faults.Faults` in JSON form.

        Raises:
            AffordanceNotFoundError: It is not simulated, or the bench runs without `--dev`.
        """

    async def set_faults(self, faults: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have other faults; those that are not named are taken off. Returns all.

        Raises:
            ValueRefusedError: They do not fit; nothing changed.
            AffordanceNotFoundError: It is not simulated, or the bench runs without `--dev`.
        """

    def open_stream(self, name: str, wake: Callable[[], None]) -> FrameSource:
        """Read a live stream; `wake` is called from any thread when a frame is there."""


class BenchHandle(Protocol):
    """A whole bench, as the window sees it."""

    @property
    def title(self) -> str:
        """What to call it."""

    @property
    def file(self) -> Path | None:
        """The bench file, where it is on this machine."""

    @property
    def things(self) -> Mapping[str, ThingHandle]:
        """In the order of the bench file; failed ones are there too."""

    @property
    def server(self) -> ServerInfo:
        """Where it can be reached."""

    def subscribe(self, wake: Callable[[], None]) -> Subscription:
        """Events of the whole bench. `wake` is called from any thread when some are waiting."""

    def invocations(self) -> Sequence[InvocationSnapshot]:
        """What runs and what ended recently, oldest first."""

    async def cancel(self, invocation: UUID) -> bool:
        """Ask an invocation to stop; False where it had ended already."""

    async def log(self, invocation: UUID) -> Sequence[LogLine]:
        """What an invocation logged, oldest first."""

    async def picture(self, invocation: UUID, path: tuple[str | int, ...] = ()) -> Picture | bytes:
        """A blob of an output, to be looked at.

        Returns:
            A `Picture` where it was made in this process and its array is at hand; else its
            bytes, to be decoded in the image process.
        """

    async def save(self, invocation: UUID, path: tuple[str | int, ...], target: Path) -> None:
        """Write a blob of an output to a file."""

    async def stop_all(self) -> Sequence[StopReport]:
        """Cancel everything and call `stop()` of every Thing that has one."""

    def disk_free_bytes(self) -> int:
        """Room where data is kept."""

    @property
    def stamp(self) -> Stamp:
        """What is written on everything that is run or kept."""

    async def set_stamp(self, stamp: Stamp) -> None:
        """Write something else on everything from now on.

        Raises:
            ValueRefusedError: A field is too long, or holds a control character.
            SettingNotKeptError: It is in force, but could not be kept on disk.
        """

    @property
    def archive(self) -> ArchiveHandle | None:
        """The files that are kept; None where none are, or where they cannot be reached."""

    @property
    def ledger_trouble(self) -> str:
        """Why nothing can be recorded now, in words; '' while all is well."""

    async def runs(self, query: RunQuery) -> RunPage:
        """What was run, newest first, page by page.

        Raises:
            RunQueryError: The ledger does not understand what it is asked.
            LedgerError: There is no ledger, or it cannot be read.
        """

    async def run(self, id: UUID) -> RunRecord:
        """One run with its log and values.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: There is no ledger, or it cannot be read.
        """

    async def annotate(self, id: UUID, note: str) -> RunRecord:
        """Write a note to a run; returns once it is on disk.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: There is no ledger, or it cannot be written.
        """
