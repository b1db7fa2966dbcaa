"""One action as the window holds it: the values of its form, and what it is doing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.errors import InterlockError
from app.handles import BenchHandle, InvocationSnapshot, InvocationStatus, ThingHandle
from things.errors import InputRefusedError, ThingError
from ui.models.numbers import PLAIN, NumberStyle, format_value
from ui.models.progress import ProgressView, asked_by, progress_view
from ui.models.refusals import entry_in_words, faults_from_details
from ui.models.schema import DataSchema, Kind
from ui.models.validation import Fault, Loc, faults_of

Silence = Callable[[UUID], float]
"""For how many seconds a run has said nothing, by its id; 0 where that is no matter."""


def never_silent(_run: UUID) -> float:
    """Where nobody listens, nothing is said to be silent."""
    return 0.0


def asks_first(affordance: Mapping[str, Any]) -> bool:
    """Whether an operator is to be asked before an action runs, by its description."""
    return bool(affordance.get("lw:confirm"))


class ActionModel(QObject):
    """An action: its form and its invocations. All members belong to the Qt thread.

    Attributes:
        name: The action.
        schema: The data schema of its input.
        values: What stands in the form, by input.
        faults: What is wrong with the form, by place; cleared as it is edited.
        error: Why the last run failed or was not started; '' otherwise.
        interlock: Why it would be refused if it were run now, in words; '' otherwise.
        silence: For how many seconds a run that reports progress has said nothing, by its id; 0
            where that is no matter. Told by whoever hears of every run, its parts included.
    """

    changed = Signal()
    """Anything about the action changed."""

    filled = Signal()
    """The form got other values than the ones typed into it."""

    def __init__(
        self,
        name: str,
        affordance: Mapping[str, Any],
        style: NumberStyle = PLAIN,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with the defaults in the form and nothing running.

        Args:
            name: The action.
            affordance: What the Thing Description says of it.
            style: How numbers are written.
            parent: The Qt owner.
            clock: Seconds, for how long it has been running.
        """
        super().__init__(parent)
        self._clock = clock
        self.name = name
        self._affordance = affordance
        self._style = style
        raw = affordance.get("input")
        self.schema = DataSchema(raw if isinstance(raw, Mapping) else {"type": "object"}, name)
        self.values: dict[str, Any] = {
            each.name: each.start_value()
            for each in self.inputs
            if each.has_default or each.name in self.schema.required or each.kind is Kind.NULLABLE
        }
        self.typing: dict[str, str] = {}
        self.typed: dict[str, Any] = {}
        self.faults: dict[Loc, str] = {}
        self.error = ""
        self.interlock = ""
        self.silence: Silence = never_silent
        self._refused = False
        self._asking = False
        self._runs: dict[UUID, InvocationSnapshot] = {}
        self._taken_s: dict[UUID, float] = {}
        self._last: InvocationSnapshot | None = None

    # What it is.

    @property
    def may_run(self) -> bool:
        """Whether it can be asked for now, as far as is known."""
        return not self.running and not self.interlock

    @property
    def title(self) -> str:
        """What the action is called."""
        said = self._affordance.get("title")
        return str(said) if said else DataSchema({}, self.name).title

    @property
    def description(self) -> str:
        """What it does, in a sentence or two; may be ''."""
        return str(self._affordance.get("description") or "")

    @property
    def inputs(self) -> tuple[DataSchema, ...]:
        """The schemas of its inputs, in order; () where it needs none."""
        return self.schema.parts if self.schema.raw.get("properties") else ()

    @property
    def confirm(self) -> str:
        """What to ask before running it; '' where nothing need be asked."""
        said = self._affordance.get("lw:confirm")
        if said is True:
            return self.tr("Run {0}?").format(self.title)
        return str(said or "")

    @property
    def cancellable(self) -> bool:
        """Whether it can be asked to stop; taken as true where it does not say."""
        return bool(self._affordance.get("lw:cancellable", True))

    @property
    def exclusive(self) -> bool:
        """Whether a second run would only wait for the first."""
        return bool(self._affordance.get("lw:exclusive", True))

    @property
    def gives(self) -> str:
        """What it gives, in a word or two; '' where it gives nothing to look at."""
        output = self._affordance.get("output")
        if not isinstance(output, Mapping):
            return ""
        schema = DataSchema(output)
        if schema.kind is not Kind.BLOB and "lw:mediaType" not in output:
            return ""
        kind = schema.media_type.partition("/")[0]
        words = {
            "image": self.tr("an image"),
            "video": self.tr("a movie"),
            "text": self.tr("a text"),
        }
        return words.get(kind) or self.tr("a file")

    # What it does.

    @property
    def current(self) -> InvocationSnapshot | None:
        """The invocation to show: a running one before a waiting one; None when it rests."""
        alive = sorted(self._runs.values(), key=lambda run: run.requested_at)
        running = [run for run in alive if run.status is InvocationStatus.RUNNING]
        return next(iter(running or alive), None)

    @property
    def last(self) -> InvocationSnapshot | None:
        """The invocation that ended last, or None."""
        return self._last

    @property
    def running(self) -> bool:
        """Whether an invocation of it runs or waits, or is being asked for."""
        return self._asking or bool(self._runs)

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to stop and has not yet."""
        return self.current is not None and self.current.cancel_requested

    @property
    def stuck(self) -> bool:
        """Whether it was asked to stop long ago and goes on."""
        return self.current is not None and self.current.stuck

    @property
    def silent_s(self) -> float:
        """For how long the current run has given no sign of life; 0 where that is no matter."""
        return 0.0 if self.current is None else self.silence(self.current.id)

    @property
    def waiting(self) -> str:
        """Why it has not begun yet, as a sentence; '' where it does not wait."""
        run = self.current
        if run is None or run.status is not InvocationStatus.PENDING or not run.waiting_for:
            return ""
        words = run.waiting_for
        return words[:1].upper() + words[1:]

    @property
    def progress(self) -> ProgressView | None:
        """How far it is; None while it does not run."""
        run = self.current
        if run is None or run.status is not InvocationStatus.RUNNING:
            return None
        return progress_view(run, run.elapsed_s + self._clock() - self._taken_s[run.id])

    @property
    def who(self) -> str:
        """Who asked for the current run, where it was not this window; '' otherwise."""
        run = self.current
        return "" if run is None else asked_by(run.origin)

    # What the operator does.

    def edit(self, name: str, value: Any, fault: str = "", typed: Any = None) -> None:
        """An input of the form changed.

        Args:
            name: The input.
            value: What it is now.
            fault: What is wrong with what was typed, where it is no value at all.
            typed: What was typed then, as its editor keeps it.
        """
        self.typed[name] = typed
        self.values[name] = value
        if fault:
            self.typing[name] = fault
        else:
            self.typing.pop(name, None)
        self.faults = {loc: text for loc, text in self.faults.items() if loc[:1] != (name,)}
        self.error = ""
        self.changed.emit()

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put an input into the form, such as that of an earlier run."""
        names = {each.name for each in self.inputs}
        self.values |= {name: value for name, value in values.items() if name in names}
        self.typing, self.faults, self.error = {}, {}, ""
        self.typed = {}
        self.filled.emit()
        self.changed.emit()

    def check(self) -> bool:
        """Whether the form can be sent; what is wrong with it lands in `faults`."""
        found = faults_of(self.values, self.schema, self._style) if self.inputs else []
        self.faults = {fault.loc: fault.text for fault in found}
        self.faults |= {(name,): text for name, text in self.typing.items()}
        self.changed.emit()
        return not self.faults

    async def run(self, thing: ThingHandle) -> InvocationSnapshot | None:
        """Start it with what stands in the form; None where it was refused."""
        if not self.check():
            return None
        self.error, self._refused, self._asking = "", False, True
        self.changed.emit()
        try:
            snapshot = await thing.invoke(self.name, dict(self.values))
        except InputRefusedError as error:
            self._land(faults_from_details(list(error.details), ("body", self.name)))
            return None
        except InterlockError as error:
            # Where the interlock is told anyway, it need not be said twice.
            self.error, self._refused = "" if self.interlock else error.reason, True
            return None
        except ThingError as error:
            self.error = str(error) or type(error).__name__
            return None
        except Exception as error:
            # A mistake of ours or of a driver: said here and, raised on, in the log.
            reason = f"{type(error).__name__}: {error}"
            self.error = self.tr("it could not be started ({0})").format(reason)
            raise
        finally:
            self._asking = False
            self.changed.emit()
        self.follow(snapshot)
        return snapshot

    async def cancel(self, bench: BenchHandle) -> None:
        """Ask the current run to stop."""
        if self.current is not None:
            await bench.cancel(self.current.id)

    # What comes from the bench.

    def set_interlock(self, reason: str) -> None:
        """It would be refused from now on, for this reason; '' where it would not."""
        if reason == self.interlock:
            return
        self.interlock = reason
        if self._refused:
            self.error, self._refused = "", False
        self.changed.emit()

    def follow(self, snapshot: InvocationSnapshot) -> None:
        """Take an invocation of this action as it stands now; older news are dropped."""
        known = self._runs.get(snapshot.id)
        if known is not None and known.version >= snapshot.version:
            return
        if self._last is not None and self._last.id == snapshot.id:
            return
        if snapshot.status.ended:
            self._runs.pop(snapshot.id, None)
            self._taken_s.pop(snapshot.id, None)
            self._last = snapshot
            self.error = _ended_badly(snapshot)
        else:
            self._runs[snapshot.id] = snapshot
            self._taken_s[snapshot.id] = self._clock()
            self.error = ""
        self.changed.emit()

    def _land(self, faults: list[Fault]) -> None:
        """Put each fault of a refusal on the input it concerns; the rest on the action."""
        names = {each.name for each in self.inputs}
        self.faults = {
            fault.loc: fault.text for fault in faults if fault.loc[:1] and fault.loc[0] in names
        }
        rest = [fault for fault in faults if not fault.loc or fault.loc[0] not in names]
        self.error = "; ".join(
            f"{'.'.join(map(str, fault.loc))}: {fault.text}" if fault.loc else fault.text
            for fault in rest
        )

    def fault_of(self, name: str) -> str:
        """What is wrong with an input, in words; '' when nothing is."""
        texts = []
        for loc, text in self.faults.items():
            if loc[:1] == (name,):
                texts.append(f"{_inner_place(loc)}{text}")
        return "; ".join(texts)

    def summary(self) -> str:
        """The form's values in a few words, for a folded form."""
        return ", ".join(
            f"{each.title} {format_value(self.values.get(each.name), each, self._style)}"
            for each in self.inputs
        )


def _inner_place(loc: Loc) -> str:
    rest = loc[1:]
    if not rest:
        return ""
    return ", ".join(map(entry_in_words, rest)) + ": "


def _ended_badly(snapshot: InvocationSnapshot) -> str:
    if snapshot.status is not InvocationStatus.ERROR:
        return ""
    if snapshot.error is None:
        return QCoreApplication.translate("Refusal", "It failed without saying why.")
    return snapshot.error.detail or snapshot.error.title
