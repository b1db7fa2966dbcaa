"""The program as others get it: a wheel in an empty environment, started from another folder."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`labwright` in an environment that holds nothing but its wheel and what that needs."""
    folder = tmp_path_factory.mktemp("installed")
    pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "-q"]
    wheels = folder / "wheels"
    subprocess.run(
        [sys.executable, *pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, HOUSE],
        timeout=120,
        check=True,
    )
    (wheel,) = wheels.glob("labwright-*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run(
        [python, *pip, "install", "-c", HOUSE / "constraints.txt", wheel], timeout=900, check=True
    )
    return python.with_name("labwright")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that has nothing to do with the sources."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """No way to the sources, and settings and data in a folder of the test's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}


@pytest.fixture
def address(program: Path, elsewhere: Path, environment: dict[str, str]) -> Iterator[str]:
    """Where the installed program listens, serving its own demo bench."""
    with subprocess.Popen(
        [program, "serve", "--port", "0"],
        cwd=elsewhere,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            for line in process.stdout:
                if found := re.search(r"Listening on (http://\S+)", line):
                    yield found[1]
                    break
            else:
                pytest.fail(f"it ended with {process.wait()} before it listened")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def test_help_is_printed(program: Path, elsewhere: Path, environment: dict[str, str]) -> None:
    answer = subprocess.run(
        [program, "--help"],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "serve" in answer.stdout


def test_the_demo_bench_is_served(address: str) -> None:
    with urllib.request.urlopen(f"{address}/thing_descriptions/", timeout=20) as answer:
        descriptions = json.load(answer)

    assert len(descriptions) >= 4
