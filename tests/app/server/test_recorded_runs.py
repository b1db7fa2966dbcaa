"""The routes of runs on a real ledger, in a file and on a server."""

from __future__ import annotations

BOTH_DATABASES = True


def test_a_run_is_found_noted_and_its_output_opened(keeping):
    run = keeping.run("snap")
    keeping.run("increment")

    listed = keeping.http.get(
        "/invocations", params={"thing": "probe", "action": "snap", "limit": 1, "total": "true"}
    ).json()
    assert [each["id"] for each in listed["invocations"]] == [run["id"]]
    assert listed["total"] >= 1
    path = f"/invocations/{run['id']}"
    noted = keeping.http.patch(path, json={"note": "sharp onion"})
    assert noted.json()["note"] == "sharp onion"
    found = keeping.http.get("/invocations", params={"text": "onion"}).json()
    assert [each["id"] for each in found["invocations"]] == [run["id"]]
    whole = keeping.http.get(path).json()
    assert (whole["state"], whole["note"]) == ("completed", "sharp onion")
    assert "counter" in whole["before"]["probe"]
    output = keeping.http.get(f"{path}/output")
    assert output.content == keeping.http.get(run["output"]["href"]).content


def test_pages_of_runs_fit_together(keeping):
    made = [keeping.run("increment")["id"] for _ in range(5)]
    found: list[str] = []
    answer = keeping.http.get("/invocations", params={"action": "increment", "limit": 2})
    while True:
        found += [each["id"] for each in answer.json()["invocations"]]
        if "next" not in answer.links:
            break
        answer = keeping.http.get(answer.links["next"]["url"])

    assert found[:5] == made[::-1]
    assert len(found) == len(set(found))


def test_what_a_query_of_runs_says_wrongly_is_said(keeping):
    for query in ("state=lost", "limit=0", "since=yesterday", "wrong=1"):
        assert keeping.http.get(f"/invocations?{query}").status_code == 422
