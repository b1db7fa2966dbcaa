"""What an invocation logged, from its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.actions.log import LogRecordModel
from app.client.errors import UnexpectedAnswerError
from app.handles import LogLine

_LINES = TypeAdapter(list[LogRecordModel])


def log_of(invocation: Mapping[str, Any]) -> Sequence[LogLine]:
    """The lines an invocation logged, oldest first.

    Args:
        invocation: The whole model, parsed.

    Raises:
        UnexpectedAnswerError: They are not as agreed.
    """
    try:
        lines = _LINES.validate_python(invocation.get("log") or [])
    except ValidationError:
        raise UnexpectedAnswerError(str(invocation.get("href")), "a log was expected") from None
    return [
        LogLine(line.levelname, line.message, line.created, line.filename, line.lineno)
        for line in lines
    ]
