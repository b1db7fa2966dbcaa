"""Everything that is looked at, in the order in which it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from app.archiving import rules_of
from app.health.bench import look_at_bench, look_at_database
from app.health.computer import look_at_clock, look_at_python, look_at_sqlite, look_at_window
from app.health.finding import Finding, State
from app.health.places import look_at_archive, look_at_folder, look_at_port
from app.instance_lock import bench_folder
from app.packaged_benches import bench_file_of
from app.settings import Settings, SettingsError, read_settings, settings_file

__all__ = ["Finding", "State", "examined"]


def examined(bench: Path | None = None, data_folder: Path | None = None) -> list[Finding]:
    """Look at everything; nothing but an empty folder of data is made by it.

    Args:
        bench: A bench file, or the name of one that ships; the demo when None.
        data_folder: Where data is kept; from the settings when None.
    """
    looks: list[Callable[[], Iterator[Finding]]] = [look_at_python, look_at_window, look_at_sqlite]
    try:
        settings = read_settings(data_folder=data_folder)
    except SettingsError as error:
        return [*_all(looks), Finding("settings", State.WRONG, str(error))]
    file = bench_file_of(bench)
    looks += [
        _settings_found,
        lambda: look_at_folder("data folder", settings.data_folder, database=True),
        lambda: look_at_folder("lock folder", settings.lock_folder),
        lambda: look_at_port(settings.host, settings.port),
        lambda: look_at_bench(file),
        *_of_the_bench(settings, file),
    ]
    return _all(looks)


def _of_the_bench(settings: Settings, file: Path) -> list[Callable[[], Iterator[Finding]]]:
    folder = bench_folder(settings.data_folder, file)
    files = rules_of(settings, folder).place(folder)
    return [
        lambda: look_at_archive(files),
        lambda: look_at_database(folder, settings.database_url),
        lambda: look_at_clock(folder),
    ]


def _settings_found() -> Iterator[Finding]:
    file = settings_file()
    yield Finding("settings", State.WELL, str(file) if file.exists() else f"no {file}")


def _all(looks: list[Callable[[], Iterator[Finding]]]) -> list[Finding]:
    return [found for look in looks for found in look()]
