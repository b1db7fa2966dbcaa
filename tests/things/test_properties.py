from __future__ import annotations

import enum
import math
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pytest
from pydantic import BaseModel, Field

from things import (
    DefinitionError,
    FloatArray,
    IntArray,
    PropertyChanged,
    ReadOnlyError,
    Thing,
    ValueRefusedError,
    affordances_of,
    property,
)
from things.properties import DataProperty, PropertyDescriptor


class Mode(enum.Enum):
    FAST = "fast"
    SLOW = "slow"


class Point(BaseModel):
    x: float
    y: float = 0.0


@dataclass
class Size:
    width: float
    height: float


class Lamp(Thing):
    """A lamp whose driver remembers what reached the hardware."""

    power: float = property(default=10.0, ge=0, le=100, unit="%")
    """How bright it is."""

    steps: int = property(default=2, gt=0, lt=10, multiple_of=2)
    label: str = property(default="a", min_length=1, max_length=5, pattern="^[a-z]+$")
    hours: float = property(default=0.0, read_only=True)
    on: bool = property(default=False)
    mode: Mode = property(default=Mode.FAST)
    side: Literal["left", "right"] = property(default="left")
    place: Point = property(default_factory=lambda: Point(x=1))
    size: Size = property(default_factory=lambda: Size(1, 2))
    weights: list[float] = property(default_factory=list, max_length=3)
    pair: tuple[int, str] = property(default=(1, "a"))
    named: dict[str, float] = property(default_factory=dict)
    nothing: float | None = property(default=None, gt=0)
    spectrum: FloatArray = property(default_factory=lambda: np.zeros(3))
    counts: IntArray = property(default_factory=lambda: np.zeros(3, int))
    since: datetime = property(default=datetime(2026, 1, 1))
    free: Any = property(default=None)

    def __init__(self) -> None:
        self.sent: list[float] = []
        self.current_a = 0.5

    @property(unit="A", title="Drive current", ge=0, le=2)
    def current(self) -> float:
        """What flows."""
        return self.current_a

    @current.setter
    def _set_current(self, value: float) -> None:
        self.sent.append(value)
        self.current_a = value

    @current.resetter
    def _reset_current(self) -> None:
        self.current_a = 0.25

    @property
    def temperature(self) -> float:
        return 21.5

    @property(read_only=True)
    def limit(self) -> float:
        return self.current_a

    @limit.setter
    def _set_limit(self, value: float) -> None:
        self.sent.append(value)


def prop(name: str, cls: type[Thing] = Lamp) -> PropertyDescriptor[Any]:
    found = affordances_of(cls)[name]
    assert isinstance(found, PropertyDescriptor)
    return found


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


def test_a_data_property_starts_at_its_default_and_keeps_what_it_is_given(lamp):
    assert lamp.power == 10.0
    lamp.power = 55.5
    assert lamp.power == 55.5
    assert Lamp().power == 10.0


