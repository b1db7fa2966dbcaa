"""The rules of the house hold, and each import contract fails when it is broken."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from resources import resource

HOUSE = Path(__file__).parents[1]
PACKAGES = ("things", "app", "ui", "resources")
PYPROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
CONTRACTS = {each["id"]: each["name"] for each in PYPROJECT["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house to break."""
    for package in PACKAGES:
        shutil.copytree(
            HOUSE / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    return tmp_path


def distribution(requirement: str) -> str:
    """The name in a requirement, in the one spelling that all spellings have in common."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def imports(module: ast.Module) -> Iterator[str]:
    """The modules that a module's source imports, at its top or within."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def lint_imports(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder, whose packages then come before the installed ones."""
    program = str(Path(sys.executable).with_name("lint-imports"))
    return subprocess.run(
        [program, "--no-cache", *arguments],
        cwd=house,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("contract", "offence"),
    [
        ("layers", {"things/offender.py": "import app"}),
        ("layers", {"app/offender.py": "import ui"}),
        ("layers", {"things/offender.py": "import resources"}),
        ("no-qt", {"things/offender.py": "import PySide6.QtCore"}),
        (
            "no-qt",
            {"things/offender.py": "import qasync", "app/offender.py": "import things.offender"},
        ),
        ("web-framework", {"things/offender.py": "import starlette.responses"}),
        ("web-framework", {"app/offender.py": "from fastapi import FastAPI"}),
        ("ui-direct", {"ui/offender.py": "import fastapi"}),
        ("ui-direct", {"ui/offender.py": "import sqlalchemy.orm"}),
        ("things-libraries", {"things/offender.py": "import httpx"}),
        (
            "no-cycles",
            {
                "things/offender.py": "import things.accomplice",
                "things/accomplice.py": "import things.offender",
            },
        ),
    ],
)
def test_a_broken_contract_is_named(house: Path, contract: str, offence: Mapping[str, str]) -> None:
    for path, source in offence.items():
        (house / path).write_text(source + "\n", encoding="utf-8")

    answer = lint_imports(house, "--contract", contract)

    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert re.search(rf"^{re.escape(CONTRACTS[contract])} BROKEN", answer.stdout, re.MULTILINE)
    assert "offender" in answer.stdout


def test_the_contracts_are_kept() -> None:
    answer = lint_imports(HOUSE)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in answer.stdout


@pytest.mark.parametrize("package", ["things", "app"])
def test_a_package_below_the_window_loads_neither_qt_nor_a_web_framework(package: str) -> None:
    program = f"import {package}, sys; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert not {"PySide6", "qasync", "fastapi", "starlette"} & set(answer.stdout.split())


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", tmp_path, HOUSE], timeout=100, check=True)

    (wheel,) = tmp_path.glob("labwright-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    present = {
        path.relative_to(HOUSE).as_posix()
        for package in PACKAGES
        for path in (HOUSE / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == present
    assert packed.issuperset(f"{package}/py.typed" for package in PACKAGES)


def test_constraints_name_every_requirement_and_nothing_but_versions() -> None:
    lines = (HOUSE / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    extras = PROJECT["optional-dependencies"].values()
    asked = {distribution(each) for each in PROJECT["dependencies"]}
    asked |= {distribution(each) for extra in extras for each in extra}

    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", pin) for pin in pins)
    assert asked <= {distribution(pin) for pin in pins}


def test_every_library_that_is_imported_is_required() -> None:
    owners = packages_distributions()
    required = {distribution(each) for each in PROJECT["dependencies"]}
    imported = {
        name.partition(".")[0]
        for package in PACKAGES
        for path in (HOUSE / package).rglob("*.py")
        for name in imports(ast.parse(path.read_text(encoding="utf-8")))
    }

    libraries = imported - sys.stdlib_module_names - set(PACKAGES)
    assert not [
        name
        for name in libraries
        if required.isdisjoint(distribution(owner) for owner in owners.get(name, [name]))
    ]


def test_a_resource_is_found() -> None:
    assert resource("py.typed").is_file()


def test_a_resource_that_is_missing_is_said() -> None:
    with pytest.raises(FileNotFoundError, match=r"no resource 'themes/none\.toml'"):
        resource("themes/none.toml")
