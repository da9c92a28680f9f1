"""Surveillance radars that measure range and azimuth (2-D) or range, azimuth and elevation (3-D)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.clock import from_seconds
from vedette.config import checked
from vedette.geo import LocalFrame, to_polar
from vedette.sensor.base import Doppler, Look, Measured, Targets
from vedette.sensor.coverage import joined, solid_volume, within
from vedette.sensor.echo import Echo
from vedette.sensor.link import amplitude_ratio, doubted, sigma_angle, sigma_range
from vedette.sensor.merging import cell_covariance, merged, unresolved
from vedette.sensor.radar_config import Radar2DConfig, Radar3DConfig, RadarConfig
from vedette.sensor.station import Station
from vedette.types import FULL_TURN, Array, Claim, Kind, Sector
from vedette.units import DEGREE

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DOUBT = 0.01  # of false reports are as strong as targets, and of targets as weak as noise: birds, lying feeds


class Radar:
    """What both radars share: the link budget, coverage and false alarms. See `Sensor` and `Simulated`."""

    kind: str
    reports: Kind
    also: frozenset[Kind] = frozenset()

    def __init__(self, config: RadarConfig, site: LocalFrame) -> None:
        c = self.config = checked(config)
        self.name = c.name
        self.looks = True
        self.look_rate = 1.0 / c.period
        self.report_rate = 0.0
        self.latency = c.latency
        self.range_max = c.range_max
        self.station = self._station(site)
        self.accepts = self.station.accepts
        self.geodetic = c.geodetic(site)
        self.to_site = self.station.to_site
        self.ruler = Doppler(sigma=c.radial_speed_sigma, span=c.radial_speed_span)
        self.doppler = self.ruler if c.doppler else None
        self.echo = self._echo()
        self.threshold = -math.log(c.pfa)
        self.cell = self._cell()
        self.coverage = Sector(
            az0=c.azimuth_start * DEGREE, width=c.azimuth_width * DEGREE, el0=c.elevation_min * DEGREE,
            el1=c.elevation_max * DEGREE, r0=c.range_min, r1=c.range_max,
        )  # fmt: skip

    def _station(self, site: LocalFrame) -> Station:
        return Station.at(self.config.name, self.config, site, frozenset({self.reports}) | self.also)

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        return self.station.convert(kind, z, R)

    # --- what the tracker asks

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        local = self.station.local(position)
        polar = to_polar(local)
        seen = self._covers(polar) & within(polar, sector) & self.station.above_horizon(local)
        if velocity is not None:
            seen &= self._moves(local, velocity)
        return np.where(seen, self._mean_detection(local, polar[:, 0]), 0.0)

    def _mean_detection(self, local: Array, r: Array) -> Array:
        """E[P_D] over the target that may be there."""
        snr, share = self.echo.possible(self.station, local, r)
        return np.asarray(self.echo.law.detection(snr) @ share)

    def amplitude_ratio(self, position: Array, snr_db: Array) -> Array:
        """Of a target of the expected size at the report's range; never beyond what DOUBT allows."""
        ratio = np.ones(len(position))
        said = np.flatnonzero(np.isfinite(snr_db)) if self.config.amplitude else np.zeros(0, np.int64)
        local = self.station.local(position[said])
        x = 1.0 + 10.0 ** (np.minimum(snr_db[said], 200.0) / 10.0)
        possible = self.echo.possible(self.station, local, np.linalg.norm(local, axis=1))
        ratio[said] = doubted(amplitude_ratio(x, *possible, self.echo.law), DOUBT)
        return ratio

    def false_alarms(self, sector: Sector = FULL_TURN) -> float:
        """Expected false reports over `sector`: P_fa × resolution cells, and `clutter` beside them."""
        part = min(sector.width / self.coverage.width, 1.0)
        return part * (self.config.pfa * self._cells() + self.config.clutter)

    def clutter_density(self, position: Array) -> Array:
        """κ = κ_polar / (r² cos el) per look and m³: thermal noise is uniform over the resolution cells."""
        polar = to_polar(self.station.local(position))
        s = self.coverage
        per_cell = self.false_alarms() / ((s.r1 - s.r0) * s.width * (s.el1 - s.el0))
        r = np.maximum(polar[:, 0], 1.0)
        return np.asarray(per_cell / (r * r * np.maximum(np.cos(polar[:, 2]), 1e-3)))

    def resolution(self, position: Array) -> Array | None:
        if not self.config.merging:
            return None
        R, _ = self.station.to_site
        return np.asarray(R @ cell_covariance(to_polar(self.station.local(position)), self.cell) @ R.T)

    def volume(self) -> float:
        return solid_volume(self.coverage)

    # --- what the simulator asks

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        step = self.config.period / self.config.sectors
        width = self.coverage.width / self.config.sectors
        k, t0 = 0, begin
        while (t1 := begin + from_seconds((k + 1) * step)) <= end:
            s = self.coverage
            sector = Sector(
                az0=(s.az0 + k % self.config.sectors * width) % (2 * math.pi),
                width=width, el0=s.el0, el1=s.el1, r0=s.r0, r1=s.r1,
            )  # fmt: skip
            yield Look(t0=t0, t1=t1, sector=sector)
            k, t0 = k + 1, t1

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        """The received power x in units of noise, as the target fluctuates, is reported above −ln P_fa.

        Targets that are not resolved give one report, whose source is the strongest. Every target costs the
        same draws whether it is seen or not, so one target's luck is not another's.
        """
        sector = look.sector or self.coverage
        law, N = self.echo.law, len(targets.rcs)
        draws, noise = law.draws(N, rng), rng.standard_normal((N, 4))
        age = self._age(to_polar(self.station.local(targets.position))[:, 1], look, sector)
        local = self.station.local(targets.position - age[:, None] * targets.velocity)
        polar = to_polar(local)
        x = law.power(self.echo.snr(self.station, local, polar[:, 0], targets.rcs), draws)
        lit = self._covers(polar) & within(polar, sector)
        rows = np.flatnonzero(lit & self.station.above_horizon(local) & self._moves(local, targets.velocity))
        polar, x, speed = polar[rows], x[rows], self._radial_speed(local, targets.velocity)[rows]
        if self.config.merging:
            leader, x, polar, speed = merged(unresolved(polar, self.cell, rng), x, polar, speed)
            rows = rows[leader]
        seen = x > self.threshold
        rows, polar, x, speed = rows[seen], polar[seen], x[seen], speed[seen]
        speed = self.ruler.folded(speed + self.ruler.sigma * noise[rows, 3])
        true = self._reports(polar, x, noise[rows], speed, age[rows], rows)
        return joined([true, self._false_reports(look, sector, rng)])

    def _false_reports(self, look: Look, sector: Sector, rng: np.random.Generator) -> Measured:
        n = rng.poisson(self.false_alarms(sector))
        u = rng.random((n, 3))
        r = sector.r0 + u[:, 0] * (sector.r1 - sector.r0)
        az = sector.az0 + u[:, 1] * sector.width
        el = sector.el0 + u[:, 2] * (sector.el1 - sector.el0)
        x = self.threshold + rng.standard_exponential(n)
        speed = rng.uniform(-0.5 * self.ruler.span, 0.5 * self.ruler.span, n)  # any Doppler cell
        age = self._age(az, look, sector)
        return self._reports(
            np.column_stack([r, az, el]), x, np.zeros((n, 4)), speed, age, np.full(n, -1, np.int64)
        )

    def _reports(
        self, polar: Array, x: Array, noise: Array, speed: Array, age: Array, source: Ints
    ) -> Measured:
        """Noise of the size that the received power x allows, which the radar knows and states as R."""
        sigma = self._sigma(x - 1.0)
        z = polar + sigma * noise[:, :3]
        z[:, 0], z[:, 1] = np.abs(z[:, 0]), np.mod(z[:, 1], 2.0 * math.pi)
        m = 3 if self.reports is Kind.RANGE_AZ_EL else 2
        R = np.zeros((len(z), m, m))
        R[:, range(m), range(m)] = np.square(sigma[:, :m])
        claims = tuple(_claims(a, b) for a, b in zip(10.0 * np.log10(x - 1.0), speed, strict=True))
        return Measured(kind=self.reports, z=z[:, :m], R=R, age=age, claims=claims, source=source)

    # --- the parts

    def _echo(self) -> Echo:
        return Echo(self.config)

    def _covers(self, polar: Array) -> Bools:
        return within(polar, self.coverage)

    def _radial_speed(self, local: Array, velocity: Array) -> Array:
        """Range rate in m/s, positive away."""
        R, _ = self.station.to_site
        return np.asarray(
            ((velocity @ R) * local).sum(axis=1) / np.maximum(np.linalg.norm(local, axis=1), 1.0)
        )

    def _moves(self, local: Array, velocity: Array) -> Bools:
        """Not in the Doppler notch."""
        return np.abs(self._radial_speed(local, velocity)) >= self.config.min_radial_speed

    def _age(self, azimuth: Array, look: Look, sector: Sector) -> Array:
        """s before the look's end at which the beam passed: 0 for a radar that does not turn."""
        if self.config.sectors == 1:
            return np.zeros(len(azimuth))
        passed = np.mod(azimuth - sector.az0, 2.0 * math.pi) / sector.width
        return (1.0 - np.minimum(passed, 1.0)) * ((look.t1 - look.t0) / 1e9)

    def _cell(self) -> Array:
        """(3,) the resolution cell in range (m), azimuth and elevation (rad); a fan beam is one cell high."""
        c = self.config
        high = c.elevation_max - c.elevation_min
        return np.array([c.range_resolution, c.azimuth_beamwidth * DEGREE, high * DEGREE])

    def _cells(self) -> float:
        """Range × azimuth × Doppler resolution cells."""
        c = self.config
        far = (c.range_max - c.range_min) / c.range_resolution
        return far * max(c.azimuth_width / c.azimuth_beamwidth, 1.0) * c.doppler_cells

    def _sigma(self, snr: Array) -> Array:
        """(M,) → (M, 3) standard deviations of range, azimuth and (where measured) elevation."""
        c = self.config
        return np.column_stack(
            [
                sigma_range(snr, c.range_resolution, c.range_floor),
                sigma_angle(snr, c.azimuth_beamwidth * DEGREE, c.azimuth_floor * DEGREE),
                np.zeros(len(snr)),
            ]
        )


