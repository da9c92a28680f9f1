"""Receivers of Remote ID: where a drone that broadcasts says that it is, and its operator."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
import numpy as np

from vedette.config import NotNegative, Positive
from vedette.geo import LocalFrame
from vedette.sensor.base import Look, Measured
from vedette.sensor.broadcast import Receiver, ReceiverConfig, stated
from vedette.sensor.radio import exceeds, free_space_loss
from vedette.sensor.rf_bearing import Decibels, Frequency, Power
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


class RemoteIdConfig(ReceiverConfig, frozen=True, kw_only=True, tag_field="kind", tag="remote_id"):
    """Keys of a receiver's `[[sensor]]` table; `height` is the antenna's. Power dBm, gains and losses dB.

    power        that a drone broadcasts with; sensitivity  that the receiver needs
    shadowing    dB, spread of the received power from one message to the next
    report_rate  messages per second that a drone once heard sends at the least; 0: silence is no evidence
    period       simulation: s between two messages; velocity  whether they hold one
    horizontal_accuracy, vertical_accuracy, speed_accuracy  simulation: the codes that drones state
    """

    range_max: Positive = 10_000.0
    ceiling: Positive = 5_000.0
    false_reports: Positive = 1e-3
    period: Positive = 1.0
    power: Power = 10.0
    sensitivity: Sensitivity = -95.0
    antenna_gain: Decibels = 2.0
    losses: NotNegative = 0.0
    frequency: Frequency = 2.44e9
    shadowing: NotNegative = 6.0
    velocity: bool = True
    horizontal_accuracy: HorizontalCode = 10
    vertical_accuracy: VerticalCode = 4
    speed_accuracy: SpeedCode = 3


class RemoteId(Receiver):
    """See `Sensor` and `Simulated`. It hears who broadcasts; of everything else it knows nothing.

    `detection_probability` is that of one message from a drone that does broadcast.
    """

    kind = "remote_id"

    def __init__(self, config: RemoteIdConfig, site: LocalFrame) -> None:
        super().__init__(config, site)
        c = self.config = config
        self.sigma = accuracy(c.horizontal_accuracy, c.vertical_accuracy, c.speed_accuracy)

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        """Φ((P + G − L − 20 log₁₀(4π d/λ) − sensitivity) / σ), 0 below the horizon."""
        c = self.config
        loss = free_space_loss(np.linalg.norm(self.station.local(position), axis=1), c.frequency)
        margin = c.power + c.antenna_gain - c.losses - c.sensitivity - loss
        return np.where(self.reaches(position), exceeds(margin, c.shadowing), 0.0)

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        """A message of every drone whose turn falls into the look: once a period, at a phase of its own."""
        N = len(targets.position)
        luck, noise = rng.random(N), rng.standard_normal((N, 6))
        due, age = self.turns(targets.remote_id, look)
        rows = np.flatnonzero(due)
        position = targets.before(age)[rows] if len(rows) else np.empty((0, 3))
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
