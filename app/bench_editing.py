"""Adding Things to a bench that runs, taking them off, and writing that into its file.

Only the program that runs a bench does this, by its own window: a class named over the network
would be code of anybody's choice, run here.
"""

from __future__ import annotations

import threading
from pathlib import Path

from app.bench import Bench
from app.bench_file import ThingSpec
from app.errors import BenchFileError
from app.packaged_benches import bench_file_of


class BenchEditing:
    """Changes one bench. Every method but the properties may wait for a device or a disk.

    Args:
        bench: The bench.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._saved = bench.spec.things
        self._saving = threading.Lock()

    @property
    def unsaved(self) -> bool:
        """Whether the bench differs from its file."""
        return self._bench.spec.things != self._saved

    @property
    def file(self) -> Path | None:
        """Where it can be saved without asking; None where a file must be chosen first.

        What ships with the program is not written to, and LabThings' JSON is read only.
        """
        file = self._bench.spec.file
        if file is None or file.suffix.lower() != ".toml":
            return None
        return None if file.parent == bench_file_of(None).parent else file

    def add(self, spec: ThingSpec) -> None:
        """Add a Thing and start it; one that fails is there all the same, and says why.

        Raises:
            ValueRefusedError: Its name, class or slots do not fit.
            ClosingError: The bench is closed.
        """
        self._bench.add(spec)

    def remove(self, name: str) -> None:
        """Take a Thing off the bench.

        Raises:
            BusyError: Something runs on it.
            NotAvailableError: Another Thing uses it.
        """
        self._bench.remove(name)

    def save(self, target: Path | None = None) -> Path:
        """Write the bench into its file, or into another.

        The program goes on with the file it was started with: its data belongs to that one.

        Args:
            target: Where, if not in its own file.

        Returns:
            Where it is.

        Raises:
            BenchFileError: It cannot be written there.
        """
        with self._saving:
            file = target or self.file
            if file is None:
                raise BenchFileError(
                    self._bench.spec.file or self._bench.spec.title,
                    "",
                    "cannot be written to; choose a file of your own",
                )
            from app.bench_saving import save_bench  # here: most benches are never saved

            spec = self._bench.spec
            save_bench(spec, file)
            self._saved = spec.things
            return file
