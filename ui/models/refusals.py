"""Refusals in words: what was wrong, where in a value, and as a sentence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from things.errors import BusyError, DisconnectedError, ThingError, ValueRefusedError
from ui.models.schema import DataSchema, Kind
from ui.models.validation import Fault

translate = QCoreApplication.translate


def place_in_words(loc: tuple[str | int, ...], schema: DataSchema) -> str:
    """Where in a composed value something is, such as 'X ' or 'Entry 2, y '; '' for the whole."""
    words = []
    for step in loc:
        if schema.kind is Kind.NULLABLE:
            schema = schema.inner
        part = next((each for each in schema.parts if each.name == str(step)), None)
        if part is not None:
            words.append(part.title)
            schema = part
        else:
            words.append(entry_in_words(step))
            schema = schema.items
    return ", ".join(words) + " " if words else ""


def entry_in_words(step: str | int) -> str:
    """A step into a value: entries are counted from 1, keys stand as they are."""
    if isinstance(step, int):
        return translate("Refusal", "entry {0}").format(step + 1)
    return step


def faults_from_details(details: object, prefixes: tuple[str, ...] = ("body",)) -> list[Fault]:
    """The faults in a refusal's details, as pydantic and FastAPI write them."""
    faults = []
    for detail in details if isinstance(details, list | tuple) else ():
        loc = tuple(detail.get("loc") or ())
        while loc and loc[0] in prefixes:
            loc = loc[1:]
        text = str(detail.get("msg") or translate("Refusal", "is not valid"))
        for needless in ("Input should be ", "Value error, "):
            if text.startswith(needless):
                text = text.removeprefix(needless)
                if needless.startswith("Input"):
                    text = translate("Refusal", "must be {0}").format(text)
        faults.append(Fault(loc, text))
    return faults


def faults_in(error: ThingError) -> tuple[Fault, ...]:
    """Where in a value an error sees faults; () where it does not say."""
    return tuple(faults_from_details(getattr(error, "details", ())))


def why(error: ThingError) -> str:
    """What an operator should read of a refusal."""
    if isinstance(error, ValueRefusedError):
        return error.reason
    if isinstance(error, BusyError):
        return translate("Refusal", "it is busy: {0}").format(error.holder)
    if isinstance(error, DisconnectedError):
        return str(error) or translate("Refusal", "the device does not answer")
    return str(error) or type(error).__name__


def sentence(words: str) -> str:
    """Words as a sentence: a capital at the start and a full stop at the end."""
    words = words.strip()
    if not words:
        return ""
    words = words[:1].upper() + words[1:]
    return words if words[-1] in ".!?…" else f"{words}."
