"""Invocations as JSON: the models of the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import AnyUrl, BaseModel, ConfigDict, RootModel

from app.actions.log import LogRecordModel
from app.handles import InvocationStatus

__all__ = [
    "EmptyInput",
    "EmptyObject",
    "GenericInvocationModel",
    "InvocationModel",
    "InvocationStatus",
    "LinkElement",
    "LogRecordModel",
    "ProblemModel",
    "StrictEmptyInput",
    "model_to_dict",
]

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")


class EmptyObject(BaseModel):
    """An object without fields of its own; others are kept."""

    model_config = ConfigDict(extra="allow")


class StrictEmptyObject(BaseModel):
    """An object without any fields."""

    model_config = ConfigDict(extra="forbid")


class EmptyInput(RootModel[EmptyObject | None]):
    """The input of an action that needs none: `{}` or nothing."""

    root: EmptyObject | None = None


class StrictEmptyInput(RootModel[StrictEmptyObject | None]):
    """The input of an action that takes none."""

    root: StrictEmptyObject | None = None


def model_to_dict(model: BaseModel | None) -> dict[str, Any]:
    """The top-level fields of a model as keyword arguments; models within stay models.

    Args:
        model: The input of an action, or None.

    Raises:
        ValueError: A root model that is not empty has no names for its content.
    """
    if model is None:
        return {}
    if isinstance(model, RootModel):
        root = model.root
        if root is None:
            return {}
        if isinstance(root, (EmptyObject, StrictEmptyObject)):
            return dict(root)
        raise ValueError("A root model that is not empty cannot become keyword arguments.")
    return {**dict(model), **(model.__pydantic_extra__ or {})}


class LinkElement(BaseModel):
    """A link, as https://www.w3.org/TR/wot-thing-description11/#link has it."""

    href: AnyUrl | str
    type: str | None = None
    rel: str | None = None
    anchor: AnyUrl | None = None


class ProblemModel(BaseModel):
    """Why an invocation did not complete, in the shape of RFC 9457."""

    type: str
    title: str
    status: int | None = None
    detail: str


class ProgressModel(BaseModel):
    """One level of progress; nested loops give several, the outermost first."""

    done: float
    total: float | None
    label: str
    elapsed_s: float
    remaining_s: float | None
    rate_per_s: float | None = None


class GenericInvocationModel(BaseModel, Generic[InputT, OutputT]):
    """An invocation, with the types of its input and output."""

    status: InvocationStatus
    id: UUID
    action: str
    href: str
    timeStarted: datetime | None  # noqa: N815 - the names of the wire
    timeRequested: datetime | None  # noqa: N815
    timeCompleted: datetime | None  # noqa: N815
    input: InputT
    output: OutputT
    log: Sequence[LogRecordModel]
    links: Sequence[LinkElement] | None = None
    error: ProblemModel | None = None
    progress: Sequence[ProgressModel] = ()
    waiting_for: str = ""
    cancel_requested: bool = False
    stuck: bool = False


class InvocationModel(GenericInvocationModel[Any, Any]):
    """An invocation of any action."""

    input: Mapping[str, Any] | Any
    output: Any
