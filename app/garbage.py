"""Python's collector of cyclic garbage, told that this program is large and runs for long.

It looks through everything that lives, over and over: with the modules of a server, a database and
a window, some 300,000 objects, that takes a third of a second in which no thread runs, and under
load a third of the processor.
"""

from __future__ import annotations

import gc

THRESHOLDS = (2_000, 20, 20)
"""New objects until the young are looked through, and how many such looks until the older ones
are. Python's own are 700, 10 and 10. Frames of a camera may hang in a cycle, so not many more."""


def collect_later() -> None:
    """Collect nothing while the program starts, until `collect_again`.

    A start makes 150,000 objects that stay, and a tenth of it would go into looking at them.
    """
    gc.disable()


def collect_again() -> None:
    """Collect again. What has come meanwhile counts as old, so that nobody waits for it now."""
    if not gc.isenabled():
        gc.freeze()
        gc.unfreeze()
        gc.enable()


def spare_what_stays() -> None:
    """Look no more through what lives now: called once a bench has been opened.

    The first time it takes no time; what hangs in a cycle then is not freed. When another bench is
    opened in its place, what the one before left is freed, which may take a third of a second.
    """
    gc.set_threshold(*THRESHOLDS)
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
