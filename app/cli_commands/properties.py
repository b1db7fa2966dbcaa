"""`labwright things`, `read` and `write`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app.cli_commands.connection import AsJson, Url, bench_url, link
from app.cli_commands.telling import UsageError, in_words, say, say_json, telling
from app.cli_commands.values import value_of
from app.client.bench_client import BenchClient
from app.client.state import State, ask_state
from app.client.thing_client import ThingClient
from things.errors import AffordanceNotFoundError

ThingName = Annotated[str, typer.Argument(help="Name of the Thing.")]
PropertyName = Annotated[str, typer.Argument(help="Name of the property.")]


def things(url: Url = None, as_json: AsJson = False) -> None:
    """List the Things of a bench and what they are doing."""
    with telling():
        http = link(url)
        try:
            state = ask_state(http)
        finally:
            http.close()
        if as_json:
            say_json(
                {
                    name: {
                        "title": each.title,
                        "state": each.state.value,
                        "reason": each.reason,
                    }
                    for name, each in state.things.items()
                }
            )
        else:
            for line in table_of(state):
                say(line)


def read(thing: ThingName, name: PropertyName, url: Url = None, as_json: AsJson = False) -> None:
    """Read a property now and print its value."""
    with telling(), connected(url) as bench:
        target = thing_of(bench, thing)
        described = _property(target, name)
        value = target[name]
        if as_json:
            say_json(value)
        else:
            say(_with_unit(value, described))


def write(
    thing: ThingName,
    name: PropertyName,
    value: Annotated[str, typer.Argument(help="As JSON, or text where the property is text.")],
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Set a property and print what it is afterwards."""
    with telling(), connected(url) as bench:
        target = thing_of(bench, thing)
        described = _property(target, name)
        target[name] = value_of(value, described)
        if described.get("writeOnly"):
            return
        found = target[name]
        if as_json:
            say_json(found)
        else:
            say(_with_unit(found, described))


def connected(url: str | None) -> BenchClient:
    """A client of the bench that is meant, to be used in a `with`.

    Raises:
        UsageError: The URL is no address.
        BenchUnreachableError: Nobody answers there.
    """
    try:
        return BenchClient(bench_url(url))
    except ValueError as error:
        raise UsageError(f"--url: {error}") from None


def thing_of(bench: BenchClient, name: str) -> ThingClient:
    """A Thing of the bench.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in bench.things:
        raise UsageError(f"the bench has no {name!r}; there is {', '.join(bench.things)}")
    return bench[name]


def table_of(state: State) -> list[str]:
    """The Things in lines: name, state, title, and why one does not run."""
    rows = [
        (name, each.state.value, each.title + (f": {each.reason}" if each.reason else ""))
        for name, each in state.things.items()
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return [f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}".rstrip() for row in rows]


def _property(thing: ThingClient, name: str) -> Mapping[str, Any]:
    described = thing.describe()
    found: Mapping[str, Any] | None = (described.get("properties") or {}).get(name)
    if found is None:
        raise AffordanceNotFoundError(str(described.get("title", "")), name)
    return found


def _with_unit(value: Any, described: Mapping[str, Any]) -> str:
    unit = described.get("unit")
    return f"{in_words(value)} {unit}" if unit and value is not None else in_words(value)
