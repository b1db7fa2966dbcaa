from __future__ import annotations

import enum
import json
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from pydantic import BaseModel, Field

from things import (
    DefinitionError,
    FloatArray,
    PngBlob,
    Thing,
    TiffBlob,
    action,
    event,
    frame_stream,
    property,
    setting,
    thing_description,
    thing_slot,
)
from things.description import RESERVED_AFFORDANCES, RESERVED_THINGS


class Shape(enum.Enum):
    ROUND = "round"
    SQUARE = "square"


class Corner(BaseModel):
    x: float
    far_away: bool = False


class Region(BaseModel):
    """A part of the picture."""

    corner: Corner
    width: Annotated[int, Field(ge=1, title="How wide")] = 10
    shape: Shape = Shape.ROUND
    note: str | None = None


class Camera(Thing):
    """A camera that looks at the stage.

    It is cooled.
    """

    title = "Cooled camera"

    exposure: float = property(
        default=10.0, gt=0, le=1000, unit="ms", group="Acquisition", requires="lamp.on"
    )
    """How long the shutter is open."""

    region: Region = property(default_factory=lambda: Region(corner=Corner(x=0)))
    regions: list[Region] = property(default_factory=list)
    limit: float | None = property(default=None, ge=0)
    either: int | str = property(default=1)
    wavelengths: FloatArray = property(default_factory=lambda: np.zeros(2), read_only=True)
    spectrum: FloatArray = property(
        default_factory=lambda: np.zeros(2), read_only=True, axis="wavelengths"
    )
    kept: int = setting(default=3)
    overheated = event(float, unit="°C")
    """It got too hot."""
    live = frame_stream(title="Live")
    """What it sees."""
    stage: Any = thing_slot(optional=True)

    @property(poll_s=1.5, unit="°C")
    def temperature(self) -> float:
        """Of the sensor."""
        return -10.0

    @action(confirm="Move?", requires="lamp.on", group="Scans", keep=True, safe=True)
    def scan(
        self, region: Region, mode: Literal["fast", "slow"] = "fast", planes: int | None = None
    ) -> TiffBlob:
        """Scan a region.

        Args:
            planes: How many.
        """
        return TiffBlob.from_bytes(b"")

    @action(exclusive=False, idempotent=True)
    def rest(self) -> None: ...

    @action
    def snap(self) -> list[PngBlob]:
        return []


@pytest.fixture
def td() -> dict[str, Any]:
    return thing_description(Camera())


