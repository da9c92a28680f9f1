"""Cuts a byte stream into ASTERIX data blocks.

| octets | field   | meaning                                   |
|--------|---------|-------------------------------------------|
| 1      | CAT     | category of every record in the block     |
| 2      | LEN     | octets of the block, these three included |
| LEN-3  | records | one after the other, without a gap        |

A datagram holds whole blocks. A stream (TCP, file) may be cut anywhere, and after garbage there is no mark to
find the next block by: any octet may look like a category. So when the step from block to block has failed,
a block is believed only if `verify` can read it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from vedette.feed.format.protocol import Tally

# Categories that exist (EUROCONTROL ASTERIX library); anything else at a block's start is garbage.
KNOWN = frozenset(
    {1, 2, 4, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 21, 23, 25, 30, 31, 32, 34, 48, 62, 63, 65, 129}
    | {150, 205, 240, 247, 252}
)  # fmt: skip
SHORTEST = 4
LONGEST_LOST = 4096  # while looking for a block again, longer ones are not waited for


class Block(NamedTuple):
    category: int
    octets: bytes  # the whole block


class Blocks:
    def __init__(self, tally: Tally, verify: Callable[[Block], bool]) -> None:
        self._tally, self._verify = tally, verify
        self._pending = b""
        self._lost = False

    def blocks(self, data: bytes) -> list[Block]:
        buffer = self._pending + data if self._pending else data
        out: list[Block] = []
        i = 0
        while i + 3 <= len(buffer):
            category, length = buffer[i], int.from_bytes(buffer[i + 1 : i + 3], "big")
            if not self._possible(category, length):
                i = self._step(i)
                continue
            if i + length > len(buffer):
                break
            block = Block(category, buffer[i : i + length])
            if self._lost and not self._verify(block):
                i = self._step(i)
                continue
            self._lost = False
            out.append(block)
            i += length
        self._pending = buffer[i:]
        return out

    def _possible(self, category: int, length: int) -> bool:
        return category in KNOWN and length >= SHORTEST and (length <= LONGEST_LOST or not self._lost)

    def _step(self, i: int) -> int:
        self._lost = True
        self._tally.skip(1)
        return i + 1

    def close(self) -> None:
        """The stream ended: what is left is no block."""
        self._tally.skip(len(self._pending))
        self._pending, self._lost = b"", False
