"""A file, played back: at the pace it was recorded, faster, or as fast as it can be read.

| file                  | chunks                                   | time of arrival                       |
|-----------------------|------------------------------------------|---------------------------------------|
| recording (.jsonl.gz) | as they came off the wire                | as recorded                           |
| .pcap, .pcapng        | one per UDP datagram (on `port`, if set) | as captured                           |
| own JSON lines        | one per line                             | the line's `t_rx`, else its `t`       |
| anything else         | 64 KiB at a time                         | the clock's, once, when it was opened |

A file is played once. Times are the recorded ones; `Feed` moves them when `start = "now"`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import msgspec

from vedette.clock import NS
from vedette.errors import FeedError
from vedette.feed.config import FeedConfig
from vedette.feed.transport import pcap, recording
from vedette.feed.transport.protocol import Chunk, Clock

READ = 65_536
BREATH = 64  # chunks between two turns for everything else, at full speed


class File:
    live = False
    hangs = False

    def __init__(self, config: FeedConfig, clock: Clock) -> None:
        self._path, self._clock = Path(config.path or ""), clock
        self._speed, self._port = config.speed, config.port
        self.whole = False
        self.origin = ""

    async def open(self) -> AsyncGenerator[Chunk, None]:
        source, self.origin = chunks(self._path, self._port, self._clock)
        self.whole = pcap.is_pcap(self._path)
        return self._paced(source)

    async def _paced(self, source: Iterator[Chunk]) -> AsyncGenerator[Chunk, None]:
        loop = asyncio.get_running_loop()
        begin, first = loop.time(), None
        for index, chunk in enumerate(source):
            first = chunk.t_rx if first is None else first
            wait = 0.0
            if self._speed > 0:
                wait = (chunk.t_rx - first) / NS / self._speed - (loop.time() - begin)
            if wait > 0 or index % BREATH == 0:
                await asyncio.sleep(max(wait, 0.0))
            yield chunk


def chunks(path: Path, port: int | None, clock: Clock) -> tuple[Iterator[Chunk], str]:
    """The file's chunks and its origin in words. Raises FeedError when it cannot be read."""
    try:
        if recording.is_recording(path):
            head, source = recording.read(path)
            return source, head.origin
        if pcap.is_pcap(path):
            packets = pcap.packets(path)
            return (Chunk(p.data, p.t) for p in packets if port is None or p.port == port), ""
        if has_stamps(path):
            return stamped_lines(path), ""
        return plain(path, clock()), ""
    except OSError as error:
        raise FeedError(f"{path} cannot be read ({error.strerror or error}); check the path.") from None


class Stamp(msgspec.Struct, frozen=True):
    """The times in one of our own JSON lines."""

    t_rx: int | None = None
    t: int | None = None
    look: tuple[int, int] | None = None

    def arrival(self, before: int) -> int:
        told = self.t_rx if self.t_rx is not None else self.t
        if told is None and self.look is not None:
            told = self.look[1]
        return before if told is None else told


def stamp(line: bytes) -> Stamp | None:
    try:
        return msgspec.json.decode(line, type=Stamp)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def has_stamps(path: Path) -> bool:
    with path.open("rb") as stream:
        first = stamp(stream.readline(READ))
    return first is not None and first.arrival(0) > 0


def stamped_lines(path: Path) -> Iterator[Chunk]:
    """Line by line; a line without a time arrives with the one before it."""
    arrival = 0
    with path.open("rb") as stream:
        for line in stream:
            told = stamp(line)
            arrival = arrival if told is None else told.arrival(arrival)
            yield Chunk(line, arrival)


def plain(path: Path, t_rx: int) -> Iterator[Chunk]:
    with path.open("rb") as stream:
        while data := stream.read(READ):
            yield Chunk(data, t_rx)
