from __future__ import annotations

import math

import pytest
from pydantic import BaseModel

from things import EventEmitted, Thing, ValueRefusedError, event
from things.events import Event, PropertyChanged


class Spot(BaseModel):
    x: float
    note: str = ""


class Oven(Thing):
    overheated = event(float, title="Too hot", unit="°C")
    """It got too hot."""

    found = event(Spot)


def test_an_event_is_told_with_its_data_in_json(listen):
    oven = Oven()
    events = listen(oven)
    oven.overheated.emit(81)
    oven.found.emit(Spot(x=1))
    assert [(type(one), one.thing, one.name, one.data) for one in events] == [
        (EventEmitted, "oven", "overheated", 81.0),
        (EventEmitted, "oven", "found", {"x": 1.0, "note": ""}),
    ]


@pytest.mark.parametrize("data", ["hot", None, math.nan, math.inf])
def test_data_that_does_not_fit_is_refused_and_not_told(listen, data):
    oven = Oven()
    events = listen(oven)
    with pytest.raises(ValueRefusedError, match="overheated"):
        oven.overheated.emit(data)
    assert events == []


def test_nan_inside_a_model_is_refused_too(listen):
    oven = Oven()
    with pytest.raises(ValueRefusedError, match="x must be a finite number"):
        oven.found.emit(Spot(x=math.nan))


def test_an_event_describes_what_it_carries():
    assert Oven.overheated.schema() == {"type": "number", "unit": "°C"}
    assert Oven.overheated.title == "Too hot"
    assert Oven.overheated.description == "It got too hot."
    assert Oven.found.schema()["properties"]["x"]["type"] == "number"


def test_events_cannot_be_changed_and_know_their_zone():
    happened = PropertyChanged(thing="oven", name="target", value=3)
    assert isinstance(happened, Event)
    assert happened.at.utcoffset() is not None
    with pytest.raises(AttributeError):
        happened.value = 4  # type: ignore[misc]  # the test
