"""Where lines of sight meet: believed angle tracks of two sensors of directions start a target.

N targets give N² such places, most of them ghosts: how probably a pair is one target comes from the same
marginals as any association, every track being of one target, so that each place gets its share. A third
sensor and time tell them apart. See docs/tracker.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS, from_seconds
from vedette.geo import to_cartesian
from vedette.kernel.cluster import components
from vedette.kernel.marginals import marginals
from vedette.kernel.triangulate import triangulate
from vedette.sensor import DirectionSensor
from vedette.tracker.angle_tracks import TICK, AngleTracks
from vedette.tracker.config import TrackerConfig
from vedette.tracker.pmb import Pmb
from vedette.tracker.undetected import Anywhere
from vedette.types import Array
from vedette.units import DEGREE

Ints = NDArray[np.int64]

BELIEVED, HITS = 0.5, 2  # existence and reports of an angle track that may start a target
CROSSING = math.radians(5.0)  # least angle at which two lines of sight may meet
FRESH = 3.0  # s, or one and a half looks: an angle track not heard for longer starts nothing
PAIRS = 400  # pairs of angle tracks tried in one look
# Gauss–Legendre over the range, and over elevation where it is not measured
RANGES, RANGE_WEIGHTS = np.polynomial.legendre.leggauss(12)
HEIGHTS, HEIGHT_WEIGHTS = np.polynomial.legendre.leggauss(6)
LOWEST, HIGHEST = -5.0 * DEGREE, 60.0 * DEGREE  # elevations in which a target may be


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where angle track `a` of the looking sensor meets `b` of another: p (3,), P (3, 3); and how densely
    targets nobody knows would give both tracks at once."""

    a: int
    sensor: str
    b: int
    p: Array
    P: Array
    same: float