def test_a_functional_property_asks_the_device_every_time(lamp):
    lamp.current_a = 0.75
    assert lamp.current == 0.75
    lamp.current = 1.5
    assert lamp.sent == [1.5]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("power", -1, "must be 0 or more"),
        ("power", 100.5, "must be 100 or less"),
        ("power", "bright", "must be a number"),
        ("power", None, "must be a number"),
        ("steps", 0, "must be greater than 0"),
        ("steps", 10, "must be less than 10"),
        ("steps", 3, "must be a multiple of 2"),
        ("steps", 2.5, "must be a whole number"),
        ("label", "", "must have at least 1 characters"),
        ("label", "abcdef", "must have at most 5 characters"),
        ("label", "A", "must match ^[a-z]+$"),
        ("label", 3, "must be text"),
        ("on", "maybe", "must be true or false"),
        ("mode", "sideways", "must be one of 'fast' or 'slow'"),
        ("side", "up", "must be one of 'left' or 'right'"),
        ("place", {"y": 1}, "x is missing"),
        ("place", {"x": "far"}, "x must be a number"),
        ("weights", [1, 2, 3, 4], "must have at most 3 entries"),
        ("weights", [1, "b"], "1 must be a number"),
        ("pair", [1], "1 is missing"),
        ("named", {"a": "b"}, "a must be a number"),
        ("nothing", 0, "must be greater than 0"),
        ("spectrum", "flat", "must be a list of numbers"),
        ("spectrum", ["1"], "must be a list of numbers"),
        ("spectrum", [1.0, None], "must be a list of numbers"),
        ("spectrum", [[1.0], [2.0, 3.0]], "must be a list of numbers"),
        ("spectrum", np.array([1j]), "must be a list of numbers"),
        ("counts", [1.5], "must be a whole number"),
        ("counts", [2**63], "must be a whole number"),
        ("counts", [2**70], "must be a list of numbers"),
        ("counts", [math.nan], "must be a whole number"),
        ("counts", [float(2**63)], "must be a whole number"),
        ("spectrum", [[1.0], [2.0]], "must have 1 axes, not 2"),
    ],
)
def test_a_refusal_says_why_in_an_operators_words(lamp, name, value, reason):
    before = getattr(lamp, name)
    with pytest.raises(ValueRefusedError) as refused:
        prop(name).write(lamp, value)

    assert refused.value.reason == reason
    assert refused.value.name == name
    assert str(refused.value) == f"{name}: {reason}"
    assert {"type", "loc", "msg", "input"} == refused.value.details[0].keys()
    assert np.array_equal(getattr(lamp, name), before)


@pytest.mark.parametrize("value", [-0.1, 2.1, "high", None, math.nan, math.inf, [1]])
def test_a_refused_value_never_reaches_the_hardware(lamp, value):
    with pytest.raises(ValueRefusedError):
        prop("current").write(lamp, value)
    with pytest.raises(ValueRefusedError):
        lamp.current = value
    assert lamp.sent == []


NOT_FINITE = [math.nan, math.inf, -math.inf, "nan", "Infinity", np.float32("nan"), float("1e999")]


@pytest.mark.parametrize("value", NOT_FINITE)
@pytest.mark.parametrize(
    ("name", "around"),
    [
        ("power", lambda value: value),
        ("nothing", lambda value: value),
        ("weights", lambda value: [1.0, value]),
        ("named", lambda value: {"a": value}),
        ("place", lambda value: {"x": value}),
        ("size", lambda value: {"width": 1, "height": value}),
        ("spectrum", lambda value: [1.0, value]),
        ("current", lambda value: value),
    ],
)
def test_nan_and_infinities_are_refused_however_deep_they_hide(lamp, name, around, value):
    with pytest.raises(ValueRefusedError):
        setattr(lamp, name, around(value))
    with pytest.raises(ValueRefusedError):
        prop(name).write(lamp, around(value))
    assert lamp.sent == []


@pytest.mark.parametrize(
    "value",
    [math.nan, [1.0, [math.inf]], {"a": (1.0, math.nan)}, Point.model_construct(x=math.nan, y=0)],
)
def test_nan_is_refused_where_the_type_says_nothing(lamp, value):
    with pytest.raises(ValueRefusedError, match="finite"):
        lamp.free = value


def test_a_refusal_of_nan_says_where_it_is(lamp):
    with pytest.raises(ValueRefusedError, match=r"named: a must be a finite number"):
        lamp.named = {"a": math.nan}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_getter_that_gives_nan_is_said_to_have_failed(value: float) -> None:
    class Probe(Thing):
        @property
        def temperature(self) -> float:
            return value

    with pytest.raises(ValueRefusedError, match="the driver gave a number that is not finite"):
        prop("temperature", Probe).to_json(Probe().temperature)


def test_a_getter_that_gives_the_wrong_type_is_said_to_have_failed():
    with pytest.raises(ValueRefusedError, match="the driver gave 'warm', which does not fit"):
        prop("temperature").to_json("warm")


def test_a_reading_may_lie_beyond_the_limits_for_writing():
    assert prop("current").to_json(2.5) == 2.5
    assert prop("current").from_json(2.5) == 2.5
    assert prop("mode").from_json("slow") is Mode.SLOW
    with pytest.raises(ValueRefusedError, match="current: must be a number"):
        prop("current").from_json("much")


