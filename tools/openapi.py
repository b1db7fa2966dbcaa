"""Writes docs/openapi.json anew: the API of a bench with one Thing that has one of everything.

    make openapi

Look at the difference before it is committed: others build on what is in there.
"""

import json
from pathlib import Path

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.server.documentation_routes import document_of

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def text() -> str:
    """The document as it is committed."""
    demo = ThingSpec("demo", "things.simulated.everything:Everything")
    with Bench(BenchSpec("A bench", (demo,))) as bench:
        return json.dumps(document_of(bench), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
