"""What a client says of a content before it sends it: its hash, its length, which part comes."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Scope

from app.archive.store import SHA256
from app.server.addresses import header
from app.server.answers import Refused
from app.server.query_values import refused
from app.server.upload_routes import media_type_of

_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18})", re.ASCII)
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):", re.ASCII)


@dataclass(frozen=True, slots=True)
class Announced:
    """What a client says of what it sends.

    Attributes:
        sha256: Hex digest of the whole; None where it does not say.
        total: Length of the whole in bytes; None where it does not say.
        first: Where in the whole the body begins.
        length: Of the body in bytes; None where it does not say.
        media_type: What it is; None where it does not say.
    """

    sha256: str | None
    total: int | None
    first: int
    length: int | None
    media_type: str | None

    @property
    def is_part(self) -> bool:
        """Whether the body is not all of it."""
        ends = None if self.length is None else self.first + self.length
        return self.first > 0 or (None not in (ends, self.total) and ends != self.total)


def announced_by(request: Request) -> Announced:
    """What the headers say.

    Raises:
        Faulty: The hash in the query is none.
        Refused: A header cannot be understood.
    """
    scope = request.scope
    sha256 = request.query_params.get("sha256")
    if sha256 is not None and not SHA256.fullmatch(sha256 := sha256.lower()):
        raise refused("sha256", "Input should be 64 hex digits", sha256)
    sha256 = sha256 or _digest(header(scope, b"repr-digest"))
    declared = header(scope, b"content-length")
    length = int(declared) if declared.isdigit() and len(declared) <= 18 else None
    kind = header(scope, b"content-type")
    media_type = media_type_of(kind) if kind else None
    if media_type == "application/octet-stream":
        media_type = None  # it says that it does not know
    total, first = _span(scope, length)
    return Announced(sha256, total, first, length, media_type)


def _span(scope: Scope, length: int | None) -> tuple[int | None, int]:
    """Length of the whole and where in it the body begins.

    Raises:
        Refused: The range cannot be understood, or does not fit the body.
    """
    given = header(scope, b"content-range")
    if not given:
        return length, 0
    match = _RANGE.fullmatch(given.strip())
    if match is not None:
        total = int(match[3])
        first = total if match[1] is None else int(match[1])
        last = total - 1 if match[2] is None else int(match[2])
        if first <= last + 1 <= total and length in (None, last + 1 - first):
            return total, first
    raise Refused(
        400, "Bad range", f"'content-range: {given}' does not fit; such as 'bytes 500-999/1000'."
    )


def _digest(given: str) -> str | None:
    """The SHA-256 in a Repr-Digest (RFC 9530); None where it has none."""
    match = _DIGEST.search(given)
    if match is None:
        return None
    try:
        digest = base64.b64decode(match[1], validate=True).hex()
    except binascii.Error:
        digest = ""
    if not SHA256.fullmatch(digest):
        raise Refused(400, "Bad digest", "Repr-Digest has a sha-256 that is none.")
    return digest