@pytest.mark.parametrize(
    ("name", "value", "json"),
    [
        ("temperature", np.float32(1.5), 1.5),
        ("temperature", np.int64(3), 3.0),
        ("steps", np.uint8(4), 4),
        ("weights", [np.float32(0.5)], [0.5]),
        ("pair", (np.int16(2), "b"), [2, "b"]),
        ("named", {"a": np.float32(0.25)}, {"a": 0.25}),
        ("on", np.bool_(True), True),
        ("mode", Mode.SLOW, "slow"),
        ("place", Point(x=1, y=2), {"x": 1.0, "y": 2.0}),
        ("size", Size(1.0, 2.0), {"width": 1.0, "height": 2.0}),
        ("spectrum", np.array([1.0, 2.5]), [1.0, 2.5]),
        ("counts", np.array([1, 2]), [1, 2]),
        ("nothing", None, None),
        ("since", datetime(2026, 5, 4), "2026-05-04T00:00:00"),
    ],
)
def test_a_value_in_json_is_what_json_can_carry(name, value, json):
    assert prop(name).to_json(value) == json
    assert type(prop(name).to_json(value)) is type(json)


@pytest.mark.parametrize(
    ("name", "json", "value"),
    [
        ("mode", "slow", Mode.SLOW),
        ("place", {"x": 3}, Point(x=3)),
        ("size", {"width": 1, "height": 2}, Size(1, 2)),
        ("pair", [3, "c"], (3, "c")),
        ("named", {"a": 1}, {"a": 1.0}),
        ("nothing", None, None),
        ("nothing", 2, 2.0),
    ],
)
def test_a_value_from_json_arrives_as_its_type(lamp, name, json, value):
    prop(name).write(lamp, json)
    assert getattr(lamp, name) == value
    assert type(getattr(lamp, name)) is type(value)


def test_an_array_arrives_as_an_array_of_its_type(lamp):
    lamp.spectrum = [1, 2]
    lamp.counts = [1, 2]
    assert lamp.spectrum.dtype == np.float64
    assert lamp.counts.dtype == np.int64
    lamp.spectrum = []
    lamp.counts = [1.0, 2.0]
    assert (lamp.spectrum.tolist(), lamp.counts.tolist()) == ([], [1, 2])


def test_an_array_that_the_driver_goes_on_writing_to_does_not_change_the_property(lamp):
    mine = np.array([1.0, 2.0])
    lamp.spectrum = mine
    mine[0] = 9
    assert lamp.spectrum.tolist() == [1.0, 2.0]


def test_what_is_read_only_is_refused_from_outside_and_set_by_the_driver(lamp):
    with pytest.raises(ReadOnlyError, match="can only be read"):
        prop("hours").write(lamp, 3)
    with pytest.raises(ReadOnlyError):
        prop("temperature").write(lamp, 3)
    with pytest.raises(ReadOnlyError):
        prop("limit").write(lamp, 1)
    assert lamp.sent == []

    lamp.hours = 3
    lamp.limit = 1
    assert lamp.hours == 3.0
    assert lamp.sent == [1.0]


def test_a_property_with_no_setter_cannot_be_set_by_anybody(lamp):
    with pytest.raises(ReadOnlyError):
        lamp.temperature = 3


def test_reset_goes_back_to_the_default(lamp, listen):
    lamp.power = 70
    events = listen(lamp)
    prop("power").reset(lamp)
    assert lamp.power == 10.0
    assert events[-1].value == 10.0

    prop("current").reset(lamp)
    assert lamp.current == 0.25


@pytest.mark.parametrize("name", ["hours", "temperature", "limit"])
def test_what_cannot_be_written_cannot_be_reset(lamp, name):
    assert not prop(name).resettable
    with pytest.raises(ReadOnlyError):
        prop(name).reset(lamp)


def test_every_change_is_published_whole_and_in_json(lamp, listen):
    events = listen(lamp)
    lamp.mode = Mode.SLOW
    lamp.place = Point(x=2, y=3)

    assert [(type(event), event.thing, event.name, event.value) for event in events] == [
        (PropertyChanged, "lamp", "mode", "slow"),
        (PropertyChanged, "lamp", "place", {"x": 2.0, "y": 3.0}),
    ]
    assert events[0].at.tzinfo is not None
    assert lamp.last_known["mode"].value == "slow"


