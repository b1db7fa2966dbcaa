from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from app.server.declared_kinds import DeclaredKinds
from things import Thing, property
from things.errors import ValueRefusedError
from things.properties import PropertyDescriptor


class Point(BaseModel):
    x: float
    on: bool = False


class Taker(Thing):
    many: dict[str, list[int]] = property(default={})
    maybe: float | None = property(default=None)
    either: int | str = property(default=0)
    pair: tuple[int, bool] = property(default=(0, False))
    point: Point = property(default=Point(x=0))


def declared(name: str) -> PropertyDescriptor[Any]:
    found = Taker._affordances[name]
    assert isinstance(found, PropertyDescriptor)
    return found


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("many", {"a": [1, "2"]}, ("a", 1)),
        ("maybe", "5", ()),
        ("maybe", True, ()),
        ("either", True, ()),
        ("pair", [0, 1], (1,)),
        ("point", {"x": "1"}, ("x",)),
        ("point", {"x": 1, "on": "yes"}, ("on",)),
    ],
)
def test_what_is_no_number_or_boolean_is_refused_with_its_place(
    name: str, value: Any, place: tuple[Any, ...]
) -> None:
    with pytest.raises(ValueRefusedError) as refused:
        DeclaredKinds().check_value(declared(name), value)

    assert [detail["loc"] for detail in refused.value.details] == [place]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("many", {"a": [1, 2.0]}),
        ("maybe", None),
        ("maybe", 5),
        ("either", "5"),
        ("pair", [0, True]),
        ("point", {"x": 1, "on": True}),
    ],
)
def test_what_is_declared_passes(name: str, value: Any) -> None:
    DeclaredKinds().check_value(declared(name), value)


@pytest.mark.parametrize("value", [True, "5"])
def test_over_http_a_number_must_be_sent_as_one(served: Any, value: Any) -> None:
    written = served.http.put("/probe/counter", json=value)
    run = served.http.post("/probe/increment", json={"by": value})

    assert (written.status_code, run.status_code) == (422, 422)
    assert run.json()["detail"][0]["loc"][-1] == "by"
    assert served.http.get("/probe/counter").json() == 0
