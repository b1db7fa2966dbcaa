from __future__ import annotations

import gc
import threading
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

import things.blob_data
from things import (
    Blob,
    BlobArray,
    BlobBytes,
    BlobData,
    BlobDataManager,
    BlobFile,
    CsvBlob,
    ImageBlob,
    JpegBlob,
    NpzBlob,
    PngBlob,
    TextBlob,
    Thing,
    TiffBlob,
    action,
    blob_type,
    blobdata_to_url_ctx,
    url_to_blobdata_ctx,
)
from things.blobs import LOCAL_HREF, media_type_fits

HREF = "http://here:7170/blob/"


@pytest.fixture
def manager() -> BlobDataManager:
    return BlobDataManager()


@pytest.fixture
def links(manager: BlobDataManager) -> Iterator[None]:
    """A blob context, as the server makes one for each request."""

    def follow(url: str) -> BlobData:
        return manager.get_blob(uuid.UUID(url.removeprefix(HREF)))

    outwards = blobdata_to_url_ctx.set(lambda data: f"{HREF}{manager.add_blob(data)}")
    inwards = url_to_blobdata_ctx.set(follow)
    yield
    blobdata_to_url_ctx.reset(outwards)
    url_to_blobdata_ctx.reset(inwards)


# Media types of classes (H03 to H06, H15).


def test_a_subclass_says_its_media_type_with_and_without_an_annotation():
    class Plain(Blob):
        media_type = "image/x-plain"

    class Annotated(Blob):
        media_type: str = "image/x-annotated"

    class Narrow(Blob):
        media_type: Literal["image/x-narrow"] = "image/x-narrow"

    for cls, media_type in (
        (Plain, "image/x-plain"),
        (Annotated, "image/x-annotated"),
        (Narrow, "image/x-narrow"),
    ):
        assert cls.default_media_type() == media_type
        assert cls.from_bytes(b"x").media_type == media_type
        assert cls.from_bytes(b"x").data.media_type == media_type


def test_a_subclass_of_a_subclass_inherits_or_changes_it():
    class Tagged(PngBlob):
        pass

    class Other(PngBlob):
        media_type = "image/x-other"

    assert Tagged.default_media_type() == "image/png"
    assert Other.default_media_type() == "image/x-other"
    assert PngBlob.default_media_type() == "image/png"


def test_a_mistyped_attribute_is_not_taken_in_silence():
    with pytest.raises(Exception, match="non-annotated attribute"):

        class Wrong(Blob):
            mediatype = "image/png"


def test_blob_itself_is_anything():
    assert Blob.default_media_type() == "*/*"
    assert Blob.from_bytes(b"").media_type == "*/*"


def test_a_blob_is_a_model_with_four_fields():
    assert issubclass(Blob, BaseModel)
    assert set(Blob.model_fields) == {"href", "media_type", "rel", "description"}
    blob = Blob.from_bytes(b"")
    assert blob.href == LOCAL_HREF == "blob://local"
    assert blob.rel == "output"
    assert "fetched" in blob.description


def test_blob_type_makes_a_subclass():
    cls = blob_type("text/plain")
    assert issubclass(cls, Blob)
    assert cls.__name__ == "text_plain_blob"
    assert cls.default_media_type() == "text/plain"
    assert cls.from_bytes(b"hello").content == b"hello"
    assert blob_type("image/svg+xml").default_media_type() == "image/svg+xml"


@pytest.mark.parametrize(
    "media_type",
    ['text/"plain', "text/pl'ain", "text\\plain", "text", "", "a/b/c", "a/b\n", "a b/c"],
)
def test_what_is_no_media_type_is_refused(media_type):
    with pytest.raises(ValueError, match="is no media type"):
        blob_type(media_type)


# Stores (H02, H07 to H10).


def test_the_stores_are_blob_data(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"x")
    assert isinstance(BlobBytes(b"x", "text/plain"), BlobData)
    assert isinstance(BlobFile(file, "text/plain"), BlobData)
    assert not isinstance(object(), BlobData)


