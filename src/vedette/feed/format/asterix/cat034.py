"""CAT034, monoradar service messages (EUROCONTROL-SPEC-0149-2b; editions 1.27 to 1.29): where the antenna is.

| item | field   | bits | unit    | becomes                                                   |
|------|---------|------|---------|-----------------------------------------------------------|
| 010  | SAC SIC | 8+8  |         | which radar                                               |
| 000  |         | 8    |         | 1: north marker, 2: sector crossing; others are not looks |
| 030  |         | 24   | 1/128 s | time of the crossing                                      |
| 020  |         | 8    | 360°/2⁸ | azimuth at which the sector just entered begins           |
| 041  |         | 16   | 1/128 s | duration of one turn, when the radar says it              |

Two sector crossings after each other bound one look. A radar that sends only north markers gives one look per
turn. A crossing that does not fit the last one (a lost message, a restart) begins afresh and bounds no look.
"""

from __future__ import annotations

import math

from vedette.clock import NS
from vedette.feed.format.asterix.tables import Record
from vedette.feed.format.protocol import Tally
from vedette.feed.limits import implausible
from vedette.feed.look import Look
from vedette.types import Sector
from vedette.units import DEGREE

NORTH, CROSSING = 1, 2
LONGEST = 15 * NS  # the slowest air-surveillance radar turns in 12 s
FULL = 2.0 * math.pi


class Antenna:
    """Follows one radar's antenna."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._crossing: tuple[int, float] | None = None  # time, azimuth
        self._north: int | None = None
        self._turn: float | None = None  # s

    def message(self, record: Record, t: int) -> Look | None:
        """One record, sent at t; the look that it ends."""
        period = record.get("041")
        kind = record.get("000", {}).get("value")
        azimuth = record.get("020", {}).get("value")
        turn = None if period is None else period["value"]
        if reason := implausible(rotation=turn, azimuth=azimuth):
            self._tally.drop(reason)
            return None
        self._turn = turn or self._turn
        if kind == CROSSING and azimuth is not None:
            return self._cross(t, azimuth * DEGREE)
        if kind == NORTH:
            return self._pass_north(t)
        self._tally.drop("not_needed")
        return None

    def _cross(self, t: int, azimuth: float) -> Look | None:
        before, self._crossing = self._crossing, (t, azimuth)
        if before is not None and 0 < t - before[0] < LONGEST:
            width = (azimuth - before[1]) % FULL or FULL
            if self._fits((t - before[0]) / NS, width):
                return self._tally.look(before[0], t, Sector(az0=before[1], width=width))
        self._tally.used()
        return None

    def _fits(self, duration: float, width: float) -> bool:
        """Whether the antenna turned by `width` and not by whole turns more; known when the period is."""
        return self._turn is None or abs(duration - width / FULL * self._turn) < self._turn / 2.0

    def _pass_north(self, t: int) -> Look | None:
        before, self._north = self._north, t
        sectors = self._crossing is not None and abs(t - self._crossing[0]) < LONGEST
        if not sectors and before is not None and 0 < t - before < LONGEST:
            return self._tally.look(before, t, Sector())
        self._tally.used()
        return None
