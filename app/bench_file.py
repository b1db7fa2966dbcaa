"""Bench files: which Things there are, in which order, and what fills their slots.

TOML:

    title = "Demo bench"

    [things.camera]
    class = "things.simulated.camera:Camera"
    title = "Camera"            # shown instead of the class's own
    group = "Microscope"        # the heading it stands under
    args = { seed = 7 }         # keyword arguments of the class
    slots = { stage = "stage" } # who fills a slot; by default the Thing of the slot's name
    reconnect_s = 5.0           # when its device is lost, try again this often

    [[interlocks]]
    for = ["stage.move_*"]      # actions and properties to write
    requires = "lamp.power < 5" # what they need
    because = "It is too hot."  # comes first in a refusal

    [[keep]]
    thing = "camera"            # whose outputs are kept, and of which action
    action = "snap"

LabThings' JSON configuration (`{"things": {"camera": "module:Class", ...}}`) is read as well.
Whatever is wrong is said in one line: file, place, what was expected.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.bench_rules import TomlRule, place_of_rule, read_rules
from app.errors import BenchFileError
from app.interlocks.rules import Rule
from app.keep_rules import KeepRule, TomlKeepRule, read_keep_rules
from things.description import RESERVED_THINGS
from things.errors import ValueRefusedError
from things.schemas import said_plainly

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*$")
_CLASS = re.compile(r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")


@dataclass(frozen=True, slots=True)
class ThingSpec:
    """One Thing of a bench, as the file says it.

    Attributes:
        name: What the bench calls it.
        class_path: 'module:Class'.
        args: Keyword arguments.
        positional: Positional arguments (LabThings' `args`).
        title, group: For people.
        slots: Slot name to Thing name.
        reconnect_s: How often a lost device is tried again; None for only by click.
    """

    name: str
    class_path: str
    args: Mapping[str, Any] = field(default_factory=dict)
    positional: tuple[Any, ...] = ()
    title: str = ""
    group: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    reconnect_s: float | None = None


@dataclass(frozen=True, slots=True)
class BenchSpec:
    """A bench, as its file says it.

    Attributes:
        title: For people.
        things: In the order of the file.
        file: Where it was read, or None.
        interlocks: What actions and writes need; those that classes say themselves are not here.
        keep: Which outputs stay in the archive without a click.
    """

    title: str
    things: tuple[ThingSpec, ...]
    file: Path | None = None
    interlocks: tuple[Rule, ...] = ()
    keep: tuple[KeepRule, ...] = ()


class _TomlThing(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    class_path: str = Field(alias="class")
    args: dict[str, Any] = {}
    title: str = ""
    group: str = ""
    slots: dict[str, str] = {}
    reconnect_s: float | None = Field(default=None, gt=0)


class _TomlBench(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = ""
    things: dict[str, _TomlThing] = {}
    interlocks: list[TomlRule] = []
    keep: list[TomlKeepRule] = []


_RULES: Mapping[str, type[BaseModel]] = {"interlocks": TomlRule, "keep": TomlKeepRule}
"""What stands in the tables of rules."""


class _LabThingsThing(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    class_path: str = Field(alias="class")
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    thing_slots: dict[str, str | None] = {}


class _LabThingsBench(BaseModel):
    model_config = ConfigDict(extra="ignore")

    things: dict[str, _LabThingsThing]


def read_bench_file(file: Path) -> BenchSpec:
    """Read a bench file.

    Args:
        file: A `.toml` file, or LabThings' `.json` configuration.

    Raises:
        BenchFileError: It is not there, cannot be read, or something in it is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors begin with a byte order mark
    except FileNotFoundError:
        raise BenchFileError(file, "", "there is no such file") from None
    except UnicodeDecodeError:
        raise BenchFileError(file, "", "is not UTF-8 text; a bench file is TOML") from None
    except OSError as error:
        raise BenchFileError(file, "", f"cannot be read: {error.strerror}") from None
    read = _from_labthings if file.suffix.lower() == ".json" else _from_toml
    spec = read(file, text)
    for thing in spec.things:
        _check(file, text, thing, {other.name for other in spec.things})
    return spec


def _from_toml(file: Path, text: str) -> BenchSpec:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).rpartition(" (at ")
        reason = message or str(error)
        twice = re.match(r"Cannot (?:declare|overwrite).*'things', '([^']+)'", reason)
        if twice or reason == "Cannot overwrite a value":
            reason = f"two Things are called {twice[1]!r}" if twice else "a key is given twice"
            reason += "; every name may stand once"
        raise BenchFileError(file, place.rstrip(")"), reason) from None
    try:
        model = _TomlBench.model_validate(raw)
    except ValidationError as error:
        raise _explained(file, text, error, _TomlBench, _TomlThing) from None
    things = tuple(
        ThingSpec(
            name=name,
            class_path=thing.class_path,
            args=thing.args,
            title=thing.title,
            group=thing.group,
            slots=thing.slots,
            reconnect_s=thing.reconnect_s,
        )
        for name, thing in model.things.items()
    )
    rules = read_rules(file, text, model.interlocks, [*model.things])
    keep = read_keep_rules(file, text, model.keep, [*model.things])
    title = model.title or file.stem.replace("_", " ").capitalize()
    return BenchSpec(title, things, file, rules, keep)


