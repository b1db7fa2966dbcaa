from __future__ import annotations

import enum
import gc
import weakref
from abc import ABC, abstractmethod
from typing import Any

import pytest

from things import Thing, action, affordances_of, property, setting
from things.affordance import attribute_docstrings, short_title
from things.locks import ThingLock
from things.properties import PropertyDescriptor


class Lamp(Thing):
    """A lamp."""

    power: float = property(default=0.0, ge=0, le=100)
    """How bright.

    In percent of what it can.
    """

    kept: int = setting(default=1)
    plain = 3
    "Not an affordance, but documented."

    @action
    def flash(self) -> None:
        """Flash once."""


def test_a_thing_that_forgets_its_super_init_works_all_the_same():
    class Bare(Lamp):
        def __init__(self, port: str) -> None:
            self.port = port

    bare = Bare("COM3")
    bare.power = 3
    assert (bare.port, bare.power, bare.name) == ("COM3", 3.0, "bare")


def test_a_thing_takes_no_arguments_it_does_not_name():
    with pytest.raises(TypeError, match="Lamp takes no arguments"):
        Lamp(3)  # type: ignore[call-arg]  # the test


def test_a_thing_is_entered_and_left():
    lamp = Lamp()
    with lamp as entered:
        assert entered is lamp


def test_its_affordances_are_listed_by_name_and_in_order():
    assert list(affordances_of(Lamp)) == ["power", "kept", "flash"]
    assert [one.kind for one in affordances_of(Lamp()).values()] == [
        "property",
        "property",
        "action",
    ]


def test_what_is_known_of_it_can_be_had_without_asking_the_device():
    lamp = Lamp()
    assert lamp.last_known == {}
    lamp.power = 3
    assert lamp.last_known["power"].value == 3.0


def test_it_has_a_lock_for_the_wire_that_may_be_taken_twice():
    lamp = Lamp()
    with lamp.io, lamp.io:
        pass
    assert isinstance(lamp.lock, ThingLock)


def test_things_of_one_class_share_nothing():
    one, other = Lamp(), Lamp()
    one.power = 5
    assert other.power == 0.0
    assert one.lock is not other.lock
    assert one.io is not other.io


def test_docstrings_under_attributes_are_found():
    found = attribute_docstrings(Lamp)
    assert found["power"] == "How bright.\n\nIn percent of what it can."
    assert found["plain"] == "Not an affordance, but documented."
    assert "kept" not in found


def test_a_class_without_source_has_no_docstrings_and_works():
    made = type("Made", (Thing,), {"x": property(default=1), "__annotations__": {"x": int}})
    assert affordances_of(made)["x"].description == ""
    assert affordances_of(made)["x"].title == "X"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Take a picture.", "Take a picture"),
        ("Take a picture.\n\nAnd more.", "Take a picture"),
        ("", "Do it"),
        ("A first line that is far too long to be shown as a label.", "Do it"),
    ],
)
def test_a_short_first_line_is_a_title(text, title):
    assert short_title(text, "do_it") == title


def test_an_abstract_base_works_and_finds_local_types():
    class Colour(enum.Enum):
        RED = "red"

    class Wheel(Thing, ABC):
        @abstractmethod
        def turn(self) -> None: ...

        position: int = property(default=1)

        @property
        def colours(self) -> list[Colour]:
            return [Colour.RED]

    class RealWheel(Wheel):
        def turn(self) -> None: ...

    with pytest.raises(TypeError):
        Wheel()  # type: ignore[abstract]  # the test
    colours = affordances_of(RealWheel)["colours"]
    assert isinstance(colours, PropertyDescriptor)
    assert colours.to_json(RealWheel().colours) == ["red"]


def test_an_overridden_init_subclass_does_not_hide_local_types():
    Choice = int | str  # noqa: N806 - a type

    class Base(Thing):
        def __init_subclass__(cls, **kwargs: object) -> None:
            super().__init_subclass__()

    class Wheel(Base):
        choice: Choice = property(default=1)

    choice = affordances_of(Wheel)["choice"]
    assert isinstance(choice, PropertyDescriptor)
    assert choice.schema()["oneOf"]


def test_code_that_is_no_module_can_declare_things():
    """As in a notebook or in the README's own test."""
    source = (
        "from __future__ import annotations\n"
        "import enum\n"
        "from things import Thing, property\n"
        "class Mode(enum.Enum):\n"
        "    FAST = 'fast'\n"
        "class Lamp(Thing):\n"
        "    mode: Mode = property(default=Mode.FAST)\n"
    )
    tried: list[dict[str, Any]] = [{}, {"__name__": "a_notebook"}]
    for names in tried:
        exec(source, names)
        mode = affordances_of(names["Lamp"])["mode"]
        assert isinstance(mode, PropertyDescriptor)
        assert mode.schema()["enum"] == ["fast"]


def test_a_thing_that_is_dropped_is_gone():
    lamp = Lamp()
    lamp.power = 3
    lamp.flash()
    gone = weakref.ref(lamp)
    del lamp
    gc.collect()
    assert gone() is None
