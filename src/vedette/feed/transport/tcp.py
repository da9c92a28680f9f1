"""TCP client: connects to a receiver, a radar gateway or any other server and reads; by TLS if wished."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator

from vedette.feed.config import FeedConfig
from vedette.feed.transport.protocol import Chunk, Clock
from vedette.feed.transport.tls import HANDSHAKE_S, client_context, refusal

READ = 65_536  # octets asked for at once


class Tcp:
    whole = False
    live = True
    hangs = True
    origin = ""

    def __init__(self, config: FeedConfig, clock: Clock) -> None:
        self._host, self._port, self._clock = config.host or "127.0.0.1", config.port or 0, clock
        self._context = client_context(config) if config.tls else None

    async def open(self) -> AsyncGenerator[Chunk, None]:
        """Raises OSError in words that an operator can act on."""
        where = f"{self._host}:{self._port}"
        try:
            reader, writer = await asyncio.open_connection(
                self._host,
                self._port,
                ssl=self._context,
                ssl_handshake_timeout=None if self._context is None else HANDSHAKE_S,
            )
        except ConnectionRefusedError:
            raise OSError(f"nobody listens on {where}; start the receiver or check host and port") from None
        except socket.gaierror:
            raise OSError(f"the name {self._host} is not known here; check host") from None
        except ssl.SSLError as error:
            raise OSError(f"{where} {refusal(error)[1]}") from None
        return self._chunks(reader, writer)

    async def _chunks(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> AsyncGenerator[Chunk, None]:
        try:
            while data := await reader.read(READ):
                yield Chunk(data, self._clock())
        finally:
            writer.close()
