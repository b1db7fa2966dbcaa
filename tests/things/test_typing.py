"""How properties, settings and actions type, as `mypy --strict` sees it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from things import Thing, property, setting
from things.properties import FunctionalProperty

_FOLDER = Path(__file__).with_name("typed")
_ROOT = Path(__file__).parents[2]
_EXPECTED = re.compile(r"# refused: ([\w, -]+)$")
_REPORTED = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[\w-]+)\]$")


@pytest.fixture(scope="module")
def report(pytestconfig: pytest.Config) -> dict[str, set[tuple[int, str]]]:
    """What mypy says of the samples: by file, lines and codes."""
    cache = pytestconfig.cache
    assert cache is not None
    refused = cache.mkdir("typed-samples") / "refused.py"
    refused.write_text((_FOLDER / "refused.py.txt").read_text())
    files = [str(file.relative_to(_ROOT)) for file in sorted(_FOLDER.glob("*.py"))]
    files.append(str(refused))
    config = f"--config-file={_FOLDER / 'mypy.ini'}"
    folder = f"--cache-dir={cache.mkdir('mypy-typed')}"
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", config, folder, *files],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found: dict[str, set[tuple[int, str]]] = {Path(file).name: set() for file in files}
    for line in ran.stdout.splitlines():
        match = _REPORTED.match(line)
        if match:
            found[Path(match["file"]).name].add((int(match["line"]), match["code"]))
        else:
            assert ": note: " in line or line.startswith(("Found ", "Success")), line
    return found


def test_the_instruments_themselves_are_sound(report):
    assert report["instruments.py"] == set()


def test_types_come_through_exactly_and_nothing_becomes_any(report):
    assert report["accepted.py"] == set()


def test_what_is_wrong_is_refused_where_it_stands_and_nothing_else(report):
    lines = (_FOLDER / "refused.py.txt").read_text().splitlines()
    expected = {
        (number, code)
        for number, line in enumerate(lines, 1)
        if (match := _EXPECTED.search(line)) is not None
        for code in match[1].split(", ")
    }
    assert len(expected) > 20
    assert report["refused.py"] == expected


def test_a_setter_of_the_propertys_own_name_works_when_run():
    class Amplifier(Thing):
        _gain = 1.0

        @property
        def gain(self) -> float:
            return self._gain

        @gain.setter  # type: ignore[no-redef]  # see decision 2
        def gain(self, value: float) -> None:
            self._gain = value

        @setting(unit="V")
        def offset(self) -> float:
            return self._offset

        @offset.setter  # type: ignore[no-redef]  # see decision 2
        def offset(self, value: float) -> None:
            self._offset = value

        _offset = 0.0

    amplifier = Amplifier()
    amplifier.gain = 3  # type: ignore[method-assign]  # to mypy it is the setter now
    amplifier.offset = 0.5  # type: ignore[method-assign]  # to mypy it is the setter now

    assert isinstance(Amplifier.gain, FunctionalProperty)
    assert (amplifier.gain, amplifier.offset) == (3.0, 0.5)
    assert not Amplifier.gain.read_only


def test_a_setter_of_another_name_stays_a_method():
    class Amplifier(Thing):
        _gain = 1.0

        @property
        def gain(self) -> float:
            return self._gain

        @gain.setter
        def _set_gain(self, value: float) -> None:
            self._gain = value

    amplifier = Amplifier()
    amplifier._set_gain(4.0)
    assert amplifier.gain == 4.0
    assert list(Amplifier._affordances) == ["gain"]
