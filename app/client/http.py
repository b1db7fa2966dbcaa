"""Questions and answers over HTTP: bounded in time and size, failures as typed errors."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from pydantic_core import from_json

from app.archive.errors import ArchiveOpeningError
from app.client.errors import (
    AnswerTimeoutError,
    BenchUnreachableError,
    UnexpectedAnswerError,
)
from app.client.input import json_of
from app.client.problems import Subject, error_of, refusal_of
from app.handles import Problem

CONNECT_WITHIN_S: Final = 5.0
ANSWER_WITHIN_S: Final = 30.0
"""How long an answer may take: a slow device has its time too."""

OPENING_WITHIN_S: Final = 60.0
"""How long a bench may take to open its archive."""

ASK_AGAIN_S: Final = 1.0
"""How often it is asked meanwhile: the server says so too, by `Retry-After`."""

MAX_JSON_BYTES: Final = 256 * 2**20
_MAX_PROBLEM_BYTES: Final = 2**20
# The server closes idle connections after 5 s; we let go of them before it does.
_IDLE_S: Final = 3.0
_NOTHING: Final = object()
_BENCH: Final = Subject()


class HttpLink:
    """Asks one bench. May be used from any thread.

    Proxies named in the environment are not used and redirections not followed: an instrument is
    asked directly or not at all.

    Args:
        url: Where the bench is served, with its prefix where it has one.
        timeout_s: How long an answer may take, in seconds.

    Attributes:
        url: The same without a slash at its end.
        timeout_s: The same.

    Raises:
        ValueError: It is no address of a web server.
    """

    def __init__(self, url: str, *, timeout_s: float = ANSWER_WITHIN_S) -> None:
        self.url = address(url)
        self.timeout_s = timeout_s
        self._closed = threading.Event()
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_WITHIN_S)),
            limits=httpx.Limits(max_keepalive_connections=8, keepalive_expiry=_IDLE_S),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Let go of all connections."""
        self._closed.set()
        self._client.close()

    def get(self, path: str, subject: Subject = _BENCH) -> Any:
        """GET, and the JSON of the answer. Tried a second time where the connection broke.

        Raises:
            ThingError: As `ask`.
        """
        try:
            return self.ask("GET", path, subject)
        except AnswerTimeoutError:
            raise
        except BenchUnreachableError:
            return self.ask("GET", path, subject)

    def ask(
        self,
        method: str,
        path: str,
        subject: Subject = _BENCH,
        body: Any = _NOTHING,
        timeout_s: float | None = None,
    ) -> Any:
        """Ask, and give the JSON of the answer.

        Args:
            method: Such as 'PUT'.
            path: Below the bench's address, beginning with a slash; or a whole address there.
            subject: What it is about, for the words of errors.
            body: Sent as JSON, where it is given.
            timeout_s: How long the answer may take; as the link's own where None.

        Raises:
            BenchUnreachableError: Nobody answers.
            UnexpectedAnswerError: The answer is no JSON.
            ThingError: What the bench says to it.
            Exception: What a Thing raised.
        """
        limit_s = self.timeout_s if timeout_s is None else timeout_s
        content = None if body is _NOTHING else json_of(body)
        headers = {"accept": "application/json"}
        if content is not None:
            headers["content-type"] = "application/json"
        with self.answer(
            method, path, subject, content=content, headers=headers, timeout_s=limit_s
        ) as answer:
            return parsed(answer, limit_s)

    @contextmanager
    def answer(
        self,
        method: str,
        path: str,
        subject: Subject = _BENCH,
        *,
        content: Any = None,
        headers: dict[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Iterator[httpx.Response]:
        """An answer whose body has not been read yet, for the body of the `with`.

        A bench that has just been started opens its archive: that is waited for.

        Raises:
            BenchUnreachableError: Nobody answers, or the connection broke in the body.
            ThingError: What the bench says to it, where it does not answer 200 or 201.
            Exception: What a Thing raised.
        """
        limit_s = self.timeout_s if timeout_s is None else timeout_s
        give_up_s = time.monotonic() + OPENING_WITHIN_S
        given = not (content is None or isinstance(content, bytes))
        while True:
            if self._closed.is_set():
                raise BenchUnreachableError(self.url, "the connection has been closed")
            try:
                with self._once(method, path, subject, content, headers, limit_s) as answer:
                    given = True
                    yield answer
                return
            except ArchiveOpeningError:
                if given or time.monotonic() > give_up_s:
                    raise
            self._closed.wait(ASK_AGAIN_S)

    @contextmanager
    def _once(
        self,
        method: str,
        path: str,
        subject: Subject,
        content: Any,
        headers: dict[str, str] | None,
        limit_s: float,
    ) -> Iterator[httpx.Response]:
        try:
            with self._client.stream(
                method,
                self.whole(path),
                content=content,
                headers=headers,
                timeout=httpx.Timeout(limit_s, connect=min(limit_s, CONNECT_WITHIN_S)),
            ) as answer:
                if answer.status_code not in (200, 201):
                    raise _refusal(answer, subject, limit_s)
                yield answer
        except httpx.ConnectTimeout as error:
            raise BenchUnreachableError(self.url, "no connection in time") from error
        except httpx.TimeoutException as error:
            raise AnswerTimeoutError(self.url, f"no answer within {limit_s:g} s") from error
        except httpx.TransportError as error:
            raise BenchUnreachableError(self.url, _said(error)) from error
        except httpx.HTTPError as error:
            raise UnexpectedAnswerError(self.url + path, _said(error)) from error

    def whole(self, path: str) -> str:
        """The whole address of a path of this bench.

        Raises:
            UnexpectedAnswerError: It is the address of somewhere else.
        """
        if path.startswith("/"):
            return self.url + path
        own, given = urlsplit(self.url), urlsplit(path)
        if (given.scheme, given.netloc.lower()) != (own.scheme, own.netloc.lower()):
            raise UnexpectedAnswerError(path, f"is not an address of {self.url}")
        return path


def address(url: str) -> str:
    """The address of a bench in its one form.

    Raises:
        ValueError: It is none.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an address such as http://127.0.0.1:7170")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"{url!r} has more in it than the address of a bench")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if port is None else f"{host}:{port}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def media_type(answer: httpx.Response) -> str:
    """What an answer says it is, such as 'image/png'; '' where it does not say."""
    given: str = answer.headers.get("content-type", "")
    return given.partition(";")[0].strip().lower()


def pieces(answer: httpx.Response, within_s: float | None) -> Iterator[bytes]:
    """The body of an answer, piece by piece.

    Args:
        answer: Not read yet.
        within_s: How long all of it may take, in seconds; None where only silence counts.

    Raises:
        AnswerTimeoutError: It takes longer.
    """
    deadline = None if within_s is None else time.monotonic() + within_s
    for piece in answer.iter_bytes():
        yield piece
        if deadline is not None and time.monotonic() > deadline:
            raise AnswerTimeoutError(str(answer.url), f"no answer within {within_s:g} s")


def parsed(answer: httpx.Response, within_s: float) -> Any:
    """The JSON of an answer that has not been read yet.

    Args:
        answer: The answer.
        within_s: How long its body may take, in seconds.

    Raises:
        UnexpectedAnswerError: It is no JSON.
        AnswerTimeoutError: It takes longer.
    """
    if media_type(answer) not in ("application/json", "application/td+json"):
        raise UnexpectedAnswerError(
            str(answer.url), f"JSON was expected, not {media_type(answer) or 'nothing'}"
        )
    body = bytearray()
    for piece in pieces(answer, within_s):
        body += piece
        if len(body) > MAX_JSON_BYTES:
            raise UnexpectedAnswerError(str(answer.url), "the answer is too long")
    try:
        return from_json(bytes(body))
    except ValueError as error:
        raise UnexpectedAnswerError(str(answer.url), f"the answer is no JSON: {error}") from None


def _refusal(answer: httpx.Response, subject: Subject, within_s: float) -> BaseException:
    """The error that an answer tells of."""
    body = bytearray()
    for piece in pieces(answer, within_s):
        body += piece
        if len(body) > _MAX_PROBLEM_BYTES:
            break
    status = answer.status_code
    try:
        said = from_json(bytes(body))
    except ValueError:
        said = None
    if answer.request.method == "HEAD":
        said = {}  # it has no body to tell more
    if media_type(answer) not in ("application/json", "application/problem+json"):
        said = None
    if not isinstance(said, dict):
        kind = media_type(answer) or "nothing"
        return UnexpectedAnswerError(str(answer.url), f"answers with status {status} and {kind}")
    detail = said.get("detail")
    if status == 422 and isinstance(detail, list):
        return refusal_of([each for each in detail if isinstance(each, dict)], subject)
    problem = Problem(
        str(said.get("title") or f"Status {status}"),
        str(detail or said.get("title") or f"status {status}"),
        str(said.get("type") or "about:blank"),
        status,
    )
    return error_of(problem, subject)


def _said(error: Exception) -> str:
    """What a broken connection says, in words."""
    text = str(error).strip().removesuffix(".")
    if text.startswith("[Errno"):  # '[Errno 111] Connection refused'
        text = text.partition("] ")[2]
    return text[:1].lower() + text[1:] or type(error).__name__
