"""The viewers of `vedette bench console`: real WebSocket connections in a process of their own.

`python -m vedette.cli.console_viewers ADDRESS VIEWERS TRACKS`: connects, prints a line when every viewer has
got a frame with nearly all tracks, then reads `begin` and `end` from stdin; at the end it prints what was
measured between the two as JSON.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from websockets.asyncio.client import connect

from vedette import clock
from vedette.errors import ServiceError
from vedette.server.frame import HEADER, MAGIC, RECORD

ENOUGH = 0.95  # part of the tracks that must be there before anything is measured


@dataclass
class Viewer:
    """One page's worth of frames; ages in s."""

    ages: list[float] = field(default_factory=list)
    size: int = 0
    tracks: int = 0
    skipped: int = 0
    sequence: int | None = None

    def take(self, data: bytes, now: int) -> None:
        """Read a frame as a page does: header and every record."""
        header = np.frombuffer(data, HEADER, 1)[0]
        records = np.frombuffer(data, RECORD, offset=HEADER.itemsize)
        assert header["magic"] == MAGIC
        assert len(records) == header["count"]
        assert np.isfinite(records["latitude"]).all()
        if self.sequence is not None:
            self.skipped += int(header["sequence"]) - self.sequence - 1
        self.sequence, self.tracks = int(header["sequence"]), len(records)
        self.ages.append(now / clock.NS - float(header["t"]))
        self.size += len(data)

    def forget(self) -> None:
        """Begin to measure."""
        self.ages.clear()
        self.size = self.skipped = 0


async def watch(viewer: Viewer, address: str) -> None:
    """Take frames until cancelled."""
    now = clock.steady()
    async with connect(address, max_size=None, compression=None, ping_interval=None) as socket:
        async for data in socket:
            if isinstance(data, bytes):
                viewer.take(data, now())


async def word() -> str:
    """The next line on stdin."""
    line: str = await asyncio.to_thread(sys.stdin.readline)
    return line.strip()


async def run(address: str, count: int, tracks: int) -> dict[str, Any]:
    """Connect, wait until everything is there, and measure from `begin` to `end`."""
    viewers = [Viewer() for _ in range(count)]
    tasks = [asyncio.create_task(watch(viewer, address)) for viewer in viewers]
    try:
        while min(viewer.tracks for viewer in viewers) < ENOUGH * tracks:
            await asyncio.sleep(0.05)
            for task in tasks:
                if task.done():
                    task.result()
                    raise ServiceError("The server closed a connection before it had sent all tracks.")
        print("ready", flush=True)
        await word()
        for viewer in viewers:
            viewer.forget()
        await word()
        return {
            "ages": [viewer.ages for viewer in viewers],
            "bytes": sum(viewer.size for viewer in viewers),
            "skipped": sum(viewer.skipped for viewer in viewers),
            "tracks": min(viewer.tracks for viewer in viewers),
        }
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    """Watch, and say what was seen."""
    import uvloop

    address, count, tracks = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(msgspec.json.encode(uvloop.run(run(address, count, tracks))).decode(), flush=True)


if __name__ == "__main__":
    main()
