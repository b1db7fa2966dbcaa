"""What came of an invocation: a value, or a reason."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from app.handles import InvocationStatus, OutputBlob, Problem
from things.blobs import LOCAL_HREF, Blob, BlobArray, blobdata_to_url_ctx
from things.errors import BusyError, InvocationCancelledError, ThingError

if TYPE_CHECKING:
    from things.actions import ActionDescriptor

PYTHON_ERRORS = "https://docs.python.org/3/library/exceptions.html"
OWN_ERRORS = "urn:labwright:error"
LABTHINGS_ERRORS = (
    "https://labthings-fastapi.readthedocs.io/en/latest/"
    "autoapi/labthings_fastapi/exceptions/index.html#labthings_fastapi.exceptions"
)
"""LabThings clients know cancelled and busy invocations by these addresses, letter by letter."""

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".ome.tif",
    "text/csv": ".csv",
    "text/plain": ".txt",
    "application/x-npz": ".npz",
    "application/json": ".json",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        status: Its final status.
        value: What the action returned.
        json: The same in JSON form, blobs without addresses.
        blobs: The blobs in it.
        problem: Why it did not complete.
        raised: What was raised.
    """

    status: InvocationStatus
    value: Any = None
    json: Any = None
    blobs: tuple[OutputBlob, ...] = ()
    problem: Problem | None = None
    raised: BaseException | None = None


def returned(action: ActionDescriptor[..., Any], value: Any) -> Outcome:
    """The outcome of an action that returned.

    Raises:
        PydanticSerializationError: The value cannot be written as its declared type.
    """
    token = blobdata_to_url_ctx.set(lambda _data: LOCAL_HREF)
    try:
        json = action.output.dump_python(value, mode="json", warnings="error")
    finally:
        blobdata_to_url_ctx.reset(token)
    stem = action.name
    blobs = tuple(_described(path, blob, stem) for path, blob in blobs_in(value))
    return Outcome(InvocationStatus.COMPLETED, value, json, blobs)


def failed(error: BaseException, status: InvocationStatus) -> Outcome:
    """The outcome of an action that raised."""
    return Outcome(status, problem=problem_of(error), raised=error)


def problem_of(error: BaseException) -> Problem:
    """An error in the shape of RFC 9457, without paths or traces."""
    title = type(error).__name__
    detail = str(error) or title
    if isinstance(error, InvocationCancelledError):
        return Problem(title, detail, f"{LABTHINGS_ERRORS}.InvocationCancelledError", 500)
    if isinstance(error, BusyError):
        return Problem(title, detail, f"{LABTHINGS_ERRORS}.GlobalLockBusyError", 409)
    if isinstance(error, ThingError):
        return Problem(title, detail, f"{OWN_ERRORS}#{title}", 500)
    if getattr(builtins, title, None) is type(error):
        return Problem(title, detail, f"{PYTHON_ERRORS}#{title}", 500)
    return Problem(title, detail, f"{OWN_ERRORS}#{title}", 500)


def blobs_in(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Blob]]:
    """Every Blob in a value, with where it stands."""
    if isinstance(value, Blob):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, item in value:
            yield from blobs_in(item, (*path, name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from blobs_in(item, (*path, str(name)))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from blobs_in(item, (*path, index))


def blob_at(value: Any, path: tuple[str | int, ...]) -> Blob | None:
    """The Blob at a place in a value, or None."""
    return next((blob for where, blob in blobs_in(value) if where == path), None)


def in_json(model: BaseModel) -> Any:
    """A model in JSON form, for showing: blobs keep no address."""
    token = blobdata_to_url_ctx.set(lambda _data: LOCAL_HREF)
    try:
        return to_jsonable_python(model.model_dump(mode="json")) or {}
    finally:
        blobdata_to_url_ctx.reset(token)


def _described(path: tuple[str | int, ...], blob: Blob, stem: str) -> OutputBlob:
    data = blob.data
    name = "-".join([stem, *(str(part) for part in path)])
    shape = data.array.shape if isinstance(data, BlobArray) else None
    return OutputBlob(
        path=path,
        media_type=blob.media_type,
        name=name + _SUFFIXES.get(blob.media_type, ""),
        size=getattr(data, "size", None),
        shape=shape,
    )
