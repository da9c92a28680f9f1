"""TCP client: connects to a receiver, a radar gateway or any other server and reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from vedette.feed.config import FeedConfig
from vedette.feed.transport.protocol import Chunk, Clock

READ = 65_536  # octets asked for at once


class Tcp:
    whole = False
    live = True
    hangs = True
    origin = ""

    def __init__(self, config: FeedConfig, clock: Clock) -> None:
        self._host, self._port, self._clock = config.host or "127.0.0.1", config.port or 0, clock

    async def open(self) -> AsyncGenerator[Chunk, None]:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        return self._chunks(reader, writer)

    async def _chunks(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> AsyncGenerator[Chunk, None]:
        try:
            while data := await reader.read(READ):
                yield Chunk(data, self._clock())
        finally:
            writer.close()
