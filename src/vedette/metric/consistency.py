"""Consistency: whether errors are as large as the tracker says (NEES), and innovations too (NIS).

Bar-Shalom, Li & Kirubarajan, Estimation with applications to tracking and navigation, 2001, §5.4: if P is
right, e'P⁻¹e is χ² with d degrees of freedom, and the sum of N of them χ² with N d, so that the mean lies in

    [ χ²_{Nd}(½(1 − level)) / N ,  χ²_{Nd}(½(1 + level)) / N ]   with probability `level`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import gammaincinv

from vedette.errors import MeasurementError
from vedette.metric.association import associate
from vedette.metric.paths import Floats, Ints, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING


@dataclass(frozen=True, slots=True)
class Consistency:
    """Of steps with samples: how many, the share inside, below and above the bounds; mean value over d."""

    steps: int
    samples: int
    inside: float
    below: float
    above: float
    factor: float


@dataclass(frozen=True, kw_only=True)
class NeesMetric:
    """NEES of the tracks that follow a target, of the whole state (d = 6) and of position alone (d = 3).

    A factor of 1 is right; above it the tracker is too sure, below too modest (0.8 to 1.25 is good).
    `inside`, `below`, `above` are shares of steps against the bounds for as many tracks as there were. Rows
    without covariance do not count; without any, the figures are 1 and `samples` is 0.
    """

    # Errors of zero are not a consistent answer, so no answer is perfect.
    perfect: ClassVar[Mapping[str, float]] = {}
    missed: ClassVar[str] = NOTHING
    false: ClassVar[str] = NOTHING

    c: float = 50.0
    begin: int = 3
    end: int = 2
    level: float = 0.95

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        who = associate(truth, tracks, c=self.c, begin=self.begin, end=self.end)
        _, a, b = who.rows(truth, tracks)
        known = np.isfinite(tracks.P[b]).all(axis=(1, 2))
        a, b = a[known], b[known]
        e, P, step = tracks.x[b] - truth.x[a], tracks.P[b], tracks.step[b]
        whole = consistency(normalised(e, P), step, 6, self.level)
        position = consistency(normalised(e[:, :3], P[:, :3, :3]), step, 3, self.level)
        return {
            "nees_factor": whole.factor,
            "nees_inside": whole.inside,
            "nees_below": whole.below,
            "nees_above": whole.above,
            "position_nees_factor": position.factor,
            "position_nees_inside": position.inside,
            "samples": float(whole.samples),
        }


def normalised(e: Floats, P: Floats) -> Floats:
    """e'P⁻¹e (E,) for errors or innovations e (E, d) and their covariances P (E, d, d)."""
    if len(e) == 0:
        return np.zeros(0)
    try:
        L = np.linalg.cholesky(P)
    except np.linalg.LinAlgError:
        raise MeasurementError(
            "A covariance to be scored is not positive definite; look for the filter that made it."
        ) from None
    y = np.linalg.solve(L, e[:, :, None])[:, :, 0]
    return np.asarray((y * y).sum(axis=1))


def bounds(N: Ints | int, d: int, level: float = 0.95) -> tuple[Floats, Floats]:
    """Between what the mean of N values of d degrees of freedom lies with probability `level`."""
    n = np.asarray(N, float)
    # The χ² quantile with k degrees of freedom is twice the inverse incomplete gamma function of k/2.
    low, high = (2.0 * gammaincinv(0.5 * n * d, q) / n for q in (0.5 - 0.5 * level, 0.5 + 0.5 * level))
    return np.asarray(low), np.asarray(high)


def consistency(value: Floats, step: Ints, d: int, level: float = 0.95) -> Consistency:
    """Normalised values (E,) at their steps (E,), averaged per step and held against the bounds."""
    if len(value) == 0:
        return Consistency(0, 0, 1.0, 0.0, 0.0, 1.0)
    _, which, N = np.unique(step, return_inverse=True, return_counts=True)
    mean = np.bincount(which, value) / N
    low, high = bounds(N, d, level)
    below, above = float((mean < low).mean()), float((mean > high).mean())
    return Consistency(len(N), len(value), 1.0 - below - above, below, above, float(value.mean()) / d)


def nis(
    sensor: Sequence[str], step: Ints, nu: Floats, S: Floats, level: float = 0.95
) -> dict[str, Consistency]:
    """NIS per sensor, from innovations nu (E, d) and their covariances S (E, d, d): shows a bad R or bias."""
    value, names = normalised(nu, S), np.asarray(sensor)
    return {
        str(name): consistency(value[names == name], step[names == name], nu.shape[1], level)
        for name in np.unique(names)
    }