class Radar3D(Radar):
    """Reports range, azimuth, elevation."""

    kind = "radar3d"
    reports = Kind.RANGE_AZ_EL
    config: Radar3DConfig

    def _echo(self) -> Echo:
        return Echo(self.config, self.config.elevation_beamwidth * DEGREE)

    def _cell(self) -> Array:
        return np.array([*super()._cell()[:2], self.config.elevation_beamwidth * DEGREE])

    def _cells(self) -> float:
        c = self.config
        return super()._cells() * max((c.elevation_max - c.elevation_min) / c.elevation_beamwidth, 1.0)

    def _sigma(self, snr: Array) -> Array:
        c, sigma = self.config, super()._sigma(snr)
        sigma[:, 2] = sigma_angle(snr, c.elevation_beamwidth * DEGREE, c.elevation_floor * DEGREE)
        return sigma


class Radar2D(Radar):
    """Reports range and azimuth; takes plots with a transponder's height too."""

    kind = "radar2d"
    reports = Kind.RANGE_AZ
    also = frozenset({Kind.RANGE_AZ_HEIGHT})
    config: Radar2DConfig

    def _station(self, site: LocalFrame) -> Station:
        plain = super()._station(site)
        c = self.config
        return Station(plain.name, site, plain.frame, plain.accepts, c.height_prior, c.height_sigma)

    def guess(self, kinds: Sequence[Kind], position: Array) -> Array:
        """(M, 3) in the site's frame: one σ of the height prior, the way it moves a plot of given slant range
        and azimuth, ∂p/∂h σ_h; zero for reports that hold a height. position (M, 3)."""
        local = self.station.local(position)
        ground2 = np.maximum((local[:, :2] ** 2).sum(axis=1, keepdims=True), 1.0)
        along = np.column_stack([-local[:, 2:] * local[:, :2] / ground2, np.ones(len(local))])
        bare = np.array([kind is Kind.RANGE_AZ for kind in kinds], float)
        R, _ = self.station.to_site
        return np.asarray(self.config.height_sigma * bare[:, None] * (along @ R.T))

    def bend(self, position: Array) -> tuple[Array, Array, Array]:
        """How its plots bend at (M, 3) in the site's frame, as kernel.bend takes it: up (3,), c (M, 3), and
        the height along `up` (M,) that the prior holds for likely there.

        With h from there, u above the radar's plane and d over ground, c is such that the tangent at the
        prior's height, bent by ½ c h², meets the target: r² = d² + u² = d₀² + u₀² gives
        ½ c = −(d₀ + u₀(u + u₀)/(d + d₀)) / (d₀(d + d₀)), which is ½ ∂²d/∂u² = −½ r²/d³ for h → 0. Within
        3 σ_h over ground, where two terms are not enough, it bends no more than there.
        """
        local, (R, _) = self.station.local(position), self.station.to_site
        ground2, least = (local[:, :2] ** 2).sum(axis=1), 9.0 * self.config.height_sigma**2
        h = self.station.site.height_above(position) - self.config.height_prior
        u, u0 = local[:, 2], local[:, 2] - h
        d = np.sqrt(ground2 + least)
        d0 = np.sqrt(np.maximum(ground2 + u**2 - u0**2, 0.0) + least)
        c = np.zeros_like(local)
        bent = -2.0 * (d0 + u0 * (u + u0) / (d + d0)) / (d0 * (d + d0))
        c[:, :2] = local[:, :2] * (bent / np.sqrt(ground2 + 1.0))[:, None]
        return R[:, 2].copy(), c @ R.T, position @ R[:, 2] - h

    def clutter_density(self, position: Array) -> Array:
        """κ = κ_polar p(h) / r: the same height prior p that stands in for the height of a report."""
        local = self.station.local(position)
        s, sigma = self.coverage, self.config.height_sigma
        per_cell = self.false_alarms() / ((s.r1 - s.r0) * s.width)
        h = self.station.site.height_above(position) - self.config.height_prior
        prior = np.exp(-0.5 * np.square(h / sigma)) / (math.sqrt(2.0 * math.pi) * sigma)
        r = np.maximum(np.linalg.norm(local, axis=1), 1.0)
        return np.asarray(per_cell / r * np.maximum(prior, 1e-12))


def _claims(snr_db: float, speed: float) -> dict[str, Claim]:
    return {"snr_db": round(float(snr_db), 1), "radial_speed": round(float(speed), 2)}
