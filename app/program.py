"""A running bench: its lock, its Things, its server. The same with and without a window."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from app.archiving import rules_of
from app.bench import Bench
from app.bench_editing import BenchEditing
from app.bench_file import BenchSpec, place_in
from app.bench_names import refuse_unknown_names
from app.bench_things import ClassNotFoundError, import_thing_class
from app.errors import BenchFileError
from app.handles import ServerInfo
from app.instance_lock import InstanceLock, bench_folder
from app.local import LocalBench
from app.recording import RecordingRules
from app.settings import Settings
from things.errors import NotAvailableError, ThingError

if TYPE_CHECKING:
    from app.server.thread import ServerThread

_log = logging.getLogger(__name__)

AT_MOST_S = 15.0
"""How much longer than running actions are waited for everything else takes at its end."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class HostRefusedError(ThingError):
    """The server may not listen there."""


def refuse_beyond_loopback(host: str) -> None:
    """The network may not be listened to while there are no accounts.

    Raises:
        HostRefusedError: The host is not loopback.
    """
    if host.lower() not in LOOPBACK:
        raise HostRefusedError(
            f"--host {host}: the bench is served to this computer only (127.0.0.1, localhost or "
            "::1). Anybody who can reach it could move its instruments, and there are no user "
            "accounts yet to say who may."
        )


def make_drivers_importable(spec: BenchSpec) -> None:
    """Let a bench file name drivers that lie beside it; installed ones come first."""
    if spec.file is None:
        return
    folder = str(spec.file.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)


def refuse_unknown_classes(spec: BenchSpec) -> None:
    """Say of the first class that does not exist where the bench file names it.

    Then of the first rule that speaks of what no class has.

    Raises:
        BenchFileError: There is no such module or class, or no such action or property.
    """
    make_drivers_importable(spec)
    for thing in spec.things:
        try:
            import_thing_class(thing.name, thing.class_path)
        except ClassNotFoundError as error:
            text = spec.file.read_text(encoding="utf-8") if spec.file is not None else ""
            place = place_in(text, thing.name, "class")
            raise BenchFileError(
                spec.file or spec.title, place, f"class {thing.class_path!r}: {error.reason}"
            ) from None
        except NotAvailableError:
            continue  # it is there but broken: shown as failed, the others run
    refuse_unknown_names(spec)


class Program:
    """A bench that runs and can be reached.

    Args:
        spec: The bench.
        settings: Where to listen and where to keep data.
        safe: Start no Thing; each is started by a click.

    Attributes:
        editing: Adds Things and takes them off.
        stuck: What did not end in time when it was closed, in words.

    Raises:
        BenchInUseError: Another program has this bench, or its folder of data.
        DataFolderError: Data cannot be kept there.
    """

    def __init__(self, spec: BenchSpec, settings: Settings, *, safe: bool = False) -> None:
        self.settings = settings
        make_drivers_importable(spec)
        folder: Path = bench_folder(settings.data_folder, spec.file)
        # Two programs on the same instruments are as bad as two in the same folder of data.
        running = bench_folder(settings.lock_folder, spec.file)
        self._locks: list[InstanceLock] = []
        try:
            for place in dict.fromkeys((running, folder)):
                self._locks.append(InstanceLock(place, spec.title))
        except ThingError:
            self._release()
            raise
        self.bench = Bench(
            spec,
            data_folder=folder,
            limit=settings.max_invocations,
            stuck_after_s=settings.stuck_after_s,
            write_wait_s=settings.write_wait_s,
            recording=RecordingRules(
                settings.record_runs,
                settings.ledger_keep_days,
                settings.ledger_max_mb,
                settings.database_url,
                settings.database_copies,
            ),
            archiving=rules_of(settings, folder),
        )
        self.editing = BenchEditing(self.bench)
        self.handle = LocalBench(self.bench, self._reached, dev=settings.dev)
        self.server_info = ServerInfo("")
        self._server: ServerThread | None = None
        self.ends_bench = True
        self.safe = safe
        self.stuck: Sequence[str] = ()
        self._closing = threading.Lock()
        self._closed = False
        self._ended = threading.Event()

    def _reached(self) -> ServerInfo:
        """Where the bench can be reached, and who is connected now."""
        server = self._server
        return (
            self.server_info
            if server is None
            else replace(self.server_info, clients=server.clients)
        )

    def open(self) -> None:
        """Open the Things; slow ones take as long as they take."""
        self.bench.open(safe=self.safe)

    def serve(self) -> ServerInfo:
        """Start the server; returns once it answers.

        Raises:
            PortError: No port could be had.
        """
        # Imported here: FastAPI takes 0.3 s, and the window is drawn before it is needed.
        from app.server.settings import ServerSettings
        from app.server.thread import ServerThread

        server = ServerThread(
            self.bench,
            ServerSettings(
                host=self.settings.host,
                port=self.settings.port,
                prefix=self.settings.prefix,
                allowed_origins=self.settings.allowed_origins,
                max_body_bytes=self.settings.max_body_bytes,
                max_upload_bytes=self.settings.max_upload_bytes,
                dev=self.settings.dev,
            ),
        )
        with self._closing:
            if self._closed:
                return self.server_info
            server.start()
            self._server = server
        url = server.url + self.settings.prefix
        self.server_info = ServerInfo(url, server.note)
        for lock in self._locks:
            lock.announce(url)
        if server.note:
            _log.warning("%s", server.note)
        return self.server_info

    def close(self) -> Sequence[str]:
        """End everything: what runs is cancelled and waited for, Things are left in reverse.

        Whoever calls it while another thread is at it waits for the end, and is told nothing.

        Returns:
            What did not end in time, in words.
        """
        with self._closing:
            first, self._closed = not self._closed, True
        if not first:
            # Somebody else is at it; who goes on now would end the process under his hands.
            self._ended.wait(self.settings.close_wait_s + AT_MOST_S)
            return ()
        try:
            self.stuck = self.bench.close(self.settings.close_wait_s)
            if self._server is not None:
                self._server.stop()
            self._release()
        finally:
            self._ended.set()
        return self.stuck

    def _release(self) -> None:
        for lock in self._locks:
            lock.release()


def end_without_waiting(code: int = 0) -> NoReturn:
    """End the process although threads hang: the interpreter would wait for them for ever."""
    with suppress(OSError):  # who listened may be gone
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
