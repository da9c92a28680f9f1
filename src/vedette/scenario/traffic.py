"""Plain traffic of any number of targets, for comparing trackers: nothing but motion, noise and clutter.

The targets live in a square (in 3-D: a box), at the same density whatever their number, so that the cost of
tracking them can be compared from ten to a hundred thousand. They move with nearly constant velocity, die
with a constant probability per scan or on leaving, and are born anywhere: no tracker can know where.
Coordinates are bare metres and seconds, independent of sensors and sites, like those of scenario.reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.scenario.streams import stream
from vedette.types import Array

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One scan: ids (n,) and states (n, 2 D) [p, v] of the targets alive; plots (M, D) in no special order;
    origin (M,): the id of the target behind each plot, −1 for a false one."""

    ids: Ints
    states: Array
    plots: Array
    origin: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Iterate over it for its scans; every iteration gives the same ones, from `seed` alone.

    targets           expected number at any time
    dims              2, or 3 with targets between the ground and `height` (m)
    density           targets per km² (of ground, also in 3-D)
    scans, period     how many, and the time between two, s
    q                 white-noise acceleration density on every axis, m²/s³
    slowest, fastest  horizontal speed at birth, uniform between these, m/s
    climb             vertical speed at birth, 1 σ, m/s
    death             probability per scan; whoever leaves the region dies too, and is replaced
    births            expected births per scan and target, beside the replacements
    p_detect, sigma   detection probability, and noise per axis, m
    false_per_target  expected false plots per scan and target, uniform over the region
    """

    targets: int
    seed: int
    dims: int = 2
    density: float = 4.0
    scans: int = 60
    period: float = 1.0
    q: float = 1.0
    slowest: float = 5.0
    fastest: float = 40.0
    climb: float = 2.0
    height: float = 1000.0
    death: float = 0.01
    births: float = 0.01
    p_detect: float = 0.9
    sigma: float = 20.0
    false_per_target: float = 0.1

    @property
    def side(self) -> float:
        """Of the square, m."""
        return 1000.0 * math.sqrt(self.targets / self.density)

    @property
    def corner(self) -> Array:
        """(D,) m: the region is the box from the origin to here."""
        return np.array([self.side, self.side, self.height][: self.dims])

    @property
    def volume(self) -> float:
        """m² or m³."""
        return float(np.prod(self.corner))

    @property
    def clutter(self) -> float:
        """False plots per scan and m² or m³."""
        return self.false_per_target * self.targets / self.volume

    @property
    def speed_sigma(self) -> tuple[float, ...]:
        """1-σ velocity per axis at birth, m/s: E[s²]/2 for a speed s uniform and a direction uniform."""
        a, b = self.slowest, self.fastest
        horizontal = math.sqrt((a * a + a * b + b * b) / 6.0)
        return (horizontal, horizontal, self.climb)[: self.dims]

    def __iter__(self) -> Iterator[Moment]:
        rng = stream(self.seed, "traffic")
        x, born = self._born(rng, self.targets), self.targets
        ids = np.arange(born, dtype=np.int64)
        for k in range(self.scans):
            if k > 0:
                x = self._moved(rng, x)
                outside = ((x[:, : self.dims] < 0.0) | (x[:, : self.dims] > self.corner)).any(axis=1)
                stay = ~outside & (rng.random(len(x)) >= self.death)
                new = int(rng.poisson(self.births * self.targets)) + int(outside.sum())
                x = np.concatenate([x[stay], self._born(rng, new)])
                ids = np.concatenate([ids[stay], np.arange(born, born + new)])
                born += new
            yield self._seen(rng, ids, x)

    def _born(self, rng: np.random.Generator, n: int) -> Array:
        D = self.dims
        x = np.empty((n, 2 * D))
        x[:, :D] = self.corner * rng.random((n, D))
        speed, course = rng.uniform(self.slowest, self.fastest, n), rng.uniform(0.0, 2.0 * math.pi, n)
        x[:, D], x[:, D + 1] = speed * np.cos(course), speed * np.sin(course)
        if D == 3:
            x[:, 5] = self.climb * rng.standard_normal(n)
        return x

    def _moved(self, rng: np.random.Generator, x: Array) -> Array:
        """Nearly constant velocity over one period T, exactly: noise q [[T³/3, T²/2], [T²/2, T]] per axis."""
        D, T = self.dims, self.period
        a, b = rng.standard_normal((2, len(x), D)) * math.sqrt(self.q * T)
        moved = x.copy()
        moved[:, :D] += T * x[:, D:] + T * (0.5 * a + b / math.sqrt(12.0))
        moved[:, D:] += a
        return moved

    def _seen(self, rng: np.random.Generator, ids: Ints, x: Array) -> Moment:
        D = self.dims
        seen = rng.random(len(x)) < self.p_detect
        real = x[seen, :D] + self.sigma * rng.standard_normal((int(seen.sum()), D))
        false = self.corner * rng.random((int(rng.poisson(self.false_per_target * self.targets)), D))
        order = rng.permutation(len(real) + len(false))
        origin = np.concatenate([ids[seen], np.full(len(false), -1, np.int64)])
        return Moment(ids, x, np.concatenate([real, false])[order], origin[order])
