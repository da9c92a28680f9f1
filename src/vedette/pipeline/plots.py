"""The newest reports of each sensor, for whoever wants to see what a track was made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from vedette.clock import NS
from vedette.types import Detection, Scan

WINDOW = 30 * NS  # ns of data time for which a report is kept
MOST = 2000  # reports kept of one sensor


class Plots:
    """Reports per sensor of the site. Times are data time, ns UTC."""

    def __init__(self, sensors: Iterable[str]) -> None:
        self._recent: dict[str, deque[Detection]] = {name: deque(maxlen=MOST) for name in sensors}

    def step(self, scan: Scan) -> None:
        """Keep a scan's reports; those of a sensor that the site does not have are the tracker's to count."""
        recent = self._recent.get(scan.sensor)
        if recent is None:
            return
        if recent and recent[-1].t > scan.t1:  # a replay has gone back
            recent.clear()
        recent.extend(scan.detections)

    def of(self, sensor: str, t: int) -> tuple[Detection, ...]:
        """Those of the last WINDOW before data time t, oldest first."""
        return tuple(each for each in self._recent.get(sensor, ()) if t - WINDOW <= each.t <= t)
