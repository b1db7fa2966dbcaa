from __future__ import annotations

import asyncio
import gc
import hashlib
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from pydantic import BaseModel

from app.server.blob_context import BlobAddresses, BlobIOContextDep
from things import Blob, BlobDataManager, NoBlobManagerError, TextBlob
from things.blobs import blobdata_to_url_ctx, url_to_blobdata_ctx

SIZE = 300_000
CONTENT = bytes(i % 251 for i in range(SIZE))


@pytest.fixture(params=["big", "snap_to_disk"])
def blob(request, served):
    """A blob in memory, and one on disk."""
    return served.run(request.param, {"size": SIZE})["output"]


def test_a_blob_is_a_link_of_four_fields(served):
    output = served.run("snap")["output"]

    assert set(output) == {"href", "media_type", "rel", "description"}
    assert (output["media_type"], output["rel"]) == ("image/png", "output")
    assert output["href"].startswith(f"{served.url}/blob/")
    uuid.UUID(output["href"].rsplit("/", 1)[1])


def test_the_picture_opens(served):
    invocation = served.run("snap", {"width": 12})

    for href in (invocation["output"]["href"], invocation["href"] + "/output"):
        answer = served.http.get(href)
        assert answer.headers["content-type"] == "image/png"
        picture = Image.open(io.BytesIO(answer.content))
        assert picture.size == (12, 12)
        assert np.asarray(picture)[0, 0] == 77


def test_asking_again_gives_the_same_address(served):
    invocation = served.run("snap")

    assert served.http.get(invocation["href"]).json()["output"] == invocation["output"]


