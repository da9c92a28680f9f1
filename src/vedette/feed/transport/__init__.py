"""Transports by name: how the bytes of a feed get here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vedette.feed.transport.file import File
from vedette.feed.transport.http import Http
from vedette.feed.transport.protocol import Chunk, Clock, Transport, TransportEntry
from vedette.feed.transport.tcp import Tcp
from vedette.feed.transport.tcp_listen import TcpListen
from vedette.feed.transport.udp import Udp

_ROWS = (
    TransportEntry(name="tcp", title="TCP client", make=Tcp, needs=("host", "port")),
    TransportEntry(name="tcp_listen", title="TCP, the sensor connects", make=TcpListen, needs=("port",)),
    TransportEntry(name="udp", title="UDP, multicast if a group is named", make=Udp, needs=("port",)),
    TransportEntry(name="file", title="a file, played at its own pace or faster", make=File, needs=("path",)),
    TransportEntry(name="http", title="a document asked for again and again", make=Http, needs=("url",)),
)
TRANSPORTS: Mapping[str, TransportEntry] = MappingProxyType({row.name: row for row in _ROWS})

__all__ = ["TRANSPORTS", "Chunk", "Clock", "Transport", "TransportEntry"]
