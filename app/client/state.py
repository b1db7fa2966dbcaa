"""How a bench stands, as its server tells it in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from app.client.errors import UnexpectedAnswerError
from app.client.http import HttpLink
from app.client.uploads import without_files
from app.handles import InvocationSnapshot, Stamp
from app.wire import WireError, invocation_from
from things.events import ThingState


class Value(BaseModel):
    """The last known value of a property.

    Attributes:
        value: In JSON form.
        at: When it was true, by the clock of the bench.
        age_s: How long ago that was.
    """

    value: Any
    at: AwareDatetime
    age_s: float


class Standing(BaseModel):
    """How one Thing stands.

    Attributes:
        title: What to call it.
        state: What it is doing.
        reason: Why it failed or is disconnected.
        values: The last known values of its properties.
        refusals: Actions and properties whose use would be refused now, and why.
    """

    title: str
    state: ThingState
    reason: str = ""
    values: dict[str, Value] = {}
    refusals: dict[str, str] = {}


class State(BaseModel):
    """How a bench stands.

    Attributes:
        id: Of the last event that is contained.
        title: What to call the bench.
        things: In its order.
        invocations: What runs and what ended recently, in JSON form.
        stamp: What is written on everything.
        ledger_trouble: Why nothing can be recorded now; '' while all is well.
        archive_trouble: Why nothing can be kept now; '' while all is well.
        keeps_files: Whether the bench has an archive.
    """

    id: str
    title: str
    things: dict[str, Standing]
    invocations: list[dict[str, Any]] = []
    stamp: Stamp = Stamp()
    ledger_trouble: str = ""
    archive_trouble: str = ""
    keeps_files: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a remote window needs to know to begin.

    Attributes:
        state: How the bench stands.
        descriptions: The Thing Descriptions, but for Things that never started.
        invocations: What runs and what ended recently, oldest first.
    """

    state: State
    descriptions: Mapping[str, Mapping[str, Any]]
    invocations: Sequence[InvocationSnapshot]


_DESCRIPTIONS = TypeAdapter(dict[str, dict[str, Any]])


def ask_state(http: HttpLink) -> State:
    """Ask how a bench stands.

    Raises:
        BenchUnreachableError: Nobody answers.
        UnexpectedAnswerError: What answers is no bench of this program.
    """
    answer = http.get("/events/state")
    try:
        return State.model_validate(answer)
    except ValidationError as error:
        raise _no_bench(http, error) from None


def complete(http: HttpLink, state: State) -> Seen:
    """Ask for what is not in the state.

    Raises:
        BenchUnreachableError: Nobody answers.
        UnexpectedAnswerError: What answers is no bench of this program.
    """
    described = http.get("/thing_descriptions/")
    try:
        descriptions = _DESCRIPTIONS.validate_python(described)
        invocations = [cleaned(invocation_from(each)) for each in state.invocations]
    except ValidationError as error:
        raise _no_bench(http, error) from None
    except WireError as error:
        raise UnexpectedAnswerError(http.url, f"is no bench of this program: {error}") from None
    return Seen(state, descriptions, invocations)


def cleaned(snapshot: InvocationSnapshot) -> InvocationSnapshot:
    """An invocation from elsewhere, without links to files of this computer."""
    return replace(snapshot, input=without_files(snapshot.input))


def _no_bench(http: HttpLink, error: ValidationError) -> UnexpectedAnswerError:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return UnexpectedAnswerError(http.url, f"is no bench of this program: {place}: {fault['msg']}")
