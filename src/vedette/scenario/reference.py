"""Published tracker scenarios, regenerated from their seeds: W15, Vo12, WEAK9.

Plane scenarios in bare coordinates (m, s), independent of sensors and sites, so that results can be compared
with the literature and with other people's trackers on exactly the same plots. State order is [x, y, vx, vy].

W15    Williams 2015 (IEEE T-AES 51(3), "Marginal multi-Bernoulli filters", §VI): four targets that come
       within √0.1 m of each other at mid-time, the hardest known test of coalescence.
Vo12   Vo & Vo's linear example ("Labeled random finite sets", 2013; twelve targets, four birth places).
WEAK9  nine slow targets bouncing in a 900 m box, weak and in dense clutter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vedette.types import Array


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """truth (targets, steps, 4), NaN where a target is not alive; scans: per step (M, 2) plots in m."""

    truth: Array
    scans: tuple[Array, ...]

    def alive(self, k: int) -> Array:
        """Positions (n, 2) of the targets alive at step k."""
        X = self.truth[:, k, :2]
        return X[~np.isnan(X[:, 0])]


def _plots(
    rng: np.random.Generator, X: Array, sigma: float, p: float, clutter: float, lo: float, hi: float
) -> Array:
    """Detected positions with noise, then uniform clutter on the square [lo, hi]²; the draw order matters."""
    Z = X[rng.random(len(X)) < p]
    Z = Z + sigma * rng.standard_normal((len(Z), 2))
    C = lo + (hi - lo) * rng.random((rng.poisson(clutter), 2))
    return np.vstack([Z, C])


def w15(run: int) -> Plane:
    """Run `run` (1, 2, …): the truth is always the same, the plots are the run's."""
    T, q, mid, steps = 1.0, 0.02, 40, 81
    F = np.kron(np.eye(2), np.array([[1, T], [0, 1]]))  # [x, vx, y, vy], as the scenario is written
    L = np.linalg.cholesky(q * np.kron(np.eye(2), np.array([[T**3 / 3, T**2 / 2], [T**2 / 2, T]])))
    rng = np.random.default_rng(15)
    state = np.sqrt(0.1) * rng.standard_normal((4, 4)) + np.array([150, 0, 150, 0])
    truth = np.full((4, steps, 4), np.nan)
    truth[:, mid] = state
    forward, backward = state.copy(), state.copy()
    for k in range(1, mid + 1):
        forward = forward @ F.T + rng.standard_normal((4, 4)) @ L.T
        backward = (backward + rng.standard_normal((4, 4)) @ L.T) @ np.linalg.inv(F).T
        truth[:, mid + k], truth[:, mid - k] = forward, backward
    truth[0, mid:] = np.nan
    return _scan(truth[..., [0, 2, 1, 3]], np.random.default_rng(1000 + run), 1.0, 0.9, 10.0, 0.0, 300.0)


# x, vx, y, vy at the step before the first, first step, last step (Vo & Vo's published table)
VO12 = (
    (0, 0, 0, -10, 1, 70), (400, -10, -600, 5, 1, 100), (-800, 20, -200, -5, 1, 70),
    (400, -7, -600, -4, 20, 100), (400, -2.5, -600, 10, 20, 100), (0, 7.5, 0, -5, 20, 100),
    (-800, 12, -200, 7, 40, 100), (-200, 15, 800, -10, 40, 100), (-800, 3, -200, 15, 60, 100),
    (-200, -3, 800, -15, 60, 100), (0, -20, 0, -15, 80, 100), (-200, 15, 800, -5, 80, 100),
)  # fmt: skip


def vo12(seed: int) -> Plane:
    """Seed `seed` (1, 2, …): noiseless straight truth, σ = 10 m, P_D 0.98, 30 false plots on 2 km × 2 km."""
    truth = np.full((len(VO12), 100, 4), np.nan)
    for i, (x, vx, y, vy, first, last) in enumerate(VO12):
        for k in range(first, last + 1):
            dt = k - first + 1
            truth[i, k - 1] = x + vx * dt, y + vy * dt, vx, vy
    return _scan(truth, np.random.default_rng(seed), 10.0, 0.98, 30.0, -1000.0, 1000.0)


WEAK9 = {"a": (0.6, 18.0), "b": (0.6, 9.0), "c": (0.9, 18.0)}  # P_D, false plots per scan


def weak9(kind: str, seed: int) -> Plane:
    """Seed `seed` (1, 2, …) of kind "a", "b" or "c": 20 m/s, q = 1 m²/s³, σ = 20 m, walls reflect."""
    p, clutter = WEAK9[kind]
    box = 900.0
    F = np.kron(np.eye(2), np.array([[1, 1], [0, 1]]))
    L = np.linalg.cholesky(np.kron(np.eye(2), np.array([[1 / 3, 1 / 2], [1 / 2, 1]])))
    rng = np.random.default_rng(2000 + seed)
    place, heading = box * rng.random((9, 2)), 2 * np.pi * rng.random(9)
    state = np.stack([place[:, 0], 20 * np.cos(heading), place[:, 1], 20 * np.sin(heading)], axis=1)
    truth, scans = np.empty((9, 50, 4)), []
    for k in range(50):
        state = state @ F.T + rng.standard_normal((9, 4)) @ L.T
        for axis in (0, 2):
            low, high = state[:, axis] < 0, state[:, axis] > box
            state[low, axis] *= -1
            state[high, axis] = 2 * box - state[high, axis]
            state[low | high, axis + 1] *= -1
        truth[:, k] = state[:, [0, 2, 1, 3]]
        scans.append(_plots(rng, truth[:, k, :2], 20.0, p, clutter, 0.0, box))
    return Plane(truth, tuple(scans))


def _scan(
    truth: Array, rng: np.random.Generator, sigma: float, p: float, clutter: float, lo: float, hi: float
) -> Plane:
    plane = Plane(truth, ())
    scans = (_plots(rng, plane.alive(k), sigma, p, clutter, lo, hi) for k in range(truth.shape[1]))
    return Plane(truth, tuple(scans))
