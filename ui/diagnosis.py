"""What a bug report needs to know of the running program, as sections of lines."""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import QCoreApplication, qVersion

from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from ui.beat import STEPS_MS
from ui.bridge import Bridge
from ui.stall_watch import StallWatch

PACKAGES = ("labwright", "PySide6-Essentials", "qasync", "pyqtgraph", "numpy", "fastapi", "uvicorn")


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines under a title.

    Attributes:
        title: In the operator's language.
        lines: Each of them plain text.
    """

    title: str
    lines: Sequence[str]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Diagnosis", text)


class Diagnosis:
    """Gathers it anew each time it is asked, in a few milliseconds and without waiting.

    Args:
        bench: The bench.
        bridge: Its events.
        watch: The beat of the Qt thread.
    """

    def __init__(self, bench: BenchHandle, bridge: Bridge, watch: StallWatch) -> None:
        self._bench = bench
        self._bridge = bridge
        self.watch = watch

    def sections(self) -> Sequence[Section]:
        """Everything, in the order in which it is shown."""
        parts: Sequence[tuple[str, Callable[[], Sequence[str]]]] = (
            (_tr("Beat of the window"), self._beat),
            (_tr("Stalls"), self._stalls),
            (_tr("Bench"), self._of_bench),
            (_tr("Server"), self._server),
            (_tr("Events"), self._events),
            (_tr("Threads"), _threads),
            (_tr("Memory"), _memory),
            (_tr("Versions"), _versions),
        )
        return [Section(title, lines()) for title, lines in parts]

    def text(self) -> str:
        """Everything as text, for a bug report."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        parts = [f"{_tr('Diagnostics')} {at}"]
        parts += [
            f"\n{section.title}\n" + "\n".join(f"  {line}" for line in section.lines)
            for section in self.sections()
        ]
        return "\n".join(parts) + "\n"

    def _beat(self) -> Sequence[str]:
        found = self.watch.record.figures()
        edges = [*(f"< {step}" for step in STEPS_MS), f">= {STEPS_MS[-1]}"]
        bars = ", ".join(f"{e} ms: {n}" for e, n in zip(edges, found.bars, strict=True) if n)
        return [
            _tr(
                "{0} beats, late by {1:.1f} ms (half of them), "
                "{2:.1f} ms (99 %), {3:.1f} ms (worst)"
            ).format(found.count, found.p50_ms, found.p99_ms, found.worst_ms),
            bars or "–",
        ]

    def _stalls(self) -> Sequence[str]:
        lines = []
        for stall in reversed(tuple(self.watch.kept)):
            took = _tr("lasts") if stall.took_s is None else f"{1000 * stall.took_s:.0f} ms"
            lines.append(f"{stall.at:%H:%M:%S}  {took}  {stall.where}")
        return lines or [_tr("none")]

    def _of_bench(self) -> Sequence[str]:
        bench = self._bench
        states = Counter(thing.state.value for thing in bench.things.values())
        running = [each for each in bench.invocations() if not each.status.ended]
        return [
            f"{bench.title}, {bench.file or _tr('elsewhere')}",
            ", ".join(f"{count} {state}" for state, count in states.items()) or _tr("no Things"),
            _tr("{0} running or waiting").format(len(running)),
            _tr("Ledger: {0}").format(bench.ledger_trouble or _tr("well")),
            _tr("Archive: {0}").format(_of_archive(bench.archive)),
        ]

    def _server(self) -> Sequence[str]:
        server = self._bench.server
        lines = [server.url or _tr("not on the network")]
        lines += [server.note] if server.note else []
        clients = Counter(server.clients)
        lines += [f"{who} × {count}" for who, count in sorted(clients.items())]
        return lines

    def _events(self) -> Sequence[str]:
        return [
            _tr("{0} brought, {1} waiting, {2} values skipped").format(
                self._bridge.brought, self._bridge.backlog, self._bridge.skipped
            )
        ]


def _threads() -> Sequence[str]:
    # Numbers at the end of a name tell members of a pool apart.
    names = Counter(thread.name.rstrip("0123456789_-") for thread in threading.enumerate())
    return [f"{name} × {count}" if count > 1 else name for name, count in sorted(names.items())]


def _memory() -> Sequence[str]:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return [_tr("not known on this system")]
    return [_tr("{0} MB").format(pages * os.sysconf("SC_PAGE_SIZE") // 2**20)]


def _versions() -> Sequence[str]:
    lines = [f"Python {sys.version.split()[0]}, Qt {qVersion()}, {platform.platform()}"]
    for name in PACKAGES:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} {_tr('is not installed')}")
    return lines


def _of_archive(archive: ArchiveHandle | None) -> str:
    if archive is None:
        return _tr("no files are kept")
    return archive.trouble or _tr("well")
