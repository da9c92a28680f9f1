"""A new kind of sensor, a scanning laser range finder, and what the tracker makes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from vedette.clock import NS, from_seconds
from vedette.config import Name, NotNegative, Positive, checked
from vedette.geo import LocalFrame, Place, to_cartesian, to_polar
from vedette.sensor import Look, Measured, Targets, TellsApart
from vedette.sensor.coverage import joined, solid_volume, within
from vedette.sensor.station import Station
from vedette.tracker import Tracker
from vedette.types import FULL_TURN, NO_CLAIMS, Array, Kind, Scan, Sector
from vedette.units import DEGREE

# ---- vedette/sensor/laser.py


class LaserConfig(Place, frozen=True, kw_only=True, tag_field="kind", tag="laser"):
    """Keys of a laser's `[[sensor]]` table. Lengths m, angles degrees, times s.

    half_range  where half of the looks report a target
    """

    name: Name
    half_range: Positive
    range_sigma: Positive = 1.0
    angle_sigma: Positive = 0.05
    period: Positive = 1.0
    latency: NotNegative = 0.0
    false_reports: Positive = 0.5


class Laser(TellsApart):
    """See `Sensor` and `Simulated`: range, azimuth and elevation of the sky above the horizon."""

    kind = "laser"

    def __init__(self, config: LaserConfig, site: LocalFrame) -> None:
        c = self.config = checked(config)
        self.name, self.latency, self.range_max = c.name, c.latency, 2.0 * c.half_range
        self.looks, self.look_rate, self.report_rate = True, 1.0 / c.period, 0.0
        self.station = Station.at(c.name, c, site, frozenset({Kind.RANGE_AZ_EL}))
        self.accepts, self.to_site = self.station.accepts, self.station.to_site
        self.geodetic = c.geodetic(site)
        self.coverage = Sector(el0=0.0, el1=80 * DEGREE, r0=0.0, r1=self.range_max)
        self.sigma = np.array([c.range_sigma, c.angle_sigma * DEGREE, c.angle_sigma * DEGREE])

    # What the tracker asks

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        return self.station.convert(kind, z, R)

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        polar = to_polar(self.station.local(position))
        seen = within(polar, self.coverage) & within(polar, sector)
        return np.where(seen, 0.5 ** (polar[:, 0] / self.config.half_range) ** 4, 0.0)

    def clutter_density(self, position: Array) -> Array:
        """False reports are even in range, azimuth and elevation: dust and insects."""
        polar, s = to_polar(self.station.local(position)), self.coverage
        per_cell = self.config.false_reports / (s.r1 * s.width * s.el1)
        return np.asarray(per_cell / (np.maximum(polar[:, 0], 1.0) ** 2 * np.cos(polar[:, 2])))

    def false_alarms(self, sector: Sector = FULL_TURN) -> float:
        return self.config.false_reports

    def volume(self) -> float:
        return solid_volume(self.coverage)

    # What the simulator asks

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        step = from_seconds(self.config.period)
        for t in range(begin, end - step + 1, step):
            yield Look(t0=t, t1=t + step, sector=self.coverage)

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        luck, noise = rng.random(len(targets.position)), rng.standard_normal((len(targets.position), 3))
        rows = np.flatnonzero(luck < self.detection_probability(targets.position))
        true = to_polar(self.station.local(targets.position[rows])) + self.sigma * noise[rows]
        s, n = self.coverage, rng.poisson(self.config.false_reports)
        false = rng.random((n, 3)) * [s.r1, s.width, s.el1]
        return joined([self._reports(true, rows), self._reports(false, np.full(n, -1))])

    def _reports(self, z: Array, source: np.ndarray) -> Measured:
        R = np.tile(np.diag(self.sigma**2), (len(z), 1, 1))
        claims, age = (NO_CLAIMS,) * len(z), np.zeros(len(z))
        return Measured(kind=Kind.RANGE_AZ_EL, z=z, R=R, age=age, claims=claims, source=source)


# ---- try it: a drone flies past, the laser reports, the tracker tracks


def main() -> None:
    site = LocalFrame("enu:tutorial", 33.8 * DEGREE, 42.4 * DEGREE, 190.0)
    laser = Laser(LaserConfig(name="laser", height=8.0, half_range=4000.0), site)
    tracker, rng = Tracker({"laser": laser}, site.name), np.random.default_rng(1)
    start, velocity = to_cartesian(np.array([3000.0, 0.3, 0.1])), np.array([-20.0, -45.0, 0.0])

    seen, expected, seq = 0, 0.0, 0
    for look in laser.schedule(1_700_000_000 * NS, 1_700_000_060 * NS):
        seconds = (look.t1 - 1_700_000_000 * NS) / NS
        here = start + seconds * velocity
        drone = Targets(position=here[None], velocity=velocity[None], rcs=np.ones(1), transponder=("",))
        found = laser.measure(drone, look, rng)
        seen += int((found.source >= 0).sum())
        expected += float(laser.detection_probability(here[None])[0])
        detections = found.detections(laser, look, seq)
        seq += len(detections)
        tracker.step(Scan(sensor="laser", t0=look.t0, t1=look.t1, sector=look.sector, detections=detections))

    print(f"reported {seen} times in 60 looks, {expected:.1f} promised")
    for track in tracker.snapshot():
        status, error = track.status.name.lower(), math.dist(track.estimate.position, here)
        print(f"track {track.id}: {status}, {error:.1f} m off, existence {track.existence:.4f}")


if __name__ == "__main__":
    main()
