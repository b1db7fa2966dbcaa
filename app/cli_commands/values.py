"""Values as they are typed, by what the Thing Description says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.cli_commands.telling import UsageError


def value_of(text: str, schema: Mapping[str, Any]) -> Any:
    """A value of what was typed.

    Text is taken as it is where the schema wants text; a file where it wants one; all else is JSON.

    Args:
        text: As it was typed.
        schema: From the description; {} where it says nothing.

    Raises:
        UsageError: It is not what is wanted, or no such file.
    """
    choices = [schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())]
    if any("lw:mediaType" in choice for choice in choices):
        return _file(text)
    kinds = {choice.get("type") for choice in choices}
    if "string" in kinds and not (text == "null" and "null" in kinds):
        return text
    try:
        return json.loads(text)
    except ValueError:
        if kinds == {None}:
            return text
        wanted = " or ".join(sorted(str(kind) for kind in kinds if kind))
        raise UsageError(f"{text!r} is no {wanted}") from None


def input_of(
    pairs: Sequence[str], whole: str | None, described: Mapping[str, Any]
) -> dict[str, Any]:
    """The input of an action.

    Args:
        pairs: Such as 'planes=11'.
        whole: All of it as JSON; pairs come on top.
        described: The action, from the Thing Description.

    Raises:
        UsageError: Something in it makes no sense.
    """
    found: dict[str, Any] = {}
    if whole is not None:
        try:
            given = json.loads(whole)
        except ValueError as error:
            raise UsageError(f"--input is no JSON: {error}") from None
        if not isinstance(given, dict):
            raise UsageError('--input should be an object, such as {"planes": 11}')
        found.update(given)
    schemas = described.get("input", {}).get("properties", {})
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"{pair!r}: an input is given as name=value")
        try:
            found[name] = value_of(text, schemas.get(name, {}))
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from None
    return found


def _file(text: str) -> Any:
    if text.startswith(("http://", "https://")):
        return {"href": text}
    path = Path(text.removeprefix("@")).expanduser()
    if not path.is_file():
        raise UsageError(f"there is no file {str(path)!r}")
    return path