def walk(node: Any):
    """Every dictionary in a description, however deep."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for item in node:
            yield from walk(item)


def test_it_is_a_thing_description_of_the_w3c(td):
    assert td["@context"] == [
        "https://www.w3.org/2022/wot/td/v1.1",
        {"lw": "urn:labwright:td#"},
    ]
    assert td["@type"] == "Thing"
    assert td["id"].startswith("urn:uuid:")
    assert td["security"] in td["securityDefinitions"]
    assert td["title"] == "Cooled camera"
    assert td["description"] == "A camera that looks at the stage.\n\nIt is cooled."
    assert "base" not in td


def test_it_is_json(td):
    assert json.loads(json.dumps(td, allow_nan=False)) == td


def test_the_id_is_that_of_the_name_and_stays():
    assert thing_description(Camera())["id"] == thing_description(Camera())["id"]
    other = Camera()
    other._core.name = "other"
    assert thing_description(other)["id"] != thing_description(Camera())["id"]


def test_everything_is_where_it_belongs_in_its_order(td):
    assert list(td["properties"]) == [
        "exposure",
        "region",
        "regions",
        "limit",
        "either",
        "wavelengths",
        "spectrum",
        "kept",
        "temperature",
    ]
    assert list(td["actions"]) == ["scan", "rest", "snap"]
    assert list(td["events"]) == ["overheated"]
    assert list(td["lw:streams"]) == ["live"]


def test_a_property_is_described_with_all_a_panel_needs(td):
    assert td["properties"]["exposure"] == {
        "title": "Exposure",
        "description": "How long the shutter is open.",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1000,
        "unit": "ms",
        "default": 10.0,
        "readOnly": False,
        "writeOnly": False,
        "observable": True,
        "forms": [
            {
                "href": "/camera/exposure",
                "op": ["readproperty", "writeproperty"],
                "contentType": "application/json",
            },
            {
                "href": "/camera/exposure/observe",
                "op": ["observeproperty", "unobserveproperty"],
                "contentType": "application/json",
                "subprotocol": "sse",
            },
        ],
        "lw:group": "Acquisition",
        "lw:requires": "lamp.on",
        "lw:resettable": True,
    }


def test_what_is_read_only_has_no_way_to_write_it_and_no_default(td):
    temperature = td["properties"]["temperature"]
    assert temperature["readOnly"] is True
    assert temperature["forms"][0]["op"] == ["readproperty"]
    assert temperature["lw:poll"] == 1.5
    assert "default" not in td["properties"]["spectrum"]
    assert "lw:resettable" not in td["properties"]["spectrum"]


def test_an_array_names_its_axis_and_a_setting_says_so(td):
    assert td["properties"]["spectrum"]["lw:axis"] == "wavelengths"
    assert td["properties"]["spectrum"]["items"] == {"type": "number"}
    assert td["properties"]["kept"]["lw:setting"] is True


def test_nullable_is_one_of_with_null(td):
    assert td["properties"]["limit"]["oneOf"] == [
        {"type": "number", "minimum": 0},
        {"type": "null"},
    ]
    note = td["properties"]["region"]["properties"]["note"]
    assert note["oneOf"] == [{"type": "string"}, {"type": "null"}]


def test_choices_are_one_of_and_enums_are_lists_with_a_type(td):
    assert [one["type"] for one in td["properties"]["either"]["oneOf"]] == ["integer", "string"]
    shape = td["properties"]["region"]["properties"]["shape"]
    assert (shape["type"], shape["enum"], shape["default"]) == (
        "string",
        ["round", "square"],
        "round",
    )


def test_nothing_refers_to_elsewhere_and_no_word_of_json_schema_alone_is_left(td):
    for node in walk(td):
        assert not {"$ref", "$defs", "anyOf", "allOf", "prefixItems", "definitions"} & node.keys()


def test_every_input_field_has_a_title_however_deep(td):
    given = td["actions"]["scan"]["input"]
    region = given["properties"]["region"]
    titles = {name: field["title"] for name, field in region["properties"].items()}
    assert titles["width"] == "How wide"
    assert titles["note"] == "Note"
    assert region["properties"]["corner"]["properties"]["far_away"]["title"] == "Far away"
    for node in walk(given):
        if node.get("type") == "object":
            assert all("title" in field for field in node["properties"].values())


def test_an_action_is_described_with_all_a_form_needs(td):
    scan = td["actions"]["scan"]
    assert (scan["title"], scan["description"]) == ("Scan a region", "Scan a region.")
    assert scan["input"]["title"] == "scan_input"
    assert scan["input"]["required"] == ["region"]
    assert scan["input"]["properties"]["planes"]["description"] == "How many."
    assert scan["input"]["properties"]["mode"]["enum"] == ["fast", "slow"]
    assert scan["output"]["lw:mediaType"] == "image/tiff"
    assert (scan["safe"], scan["idempotent"], scan["synchronous"]) == (True, False, False)
    assert (scan["lw:confirm"], scan["lw:requires"], scan["lw:group"]) == (
        "Move?",
        "lamp.on",
        "Scans",
    )
    assert (scan["lw:keep"], scan["lw:exclusive"]) == (True, True)


def test_what_takes_or_gives_nothing_has_no_schema_for_it(td):
    rest = td["actions"]["rest"]
    assert not {"input", "output"} & rest.keys()
    assert (rest["idempotent"], rest["lw:exclusive"]) == (True, False)
    assert td["actions"]["snap"]["output"]["items"]["lw:mediaType"] == "image/png"


def test_events_and_streams_are_described(td):
    overheated = td["events"]["overheated"]
    assert (overheated["title"], overheated["description"]) == ("Overheated", "It got too hot.")
    assert overheated["data"] == {"type": "number", "unit": "°C"}
    assert td["lw:streams"]["live"] == {
        "title": "Live",
        "description": "What it sees.",
        "mediaType": "multipart/x-mixed-replace",
        "href": "/camera/live",
    }


def test_every_form_has_an_operation_and_begins_with_the_prefix():
    td = thing_description(
        Camera(), title="Left", group="Cameras", base="http://here/", prefix="/lab"
    )
    assert (td["title"], td["lw:group"], td["base"]) == ("Left", "Cameras", "http://here/")
    forms = [form for node in walk(td) for form in node.get("forms", [])]
    assert len(forms) > 10
    for form in forms:
        assert form["op"]
        assert form["href"].startswith("/lab/")
    assert td["lw:streams"]["live"]["href"] == "/lab/camera/live"


def test_a_title_is_the_benchs_the_classs_or_made_of_the_name():
    class Lamp(Thing):
        pass

    lamp = Lamp()
    lamp._core.name = "big_lamp"
    assert thing_description(lamp)["title"] == "Big lamp"
    lamp._core.title = "The lamp"
    assert thing_description(lamp)["title"] == "The lamp"
    assert thing_description(lamp, title="Mine")["title"] == "Mine"


class Node(BaseModel):
    name: str
    children: list[Node] = []


class Left(BaseModel):
    right: Right | None = None


class Right(BaseModel):
    left: Left | None = None


@pytest.mark.parametrize("model", [Node, Left])
def test_a_model_that_refers_to_itself_is_refused_with_its_name(model):
    tree: Any = type(
        "Tree",
        (Thing,),
        {"root": property(default=None), "__annotations__": {"root": model | None}},
    )
    with pytest.raises(DefinitionError, match=rf"Tree\.root: {model.__name__} refers to itself"):
        thing_description(tree())


def test_a_model_used_twice_is_no_recursion():
    class Pair(BaseModel):
        one: Corner
        other: Corner

    class Frame(Thing):
        pair: Pair = property(default_factory=lambda: Pair(one=Corner(x=1), other=Corner(x=2)))

    described = thing_description(Frame())["properties"]["pair"]["properties"]
    assert described["one"]["properties"].keys() == described["other"]["properties"].keys()


def test_a_field_may_have_a_name_that_means_something_in_a_schema():
    class Odd(BaseModel):
        default: int = 1
        properties: dict[str, int] = {}
        enum: Corner | None = None

    class Frame(Thing):
        odd: Odd = property(default_factory=Odd)

    fields = thing_description(Frame())["properties"]["odd"]["properties"]
    assert fields["default"]["type"] == "integer"
    assert fields["properties"]["additionalProperties"] == {"type": "integer"}
    assert fields["enum"]["oneOf"][0]["properties"]["x"]["type"] == "number"


def test_names_that_are_routes_are_listed():
    assert {
        "things",
        "thing_descriptions",
        "action_invocations",
        "blob",
        "blobs",
        "invocations",
        "events",
        "docs",
        "stop",
    } <= RESERVED_THINGS
    assert {"ws", "observe", "reset"} == RESERVED_AFFORDANCES
