"""Requests a second of a property read, 50 connections, with the window open and without."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from processes import labwright, peer_python, requests_per_second, running
from report import Report, Row

HERE = Path(__file__).resolve().parent / "peers"
LABTHINGS = "labthings-fastapi==0.3.0"


def measure(report: Report) -> None:
    """Ours beside labthings-fastapi and a bare FastAPI route, in one run."""
    print("Property read, wrk -t1 -c50")
    data, getter, bare = _peers(report)
    environment = {"PYTHONPATH": str(HERE)}
    os.environ.update(environment)
    bench = str(HERE / "bench.toml")
    with labwright("serve", "--bench", bench, "--port", "0") as program:
        url = program.wait_for(r"Listening on (\S+)")[1][1]
        ours = requests_per_second(f"{url}/demo/counter")
        report.add("data property, headless", ours, "/s", data)
        report.add("data property, headless, against bare FastAPI", ours, "/s", bare)
        report.add(
            "property with getter, headless", requests_per_second(f"{url}/demo/gain"), "/s", getter
        )
    if not os.environ.get("DISPLAY"):
        report.miss("with the window open", "there is no display; run it by `make bench`")
        return
    with labwright(bench, "--port", "0") as program:
        program.wait_for("Window drawn")
        url = program.wait_for(r"Listening on (\S+)")[1][1]
        report.add(
            "data property, window open", requests_per_second(f"{url}/demo/counter"), "/s", data
        )
        report.add(
            "property with getter, window open",
            requests_per_second(f"{url}/demo/gain"),
            "/s",
            getter,
        )


def _peers(report: Report) -> tuple[Row | None, Row | None, Row | None]:
    data = getter = bare = None
    try:
        python = peer_python("labthings", LABTHINGS)
        with running([str(python), str(HERE / "labthings_server.py")]) as peer:
            url = peer.wait_for(r"running on (http://\S+)")[1][1]
            data = report.add(
                "peer: labthings-fastapi 0.3.0, data property",
                requests_per_second(f"{url}/demo/counter"),
                "/s",
            )
            getter = report.add(
                "peer: labthings-fastapi 0.3.0, property with getter",
                requests_per_second(f"{url}/demo/gain"),
                "/s",
            )
    except RuntimeError as error:
        report.miss("labthings-fastapi 0.3.0", str(error))
    try:
        with running([sys.executable, str(HERE / "fastapi_server.py")]) as peer:
            url = peer.wait_for(r"running on (http://\S+)")[1][1]
            bare = report.add(
                "peer: one FastAPI route, own thread",
                requests_per_second(f"{url}/demo/counter"),
                "/s",
            )
    except RuntimeError as error:
        report.miss("bare FastAPI", str(error))
    return data, getter, bare
