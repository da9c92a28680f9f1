"""What a track is after, as its course tells: which asset it goes to, when it comes there, or none.

A track with an open alert means one of the assets with probability `MEANT`, each alike, before its course is
looked at. What flies to an asset has a course that points there to within `COURSE`; the course of what does
not is anything. So by Bayes, with ψ_a the angle between the course and the asset's disc, over the ways of the
track's distribution,

    P(a) ∝ MEANT/A · E[2π N(ψ_a; 0, COURSE²)],      P(none) ∝ 1 − MEANT

It comes there on the straight way with the speed it has. What means none still comes where its way leads.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.advise.paths import Paths
from vedette.assess.approach import Array
from vedette.assess.zone import Asset
from vedette.types.advice import Between

MEANT = 0.5
COURSE = math.radians(10.0)  # standard deviation of the course of what flies to a place: wind, legs, weaving


@dataclass(frozen=True, slots=True, eq=False)
class Goals:
    """Of N tracks and A assets.

    comes  (N, A) probability that it means the asset and comes there within the horizon
    by     (N,) probability that it means none and comes to one all the same
    time   (N, A, K) s until it is there, one for each way; infinite where it does not come
    """

    comes: Array
    by: Array
    time: Array
    horizon: float

    @property
    def arrives(self) -> Array:
        """(N,) probability that it comes to any within the horizon."""
        return np.asarray(np.minimum(self.comes.sum(axis=1) + self.by, 1.0))

    def arrival(self, n: int, a: int) -> Between | None:
        """When track n comes to asset a, if it means it; None: not within the horizon."""
        within = self.time[n, a][self.time[n, a] <= self.horizon]
        if 2 * len(within) <= self.time.shape[2]:
            return None
        low, high = np.quantile(within, [0.1, 0.9])
        return float(low), float(within.mean()), float(high)


def goals_of(paths: Paths, assets: Sequence[Asset]) -> Goals:
    """What the tracks of `paths` are after."""
    horizon = float(paths.times[-1])
    by = np.isfinite(paths.until).mean(axis=1)
    if not assets:
        nobody = np.zeros((len(by), 0))
        return Goals(nobody, np.zeros(len(by)), np.zeros((*nobody.shape, paths.X.shape[1])), horizon)
    p = paths.X[:, None, :, 0, :2]
    v = (paths.X[:, None, :, 1, :2] - p) / (paths.times[1] - paths.times[0])
    way = np.array([asset.position[:2] for asset in assets])[None, :, None] - p
    radius = np.array([asset.radius for asset in assets])[None, :, None]
    distance, speed = np.hypot(*np.moveaxis(way, -1, 0)), np.hypot(*np.moveaxis(v, -1, 0))
    ratio = (2.0 * np.pi * _normal(_aside(way, v, distance, radius))).mean(axis=2)
    each = MEANT / len(assets) * ratio
    none = 1.0 - MEANT
    total = each.sum(axis=1) + none
    with np.errstate(divide="ignore"):
        time = np.where(distance > radius, (distance - radius) / speed, 0.0)
    comes = each / total[:, None] * (time <= horizon).mean(axis=2)
    return Goals(comes, none / total * by, time, horizon)


def _aside(way: Array, v: Array, distance: Array, radius: Array) -> Array:
    """(N, A, K) rad between the course and the nearest direction to the asset's disc."""
    cross = v[..., 0] * way[..., 1] - v[..., 1] * way[..., 0]
    angle = np.abs(np.arctan2(cross, (v * way).sum(axis=-1)))
    wide = np.arcsin(np.minimum(radius / np.maximum(distance, radius), 1.0))
    return np.where(distance <= radius, 0.0, np.maximum(angle - wide, 0.0))


def _normal(angle: Array) -> Array:
    return np.asarray(np.exp(-0.5 * (angle / COURSE) ** 2) / (COURSE * math.sqrt(2.0 * math.pi)))
