"""From Python types to the data schemas of a Thing Description.

pydantic writes JSON Schema; W3C Thing Descriptions want a dialect of it: references inlined,
choices as `oneOf`, nullable as `oneOf` with `null`. This module turns one into the other, and
says in an operator's words what is wrong with a value.

Source: W3C Web of Things Thing Description 1.1, section 5.3.2 (DataSchema).
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.errors import (
    PydanticSchemaGenerationError,
    PydanticUserError,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import InitErrorDetails, PydanticSerializationError

from things.errors import DefinitionError

V = TypeVar("V")

_FINITE = ConfigDict(allow_inf_nan=False)

_SECTION = re.compile(
    r"^(?:Args|Attributes|Returns|Raises|Yields|Examples?|Notes?):[ ]*$", re.MULTILINE
)

_DROPPED = ("$defs", "definitions", "discriminator")


def humanise(name: str) -> str:
    """A label from a Python name: 'frame_rate' becomes 'Frame rate'."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


@functools.lru_cache(maxsize=4096)  # each Thing of a class is described by the same ones
def prose(docstring: str | None) -> str:
    """What a docstring says before its sections on arguments, attributes, results, errors."""
    return _SECTION.split(inspect.cleandoc(docstring or ""))[0].strip()


def adapter_for(annotation: Any, where: str) -> TypeAdapter[Any]:
    """The pydantic adapter of a type.

    Args:
        annotation: A type, with or without `Annotated` constraints.
        where: What it belongs to, for the message.

    Raises:
        DefinitionError: pydantic cannot describe such a type.
        NameError: A type in it is not defined yet.
    """
    try:
        try:
            adapter = TypeAdapter(annotation, config=_FINITE)
        except PydanticUserError as error:
            if error.code != "type-adapter-config-unused":
                raise
            adapter = TypeAdapter(annotation)  # a model has a configuration of its own
    except (PydanticSchemaGenerationError, TypeError) as error:
        hint = ""
        if "ndarray" in str(annotation):
            hint = " For a numpy array use things.FloatArray or things.IntArray."
        raise DefinitionError(
            f"{where}: the type {annotation!r} cannot be described as JSON.{hint}"
        ) from error
    if not adapter.pydantic_complete:
        raise NameError(f"a type that {name_of(annotation)} is made of is not defined")
    return adapter


def name_of(annotation: Any) -> str:
    """A type in messages."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def plain(value: Any) -> Any:
    """Numpy scalars as the Python numbers they are, in lists and dictionaries too."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    return value


def finite(value: V) -> V:
    """The value, when all numbers in it are finite, however deep.

    JSON has no word for NaN and infinities, and no motor should be sent there. pydantic refuses
    them where it is told to, but models have configurations of their own.

    Raises:
        ValidationError: One is not.
    """
    if isinstance(value, float) and math.isfinite(value):
        return value  # most values are plain numbers, and many come a second
    faults: list[InitErrorDetails] = [
        {"type": "finite_number", "loc": place, "input": number}
        for place, number in _not_finite(value, ())
    ]
    if faults:
        raise ValidationError.from_exception_data("value", faults)
    return value


def as_json(adapter: TypeAdapter[V], value: V) -> Any:
    """A value as JSON carries it: numbers, text, lists, dictionaries, None.

    Raises:
        PydanticSerializationError: It is not of the adapter's type.
        ValidationError: A number in it is not finite.
    """
    try:
        return finite(adapter.dump_python(value, mode="json", warnings="error"))
    except PydanticSerializationError:
        # Drivers work with numpy, and pydantic takes its numbers but does not give them.
        return finite(adapter.dump_python(plain(value), mode="json", warnings="error"))


