"""Writes what was added to a bench, or taken off it, into its file; comments stay as they are."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item, Table

from app.bench_file import BenchSpec, ThingSpec, read_bench_file
from app.errors import BenchFileError


def save_bench(spec: BenchSpec, target: Path) -> BenchSpec:
    """Write a bench into a file.

    What stands in the file already stays, comments and all; only Things that are not on the bench
    are taken out, and those that are not in the file are written at the end. The file is replaced
    in one step, once it has been read back; the one before is kept as '.bak'. A file that is made
    anew begins as a copy of the one the bench came from.

    Args:
        spec: What is on the bench.
        target: Where; ends in '.toml'.

    Returns:
        The bench, as it is read from that file.

    Raises:
        BenchFileError: It cannot be written there, or what is there cannot be kept up.
    """
    if target.suffix.lower() != ".toml":
        raise BenchFileError(target, "", "a bench is saved as TOML; choose a name ending in .toml")
    for thing in spec.things:
        if thing.positional:
            raise BenchFileError(
                target, f"things.{thing.name}", "its arguments have no names, which TOML asks for"
            )
    try:
        text = _text(spec, target)
        return _replace(target, text, spec)
    except (TOMLKitError, ValueError) as error:
        raise BenchFileError(target, "", f"cannot be kept up: {error}") from error
    except OSError as error:
        raise BenchFileError(target, "", f"cannot be written: {error.strerror or error}") from error


def _text(spec: BenchSpec, target: Path) -> str:
    """The new text of the file."""
    source = target if target.exists() else spec.file
    if source is None or not source.exists() or source.suffix.lower() != ".toml":
        document = tomlkit.document()
        document["title"] = spec.title
        before: Mapping[str, ThingSpec] = {}
    else:
        document = tomlkit.parse(source.read_text(encoding="utf-8-sig"))
        before = {thing.name: thing for thing in read_bench_file(source).things}
    if "things" not in document:
        document["things"] = tomlkit.table(is_super_table=True)
    things: Any = document["things"]
    now = {thing.name: thing for thing in spec.things}
    for name, thing in before.items():
        if now.get(name) != thing:
            things.remove(name)
    for name, thing in now.items():
        if before.get(name) != thing:
            things[name] = _table(thing)
    return tomlkit.dumps(document)


def _table(thing: ThingSpec) -> Table:
    table = tomlkit.table()
    table["class"] = thing.class_path
    for key in ("title", "group"):
        if getattr(thing, key):
            table[key] = getattr(thing, key)
    for key, given in (("args", thing.args), ("slots", thing.slots)):
        if given:
            table[key] = _inline(given)
    if thing.reconnect_s is not None:
        table["reconnect_s"] = thing.reconnect_s
    table.add(tomlkit.nl())
    return table


def _inline(given: Mapping[str, Any]) -> Item:
    table = tomlkit.inline_table()
    for key, value in given.items():
        table[key] = _inline(value) if isinstance(value, Mapping) else value
    return table


def _replace(target: Path, text: str, spec: BenchSpec) -> BenchSpec:
    """Write beside the file, read that back, and put it in the file's place."""
    handle, name = tempfile.mkstemp(suffix=".toml", prefix=f".{target.stem}-", dir=target.parent)
    written = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        found = read_bench_file(written)
        if _named(found) != _named(spec):
            raise ValueError("what was written is not what is on the bench")
        if target.exists():
            shutil.copy2(target, target.with_suffix(".toml.bak"))
            shutil.copymode(target, written)
        else:
            written.chmod(0o666 & ~_umask())
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)
    return replace(found, file=target)


def _named(spec: BenchSpec) -> dict[str, ThingSpec]:
    return {thing.name: thing for thing in spec.things}


def _umask() -> int:
    """What the user takes away from the rights of new files; asking for it means setting it."""
    found = os.umask(0o022)
    os.umask(found)
    return found
