"""What `tools/bootstrap` does on machines of every kind, played with commands that only pretend."""

import shutil
import subprocess
import threading
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
REAL_COMMANDS = ["cat", "cksum", "env", "flock", "head", "ln", "mkdir", "mktemp", "readlink", "rm"]
REAL_COMMANDS += ["sh", "tail"]

DPKG_QUERY = """#!/bin/sh
for package in $(cat "$MACHINE/installed"); do echo "installed $package"; done
exit 1
"""

APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$MACHINE/calls"
[ ! -e "$MACHINE/no-network" ] || { echo "E: Unable to fetch" >&2; exit 100; }
case $1 in install) shift; echo "$@" >>"$MACHINE/installed" ;; esac
"""

# It pretends to be Debian's python3: it makes 'environments' whose interpreter is again itself.
PYTHON = """#!/bin/sh
case $* in
    *version_info\\ \\<*) [ ! -e "$MACHINE/old" ] ;;
    --version) if [ -e "$MACHINE/old" ]; then echo Python 3.9.2; else echo Python 3.11.2; fi ;;
    *ensurepip*) case $(cat "$MACHINE/installed") in *python3.11-venv*) ;; *) exit 1 ;; esac ;;
    *base_prefix*) echo /usr ;;
    *-venv*) printf 'python3.11-venv ' ;;
    "-m venv .venv")
        echo "$*" >>"$MACHINE/calls"
        mkdir -p .venv/bin
        ln -s "$MACHINE/bin/python3" .venv/bin/python ;;
    "-m pip install "*)
        echo "$*" >>"$MACHINE/calls"
        [ ! -e "$MACHINE/no-network" ] || { echo "no such host" >&2; exit 1; } ;;
    *) echo "unexpected: python3 $*" >&2; exit 99 ;;
esac
"""


class Machine:
    """A machine that is only pretended, with a clone of the house on it."""

    def __init__(self, folder: Path) -> None:
        """Lay out the commands and the clone in an empty folder."""
        self.folder = folder
        self.clone = folder / "clone"
        (self.clone / "tools").mkdir(parents=True)
        shutil.copy(HOUSE / "tools" / "bootstrap", self.clone / "tools")
        for name in ("pyproject.toml", "constraints.txt"):
            (self.clone / name).write_text(f"# {name}\n", encoding="utf-8")
        (folder / "bin").mkdir()
        for name in REAL_COMMANDS:
            found = shutil.which(name)
            assert found, name
            (folder / "bin" / name).symlink_to(found)
        self.command("dpkg-query", DPKG_QUERY)
        self.command("apt-get", APT_GET)
        self.command("python3", PYTHON)
        self.become_root(True)
        self.install("")
        (folder / "calls").touch()

    def command(self, name: str, script: str) -> None:
        """Put a pretended command on the machine."""
        path = self.folder / "bin" / name
        path.unlink(missing_ok=True)
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    def become_root(self, root: bool) -> None:
        """Give or take root rights."""
        self.command("id", f"#!/bin/sh\necho {0 if root else 1000}\n")

    def install(self, packages: str) -> None:
        """Say which Debian packages are there."""
        (self.folder / "installed").write_text(packages + "\n", encoding="utf-8")

    def set(self, fault: str, there: bool = True) -> None:
        """Bring a fault about, or mend it."""
        path = self.folder / fault
        path.touch() if there else path.unlink()

    def bootstrap(self, target: str = "run") -> subprocess.CompletedProcess[str]:
        """Call the script as a make target does."""
        return subprocess.run(
            ["tools/bootstrap", target],
            cwd=self.clone,
            env={"PATH": str(self.folder / "bin"), "MACHINE": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self, word: str) -> list[str]:
        """The calls so far that had a word in them."""
        lines = (self.folder / "calls").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if word in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian with nothing on it but python3, and root rights."""
    return Machine(tmp_path)


def test_root_rights_install_what_is_missing(machine: Machine) -> None:
    answer = machine.bootstrap()

    assert answer.returncode == 0, answer.stderr
    assert [line.split(":")[0] for line in answer.stdout.splitlines()] == ["bootstrap"] * 3
    (install,) = machine.calls("apt-get install")
    assert "--no-install-recommends" in install
    assert {"python3.11-venv", "libxcb-cursor0"} <= set(install.split())
    assert not {"xvfb", "wrk"} & set(install.split())


