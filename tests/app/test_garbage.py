from __future__ import annotations

import gc
import subprocess
import sys

from app.garbage import collect_again, collect_later

SCRIPT = """
import gc
from app.garbage import THRESHOLDS, spare_what_stays

before = gc.get_threshold()
spare_what_stays()
assert gc.get_freeze_count() > 1000
assert gc.get_threshold() == THRESHOLDS != before

class Ring: ...
import weakref
ring = Ring(); ring.itself = ring
seen = weakref.ref(ring)
del ring
gc.collect()
assert seen() is None  # what comes later is still collected

bench = Ring(); bench.itself = bench
seen = weakref.ref(bench)
spare_what_stays()
del bench
gc.collect()
assert seen() is not None
spare_what_stays()
assert seen() is None  # another bench is open
"""


def test_what_lives_when_the_program_has_opened_is_not_looked_through_again():
    # In a process of its own: nothing that is frozen can be collected by later tests.
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=60)


def test_while_the_program_starts_nothing_is_collected_and_afterwards_all_counts_as_old():
    threshold = gc.get_threshold()
    gc.collect()
    gc.set_threshold(700, 10, 10)
    try:
        collect_later()
        kept: list[list[int]] = [[] for _ in range(10_000)]
        assert gc.get_count()[0] > len(kept) // 2

        collect_again()

        assert gc.isenabled()
        assert gc.get_count()[0] < 700
        collect_again()  # a second time it does nothing
        assert gc.isenabled()
        assert gc.get_freeze_count() == 0
    finally:
        gc.enable()
        gc.set_threshold(*threshold)
