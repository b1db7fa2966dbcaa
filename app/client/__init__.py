"""The same bench over HTTP and WebSocket: for scripts (`connect`) and for windows (`RemoteBench`).

Nothing here needs Qt or FastAPI.
"""

from app.client.bench_client import BenchClient, connect
from app.client.blobs import RemoteBlob
from app.client.errors import (
    AnswerTimeoutError,
    BenchUnreachableError,
    BlobExpiredError,
    RemoteFailureError,
    UnexpectedAnswerError,
)
from app.client.invocation_client import RunningInvocation
from app.client.remote_bench import RemoteBench
from app.client.thing_client import ActionClient, ThingClient

__all__ = [
    "ActionClient",
    "AnswerTimeoutError",
    "BenchClient",
    "BenchUnreachableError",
    "BlobExpiredError",
    "RemoteBench",
    "RemoteBlob",
    "RemoteFailureError",
    "RunningInvocation",
    "ThingClient",
    "UnexpectedAnswerError",
    "connect",
]
