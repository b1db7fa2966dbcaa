"""What a question leaves out beside the choices; no widgets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QLocale

from app.archive.records import FileQuery, FileState
from ui.archive.narrowing import Narrowing, Part, narrowed, typed_value, with_words

RUN = UUID("12345678-1234-5678-1234-567812345678")
SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def test_each_part_is_asked_for_in_its_place_and_the_rest_stays() -> None:
    query = narrowed(
        FileQuery(thing="camera", state=FileState.TRASHED),
        [
            Narrowing(Part.ACTION, "snap"),
            Narrowing(Part.SESSION, "Monday"),
            Narrowing(Part.OPERATOR, "Ada"),
            Narrowing(Part.META, "10x", "lens"),
            Narrowing(Part.META, 3, "stage.z"),
            Narrowing(Part.SETTING, 25.0, "camera.exposure"),
        ],
    )
    assert query == FileQuery(
        thing="camera",
        state=FileState.TRASHED,
        action="snap",
        session="Monday",
        operator="Ada",
        meta={"lens": "10x", "stage.z": 3},
        settings={"camera.exposure": 25.0},
    )


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("  onion skin ", FileQuery(text="onion skin")),
        (SHA256, FileQuery(sha256=SHA256)),
        (f" {SHA256.upper()} ", FileQuery(sha256=SHA256)),
        (str(RUN), FileQuery(run=RUN)),
        (SHA256[:-1], FileQuery(text=SHA256[:-1])),
        ("", FileQuery()),
    ],
)
def test_a_run_and_a_content_are_found_by_their_own(typed: str, asked: FileQuery) -> None:
    assert with_words(FileQuery(), typed) == asked


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("25", 25),
        (" 25.5 ", 25.5),
        ("true", True),
        ("null", None),
        ('"25"', "25"),
        ("[1, 2]", [1, 2]),
        ("2x2", "2x2"),
        ("", ""),
    ],
)
def test_a_value_is_what_it_reads_like(typed: str, value: Any) -> None:
    found = typed_value(typed)
    assert found == value
    assert type(found) is type(value)


def test_a_number_may_be_written_as_people_here_do() -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German))
    try:
        assert typed_value("25,5") == 25.5
    finally:
        QLocale.setDefault(before)


def test_it_is_said_in_words_of_one_line() -> None:
    assert Narrowing(Part.SESSION, "Mon\nday").words == "Session: Mon day"
    assert Narrowing(Part.META, 3, "stage.z").words == "stage.z: 3"
    setting = Narrowing(Part.SETTING, 25.0, "camera.exposure", "25.0 ms", "Exposure, Camera")
    assert setting.words == "Exposure, Camera: 25.0 ms"
