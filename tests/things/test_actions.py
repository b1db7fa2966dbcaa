from __future__ import annotations

import inspect
import logging
import math
import threading
import uuid
from types import MappingProxyType
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from things import (
    ActionDescriptor,
    CancelEvent,
    CancelHook,
    DefinitionError,
    InputRefusedError,
    InvocationID,
    InvocationLogger,
    PngBlob,
    TextBlob,
    Thing,
    action,
    affordances_of,
)
from things.actions import parameter_descriptions
from things.blobs import url_to_blobdata_ctx
from things.context import running_in
from things.core import action_kwargs


class Region(BaseModel):
    x: float
    width: int = 10


class Report(BaseModel):
    picture: PngBlob
    note: str


class Camera(Thing):
    """A camera."""

    @action
    def snap(
        self,
        region: Region,
        frame_rate: Annotated[float, Field(gt=0)] = 10.0,
        mode: Literal["fast", "slow"] = "fast",
        gain: Annotated[float, Field(title="Analogue gain", description="In decibels.")] = 1.0,
        planes: int = Field(3, ge=1, le=5),
    ) -> PngBlob:
        """Take a picture.

        It is sharp when the stage stands still.

        Args:
            region: What part of the sensor,
                in pixels.
            frame_rate (float): How many a second.
            gain: Never seen: the author says it already.
            planes: How many.

        Returns:
            The picture.
        """
        return PngBlob.from_bytes(f"{region.x} {frame_rate} {mode} {gain} {planes}".encode())

    @action(
        title="Wait a little",
        description="Does nothing.",
        group="Time",
        exclusive=False,
        confirm="Really?",
        retention_time=5,
    )
    def wait(
        self, cancel: CancelHook, id: InvocationID, seconds: float, logger: InvocationLogger
    ) -> tuple[bool, uuid.UUID, str, float]:
        return cancel.is_set(), id, logger.name, seconds

    @action
    def anything(self, /, first: int = 1, **more: Any) -> dict[str, Any]:
        """Take anything at all and give it back to the one who asked."""
        return {"first": first, **more}

    @action
    def nothing(self) -> None:
        pass

    @action
    def measure(self, image: PngBlob, note: TextBlob | None = None) -> int:
        return len(image.content)

    @action
    def report(self) -> Report:
        return Report(picture=PngBlob.from_bytes(b""), note="")

    @action
    def odd_names(self, copy: int, json: str, model_fields: int = 1, schema: int = 2) -> str:
        return f"{copy} {json} {model_fields} {schema}"


def act(name: str, cls: type[Thing] = Camera) -> ActionDescriptor[..., Any]:
    found = affordances_of(cls)[name]
    assert isinstance(found, ActionDescriptor)
    return found


@pytest.fixture
def camera() -> Camera:
    return Camera()


def test_the_input_is_read_off_the_signature():
    schema = act("snap").input_schema()
    assert schema is not None
    assert schema["title"] == "snap_input"
    assert schema["required"] == ["region"]
    assert schema["additionalProperties"] is False
    fields = schema["properties"]
    assert list(fields) == ["region", "frame_rate", "mode", "gain", "planes"]
    assert fields["frame_rate"]["default"] == 10.0
    assert fields["frame_rate"]["exclusiveMinimum"] == 0
    assert fields["mode"]["enum"] == ["fast", "slow"]
    assert (fields["planes"]["minimum"], fields["planes"]["maximum"]) == (1, 5)
    assert fields["region"]["properties"]["width"]["default"] == 10


def test_every_field_has_a_title_and_what_its_docstring_says():
    schema = act("snap").input_schema()
    assert schema is not None
    fields = schema["properties"]
    assert fields["frame_rate"]["title"] == "Frame rate"
    assert fields["region"]["title"] == "Region"
    assert fields["region"]["properties"]["width"]["title"]
    assert fields["region"]["description"] == "What part of the sensor, in pixels."
    assert fields["frame_rate"]["description"] == "How many a second."
    assert fields["gain"]["title"] == "Analogue gain"
    assert fields["gain"]["description"] == "In decibels."
    assert fields["planes"]["title"] == "Planes"
    assert fields["planes"]["description"] == "How many."
    assert "description" not in fields["mode"]