def test_all_of_it_comes(served, blob):
    answer = served.http.get(blob["href"])

    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        ("bytes=-5", SIZE - 5, SIZE - 1),
        (f"bytes=10-{SIZE * 2}", 10, SIZE - 1),
    ],
)
def test_a_part_of_it_comes(served, blob, asked, first, last):
    answer = served.http.get(blob["href"], headers={"range": asked})

    assert answer.status_code == 206
    assert answer.content == CONTENT[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"


def test_a_part_beyond_the_end_is_416(served, blob):
    answer = served.http.get(blob["href"], headers={"range": f"bytes={SIZE}-"})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_head_tells_size_and_etag(served, blob):
    head, whole = served.http.head(blob["href"]), served.http.get(blob["href"])

    assert head.content == b""
    assert head.headers["content-length"] == str(SIZE)
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize("asked", [[], [(b"range", b"bytes=5-9999999")]])
def test_bytes_are_sent_piece_by_piece_and_never_copied(asked):
    content = bytes(10 * 2**20)
    pieces: list[Any] = []

    async def send(message: Any) -> None:
        pieces.append(message.get("body", b""))

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    answer = TextBlob.from_bytes(content).response()
    asyncio.run(answer({"type": "http", "method": "GET", "headers": asked}, receive, send))

    sent = [piece for piece in pieces if len(piece)]
    assert max(len(piece) for piece in sent) <= 256 * 1024
    assert all(isinstance(piece, memoryview) and piece.obj is content for piece in sent)


def test_a_part_of_something_else_is_not_mixed_in(served, blob):
    stale = {"range": "bytes=0-9", "if-range": '"something else"'}

    assert served.http.get(blob["href"], headers=stale).status_code == 200


def test_many_may_fetch_it_at_once(served, blob):
    with httpx.Client(base_url=served.url, timeout=20) as http, ThreadPoolExecutor(8) as pool:
        digests = {
            hashlib.sha256(answer.content).digest()
            for answer in pool.map(lambda _: http.get(blob["href"]), range(32))
        }

    assert digests == {hashlib.sha256(CONTENT).digest()}


def test_an_unknown_blob_is_404_and_a_malformed_id_422(served):
    assert served.http.get(f"/blob/{uuid.uuid4()}").status_code == 404
    assert served.http.head(f"/blob/{uuid.uuid4()}").status_code == 404
    assert served.http.get("/blob/nonsense").status_code == 422


def test_a_page_in_a_blob_cannot_act_as_one_of_ours(served):
    answer = served.http.get(served.run("page")["output"]["href"])

    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_blob_goes_in_by_its_address(served):
    image = served.run("snap")["output"]

    measured = served.run("measure", {"image": image})
    echoed = served.run("echo", {"image": {"href": image["href"], "media_type": "image/png"}})

    assert measured["output"] == len(served.http.get(image["href"]).content)
    assert measured["input"]["image"] == image
    assert echoed["output"] == image  # the very same one


@pytest.mark.parametrize(
    "href",
    [
        "http://elsewhere.example/blob/{id}",
        "http://127.0.0.1:1/blob/{id}",
        "https://{host}/blob/{id}",
        "//{host}/blob/{id}",
        "http://{host}@elsewhere.example/blob/{id}",
        "http://user@{host}/blob/{id}",
        "http://{host}/blob/{id}/../x",
        "http://{host}/blob/{id}?x=1",
        "http://{host}/other/{id}",
        "http://{host}/blob/",
        "http://{host}/blob/00000000-0000-0000-0000-000000000000",
        "file:///etc/passwd",
        "blob://local",
        "blob://local/{id}",
        "",
    ],
)
def test_an_address_that_is_not_ours_is_refused_and_nothing_fetched(served, href):
    image = served.run("snap")["output"]
    id = image["href"].rsplit("/", 1)[1]
    host = served.url.removeprefix("http://")

    answer = served.http.post(
        "/probe/measure", json={"image": {"href": href.format(id=id, host=host)}}
    )

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", "image"]


def test_a_blob_of_another_kind_is_refused(served):
    text = served.run("big")["output"]

    answer = served.http.post("/probe/measure", json={"image": text})

    assert answer.status_code == 422
    assert "image/png" in answer.json()["detail"][0]["msg"]


def test_the_context_is_there_for_the_body_and_gone_after_an_error():
    addresses = BlobAddresses(BlobDataManager(), "http://here", "/lab")

    def fail() -> None:
        href = TextBlob.from_bytes(b"x").to_dict()["href"]
        assert href.startswith("http://here/lab/blob/")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        addresses.within(fail)
    with pytest.raises(LookupError):
        blobdata_to_url_ctx.get()
    with pytest.raises(LookupError):
        url_to_blobdata_ctx.get()


def test_an_address_dies_with_the_last_who_holds_the_blob():
    addresses = BlobAddresses(BlobDataManager(), "http://here")
    blob = TextBlob.from_bytes(b"x")
    href = addresses.url_of(blob.data)
    assert addresses.data_at(href) is blob.data

    del blob
    gc.collect()

    with pytest.raises(ValueError, match="no blob here"):
        addresses.data_at(href)


class Pair(BaseModel):
    left: TextBlob
    right: list[TextBlob]


def test_a_route_of_somebody_elses_gives_and_takes_blobs_by_the_dependency():
    app = FastAPI()
    app.state.blobs = BlobDataManager()
    app.state.prefix = ""
    kept = Pair(
        left=TextBlob.from_bytes(b"a"), right=[TextBlob.from_bytes(b"b"), TextBlob.from_bytes(b"c")]
    )

    @app.get("/pair")
    async def pair(_blobs: BlobIOContextDep) -> Pair:
        return kept

    @app.post("/size")
    async def size(blob: TextBlob, _blobs: BlobIOContextDep) -> int:
        return len(blob.content)

    async def use() -> tuple[Any, Any]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
            found = (await http.get("/pair")).json()
            return found, (await http.post("/size", json=found["right"][0])).json()

    found, size_of_one = asyncio.run(use())
    hrefs = [found["left"]["href"], *(each["href"] for each in found["right"])]

    assert size_of_one == 1
    assert len(set(hrefs)) == 3
    assert all(href.startswith("http://here/blob/") for href in hrefs)


def test_the_output_of_an_invocation_needs_a_context_but_its_result_does_not(served):
    served.run("snap")
    invocation = served.bench.actions.invocations[-1]

    assert isinstance(invocation.result, Blob)
    with pytest.raises(NoBlobManagerError):
        _ = invocation.output


def test_the_address_of_a_blob_follows_the_host_the_client_used(served):
    invocation = served.run("snap")
    port = served.url.rsplit(":", 1)[1]

    seen = served.http.get(invocation["href"], headers={"host": f"localhost:{port}"}).json()

    assert seen["output"]["href"] == invocation["output"]["href"].replace("127.0.0.1", "localhost")
    asked = served.http.post(
        "/probe/measure", json={"image": seen["output"]}, headers={"host": f"localhost:{port}"}
    )
    assert asked.status_code == 201