def test_a_refused_value_is_not_published(lamp, listen):
    events = listen(lamp)
    with pytest.raises(ValueRefusedError):
        lamp.power = 1000
    assert events == []


def test_values_are_published_in_the_order_in_which_they_were_set(lamp, listen):
    """The first to set is held up before it is published; the second must not overtake it."""
    events = listen(lamp)
    first_is_set, second_is_done = threading.Event(), threading.Event()

    class Slow(dict[str, Any]):
        def __setitem__(self, name: str, value: Any) -> None:
            super().__setitem__(name, value)
            if value == 1:
                first_is_set.set()
                second_is_done.wait(0.2)  # in vain: the second stands in line

    lamp._core.values = Slow()

    def set_second() -> None:
        assert first_is_set.wait(10)
        lamp.power = 2
        second_is_done.set()

    second = threading.Thread(target=set_second)
    second.start()
    lamp.power = 1
    second.join()
    assert lamp.power == 2.0
    assert [event.value for event in events] == [1.0, 2.0]


def test_many_threads_setting_at_once_publish_every_value_and_the_last_is_the_value(lamp, listen):
    events = listen(lamp)
    begin = threading.Barrier(4)

    def write(first: int) -> None:
        begin.wait()
        for value in range(first, 100, 4):
            lamp.power = value

    threads = [threading.Thread(target=write, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event.value for event in events) == list(range(100))
    assert lamp.power == events[-1].value


def test_defaults_are_not_shared_between_things():
    class Rack(Thing):
        names: list[str] = property(default=["a"])
        place: Point = property(default=Point(x=1))

    one, other = Rack(), Rack()
    one.names.append("b")
    one.place.x = 9

    assert other.names == ["a"]
    assert other.place.x == 1.0


def test_titles_and_descriptions_come_from_the_code():
    schema = prop("power").schema()
    assert schema["title"] == "Power"
    assert schema["description"] == "How bright it is."
    assert schema["unit"] == "%"
    assert prop("current").title == "Drive current"
    assert prop("current").description == "What flows."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("power", {"type": "number", "minimum": 0, "maximum": 100, "default": 10.0}),
        ("steps", {"exclusiveMinimum": 0, "exclusiveMaximum": 10, "multipleOf": 2}),
        ("label", {"minLength": 1, "maxLength": 5, "pattern": "^[a-z]+$"}),
        ("mode", {"type": "string", "enum": ["fast", "slow"], "default": "fast"}),
        ("side", {"type": "string", "enum": ["left", "right"]}),
        ("weights", {"type": "array", "items": {"type": "number"}, "maxItems": 3}),
        ("spectrum", {"type": "array", "items": {"type": "number"}, "default": [0.0, 0.0, 0.0]}),
        ("counts", {"type": "array", "items": {"type": "integer"}}),
        (
            "pair",
            {
                "type": "array",
                "items": [{"type": "integer"}, {"type": "string"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        ("named", {"type": "object", "additionalProperties": {"type": "number"}}),
        (
            "nothing",
            {"oneOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}]},
        ),
    ],
)
def test_the_schema_says_what_may_be_written(name, expected):
    schema = prop(name).schema()
    assert {key: schema[key] for key in expected} == expected


def test_constraints_in_the_type_and_in_the_options_both_count():
    class Motor(Thing):
        speed: Annotated[float, Field(le=5)] = property(default=1.0, gt=0)

    schema = prop("speed", Motor).schema()
    assert (schema["exclusiveMinimum"], schema["maximum"]) == (0, 5)


# What is written wrongly is refused when the class is made.


def test_a_default_that_its_own_limits_refuse_is_refused_at_definition():
    with pytest.raises(DefinitionError, match=r"Motor\.speed: its own default is refused: must be"):

        class Motor(Thing):
            speed: float = property(default=0.0, gt=0)


def test_a_default_of_nan_is_refused_at_definition():
    with pytest.raises(DefinitionError, match=r"Motor\.place: its own default .* finite"):

        class Motor(Thing):
            place: Point = property(default_factory=lambda: Point(x=math.nan))


def test_a_missing_annotation_is_refused_at_definition():
    with pytest.raises(DefinitionError, match=r"Motor\.speed has no type: write 'speed: float"):

        class Motor(Thing):
            speed = property(default=1.0)


def test_a_getter_that_does_not_say_what_it_returns_is_refused():
    with pytest.raises(DefinitionError, match=r"Motor\.speed: its getter does not say"):

        class Motor(Thing):
            @property
            def speed(self):
                return 1.0


def test_an_unknown_option_is_refused_and_the_known_ones_named():
    with pytest.raises(DefinitionError, match=r"knows no colour; it knows default.*pattern"):
        property(default=1.0, colour="red")  # type: ignore[call-overload]  # the test


def test_a_property_with_neither_default_nor_getter_is_refused():
    with pytest.raises(DefinitionError, match=r"Motor\.speed is not complete: it needs a default"):

        class Motor(Thing):
            speed: float = property(unit="mm/s")  # type: ignore[assignment]  # the test


def test_a_default_and_a_factory_at_once_are_refused():
    with pytest.raises(DefinitionError, match="not both"):
        property(default=1, default_factory=int)  # type: ignore[call-overload]  # the test


def test_polling_what_has_no_getter_is_refused():
    with pytest.raises(DefinitionError, match="poll_s is for properties with a getter"):
        property(default=1, poll_s=1.0)  # type: ignore[call-overload]  # the test


@pytest.mark.parametrize(
    ("annotation", "option"),
    [(str, {"gt": 0}), (bool, {"max_length": 3}), (FloatArray, {"ge": 0}), (Mode, {"ge": 1})],
)
def test_a_limit_that_means_nothing_for_its_type_is_refused(annotation, option):
    def speed(self: Thing) -> Any: ...

    speed.__annotations__["return"] = annotation
    with pytest.raises(DefinitionError, match=r"Motor\.speed: '\w+' means nothing for "):
        type("Motor", (Thing,), {"speed": property(**option)(speed)})


def test_a_type_that_json_cannot_say_is_refused_with_a_hint():
    with pytest.raises(DefinitionError, match=r"Motor\.image: .*things\.FloatArray"):

        class Motor(Thing):
            image: np.ndarray = property(default_factory=lambda: np.zeros(3))


@pytest.mark.parametrize("name", ["name", "title", "lock", "io", "logger", "last_known"])
def test_a_name_that_every_thing_has_is_refused(name):
    with pytest.raises(DefinitionError, match=f"every Thing has a '{name}' already"):
        type("Motor", (Thing,), {name: property(default=1), "__annotations__": {name: int}})


def test_a_setter_for_another_classs_property_is_refused():
    with pytest.raises(DefinitionError, match=r"Lamp\.current belongs to Lamp"):

        class Strobe(Lamp):
            @Lamp.current.setter
            def _set_strobe_current(self, value: float) -> None: ...

    assert prop("current")._setter is Lamp._set_current  # type: ignore[attr-defined]


# Where annotations are looked up.


def test_a_type_local_to_a_function_is_found():
    class Colour(enum.Enum):
        RED = "red"

    class Wheel(Thing):
        colour: Colour = property(default=Colour.RED)

        @property
        def seen(self) -> list[Colour]:
            return [Colour.RED]

    assert prop("colour", Wheel).schema()["enum"] == ["red"]
    assert prop("seen", Wheel).to_json(Wheel().seen) == ["red"]


def test_a_type_inside_the_class_is_found():
    class Wheel(Thing):
        class Colour(enum.Enum):
            RED = "red"

        colour: Colour = property(default=Colour.RED)

        def list(self) -> list[int]:
            return []

        numbers: list[int] = property(default=[])  # type: ignore[valid-type]  # in Python it is

    assert prop("colour", Wheel).schema()["enum"] == ["red"]
    assert prop("numbers", Wheel).schema()["type"] == "array"


class Later(Thing):
    next: Following = property(default_factory=lambda: Following(number=3))

    @property
    def other(self) -> Following:
        return Following(number=4)


class Following(BaseModel):
    number: int


def test_a_type_defined_further_down_is_found_once_it_is_there():
    assert Later().next.number == 3
    assert prop("other", Later).schema()["properties"]["number"]["type"] == "integer"


def test_a_name_that_means_nothing_is_said_when_the_type_is_needed():
    class Wheel(Thing):
        colour: Colours = property(default=1)  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(DefinitionError, match=r"Wheel\.colour: its type cannot be found: .*Colou"):
        prop("colour", Wheel).schema()


class Unclear(BaseModel):
    x: Undefined  # type: ignore[name-defined]  # noqa: F821


def test_a_model_with_a_name_that_means_nothing_is_said_when_it_is_needed():
    class Wheel(Thing):
        @property
        def state(self) -> list[Unclear]:
            return []

    with pytest.raises(DefinitionError, match=r"Wheel\.state: its type cannot be found: .*Unclear"):
        prop("state", Wheel).schema()


def test_annotations_that_are_only_for_type_checkers_do_no_harm():
    class Wheel(Thing):
        _device: Vendor.Handle  # type: ignore[name-defined]  # noqa: F821
        speed: float = property(default=1.0)

    assert prop("speed", Wheel).schema()["type"] == "number"


def test_a_class_keeps_nothing_alive_that_its_annotations_do_not_name():
    import gc
    import weakref

    class Heavy:
        pass

    def make() -> tuple[type[Thing], weakref.ref[Heavy]]:
        heavy = Heavy()

        class Wheel(Thing):
            speed: float = property(default=1.0)

        return Wheel, weakref.ref(heavy)

    wheel, heavy = make()
    gc.collect()
    assert "speed" in affordances_of(wheel)
    assert heavy() is None


# Inheritance.


def test_a_derived_class_inherits_overrides_and_removes():
    class Strobe(Lamp):
        power: float = property(default=1.0, le=5)
        hours = None  # type: ignore[assignment]  # it has no counter
        rate: float = property(default=2.0)

    assert Strobe().power == 1.0
    assert Lamp().power == 10.0
    assert "hours" not in affordances_of(Strobe)
    assert "hours" in affordances_of(Lamp)
    names = list(affordances_of(Strobe))
    assert names[0] == "power"
    assert names[-1] == "rate"
    assert Strobe().current == 0.5
    with pytest.raises(ValueRefusedError):
        Strobe().power = 6


def test_hiding_an_affordance_by_accident_is_refused():
    with pytest.raises(DefinitionError, match=r"Strobe\.power hides the property of Lamp\.power"):

        class Strobe(Lamp):
            power = 3.0


def test_of_two_parents_the_one_that_python_takes_counts():
    class Base(Thing):
        speed: float = property(default=1.0)

    class Left(Base):
        pass

    class Right(Base):
        speed: float = property(default=2.0)

    class Both(Left, Right):
        pass

    assert Both().speed == 2.0
    assert affordances_of(Both)["speed"] is affordances_of(Right)["speed"]


def test_a_mixin_that_is_no_thing_brings_its_properties():
    class Cooled:
        chill: float = property(default=-10.0)

    class Detector(Cooled, Thing):
        gain: float = property(default=1.0)

    detector = Detector()
    detector.chill = -20
    assert detector.chill == -20.0
    assert {"chill", "gain"} == set(affordances_of(Detector))


def test_the_poll_interval_makes_a_functional_property_observable():
    class Probe(Thing):
        @property(poll_s=0.5)
        def fast(self) -> float:
            return 1.0

        @property
        def slow(self) -> float:
            return 1.0

    assert prop("fast", Probe).observable
    assert not prop("slow", Probe).observable
    assert isinstance(prop("power"), DataProperty)
    assert prop("power").observable


def test_other_pydantic_types_work_too():
    class Timer(Thing):
        span: timedelta = property(default=timedelta(seconds=3))

        class Pair(NamedTuple):
            a: int
            b: float

        pair: Pair = property(default=Pair(1, 2.0))

    timer = Timer()
    prop("span", Timer).write(timer, "PT5S")
    assert timer.span == timedelta(seconds=5)
    assert prop("pair", Timer).to_json(timer.pair) == [1, 2.0]
