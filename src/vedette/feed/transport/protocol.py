"""What a transport is: it opens something and gives chunks of bytes with their time of arrival."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from vedette.feed.config import FeedConfig

Clock = Callable[[], int]  # now, in ns UTC


class Chunk(NamedTuple):
    """Bytes as they came, and when."""

    data: bytes
    t_rx: int  # ns UTC


class Transport(Protocol):
    """One source of bytes.

    whole   True: every chunk stands alone (a datagram, a document); nothing continues from chunk to chunk
    live    True: when it ends, something is wrong and it is worth opening again; False: a file that was read
    hangs   True: a silent connection may be dead without anybody having said so, and is opened again
    origin  where the data really come from, in words; empty when the source does not say
    """

    whole: bool
    live: bool
    hangs: bool
    origin: str

    async def open(self) -> AsyncGenerator[Chunk, None]:
        """Connect, then return the stream of chunks. Raises OSError when that fails."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportEntry:
    """One row of the registry. `needs` names the keys of `FeedConfig` it cannot do without."""

    name: str
    title: str
    make: Callable[[FeedConfig, Clock], Transport]
    needs: tuple[str, ...]
