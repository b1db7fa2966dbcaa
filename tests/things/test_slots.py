from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pytest

from things import (
    CancelHook,
    InputRefusedError,
    ReadOnlyError,
    SlotError,
    Thing,
    ValueRefusedError,
    action,
    affordances_of,
    event,
    frame_stream,
    property,
    thing_slot,
)
from things.context import running_in
from things.core import DirectCaller
from things.slots import SlotDescriptor

if TYPE_CHECKING:
    from nowhere import Motor  # type: ignore[import-not-found]  # only checkers know it


class Stage(Thing):
    """A stage."""

    x: float = property(default=0.0, ge=-10, le=10)
    serial: str = property(default="S1", read_only=True)
    moved = event(float)
    view = frame_stream()

    def __init__(self) -> None:
        self.device = object()

    @action
    def move_to(self, x: float, speed: float = 1.0, *, wait: bool = True) -> float:
        """Drive there."""
        self.x = x
        return x * speed

    @action
    def wait(self, seconds: float, cancel: CancelHook) -> bool:
        return cancel.is_set()

    @action
    def tune(self, /, fine: bool = False, **gains: float) -> dict[str, float]:
        return gains

    def helper(self) -> None:
        pass


class Drive(Protocol):
    """What the camera needs of a stage."""

    x: float
    name: str

    @builtins.property
    def view(self) -> Any: ...

    def move_to(self, x: float) -> float: ...


class Fast(Drive, Protocol):
    """A derived protocol asks for all of it."""

    def sprint(self) -> None: ...


class Camera(Thing):
    """A camera."""

    stage: Drive = thing_slot(title="Stage")
    """What moves the slide."""

    exactly: Stage = thing_slot()
    spare: Drive | None = thing_slot()
    loose: Any = thing_slot(optional=True)
    vendor: Motor = thing_slot()
    fast: Fast | None = thing_slot()


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def camera(stage) -> Camera:
    camera = Camera()
    camera.stage = stage
    return camera


def test_through_a_slot_properties_are_read_and_written(camera, stage):
    camera.stage.x = 3
    assert camera.stage.x == 3.0
    assert stage.x == 3.0
    assert camera.stage.name == "stage"


def test_through_a_slot_writing_is_checked_like_everybody_elses(camera, stage):
    with pytest.raises(ValueRefusedError, match="must be 10 or less"):
        camera.stage.x = 11
    with pytest.raises(ReadOnlyError):
        camera.stage.serial = "S2"
    assert (stage.x, stage.serial) == (0.0, "S1")


def test_through_a_slot_actions_are_called_like_methods(camera, stage):
    assert camera.stage.move_to(4.0) == 4.0
    assert camera.stage.move_to(x=2.0, speed=3.0) == 6.0
    assert camera.stage.move_to(2.0, 4.0, wait=False) == 8.0
    assert stage.x == 2.0
    assert camera.stage.move_to.__name__ == "move_to"
    assert camera.stage.move_to.__doc__ == "Drive there."


def test_through_a_slot_the_input_of_an_action_is_checked(camera):
    with pytest.raises(InputRefusedError, match="x must be a number"):
        camera.stage.move_to("far")
    with pytest.raises(TypeError):
        camera.stage.move_to(1, 2, 3, 4)
    with pytest.raises(TypeError):
        camera.stage.move_to()


def test_further_inputs_are_passed_on_through_a_slot(camera, stage):
    camera.exactly = stage
    assert camera.exactly.tune(True, red=1.0) == {"red": 1.0}


def test_what_is_filled_in_is_filled_in_through_a_slot_too(camera, stage, invocation):
    camera.loose = stage
    invocation.cancel_event.set()
    with running_in(invocation):
        assert camera.loose.wait(1.0) is True
    assert camera.loose.wait(seconds=1.0) is False


def test_through_a_slot_a_stream_can_be_watched(camera, stage):
    reader = camera.stage.view.open()
    stage.view.push(np.zeros((2, 3), np.uint8))
    assert reader.newest() is not None
    reader.close()


@pytest.mark.parametrize("name", ["device", "helper", "_core", "lock", "moved", "__len__", "gone"])
def test_nothing_else_can_be_reached_through_a_slot(camera, name):
    with pytest.raises(AttributeError, match=f"stage offers no {name!r} to other Things"):
        getattr(camera.stage, name)


@pytest.mark.parametrize("name", ["device", "helper", "_core", "move_to", "view", "gone"])
def test_nothing_but_properties_can_be_set_through_a_slot(camera, name):
    with pytest.raises(AttributeError, match=f"stage has no property {name!r}"):
        setattr(camera.stage, name, 1)


def test_a_proxy_says_what_it_is(camera):
    assert repr(camera.stage) == "<proxy of stage>"
    assert not isinstance(camera.stage, Stage)


def test_calls_go_through_the_caller_that_the_bench_gives(camera, stage):
    carried: list[tuple[str, ...]] = []

    class Recorder(DirectCaller):
        def call(self, thing, action, input):
            carried.append(("call", thing.name, action.name, str(dict(input))))
            return super().call(thing, action, input)

        def read(self, thing, prop):
            carried.append(("read", thing.name, prop.name))
            return super().read(thing, prop)

        def write(self, thing, prop, value):
            carried.append(("write", thing.name, prop.name, str(value)))
            super().write(thing, prop, value)

    camera._core.caller = Recorder()
    camera.stage.move_to(3.0)
    _ = camera.stage.x
    camera.stage.x = 4
    assert carried == [
        ("call", "stage", "move_to", "{'x': 3.0}"),
        ("read", "stage", "x"),
        ("write", "stage", "x", "4"),
    ]


def test_an_empty_slot_says_so_unless_it_may_be_empty(camera):
    with pytest.raises(SlotError, match=r"camera\.exactly is not filled"):
        _ = camera.exactly
    assert camera.spare is None
    assert camera.loose is None
    camera.spare = Stage()
    assert camera.spare is not None
    camera.spare = None
    assert camera.spare is None


def test_a_protocol_is_what_must_fit(camera):
    class Lamp(Thing):
        x: float = property(default=1.0)

    with pytest.raises(SlotError) as refused:
        camera.stage = Lamp()
    assert str(refused.value) == (
        "camera.stage cannot be filled with lamp: it has no action 'move_to', property 'view'"
    )


def test_a_property_does_not_pass_for_an_action_nor_the_reverse(camera):
    class Odd(Thing):
        move_to: float = property(default=1.0)
        view = frame_stream()

        @action
        def x(self) -> float:
            return 1.0

    with pytest.raises(SlotError, match="it has no action 'move_to', property 'x'"):
        camera.stage = Odd()


def test_a_derived_protocol_asks_for_all_of_it(camera, stage):
    with pytest.raises(SlotError, match="it has no action 'sprint'"):
        camera.fast = stage


def test_a_class_must_be_that_class_or_derived_from_it(camera, stage):
    class Better(Stage):
        pass

    class Lamp(Thing):
        pass

    camera.exactly = Better()
    with pytest.raises(SlotError, match="it has no kinship with Stage"):
        camera.exactly = Lamp()


def test_a_type_that_only_checkers_know_is_not_checked(camera, stage):
    camera.vendor = stage
    assert camera.vendor.name == "stage"


def test_a_slot_describes_itself():
    slot = affordances_of(Camera)["stage"]
    assert isinstance(slot, SlotDescriptor)
    assert (slot.title, slot.description) == ("Stage", "What moves the slide.")
    assert not slot.optional
    spare = affordances_of(Camera)["spare"]
    assert isinstance(spare, SlotDescriptor)
    assert spare.optional
    assert Camera.stage is slot
