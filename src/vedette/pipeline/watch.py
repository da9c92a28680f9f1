"""What each sensor has brought lately, seen from the scans alone: scenarios and replays have no feeds."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import replace

from vedette.clock import NS
from vedette.types import FeedState, Scan, SensorHealth

WINDOW = 10 * NS  # ns over which a rate is taken
STALE = 10 * NS  # ns of silence after which a sensor counts as stale


class Watch:
    """Counts detections per sensor of the site. Times are data time, ns UTC.

    kinds    sensor name → kind, in the order to be shown
    origins  sensor name → where its data really come from
    """

    def __init__(self, kinds: Mapping[str, str], origins: Mapping[str, str] | None = None) -> None:
        self.kinds, self.origins = dict(kinds), dict(origins or {})
        self.detections: Counter[str] = Counter()
        self.last: dict[str, int] = {}
        self.recent: dict[str, deque[tuple[int, int]]] = {name: deque() for name in kinds}

    def step(self, scan: Scan) -> None:
        """Count a scan; one of a sensor that the site does not have is the tracker's to count."""
        if scan.sensor not in self.kinds:
            return
        self.detections[scan.sensor] += len(scan.detections)
        self.last[scan.sensor] = max(scan.t1, self.last.get(scan.sensor, scan.t1))
        self.recent[scan.sensor].append((scan.t1, len(scan.detections)))
        self._forget(scan.sensor, scan.t1)

    def _forget(self, sensor: str, now: int) -> None:
        recent = self.recent[sensor]
        while recent and recent[0][0] <= now - WINDOW:
            recent.popleft()

    def health(self, now: int) -> tuple[SensorHealth, ...]:
        """Every sensor's condition at data time `now`."""
        return tuple(self._health(name, now) for name in self.kinds)

    def _health(self, sensor: str, now: int) -> SensorHealth:
        t_last = self.last.get(sensor)
        counted = sum(n for t, n in self.recent[sensor] if now - WINDOW < t <= now)
        return SensorHealth(
            sensor=sensor,
            kind=self.kinds[sensor],
            state=state_of(t_last, now),
            t_last=t_last,
            rate=counted * NS / WINDOW,
            detections=self.detections[sensor],
            counters={},
            origin=self.origins.get(sensor, ""),
        )


def state_of(t_last: int | None, now: int) -> FeedState:
    """From the age of the last scan."""
    if t_last is None:
        return FeedState.CONNECTING
    return FeedState.UP if now - t_last <= STALE else FeedState.STALE


def aged(health: SensorHealth, now: int) -> SensorHealth:
    """The same sensor as it stands at `now`, when nothing has come since: silence makes it stale."""
    return replace(health, state=state_of(health.t_last, now))
