"""Cuts a byte stream into lines, wherever the chunks were cut."""

from __future__ import annotations

from vedette.feed.format.protocol import Tally

LONGEST = 65_536  # octets; a line that does not end within them is no line


class Lines:
    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._pending = b""
        self._overlong = False  # in the middle of a line that was given up

    def lines(self, data: bytes) -> list[bytes]:
        """The lines that are complete now, without their ends; empty ones are left out."""
        *whole, self._pending = (self._pending + data).split(b"\n")
        out = [line for line in (self._judge(line) for line in whole) if line]
        if len(self._pending) > LONGEST:
            self._tally.skip(len(self._pending))
            self._pending, self._overlong = b"", True
        return out

    def _judge(self, line: bytes) -> bytes:
        if self._overlong or len(line) > LONGEST:
            self._tally.skip(len(line))
            self._overlong = False
            return b""
        return line.strip()

    def close(self) -> list[bytes]:
        """The last line, if it lacks its end."""
        last, self._pending = self._judge(self._pending), b""
        return [last] if last else []
