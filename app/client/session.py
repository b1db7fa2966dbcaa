"""A window's session on a bench that another program serves."""

from __future__ import annotations

from collections.abc import Sequence

from app.client.remote_bench import RemoteBench
from app.handles import ServerInfo
from app.settings import Settings


class RemoteSession:
    """Connected from the beginning, since a window needs to know what is on the bench.

    Args:
        url: Where it is served.
        settings: Where the window keeps its layout.

    Attributes:
        handle: The bench.
        settings: The same.
        editing: None: Things are added where the bench runs.
        ends_bench: False: the bench is another program's.
        safe: False: nothing is started here.
        stuck: Nothing.

    Raises:
        BenchUnreachableError: Nobody answers there.
        UnexpectedAnswerError: What answers is no bench.
        ValueError: The URL is no address.
    """

    def __init__(self, url: str, settings: Settings) -> None:
        self.handle = RemoteBench(url).open()
        self.settings = settings
        self.ends_bench = False
        self.safe = False
        self.editing = None
        self.stuck: Sequence[str] = ()

    def open(self) -> None:
        """Nothing: whoever serves it has opened it."""

    def serve(self) -> ServerInfo:
        """Nothing: it is served already."""
        return self.handle.server

    def close(self) -> Sequence[str]:
        """Let go; what runs over there runs on."""
        self.handle.close()
        return ()
