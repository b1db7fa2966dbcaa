"""The embedded server: the only place with FastAPI.

What others write their own routes with is here, and imported when it is asked for: FastAPI takes
0.3 s, which the window need not wait for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.server.attach import attach_actions
    from app.server.blob_context import BlobIOContextDep, blob_serialisation_context_manager
    from app.server.factory import create_app

__all__ = [
    "BlobIOContextDep",
    "attach_actions",
    "blob_serialisation_context_manager",
    "create_app",
]

_HOMES = {
    "BlobIOContextDep": "blob_context",
    "attach_actions": "attach",
    "blob_serialisation_context_manager": "blob_context",
    "create_app": "factory",
}


def __getattr__(name: str) -> Any:
    """Import one of the names when it is asked for.

    Raises:
        AttributeError: There is none of that name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
