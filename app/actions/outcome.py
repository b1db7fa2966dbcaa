"""What came of an invocation: a value, or a reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from app.handles import InvocationStatus, OutputBlob, Problem
from app.problems import problem_of
from things.blobs import LOCAL_HREF, Blob, BlobArray, ServerSideBlobData, blobdata_to_url_ctx
from things.schemas import finite

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


def suffix_of(media_type: str) -> str:
    """What the name of such a file ends with, such as '.png'; '' where that is not known."""
    return _SUFFIXES.get(media_type.partition(";")[0].strip(), "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        status: Its final status.
        value: What the action returned.
        json: The same in JSON form; each blob has a placeholder for an address.
        links: Placeholder to data, for whoever gives the blobs their addresses.
        blobs: The blobs in it.
        problem: Why it did not complete.
        raised: What was raised.
    """

    status: InvocationStatus
    value: Any = None
    json: Any = None
    links: dict[str, ServerSideBlobData] = field(default_factory=dict)
    blobs: tuple[OutputBlob, ...] = ()
    problem: Problem | None = None
    raised: BaseException | None = None

    def exchange(self, old: ServerSideBlobData, new: ServerSideBlobData) -> None:
        """Lead to other data from where some was."""
        for href, data in self.links.items():
            if data is old:
                self.links[href] = new


def returned(action: ActionDescriptor[..., Any], value: Any) -> Outcome:
    """The outcome of an action that returned.

    Raises:
        PydanticSerializationError: The value cannot be written as its declared type.
        ValueError: It holds NaN or an infinity.
    """
    with placeholders() as links:
        json = action.output.dump_python(value, mode="json", warnings="error")
    try:
        finite(json)
    except ValidationError:
        # As null it would pass for no result; JSON has no other word for it.
        raise ValueError("the result holds NaN or an infinity, which JSON cannot say") from None
    stem = action.name
    blobs = tuple(_described(path, blob, stem) for path, blob in blobs_in(value))
    return Outcome(InvocationStatus.COMPLETED, value, json, links, blobs)


def failed(error: BaseException, status: InvocationStatus) -> Outcome:
    """The outcome of an action that raised."""
    return Outcome(status, problem=problem_of(error), raised=error)


@contextmanager
def placeholders() -> Iterator[dict[str, ServerSideBlobData]]:
    """Lets blobs be written as JSON before anybody knows from where they will be fetched.

    Yields:
        Placeholder to data, filled while blobs are written in the body of the `with`.
    """
    links: dict[str, ServerSideBlobData] = {}

    def placeholder(data: ServerSideBlobData) -> str:
        href = f"{LOCAL_HREF}/{uuid.uuid4()}"
        links[href] = data
        return href

    token = blobdata_to_url_ctx.set(placeholder)
    try:
        yield links
    finally:
        blobdata_to_url_ctx.reset(token)


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


def in_json(model: BaseModel) -> tuple[Any, Mapping[str, ServerSideBlobData]]:
    """A model in JSON form, and placeholder to data for the blobs in it."""
    with placeholders() as links:
        return to_jsonable_python(model.model_dump(mode="json")) or {}, links


def _described(path: tuple[str | int, ...], blob: Blob, stem: str) -> OutputBlob:
    data = blob.data
    name = "-".join([stem, *(str(part) for part in path)])
    shape = data.array.shape if isinstance(data, BlobArray) else None
    return OutputBlob(
        path=path,
        media_type=blob.media_type,
        name=name + suffix_of(blob.media_type),
        size=getattr(data, "size", None),
        shape=shape,
    )
