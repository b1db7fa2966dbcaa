"""`labwright stop`: STOP ALL from a terminal."""

from __future__ import annotations

from dataclasses import asdict

import typer

from app.cli_commands.connection import AsJson, Url, link
from app.cli_commands.telling import FAILED, say, say_json, telling
from app.client.remote_bench import stop_all
from app.handles import StopReport


def stop(url: Url = None, as_json: AsJson = False) -> None:
    """Stop everything: cancel all that runs or waits, and stop each Thing that can be stopped."""
    with telling():
        http = link(url)
        try:
            reports = stop_all(http)
        finally:
            http.close()
        if as_json:
            say_json({"things": [asdict(report) for report in reports]})
        else:
            say(
                "\n".join(map(said_of, reports)) or "Everything was cancelled; no Thing has a stop."
            )
        if not all(report.answered and not report.reason for report in reports):
            raise typer.Exit(FAILED)


def said_of(report: StopReport) -> str:
    """What one Thing did, in a line."""
    if not report.answered:
        return f"{report.thing}: did not answer"
    trouble = f", but: {report.reason}" if report.reason else ""
    return f"{report.thing}: stopped in {report.took_s * 1000:.0f} ms{trouble}"
