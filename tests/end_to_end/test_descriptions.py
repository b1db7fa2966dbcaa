"""The Thing Description of every Thing that ships, as it is served, is one of the W3C's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import jsonschema
import pytest

from resources import resource

pytestmark = pytest.mark.timeout(300)  # the first time, the schema is installed

BUSY = Path(__file__).parent / "clients" / "busy.toml"
SHIPPED = {
    "benches/demo.toml": ["camera", "stage", "thermostat", "spectrometer"],
    "benches/conformance.toml": ["demo", "other"],
}
ALL = [name for names in SHIPPED.values() for name in names] + ["lamp", "switch", "oddity"]
SCHEMA = "node_modules/wot-thing-description-types/schema/td-json-schema-validation.json"

TD = dict[str, Any]


@pytest.fixture(scope="module")
def served(serve: Callable[[Path], str]) -> dict[str, str]:
    """Where each Thing is served, by its name: all that ship, and some that are odd."""
    urls: dict[str, str] = {}
    for bench in (*(resource(file) for file in SHIPPED), BUSY):
        urls |= httpx.get(f"{serve(bench)}/things/").raise_for_status().json()
    return urls


@pytest.fixture(params=ALL)
def td(request: pytest.FixtureRequest, served: dict[str, str]) -> TD:
    found: TD = httpx.get(served[request.param]).raise_for_status().json()
    return found


@pytest.fixture(scope="module")
def schema(installed_clients: Path) -> Any:
    """The W3C's schema, as a validator."""
    found = json.loads((installed_clients / SCHEMA).read_text(encoding="utf-8"))
    assert found["version"] == "1.1-12-March-2025"
    return jsonschema.Draft7Validator(
        found, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )


