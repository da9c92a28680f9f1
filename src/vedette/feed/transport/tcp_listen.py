"""TCP server: waits for one sensor to connect, lets it in by its certificate, and reads.

The certificate must be signed by the site's authority and carry the sensor's own name. A sensor that connects
again takes the place of its older connection, which may be dead without anybody having said so. Whoever is
refused is counted, and the last reason stands in the feed's health.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from ipaddress import ip_address

from vedette.errors import ConfigError
from vedette.feed.config import FeedConfig
from vedette.feed.transport.protocol import Chunk, Clock
from vedette.feed.transport.tls import HANDSHAKE_S, common_name, refusal, server_context

READ = 65_536  # octets asked for at once
AT_ONCE = 16  # handshakes at a time; more are closed at once


class TcpListen:
    whole = False
    live = True
    hangs = True
    origin = ""

    def __init__(self, config: FeedConfig, clock: Clock) -> None:
        self._host, self._port, self._clock = config.host or "0.0.0.0", config.port or 0, clock
        self._sensor = config.sensor
        self._context = _context(config)
        self._counters: Counter[str] = Counter()
        self.address: tuple[str, int] | None = None  # where it is bound, once open
        self.remark = ""  # the last refusal, or that nobody has come yet

    @property
    def counters(self) -> Mapping[str, int]:
        return self._counters

    async def open(self) -> AsyncGenerator[Chunk, None]:
        """Wait until the sensor has come; raises OSError when the port cannot be opened."""
        listener = self._bind()
        self.address = listener.getsockname()[:2]
        self.remark = f"waiting for the sensor to connect to port {self.address[1]}"
        door = _Door(self, listener)
        try:
            await door.first.wait()
        except BaseException:
            await door.close()
            raise
        return self._chunks(door)

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            listener = socket.create_server((self._host, self._port), family=family, backlog=AT_ONCE)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise OSError(f"port {self._port} is in use; give this feed another one") from None
            raise
        listener.setblocking(False)
        return listener

    async def _chunks(self, door: _Door) -> AsyncGenerator[Chunk, None]:
        try:
            while True:
                reader = door.reader
                try:
                    data = await reader.read(READ)
                except OSError:
                    if reader is door.reader:
                        raise
                    continue  # the older connection broke; a newer one has its place
                if data:
                    yield Chunk(data, self._clock())
                elif reader is door.reader:
                    return
        finally:
            await door.close()

    def refused(self, name: str, words: str, peer: str) -> None:
        """Count who was not let in, and say why."""
        self._counters[f"refused_{name}"] += 1
        self.remark = f"refused {peer}: it {words}"

    async def greet(self, connection: socket.socket, door: _Door) -> None:
        """Let one in, or not."""
        peer = str(connection.getpeername()[0])
        loop = asyncio.get_running_loop()
        patience = None if self._context is None else HANDSHAKE_S
        try:
            await loop.connect_accepted_socket(
                lambda: _Sensor(self, door, peer, loop),
                connection,
                ssl=self._context,
                ssl_handshake_timeout=patience,
            )
        except (OSError, TimeoutError) as error:  # what OpenSSL raises is an OSError too
            self.refused(*refusal(error), peer)
            connection.close()

    def is_sensor(self, transport: asyncio.BaseTransport, peer: str) -> bool:
        """Whether the certificate, which the authority has signed, is this sensor's."""
        if self._context is None:
            return True
        name = common_name(transport.get_extra_info("peercert"))
        if name == self._sensor:
            return True
        self.refused("wrong_name", f"is {name[:64]!r} by its certificate, not {self._sensor!r}", peer)
        return False

    def let_in(self) -> None:
        """Somebody was."""
        self._counters["let_in"] += 1
        self.remark = ""


class _Door:
    """The listening socket, and the one connection that is let in."""

    def __init__(self, owner: TcpListen, listener: socket.socket) -> None:
        self.first = asyncio.Event()
        self.reader = asyncio.StreamReader()
        self._inside: asyncio.BaseTransport | None = None
        self._owner, self._listener = owner, listener
        self._greeting: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.create_task(self._accept())

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._listener)
            except OSError:  # out of file descriptors, or gone before it was taken
                await asyncio.sleep(0.1)
                continue
            if len(self._greeting) >= AT_ONCE:
                self._owner.refused("too_many", "came while too many others did", "a connection")
                connection.close()
                continue
            task = asyncio.create_task(self._owner.greet(connection, self))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    def let_in(self, transport: asyncio.Transport, reader: asyncio.StreamReader) -> None:
        """The newest connection counts; what an older one still holds back is lost."""
        before, self._inside, self.reader = self._inside, transport, reader
        if isinstance(before, asyncio.Transport):
            before.abort()
        self.first.set()

    async def close(self) -> None:
        tasks = [self._accepting, *self._greeting]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listener.close()
        if isinstance(self._inside, asyncio.Transport):
            self._inside.abort()


class _Sensor(asyncio.StreamReaderProtocol):
    """One connection; with TLS, one whose handshake is done. It is judged before a byte of it is read."""

    def __init__(self, owner: TcpListen, door: _Door, peer: str, loop: asyncio.AbstractEventLoop) -> None:
        self._inlet = asyncio.StreamReader(limit=READ, loop=loop)
        super().__init__(self._inlet, loop=loop)
        self._owner, self._door, self._peer = owner, door, peer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in, or close it."""
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        if self._owner.is_sensor(transport, self._peer):
            self._owner.let_in()
            self._door.let_in(transport, self._inlet)
        else:
            transport.abort()


def _context(config: FeedConfig) -> ssl.SSLContext | None:
    """None on this machine alone, where TLS may be left out."""
    if config.tls:
        for key in ("ca", "certificate", "key"):
            if getattr(config, key) is None:
                raise ConfigError(
                    "sensors that connect here are known by their certificates; add ca, certificate and key "
                    "(`vedette certificate` makes them).",
                    key=f"feed.{key}",
                )
        return server_context(config)
    if config.host is None or not _is_loopback(config.host):
        raise ConfigError(
            "anybody on the network could connect and pretend to be the sensor; add tls = true, or listen on "
            "127.0.0.1 only.",
            key="feed.tls",
        )
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
