"""The demo bench's file names Things that exist, take its arguments and fit together."""

from __future__ import annotations

import importlib
import json
import tomllib
from typing import Any

import pytest

from resources import resource
from things import Thing, thing_description


@pytest.fixture
def things() -> dict[str, Thing]:
    bench: dict[str, Any] = tomllib.loads(resource("benches/demo.toml").read_text("utf-8"))
    made: dict[str, Thing] = {}
    for name, table in bench["things"].items():
        module, _, cls = table["class"].partition(":")
        made[name] = getattr(importlib.import_module(module), cls)(**table["args"])
    return made


def test_every_thing_can_be_made_and_described(things: dict[str, Thing]) -> None:
    assert list(things) == ["camera", "stage", "thermostat", "spectrometer"]
    for thing in things.values():
        described = thing_description(thing)
        assert json.loads(json.dumps(described)) == described
        assert described["description"]
        for affordance in (*described["properties"].values(), *described["actions"].values()):
            assert affordance["description"]


def test_the_stage_fits_the_cameras_slot(things: dict[str, Thing]) -> None:
    camera, stage = things["camera"], things["stage"]

    camera.stage = stage  # type: ignore[attr-defined] # its class is known to the file alone

    assert camera.stage.position.x == 12.48  # type: ignore[attr-defined] # as above
