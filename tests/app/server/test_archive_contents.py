"""Contents of the archive over HTTP: whole, in part, as pictures, as exports, as inputs."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from contextlib import ExitStack

import httpx
import numpy as np
import pytest
from PIL import Image

from app.server import zip_answer

BOTH_DATABASES = True

MIB = 2**20


@pytest.fixture(scope="module")
def content() -> bytes:
    return np.random.default_rng(1).bytes(3 * MIB + 17)


@pytest.fixture
def file(keeping, content):
    return keeping.file(content, extension="bin")


def test_a_content_comes_with_its_hash_and_is_not_sent_twice(keeping, file, content):
    path = f"/archive/{file['id']}/content"

    fetched = keeping.http.get(path)

    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    assert fetched.content == content
    assert fetched.headers["etag"] == etag
    assert fetched.headers["cache-control"] == "private, no-cache"
    assert fetched.headers["content-security-policy"].startswith("sandbox")
    known = keeping.http.get(path, headers={"if-none-match": etag})
    assert (known.status_code, known.content) == (304, b"")
    head = keeping.http.head(path)
    assert (head.headers["content-length"], head.content) == (str(len(content)), b"")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=1048570-1048590", 1048570, 1048590), ("bytes=-5", -5, None)],
)
def test_a_part_is_sent_where_a_part_is_asked_for(keeping, file, content, asked, first, last):
    path = f"/archive/{file['id']}/content"

    part = keeping.http.get(path, headers={"range": asked})

    wanted = content[first:] if last is None else content[first : last + 1]
    assert (part.status_code, part.content) == (206, wanted)
    begin = first % len(content)
    end = begin + len(wanted) - 1
    assert part.headers["content-range"] == f"bytes {begin}-{end}/{len(content)}"


def test_a_condition_that_does_not_hold_is_said(keeping, file, content):
    path, etag = f"/archive/{file['id']}/content", f'"{file["sha256"]}"'

    for tags, status in ((etag, 200), (f'"x", {etag}', 200), ("*", 200), ('"x"', 412)):
        answer = keeping.http.get(path, headers={"if-match": tags})
        assert (answer.status_code, answer.content) == (status, content if status == 200 else b"")
    head = keeping.http.head(path, headers={"range": "bytes=0-4"})
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(content)))


def test_a_part_of_another_content_is_not_sent(keeping, file, content):
    path = f"/archive/{file['id']}/content"

    other = keeping.http.get(path, headers={"range": "bytes=5-", "if-range": '"other"'})
    same = keeping.http.get(path, headers={"range": "bytes=5-", "if-range": f'"{file["sha256"]}"'})
    behind = keeping.http.get(path, headers={"range": f"bytes={len(content)}-"})

    assert (other.status_code, other.content) == (200, content)
    assert (same.status_code, same.content) == (206, content[5:])
    assert behind.status_code == 416
    assert behind.headers["content-range"] == f"bytes */{len(content)}"


def test_a_version_stays_what_it_is_for_ever(keeping, file, content):
    path = f"/archive/{file['id']}/content"
    keeping.http.put(path, content=b"other cells")

    first = keeping.http.get(path, params={"version": 1})

    assert first.content == content
    assert "immutable" in first.headers["cache-control"]
    assert keeping.http.get(path).content == b"other cells"
    assert keeping.http.get(path, params={"version": 3}).status_code == 404
    assert keeping.http.get(path, params={"version": 0}).status_code == 422


def test_a_draft_has_no_content_yet(keeping):
    answer = keeping.http.get(f"/archive/{keeping.draft()['id']}/content")

    assert answer.status_code == 409
    assert "nothing was put into" in answer.json()["detail"]


def test_a_file_that_is_trashed_and_deleted_while_it_is_sent_is_sent_to_its_end(
    keeping, file, content
):
    path = f"/archive/{file['id']}"

    with keeping.http.stream("GET", f"{path}/content") as answer:
        pieces = answer.iter_bytes(1000)
        begun = next(pieces)
        assert keeping.http.post(f"{path}/trash").status_code == 200
        assert keeping.http.delete(path).status_code == 200
        rest = b"".join(pieces)

    assert begun + rest == content


def test_a_content_that_is_gone_from_the_disk_is_a_clear_error(keeping):
    file = keeping.file(b"to be lost")
    archive = keeping.bench.opened_archive
    archive.store.path_of(file["sha256"]).unlink()

    answer = keeping.http.get(file["uri"])

    assert answer.status_code == 500
    assert "gone from the disk" in answer.json()["detail"]
    assert str(archive.folder) not in answer.text


def png(width: int = 300, height: int = 200) -> bytes:
    target = io.BytesIO()
    Image.fromarray(np.arange(width * height, dtype=np.uint16).reshape(height, width)).save(
        target, "PNG"
    )
    return target.getvalue()


def test_a_picture_has_a_small_picture(keeping):
    file = keeping.file(png(), extension="png")
    path = f"/archive/{file['id']}/thumbnail"

    small = keeping.http.get(path, params={"size": 64})

    assert small.headers["content-type"] == "image/png"
    assert max(Image.open(io.BytesIO(small.content)).size) <= 64
    known = keeping.http.get(
        path, params={"size": 64}, headers={"if-none-match": small.headers["etag"]}
    )
    assert known.status_code == 304
    for_ever = keeping.http.get(path, params={"size": 64, "version": 1})
    assert "immutable" in for_ever.headers["cache-control"]
    assert keeping.http.get(path, params={"size": 9999}).status_code == 422


def test_each_version_has_a_small_picture_of_its_own(keeping):
    file = keeping.file(png(300, 100), extension="png")
    path = f"/archive/{file['id']}/content"
    assert keeping.http.put(path, content=png(100, 300)).status_code == 200
    sizes = {}
    for version in (1, 2, None):
        asked: dict[str, int | str] = {"size": 64}
        if version is not None:
            asked["version"] = version
        small = keeping.http.get(f"/archive/{file['id']}/thumbnail", params=asked)
        sizes[version] = Image.open(io.BytesIO(small.content)).size

    assert sizes[1][0] > sizes[1][1]
    assert sizes[2][0] < sizes[2][1]
    assert sizes[None] == sizes[2]
    for wrong, status in (("99", 404), ("abc", 422), ("0", 422)):
        answer = keeping.http.get(f"/archive/{file['id']}/thumbnail", params={"version": wrong})
        assert answer.status_code == status


def test_what_is_no_picture_has_none(keeping, file):
    broken = keeping.file(b"\x89PNG\r\n\x1a\n and then nothing", extension="png")

    for each in (file, broken):
        answer = keeping.http.get(f"/archive/{each['id']}/thumbnail")
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


def test_files_are_exported_as_a_zip_with_a_manifest(keeping, file, content):
    other = keeping.file(b"other", "../evil", extension="txt", tags=["a"])
    ids = [file["id"], other["id"], file["id"]]

    by_get = keeping.http.get("/archive/export", params={"id": ids, "title": "Onion & skin"})
    by_post = keeping.http.post("/archive/export", json={"ids": ids})

    assert by_get.headers["content-disposition"].endswith("Onion%20%26%20skin.zip")
    for answer in (by_get, by_post):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert packed.testzip() is None
            assert packed.namelist() == ["cells.bin", "_evil.txt", "ro-crate-metadata.json"]
            assert packed.read("cells.bin") == content
            manifest = json.loads(packed.read("ro-crate-metadata.json"))
        kept = {each["@id"]: each for each in manifest["@graph"]}
        assert kept["cells.bin"]["sha256"] == file["sha256"]


def test_an_export_of_what_is_not_there_is_refused_before_it_begins(keeping, file):
    unknown = "00000000-0000-4000-8000-000000000000"

    some = {"id": [file["id"], unknown]}
    assert keeping.http.get("/archive/export", params=some).status_code == 404
    assert keeping.http.post("/archive/export", json={"ids": []}).status_code == 422
    assert keeping.http.get("/archive/export").status_code == 422
    draft = keeping.draft()["id"]
    assert keeping.http.post("/archive/export", json={"ids": [draft]}).status_code == 409


def test_an_export_that_nobody_reads_to_its_end_holds_up_nobody(keeping, file):
    for _ in range(4):
        with keeping.http.stream("GET", "/archive/export", params={"id": file["id"]}) as answer:
            next(answer.iter_raw(1000))

    whole = keeping.http.get("/archive/export", params={"id": file["id"]})

    assert zipfile.ZipFile(io.BytesIO(whole.content)).testzip() is None


def test_those_who_read_an_export_slowly_hold_up_nobody(keeping, content):
    large = [keeping.file(content + bytes([n]), extension="bin")["id"] for n in range(3)]
    small = keeping.file(b"small")["id"]
    with ExitStack() as slow:
        for _ in range(4):
            asked = {"id": large}
            answer = slow.enter_context(keeping.http.stream("GET", "/archive/export", params=asked))
            next(answer.iter_raw(1000))

        whole = keeping.http.get("/archive/export", params={"id": small}, timeout=20)

        assert zipfile.ZipFile(io.BytesIO(whole.content)).testzip() is None


def test_too_many_exports_at_once_are_told_to_come_later(keeping, file, monkeypatch):
    monkeypatch.setattr(zip_answer, "_packing", threading.BoundedSemaphore(1))
    asked = {"id": file["id"]}
    with keeping.http.stream("GET", "/archive/export", params=asked) as slow:
        next(slow.iter_raw(1000))

        refused = keeping.http.get("/archive/export", params=asked)

    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0


def test_a_file_whose_content_was_changed_on_the_disk_breaks_the_export(keeping, content):
    file, large = keeping.file(b"as it should be"), keeping.file(content)
    path = keeping.bench.opened_archive.store.path_of(file["sha256"])
    path.chmod(0o600)
    path.write_bytes(b"as it should NOT")

    alone = keeping.http.get("/archive/export", params={"id": file["id"]})

    assert alone.status_code == 500
    assert "damaged" in alone.json()["detail"]
    with pytest.raises(httpx.RemoteProtocolError):
        keeping.http.get("/archive/export", params={"id": [large["id"], file["id"]]})


def test_an_output_is_kept_with_how_it_was_made_and_its_settings_put_back(keeping):
    keeping.http.put("/probe/counter", json=3)
    run = keeping.run("snap")
    asked = {"invocation": run["id"], "tags": ["first"]}

    file = keeping.http.post("/archive/kept", json=asked)
    again = keeping.http.post("/archive/kept", json=asked)

    assert file.status_code == 201
    kept = file.json()
    assert again.json()["id"] == kept["id"]
    assert kept["provenance"]["run"] == run["id"]
    assert kept["provenance"]["settings"]["probe"]["counter"]["value"] == 3
    assert keeping.http.get(f"/archive/kept/{run['id']}").json() == [
        {"path": [], "file": kept["id"]}
    ]
    settings = f"/archive/{kept['id']}/settings"
    assert keeping.http.get(settings).json() == []
    keeping.http.put("/probe/counter", json=9)
    differing = {each["name"]: each for each in keeping.http.get(settings).json()}
    assert (differing["counter"]["then"], differing["counter"]["now"]) == (3, 9)
    restored = keeping.http.post(settings, json={"only": [["probe", "counter"]]}).json()
    assert [(each["name"], each["value"], each["error"]) for each in restored] == [
        ("counter", 3, "")
    ]
    assert keeping.http.get("/probe/counter").json() == 3


def test_an_output_that_is_not_there_cannot_be_kept(keeping):
    run = keeping.run("increment")

    def keep(body: object) -> int:
        return int(keeping.http.post("/archive/kept", json=body).status_code)

    assert keep({"invocation": run["id"]}) == 404
    assert keep({"invocation": "00000000-0000-4000-8000-000000000000"}) == 404
    assert keep({}) == 422
    assert keep({"invocation": run["id"], "path": "image"}) == 422


def test_a_picture_is_exported_with_how_it_was_made_in_it(keeping):
    run = keeping.run("snap")
    kept = keeping.http.post("/archive/kept", json={"invocation": run["id"]}).json()

    copy = keeping.http.get(f"/archive/{kept['id']}/export")

    assert run["id"] in str(Image.open(io.BytesIO(copy.content)).info)
    assert copy.headers["etag"] != f'"{kept["sha256"]}"'


@pytest.mark.parametrize("form", ["{uri}", "/files/{id}", "/archive/{id}/content", "{url}{uri}"])
def test_a_file_is_given_to_an_action_by_its_address(keeping, form):
    file = keeping.file(png(), "a/b", extension="png")
    href = form.format(**file, url=keeping.url)

    run = keeping.run("measure", {"image": {"href": href}})

    assert run["status"] == "completed"
    assert run["output"] == len(png())


@pytest.mark.parametrize("form", ["/archive/{id}", "/files/", "/files/{id}x", "//else{uri}"])
def test_an_address_that_is_none_of_a_file_is_refused(keeping, form):
    file = keeping.file(png(), extension="png")

    answer = keeping.http.post("/probe/measure", json={"image": {"href": form.format(**file)}})

    assert answer.status_code == 422


def test_a_file_of_another_kind_or_that_is_gone_is_refused(keeping):
    text, draft = keeping.file(extension="txt"), keeping.draft()

    for file in (text, draft, {"uri": "/files/00000000-0000-4000-8000-000000000000"}):
        answer = keeping.http.post("/probe/measure", json={"image": {"href": file["uri"]}})
        assert answer.status_code == 422


def test_what_is_said_of_an_output_is_kept_with_it_and_its_name_is_known_before(keeping):
    run = keeping.run("snap")
    stamp = {"operator": "Ada", "sample": "leek"}
    named = f"/archive/kept/{run['id']}/name"
    name = keeping.http.post(named, json={"stamp": stamp}).json()["name"]
    said = {"tags": ["good"], "notes": "in focus", "meta": {"folder": "x"}, "stamp": stamp}

    file = keeping.http.post("/archive/kept", json={"invocation": run["id"], **said}).json()

    assert file["name"] == name
    assert "leek" in name
    assert (file["notes"], file["meta"]) == ("in focus", {"folder": "x"})
    assert file["provenance"]["stamp"] == {**stamp, "session": ""}
    assert keeping.http.post(named, json={"stamp": {"sample": "x\ny"}}).status_code == 422
    assert keeping.http.post(named, json={"stamp": {"colour": "red"}}).status_code == 422
    assert keeping.http.post(named.replace(run["id"], file["id"])).status_code == 404
