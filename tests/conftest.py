"""What all tests share: how hypothesis searches, how long is waited, screens, a qasync loop, and a
PostgreSQL server."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

# On a busy machine one slow example is no fault. In CI the same examples every time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

TASKS_END_WITHIN_S = 5.0
POSTGRESQL_STARTS_WITHIN_S = 60.0
PATIENCE_MS = 30_000
SCREEN: pytest.StashKey[subprocess.Popen[bytes]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Set up a process that runs tests.

    pytest-qt waits for 5 s where a test does not say how long, which on a busy machine is little.
    Each of pytest-xdist's workers has a screen of its own: on one, windows take each other's focus.
    """
    waits = QtBot.waitUntil.__kwdefaults__
    assert waits is not None
    waits["timeout"] = PATIENCE_MS
    if hasattr(config, "workerinput") and shutil.which("Xvfb"):
        reading, writing = os.pipe()
        config.stash[SCREEN] = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1200x24"],
            pass_fds=(writing,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as said:
            os.environ["DISPLAY"] = f":{said.readline().strip()}"  # it takes connections by now


def pytest_unconfigure(config: pytest.Config) -> None:
    screen = config.stash.get(SCREEN, None)
    if screen is not None:
        screen.terminate()
        screen.wait()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A worker's report travels in UTF-8; what a test has logged on purpose may not fit in it."""
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """A qasync loop that counts as running for the whole test.

    Slots may create tasks, and every `qtbot.wait...` turns it. At the end, what still runs is
    cancelled and waited for, so that no timer outlives the test.
    """
    import qasync  # only tests of the window need it

    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    # Not `already_running=True`: stopping such a loop calls `QApplication.exit()`, after which no
    # nested Qt loop, and so no later `qtbot.wait...` of the session, turns any more.
    asyncio.events._set_running_loop(loop)
    yield loop
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    deadline = time.monotonic() + TASKS_END_WITHIN_S
    while any(not task.done() for task in tasks) and time.monotonic() < deadline:
        qapp.processEvents()
    asyncio.events._set_running_loop(None)
    loop.close()
    asyncio.set_event_loop(None)
    stuck = [task for task in tasks if not task.done()]
    assert not stuck, f"tasks that ignore being cancelled: {stuck}"


@pytest.fixture(scope="session", autouse=True)
def own_lock_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tests start the demo bench while somebody may be working with it."""
    folder = tmp_path_factory.mktemp("locks")
    os.environ["LABWRIGHT_LOCK_FOLDER"] = str(folder)
    return folder


EMPTY = """DO $$ DECLARE name text; BEGIN
FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'
LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
CREATE SCHEMA public; END $$"""


class PostgresqlServer:
    """Debian's PostgreSQL, for one run of the tests; nobody else can reach it.

    It listens on a socket in a folder of its own and ends with the tests, however those end.
    PostgreSQL refuses to run as root, so there it runs as the user its package made.

    Args:
        shared_buffers: How much it keeps in memory; few tests need much.
    """

    def __init__(self, shared_buffers: str = "16MB") -> None:
        programs = _postgresql_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="labwright-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        data = self._folder / "data"
        options = ("-U", "lab", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run(programs / "initdb", "-D", data, *options)
        # Linux ends the server with the tests even where those are killed.
        with_us = ("setpriv", "--pdeathsig", "QUIT") if shutil.which("setpriv") else ()
        with (self._folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(*with_us, programs / "postgres", "-D", data),
                    *("-k", self._folder, "-c", "listen_addresses=", "-F"),
                    *("-c", "max_connections=50", "-c", f"shared_buffers={shared_buffers}"),
                ],
                user=self._user,
                group=self._user,
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._databases = itertools.count(1)
        self._free: list[str] = []
        self._wait_until_it_answers()

    def new_database(self) -> str:
        """An empty database: one that was given back, since a new one takes a while.

        Returns:
            Its name; `address` leads there.
        """
        if self._free:
            return self._free.pop()
        name = f"lab{next(self._databases)}"
        self.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return name

    def give_back(self, name: str) -> None:
        """Empty a database, whoever still uses it."""
        users = f"FROM pg_stat_activity WHERE datname = '{name}'"
        self.execute(f"SELECT pg_terminate_backend(pid, 10000) {users}")
        self.execute(EMPTY, name)
        self._free.append(name)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Carry out a statement as the server's master."""
        import psycopg

        address = self.address(database).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def close(self) -> None:
        """End it and take away what it wrote."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        shutil.rmtree(self._folder)

    def address(self, name: str) -> str:
        """Where a database is, as a URL."""
        return f"postgresql+psycopg://lab@/{name}?host={self._folder}"

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(
            command,
            user=self._user,
            group=self._user,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + POSTGRESQL_STARTS_WITHIN_S
        while (trouble := self._trouble()) and time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):  # it may end, but should not
                self._process.wait(0.05)
                break
        assert not trouble, f"{trouble}\n{(self._folder / 'server.log').read_text()}"

    def _trouble(self) -> str:
        import psycopg

        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError as error:
            return str(error)
        return ""


def _postgresql_programs() -> Path:
    """Where the server's programs are; Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    pytest.fail(
        "PostgreSQL's server is not installed: `tools/bootstrap test` does it, or "
        "`apt-get install postgresql`"
    )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server, started for the first test that asks for it."""
    server = PostgresqlServer()
    yield server
    server.close()


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    name = postgresql_server.new_database()
    yield postgresql_server.address(name)
    postgresql_server.give_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The setting of this name: '' for a file in the folder of data, or an empty database.

    A test of files alone is parametrized with ["sqlite"], indirect.
    """
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgresql_url")
    return url
