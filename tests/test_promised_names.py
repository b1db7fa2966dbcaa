"""Every name that the specification promises is where it promises it."""

from __future__ import annotations

import importlib

import pytest

PROMISED = {
    # A01, A02: runs actions.
    "app.actions": [
        "ACTION_INVOCATIONS_PATH",
        "ActionManager",
        "DequeLogHandler",
        "EmptyInput",
        "Invocation",
        "InvocationCancelledError",
        "InvocationStatus",
        "LinkElement",
        "LogRecordModel",
        "NoBlobManagerError",
        "blobdata_to_url_ctx",
        "model_to_dict",
    ],
    "app.actions.invocation_model": [
        "EmptyInput",
        "GenericInvocationModel",
        "InvocationModel",
        "InvocationStatus",
        "LinkElement",
        "LogRecordModel",
    ],
    # H01: blobs, in their module.
    "things.blobs": [
        "Blob",
        "BlobBytes",
        "BlobData",
        "BlobDataManager",
        "BlobFile",
        "ServerSideBlobData",
        "blob_type",
        "blobdata_to_url_ctx",
        "url_to_blobdata_ctx",
    ],
    # What a driver needs, flat.
    "things": [
        "Blob",
        "BlobBytes",
        "BlobData",
        "BlobDataManager",
        "BlobFile",
        "CancelEvent",
        "CancelHook",
        "InvocationCancelledError",
        "InvocationID",
        "InvocationLogger",
        "NoBlobManagerError",
        "ServerSideBlobData",
        "Thing",
        "action",
        "blob_type",
        "blobdata_to_url_ctx",
        "cancellable_sleep",
        "progress",
        "property",
        "raise_if_cancelled",
        "report_progress",
        "setting",
        "start_thread",
        "thing_slot",
        "url_to_blobdata_ctx",
    ],
    # What needs FastAPI.
    "app.server": ["BlobIOContextDep", "attach_actions", "blob_serialisation_context_manager"],
    # Our own client.
    "app.client": ["connect"],
}


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in PROMISED.items() for name in names]
)
def test_a_promised_name_is_there(module: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) is not None


def test_a_name_that_nobody_promised_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        importlib.import_module("app.server").Nothing  # noqa: B018 - looking is the test


def test_one_name_means_one_thing_wherever_it_is_imported_from() -> None:
    homes: dict[str, set[int]] = {}
    for module, names in PROMISED.items():
        for name in names:
            homes.setdefault(name, set()).add(id(getattr(importlib.import_module(module), name)))

    assert [name for name, objects in homes.items() if len(objects) > 1] == []
