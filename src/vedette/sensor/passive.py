"""What passive sensors share that measure where something is seen or heard, and not how far away."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from vedette.config import Degrees, Name, NotNegative, Positive, TableError, checked
from vedette.errors import MeasurementError
from vedette.geo import LocalFrame, Place, to_cartesian, to_polar
from vedette.sensor.base import Look, Measured, TellsApart
from vedette.sensor.coverage import joined, regular, solid_volume, within
from vedette.sensor.direction import DIRECTIONS, angle_slope, unit_slope
from vedette.sensor.station import Station
from vedette.sensor.targets import Targets
from vedette.types import FULL_TURN, NO_CLAIMS, SIZE, Array, Claim, Kind, Sector
from vedette.units import DEGREE

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Claims = tuple[Mapping[str, Claim], ...]

Angle = Annotated[float, msgspec.Meta(gt=0, le=90, description="an angle in degrees")]
Elevation = Annotated[float, msgspec.Meta(ge=-90, le=90, description="an elevation in degrees, up positive")]
Turn = Annotated[float, msgspec.Meta(gt=0, le=360, description="a width in degrees, at most a full turn")]

Share = Annotated[float, msgspec.Meta(gt=0, le=1, description="a part of the whole, above 0")]

NOBODY = Targets(position=np.empty((0, 3)), velocity=np.empty((0, 3)), rcs=np.empty(0), transponder=())


class PassiveConfig(Place, frozen=True, kw_only=True):
    """Keys that all of them have. Lengths m, angles degrees, times s; `height` is the sensor's own.

    false_reports  expected per look
    """

    name: Name
    range_max: Positive
    range_min: NotNegative = 0.0
    azimuth_start: Degrees = 0.0
    azimuth_width: Turn = 360.0
    elevation_min: Elevation = -5.0
    elevation_max: Elevation = 80.0
    period: Positive = 1.0
    latency: NotNegative = 0.0
    false_reports: Positive = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.elevation_min >= self.elevation_max:
            raise TableError("elevation_min must lie below elevation_max; swap them.", "elevation_min")
        if self.range_min >= self.range_max:
            raise TableError("range_min must lie below range_max; lower it.", "range_min")


class Passive(TellsApart, ABC):
    """Geometry, coverage, noise and false reports. See `DirectionSensor` and `Simulated`.

    A kind says what it takes to be noticed (`_notices`, `_noticed`), how well it measures (`_sigma`), and
    what else it says (`_claims`). Its own axes are east, north, up where it stands.
    """

    kind: str
    reports: Kind

    def __init__(self, config: PassiveConfig, site: LocalFrame, perceptible: float = 1.0) -> None:
        c = checked(config)
        self.name = c.name
        self.looks = True
        self.look_rate = 1.0 / c.period
        self.report_rate = 0.0
        self.latency = c.latency
        self.range_max = c.range_max
        self.perceptible = perceptible
        self.station = Station.at(c.name, c, site, frozenset({self.reports}))
        self.accepts = self.station.accepts
        self.geodetic = c.geodetic(site)
        self.to_site = self.station.to_site
        self.false_reports = c.false_reports
        self.period = c.period
        self.coverage = Sector(
            az0=c.azimuth_start * DEGREE, width=c.azimuth_width * DEGREE, el0=c.elevation_min * DEGREE,
            el1=c.elevation_max * DEGREE, r0=c.range_min, r1=c.range_max,
        )  # fmt: skip

    # --- what a kind must say

    @abstractmethod
    def _noticed(self, local: Array) -> Array:
        """(N, 3) → (N,): probability that one look notices a perceptible target as expected there."""

    @abstractmethod
    def _notices(self, local: Array, targets: Targets, luck: Array) -> tuple[Bools, Array]:
        """(N,) which of the targets, seen at `local`, are noticed, and how strongly, with luck ~ N(0, 1)."""

    @abstractmethod
    def _sigma(self, local: Array, strength: Array) -> Array:
        """(M, k) standard deviations in rad of what is reported of targets seen at `local`."""

    def _weakest(self, n: int) -> Array:
        """(n,): the strength of false reports."""
        return np.ones(n)

    def _claims(self, targets: Targets, rows: Ints, strength: Array, luck: Array, dice: Array) -> Claims:
        """What each report of targets `rows` says besides; dice (M, 2) ~ N(0, 1)."""
        return (NO_CLAIMS,) * len(rows)

    def _late(self, local: Array, velocity: Array) -> tuple[Array, Array]:
        """τ (N,) s and its slope dτ/dp (N, 3), for targets at `local` now, in the sensor's axes."""
        return np.zeros(len(local)), np.zeros_like(local)

    def _seen_at(self, targets: Targets) -> Array:
        """(N, 3) in its own axes: where the targets are perceived at this moment."""
        late, _ = self._late(self.station.local(targets.position), targets.velocity @ self.to_site[0])
        return (
            self.station.local(targets.before(late)) if late.any() else self.station.local(targets.position)
        )

    # --- what the tracker asks

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        if kind in DIRECTIONS & self.accepts:
            raise MeasurementError(
                f"Sensor '{self.name}' cannot place a report of kind {kind}: a direction has no range. "
                "Take its `expected` direction instead."
            )
        return self.station.convert(kind, z, R)

    def delay(self, position: Array, velocity: Array | None = None) -> Array:
        local = self.station.local(position)
        v = np.zeros_like(local) if velocity is None else velocity @ self.to_site[0]
        return self._late(local, v)[0]

    def expected(self, kind: Kind, position: Array, velocity: Array) -> tuple[Array, Array]:
        """With q = p − v τ and ∇τ = dτ/dp: dq = (I − v ∇τᵀ)(dp − τ dv)."""
        T, _ = self.to_site
        v = velocity @ T
        tau, slope = self._late(self.station.local(position), v)
        q = self.station.local(position) - tau[:, None] * v
        A = np.eye(3) - v[:, :, None] * slope[:, None, :]
        J = angle_slope(q) @ A @ T.T
        k = SIZE[kind]
        return to_polar(q)[:, 1 : 1 + k], np.concatenate([J, -tau[:, None, None] * J], axis=2)[:, :k]

    def in_site_axes(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        T, _ = self.to_site
        k = SIZE[kind]
        polar = np.zeros((len(z), 3))
        polar[:, 0], polar[:, 1 : 1 + k] = 1.0, z
        u = to_cartesian(polar)
        M = (angle_slope(u @ T.T) @ T @ unit_slope(polar[:, 1], polar[:, 2]))[:, :k, :k]
        return to_polar(u @ T.T)[:, 1 : 1 + k], M @ R @ M.transpose(0, 2, 1)

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        local = self.station.local(position)
        if velocity is not None:
            v = velocity @ self.to_site[0]
            local = local - self._late(local, v)[0][:, None] * v
        polar = to_polar(local)
        seen = within(polar, self.coverage) & within(polar, sector)
        return np.where(seen, self.perceptible * self._noticed(local), 0.0)

    def direction_density(self, kind: Kind, z: Array) -> Array:
        width, height = self._field()
        return np.full(len(z), self.false_reports / (width if kind is Kind.AZ else width * height))

    def clutter_density(self, position: Array) -> Array:
        """As if a false report came from every range alike: κ = κ_angles / ((r₁ − r₀) r² cos el)."""
        polar = to_polar(self.station.local(position))
        width, height = self._field()
        s = self.coverage
        r = np.maximum(polar[:, 0], 1.0)
        shell = (s.r1 - s.r0) * r * r * np.maximum(np.cos(polar[:, 2]), 1e-3)
        return np.asarray(self.false_reports / (width * height * shell))

    def false_alarms(self, sector: Sector = FULL_TURN) -> float:
        return self.false_reports

    def volume(self) -> float:
        return solid_volume(self.coverage)

    def _field(self) -> tuple[float, float]:
        """Azimuth and elevation, rad, over which the false reports of one look are spread."""
        return self.coverage.width, self.coverage.el1 - self.coverage.el0

    # --- what the simulator asks

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        return regular(begin, end, self.period, self.coverage)

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        """Every target costs the same draws whether it is noticed or not."""
        N = len(targets.position)
        luck, noise, dice = rng.standard_normal(N), rng.standard_normal((N, 2)), rng.standard_normal((N, 2))
        sector = look.sector or self.coverage
        local = self._seen_at(targets)
        polar = to_polar(local)
        noticed, strength = self._notices(local, targets, luck)
        rows = np.flatnonzero(noticed & within(polar, self.coverage) & within(polar, sector))
        claims = self._claims(targets, rows, strength[rows], luck[rows], dice[rows])
        true = self._reports(local[rows], strength[rows], noise[rows], claims, rows)
        return joined([true, self._false_reports(sector, rng)])

    def _false_reports(self, sector: Sector, rng: np.random.Generator) -> Measured:
        n = int(rng.poisson(self.false_reports))
        u, dice = rng.random((n, 2)), rng.standard_normal((n, 3))
        az = sector.az0 + u[:, 0] * sector.width
        el = sector.el0 + u[:, 1] * (sector.el1 - sector.el0)
        local = to_cartesian(np.column_stack([np.full(n, self.range_max), az, el]))
        strength, nobody = self._weakest(n), np.full(n, -1, np.int64)
        claims = self._claims(NOBODY, nobody, strength, np.full(n, np.inf), dice[:, :2])
        return self._reports(local, strength, np.zeros((n, 2)), claims, nobody)

    def _reports(self, local: Array, strength: Array, noise: Array, claims: Claims, source: Ints) -> Measured:
        """Noise of the size that the sensor knows and states as R."""
        sigma = self._sigma(local, strength)
        k = sigma.shape[1]
        z = to_polar(local)[:, 1 : 1 + k] + sigma * noise[:, :k]
        z[:, 0] = np.mod(z[:, 0], 2.0 * math.pi)
        R = np.zeros((len(z), k, k))
        R[:, range(k), range(k)] = np.square(sigma)
        return Measured(kind=self.reports, z=z, R=R, age=np.zeros(len(z)), claims=claims, source=source)
