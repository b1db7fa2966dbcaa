"""Questions as SQL, the way each database answers them soonest.

Words and facets are looked up together in `file_words`, where a database keeps for each word the
numbers of the files that have it. Sets of numbers are cut, however large they are, and only the
rows of the page are read. SQLAlchemy's own language costs as much as the answer: so this is text,
of which there are few shapes, each prepared once by the driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.archive.questions import Question

Term = tuple[str, tuple[Any, ...]]
"""A condition and its values."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with a '?' for each of its values."""

    sql: str
    values: tuple[Any, ...]

    def execute(self, connection: Connection) -> Sequence[Any]:
        """All rows, as tuples."""
        return connection.exec_driver_sql(self._sql_for(connection), self.values).all()

    def carry_out(self, connection: Connection) -> None:
        """Carry out one that gives no rows."""
        connection.exec_driver_sql(self._sql_for(connection), self.values)

    def _sql_for(self, connection: Connection) -> str:
        return self.sql if connection.dialect.name == "sqlite" else self.sql.replace("?", "%s")


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question is put.

    Attributes:
        page: Reads the files of the page and one more.
        total: Counts all that fit.
    """

    page: Statement
    total: Statement


def put(connection: Connection, question: Question, columns: str) -> Asked:
    """Put a question.

    Args:
        connection: To the catalogue; SQLite is asked at once when files were made.
        question: Which.
        columns: What is read of each file.
    """
    if question.is_plain:
        return _plain(question, columns)
    if connection.dialect.name == "sqlite":
        return _to_sqlite(connection, question, columns)
    return _to_postgresql(question, columns)


def _plain(question: Question, columns: str) -> Asked:
    """What most who look ask for; the index of the states has them in their order."""
    terms: list[Term] = [] if question.state is None else [("state = ?", (question.state,))]
    total = _select("count(*)", "files", terms)
    terms += _after(question, "number")
    order = _order(question, "number")
    return Asked(_select(columns, "files", terms, order, question.limit + 1), total)


def _to_sqlite(connection: Connection, question: Question, columns: str) -> Asked:
    """FTS5 gives numbers in their order, so no more are looked at than the page needs."""
    table, own, terms = "files", "rowid", list[Term]()
    if question.words or question.facets:
        # With the '+' it is FTS5 that goes ahead. Else SQLite would ask it anew for each number.
        table, own = "file_words", "+rowid"
        wanted = [f'"{each}"' for each in question.facets] + [f'"{w}"*' for w in question.words]
        terms.append(("file_words MATCH ?", (" AND ".join(wanted),)))
    terms += _made_at(connection, question, own)
    terms += _made_with(question, own)
    total = _select("count(*)", table, terms)
    terms += _after(question, "rowid")
    numbers = _select("rowid", table, terms, _order(question, "rowid"), question.limit + 1)
    return Asked(_rows(columns, numbers, question), total)


def _to_postgresql(question: Question, columns: str) -> Asked:
    """The narrow table of words is asked, by its index or row by row, as the planner has it."""
    terms: list[Term] = []
    if question.words or question.facets:
        wanted = [f"'{each}'" for each in question.facets]
        wanted += [f"'{word}':*" for word in question.words]
        terms.append(("words @@ CAST(? AS tsquery)", (" & ".join(wanted),)))
    terms += _made_between(question)
    terms += _made_with(question, "number")
    total = _select("count(*)", "file_words", terms)
    after, order = _after(question, "number"), _order(question, "number")
    numbers = _select("number", "file_words", [*terms, *after], order, question.limit + 1)
    return Asked(_rows(columns, numbers, question), total)


def _made_at(connection: Connection, question: Question, own: str) -> list[Term]:
    """When files were made, as the range of their numbers.

    Numbers grow with time, but for a clock that was set back: files that were made at another time
    and have a number of the range are left out one by one.
    """
    inside, outside = _made_between(question), list[Term]()
    if question.since_us is not None:
        outside.append(("created_us < ?", (question.since_us,)))
    if question.until_us is not None:
        outside.append(("created_us >= ?", (question.until_us,)))
    if not inside:
        return []
    # Both at once: for one alone SQLite would rather walk through the files than their times.
    numbers = _select("min(number), max(number)", "files", inside)
    ((first, last),) = numbers.execute(connection)
    if first is None:
        return [("rowid < ?", (0,))]
    terms: list[Term] = [("rowid >= ?", (first,)), ("rowid <= ?", (last,))]
    for condition in outside:
        between = ("+number BETWEEN ? AND ?", (first, last))
        strangers = _select("number", "files", [condition, between])
        if Statement(f"{strangers.sql} LIMIT 1", strangers.values).execute(connection):
            terms.append((f"{own} NOT IN ({strangers.sql})", strangers.values))
    return terms


def _made_between(question: Question) -> list[Term]:
    terms: list[Term] = []
    if question.since_us is not None:
        terms.append(("created_us >= ?", (question.since_us,)))
    if question.until_us is not None:
        terms.append(("created_us < ?", (question.until_us,)))
    return terms


def _made_with(question: Question, number: str) -> list[Term]:
    return [
        (f"{number} IN (SELECT number FROM file_settings WHERE setting = ?)", (key,))
        for key in question.settings
    ]


def _after(question: Question, number: str) -> list[Term]:
    if question.after is None:
        return []
    return [(f"{number} {'>' if question.oldest_first else '<'} ?", (question.after,))]


def _order(question: Question, number: str) -> str:
    return f" ORDER BY {number}{'' if question.oldest_first else ' DESC'}"


def _rows(columns: str, numbers: Statement, question: Question) -> Statement:
    order = _order(question, "number")
    return Statement(
        f"SELECT {columns} FROM files WHERE number IN ({numbers.sql}){order}", numbers.values
    )


def _select(
    what: str, table: str, terms: Sequence[Term], order: str = "", limit: int | None = None
) -> Statement:
    where = " AND ".join(condition for condition, _ in terms)
    sql = f"SELECT {what} FROM {table}{' WHERE ' + where if where else ''}{order}"
    values = tuple(value for _, given in terms for value in given)
    return (
        Statement(sql, values) if limit is None else Statement(f"{sql} LIMIT ?", (*values, limit))
    )
