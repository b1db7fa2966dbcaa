"""Statements compiled once and given to the driver as they are.

SQLAlchemy takes 0.3 ms for each execution, whatever is in it; a run that comes by itself is
written in half that when the driver is given the text and the values. For rows that are written
many times a second; everything else is better said in SQLAlchemy's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.dml import UpdateBase

Row = Mapping[str, Any]
_Convert = Callable[[Any], Any]


class ReadyStatement:
    """An INSERT into a table, or an UPDATE of it, compiled for one kind of database.

    Args:
        statement: With a parameter for each value.
        table: Which one it is about; without values in the statement all of its columns are given.
        dialect: Of the database.
        prefix: What the names of parameters have before the name of their column.
    """

    def __init__(
        self, statement: UpdateBase, table: Table, dialect: Dialect, *, prefix: str = ""
    ) -> None:
        compiled = statement.compile(dialect=dialect)
        self._sql = compiled.string
        self._order = compiled.positiontup
        self._converted: dict[str, _Convert] = {}
        for name in compiled.params:
            column = table.c.get(name.removeprefix(prefix))
            kind = None if column is None else column.type.dialect_impl(dialect)
            convert = None if kind is None else kind.bind_processor(dialect)
            if convert is not None:
                self._converted[name] = convert

    def execute(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Carry it out for each row.

        Args:
            connection: To a database of that kind.
            rows: The values by the names of the parameters; all of them.
        """
        given = [self._given(row) for row in rows]
        connection.exec_driver_sql(self._sql, given[0] if len(given) == 1 else given)

    def _given(self, row: Row) -> Any:
        values = dict(row)
        for name, convert in self._converted.items():
            values[name] = convert(values[name])
        return values if self._order is None else tuple([values[name] for name in self._order])
