"""Long lists, asked for page by page: of the ledger and of the archive, here and elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from app.archive.records import FileQuery
from app.run_records import RunQuery

Q = TypeVar("Q", RunQuery, FileQuery)
T = TypeVar("T")


def page_by_page(
    find: Callable[[Q], tuple[Sequence[T], str | None]], query: Q, most: int | None
) -> Iterator[T]:
    """All that fits, in order; a page is asked for when the one before is used up.

    Args:
        find: Answers with what stands on a page, and what asks for the next; None for the last.
        query: Its limit is that of one page.
        most: How many at most; None for all.
    """
    left = most
    while left is None or left > 0:
        limit = query.limit if left is None else min(query.limit, left)
        found, after = find(replace(query, limit=limit))
        yield from found
        if after is None:
            return
        left = None if left is None else left - len(found)
        query = replace(query, after=after)
