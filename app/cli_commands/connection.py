"""Which bench a command means: the one named, or the one that runs on this computer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import typer

from app.cli_commands.telling import NobodyError, UsageError
from app.client.errors import AnswerTimeoutError, BenchUnreachableError
from app.client.http import HttpLink
from app.settings import read_settings
from things.errors import ThingError

T = TypeVar("T")

_LOOK_WITHIN_S: Final = 2.0

Url = Annotated[
    str | None,
    typer.Option("--url", help="Where the bench is served; without, the one that runs here."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@dataclass(frozen=True, slots=True)
class RunningBench:
    """A program that said where its bench can be reached.

    Attributes:
        title: The bench.
        url: Where.
        since: When it began, as it said.
    """

    title: str
    url: str
    since: str


def link(url: str | None) -> HttpLink:
    """A connection to the bench that is meant; nobody is asked yet.

    Raises:
        UsageError: The URL is no address, or several benches run and none was named.
        NobodyError: None was named and none runs.
    """
    try:
        return HttpLink(bench_url(url))
    except ValueError as error:
        raise UsageError(f"--url: {error}") from None


@contextmanager
def asked_of(
    url: str | None,
    bench: Path | None,
    data_folder: Path | None,
    *,
    hint: str,
    served: Callable[[HttpLink], T],
    kept: Callable[[Path | None, Path | None], AbstractContextManager[T]],
) -> Iterator[T]:
    """What a bench that runs has; or what lies in a folder, where a file or a folder is named.

    Args:
        url: Where the bench is served.
        bench: A bench file.
        data_folder: A folder of data.
        hint: What to do where no bench runs.
        served: Asks over a connection.
        kept: Opens what is kept of a bench file, in a folder of data.

    Raises:
        UsageError: Both are named, or what is named is not there.
        NobodyError: None is named and no bench runs.
    """
    if bench is None and data_folder is None:
        try:
            http = link(url)
        except NobodyError as error:
            raise NobodyError(f"{error}; {hint}") from None
        try:
            yield served(http)
        finally:
            http.close()
        return
    if url is not None:
        raise UsageError("--url goes with neither --bench nor --data-folder: those are files here")
    with kept(bench, data_folder) as found:
        yield found


def id_typed(text: str, of_what: str) -> UUID:
    """The id that was typed.

    Args:
        text: As it was typed.
        of_what: Such as 'a run', for the refusal.

    Raises:
        UsageError: It is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise UsageError(f"{text!r} is not the id of {of_what}") from None


def bench_url(url: str | None) -> str:
    """Where the bench is that is meant.

    Raises:
        UsageError: Several run and none was named.
        NobodyError: None was named and none runs.
    """
    if url is not None:
        return url
    found = announced(read_settings().lock_folder)
    if len(found) > 1:
        found = [each for each in found if _answers(each)]
    if not found:
        raise NobodyError(
            "no bench runs on this computer; --url names one elsewhere, "
            "'labwright serve' starts one"
        )
    if len(found) > 1:
        lines = "".join(f"\n  --url {each.url}  {each.title}" for each in found)
        raise UsageError(f"several benches run; say which:{lines}")
    return found[0].url


def announced(lock_folder: Path) -> list[RunningBench]:
    """The benches of this user that said where they can be reached, oldest first.

    A program that was killed leaves its note; where another one uses its address since, the newer
    note counts.
    """
    by_url: dict[str, RunningBench] = {}
    for file in lock_folder.glob("benches/*/in-use.json"):
        found = _read(file)
        if found is None:
            continue
        known = by_url.get(found.url)
        if known is None or known.since < found.since:
            by_url[found.url] = found
    return sorted(by_url.values(), key=lambda each: each.since)


def _read(file: Path) -> RunningBench | None:
    """A note; None where it says no address, or is just being written."""
    try:
        note: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(note, dict) or not note.get("url"):
        return None
    title = str(note.get("title") or file.parent.name.rpartition("-")[0])
    return RunningBench(title, str(note["url"]), str(note.get("since", "")))


def _answers(bench: RunningBench) -> bool:
    """Whether somebody is there; one that is slow to answer is."""
    try:
        http = HttpLink(bench.url, timeout_s=_LOOK_WITHIN_S)
    except ValueError:
        return False
    try:
        http.get("/things/")
    except AnswerTimeoutError:
        return True
    except BenchUnreachableError:
        return False
    except ThingError:
        return True
    finally:
        http.close()
    return True
