"""Whether this very code runs because a Thing is being left.

While the bench closes nothing new is started; but what a Thing does to leave its device in a safe
state is no beginning, also where it takes another Thing for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_left: ContextVar[bool] = ContextVar("labwright_is_left", default=False)


def is_left() -> bool:
    """Whether a Thing is being left by this code."""
    return _is_left.get()


@contextmanager
def leaving() -> Iterator[None]:
    """Run the body of the `with` as the end of a Thing."""
    token = _is_left.set(True)
    try:
        yield
    finally:
        _is_left.reset(token)