def test_the_text_is_read_off_the_docstring_without_its_sections():
    assert act("snap").title == "Take a picture"
    assert act("snap").description == (
        "Take a picture.\n\nIt is sharp when the stage stands still."
    )


def test_a_long_first_line_is_no_title():
    assert act("anything").title == "Anything"


def test_what_the_decorator_says_counts_more():
    wait = act("wait")
    assert (wait.title, wait.description, wait.group) == ("Wait a little", "Does nothing.", "Time")
    assert (wait.exclusive, wait.confirm, wait.retention_time) == (False, "Really?", 5)


def test_an_ended_invocation_is_kept_for_five_minutes_unless_said_otherwise():
    assert act("snap").retention_time == 300


def test_parameter_descriptions_stop_at_the_next_section():
    text = "Do.\n\nArgs:\n    a: One\n        more.\n    b (int): Two.\n\nReturns:\n    c: No."
    assert parameter_descriptions(text) == {"a": "One more.", "b": "Two."}
    assert parameter_descriptions("No section.") == {}


def test_an_action_runs_with_its_input_by_name_and_models_as_models(camera):
    kwargs = action_kwargs(act("snap"), {"region": {"x": 3}, "planes": 2})
    assert kwargs["region"] == Region(x=3)
    assert act("snap").call(camera, kwargs).content == b"3.0 10.0 fast 1.0 2"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "region is missing"),
        ({"region": {"x": "far"}}, "region.x must be a number"),
        ({"region": {"x": 1}, "frame_rate": 0}, "frame_rate must be greater than 0"),
        ({"region": {"x": 1}, "mode": "odd"}, "mode must be one of 'fast' or 'slow'"),
        ({"region": {"x": 1}, "colour": 1}, "colour is not known here"),
        ({"region": {"x": 1}, "planes": 6}, "planes must be 5 or less"),
        ({"region": {"x": math.nan}}, "region.x must be a finite number"),
        ({"region": {"x": 1}, "gain": math.inf}, "gain must be a finite number"),
        ({"region": {"x": 1}, "gain": float("1e999")}, "gain must be a finite number"),
        ({"region": {"x": 1}, "gain": "nan"}, "gain must be a finite number"),
    ],
)
def test_input_that_does_not_fit_is_refused_in_words(given, reason):
    with pytest.raises(InputRefusedError) as refused:
        act("snap").validated_input(given)
    assert refused.value.reason == reason
    assert str(refused.value) == f"snap: {reason}"
    assert refused.value.details[0]["type"]


@pytest.mark.parametrize("given", [[], "text", 3, [1]])
def test_input_that_is_no_object_is_refused(given):
    with pytest.raises(InputRefusedError):
        act("nothing").validated_input(given)


@pytest.mark.parametrize("given", [None, {}, MappingProxyType({})])
def test_an_action_without_parameters_takes_nothing_and_refuses_more(camera, given):
    assert act("nothing").input_schema() is None
    assert act("nothing").call(camera, action_kwargs(act("nothing"), given)) is None
    with pytest.raises(InputRefusedError, match="extra is not known here"):
        act("nothing").validated_input({"extra": 1})


def test_what_a_kwargs_action_is_given_beyond_its_names_is_passed_on(camera):
    schema = act("anything").input_schema()
    assert schema is not None
    assert schema["additionalProperties"] is True
    kwargs = action_kwargs(act("anything"), {"colour": "red", "deep": {"a": [1]}})
    assert act("anything").call(camera, kwargs) == {
        "first": 1,
        "colour": "red",
        "deep": {"a": [1]},
    }
    with pytest.raises(InputRefusedError, match="finite"):
        act("anything").validated_input({"deep": [math.nan]})


