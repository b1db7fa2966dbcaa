"""Where the program's log goes."""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class OneLineFormatter(logging.Formatter):
    """Keeps what a device or a client says on one line, so that nobody can forge log lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The line, with control characters made visible."""
        line = super().formatMessage(record)
        if line.isprintable():
            return line
        return "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in line
        )


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send the log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter(FORMAT))
    # On the handler too: an invocation's own logger lets everything from INFO through.
    handler.setLevel(level)
    # Every request of the remote window would be a line of its own.
    logging.getLogger("httpx").setLevel(max(level, logging.WARNING))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