def store(kind: str, folder: Path) -> Blob:
    if kind == "memory":
        return TextBlob.from_bytes(b"hello there")
    if kind == "file":
        (folder / "here.txt").write_bytes(b"hello there")
        return TextBlob.from_file(folder / "here.txt")
    temporary = TemporaryDirectory(dir=folder)
    (Path(temporary.name) / "there.txt").write_bytes(b"hello there")
    return TextBlob.from_temporary_directory(temporary, "there.txt")


@pytest.mark.parametrize("kind", ["memory", "file", "temporary"])
def test_every_way_to_the_data_gives_the_same_bytes(tmp_path, kind):
    blob = store(kind, tmp_path)
    blob.save(tmp_path / "saved.txt")
    blob.save(str(tmp_path / "saved too.txt"))
    with blob.open() as one, blob.open() as other:
        assert one.read(5) == b"hello"
        assert other.read() == b"hello there"
        one.seek(0)
        assert one.read() == b"hello there"
    assert blob.content == b"hello there"
    assert (tmp_path / "saved.txt").read_bytes() == b"hello there"
    assert (tmp_path / "saved too.txt").read_bytes() == b"hello there"
    assert blob.href == LOCAL_HREF
    assert blob.data.media_type == "text/plain"
    assert blob.data.id is None
    assert blob.data.size == 11  # type: ignore[attr-defined]  # all of ours have it


def test_a_file_that_is_not_there_is_said_at_once(tmp_path):
    with pytest.raises(IOError, match=r"There is no file .*gone\.txt"):
        TextBlob.from_file(tmp_path / "gone.txt")
    with pytest.raises(IOError, match="There is no file"):
        BlobFile(tmp_path, "text/plain")
    folder = TemporaryDirectory(dir=tmp_path)
    with folder, pytest.raises(IOError, match="There is no file"):
        TextBlob.from_temporary_directory(folder, "gone.txt")