def test_a_blob_in_the_input_arrives_as_the_very_blob(camera):
    image = PngBlob.from_bytes(b"12345")
    kwargs = action_kwargs(act("measure"), {"image": image})
    assert kwargs["image"] is image
    assert act("measure").call(camera, kwargs) == 5


def test_a_blob_in_the_input_may_be_a_link(camera):
    data = PngBlob.from_bytes(b"1234567").data
    token = url_to_blobdata_ctx.set(lambda url: {"http://here/blob/1": data}[url])
    try:
        kwargs = action_kwargs(act("measure"), {"image": {"href": "http://here/blob/1"}})
    finally:
        url_to_blobdata_ctx.reset(token)
    assert kwargs["image"].data is data
    assert act("measure").call(camera, kwargs) == 7


def test_parameters_may_be_called_like_methods_of_a_model(camera):
    kwargs = action_kwargs(act("odd_names"), {"copy": 3, "json": "x", "schema": 5})
    assert act("odd_names").call(camera, kwargs) == "3 x 1 5"


def test_a_checked_input_passes_again_as_it_is():
    model = act("snap").validated_input({"region": {"x": 1}})
    assert act("snap").validated_input(model) is model


def test_parameters_that_are_filled_in_are_no_input():
    wait = act("wait")
    assert wait.injected == {"cancel": "cancel_hook", "id": "id", "logger": "logger"}
    schema = wait.input_schema()
    assert schema is not None
    assert list(schema["properties"]) == ["seconds"]
    with pytest.raises(InputRefusedError):
        wait.validated_input({"seconds": 1, "cancel": None})


def test_what_is_to_be_filled_in_comes_from_the_running_invocation(camera, invocation):
    invocation.cancel_event.set()
    with running_in(invocation):
        assert camera.wait(seconds=3) == (True, invocation.id, invocation.logger.name, 3)
        assert act("wait").call(camera, {"seconds": 4})[1] == invocation.id


def test_without_an_invocation_fresh_ones_are_filled_in(camera):
    cancelled, id, logger, seconds = camera.wait(seconds=3)
    assert (cancelled, logger, seconds) == (False, "labwright.things.camera", 3)
    assert camera.wait(seconds=3)[1] != id


def test_who_fills_in_himself_is_believed(camera):
    hook = CancelEvent(uuid.uuid4())
    hook.set()
    id = uuid.uuid4()
    logger = logging.getLogger("mine")
    assert camera.wait(hook, id, 2.0, logger) == (True, id, "mine", 2.0)
    given = {"cancel": hook, "id": id, "logger": logger, "seconds": 1}
    assert act("wait").call(camera, given) == (True, id, "mine", 1)


def test_on_a_thing_an_action_looks_like_the_method_it_is(camera):
    assert camera.snap.__name__ == "snap"
    assert list(inspect.signature(camera.snap).parameters)[:2] == ["region", "frame_rate"]
    assert camera.snap.__doc__.startswith("Take a picture.")
    assert camera.snap(Region(x=1), planes=3).content == b"1.0 10.0 fast 1.0 3"
    assert isinstance(Camera.snap, ActionDescriptor)


def test_an_action_cannot_be_replaced_on_one_thing(camera):
    with pytest.raises(AttributeError, match=r"Camera\.snap is an action"):
        camera.snap = None


def test_the_output_is_described_by_the_return_annotation():
    output = act("snap").output_schema()
    assert output is not None
    assert output["title"] == "snap_output"
    assert output["properties"]["media_type"]["const"] == "image/png"
    assert output["lw:mediaType"] == "image/png"
    assert act("nothing").output_schema() is None
    deep = act("report").output_schema()
    assert deep is not None
    assert deep["properties"]["picture"]["lw:mediaType"] == "image/png"


# What cannot run is refused when the class is made, never at the first click.


def test_a_coroutine_is_refused_at_definition():
    with pytest.raises(DefinitionError, match="write 'def', not 'async def'"):

        @action
        async def scan(self: Thing) -> None: ...


