"""Lists of invocations are filtered and read page by page."""

from __future__ import annotations

import uuid

import pytest

SUMMARY = {
    "status", "id", "action", "href", "timeStarted", "timeRequested", "timeCompleted", "links",
}  # fmt: skip


@pytest.fixture
def runs(serving):
    """A served bench on which seven actions ran, and their ids in the order of asking."""
    served = serving()
    names = ["zero", "nothing", "explode", "zero", "increment", "zero", "explode"]
    return served, [served.run(name)["id"] for name in names]


def ids(served, query, path="/action_invocations"):
    return [run["id"] for run in served.http.get(f"{path}{query}").raise_for_status().json()]


def test_without_a_query_all_are_listed_as_summaries_oldest_first(runs):
    served, made = runs

    found = served.http.get("/action_invocations").json()

    assert [run["id"] for run in found] == made
    assert all(set(run) == SUMMARY for run in found)
    assert "link" not in served.http.get("/action_invocations").headers


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=error", [2, 6]),
        ("?status=error&status=completed", [0, 1, 2, 3, 4, 5, 6]),
        ("?status=running", []),
        ("?action=zero", [0, 3, 5]),
        ("?thing=probe&action=explode", [2, 6]),
        ("?thing=other", []),
        ("?order=newest", [6, 5, 4, 3, 2, 1, 0]),
        ("?action=zero&limit=2&order=newest", [5, 3]),
        ("?nonsense=1", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_list_is_filtered_and_ordered(runs, query, expected):
    served, made = runs

    assert ids(served, query) == [made[number] for number in expected]


def test_the_list_of_one_action_takes_the_same_query_and_stays_its_own(runs):
    served, made = runs

    path = "/probe/zero"
    assert ids(served, "", path) == [made[0], made[3], made[5]]
    assert ids(served, "?order=newest&limit=1", path) == [made[5]]
    assert ids(served, "?thing=other&action=explode", path) == [made[0], made[3], made[5]]


@pytest.mark.parametrize("order", ["oldest", "newest"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_page_by_page_every_one_is_seen_once(runs, order, limit):
    served, made = runs
    expected = made if order == "oldest" else made[::-1]

    seen: list[str] = []
    pages = 0
    url: str | None = f"{served.url}/action_invocations?limit={limit}&order={order}"
    while url is not None:
        answer = served.http.get(url).raise_for_status()
        seen += [run["id"] for run in answer.json()]
        pages += 1
        url = answer.links["next"]["url"] if "next" in answer.links else None

    assert seen == expected
    assert pages == -(-len(made) // limit)


def test_pages_fit_together_although_runs_come_and_are_forgotten(runs):
    served, made = runs
    first = served.http.get("/action_invocations?limit=3&status=completed&status=error")
    actions = served.bench.actions
    for id in made[:4]:
        actions._forget(uuid.UUID(id))
    newest = served.run("nothing")["id"]

    second = served.http.get(first.links["next"]["url"])

    assert [run["id"] for run in second.json()] == made[4:7]
    third = served.http.get(second.links["next"]["url"]).json()
    assert [run["id"] for run in third] == [newest]


def test_whole_ones_are_listed_where_that_is_asked_for(runs):
    served, made = runs

    found = served.http.get("/action_invocations?full=true&limit=3").json()

    assert [run["output"] for run in found] == [0, None, None]
    assert found[2]["error"]["detail"] == "bang"
    assert found[0] == served.http.get(f"/action_invocations/{made[0]}").json()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("status=done", "status"),
        ("order=up", "order"),
        ("full=maybe", "full"),
        ("after=x", "after"),
        ("after=1-" + "z" * 36, "after"),
    ],
)
@pytest.mark.parametrize("path", ["/action_invocations", "/probe/zero"])
def test_a_query_that_means_nothing_is_refused_in_fastapis_words(served, path, query, name):
    answer = served.http.get(f"{path}?{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", name]
