"""Receivers of what aircraft say of themselves (ADS-B, Remote ID), and feeds of other systems' tracks."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS, from_seconds, seconds
from vedette.config import Name, NotNegative, Positive, Probability, checked
from vedette.geo import LocalFrame, Place, is_above_horizon
from vedette.geo.frame import axes
from vedette.sensor.base import Doppler, Look, Measured, Targets
from vedette.sensor.station import EVERYWHERE, Station
from vedette.types import FULL_TURN, Array, Kind, Sector

SLICE = 0.1  # s; simulated reports are made in slices so short that a target flies straight within one


class AdsbConfig(Place, frozen=True, kw_only=True, tag_field="kind", tag="adsb"):
    """Keys of a receiver's `[[sensor]]` table; `height` is the antenna's.

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


class Adsb:
    """See `Sensor` and `Simulated`. It reports what calls itself; of everything else it knows nothing.

    `detection_probability` is that of one report from a target that does send.
    """

    kind: str = "adsb"

    def __init__(self, config: AdsbConfig, site: LocalFrame) -> None:
        c = self.config = checked(config)
        self.name = c.name
        self.looks = False
        self.look_rate = 0.0
        self.report_rate = c.report_rate
        self.latency = c.latency
        self.range_max = c.range_max
        self.station = Station.at(c.name, c, site, EVERYWHERE)
        self.accepts = self.station.accepts
        self.geodetic = c.geodetic(site)
        self.position = self.station.to_site[1]
        self.doppler: Doppler | None = None

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        return self.station.convert(kind, z, R)

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        local = self.station.local(position)
        distance = np.hypot(local[:, 0], local[:, 1])
        height = self.station.site.height_above(position)
        heard = (distance <= self.range_max) & (height <= self.config.ceiling)
        if self.config.line_of_sight:
            antenna = max(self.station.frame.height - self.station.site.height, 0.0)
            heard &= is_above_horizon(antenna, height, distance)
        return np.where(heard, self.config.reception, 0.0)

    def clutter_density(self, position: Array) -> Array:
        """The part of reports that is false, spread over the volume."""
        return np.full(len(position), self.config.false_reports / self.volume())

    def amplitude_ratio(self, position: Array, snr_db: Array) -> Array:
        """A false position is sent as loudly as a true one."""
        return np.ones(len(position))

    def resolution(self, position: Array) -> None:
        """Everyone sends for himself."""

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
        phase = _phases(targets.transponder)
        age = (look.t1 - phase) % from_seconds(self.config.period) / NS
        due = (phase >= 0) & (age < seconds(look.t1 - look.t0))
        position = targets.position - age[:, None] * targets.velocity
        rows = np.flatnonzero(due & (luck < self.detection_probability(position)))
        z = self._geodetic(position[rows], targets.velocity[rows], noise[rows])
        c = self.config
        sigma = [c.position_sigma, c.position_sigma, c.height_sigma, *[c.velocity_sigma] * 3]
        return Measured(
            kind=Kind.GEODETIC_VELOCITY, z=z, R=np.tile(np.diag(np.square(sigma)), (len(rows), 1, 1)),
            age=age[rows], claims=tuple({"icao24": targets.transponder[i]} for i in rows), source=rows,
        )  # fmt: skip

    def _geodetic(self, position: Array, velocity: Array, noise: Array) -> Array:
        """(M, 6) as the aircraft would state it, with noise along its own east, north and up."""
        site, c = self.station.site, self.config
        z = np.empty((len(position), 6))
        z[:, :3] = site.to_geodetic(position)
        M, N = site.radii
        z[:, 0] += c.position_sigma * noise[:, 1] / (M + z[:, 2])
        z[:, 1] += c.position_sigma * noise[:, 0] / ((N + z[:, 2]) * np.cos(z[:, 0]))
        z[:, 2] += c.height_sigma * noise[:, 2]
        turned = axes(z[:, 0], z[:, 1]) @ site.axes.T @ velocity[:, :, None]
        z[:, 3:] = turned[:, :, 0] + c.velocity_sigma * noise[:, 3:]
        return z


@lru_cache(maxsize=64)
def _phases(names: tuple[str, ...]) -> NDArray[np.int64]:
    """(N,) ns, following from each name alone, so that targets do not report in step; −1 without a name."""
    return np.array([zlib.crc32(name.encode()) if name else -1 for name in names], np.int64)
