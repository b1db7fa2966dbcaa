"""Every snippet and command of README and docs is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec, read_bench_file
from app.handles import InvocationStatus, Origin, OriginKind
from things import Thing, ThingState

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ME = Origin(OriginKind.SCRIPT, "a test")
REFUSED = "-d -3"
"""In the one command of docs/http.md that shows a refusal, 422."""
CURL = f"""
curl() {{
    case "$*" in
        *"{REFUSED}"*)
            test "$(command curl "$@" -sS -o refusal -w '%{{http_code}}')" = 422
            cat refusal ;;
        *) command curl "$@" -sS --fail-with-body ;;
    esac
}}
"""
"""In place of curl: what the bench refuses fails, but for what is to be refused."""


def blocks(document: Path, language: str) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def snippets(language: str, but: Path | None = None) -> list[object]:
    return [
        pytest.param(text, id=f"{document.name}-{number}")
        for document in DOCUMENTS
        if document != but
        for number, text in enumerate(blocks(document, language))
    ]


@pytest.fixture
def pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path; what was imported from it is forgotten again."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def thing_classes(module: types.ModuleType) -> list[type[Thing]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Thing) and value is not Thing
    ]


@pytest.mark.parametrize("text", snippets("python", but=ROOT / "docs" / "client.md"))
def test_every_python_snippet_runs_and_its_things_open_on_a_bench(text: str, pasted: Path) -> None:
    (pasted / "pasted_snippet.py").write_text(text)
    module = __import__("pasted_snippet")

    for cls in thing_classes(module):
        spec = BenchSpec("Pasted", (ThingSpec("thing", f"pasted_snippet:{cls.__name__}"),))
        with Bench(spec) as bench:
            assert bench.things["thing"].state is ThingState.READY, bench.things["thing"].reason


@pytest.mark.parametrize("text", snippets("toml"))
def test_every_bench_file_can_be_read(text: str, tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(text)

    assert read_bench_file(file).things


def test_the_instrument_of_the_readme_is_about_30_lines_and_works_when_pasted(
    pasted: Path,
) -> None:
    readme = ROOT / "README.md"
    code = blocks(readme, "python")[0]
    (pasted / "shutter.py").write_text(code)
    bench_file = pasted / "bench.toml"
    bench_file.write_text(blocks(readme, "toml")[0])
    assert len([line for line in code.splitlines() if line.strip()]) <= 30

    with Bench(read_bench_file(bench_file), data_folder=pasted / "data") as bench:
        bench.write("shutter", "open_time", 5, ME)
        exposed = bench.invoke("shutter", "expose", {"times": 3}, ME)
        assert exposed.wait_ended(30)
        assert exposed.status is InvocationStatus.COMPLETED
        assert exposed.result == 3
        assert bench.read("shutter", "wear").value == pytest.approx(0.0003)


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(), re.MULTILINE)
    }

    assert {"run", "test", "check", "bench"} <= named
    assert named <= targets


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo bench as a process; its address. Each document has one to itself."""
    folder = tmp_path_factory.mktemp("served")
    program = subprocess.Popen(
        [str(Path(sys.executable).with_name("labwright")), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "LABWRIGHT_DATA_FOLDER": str(folder),
            "LABWRIGHT_LOCK_FOLDER": str(folder),
        },
    )
    assert program.stdout is not None
    line = next(line for line in program.stdout if line.startswith("Listening on "))
    yield line.split()[-1]
    program.terminate()
    assert program.wait(60) == 0
    program.stdout.close()


@pytest.mark.parametrize("document", ["README.md", "docs/http.md"])
def test_every_curl_command_works_on_the_demo_bench(
    document: str, served: str, tmp_path: Path
) -> None:
    commands = "\n".join(text for text in blocks(ROOT / document, "sh") if "curl" in text)
    script = "set -euo pipefail\n" + CURL + commands.replace("http://127.0.0.1:7170", served)

    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert '"title":"Camera"' in done.stdout.replace(": ", ":")
    if document == "docs/http.md":
        assert (tmp_path / "snap.png").read_bytes().startswith(b"\x89PNG")
        assert "greater_than" in done.stdout
        assert "cancelled" in done.stdout


@pytest.mark.parametrize("document", ["README.md", "docs/command-line.md"])
def test_every_command_works_on_the_demo_bench(document: str, served: str, tmp_path: Path) -> None:
    commands = "\n".join(text for text in blocks(ROOT / document, "sh") if "labwright " in text)
    program = Path(sys.executable).with_name("labwright")
    named = f'labwright() {{ "{program}" "$@" --url {served}; }}\n'

    done = subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + named + commands],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=110,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    if document == "README.md":
        return
    assert (tmp_path / "cells.png").read_bytes().startswith(b"\x89PNG")
    assert "stage: stopped in " in done.stdout
    assert "good focus" in done.stdout


def test_every_line_of_a_client_s_script_works_on_the_demo_bench(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    document = ROOT / "docs" / "client.md"
    script = "\n".join(blocks(document, "python")).replace("http://127.0.0.1:7170", served)

    exec(compile(script, str(document), "exec"), {})

    assert (tmp_path / "cells.png").read_bytes().startswith(b"\x89PNG")
    said = capsys.readouterr().out
    assert "refused: " in said
    assert "cancelled" in said