def _from_labthings(file: Path, text: str) -> BenchSpec:
    try:
        raw = json.loads(text, object_pairs_hook=lambda pairs: _once(file, pairs))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BenchFileError(file, place, f"{error.msg}; JSON was expected") from None
    except RecursionError:
        raise BenchFileError(file, "", "is nested too deeply") from None
    if isinstance(raw, dict) and isinstance(raw.get("things"), dict):
        # "/a/" and "a" are one name, so they may not both stand there.
        named = _once(file, [(name.strip("/"), thing) for name, thing in raw["things"].items()])
        things = {
            name: {"class": thing} if isinstance(thing, str) else _renamed(thing)
            for name, thing in named.items()
        }
        raw = {**raw, "things": things}
    try:
        model = _LabThingsBench.model_validate(raw)
    except ValidationError as error:
        raise _explained(file, text, error, _LabThingsBench, _LabThingsThing) from None
    specs = tuple(
        ThingSpec(
            name=name,
            class_path=thing.class_path,
            args=thing.kwargs,
            positional=tuple(thing.args),
            slots={slot: other for slot, other in thing.thing_slots.items() if other is not None},
        )
        for name, thing in model.things.items()
    )
    return BenchSpec(file.stem.replace("_", " ").capitalize(), specs, file)


def _renamed(thing: Any) -> Any:
    """LabThings says `cls` as well as `class`."""
    if isinstance(thing, dict) and "cls" in thing and "class" not in thing:
        return {"class" if key == "cls" else key: value for key, value in thing.items()}
    return thing


def _once(file: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BenchFileError(
                file, "", f"two entries are called {key!r}; every name may stand once"
            )
        found[key] = value
    return found


def why_no_name(name: str) -> str:
    """Why a Thing cannot have a name, in words; '' where it can."""
    if not _NAME.match(name):
        return f"{name!r} is no name: letters, digits, '-' and '_', a letter first"
    if name in RESERVED_THINGS:
        return f"{name!r} is a route of the server; choose another name"
    return ""


def why_no_class(class_path: str) -> str:
    """Why something is no address of a class, in words; '' where it is one."""
    if _CLASS.match(class_path):
        return ""
    return f"class is {class_path!r}; 'module:Class' was expected"


def refuse_spec(spec: ThingSpec, taken: Collection[str]) -> None:
    """Refuse what cannot be added to a bench.

    Args:
        spec: The Thing that is to be added.
        taken: Names of the Things there are.

    Raises:
        ValueRefusedError: Its name, class or slots do not fit; `name` says which of them.
    """
    reason = why_no_name(spec.name)
    if not reason and spec.name in taken:
        reason = f"there is a Thing called {spec.name!r} already"
    if reason:
        raise ValueRefusedError("name", reason)
    reason = why_no_class(spec.class_path)
    if reason:
        raise ValueRefusedError("class", reason)
    for slot, other in spec.slots.items():
        if other not in taken:
            raise ValueRefusedError("slots", f"{slot!r}: there is no Thing called {other!r}")


def _check(file: Path, text: str, thing: ThingSpec, names: set[str]) -> None:
    reason = why_no_name(thing.name)
    if reason:
        raise BenchFileError(file, place_in(text, thing.name, None), reason)
    reason = why_no_class(thing.class_path)
    if reason:
        raise BenchFileError(file, place_in(text, thing.name, "class"), reason)
    for slot, other in thing.slots.items():
        if other not in names:
            raise BenchFileError(
                file,
                place_in(text, thing.name, "slots"),
                f"slot {slot!r} is to be filled with {other!r}, but there is no such Thing; "
                f"there are {', '.join(sorted(names))}",
            )


def _explained(
    file: Path,
    text: str,
    error: ValidationError,
    bench: type[BaseModel],
    thing: type[BaseModel],
) -> BenchFileError:
    """The first fault as one line."""
    faults = error.errors(include_url=False)
    # A misspelt key is two faults, unknown and missing; the first explains the second.
    fault = next((each for each in faults if each["type"] == "extra_forbidden"), faults[0])
    where = [str(part) for part in fault["loc"]]
    name = where[1] if len(where) > 1 and where[0] == "things" else None
    key = where[2] if name is not None and len(where) > 2 else (where[0] if name is None else None)
    place = place_in(text, name, key)
    rule = _RULES.get(where[0]) if len(where) > 1 else None
    if rule is not None:
        key = where[2] if len(where) > 2 else where[0]
        place = place_of_rule(text, int(where[1]), key, where[0])
    if fault["type"] == "extra_forbidden":
        model = rule or (thing if name is not None else bench)
        known = [info.alias or field_name for field_name, info in model.model_fields.items()]
        near = difflib.get_close_matches(str(key), known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        reason = f"unknown key {key!r}; {hint}Known are {', '.join(known)}"
    elif fault["type"] == "missing":
        reason = f"{where[-1]!r} is missing"
    elif fault["type"] == "model_type" and name is not None:
        header = f"[things.{name}] class = ..." if thing is _TomlThing else '{"class": ...}'
        kind = "a table" if thing is _TomlThing else "an object"
        reason = f"things.{name} must be {kind} with a class, such as {header}"
    else:
        reason = f"{'.'.join(where[2:] if name else where)} {said_plainly(fault)}"
    return BenchFileError(file, place, reason)


def place_in(text: str, name: str | None, key: str | None) -> str:
    """Where in the text something stands, as well as a search can tell."""
    lines = text.splitlines()
    start = 0
    if name is not None:
        header = re.compile(
            rf"^\s*(\[things\.[\"']?{re.escape(name)}[\"']?[\].]|[\"']?/?{re.escape(name)}/?[\"']?\s*[:=])"
        )
        start = next((index for index, line in enumerate(lines) if header.match(line)), -1)
        if start < 0:
            return f"things.{name}"
    found = start
    if key is not None:
        assignment = re.compile(
            rf"^\s*[\"']?{re.escape(key)}[\"']?\s*[:=]|^\s*\[+{re.escape(key)}\b"
        )
        found = next(
            (index for index in range(start, len(lines)) if assignment.match(lines[index])), start
        )
    place = f"line {found + 1}"
    return f"{place}, things.{name}" if name is not None else place
