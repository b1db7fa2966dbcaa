from __future__ import annotations

import subprocess
import sys

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