def within(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a description, however deep."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from within(value)
    elif isinstance(node, list):
        for item in node:
            yield from within(item)


def affordances(td: TD) -> Iterator[tuple[str, dict[str, Any]]]:
    """All properties, actions and events, with their kind."""
    for kind in ("properties", "actions", "events"):
        for affordance in td[kind].values():
            yield kind, affordance


def form_for(affordance: dict[str, Any], operation: str) -> dict[str, Any]:
    """The first form for an operation: the one that clients take."""
    found: dict[str, Any] = next(form for form in affordance["forms"] if operation in form["op"])
    return found


def test_all_that_ship_are_looked_at(served):
    assert set(served) == set(ALL)


def test_the_w3cs_schema_has_no_remark(td, schema):
    assert [f"{fault.json_path}: {fault.message}" for fault in schema.iter_errors(td)] == []


def test_each_has_an_id_of_its_own(served):
    ids = [httpx.get(url).json()["id"] for url in served.values()]

    assert len(set(ids)) == len(ids)
    assert all(id.startswith("urn:uuid:") for id in ids)


def test_the_base_follows_the_host_that_was_asked(td, served):
    url = served[next(name for name in served if urlsplit(served[name]).netloc in td["base"])]
    port = urlsplit(url).port

    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        found = httpx.get(url, headers={"host": host}).raise_for_status().json()
        assert found["base"] == f"http://{host}"


def test_terms_of_ours_have_a_prefix_that_the_context_knows(td):
    first, *more = td["@context"]
    assert first == "https://www.w3.org/2022/wot/td/v1.1"
    known = {prefix for each in more for prefix in each} | {"htv"}  # htv is the W3C's own

    used = {key.partition(":")[0] for node in within(td) for key in node if ":" in key}

    assert used <= known


def test_security_is_defined(td):
    assert td["securityDefinitions"] == {"no_security": {"scheme": "nosec"}}
    assert td["security"] in td["securityDefinitions"]


def test_nothing_refers_elsewhere_or_speaks_plain_json_schema(td):
    foreign = {"$ref", "$defs", "definitions", "anyOf", "allOf", "prefixItems", "discriminator"}

    assert not [node for node in within(td) if foreign & node.keys()]


def test_every_form_has_an_operation_a_type_and_an_address_on_this_server(td):
    forms = [form for _, affordance in affordances(td) for form in affordance["forms"]]

    assert forms
    for form in forms:
        assert form["op"]
        assert form["contentType"] == "application/json"
        assert urljoin(td["base"], form["href"]).startswith(td["base"] + "/")


def test_every_property_says_what_can_be_done_and_has_forms_for_it(td):
    for prop in td["properties"].values():
        operations = {operation for form in prop["forms"] for operation in form["op"]}
        expected = {"readproperty"}
        if not prop["readOnly"]:
            expected.add("writeproperty")
        if prop["observable"]:
            expected |= {"observeproperty", "unobserveproperty"}
            assert form_for(prop, "observeproperty")["subprotocol"] == "sse"
        assert operations == expected


def test_every_property_has_a_type_a_title_and_can_be_read_where_its_form_says(td):
    for name, prop in td["properties"].items():
        assert prop["title"]
        assert prop.keys() & {"type", "oneOf", "enum", "const"}
        answer = httpx.get(urljoin(td["base"], form_for(prop, "readproperty")["href"]))
        assert answer.status_code == (500 if name == "broken" else 200)


def test_every_value_fits_its_own_schema(td):
    for name, prop in td["properties"].items():
        if name != "broken":
            value = httpx.get(urljoin(td["base"], f"/{name_of(td)}/{name}")).json()
            jsonschema.Draft7Validator(prop).validate(value)


def name_of(td: TD) -> str:
    """What the bench calls it."""
    first = next(affordance for _, affordance in affordances(td))
    return str(first["forms"][0]["href"].split("/")[1])


def test_every_default_fits_its_own_schema(td):
    for node in within(td):
        if "default" in node and node.keys() & {"type", "oneOf", "enum"}:
            jsonschema.Draft7Validator(node).validate(node["default"])


def test_every_action_says_how_it_is_invoked_asked_about_and_cancelled(td):
    for name, action in td["actions"].items():
        assert action["synchronous"] is False
        assert {"safe", "idempotent", "title"} <= action.keys()
        assert form_for(action, "invokeaction")["href"] == f"/{name_of(td)}/{name}"
        for operation, method in (("queryaction", "GET"), ("cancelaction", "DELETE")):
            form = form_for(action, operation)
            assert form["href"] == "/action_invocations/{id}"
            assert form["htv:methodName"] == method
        assert action["uriVariables"]["id"]["type"] == "string"


def test_every_event_is_subscribed_to_by_server_sent_events(td):
    for name, event in td["events"].items():
        form = form_for(event, "subscribeevent")
        assert form["href"] == f"/{name_of(td)}/{name}"
        assert form["subprotocol"] == "sse"
        with httpx.stream("GET", urljoin(td["base"], form["href"])) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")


def test_inputs_and_outputs_are_named_and_every_field_has_a_title(td):
    for name, action in td["actions"].items():
        for part in ("input", "output"):
            if part in action:
                assert action[part]["title"] == f"{name}_{part}"
    for node in within([action.get("input") for action in td["actions"].values()]):
        if node.get("type") == "object":
            assert all(field["title"] for field in node.get("properties", {}).values())


def test_openflexures_app_can_build_a_box_for_every_field(td):
    """It goes by type, oneOf with null, items and properties; an enum is a type and its values."""
    for action in td["actions"].values():
        for field in action.get("input", {}).get("properties", {}).values():
            choices = field.get("oneOf", [field])
            assert all("type" in choice or "const" in choice for choice in choices), field


def test_it_is_served_as_a_thing_description_where_that_is_asked_for(td, served):
    url = urljoin(td["base"], f"/{name_of(td)}/")

    plain = httpx.get(url)
    asked = httpx.get(url, headers={"accept": "application/td+json"})

    assert plain.headers["content-type"] == "application/json"
    assert asked.headers["content-type"] == "application/td+json"
    assert asked.json() == plain.json() == td


def test_all_of_a_bench_are_served_at_once(td):
    everything = httpx.get(urljoin(td["base"], "/thing_descriptions/")).json()

    assert everything[name_of(td)] == td
