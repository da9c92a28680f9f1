"""How many looks without a report a track would outlive."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from vedette.sensor import Sensor
from vedette.types import Status, Track

SEES = 0.3  # detection probability from which on a miss tells much
MOST = 5  # misses worth a word


class Misses:
    """What a miss does to existence, as the tracker reckons.

    sensors           name → Sensor, as the tracker has them
    drop, most, life  its `drop`, `p_detect_max` and `mean_life_s`
    """

    def __init__(self, sensors: Mapping[str, Sensor], drop: float, most: float, life: float) -> None:
        self.sensors, self.drop, self.most, self.life = dict(sensors), drop, most, life

    def left(self, track: Track) -> Iterator[tuple[str, int]]:
        """(sensor, misses in a row until the track is no longer confirmed), of those that see it well."""
        if track.status is Status.TENTATIVE:
            return
        for name in sorted(track.contributors):
            sensor = self.sensors.get(name)
            if sensor is None or not sensor.looks or sensor.look_rate <= 0.0:
                continue
            x = track.estimate.x[None, :6]
            p = min(float(sensor.detection_probability(x[:, :3], x[:, 3:])[0]), self.most)
            count = self._count(track.existence, p, 1.0 / sensor.look_rate) if p >= SEES else 0
            if count:
                yield name, count

    def _count(self, r: float, p: float, period: float) -> int:
        """From look to look the target goes on with e^(−Δ/life), and a miss leaves of that r the part
        (1 − P_D) / (1 − r P_D) (Williams, Marginal multi-Bernoulli filters, 2015, eq. 22). 0: too many.
        """
        for count in range(1, MOST + 1):
            r *= math.exp(-period / self.life)
            r = r * (1.0 - p) / (1.0 - r * p)
            if r < self.drop:
                return count
        return 0
