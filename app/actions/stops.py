"""How often everything was stopped: what was asked before must not begin afterwards."""

from __future__ import annotations

from app.errors import ClosingError, StoppedError


class Stops:
    """Counts how often everything was stopped.

    Whoever asks for something that may have to wait takes the count along, and looks again just
    before it begins. Its methods may be called from any thread and never wait.

    Attributes:
        count: How often so far.
        closing: Whether nothing new is to begin any more.
    """

    def __init__(self) -> None:
        self.count = 0
        self.closing = False

    def stop(self) -> None:
        """Everything is being stopped."""
        self.count += 1  # two at once may count as one: what was asked before differs all the same

    def close(self) -> None:
        """The program is ending."""
        self.closing = True
        self.stop()

    def refuse(self, since: int, *, new: bool = True) -> None:
        """Refuse what must not begin any more.

        Args:
            since: The count when it was asked for.
            new: Whether it begins something, and is not part of what has begun already.

        Raises:
            ClosingError: The program is ending, and it is new.
            StoppedError: Everything was stopped meanwhile.
        """
        if self.closing and new:
            raise ClosingError
        if self.count != since:
            raise StoppedError
