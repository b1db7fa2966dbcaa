"""Lists of invocations, in part: filtered, and page by page.

Query parameters: `thing`, `action`, `status` (may be repeated), `limit`, `after`, `order` ('oldest'
or 'newest' first) and `full` ('true' gives whole invocations instead of summaries). A page that is
not the last one has a `Link` header with `rel="next"` (RFC 8288). The key in it is the last
invocation's time and id, so that pages fit together although invocations come and are forgotten.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.types import Scope

from app.actions.invocation import Invocation
from app.handles import InvocationStatus
from app.server.addresses import base_url
from app.server.answers import Faulty, Json, fault
from app.server.invocation_json import Summaries, whole
from app.server.parts import Parts

MAX_PAGE = 1000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"(\d{1,17})-([0-9a-f-]{36})", re.ASCII)

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of a list is asked for.

    Attributes:
        thing, action: Only of this Thing, of actions of this name; '' for any.
        statuses: Only those that stand so; empty for any.
        limit: How many at most; None for all.
        after: The key of the last one of the page before.
        newest_first: The order.
        full: Whether whole invocations are wanted.
    """

    thing: str = ""
    action: str = ""
    statuses: frozenset[str] = frozenset()
    limit: int | None = None
    after: Key | None = None
    newest_first: bool = False
    full: bool = False


def wanted(query: QueryParams) -> Wanted:
    """Read the query parameters; those that mean nothing here are ignored.

    Raises:
        Faulty: One has a value that it cannot have.
    """
    statuses = query.getlist("status")
    known = [status.value for status in InvocationStatus]
    for status in statuses:
        if status not in known:
            raise _refused("status", f"Input should be one of {', '.join(known)}", status)
    order = query.get("order", "oldest")
    if order not in ("oldest", "newest"):
        raise _refused("order", "Input should be oldest or newest", order)
    full = query.get("full", "false")
    if full not in ("true", "false"):
        raise _refused("full", "Input should be true or false", full)
    return Wanted(
        thing=query.get("thing", ""),
        action=query.get("action", ""),
        statuses=frozenset(statuses),
        limit=_limit(query.get("limit")),
        after=_key(query.get("after")),
        newest_first=order == "newest",
        full=full == "true",
    )


def page(invocations: Iterable[Invocation], asked: Wanted) -> tuple[list[Invocation], Key | None]:
    """The part that is asked for.

    Returns:
        The invocations in order, and the key to go on after, where there are more.
    """
    found = [
        (_key_of(invocation), invocation)
        for invocation in invocations
        if (not asked.thing or invocation.thing_name == asked.thing)
        and (not asked.action or invocation.action_name == asked.action)
        and (not asked.statuses or invocation.status.value in asked.statuses)
    ]
    found.sort(key=lambda each: each[0], reverse=asked.newest_first)
    if asked.after is not None:
        after = asked.after
        found = [
            each for each in found if (each[0] < after if asked.newest_first else each[0] > after)
        ]
    if asked.limit is None or len(found) <= asked.limit:
        return [invocation for _, invocation in found], None
    shown = found[: asked.limit]
    return [invocation for _, invocation in shown], shown[-1][0]


async def list_answer(
    parts: Parts, summaries: Summaries, scope: Scope, *, thing: str = "", action: str = ""
) -> Json:
    """What a list of invocations is answered with.

    Args:
        parts: What the routes share.
        summaries: Writes summaries.
        scope: Of the request, with its query.
        thing: Only of this Thing, whatever the query says.
        action: Only of this action of it.

    Raises:
        Faulty: A query parameter has a value that it cannot have.
    """
    query = QueryParams(scope["query_string"])
    asked = wanted(query)
    if thing:
        asked = dataclasses.replace(asked, thing=thing, action=action)
    base, addresses = parts.base(scope), parts.addresses(scope)

    def written() -> tuple[bytes, Key | None]:
        found, last = page(parts.bench.actions.invocations, asked)
        if asked.full:
            return b"[" + b",".join(whole(each, base, addresses) for each in found) + b"]", last
        return summaries.written(found, base), last

    text, last = await parts.in_worker(written)
    answer = Json(text)
    if last is not None:
        link_next(answer, scope, query, f"{last[0]}-{last[1]}")
    return answer


def link_next(answer: Json, scope: Scope, query: QueryParams, after: str) -> None:
    """Say where the next page is: the same question, after this key."""
    again = [item for item in query.multi_items() if item[0] != "after"]
    again.append(("after", after))
    here = base_url(scope) + scope["path"]
    answer.headers["link"] = f'<{here}?{urlencode(again)}>; rel="next"'


def _key_of(invocation: Invocation) -> Key:
    microseconds = (invocation.standing.requested_at - _EPOCH) // timedelta(microseconds=1)
    return microseconds, str(invocation.id)


def _key(given: str | None) -> Key | None:
    if given is None:
        return None
    match = _KEY.fullmatch(given)
    if match is None:
        raise _refused("after", "Input should be the key that a page before gave", given)
    try:
        return int(match[1]), str(UUID(match[2]))
    except ValueError:
        raise _refused("after", "Input should be the key that a page before gave", given) from None


def _limit(given: str | None) -> int | None:
    if given is None:
        return None
    digits = given.isascii() and given.isdigit() and len(given) <= len(str(MAX_PAGE))
    if not digits or not 1 <= int(given) <= MAX_PAGE:
        raise _refused("limit", f"Input should be a whole number from 1 to {MAX_PAGE}", given)
    return int(given)


def _refused(name: str, message: str, given: str) -> Faulty:
    return Faulty([fault("value_error", message, given, (name,))], ("query",))
