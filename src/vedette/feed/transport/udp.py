"""UDP: binds a port, joins a multicast group if one is named, and gives one chunk per datagram."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncGenerator, Mapping

from vedette.feed.config import FeedConfig
from vedette.feed.transport.protocol import Chunk, Clock

WAITING = 4096  # datagrams held for the reader; beyond them new ones are dropped and counted


class Udp:
    whole = True
    live = True
    hangs = False
    origin = ""

    def __init__(self, config: FeedConfig, clock: Clock) -> None:
        self._host, self._port, self._group = config.host or "0.0.0.0", config.port or 0, config.group
        self._interface = config.interface or "0.0.0.0"
        self._clock = clock
        self._counters: Counter[str] = Counter()
        self.address: tuple[str, int] | None = None  # where it is bound, once open

    @property
    def counters(self) -> Mapping[str, int]:
        return self._counters

    async def open(self) -> AsyncGenerator[Chunk, None]:
        queue: asyncio.Queue[Chunk] = asyncio.Queue(WAITING)
        sock = self._bind()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Receiver(queue, self._clock, self._counters), sock=sock
        )
        self.address = sock.getsockname()
        return self._chunks(queue, transport)

    def _bind(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            if self._group:
                # Several programs may listen to one group on one machine.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((self._host, self._port))
            if self._group:
                member = struct.pack(
                    "=4s4s", socket.inet_aton(self._group), socket.inet_aton(self._interface)
                )
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        except OSError:
            sock.close()
            raise
        return sock

    async def _chunks(
        self, queue: asyncio.Queue[Chunk], transport: asyncio.DatagramTransport
    ) -> AsyncGenerator[Chunk, None]:
        try:
            while True:
                yield await queue.get()
        finally:
            transport.close()


class _Receiver(asyncio.DatagramProtocol):
    """Stamps each datagram as it comes."""

    def __init__(self, queue: asyncio.Queue[Chunk], clock: Clock, counters: Counter[str]) -> None:
        self._queue, self._clock, self._counters = queue, clock, counters

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            self._queue.put_nowait(Chunk(data, self._clock()))
        except asyncio.QueueFull:
            self._counters["datagrams_dropped"] += 1
