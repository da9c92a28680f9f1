"""TCP client: connects to a receiver, a radar gateway or any other server and reads."""

from __future__ import annotations

import asyncio
import socket
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
        """Raises OSError in words that an operator can act on."""
        where = f"{self._host}:{self._port}"
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        except ConnectionRefusedError:
            raise OSError(f"nobody listens on {where}; start the receiver or check host and port") from None
        except socket.gaierror:
            raise OSError(f"the name {self._host} is not known here; check host") from None
        return self._chunks(reader, writer)

    async def _chunks(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> AsyncGenerator[Chunk, None]:
        try:
            while data := await reader.read(READ):
                yield Chunk(data, self._clock())
        finally:
            writer.close()
