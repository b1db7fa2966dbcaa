"""The peer: labthings-fastapi with an action that does nothing and one that gives a large file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import labthings_fastapi as lt
import uvicorn
from labthings_fastapi.outputs.blob import Blob


class Octets(Blob):
    """Any octets."""

    media_type: str = "application/octet-stream"


class Peer(lt.Thing):
    """What `Giver` does."""

    @lt.action
    def nothing(self) -> None:
        """Take nothing and give nothing."""

    @lt.action
    def give(self, mib: int) -> Octets:
        """Give a file of so many MiB."""
        folder = TemporaryDirectory()
        with Path(folder.name, "octets").open("wb") as file:
            for _ in range(mib):
                file.write(bytes(1 << 20))
        return Octets.from_temporary_directory(folder, "octets")


server = lt.ThingServer.from_things({"demo": Peer})
config = uvicorn.Config(server.app, host="127.0.0.1", port=0, log_level="info", access_log=False)
uvicorn.Server(config).run()