@pytest.mark.parametrize(
    ("target", "package"),
    [
        ("test", "xvfb"),
        ("test", "curl"),
        ("screenshots", "xauth"),
        ("bench", "wrk"),
        ("bench", "apache2-utils"),
    ],
)
def test_a_target_gets_its_own_packages(machine: Machine, target: str, package: str) -> None:
    machine.bootstrap(target)

    assert package in machine.calls("apt-get install")[0].split()


def test_without_root_rights_the_one_command_to_type_is_printed(machine: Machine) -> None:
    machine.become_root(False)

    answer = machine.bootstrap()

    assert answer.returncode == 1
    (command,) = [line for line in answer.stderr.splitlines() if "sudo" in line]
    assert "apt-get update && apt-get install" in command
    assert "python3.11-venv" in command
    assert not machine.calls("")


def test_without_root_rights_nothing_is_asked_for_when_all_is_there(machine: Machine) -> None:
    machine.bootstrap()
    shutil.rmtree(machine.clone / ".venv")
    machine.become_root(False)

    assert machine.bootstrap().returncode == 0


def test_the_second_call_does_and_says_nothing(machine: Machine) -> None:
    machine.bootstrap()
    calls = machine.calls("")

    answer = machine.bootstrap()

    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert machine.calls("") == calls


def test_two_calls_at_once_install_once(machine: Machine) -> None:
    answers: list[subprocess.CompletedProcess[str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(machine.bootstrap())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.returncode for answer in answers] == [0] * 4
    assert len(machine.calls("apt-get install")) == 1
    assert len(machine.calls("-m venv")) == 1


def test_new_requirements_are_installed_into_the_environment_that_is_there(
    machine: Machine,
) -> None:
    machine.bootstrap()
    (machine.clone / "constraints.txt").write_text("# newer\n", encoding="utf-8")

    answer = machine.bootstrap()

    assert answer.stdout == "bootstrap: installing Python packages\n"
    assert len(machine.calls("-m venv")) == 1
    assert machine.bootstrap().stdout == ""


def test_a_clone_that_was_moved_gets_a_new_environment(machine: Machine) -> None:
    machine.bootstrap()
    machine.clone = machine.clone.rename(machine.folder / "elsewhere")

    answer = machine.bootstrap()

    assert "creating .venv" in answer.stdout
    assert machine.bootstrap().stdout == ""


def test_what_was_left_half_done_is_done_anew(machine: Machine) -> None:
    machine.install("python3.11-venv")
    machine.set("no-network")
    failed = machine.bootstrap("check")
    assert failed.returncode == 1
    assert "no such host" in failed.stderr
    machine.set("no-network", False)

    answer = machine.bootstrap("check")

    assert answer.returncode == 0
    assert len(machine.calls("-m venv")) == 2


def test_packages_that_cannot_be_fetched_are_said(machine: Machine) -> None:
    machine.set("no-network")

    answer = machine.bootstrap()

    assert answer.returncode == 1
    assert "E: Unable to fetch" in answer.stderr
    assert "apt-get could not install" in answer.stderr
    assert not (machine.clone / ".venv").exists()


def test_a_python_that_is_too_old_is_said(machine: Machine) -> None:
    machine.set("old")

    answer = machine.bootstrap("check")

    assert answer.returncode == 1
    assert "Python 3.11 or newer is needed" in answer.stderr
    assert f"{machine.folder}/bin/python3 is Python 3.9.2" in answer.stderr


def test_where_there_is_no_debian_no_packages_are_asked_for(machine: Machine) -> None:
    machine.install("python3.11-venv")
    (machine.folder / "bin" / "dpkg-query").unlink()

    answer = machine.bootstrap("test")

    assert answer.returncode == 0, answer.stderr
    assert not machine.calls("apt-get")


def test_an_unknown_target_is_refused(machine: Machine) -> None:
    answer = machine.bootstrap("fly")

    assert answer.returncode == 2
    assert "unknown target 'fly'" in answer.stderr