@dataclass(frozen=True, slots=True)
class Crossings:
    """Of the angle tracks (`tracks`) of `sensors`, by name (`order`: the number of each), into `pmb`."""

    pmb: Pmb
    undetected: Anywhere
    sensors: Mapping[str, DirectionSensor]
    tracks: Mapping[str, AngleTracks]
    order: Mapping[str, int]
    config: TrackerConfig
    counters: Counter[str]

    def meet(self, t: int, sensor: DirectionSensor, since: int) -> None:
        """Start targets where angle tracks heard in this look, `since`, meet those of other sensors."""
        own = self._ready(sensor, since)
        places: list[Place] = []
        for other in self.sensors.values() if own else ():
            if other.name == sensor.name:
                continue
            theirs = self._ready(other, t - from_seconds(max(FRESH, 1.5 / max(other.look_rate, 1e-3))))
            for a in own:
                for b in theirs:
                    if len(places) < PAIRS and (place := self._place(t, sensor, a, other, b)) is not None:
                        places.append(place)
        if places:
            self._start(t, sensor, own, places)

    def _ready(self, sensor: DirectionSensor, since: int) -> list[int]:
        """Rows of the sensor's believed angle tracks that were heard `since` (ns UTC)."""
        b, N = self.tracks[sensor.name].b, self.tracks[sensor.name].b.size
        ready = (b.r[:N] > BELIEVED) & (b.hits[:N] >= HITS) & (b.updated[:N] >= since)
        return [int(row) for row in np.flatnonzero(ready)]

    def _place(self, t: int, sensor: DirectionSensor, a: int, other: DirectionSensor, b: int) -> Place | None:
        """Where the lines of sight of two angle tracks meet; None where they do not.

        What is heard late is taken ahead by as much, once it is known roughly from how far away it comes.
        """
        c, late = self.config, (0.0, 0.0)
        prior, spread = c.bearing_height, c.bearing_height_sigma
        for _ in range(3):
            origin, angle, variance = self._lines(t, ((sensor, a), (other, b)), late)
            across = abs(math.remainder(angle[0, 0] - angle[1, 0], math.pi))
            if across < CROSSING:
                return None
            met, p, P, chi2 = triangulate(origin, angle, variance, prior, spread**2)
            if not met or chi2 > c.gate:
                return None
            before, late = late, (float(sensor.delay(p[None])[0]), float(other.delay(p[None])[0]))
            if max(abs(late[0] - before[0]), abs(late[1] - before[1])) < TICK:
                break
        p_a, p_b = (float(s.detection_probability(p[None])[0]) for s in (sensor, other))
        if p_a * p_b <= 0.0:
            return None
        chi2 += ((p[2] - prior) / spread) ** 2
        known = ~np.isnan(variance)
        log_l = 0.5 * (3 * math.log(2 * math.pi) + float(np.linalg.slogdet(P)[1]) - chi2)
        log_l -= 0.5 * float(np.log(2 * math.pi * variance[known]).sum())
        same = float(self.undetected.intensity(p[None])[0]) * p_a * p_b * math.exp(log_l)
        return Place(a, other.name, b, p, P, same)

    def _lines(
        self, t: int, two: Sequence[tuple[DirectionSensor, int]], late: Sequence[float]
    ) -> tuple[Array, Array, Array]:
        """origin (2, 3), angle (2, 2), variance (2, 2) in the site's axes, NaN without elevation."""
        origin, angle, variance = np.empty((2, 3)), np.full((2, 2), np.nan), np.full((2, 2), np.nan)
        for i, (sensor, row) in enumerate(two):
            tracks = self.tracks[sensor.name]
            z, R = tracks.ahead(row, (t - tracks.t) / NS + late[i])
            z, R = sensor.in_site_axes(sensor.reports, z[None], R[None])
            origin[i], k = sensor.to_site[1], tracks.k
            angle[i, :k], variance[i, :k] = z[0], np.diag(R[0])
        return origin, angle, variance

    def _start(self, t: int, sensor: DirectionSensor, own: list[int], places: list[Place]) -> None:
        """A Bernoulli at each place, as probable as the pair is; what starts it is explained by it."""
        theirs = sorted({(place.sensor, place.b) for place in places})
        column = {key: j for j, key in enumerate(theirs)}
        places = sorted(places, key=lambda place: (place.a, column[place.sensor, place.b]))
        row = np.searchsorted([place.a for place in places], [*own, own[-1] + 1])
        col = np.array([column[place.sensor, place.b] for place in places])
        mine = self.tracks[sensor.name].b
        alone_a = self._alone(sensor, np.array(own))
        alone_b = np.concatenate([self._alone(self.sensors[n], np.array([b])) for n, b in theirs])
        who = np.repeat(np.arange(len(own)), np.diff(row))
        w = np.array([place.same for place in places]) / (alone_a[who] * alone_b[col])
        start, members, _ = components(row, col, len(theirs))
        p, _, _, _ = marginals(row, col, w, np.ones(len(theirs)), start, members, self.config.exact_plots)
        r_b = np.array([self.tracks[n].b.r[b] for n, b in theirs])
        r = p * mine.r[[place.a for place in places]] * r_b[col]
        self._append(t, sensor, places, r)
        mine.r[own] *= np.maximum(1.0 - np.bincount(who, p, len(own)), 0.0)
        spent = np.maximum(1.0 - np.bincount(col, p, len(theirs)), 0.0)
        for j, (name, b) in enumerate(theirs):
            self.tracks[name].b.r[b] *= spent[j]

    def _alone(self, sensor: DirectionSensor, rows: Ints) -> Array:
        """β (C,) of angle tracks: how densely targets nobody knows lie in their directions."""
        tracks = self.tracks[sensor.name]
        return along(self.undetected, sensor, tracks.b.x[rows, 0, : tracks.k])[0]

    def _append(self, t: int, sensor: DirectionSensor, places: list[Place], r: Array) -> None:
        C, mine = len(places), self.tracks[sensor.name].b
        labels, code = np.empty(C, np.int64), np.empty(C, np.int64)
        seen = np.zeros((C, len(self.order)), np.int64)
        for k, place in enumerate(places):
            a, b, theirs = place.a, place.b, self.tracks[place.sensor].b
            labels[k] = -1 - (mine.label[a] * 4099 + theirs.label[b])  # below zero, where no plot's is
            code[k] = max(mine.code[a], theirs.code[b])
            seen[k, self.order[sensor.name]] = mine.updated[a]
            seen[k, self.order[place.sensor]] = theirs.updated[b]
        z, R = np.array([place.p for place in places]), np.array([place.P for place in places])
        self.pmb.start_at(z, R, r, t, labels, code, seen)
        self.counters["bearings_met"] += C


def along(undetected: Anywhere, sensor: DirectionSensor, z: Array) -> tuple[Array, Array]:
    """Of targets nobody knows in each direction (M, k): β (M,) = ∫ λᵤ P_D dV per rad or rad², and P_D
    averaged over those that are reported."""
    M, k = z.shape
    r = 0.5 * sensor.range_max * (1.0 + RANGES)
    weight = 0.5 * sensor.range_max * RANGE_WEIGHTS * r * r
    el, over = z[:, 1:], np.ones(1)
    if k == 1:
        el = np.tile(0.5 * (LOWEST + HIGHEST) + 0.5 * (HIGHEST - LOWEST) * HEIGHTS, (M, 1))
        over = 0.5 * (HIGHEST - LOWEST) * HEIGHT_WEIGHTS
    polar = np.empty((M, el.shape[1], len(r), 3))
    polar[..., 0], polar[..., 1], polar[..., 2] = r, z[:, :1, None], el[:, :, None]
    T, origin = sensor.to_site
    place = to_cartesian(polar.reshape(-1, 3)) @ T.T + origin
    p = sensor.detection_probability(place).reshape(polar.shape[:3])
    unknown = undetected.intensity(place).reshape(polar.shape[:3])
    mass = unknown * p * np.cos(polar[..., 2]) * over[:, None] * weight
    beta = mass.sum(axis=(1, 2))
    mean = (mass * p).sum(axis=(1, 2)) / np.maximum(beta, 1e-300)
    return np.maximum(beta, 1e-30), mean