def test_generators_are_refused_at_definition():
    with pytest.raises(DefinitionError, match=r"use progress\(\)"):

        @action
        def scan(self: Thing) -> Any:
            yield 1

    with pytest.raises(DefinitionError):

        @action
        async def scan_slowly(self: Thing) -> Any:
            yield 1


def test_inputs_without_a_name_are_refused_at_definition():
    with pytest.raises(DefinitionError, match="inputs have names"):

        @action
        def scan(self: Thing, *points: float) -> None: ...

    with pytest.raises(DefinitionError, match="'point' is positional only"):

        @action(title="Scan")
        def scan_one(self: Thing, point: float, /) -> None: ...


def test_a_definition_error_is_a_type_error():
    assert issubclass(DefinitionError, TypeError)


def test_a_default_that_its_own_type_refuses_is_refused_at_definition():
    with pytest.raises(DefinitionError, match=r"Stage\.move: the default of 'x' is refused: must"):

        class Stage(Thing):
            @action
            def move(self, y: float, x: Annotated[float, Field(ge=0)] = -1) -> None: ...


def test_a_default_of_none_needs_a_type_that_takes_it():
    with pytest.raises(DefinitionError, match="the default of 'x' is refused"):

        class Stage(Thing):
            @action
            def move(self, x: float = None) -> None: ...  # type: ignore[assignment]  # noqa: RUF013 - the test


def test_a_type_that_json_cannot_say_is_refused_at_definition():
    with pytest.raises(DefinitionError, match=r"Stage\.move"):

        class Stage(Thing):
            @action
            def move(self, lock: threading.Thread) -> None: ...

    with pytest.raises(DefinitionError, match=r"Turret\.turn"):

        class Turret(Thing):
            @action
            def turn(self) -> threading.Thread:
                return threading.Thread()


def test_an_action_without_its_method_is_refused():
    with pytest.raises(DefinitionError, match=r"Stage\.move is not complete: it needs the method"):

        class Stage(Thing):
            move = action(title="Move")


def test_a_model_that_refers_to_itself_is_refused_when_described():
    class Stage(Thing):
        @action
        def go(self, tree: Tree) -> None: ...

    with pytest.raises(DefinitionError, match="Tree refers to itself"):
        act("go", Stage).input_schema()


class Tree(BaseModel):
    branches: list[Tree] = []


def test_types_defined_further_down_are_found_once_they_are_there():
    schema = act("use", Early).input_schema()
    assert schema is not None
    assert schema["properties"]["late"]["type"] == "object"


class Early(Thing):
    @action
    def use(self, late: Late, cancel: CancelHook) -> Late:
        return late


class Late(BaseModel):
    number: int = 1


def test_a_derived_class_may_declare_an_action_anew():
    class Better(Camera):
        @action
        def nothing(self, really: bool = True) -> bool:  # type: ignore[override]  # more than it
            return really

    assert Better().nothing() is True
    assert act("nothing", Better).input_schema() is not None
    assert act("nothing", Camera).input_schema() is None


def test_a_plain_method_that_hides_an_action_is_refused():
    with pytest.raises(DefinitionError, match=r"Better\.nothing hides the action of Camera"):

        class Better(Camera):
            def nothing(self) -> None: ...


def test_an_extra_key_may_not_be_called_as_what_is_no_input() -> None:
    class Loose(Thing):
        # mypy asks for a '/' behind self; at run time people will leave it out.
        @action  # type: ignore[arg-type]
        def take(self, hook: CancelHook, **more: int) -> int:
            return sum(more.values())

    taken = Loose.take.validated_input({"a": 1})
    assert taken.__pydantic_extra__ == {"a": 1}
    for name in ("self", "hook"):
        with pytest.raises(InputRefusedError) as caught:
            Loose.take.validated_input({name: 3})
        assert caught.value.details[0]["type"] == "extra_forbidden"
