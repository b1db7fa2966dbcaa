from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from things.schemas import (
    adapter_for,
    as_json,
    data_schema,
    finite,
    humanise,
    plain,
    prose,
    refusal,
    said_plainly,
)


class Point(BaseModel):
    x: float


@dataclass(slots=True)
class Size:
    width: float


@pytest.mark.parametrize(
    ("name", "label"),
    [("frame_rate", "Frame rate"), ("x", "X"), ("LED", "LED"), ("_hidden", "Hidden"), ("", "")],
)
def test_a_name_becomes_a_label(name, label):
    assert humanise(name) == label


@pytest.mark.parametrize(
    "value",
    [1, 1.5, True, None, "nan", b"x", [1, [2.0]], {"a": (1.0,)}, Point(x=1), Size(1), {1.0, 2}],
)
def test_finite_values_pass_as_they_are(value):
    assert finite(value) is value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (math.nan, ()),
        ([1, math.inf], (1,)),
        ({"a": [{"b": -math.inf}]}, ("a", 0, "b")),
        ((1.0, (2.0, math.nan)), (1, 1)),
        (Point(x=math.nan), ("x",)),
        ([Size(math.inf)], (0, "width")),
        ([np.float64("nan")], (0,)),
    ],
)
def test_what_is_not_finite_is_found_with_its_place(value, place):
    with pytest.raises(ValidationError) as refused:
        finite(value)
    (fault,) = refused.value.errors()
    assert (fault["type"], fault["loc"]) == ("finite_number", place)
    assert said_plainly(fault) == "must be a finite number"


def test_numpy_scalars_become_plain_however_deep():
    given = {"a": [np.int64(1), (np.float32(0.5),)], "b": np.bool_(True), "c": "x"}
    made = plain(given)
    assert made == {"a": [1, (0.5,)], "b": True, "c": "x"}
    assert type(made["a"][0]) is int
    assert type(made["b"]) is bool


def test_json_of_a_long_spectrum_with_one_nan_is_refused():
    spectrum = [0.0] * 2047 + [math.nan]
    with pytest.raises(ValidationError):
        as_json(TypeAdapter(list[float]), spectrum)


def test_limits_are_said_with_all_their_digits():
    for limit, words in ((1234567.0, "1234567"), (0.00001, "1e-05"), (2.5, "2.5"), (3.0, "3")):
        fault = {"type": "less_than_equal", "msg": "", "ctx": {"le": limit}}
        assert said_plainly(fault) == f"must be {words} or less"


def test_of_many_faults_the_first_three_are_said_and_all_are_listed():
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(list[int]).validate_python(["a", "b", "c", "d"])
    reason, details = refusal(refused.value)
    assert reason == (
        "0 must be a whole number; 1 must be a whole number; 2 must be a whole number"
    )
    assert [detail["loc"] for detail in details] == [(0,), (1,), (2,), (3,)]


def test_a_fault_of_a_validator_is_said_in_its_own_words():
    assert said_plainly({"type": "value_error", "msg": "Value error, too near"}) == "too near"


def test_an_integer_is_no_choice_of_its_own_where_any_number_is_taken():
    either = data_schema(adapter_for(int | float, "here"), "here", "validation")
    assert either == {"type": "number"}

    nullable = data_schema(adapter_for(int | float | None, "here"), "here", "validation")
    assert nullable == {"oneOf": [{"type": "number"}, {"type": "null"}]}


def test_the_prose_of_a_docstring_ends_where_its_sections_begin():
    docstring = """A place.

    It has a name.

    Attributes:
        x: Along the rail.
    """
    assert prose(docstring) == "A place.\n\nIt has a name."
    assert prose(None) == ""


def test_a_model_is_described_by_the_prose_of_its_docstring():
    class Place(BaseModel):
        """A place.

        Attributes:
            x: Along the rail.
        """

        x: float

    assert (
        data_schema(adapter_for(Place, "here"), "here", "validation")["description"] == "A place."
    )