def test_a_file_store_keeps_what_it_is_told_to(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    data = BlobFile(tmp_path / "a", "text/plain", camera="left")
    assert data.camera == "left"  # type: ignore[attr-defined]  # that is what it is for
    assert data.file_path == tmp_path / "a"


def test_a_temporary_directory_lives_as_long_as_the_data_and_goes_quietly(tmp_path):
    blob = store("temporary", tmp_path)
    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    gc.collect()
    assert blob.content == b"hello there"

    data = blob.data
    del blob
    gc.collect()
    assert folder.exists()
    assert data.content == b"hello there"

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        del data
        gc.collect()
    assert not folder.exists()
    assert warned == []


def test_a_temporary_directory_outlives_an_answer_that_is_being_sent(tmp_path):
    blob = store("temporary", tmp_path)
    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    response = blob.response()
    del blob
    gc.collect()
    assert folder.exists()
    del response
    gc.collect()
    assert not folder.exists()


def test_a_link_without_data_says_so():
    blob = Blob.model_construct(href="http://elsewhere/blob/1", media_type="text/plain")
    with pytest.raises(ValueError, match="has no data here"):
        _ = blob.data
    with pytest.raises(ValueError, match="has no data here"):
        _ = blob.content


# Pictures.


def test_a_picture_is_encoded_when_asked_for_and_only_once(monkeypatch):
    calls: list[str] = []

    def encode(array: Any, media_type: str, **_more: Any) -> bytes:
        calls.append(media_type)
        threading.Event().wait(0.1)  # long enough for all others to come in, if they could
        return b"encoded"

    monkeypatch.setattr(things.blob_data, "encode_image", encode)
    blob = PngBlob.from_array(np.zeros((2, 3), np.uint16), pixel_size_um=0.5, full_scale=4095)
    data = blob.data
    assert isinstance(data, BlobArray)
    assert (data.size, calls) == (None, [])
    assert (data.pixel_size_um, data.full_scale, data.array.shape) == (0.5, 4095, (2, 3))

    begin = threading.Barrier(4)

    def fetch() -> None:
        begin.wait()
        assert blob.content == b"encoded"

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["image/png"]
    assert data.size == 7
    with blob.open() as file:
        assert file.read() == b"encoded"


def test_the_array_of_a_picture_cannot_be_written_to_any_more():
    array = np.zeros((2, 3), np.uint8)
    PngBlob.from_array(array)
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1


@pytest.mark.parametrize(
    ("cls", "array"),
    [
        (PngBlob, np.zeros((2, 3), np.float32)),
        (PngBlob, np.zeros((2, 3, 3), np.uint16)),
        (PngBlob, np.zeros((5, 2, 4), np.uint8)),
        (PngBlob, np.zeros(3, np.uint8)),
        (PngBlob, np.zeros((0, 3), np.uint8)),
        (JpegBlob, np.zeros((2, 3), np.float32)),
        (TiffBlob, np.zeros((2, 3), np.float64)),
        (TiffBlob, np.zeros((2, 2, 2, 2), np.uint8)),
        (ImageBlob, np.zeros((2, 3), np.uint8)),
    ],
)
def test_what_a_format_cannot_hold_is_refused_in_the_action_not_at_the_download(cls, array):
    with pytest.raises(ValueError, match="cannot"):
        cls.from_array(array)


def test_arrays_go_into_an_archive_and_come_back():
    blob = NpzBlob.from_arrays(x=np.arange(3), y=np.linspace(0, 1, 3))
    assert blob.media_type == "application/x-npz"
    with blob.open() as file, np.load(file) as archive:
        assert archive["x"].tolist() == [0, 1, 2]
        assert archive["y"].tolist() == [0.0, 0.5, 1.0]


def test_the_kinds_that_come_along_have_their_media_types():
    kinds = {PngBlob, JpegBlob, TiffBlob, CsvBlob, NpzBlob, TextBlob}
    assert {kind.default_media_type() for kind in kinds} == {
        "image/png",
        "image/jpeg",
        "image/tiff",
        "text/csv",
        "application/x-npz",
        "text/plain",
    }


# In and out of JSON (H11 to H14).


def test_in_json_a_blob_is_a_link_of_exactly_four_keys(links, manager):
    blob = PngBlob.from_bytes(b"x")
    described = blob.model_dump()
    assert list(described) == ["href", "media_type", "rel", "description"]
    assert described["href"] == f"{HREF}{blob.data.id}"
    assert described["media_type"] == "image/png"
    assert blob.data.id is not None
    assert manager.get_blob(blob.data.id) is blob.data


def test_written_twice_it_has_the_same_address(links):
    blob = PngBlob.from_bytes(b"x")
    assert blob.model_dump_json() == blob.model_dump_json()
    assert blob.href == LOCAL_HREF


def test_blobs_inside_models_and_lists_have_one_address_each(links):
    class Report(BaseModel):
        pictures: list[PngBlob]
        table: CsvBlob | None = None

    one, other = PngBlob.from_bytes(b"1"), PngBlob.from_bytes(b"2")
    table = CsvBlob.from_bytes(b"3")
    described = Report(pictures=[one, other, one], table=table).model_dump(mode="json")
    addresses = [picture["href"] for picture in described["pictures"]]
    assert addresses == [f"{HREF}{blob.data.id}" for blob in (one, other, one)]
    assert described["table"]["href"] == f"{HREF}{table.data.id}"
    assert len({*addresses, described["table"]["href"]}) == 3


def test_an_address_elsewhere_passes_through(links):
    blob = PngBlob.model_construct(href="http://elsewhere/blob/1", media_type="image/png")
    assert blob.model_dump()["href"] == "http://elsewhere/blob/1"


def test_outside_a_blob_context_there_is_no_address():
    blob = PngBlob.from_bytes(b"x")
    with pytest.raises(LookupError):
        blob.to_dict()
    with pytest.raises(PydanticSerializationError):
        blob.model_dump()


def test_a_link_to_one_of_ours_gives_the_very_same_data(links):
    blob = PngBlob.from_bytes(b"x")
    again = PngBlob.model_validate(blob.model_dump())
    assert again.data is blob.data
    assert again.href == LOCAL_HREF
    assert again.model_dump() == blob.model_dump()


def test_a_link_outside_a_blob_context_cannot_be_followed():
    with pytest.raises(LookupError):
        PngBlob(href=f"{HREF}{uuid.uuid4()}")


def test_a_local_address_without_data_is_refused(links):
    with pytest.raises(ValidationError, match="a Blob with a local address needs its data"):
        PngBlob(href=LOCAL_HREF)


def test_a_link_of_another_media_type_is_refused(links):
    described = TextBlob.from_bytes(b"x")
    link = described.model_dump()
    with pytest.raises(ValidationError, match="is text/plain, where image/png is wanted"):
        PngBlob.model_validate({"href": link["href"]})
    with pytest.raises(ValidationError, match="is text/plain, where image/png is wanted"):
        Blob.model_validate({**link, "media_type": "image/png"})
    assert Blob.model_validate(link).media_type == "text/plain"


def test_a_general_kind_takes_a_special_one(links):
    picture = PngBlob.from_bytes(b"x")
    assert ImageBlob.model_validate(picture.model_dump()).media_type == "image/png"
    assert Blob.model_validate({"href": picture.model_dump()["href"]}).media_type == "image/png"


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        ("image/png", "image/png", True),
        ("image/png", "image/*", True),
        ("image/png", "*/*", True),
        ("*/*", "image/png", True),
        ("text/plain; charset=utf-8", "text/plain", True),
        ("image/png", "image/jpeg", False),
        ("text/plain", "image/*", False),
        ("image", "image/*", False),
        ("", "*/*", False),
    ],
)
def test_media_types_fit_with_stars_and_parameters(given, wanted, fits):
    assert media_type_fits(given, wanted) is fits


