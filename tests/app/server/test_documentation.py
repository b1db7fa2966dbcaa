"""The OpenAPI document says what is served, and the page to read it is all our own."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

HOUSE = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def document(_served: Any) -> Any:
    """The document of the test bench."""
    return _served.http.get("/openapi.json").raise_for_status().json()


def within(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from within(value)
    elif isinstance(node, list):
        for item in node:
            yield from within(item)


def validator(document: Any, schema: Any) -> Any:
    """Holds values against one of the document's schemas."""
    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


def test_the_committed_document_is_what_is_served():
    file = HOUSE / "tools" / "openapi.py"
    spec = importlib.util.spec_from_file_location("tools_openapi", file)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    committed = (HOUSE / "docs" / "openapi.json").read_text(encoding="utf-8")

    assert json.loads(committed) == json.loads(tool.text()), "look at it, then: make openapi"


def test_every_route_is_described_and_nothing_else(served, document):
    running: Any = served.server._server
    routes = {
        (re.sub(r":\w+", "", route.path), method)
        for route in running.config.app.routes
        for method in route.methods - {"HEAD"}
    }

    of_things = tuple(f"/{name}/" for name in served.bench.things)
    described = {
        (path, method.upper())
        for path, methods in document["paths"].items()
        for method in methods
        if not path.startswith(of_things) and method != "head"
    }
    assert described == routes


def test_everything_of_a_thing_is_described(served, document):
    td = served.http.get("/probe/").json()
    for kind in ("properties", "actions", "events"):
        for affordance in td[kind].values():
            for form in affordance["forms"]:
                assert form["href"] in document["paths"]
    assert set(document["paths"]["/probe/counter"]) == {"get", "put"}
    assert set(document["paths"]["/probe/increment"]) == {"get", "post"}
    assert "/probe/live/snapshot" in document["paths"]


def test_every_reference_leads_somewhere_and_every_schema_is_one(document):
    for node in within(document):
        if "$ref" in node:
            found = document
            for key in node["$ref"].removeprefix("#/").split("/"):
                found = found[key]
        if "schema" in node:
            jsonschema.Draft202012Validator.check_schema(node["schema"])
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_no_term_of_the_thing_description_is_left_in_it(document):
    assert "lw:" not in json.dumps(document)
    assert not [node for node in within(document) if isinstance(node.get("items"), list)]


@pytest.mark.parametrize("name", ["counter", "ratio", "label", "home", "gain"])
def test_a_value_fits_what_is_said_of_it(served, document, name):
    said = document["paths"][f"/probe/{name}"]["get"]["responses"]["200"]["content"]

    value = served.http.get(f"/probe/{name}").json()

    validator(document, said["application/json"]["schema"]).validate(value)


@pytest.mark.parametrize("action", ["increment", "zero", "nothing", "snap", "explode", "empty"])
def test_an_invocation_fits_what_is_said_of_it(served, document, action):
    said = document["paths"][f"/probe/{action}"]

    ended = served.run(action)
    listed = served.http.get(f"/probe/{action}").json()

    started = said["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    validator(document, started).validate(ended)
    summaries = said["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator(document, summaries).validate(listed)


def test_a_problem_and_a_fault_fit_what_is_said_of_them(served, document):
    shared = document["components"]["schemas"]

    problem = served.http.get("/nothing/here").json()
    faults = served.http.put("/probe/counter", json="x").json()

    validator(document, shared["Problem"]).validate(problem)
    validator(document, shared["Faults"]).validate(faults)


def test_the_page_is_made_of_files_from_here_alone(served):
    page = served.http.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]

    texts = [page.text]
    for name in re.findall(r'(?:href|src)="([^"]+)"', page.text):
        file = served.http.get(f"/{name}").raise_for_status()
        assert file.headers["content-type"].startswith(("text/css", "text/javascript"))
        texts.append(file.text)

    assert len(texts) == 3
    assert not re.search(r"https?:|//[a-z]+\.[a-z]", "".join(texts).replace("// ", ""))


def test_what_a_bench_says_is_set_as_text_and_never_as_markup(served):
    script = served.http.get("/docs/page.js").text

    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", script)


@pytest.mark.parametrize("path", ["/docs/page.html", "/docs/../settings", "/docs/nothing.js"])
def test_nothing_else_is_handed_out(served, path):
    assert served.http.get(path).status_code == 404


def test_a_prefix_is_in_every_path(serving):
    served = serving(prefix="/lab")

    document = served.http.get("/lab/openapi.json").raise_for_status().json()

    assert all(path.startswith("/lab/") for path in document["paths"])
    assert "/lab/probe/counter" in document["paths"]
    assert served.http.get("/lab/docs").status_code == 200
    assert served.http.get("/lab/docs/page.js").status_code == 200
