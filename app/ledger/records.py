"""What the ledger is asked and what it tells.

The words themselves are in `app.run_records`: handles know them too, and know no ledger.
"""

from app.run_records import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    RecordedBlob,
    RecordedValue,
    RunHistory,
    RunPage,
    RunQuery,
    RunRecord,
    RunState,
    Values,
)

__all__ = [
    "DEFAULT_PAGE",
    "LARGEST_PAGE",
    "RecordedBlob",
    "RecordedValue",
    "RunHistory",
    "RunPage",
    "RunQuery",
    "RunRecord",
    "RunState",
    "Values",
]
