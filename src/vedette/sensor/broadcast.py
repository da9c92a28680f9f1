"""Receivers of what targets say of themselves, and how they simulate it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS, from_seconds, seconds
from vedette.config import Name, NotNegative, Positive, checked
from vedette.geo import LocalFrame, Place
from vedette.geo.frame import axes
from vedette.sensor.base import Look, TellsApart
from vedette.sensor.coverage import regular
from vedette.sensor.station import EVERYWHERE, Station
from vedette.types import FULL_TURN, Array, Kind, Sector

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SLICE = 0.1  # s; simulated reports are made in slices so short that a target flies straight within one


class ReceiverConfig(Place, frozen=True, kw_only=True):
    """Keys that all of them have. Lengths m, times s; `height` is the antenna's.

    false_reports  the part of reports that is false
    report_rate    reports per second that a target once heard sends at the least; 0: silence is no evidence
    period         simulation: s between two reports of one target
    """

    name: Name
    range_max: Positive
    ceiling: Positive
    false_reports: Positive
    period: Positive
    report_rate: NotNegative = 0.2
    latency: NotNegative = 0.0


class Receiver(TellsApart):
    """It hears who speaks, within a range and below a ceiling. See `Sensor`."""

    kind: str

    def __init__(self, config: ReceiverConfig, site: LocalFrame) -> None:
        c = checked(config)
        self.name = c.name
        self.looks = False
        self.look_rate = 0.0
        self.report_rate = c.report_rate
        self.latency = c.latency
        self.range_max = c.range_max
        self.ceiling = c.ceiling
        self.period = c.period
        self.false_reports = c.false_reports
        self.station = Station.at(c.name, c, site, EVERYWHERE)
        self.accepts = self.station.accepts
        self.geodetic = c.geodetic(site)
        self.to_site = self.station.to_site

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        return self.station.convert(kind, z, R)

    def reaches(self, position: Array) -> Bools:
        """(N, 3) in the site's frame → (N,): in range over ground, below the ceiling, above the horizon."""
        local = self.station.local(position)
        near = np.hypot(local[:, 0], local[:, 1]) <= self.range_max
        low = self.station.site.height_above(position) <= self.ceiling
        return np.asarray(near & low & self.station.above_horizon(local))

    def false_alarms(self, sector: Sector = FULL_TURN) -> float:
        """The part of reports that is false."""
        return self.false_reports

    def clutter_density(self, position: Array) -> Array:
        """The same, spread over the volume."""
        return np.full(len(position), self.false_reports / self.volume())

    def volume(self) -> float:
        """π R² × ceiling."""
        return math.pi * self.range_max**2 * self.ceiling

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        return regular(begin, end, SLICE, None)

    def turns(self, names: tuple[str, ...], look: Look) -> tuple[Bools, Array]:
        """Whose turn falls into the look (N,), and how long before its end (N,) s: once a period, at a phase
        of one's own; whoever has no name never speaks."""
        phase = phases(names)
        age = (look.t1 - phase) % from_seconds(self.period) / NS
        return (phase >= 0) & (age < seconds(look.t1 - look.t0)), age


def stated(site: LocalFrame, position: Array, velocity: Array, noise: Array, sigma: Array) -> Array:
    """(M, 6) latitude, longitude, height, velocity as the target would state it, of positions and velocities
    (M, 3) in the site's frame; noise (M, 6) ~ N(0, 1) times sigma (6,) along its own east, north and up."""
    z = np.empty((len(position), 6))
    if not len(position):
        return z
    z[:, :3] = site.to_geodetic(position)
    M, N = site.radii
    z[:, 0] += sigma[1] * noise[:, 1] / (M + z[:, 2])
    z[:, 1] += sigma[0] * noise[:, 0] / ((N + z[:, 2]) * np.cos(z[:, 0]))
    z[:, 2] += sigma[2] * noise[:, 2]
    turned = axes(z[:, 0], z[:, 1]) @ site.axes.T @ velocity[:, :, None]
    z[:, 3:] = turned[:, :, 0] + sigma[3:] * noise[:, 3:]
    return z


@lru_cache(maxsize=64)
def phases(names: tuple[str, ...]) -> Ints:
    """(N,) ns, following from each name alone, so that targets do not report in step; −1 without a name."""
    return np.array([zlib.crc32(name.encode()) if name else -1 for name in names], np.int64)
