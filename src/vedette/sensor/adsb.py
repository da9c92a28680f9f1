"""Receivers of what aircraft say of themselves: ADS-B, Remote ID."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from vedette.clock import NS, from_seconds, seconds
from vedette.config import Name, NotNegative, Positive, Probability, checked
from vedette.geo import LocalFrame, Place
from vedette.sensor.base import Look, Measured, Targets, TellsApart
from vedette.sensor.broadcast import phases, stated
from vedette.sensor.station import EVERYWHERE, Station
from vedette.types import FULL_TURN, Array, Kind, Sector

SLICE = 0.1  # s; simulated reports are made in slices so short that a target flies straight within one


class ReporterConfig(Place, frozen=True, kw_only=True):
    """Keys of the `[[sensor]]` table of what reports when it pleases; `height` is the antenna's.

    Defaults: two positions a second are sent (DO-260B); that one in five seconds arrives is a
    conservative statement of ours, used only when a target falls silent. The accuracies are those of NACp 9
    (30 m) and NACv 2 (3 m/s), 95 % radii divided by 2.448, and VEPU 45 m / 1.96; simulated reports have them.
    """

    name: Name
    range_max: Positive = 450e3
    ceiling: Positive = 20e3
    line_of_sight: bool = True
    reception: Probability = 0.9
    period: Positive = 0.5
    report_rate: NotNegative = 0.2
    false_reports: Positive = 1e-4
    latency: NotNegative = 0.0
    position_sigma: Positive = 12.3
    height_sigma: Positive = 23.0
    velocity_sigma: Positive = 1.2


class AdsbConfig(ReporterConfig, frozen=True, kw_only=True, tag_field="kind", tag="adsb"):
    """Keys of a receiver's table: those of `ReporterConfig`."""


class Adsb(TellsApart):
    """See `Sensor` and `Simulated`. It reports what calls itself; of everything else it knows nothing.

    `detection_probability` is that of one report from a target that does send.
    """

    kind: str = "adsb"

    def __init__(self, config: ReporterConfig, site: LocalFrame) -> None:
        c = self.config = checked(config)
        self.name = c.name
        self.looks = False
        self.look_rate = 0.0
        self.report_rate = c.report_rate
        self.latency = c.latency
        self.range_max = c.range_max
        station = Station.at(c.name, c, site, EVERYWHERE)
        self.station = station if c.line_of_sight else station.unobstructed()
        self.accepts = self.station.accepts
        self.geodetic = c.geodetic(site)
        self.to_site = self.station.to_site

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        return self.station.convert(kind, z, R)

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        local = self.station.local(position)
        distance = np.hypot(local[:, 0], local[:, 1])
        height = self.station.site.height_above(position)
        heard = (distance <= self.range_max) & (height <= self.config.ceiling)
        heard &= self.station.above_horizon(local)
        return np.where(heard, self.config.reception, 0.0)

    def clutter_density(self, position: Array) -> Array:
        """The part of reports that is false, spread over the volume."""
        return np.full(len(position), self.config.false_reports / self.volume())

    def false_alarms(self, sector: Sector = FULL_TURN) -> float:
        """The part of reports that is false."""
        return self.config.false_reports

    def volume(self) -> float:
        """π R² × ceiling."""
        return math.pi * self.range_max**2 * self.config.ceiling

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        k, t0 = 0, begin
        while (t1 := begin + from_seconds((k + 1) * SLICE)) <= end:
            yield Look(t0=t0, t1=t1, sector=None)
            k, t0 = k + 1, t1

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        """A report of every target whose turn falls into the look: once a period, at a phase of its own."""
        luck, noise = rng.random(len(targets.rcs)), rng.standard_normal((len(targets.rcs), 6))
        phase = phases(targets.transponder)
        age = (look.t1 - phase) % from_seconds(self.config.period) / NS
        due = (phase >= 0) & (age < seconds(look.t1 - look.t0))
        position = targets.position - age[:, None] * targets.velocity
        rows = np.flatnonzero(due & (luck < self.detection_probability(position)))
        c = self.config
        sigma = np.array([c.position_sigma, c.position_sigma, c.height_sigma, *[c.velocity_sigma] * 3])
        z = stated(self.station.site, position[rows], targets.velocity[rows], noise[rows], sigma)
        return Measured(
            kind=Kind.GEODETIC_VELOCITY, z=z, R=np.tile(np.diag(np.square(sigma)), (len(rows), 1, 1)),
            age=age[rows], claims=tuple({"icao24": targets.transponder[i]} for i in rows), source=rows,
        )  # fmt: skip
