"""`labwright doctor`: whether this computer has what the program needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli_commands.connection import AsJson
from app.cli_commands.telling import FAILED, say, say_json, telling


def doctor(
    bench: Annotated[
        Path | None, typer.Option("--bench", help="Look at this bench too; the demo without.")
    ] = None,
    data_folder: Annotated[
        Path | None, typer.Option("--data-folder", help="Where data is kept.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is well and what is wrong on this computer. Ends with 1 where something is."""
    with telling():
        from app.health.examination import State, examined

        found = examined(bench, data_folder)
        if as_json:
            say_json([{"what": e.what, "state": e.state.value, "said": e.said} for e in found])
        else:
            for each in found:
                say(f"{each.state.value:>5}  {each.what}: {each.said}")
        if any(each.state is State.WRONG for each in found):
            raise typer.Exit(FAILED)
