"""How many looks without a report a track would outlive."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from vedette.sensor import Sensor
from vedette.types import Status, Track

SEES = 0.3  # detection probability from which on a miss tells much
MOST = 5  # misses worth a word


class Misses:
    """sensors  name → Sensor, as the tracker has them; drop, most  its `drop` and `p_detect_max`"""

    def __init__(self, sensors: Mapping[str, Sensor], drop: float, most: float) -> None:
        self.sensors, self.drop, self.most = dict(sensors), drop, most

    def left(self, track: Track) -> Iterator[tuple[str, int]]:
        """(sensor, misses in a row until the track is no longer confirmed), of those that see it.

        A miss multiplies the odds of existence by 1 − P_D: r′ = r (1 − P_D) / (1 − r P_D) (Williams, Marginal
        multi-Bernoulli filters, 2015, eq. 22).
        """
        if track.status is Status.TENTATIVE:
            return
        spare = _log_odds(track.existence) - _log_odds(self.drop)
        for name in sorted(track.contributors):
            sensor = self.sensors.get(name)
            if sensor is None or not sensor.looks:
                continue
            x = track.estimate.x[None, :6]
            p = min(float(sensor.detection_probability(x[:, :3], x[:, 3:])[0]), self.most)
            if p >= SEES and spare >= 0.0:
                count = math.floor(spare / -math.log1p(-p)) + 1
                if count <= MOST:
                    yield name, count


def _log_odds(p: float) -> float:
    inside = min(max(p, 1e-9), 1.0 - 1e-9)
    return math.log(inside / (1.0 - inside))
