"""Receivers of Remote ID: where a drone that broadcasts says that it is, and its operator."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

import msgspec
import numpy as np

from vedette.clock import NS, from_seconds, seconds
from vedette.config import Name, NotNegative, Positive, checked
from vedette.geo import LocalFrame, Place
from vedette.sensor.adsb import SLICE
from vedette.sensor.base import Look, Measured, TellsApart
from vedette.sensor.broadcast import phases, stated
from vedette.sensor.radio import exceeds, free_space_loss
from vedette.sensor.rf_bearing import Decibels, Frequency, Power
from vedette.sensor.station import EVERYWHERE, Station
from vedette.sensor.targets import Targets
from vedette.types import FULL_TURN, Array, Claim, Kind, Sector
from vedette.units import NAUTICAL_MILE

# Upper bounds of 95 % accuracy by code, m and m/s; code 0 is "unknown" and has none (ASTM F3411-22a and
# ASD-STAN EN 4709-002, the same figures as NACp, GVA and NACv of ADS-B).
MILES = (10.0, 4.0, 2.0, 1.0, 0.5, 0.3, 0.1, 0.05)
HORIZONTAL = (math.inf, *(miles * NAUTICAL_MILE for miles in MILES), 30.0, 10.0, 3.0, 1.0)
VERTICAL = (math.inf, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0)
SPEED = (math.inf, 10.0, 3.0, 1.0, 0.3)
CIRCLE, LINE = 2.448, 1.96  # 95 % of a Gaussian lies within so many σ: in the plane, on a line

HorizontalCode = Annotated[
    int, msgspec.Meta(ge=1, le=12, description="a code of horizontal accuracy, 1 to 12")
]
VerticalCode = Annotated[int, msgspec.Meta(ge=1, le=6, description="a code of vertical accuracy, 1 to 6")]
SpeedCode = Annotated[int, msgspec.Meta(ge=1, le=4, description="a code of speed accuracy, 1 to 4")]
Sensitivity = Annotated[float, msgspec.Meta(ge=-150, le=0, description="a received power in dBm")]


def accuracy(horizontal: int, vertical: int, speed: int) -> Array:
    """(6,) standard deviations along east, north, up, m and m/s, for these codes; inf: unknown."""
    h, u, v = HORIZONTAL[horizontal] / CIRCLE, VERTICAL[vertical] / LINE, SPEED[speed] / CIRCLE
    return np.array([h, h, u, v, v, v])


class RemoteIdConfig(Place, frozen=True, kw_only=True, tag_field="kind", tag="remote_id"):
    """Keys of a receiver's `[[sensor]]` table; `height` is the antenna's. Power dBm, gains and losses dB.

    power        that a drone broadcasts with; sensitivity  that the receiver needs
    shadowing    dB, spread of the received power from one message to the next
    report_rate  messages per second that a drone once heard sends at the least; 0: silence is no evidence
    period       simulation: s between two messages; velocity  whether they hold one
    horizontal_accuracy, vertical_accuracy, speed_accuracy  simulation: the codes that drones state
    """

    name: Name
    range_max: Positive = 10_000.0
    ceiling: Positive = 5_000.0
    power: Power = 10.0
    sensitivity: Sensitivity = -95.0
    antenna_gain: Decibels = 2.0
    losses: NotNegative = 0.0
    frequency: Frequency = 2.44e9
    shadowing: NotNegative = 6.0
    report_rate: NotNegative = 0.2
    false_reports: Positive = 1e-3
    latency: NotNegative = 0.0
    period: Positive = 1.0
    velocity: bool = True
    horizontal_accuracy: HorizontalCode = 10
    vertical_accuracy: VerticalCode = 4
    speed_accuracy: SpeedCode = 3


class RemoteId(TellsApart):
    """See `Sensor` and `Simulated`. It hears who broadcasts; of everything else it knows nothing.

    `detection_probability` is that of one message from a drone that does broadcast.
    """

    kind = "remote_id"

    def __init__(self, config: RemoteIdConfig, site: LocalFrame) -> None:
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
        self.to_site = self.station.to_site
        self.sigma = accuracy(c.horizontal_accuracy, c.vertical_accuracy, c.speed_accuracy)

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        return self.station.convert(kind, z, R)

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        """Φ((P + G − L − 20 log₁₀(4π d/λ) − sensitivity) / σ), 0 below the horizon."""
        c, local = self.config, self.station.local(position)
        distance, height = np.hypot(local[:, 0], local[:, 1]), self.station.site.height_above(position)
        heard = (distance <= c.range_max) & (height <= c.ceiling)
        heard &= self.station.above_horizon(local)
        loss = free_space_loss(np.linalg.norm(local, axis=1), c.frequency)
        margin = c.power + c.antenna_gain - c.losses - c.sensitivity - loss
        return np.where(heard, exceeds(margin, c.shadowing), 0.0)

    def false_alarms(self, sector: Sector = FULL_TURN) -> float:
        """The part of reports that is false."""
        return self.config.false_reports

    def clutter_density(self, position: Array) -> Array:
        """The part of reports that is false, spread over the volume."""
        return np.full(len(position), self.config.false_reports / self.volume())

    def volume(self) -> float:
        """π R² × ceiling."""
        return math.pi * self.range_max**2 * self.config.ceiling

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        k, t0 = 0, begin
        while (t1 := begin + from_seconds((k + 1) * SLICE)) <= end:
            yield Look(t0=t0, t1=t1, sector=None)
            k, t0 = k + 1, t1

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        """A message of every drone whose turn falls into the look: once a period, at a phase of its own."""
        N = len(targets.position)
        luck, noise = rng.random(N), rng.standard_normal((N, 6))
        phase = phases(targets.remote_id)
        age = (look.t1 - phase) % from_seconds(self.config.period) / NS
        due = (phase >= 0) & (age < seconds(look.t1 - look.t0))
        rows = np.flatnonzero(due)
        position = targets.before(age)[rows]
        heard = luck[rows] < self.detection_probability(position)
        rows, position = rows[heard], position[heard]
        z = stated(self.station.site, position, targets.velocity[rows], noise[rows], self.sigma)
        m = 6 if self.config.velocity else 3
        return Measured(
            kind=Kind.GEODETIC_VELOCITY if m == 6 else Kind.GEODETIC, z=z[:, :m],
            R=np.tile(np.diag(np.square(self.sigma[:m])), (len(rows), 1, 1)), age=age[rows],
            claims=tuple(_claims(targets, i) for i in rows.tolist()), source=rows,
        )  # fmt: skip


def _claims(targets: Targets, row: int) -> dict[str, Claim]:
    claims: dict[str, Claim] = {"remote_id": targets.remote_id[row]}
    latitude, longitude = targets.operator[row].tolist()
    if math.isfinite(latitude):
        claims |= {"operator_latitude": latitude, "operator_longitude": longitude}
    return claims