def test_a_blob_from_python_passes_a_model_without_any_context():
    class Job(BaseModel):
        image: PngBlob

    blob = PngBlob.from_bytes(b"x")
    assert Job(image=blob).image is blob
    with pytest.raises(ValidationError):
        Job(image=TextBlob.from_bytes(b"x"))  # type: ignore[arg-type]  # the test


def test_the_schema_of_a_blob_says_its_media_type():
    schema = PngBlob.model_json_schema()
    assert schema["properties"]["media_type"]["const"] == "image/png"
    assert schema["properties"]["href"]["format"] == "uri"
    assert schema["required"] == ["href"]
    assert Blob.model_json_schema()["properties"]["media_type"]["default"] == "*/*"


# The manager (I01 to I03, I05).


def test_data_that_nobody_holds_is_forgotten(manager):
    blob = PngBlob.from_bytes(b"x")
    id = manager.add_blob(blob.data)
    assert manager.get_blob(id) is blob.data
    del blob
    gc.collect()
    with pytest.raises(KeyError):
        manager.get_blob(id)


@pytest.mark.parametrize("kind", ["memory", "file", "temporary"])
def test_all_stores_can_be_held_weakly(manager, tmp_path, kind):
    blob = store(kind, tmp_path)
    id = manager.add_blob(blob.data)
    assert manager.get_blob(id).content == b"hello there"
    del blob
    gc.collect()
    with pytest.raises(KeyError):
        manager.get_blob(id)


def test_data_has_one_id_and_one_manager(manager):
    data = BlobBytes(b"x", "text/plain")
    id = manager.add_blob(data)
    assert data.id == id
    assert manager.add_blob(data) == id
    assert manager.add_blob(BlobBytes(b"x", "text/plain")) != id
    with pytest.raises(ValueError, match="another manager"):
        BlobDataManager().add_blob(data)


def test_an_unknown_id_is_a_key_error(manager):
    with pytest.raises(KeyError):
        manager.get_blob(uuid.uuid4())


def test_threads_adding_the_same_data_get_the_same_id(manager):
    data = BlobBytes(b"x", "text/plain")
    ids: list[uuid.UUID] = []
    begin = threading.Barrier(8)

    def add() -> None:
        begin.wait()
        ids.append(manager.add_blob(data))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_an_action_returns_a_blob_and_holds_nothing_of_it():
    class Camera(Thing):
        @action
        def snap(self) -> PngBlob:
            return PngBlob.from_array(np.zeros((2, 3), np.uint8))

    camera = Camera()
    assert camera.snap().content.startswith(b"\x89PNG")
