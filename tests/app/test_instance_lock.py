from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import BenchInUseError
from app.instance_lock import InstanceLock, bench_folder


def test_the_second_program_is_told_who_has_the_bench_and_where(tmp_path: Path) -> None:
    first = InstanceLock(tmp_path, "Demo bench")
    first.announce("http://127.0.0.1:7170")

    with pytest.raises(BenchInUseError) as caught:
        InstanceLock(tmp_path, "Demo bench")

    assert f"process {os.getpid()}" in str(caught.value)
    assert caught.value.url == "http://127.0.0.1:7170"
    first.release()


def test_after_the_first_has_let_go_the_next_one_gets_it(tmp_path: Path) -> None:
    InstanceLock(tmp_path, "Demo bench").release()

    InstanceLock(tmp_path, "Demo bench").release()


def test_the_lock_of_a_program_that_was_killed_is_free(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from app.instance_lock import InstanceLock; "
        "lock = InstanceLock(Path(sys.argv[1]), 'x'); os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert killed.returncode == 9

    InstanceLock(tmp_path, "Demo bench").release()


def test_two_benches_of_one_name_in_two_places_have_folders_of_their_own(tmp_path: Path) -> None:
    one = bench_folder(tmp_path, tmp_path / "a" / "bench.toml")
    other = bench_folder(tmp_path, tmp_path / "b" / "bench.toml")

    assert one != other
    assert one.name.startswith("bench-")
