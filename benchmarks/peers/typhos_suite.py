"""The peer: a typhos suite of 100 ophyd devices with 50 signals each; prints its seconds as JSON.

Run with how many devices. The signals are soft: nothing is waited for on a network.
"""

import json
import sys
import time

import typhos
from ophyd import Component, Device, Signal
from typhos.app import get_qapp
from typhos.suite import TyphosSuite

SIGNALS = 50
SETTLE_TURNS = 20


def main(count: int) -> None:
    """Open the suite, show one device, close it."""
    signals = {f"level_{n}": Component(Signal, value=0.0, kind="normal") for n in range(SIGNALS)}
    wide = type("Wide", (Device,), signals)
    qt = get_qapp()
    typhos.use_stylesheet()
    devices = [wide(f"wide_{n}", name=f"thing_{n}") for n in range(count)]
    began_s = time.perf_counter()
    suite = TyphosSuite.from_devices(devices)
    suite.show()
    suite.show_subdisplay(devices[count // 2])
    for _ in range(SETTLE_TURNS):
        qt.processEvents()
    opened_s = time.perf_counter()
    suite.close()
    suite.deleteLater()
    for _ in range(SETTLE_TURNS):
        qt.processEvents()
    closed_s = time.perf_counter()
    print(json.dumps({"shown_s": opened_s - began_s, "close_s": closed_s - opened_s}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
