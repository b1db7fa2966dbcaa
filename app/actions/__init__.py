"""Runs actions: the ActionManager and its Invocations."""

from app.actions.invocation import ACTION_INVOCATIONS_PATH, Invocation
from app.actions.invocation_model import (
    EmptyInput,
    GenericInvocationModel,
    InvocationModel,
    InvocationStatus,
    LinkElement,
    LogRecordModel,
    StrictEmptyInput,
    model_to_dict,
)
from app.actions.log import DequeLogHandler, invocation_logger
from app.actions.manager import ActionManager
from things.blobs import blobdata_to_url_ctx
from things.errors import InvocationCancelledError, NoBlobManagerError

__all__ = [
    "ACTION_INVOCATIONS_PATH",
    "ActionManager",
    "DequeLogHandler",
    "EmptyInput",
    "GenericInvocationModel",
    "Invocation",
    "InvocationCancelledError",
    "InvocationModel",
    "InvocationStatus",
    "LinkElement",
    "LogRecordModel",
    "NoBlobManagerError",
    "StrictEmptyInput",
    "blobdata_to_url_ctx",
    "invocation_logger",
    "model_to_dict",
]
