"""What a wire format is: bytes in, detections and looks out, no socket, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from vedette.errors import MeasurementError
from vedette.feed.look import Look, Report
from vedette.types import NO_CLAIMS, Array, Claim, Detection, Kind, Sector


class Format(Protocol):
    """Parses one sensor's byte stream. Everything between two chunks lives in the object.

    raw       index of the chunk about to be fed in the recording; detections carry it. Set it before `feed`.
    counters  what became of everything that came in. `seen` counts units (frames, records, lines); each one
              ends as a `detections`, a `looks`, a `used` (it told something about a target, but held no
              position) or a named drop, so the four always add up to `seen`. Names ending in `_bytes` count
              octets that belonged to no unit, and are outside this sum.
    """

    raw: int | None

    @property
    def counters(self) -> Mapping[str, int]: ...

    def feed(self, data: bytes, t_rx: int) -> list[Report]:
        """Parse what arrived at t_rx (ns UTC). Never raises because of the bytes."""
        ...

    def close(self) -> list[Report]:
        """The stream ended or the connection broke: give what is complete, forget what is half read.

        What is known of the targets is kept, so the object can be fed again after a reconnection.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatEntry:
    """One row of the registry.

    options  a msgspec.Struct with a default for every field: what a site file may set
    make     (sensor name, options) -> Format
    page     name of the documentation page under docs/feed/
    sniff    looks at the first bytes of a file and says whether they are of this format
    inspect  options for looking into a file without a site, where the defaults would hide something
    untimed  the same for a file that holds no times of arrival
    """

    name: str
    title: str
    options: type[msgspec.Struct]
    make: Callable[[str, Any], Format]
    page: str
    sniff: Callable[[bytes], bool]
    inspect: msgspec.Struct | None = None
    untimed: msgspec.Struct | None = None

    def open(self, sensor: str, options: msgspec.Struct | None = None) -> Format:
        return self.make(sensor, self.options() if options is None else options)


class Tally:
    """Numbers the reports of one feed and counts what became of everything that came in."""

    __slots__ = ("counters", "raw", "sensor", "seq")

    def __init__(self, sensor: str) -> None:
        self.sensor = sensor
        self.seq = 0
        self.raw: int | None = None
        self.counters: Counter[str] = Counter()

    def seen(self) -> None:
        self.counters["seen"] += 1

    def used(self) -> None:
        self.counters["used"] += 1

    def drop(self, reason: str) -> None:
        self.counters[reason] += 1

    def skip(self, octets: int) -> None:
        """Octets that belong to no unit."""
        if octets:
            self.counters["garbage_bytes"] += octets

    def detection(
        self, t: int, t_rx: int, kind: Kind, z: Array, R: Array, claims: Mapping[str, Claim] = NO_CLAIMS
    ) -> Detection | None:
        """The next report; or None, counted, when the numbers cannot be a measurement."""
        try:
            report = Detection(
                t=t,
                t_rx=t_rx,
                sensor=self.sensor,
                seq=self.seq,
                kind=kind,
                z=z,
                R=R,
                claims=claims,
                raw=self.raw,
            )
        except MeasurementError:
            self.drop("not_a_measurement")
            return None
        self.seq += 1
        self.counters["detections"] += 1
        return report

    def look(self, t0: int, t1: int, sector: Sector | None) -> Look:
        self.counters["looks"] += 1
        return Look(sensor=self.sensor, t0=t0, t1=t1, sector=sector)


class Tallied:
    """A format's tally, shown as `Format` wants it. The format keeps it as `_tally`."""

    _tally: Tally

    @property
    def raw(self) -> int | None:
        return self._tally.raw

    @raw.setter
    def raw(self, index: int | None) -> None:
        self._tally.raw = index

    @property
    def counters(self) -> Mapping[str, int]:
        return self._tally.counters
