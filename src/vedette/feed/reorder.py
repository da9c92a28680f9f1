"""Detections and looks of all feeds in, scans in the order of time out.

Feeds are late by different amounts: a radar gateway by a second, a local receiver by nothing. `Reorder`
waits for `hold_ns` of receive time, so that everything measured at one time is there before it is passed on,
and then cuts time into scans:

- a sensor that scans gives one scan per look, with the detections measured in [t0, t1);
- any other gives batches of its reports within one cell of `window_ns` (cells start at multiples of it), with
  `sector=None`: its silence about a target says nothing. A second report of one target (same icao24 or
  track_number) starts a new scan; a report that names no target is a scan of its own.

A sensor scans when it has sent a look within the last 15 s. Its looks must not overlap. What it measured
between two looks comes out with `sector=None`, filed at the end of the next look.

Scans come out in the order of their key (t1, sensor). The only clock is t_rx: N is the latest receive time
heard of, and W = N - hold_ns the watermark. A report with t <= t_rx - hold_ns is too late: counted `late`,
and dropped. One more than `hold_ns` ahead of its arrival has a wrong clock: counted `ahead`, and dropped.
Cells that end at or before W are final, since nothing that is not late can still fall into them.

If every t_rx is at least as great as the one before, the scans depend on the reports alone, not on how they
were grouped or when `advance` was called.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping

from vedette.clock import NS
from vedette.feed.look import Look, Report
from vedette.types import Claim, Detection, Scan

HOLD = NS // 2
WINDOW = NS // 4
LONGEST_LOOK = (
    15 * NS
)  # the slowest air-surveillance radar turns in 12 s; after this a look is not waited for
NEVER = -(2**62)


class Reorder:
    """See the module's text. hold_ns, window_ns > 0."""

    def __init__(self, hold_ns: int = HOLD, window_ns: int = WINDOW) -> None:
        if hold_ns < 0 or window_ns <= 0:
            raise ValueError("hold_ns must not be negative and window_ns must be above zero.")
        self._hold, self._window = hold_ns, window_ns
        self._now = NEVER
        self._done = NEVER  # every cell that ends at or before this has been passed on
        self._sensors: dict[str, _Sensor] = {}
        self._counters: Counter[str] = Counter()

    @property
    def counters(self) -> Mapping[str, int]:
        """What was dropped: late, ahead, late_look, duplicate_in_look. What lost its look: partial_look,
        without_look (detections). And what came in and went out: detections, looks, scans."""
        return self._counters

    def push(self, reports: Iterable[Report], t_rx: int) -> list[Scan]:
        """Take what arrived at t_rx (ns UTC); returns the scans that are final now, in order."""
        out = self.advance(t_rx)
        for report in reports:
            self._take(report, t_rx)
        return out

    def advance(self, t: int) -> list[Scan]:
        """It is now t: returns the scans that are final. `t` must not be later than what is pushed next."""
        self._now = max(self._now, t)
        end = self._cell(self._now - self._hold)
        if end <= self._done:
            return []
        out = [scan for sensor in self._sensors.values() for scan in sensor.release(end)]
        self._done = end
        out.sort(key=lambda scan: scan.key)
        self._counters["scans"] += len(out)
        return out

    def flush(self) -> list[Scan]:
        """The stream has ended: everything that is still held, in order."""
        last = max((sensor.last for sensor in self._sensors.values()), default=NEVER)
        out = self.advance(last + self._hold + self._window)
        t1 = max([last, *(scan.t1 for scan in out)])
        rest = [scan for sensor in self._sensors.values() for scan in sensor.drain(t1)]
        self._counters["scans"] += len(rest)
        return sorted(out + rest, key=lambda scan: scan.key)

    def _cell(self, t: int) -> int:
        """The end of the last whole cell at or before t."""
        return t - t % self._window

    def _take(self, report: Report, t_rx: int) -> None:
        watermark = t_rx - self._hold
        look = isinstance(report, Look)
        t = report.t1 if isinstance(report, Look) else report.t
        self._counters["looks" if look else "detections"] += 1
        if t <= watermark:
            self._counters["late_look" if look else "late"] += 1
        elif t > t_rx + self._hold:
            self._counters["ahead"] += 1
        else:
            name = report.sensor
            sensor = self._sensors.get(name)
            if sensor is None:
                sensor = self._sensors.setdefault(name, _Sensor(name, self._window, self._counters))
            sensor.take(report)