def _not_finite(
    value: Any, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(value, float):
        if not math.isfinite(value):
            yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _not_finite(item, (*place, str(key)))
    elif isinstance(value, list | tuple | set | frozenset):
        for index, item in enumerate(value):
            # Spelled out for speed: most lists are spectra.
            if not isinstance(item, float):
                yield from _not_finite(item, (*place, index))
            elif not math.isfinite(item):
                yield (*place, index), item
    elif isinstance(value, BaseModel):
        yield from _not_finite(dict(value), place)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        yield from _not_finite({name: getattr(value, name) for name in names}, place)


class _DataSchemaGenerator(GenerateJsonSchema):
    """pydantic's generator, without warnings for defaults that are no JSON."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - pydantic's own declaration

    def get_title_from_name(self, name: str) -> str:
        """A label as everywhere here, 'Frame rate' and not 'Frame Rate'."""
        return humanise(name)


def data_schema(adapter: TypeAdapter[Any], where: str, mode: JsonSchemaMode) -> dict[str, Any]:
    """The data schema of a type, as a Thing Description carries it.

    Args:
        adapter: The type's adapter.
        where: What it belongs to, for the message.
        mode: 'validation' for what is taken, 'serialization' for what is given.

    Raises:
        DefinitionError: The type refers to itself; a Thing Description cannot say that.
    """
    try:
        raw = adapter.json_schema(mode=mode, schema_generator=_DataSchemaGenerator)
    except Exception as error:
        raise DefinitionError(f"{where}: {error}") from error
    return inline(raw, where)


def inline(schema: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A JSON Schema of pydantic's with references inlined and choices in W3C's form."""
    definitions: Mapping[str, Any] = schema.get("$defs", {})
    result: dict[str, Any] = _translate(schema, definitions, (), where)
    return result


def _translate(
    node: Any, definitions: Mapping[str, Any], inside: tuple[str, ...], where: str
) -> Any:
    if isinstance(node, list):
        return [_translate(item, definitions, inside, where) for item in node]
    if not isinstance(node, Mapping):
        return node
    merged = dict(node)
    if "$ref" in merged:
        name = str(merged.pop("$ref")).rsplit("/", 1)[-1]
        if name in inside:
            raise DefinitionError(
                f"{where}: {name} refers to itself, which a Thing Description cannot describe"
            )
        target = _translate(definitions[name], definitions, (*inside, name), where)
        rest = _translate(merged, definitions, inside, where)
        return {**target, **rest}
    result: dict[str, Any] = {}
    for key, value in merged.items():
        if key in _DROPPED:
            continue
        if key in ("properties", "patternProperties"):
            result[key] = {
                name: _titled(name, item, _translate(item, definitions, inside, where))
                for name, item in value.items()
            }
        elif key == "description" and isinstance(value, str):
            result[key] = prose(value)
        elif key in ("default", "const", "enum", "examples"):
            result[key] = value
        else:
            result[key] = _translate(value, definitions, inside, where)
    return _w3c_choices(result)


def _titled(name: str, raw: Any, schema: Any) -> Any:
    """Every input field has a title: clients label their boxes with it.

    Its own, or its name; never the name of the model it holds.
    """
    if not isinstance(schema, dict):
        return schema
    own = raw.get("title") if isinstance(raw, Mapping) else None
    if own is None and ("title" not in schema or "$ref" in raw or "allOf" in raw):
        return {**schema, "title": humanise(name)}
    return schema


def _w3c_choices(schema: dict[str, Any]) -> dict[str, Any]:
    """`anyOf` and `prefixItems` in the words of the Thing Description."""
    if "anyOf" in schema and "oneOf" not in schema:
        choices = _without_overlap(schema.pop("anyOf"))
        schema = {**choices[0], **schema} if len(choices) == 1 else {**schema, "oneOf": choices}
    if "prefixItems" in schema:
        schema["items"] = schema.pop("prefixItems")
    if "allOf" in schema and len(schema["allOf"]) == 1:
        only = schema.pop("allOf")[0]
        schema = {**only, **schema}
    return schema


def _without_overlap(choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without integers where numbers are taken too: of `oneOf` exactly one may fit."""
    return [
        choice
        for choice in choices
        if choice.get("type") != "integer" or {**choice, "type": "number"} not in choices
    ]


def said_plainly(error: Mapping[str, Any]) -> str:
    """One of pydantic's faults in an operator's words.

    Args:
        error: An entry of `ValidationError.errors()`.
    """
    context: Mapping[str, Any] = error.get("ctx") or {}
    kind = error["type"]
    sentences = {
        "greater_than": "must be greater than {gt}",
        "greater_than_equal": "must be {ge} or more",
        "less_than": "must be less than {lt}",
        "less_than_equal": "must be {le} or less",
        "multiple_of": "must be a multiple of {multiple_of}",
        "literal_error": "must be one of {expected}",
        "enum": "must be one of {expected}",
        "string_too_long": "must have at most {max_length} characters",
        "string_too_short": "must have at least {min_length} characters",
        "string_pattern_mismatch": "must match {pattern}",
        "too_short": "must have at least {min_length} entries",
        "too_long": "must have at most {max_length} entries",
    }
    plain = {
        "missing": "is missing",
        "extra_forbidden": "is not known here",
        "finite_number": "must be a finite number",
        "int_parsing": "must be a whole number",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_parsing": "must be a number",
        "float_type": "must be a number",
        "bool_parsing": "must be true or false",
        "bool_type": "must be true or false",
        "string_type": "must be text",
    }
    if kind in sentences:
        numbers = {
            key: f"{value:.12g}" if isinstance(value, float) else value
            for key, value in context.items()
        }
        return sentences[kind].format(**numbers)
    if kind in plain:
        return plain[kind]
    message = str(error["msg"])
    return message.removeprefix("Value error, ")


def refusal(error: ValidationError) -> tuple[str, list[dict[str, Any]]]:
    """What a ValidationError says, as a sentence and as a list of faults.

    Returns:
        The first faults in words, and all of them as `{type, loc, msg, input}`.
    """
    details: list[dict[str, Any]] = [
        {"type": entry["type"], "loc": entry["loc"], "msg": entry["msg"], "input": entry["input"]}
        for entry in error.errors(include_url=False, include_context=False)
    ]
    sentences = []
    for entry in error.errors(include_url=False)[:3]:
        place = ".".join(str(part) for part in entry["loc"])
        sentence = said_plainly(entry)
        sentences.append(f"{place} {sentence}" if place else sentence)
    return "; ".join(sentences), details
