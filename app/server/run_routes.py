"""`/invocations`: what was run, however long ago, as the ledger has it.

`/action_invocations` beside it is the older list: what runs and what ended in the last minutes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Executor

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.errors import RunQueryError
from app.run_wire import RUNS_PATH, page_json, run_json
from app.server.answers import Faulty, Json, fault, written
from app.server.archive_bodies import a_path
from app.server.blob_routes import sandboxed
from app.server.bodies import NOTHING, json_body
from app.server.paging import link_next
from app.server.parts import Parts, id_in, in_executor
from app.server.query_values import refused
from app.server.run_query import run_query
from things.errors import ValueRefusedError


def run_routes(parts: Parts, readers: Executor) -> Sequence[BaseRoute]:
    """The routes under `/invocations`.

    Args:
        parts: What the routes share.
        readers: Where the ledger is asked: a long search must not hold up the instruments.
    """
    history = parts.bench.history

    async def listed(request: Request) -> Response:
        query = run_query(request.query_params)
        try:
            page = await in_executor(readers, lambda: history.find(query))
        except RunQueryError as error:
            raise refused(error.name, error.reason, request.query_params.get(error.name)) from None
        answer = Json(await in_executor(readers, lambda: written(page_json(page))))
        if page.next is not None:
            link_next(answer, request.scope, request.query_params, page.next)
        return answer

    async def one(request: Request) -> Response:
        id = id_in(request, "id")
        return Json(await in_executor(readers, lambda: written(run_json(history.run(id)))))

    async def annotate(request: Request) -> Response:
        id = id_in(request, "id")
        note = _note(await json_body(request.scope, request.receive, parts.settings.max_body_bytes))
        try:
            found = await in_executor(readers, lambda: history.annotate(id, note))
        except ValueRefusedError as error:
            raise Faulty([fault("value_error", error.reason, note, (error.name,))]) from None
        return Json(written(run_json(found)))

    async def single(request: Request) -> Response:
        return await (annotate(request) if request.method == "PATCH" else one(request))

    async def output(request: Request) -> Response:
        id, place = id_in(request, "id"), _place(request.query_params.get("path", "[]"))
        outputs = parts.bench.outputs
        return await in_executor(readers, lambda: sandboxed(outputs.find(id, place).data))

    path = parts.settings.prefix + RUNS_PATH
    return [
        Route(path, listed, methods=["GET"], name="runs"),
        Route(path + "/{id}/output", output, methods=["GET"], name="run_output"),
        Route(path + "/{id}", single, methods=["GET", "PATCH"], name="run"),
    ]


def _place(given: str) -> tuple[str | int, ...]:
    """Where in an output: a JSON list of names and numbers.

    Raises:
        Faulty: It is something else.
    """
    try:
        return a_path(json.loads(given))
    except (ValueError, RecursionError):
        message = 'Input should be a list of names and numbers, such as ["images", 0]'
        raise refused("path", message, given) from None


def _note(given: object) -> str:
    """What a PATCH may change: the note, and nothing else.

    Raises:
        Faulty: It is something else.
    """
    if given is NOTHING or not isinstance(given, dict):
        raise Faulty([fault("model_attributes_type", 'Input should be {"note": "..."}', None)])
    for name in given:
        if name != "note":
            raise Faulty([fault("extra_forbidden", "Only the note can be changed", None, (name,))])
    note = given.get("note")
    if not isinstance(note, str):
        raise Faulty([fault("string_type", "Input should be a valid string", note, ("note",))])
    return note
