"""Makes the web application of one bench."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from app.bench import Bench
from app.server.action_routes import ActionRoutes
from app.server.archive_routes import archive_routes
from app.server.archive_run_routes import archive_run_routes
from app.server.archive_upkeep_routes import archive_upkeep_routes
from app.server.blob_routes import blob_routes
from app.server.clients import Clients
from app.server.closing import LongLived
from app.server.cross_origin import allowing
from app.server.description_routes import DescriptionRoutes
from app.server.dev_routes import dev_routes
from app.server.documentation_routes import documentation_routes
from app.server.event_feed import EventFeed
from app.server.event_routes import event_routes
from app.server.file_routes import file_routes
from app.server.file_upload_routes import file_upload_routes
from app.server.guards import Guard
from app.server.interlock_routes import interlock_routes
from app.server.interrupted import InterruptedRuns
from app.server.invocation_json import Summaries
from app.server.invocation_routes import invocation_routes
from app.server.parts import Parts
from app.server.problems import Problems, http_problem
from app.server.return_routes import return_routes
from app.server.run_routes import run_routes
from app.server.settings import ServerSettings
from app.server.stamp_routes import stamp_routes
from app.server.state_routes import state_routes
from app.server.stop_route import stop_routes
from app.server.thing_routes import ThingRoutes
from app.server.upload_routes import upload_routes
from app.server.uploads import Uploads

_WORKERS = 8
_LEDGER_READERS = 2
_ARCHIVE_READERS = 2
_UPLOADS = 4
"""How many of the largest may wait for use."""


def create_app(bench: Bench, settings: ServerSettings, clients: Clients | None = None) -> FastAPI:
    """The web application of a bench; it neither opens nor closes the bench.

    Args:
        bench: What is served.
        settings: How.
        clients: Counts who is connected.
    """
    workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="server-worker")
    parts = Parts(
        bench,
        settings,
        bench.blobs,
        workers,
        EventFeed(bench.bus, settings.prefix),
        LongLived(),
        clients or Clients(),
    )
    readers = ThreadPoolExecutor(_LEDGER_READERS, thread_name_prefix="server-ledger")
    catalogue = ThreadPoolExecutor(_ARCHIVE_READERS, thread_name_prefix="server-archive")
    uploads = Uploads(_UPLOADS * settings.max_upload_bytes)

    ending = threading.Event()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        parts.feed.open()
        try:
            yield
        finally:
            parts.feed.close()
            parts.long_lived.close()
            uploads.close()
            ending.set()
            workers.shutdown(wait=False, cancel_futures=True)
            readers.shutdown(wait=False, cancel_futures=True)
            catalogue.shutdown(wait=False, cancel_futures=True)

    app = FastAPI(
        title=bench.spec.title,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # Asking the environment about it at every request costs a tenth of a property read.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=lifespan,
        exception_handlers={HTTPException: http_problem},
    )
    app.state.blobs = parts.blobs
    app.state.prefix = settings.prefix
    app.state.feed = parts.feed
    app.state.long_lived = parts.long_lived
    descriptions = DescriptionRoutes(parts)
    summaries = Summaries()
    actions = ActionRoutes(parts, summaries)
    # The last one added is the outermost.
    app.add_middleware(ThingRoutes, parts=parts, descriptions=descriptions, actions=actions)
    app.add_middleware(Problems)
    if settings.allowed_origins:
        # The guard has refused all others; without this a browser would not show them the answers.
        app.add_middleware(CORSMiddleware, **allowing(settings.allowed_origins))
    app.add_middleware(Guard, settings=settings)
    app.router.routes += [
        *descriptions.routes(),
        *invocation_routes(parts, summaries, InterruptedRuns(bench)),
        *run_routes(parts, readers),
        *file_upload_routes(parts),
        *file_routes(parts),
        *archive_run_routes(parts),
        *archive_upkeep_routes(parts, ending),
        *archive_routes(parts, catalogue),
        *stamp_routes(parts),
        *interlock_routes(parts),
        *blob_routes(parts),
        *upload_routes(parts, uploads),
        *event_routes(parts),
        *state_routes(parts),
        *return_routes(parts),
        *stop_routes(parts),
        *documentation_routes(parts),
        *dev_routes(parts),
    ]
    return app