class _Sensor:
    """What is held of one sensor: detections in the order of their keys, looks in the order of their ends."""

    def __init__(self, name: str, window: int, counters: Counter[str]) -> None:
        self._name, self._window, self._counters = name, window, counters
        self._detections: list[Detection] = []
        self._looks: list[Look] = []
        self._t_look = NEVER  # end of the last look heard of: while recent, the sensor scans
        self._released = NEVER  # reports before this have gone out without a look
        self.last = NEVER

    def take(self, report: Report) -> None:
        if isinstance(report, Look):
            insort(self._looks, report, key=lambda look: (look.t1, look.t0))
            self._t_look = max(self._t_look, report.t1)
            self.last = max(self.last, report.t1)
        else:
            insort(self._detections, report, key=lambda detection: detection.key)
            self.last = max(self.last, report.t)

    def release(self, end: int) -> list[Scan]:
        """The scans whose key falls before `end`, the end of a cell."""
        out: list[Scan] = []
        while self._looks and self._looks[0].t1 < end:
            out += self._scan(self._looks.pop(0))
        lapse = self._lapse()
        if lapse <= end:
            # No look has come for long: what waited for one goes out in the cell in which that became clear.
            out += self._orphans(lapse - self._window, lapse - 1)
            out += batches(self._name, self._before(end), self._window)
            self._released = max(self._released, end)
        return out

    def drain(self, t: int) -> list[Scan]:
        """Everything that is left, filed at t."""
        return self._orphans(self.last + 1, t)

    def _lapse(self) -> int:
        """The end of the first cell in which the sensor no longer counts as scanning."""
        if self._t_look == NEVER:
            return NEVER
        return (self._t_look + LONGEST_LOOK) // self._window * self._window + self._window

    def _before(self, t: int) -> list[Detection]:
        """Take out the detections measured before t."""
        at = bisect_left(self._detections, t, key=lambda detection: detection.t)
        taken, self._detections = self._detections[:at], self._detections[at:]
        return taken

    def _orphans(self, before: int, t1: int) -> list[Scan]:
        taken = self._before(before)
        if taken:
            self._counters["without_look"] += len(taken)
        return [
            Scan(sensor=self._name, t0=scan[0].t, t1=t1, sector=None, detections=tuple(scan))
            for scan in apart(taken)
        ]

    def _scan(self, look: Look) -> list[Scan]:
        out = self._orphans(look.t0, look.t1)
        inside = self._unique(self._before(look.t1))
        sector = look.sector
        if look.t0 < self._released:
            # Part of it went out before it was known that this sensor scans: its misses would be false.
            self._counters["partial_look"] += 1
            sector = None
        scan = Scan(sensor=self._name, t0=look.t0, t1=look.t1, sector=sector, detections=tuple(inside))
        return [*out, scan]

    def _unique(self, detections: list[Detection]) -> list[Detection]:
        """A look sees a target once; what comes again is a reflection or a split plot."""
        seen: set[Claim] = set()
        out = []
        for detection in detections:
            target = target_of(detection)
            if target is not None and target in seen:
                self._counters["duplicate_in_look"] += 1
                continue
            if target is not None:
                seen.add(target)
            out.append(detection)
        return out


def target_of(detection: Detection) -> Claim | None:
    """What the report says it is of, if anything."""
    claims = detection.claims
    return claims.get("icao24") or claims.get("track_number")


def apart(detections: Iterable[Detection]) -> list[list[Detection]]:
    """Detections in the order of time, parted so that no part holds a target twice or a nameless report with
    any other."""
    out: list[list[Detection]] = []
    current: list[Detection] = []
    seen: set[Claim] = set()
    for detection in detections:
        target = target_of(detection)
        if target is None:
            out.append([detection])
            continue
        if target in seen or not current:
            current, seen = [], set()
            out.append(current)
        current.append(detection)
        seen.add(target)
    return out


def batches(name: str, detections: list[Detection], window: int) -> list[Scan]:
    """Reports of a sensor that does not scan, cell by cell."""
    out: list[Scan] = []
    at = 0
    while at < len(detections):
        end = detections[at].t // window * window + window
        stop = bisect_left(detections, end, at, key=lambda detection: detection.t)
        for part in apart(detections[at:stop]):
            out.append(Scan(sensor=name, t0=part[0].t, t1=part[-1].t, sector=None, detections=tuple(part)))
        at = stop
    return out
