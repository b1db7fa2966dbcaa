"""The peer: labthings-fastapi with one data property and one with a getter."""

import labthings_fastapi as lt
import uvicorn


class Peer(lt.Thing):
    """One property of each form."""

    counter: int = lt.property(default=7)

    @lt.property
    def gain(self) -> float:
        """A value with a getter."""
        return 1.0


server = lt.ThingServer.from_things({"demo": Peer})
config = uvicorn.Config(server.app, host="127.0.0.1", port=0, log_level="info", access_log=False)
uvicorn.Server(config).run()
