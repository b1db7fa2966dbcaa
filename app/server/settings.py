"""What can be set about the server."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_PORT = 7170

JSON_BODY_BYTES = 16 * 1024 * 1024

UPLOAD_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the bench is served.

    Attributes:
        host: Address or name to listen on; loopback until there are accounts.
        port: 0 picks a free one; one that is taken gives way to the next.
        prefix: Path below which everything is served, such as '/lab'; '' for none.
        allowed_origins: Web pages from elsewhere that may ask, such as 'http://lab.example:3000'.
        max_body_bytes: The longest JSON body that is read, in bytes.
        max_upload_bytes: The longest file that is taken, in bytes; four of them may wait for use.
        dev: Whether the routes for developers are there.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    prefix: str = ""
    allowed_origins: tuple[str, ...] = ()
    max_body_bytes: int = JSON_BODY_BYTES
    max_upload_bytes: int = UPLOAD_BYTES
    dev: bool = False

    def __post_init__(self) -> None:
        if self.prefix and (not self.prefix.startswith("/") or self.prefix.endswith("/")):
            raise ValueError(f"prefix is {self.prefix!r}; '/lab' or '' was expected")
