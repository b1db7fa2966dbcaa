"""What the specification says of Invocation and ActionManager, line by line."""

from __future__ import annotations

import enum
import inspect
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from app.actions import (
    EmptyInput,
    Invocation,
    InvocationStatus,
    NoBlobManagerError,
)
from app.actions.log import LOGGER_PREFIX
from app.errors import InvocationNotFoundError
from things import PngBlob, Thing, action
from things.blobs import blobdata_to_url_ctx
from things.cancelling import CancelEvent


class Painter(Thing):
    """Takes and gives blobs."""

    @action(exclusive=False)
    def copy(self, image: PngBlob) -> PngBlob:
        assert isinstance(image, PngBlob)
        return image


@pytest.fixture
def addresses():
    """A blob context, as a web route has it."""
    token = blobdata_to_url_ctx.set(lambda data: "http://here/blob/1")
    yield
    blobdata_to_url_ctx.reset(token)


class Request:
    """As much of a web request as makes links."""

    def url_for(self, name: str, /, **path_params: Any) -> str:
        return f"http://here/{name}/{path_params['id']}"


def test_an_invocation_takes_what_the_specification_says() -> None:
    parameters = inspect.signature(Invocation).parameters

    positional = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    }
    empty = inspect.Parameter.empty
    assert positional == {
        "action": empty,
        "thing": empty,
        "id": empty,
        "input": None,
        "dependencies": None,
        "log_len": 1000,
        "cancel_hook": None,
    }
    others = [parameters[name] for name in parameters if name not in positional]
    assert all(parameter.default is not empty for parameter in others)


def test_an_invocation_begins_with_the_attributes_of_the_specification(rig) -> None:
    descriptor = type(rig)._affordances["anything"]
    id, hook = uuid4(), CancelEvent(uuid4())

    invocation = Invocation(descriptor, rig, id, cancel_hook=hook)

    assert (invocation.action_ref(), invocation.thing_ref()) == (descriptor, rig)
    assert (invocation.thing, invocation.id) == (rig, id)
    assert isinstance(invocation.input, EmptyInput)
    assert invocation.dependencies == {}
    assert invocation.cancel_hook is hook
    assert (invocation.retention_time, invocation.expiry_time) == (300.0, None)
    assert invocation._status is InvocationStatus.PENDING
    assert invocation._return_value is None
    assert invocation._request_time <= datetime.now(UTC)
    assert (invocation._start_time, invocation._end_time) == (None, None)
    assert invocation._exception is None
    assert invocation._log.maxlen == 1000


def test_the_status_is_a_plain_enum() -> None:
    assert InvocationStatus.__bases__ == (enum.Enum,)


def test_the_loggers_prefix_is_our_own() -> None:
    assert LOGGER_PREFIX == "labwright.actions"


def test_a_blob_in_the_input_arrives_as_a_blob_and_the_output_needs_a_context() -> None:
    painter, image = Painter(), PngBlob.from_bytes(b"x")
    descriptor = Painter.copy
    invocation = Invocation(
        descriptor, painter, uuid4(), descriptor.validated_input({"image": image})
    )
    invocation.run()

    assert invocation.result is image
    with pytest.raises(NoBlobManagerError) as refused:
        _ = invocation.output
    assert isinstance(refused.value, RuntimeError)


def test_output_is_none_until_it_has_ended_then_the_value(rig, addresses) -> None:
    descriptor = type(rig)._affordances["fleeting"]
    invocation = Invocation(descriptor, rig, uuid4(), descriptor.validated_input({}))
    assert invocation.output is None

    invocation.run()

    assert invocation.output == 1


def test_a_response_has_absolute_links_with_a_request_and_paths_without(rig, addresses) -> None:
    descriptor = type(rig)._affordances["fleeting"]
    invocation = Invocation(descriptor, rig, uuid4(), descriptor.validated_input({}))

    with_request, without = invocation.response(Request()), invocation.response()

    assert with_request.href == f"http://here/action_invocation/{invocation.id}"
    assert without.href == f"/action_invocations/{invocation.id}"
    assert [(link.rel, str(link.href)) for link in without.links or ()] == [
        ("self", without.href),
        ("output", f"{without.href}/output"),
    ]


def test_a_response_has_the_fields_of_the_specification_and_the_error(rig, addresses) -> None:
    descriptor = type(rig)._affordances["talk"]
    invocation = Invocation(descriptor, rig, uuid4(), descriptor.validated_input({"lines": 1}))
    invocation.run()

    model = invocation.response()

    assert set(model.model_dump()) == {
        "status",
        "id",
        "action",
        "href",
        "timeStarted",
        "timeRequested",
        "timeCompleted",
        "input",
        "output",
        "log",
        "links",
        "error",
        "progress",
        "waiting_for",
        "cancel_requested",
        "stuck",
    }
    assert model.action == f"/{rig.name}/talk"
    times = (model.timeRequested, model.timeStarted, model.timeCompleted)
    assert all(moment is not None and moment.tzinfo is not None for moment in times)


def test_the_manager_gives_a_started_and_listed_invocation_and_knows_no_other(manager, run) -> None:
    invocation = run("fleeting", wait=False)

    assert invocation in manager.invocations
    assert manager.get_invocation(invocation.id) is invocation
    assert invocation.ident is not None
    with pytest.raises(KeyError):
        manager.get_invocation(uuid4())
    assert issubclass(InvocationNotFoundError, KeyError)


def test_an_appended_invocation_is_listed(rig, manager) -> None:
    descriptor = type(rig)._affordances["fleeting"]
    invocation = Invocation(descriptor, rig, uuid4(), descriptor.validated_input({}))

    manager.append_invocation(invocation)

    assert manager.get_invocation(invocation.id) is invocation
