"""Seeded scenes that we and the other implementations score: truths and tracks with every kind of error.

Only NumPy here, so that `peers.py` runs in an environment without Vedette.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scene:
    """Truths X (N, K, 6) and tracks Y (M, K, 6) at whole seconds; NaN where absent."""

    X: np.ndarray
    Y: np.ndarray

    @property
    def K(self) -> int:
        return self.X.shape[1]


def scene(
    seed: int, N: int = 6, K: int = 40, side: float = 200.0, sigma: float = 4.0, gaps: bool = True
) -> Scene:
    """N targets at 10 m/s in a square; tracks with noise, breaks, swaps, duplicates, late starts, ghosts."""
    rng = np.random.default_rng(seed)
    t = np.arange(K)
    heading = rng.uniform(0, 2 * np.pi, N)
    v = 10.0 * np.column_stack([np.cos(heading), np.sin(heading), np.zeros(N)])
    middle = np.column_stack([rng.uniform(0, side, (N, 2)), rng.uniform(50, 150, N)])
    X = np.empty((N, K, 6))
    X[:, :, :3] = middle[:, None] + v[:, None] * (t - K / 2)[None, :, None]
    X[:, :, 3:] = v[:, None]
    for n in range(N):
        X[n, : rng.integers(0, K // 4)] = np.nan
        X[n, K - rng.integers(0, K // 4) :] = np.nan
    noise = np.concatenate([rng.normal(0, sigma, (N, K, 3)), rng.normal(0, 1.0, (N, K, 3))], axis=2)
    follows = [np.array(Y) for Y in X + noise]
    tracks = []
    for n, Y in enumerate(follows):
        Y[: np.argmax(np.isfinite(Y[:, 0])) + rng.integers(0, 5)] = np.nan  # confirmed late
        kind = rng.integers(0, 5)
        at = K // 2 + int(rng.integers(-5, 6))
        if kind == 0:  # lost and found again under another name
            again = np.array(Y)
            Y[at:], again[: at + rng.integers(1, 4)] = np.nan, np.nan
            tracks.append(again)
        elif kind == 1 and n > 0:  # swapped with the one before
            other = follows[n - 1]
            Y[at:], other[at:] = np.array(other[at:]), np.array(Y[at:])
        elif kind == 2:  # followed by two
            tracks.append(Y + rng.normal(0, sigma, Y.shape))
        elif kind == 3 and gaps:  # a few steps without report
            Y[at : at + 2] = np.nan
        if n != N - 1 or kind < 4:
            tracks.append(Y)
    for _ in range(2):
        Y = np.full((K, 6), np.nan)
        a = int(rng.integers(0, K - 12))
        Y[a : a + 12, :3] = rng.uniform(0, side, 3) + rng.normal(0, sigma, (12, 3))
        Y[a : a + 12, 3:] = rng.normal(0, 3.0, (12, 3))
        tracks.append(Y)
    there = [Y for Y in tracks if np.isfinite(Y[:, 0]).any()]
    return Scene(X, np.stack(there))


SEEDS = range(8)
C = 30.0  # m, the cut-off at which every peer scores these scenes
EMPTY = np.empty((0, 40, 6))
# The published examples of algorithms §6.3 as scenes: truths a = (t, 0) and b = (t, 20), ten scans, c = 10 m.
TEN = np.arange(10.0)


def _line(y: float, shape: tuple[int, int] = (0, 10)) -> np.ndarray:
    path = np.full((10, 6), np.nan)
    path[slice(*shape)] = 0.0
    path[slice(*shape), 0], path[slice(*shape), 1], path[slice(*shape), 3] = TEN[slice(*shape)], y, 1.0
    return path


def published() -> dict[str, Scene]:
    a, b = _line(0), _line(20)
    X = np.stack([a, b])
    head, tail = TEN[:, None] < 5, TEN[:, None] >= 5
    false = np.full((10, 6), np.nan)
    false[3:7] = (500, 500, 0, 0, 0, 0)
    return {
        "H1": Scene(X, X),
        "H2": Scene(X, X + np.array([0, 2.0, 0, 0, 0, 0])),
        "H3": Scene(X, np.stack([np.where(head, a, b), np.where(tail, a, b)])),
        "H4": Scene(X, np.stack([_line(0, (0, 5)), _line(0, (5, 10)), b])),
        "H5": Scene(X, np.stack([a, false])),
    }
