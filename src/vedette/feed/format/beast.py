"""Mode S Beast binary: what a 1090 MHz receiver (readsb, dump1090, Radarcape) sends on port 30005.

One frame, after jetvision's "Mode-S Beast: Data Output Formats":

| octets | field     | meaning                                                                           |
|--------|-----------|-----------------------------------------------------------------------------------|
| 1      | 0x1A      | start of a frame; a 0x1A anywhere after it is sent twice                          |
| 1      | type      | 0x31 Mode A/C (2 octets of message), 0x32 short Mode S (7), 0x33 long Mode S (14) |
| 6      | timestamp | 12 MHz ticks since the receiver started; from a Radarcape with GPS: 18 bits       |
|        |           | second of the day, 30 bits ns                                                     |
| 1      | signal    | level, not used                                                                   |
| 2/7/14 | message   | as sent over the air; `mode_s` has its table                                      |

Time. The timestamp is not UTC: the time of a report is its time of arrival, unless `time` says that the
receiver is known to send GPS time.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from vedette.clock import NS, from_time_of_day
from vedette.feed.format.mode_s import ModeS, ModeSOptions
from vedette.feed.format.protocol import Tallied, Tally
from vedette.feed.limits import implausible
from vedette.feed.look import Report

ESCAPE = 0x1A
TICK_NS = 250, 3  # one tick of 12 MHz is 250/3 ns
LENGTH = {0x31: 2, 0x32: 7, 0x33: 14}  # octets of the message, by type


class BeastOptions(ModeSOptions, frozen=True):
    """time  "receive": a report's time is its time of arrival; "gps": the receiver sends GPS timestamps;
    "ticks": the first arrival plus what the 12 MHz counter has moved on, for looking into a file that
    holds no times
    """

    time: Literal["receive", "gps", "ticks"] = "receive"


class Frame(NamedTuple):
    """One message off the stream."""

    stamp: int  # 48 bits as sent
    message: bytes


class Framer:
    """Cuts a Beast stream into frames, wherever the chunks were cut."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._pending = b""

    def close(self) -> None:
        self._tally.skip(len(self._pending))
        self._pending = b""

    def frames(self, data: bytes) -> list[Frame]:
        buffer = self._pending + data if self._pending else data
        out: list[Frame] = []
        i, end = 0, len(buffer)
        while i < end:
            if buffer[i] != ESCAPE:
                i = self._skip_to_escape(buffer, i)
                continue
            if i + 1 >= end:
                break
            length = LENGTH.get(buffer[i + 1])
            if length is None:
                i = self._unknown(buffer, i)
                continue
            taken = unescape(buffer, i + 2, length + 7)
            if taken is None:
                break
            body, i = taken
            self._frame(body, length, out)
        self._pending = buffer[i:]
        return out

    def _skip_to_escape(self, buffer: bytes, i: int) -> int:
        found = buffer.find(ESCAPE, i)
        stop = len(buffer) if found < 0 else found
        self._tally.skip(stop - i)
        return stop

    def _unknown(self, buffer: bytes, i: int) -> int:
        """A start octet with no known type after it: an escaped 0x1A of garbage, or a kind we do not read."""
        self._tally.skip(2 if buffer[i + 1] == ESCAPE else 1)
        return i + 2 if buffer[i + 1] == ESCAPE else i + 1

    def _frame(self, body: bytes, length: int, out: list[Frame]) -> None:
        self._tally.seen()
        if len(body) < length + 7:
            self._tally.drop("broken_frame")
        elif length == 2:
            self._tally.drop("mode_ac")
        else:
            out.append(Frame(int.from_bytes(body[:6], "big"), body[7:]))


def unescape(buffer: bytes, i: int, count: int) -> tuple[bytes, int] | None:
    """`count` octets from i on with doubled 0x1A made single, and where the next octet is.

    Fewer octets come back when a new frame starts before the end; None when the buffer ends first.
    """
    if i + count <= len(buffer) and buffer.find(ESCAPE, i, i + count) < 0:
        return buffer[i : i + count], i + count
    body = bytearray()
    while len(body) < count:
        if i >= len(buffer):
            return None
        if buffer[i] == ESCAPE:
            if i + 1 >= len(buffer):
                return None
            if buffer[i + 1] != ESCAPE:
                return bytes(body), i
            i += 1
        body.append(buffer[i])
        i += 1
    return bytes(body), i


class Beast(Tallied):
    """Beast binary to detections; see the module's text."""

    def __init__(self, sensor: str, options: BeastOptions) -> None:
        self._tally = Tally(sensor)
        self._framer = Framer(self._tally)
        self._mode_s = ModeS(self._tally, options)
        self._clock = options.time
        self._first: tuple[int, int] | None = None  # counter and arrival of the first frame

    def feed(self, data: bytes, t_rx: int) -> list[Report]:
        out: list[Report] = []
        for stamp, message in self._framer.frames(data):
            t = t_rx if self._clock == "receive" else self._time(stamp, t_rx)
            report = None if t is None else self._mode_s.message(message, t, t_rx)
            if report is not None:
                out.append(report)
        self._mode_s.forget(t_rx)
        return out

    def close(self) -> list[Report]:
        self._framer.close()
        return []

    def _time(self, stamp: int, t_rx: int) -> int | None:
        """ns UTC of a timestamp; None, counted, when a GPS clock cannot be right."""
        if self._clock == "ticks":
            self._first = self._first or (stamp, t_rx)
            return self._first[1] + (stamp - self._first[0]) * TICK_NS[0] // TICK_NS[1]
        second, ns = divmod(stamp, 1 << 30)
        t = from_time_of_day(second, t_rx) + ns
        if reason := implausible(time_of_day=second, clock_offset=(t - t_rx) / NS):
            self._tally.drop(reason)
            return None
        return t


def looks_like_beast(head: bytes) -> bool:
    """Whether a file's first octets are Beast: frames that follow each other without a gap."""
    tally = Tally("")
    framer = Framer(tally)
    framer.frames(head)
    return tally.counters["seen"] >= 1 and tally.counters["garbage_bytes"] == 0 and head[:1] == b"\x1a"
