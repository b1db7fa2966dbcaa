"""Records of the archive over HTTP: made, found, changed, thrown away and brought back."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import update

from app.database.archive_tables import files

BOTH_DATABASES = True


def test_a_record_comes_first_and_its_content_after(keeping):
    draft = keeping.draft(
        "onion skin", extension="txt", meta={"lens": "10x"}, tags=["Skin"], notes="first try"
    )

    assert draft["state"] == "draft"
    assert (draft["size"], draft["sha256"], draft["version"]) == (None, "", 0)
    file = keeping.http.put(f"/archive/{draft['id']}/content", content=b"cells").json()

    assert (file["state"], file["size"], file["version"]) == ("linked", 5, 1)
    assert (file["name"], file["extension"], file["media_type"]) == (
        "onion skin",
        "txt",
        "text/plain",
    )
    assert (file["meta"], file["tags"], file["notes"]) == ({"lens": "10x"}, ["Skin"], "first try")
    assert keeping.http.get(file["uri"]).text == "cells"


def test_files_are_found_by_all_that_is_known_of_them(keeping):
    mark = uuid.uuid4().hex
    wanted = keeping.file(name=f"{mark} a", tags=["Skin", "onion"], meta={"stage": {"z": 3}})
    keeping.file(name=f"{mark} b", tags=["onion"], meta={"stage": {"z": 4}})
    keeping.draft(f"{mark} c")

    def found(**query: object) -> list[str]:
        answer = keeping.http.get("/archive", params={"text": mark, **query})
        assert answer.status_code == 200, answer.text
        return [file["id"] for file in answer.json()["files"]]

    assert len(found()) == 2
    assert found(tag=["skin", "ONION"]) == [wanted["id"]]
    assert found(**{"meta.stage.z": "3"}) == [wanted["id"]]
    assert found(**{"meta.stage.z": '"3"'}) == []
    assert len(found(state="any")) == 3
    assert found(sha256=wanted["sha256"], oldest_first="true")[0] == wanted["id"]
    assert found(media_type="image/*") == []
    assert found(since="2100-01-01T00:00:00Z") == []


def test_pages_lead_to_the_next_and_tell_how_many_there_are(keeping):
    mark = uuid.uuid4().hex
    made = [keeping.file(name=f"{mark} {number}")["id"] for number in range(5)]

    first = keeping.http.get("/archive", params={"text": mark, "limit": 2, "total": "true"})
    page = first.json()
    seen = [file["id"] for file in page["files"]]
    assert page["total"] == 5
    while first.links:
        first = keeping.http.get(first.links["next"]["url"])
        seen += [file["id"] for file in first.json()["files"]]

    assert seen == made[::-1]
    assert first.json()["next"] is None


def test_a_list_is_never_older_than_the_last_change_that_was_answered(keeping):
    mark = uuid.uuid4().hex
    for number in range(20):
        id = keeping.file(name=f"{mark} {number}")["id"]
        listed = keeping.http.get("/archive", params={"text": mark}).json()["files"]
        assert listed[0]["id"] == id
        assert len(listed) == number + 1
        keeping.http.patch(f"/archive/{id}", json={"notes": "seen"})
        again = keeping.http.get("/archive", params={"text": mark}).json()["files"]
        assert again[0]["notes"] == "seen"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("wrong=1", "Not known"),
        ("limit=0", "from 1 to 1000"),
        ("limit=5&limit=6", "given once"),
        ("after=x", "'next' of a page"),
        ("state=lost", "draft, linked, trashed, any"),
        ("since=yesterday", "a time with its zone"),
        ("sha256=12", "64 digits"),
        ("media_type=png", "image/png"),
        ("run=1", "valid UUID"),
        ("text=" + "a" * 201, "at most 200 characters"),
        ("text=" + "+".join("abcdefghijklmnopqrstu"), "at most 20 words"),
        ("total=1", "true or false"),
    ],
)
def test_what_a_query_says_wrongly_is_said_with_its_place(keeping, query, said):
    answer = keeping.http.get(f"/archive?{query}")

    assert answer.status_code == 422
    fault = answer.json()["detail"][0]
    assert fault["loc"] == ["query", query.partition("=")[0]]
    assert said in fault["msg"]


@pytest.mark.parametrize(
    "media_type",
    ["текст/plain", "text/html\r\nX-Evil: 1", "text", "a/" + "b" * 70, "image/png; \0"],
)
def test_what_is_no_media_type_is_refused(keeping, media_type):
    answer = keeping.http.post("/archive", json={"name": "a", "media_type": media_type})

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "media_type"]


def test_a_media_type_of_long_ago_that_is_none_keeps_nobody_from_reading(keeping):
    file = keeping.file(b"text")
    keeping.bench.opened_archive.write(
        lambda connection: connection.execute(
            update(files)
            .where(files.c.id == uuid.UUID(file["id"]))
            .values(media_type="текст/plain\r\nX-Evil: 1")
        )
    )

    answer = keeping.http.get(f"/archive/{file['id']}/content")

    assert (answer.status_code, answer.content) == (200, b"text")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "x-evil" not in answer.headers
    assert keeping.http.get(f"/archive/{file['id']}/export").status_code == 200


def test_nobody_undoes_unseen_what_somebody_else_has_changed(keeping):
    path = f"/archive/{keeping.file()['id']}"
    seen = keeping.http.get(path).headers["etag"]
    mine = keeping.http.patch(path, json={"notes": "mine"}, headers={"if-match": seen})
    assert mine.status_code == 200

    for method, body in (("PATCH", {"notes": "not seen"}), ("DELETE", None)):
        theirs = keeping.http.request(method, path, json=body, headers={"if-match": seen})
        assert theirs.status_code == 412
        assert "changed" in theirs.json()["detail"]
    assert keeping.http.get(path).json()["notes"] == "mine"

    now = mine.headers["etag"]
    assert keeping.http.get(path).headers["etag"] == now
    again = keeping.http.patch(path, json={"notes": "both"}, headers={"if-match": now})
    assert again.json()["notes"] == "both"


def test_what_is_said_about_a_file_can_be_changed_but_not_its_hash(keeping):
    file = keeping.file()

    changed = keeping.http.patch(
        f"/archive/{file['id']}", json={"name": "other", "tags": ["a"], "meta": {"z": 1}}
    ).json()
    assert (changed["name"], changed["tags"], changed["meta"]) == ("other", ["a"], {"z": 1})
    assert changed["notes"] == file["notes"]

    for name in ("sha256", "hash", "size", "state", "id", "provenance", "version"):
        answer = keeping.http.patch(f"/archive/{file['id']}", json={name: "0" * 64})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", name]
        assert keeping.http.post("/archive", json={name: "0" * 64}).status_code == 422
    assert keeping.http.get(f"/archive/{file['id']}").json() == changed


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"name": "a" * 1001}, "name"),
        ({"name": 3}, "name"),
        ({"tags": "a"}, "tags"),
        ({"tags": ["a" * 101]}, "tags"),
        ({"meta": []}, "meta"),
        ({"notes": "a" * 100_001}, "notes"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_its_place(keeping, given, place):
    file = keeping.file()

    for answer in (
        keeping.http.patch(f"/archive/{file['id']}", json=given),
        keeping.http.post("/archive", json=given),
    ):
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", place]
    assert keeping.http.get(f"/archive/{file['id']}").json() == file


def test_a_file_is_deleted_only_from_the_trash_and_can_come_back_from_there(keeping):
    path = f"/archive/{keeping.file()['id']}"

    refused = keeping.http.delete(path)
    assert refused.status_code == 409
    assert "not in the trash" in refused.json()["detail"]
    assert keeping.http.post(f"{path}/trash").json()["state"] == "trashed"
    assert keeping.http.post(f"{path}/restore").json()["state"] == "linked"
    keeping.http.post(f"{path}/trash")

    assert keeping.http.delete(path).status_code == 200
    gone = keeping.http.get(path)
    assert gone.status_code == 404
    assert gone.headers["content-type"] == "application/problem+json"
    assert gone.json()["type"].endswith("#FileNotKeptError")


def test_it_is_known_what_was_done_to_a_file_and_by_whom(keeping):
    path = f"/archive/{keeping.file()['id']}"
    keeping.http.put(f"{path}/content", content=b"more cells")
    keeping.http.post(f"{path}/trash")

    versions = keeping.http.get(f"{path}/versions").json()
    events = keeping.http.get(f"{path}/events").json()

    assert [(each["version"], each["size"]) for each in versions] == [(1, 10), (2, 10)]
    assert [each["what"] for each in events] == ["created", "linked", "linked", "trashed"]
    assert {each["who"] for each in events} == {"network 127.0.0.1"}


def test_tags_and_room_are_told(keeping):
    mark = uuid.uuid4().hex
    keeping.file(tags=[mark])

    assert keeping.http.get("/archive/tags").json()[mark] == 1
    usage = keeping.http.get("/archive/usage").json()
    assert usage["files"] >= 1
    assert usage["bytes"] >= 10
    assert usage["low"] == ""


@pytest.mark.parametrize(
    "name",
    [
        "../../../escape",
        "/etc/passwd",
        "..",
        "a/b",
        "a\\b",
        "CON",
        "name\x00with\nlines",
        "\u202egnp.exe",
        "x" * 300,
        "ünïcödé 日本 🔬",
        " ",
        "?#%",
    ],
)
def test_whatever_a_file_is_called_it_is_kept_and_fetched_by_its_address(keeping, name):
    file = keeping.file(b"cells of " + name.encode(), name)

    fetched = keeping.http.get(file["uri"])
    assert fetched.content == b"cells of " + name.encode()
    called = fetched.headers["content-disposition"]
    assert called.startswith("inline; filename*=UTF-8''")
    assert not {"/", "\\", "\n"} & set(called.removeprefix("inline; filename*="))
    archive = keeping.bench.opened_archive
    assert archive.path_of(uuid.UUID(file["id"])).is_relative_to(archive.store.objects)


def test_below_a_prefix_addresses_lead_where_they_should(keeping_at, tmp_path):
    kept = keeping_at(tmp_path, prefix="/lab")
    id = kept.http.post("/lab/archive", json={"name": "cells"}).json()["id"]
    file = kept.http.put(f"/lab/archive/{id}/content", content=b"cells").json()

    assert file["uri"].startswith("/lab/files/")
    assert kept.http.get(file["uri"]).text == "cells"
    assert kept.http.get("/lab/archive").json()["files"][0]["uri"] == file["uri"]


def test_a_bench_that_keeps_no_files_says_so(served):
    for answer in (
        served.http.get("/archive"),
        served.http.post("/archive", json={"name": "a"}),
        served.http.get(f"/archive/{uuid.uuid4()}"),
        served.http.get(f"/files/{uuid.uuid4()}"),
    ):
        assert answer.status_code == 503
        assert "keeps no files" in answer.json()["detail"]
