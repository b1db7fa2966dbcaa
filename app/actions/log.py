"""The log of one invocation."""

from __future__ import annotations

import logging
from collections.abc import MutableSequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

LOGGER_PREFIX = "labwright.actions"


class LogRecordModel(BaseModel):
    """A log record as the network sees it.

    Attributes:
        message: Built from the message and its arguments.
        levelname, levelno: Such as 'INFO' and 20.
        lineno, filename: Where it was logged.
        created: When, UTC.
    """

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    message: str
    levelname: str
    levelno: int
    lineno: int
    filename: str
    created: datetime

    @model_validator(mode="before")
    @classmethod
    def generate_message(cls, data: Any) -> Any:
        """Build the message of a `logging.LogRecord`, whatever its arguments."""
        if not isinstance(data, logging.LogRecord):
            return data
        return {
            "message": message_of(data),
            "levelname": data.levelname,
            "levelno": data.levelno,
            "lineno": data.lineno,
            "filename": data.filename,
            "created": datetime.fromtimestamp(data.created, UTC),
        }


_WRITTEN = "labwright_message"


def message_of(record: logging.LogRecord) -> str:
    """The message of a record; arguments that do not fit are said instead of raised."""
    written: str | None = record.__dict__.get(_WRITTEN)
    if written is not None:
        return written
    try:
        return record.getMessage()
    except Exception as error:
        return f"Error constructing message ({error}) from {record!r}."


def let_go(record: logging.LogRecord) -> None:
    """Keep the text of a record, not the objects and frames it was made of."""
    record.msg, record.args = message_of(record), None
    if record.exc_info is not None:
        if not record.exc_text and record.exc_info[0] is not None:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_info = None


class DequeLogHandler(logging.Handler):
    """Appends records to a sequence; it never truncates it.

    Args:
        dest: Where to; a `deque` with a length keeps the newest.
        level: Records below it are ignored.
    """

    def __init__(self, dest: MutableSequence[logging.LogRecord], level: int = logging.INFO) -> None:
        super().__init__(level)
        self.dest = dest

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record itself.

        Its message is built now, in the thread that logs: whoever reads the log later must not
        run the arguments' code, and must see what they were.
        """
        record.__dict__[_WRITTEN] = message_of(record)
        self.dest.append(record)


def invocation_logger(id: UUID, parent: logging.Logger | None = None) -> logging.Logger:
    """A logger for one invocation, at level INFO.

    It is not registered with `logging`, which would keep it for ever.

    Args:
        id: The invocation.
        parent: Where its records go on to; the root logger by default.
    """
    logger = logging.Logger(f"{LOGGER_PREFIX}.{id}", logging.INFO)
    logger.parent = parent or logging.getLogger()
    return logger
