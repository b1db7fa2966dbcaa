"""The peer: labthings-fastapi with a property that a thread of its own sets, as `Clock` does."""

import random
import threading
import time

import labthings_fastapi as lt
import uvicorn


class Clock(lt.Thing):
    """Sets a property to the time at which it does so."""

    told: int = lt.property(default=0)

    def __enter__(self):
        """Begin to set it, once the server's loop is there."""
        self._end = threading.Event()
        threading.Thread(target=self._set, daemon=True).start()
        return self

    def __exit__(self, *_error):
        """Set it no more."""
        self._end.set()

    def _set(self):
        chance = random.Random(1)
        self._end.wait(1.0)
        while not self._end.wait(chance.uniform(0.01, 0.03)):
            self.told = time.monotonic_ns() // 1000


server = lt.ThingServer.from_things({"clock": Clock})
config = uvicorn.Config(server.app, host="127.0.0.1", port=0, log_level="info", access_log=False)
uvicorn.Server(config).run()
