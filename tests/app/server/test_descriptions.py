from __future__ import annotations

import pytest


def test_things_are_listed_with_the_addresses_of_their_descriptions(served):
    listed = served.http.get("/things/").json()

    assert listed == {name: f"{served.url}/{name}/" for name in ("probe", "other", "dead")}
    assert served.http.get(listed["probe"]).json()["title"] == "Probe"


def test_all_descriptions_come_at_once_and_exactly_here(served):
    answer = served.http.get("/thing_descriptions/")

    assert answer.status_code == 200
    assert set(answer.json()) == {"probe", "other", "dead"}
    assert answer.json()["probe"] == served.http.get("/probe/").json()


@pytest.mark.parametrize("path", ["/thing_descriptions", "/things", "/probe"])
def test_without_the_slash_the_way_is_shown(served, path):
    answer = served.http.get(path)

    assert answer.status_code == 307
    assert served.http.get(path, follow_redirects=True).status_code == 200


def test_the_media_type_of_a_description_is_given_where_asked_for(served):
    plain = served.http.get("/probe/")
    asked = served.http.get("/probe/", headers={"accept": "application/td+json"})

    assert plain.headers["content-type"] == "application/json"
    assert asked.headers["content-type"] == "application/td+json"
    assert asked.json() == plain.json()


def test_the_base_follows_the_host_the_client_used(served):
    port = served.url.rsplit(":", 1)[1]

    answer = served.http.get("/probe/", headers={"host": f"localhost:{port}"})

    assert answer.json()["base"] == f"http://localhost:{port}"


def test_every_form_leads_somewhere(served):
    description = served.http.get("/probe/").json()
    affordances = [*description["properties"].items(), *description["actions"].items()]

    for name, affordance in affordances:
        for form in affordance["forms"]:
            if form.get("subprotocol") == "sse" or "{" in form["href"]:
                continue  # one stays open, the other needs the id of an invocation
            answer = served.http.get(form["href"])
            assert answer.status_code in (200, 500), (name, form)


def test_a_thing_that_did_not_start_is_still_described(served):
    assert served.http.get("/dead/").json()["title"] == "Dead"


def test_a_driver_read_anew_is_described_anew(serving):
    served = serving()
    before = served.http.get("/probe/").json()

    served.bench.reload("probe")

    assert served.http.get("/probe/").json() == before
    assert served.http.get("/probe/counter").json() == 0
    assert served.run("increment")["output"] == 1
