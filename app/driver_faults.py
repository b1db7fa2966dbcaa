"""What no driver may raise, and some do: SystemExit, KeyboardInterrupt and their like.

Let through, they end the loop that waits for a value: the server's, or the window's. Here they
become errors like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.problems import said_by
from things.context import current_invocation
from things.errors import DriverFaultError, InvocationCancelledError


@contextmanager
def contained() -> Iterator[None]:
    """Around a driver's code: whatever it raises is an `Exception`.

    A cancellation goes on its way where an invocation runs that it can end.

    Raises:
        DriverFaultError: It raised what is no `Exception`.
        Exception: Whatever else it raised, as it was.
    """
    try:
        yield
    except Exception:
        raise
    except InvocationCancelledError as error:
        if current_invocation() is None:
            raise _fault(error) from error
        raise
    except BaseException as error:
        raise _fault(error) from error


def _fault(error: BaseException) -> DriverFaultError:
    name, said = type(error).__name__, said_by(error)
    return DriverFaultError(name if said == name else f"{name}: {said}")
