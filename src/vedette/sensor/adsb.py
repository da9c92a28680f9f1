"""Receivers of what aircraft say of themselves: ADS-B, Remote ID."""

from __future__ import annotations

import numpy as np

from vedette.config import Positive, Probability
from vedette.geo import LocalFrame
from vedette.sensor.base import Look, Measured, Targets
from vedette.sensor.broadcast import Receiver, ReceiverConfig, stated
from vedette.types import FULL_TURN, Array, Kind, Sector


class ReporterConfig(ReceiverConfig, frozen=True, kw_only=True):
    """Keys of the `[[sensor]]` table of what reports when it pleases; `height` is the antenna's.

    Defaults: two positions a second are sent (DO-260B); that one in five seconds arrives is a
    conservative statement of ours, used only when a target falls silent. The accuracies are those of NACp 9
    (30 m) and NACv 2 (3 m/s), 95 % radii divided by 2.448, and VEPU 45 m / 1.96; simulated reports have them.
    """

    range_max: Positive = 450e3
    ceiling: Positive = 20e3
    false_reports: Positive = 1e-4
    period: Positive = 0.5
    line_of_sight: bool = True
    reception: Probability = 0.9
    position_sigma: Positive = 12.3
    height_sigma: Positive = 23.0
    velocity_sigma: Positive = 1.2


class AdsbConfig(ReporterConfig, frozen=True, kw_only=True, tag_field="kind", tag="adsb"):
    """Keys of a receiver's table: those of `ReporterConfig`."""


class Adsb(Receiver):
    """See `Sensor` and `Simulated`. It reports what calls itself; of everything else it knows nothing.

    `detection_probability` is that of one report from a target that does send.
    """

    kind = "adsb"

    def __init__(self, config: ReporterConfig, site: LocalFrame) -> None:
        super().__init__(config, site)
        self.config = config
        if not config.line_of_sight:
            self.station = self.station.unobstructed()

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        return np.where(self.reaches(position), self.config.reception, 0.0)

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        """A report of every target whose turn falls into the look: once a period, at a phase of its own."""
        luck, noise = rng.random(len(targets.rcs)), rng.standard_normal((len(targets.rcs), 6))
        due, age = self.turns(targets.transponder, look)
        rows = np.flatnonzero(due)
        position = targets.position[rows] - age[rows, None] * targets.velocity[rows]
        heard = luck[rows] < self.detection_probability(position)
        rows, position = rows[heard], position[heard]
        c = self.config
        sigma = np.array([c.position_sigma, c.position_sigma, c.height_sigma, *[c.velocity_sigma] * 3])
        z = stated(self.station.site, position, targets.velocity[rows], noise[rows], sigma)
        return Measured(
            kind=Kind.GEODETIC_VELOCITY, z=z, R=np.tile(np.diag(np.square(sigma)), (len(rows), 1, 1)),
            age=age[rows], claims=tuple({"icao24": targets.transponder[i]} for i in rows), source=rows,
        )  # fmt: skip
