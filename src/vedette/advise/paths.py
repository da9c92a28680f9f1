"""Where tracks may fly: a few ways that stand for the whole of a track's predicted distribution.

A track is a Gaussian about [east, north, height] and its rate that moves by white-noise acceleration, as in
assess.approach. Way k starts at x + L z_k, L Lᵀ = P, and its wandering is put beside it,

    p(t) = p + v t + √(q t³/3) w_k,      v(t) = dp/dt

with fixed nodes (z_k, w_k) of mean 0 and covariance I. At every t the K positions have the mean and the
covariance of the prediction, F P Fᵀ + Q(t) exactly (Q per axis q t³/3; its q t²/2 comes out, too). A way
that has wandered far goes on to, which a random one need not do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.advise.config import AdviceConfig
from vedette.assess.approach import nodes, ray_of, spread
from vedette.assess.passage import into_disc
from vedette.assess.zone import Asset, ground_of, level
from vedette.clock import NS
from vedette.geo import LocalFrame, Terrain
from vedette.kernel.compiled import compiled
from vedette.kernel.skyline import bilinear
from vedette.types import Track

Array = NDArray[np.float64]

SAMPLES = 24
NODES = np.ascontiguousarray(nodes(SAMPLES, 9))  # of x and P, and of three that wander
NODES.flags.writeable = False
STEP = 4.0  # s between two points of a way, at most
LOW = 30.0  # m above the ground, below which nothing descends that is not lower now


@dataclass(frozen=True, eq=False)
class Paths:
    """N tracks, K ways each, at T times.

    tracks  their numbers
    X       (N, K, T, 3) positions in the site's frame, m; straight between the times
    times   (T,) s from now, from 0 to the horizon
    until   (N, K) s when a way comes within an asset's radius, and ends there; infinite where it does not
    """

    tracks: tuple[int, ...]
    X: Array
    times: Array
    until: Array


def paths(
    t: int,
    tracks: Sequence[Track],
    config: AdviceConfig,
    *,
    frame: LocalFrame,
    turbulence: tuple[float, float] = (0.05, 0.005),
    assets: Sequence[Asset] = (),
    terrain: Terrain | None = None,
) -> Paths:
    """The ways of tracks from t (ns UTC) on, for `horizon_s`.

    turbulence  m²/s³ on the level and up, as `[alert]` has it
    assets      where a way ends, below `ceiling`
    """
    times = np.linspace(0.0, config.horizon_s, max(2, math.ceil(config.horizon_s / STEP) + 1))
    x = level(frame, np.array([track.estimate.x[:6] for track in tracks]).reshape(-1, 6))
    P = np.array([track.estimate.P[:6, :6] for track in tracks]).reshape(-1, 6, 6)
    age = np.array([(t - track.estimate.t) / NS for track in tracks])
    q = np.array([turbulence[0], turbulence[0], turbulence[1]])
    X = np.empty((len(x), SAMPLES, len(times), 3))
    until = np.full(X.shape[:2], np.inf)
    goals = np.array([[*a.position[:2], a.radius] for a in assets]).reshape(-1, 3)
    fill(
        np.ascontiguousarray(x), np.ascontiguousarray(P), age, q, times, NODES, *ground_of(terrain, frame),
        np.array(frame.radii), goals, config.ceiling, X, until,
    )  # fmt: skip
    return Paths(tuple(track.id for track in tracks), X, times, until)


@compiled
def fill(
    x: Array, P: Array, age: Array, q: Array, times: Array, nodes: Array, ground: Array, corner: Array,
    step: float, datum: float, radii: Array, goals: Array, ceiling: float, X: Array, until: Array,
) -> None:  # fmt: skip
    """Fill X (N, K, T, 3) and until (N, K). Nothing flies through the ground."""
    ray, L = np.empty(6), np.empty((6, 6))
    for n in range(len(x)):
        spread(P[n], q, 0.0, L)
        low = min(max(x[n, 2] - _ground(ground, corner, step, datum, x[n, 0], x[n, 1]), 0.0), LOW)
        for k in range(len(nodes)):
            ray_of(x[n], L, nodes, k, ray)
            for j in range(len(times)):
                t = age[n] + times[j]
                wander = math.sqrt(max(t, 0.0) ** 3 / 3.0)
                east = ray[3] + ray[0] * t + math.sqrt(q[0]) * wander * nodes[k, 6]
                north = ray[4] + ray[1] * t + math.sqrt(q[1]) * wander * nodes[k, 7]
                height = ray[5] + ray[2] * t + math.sqrt(q[2]) * wander * nodes[k, 8]
                height = max(height, low + _ground(ground, corner, step, datum, east, north))
                X[n, k, j, 0], X[n, k, j, 1] = east, north
                # the level leaves the tangent plane: u = h − n²/2M − e²/2N
                X[n, k, j, 2] = height - north * north / (2.0 * radii[0]) - east * east / (2.0 * radii[1])
            for a in range(len(goals)):
                until[n, k] = min(until[n, k], _reaches(X[n, k], times, goals[a], ceiling, until[n, k]))


@compiled
def _ground(ground: Array, corner: Array, step: float, datum: float, east: float, north: float) -> float:
    """Of the ground above the site's level; 0 where nothing is known."""
    found = bilinear(ground, (north - corner[1]) / step, (east - corner[0]) / step)
    return 0.0 if math.isnan(found) else found - datum


@compiled
def _reaches(X: Array, times: Array, goal: Array, ceiling: float, limit: float) -> float:
    """First time at which a way (T, 3) is within goal[2] of (goal[0], goal[1]) and below the ceiling."""
    for j in range(len(times) - 1):
        if times[j] >= limit:
            break
        px, py = X[j, 0] - goal[0], X[j, 1] - goal[1]
        wx, wy = X[j + 1, 0] - X[j, 0], X[j + 1, 1] - X[j, 1]
        share = into_disc(px, py, wx, wy, goal[2])
        if share <= 1.0 and X[j, 2] + share * (X[j + 1, 2] - X[j, 2]) <= ceiling:
            return float(times[j] + share * (times[j + 1] - times[j]))
    return math.inf
