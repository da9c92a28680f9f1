"""A flood of plots as arrays: how dense clutter is, who may start, who may learn. See tracker.overload."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.types import Array

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SURPRISE = 3.0  # times the expected number of false plots, and …
MARGIN = 30.0  # … so many more, before a sensor's model of clutter is not believed
FLOOD = 1000  # unexplained plots in one look from which on their density is taken place by place
LEAF = 100  # plots that a box holds at least in which their density is counted
SAMPLE = 1000  # plots of a box that are looked at to find where to cut it, at places …
SHARES = np.array([1, 2, 4, 8, 12, 14, 15]) / 16.0  # … with so many of them below
TELLING = 8.0  # nats that a cut must explain, so that evenly spread plots are left together
BINS = 512  # per axis, of the grid in which plots under a gate are counted


# --- how dense clutter is


def excess(unexplained: float, expected: float) -> bool:
    """Whether a look holds so many plots that no known target explains that clutter is denser than its model,
    which expects `expected` false ones."""
    return unexplained > SURPRISE * expected + MARGIN


def density(position: Array, R: Array) -> Array:
    """Plots per unit of their own space around each plot (M,), from a density tree (Ram & Gray, KDD 2011).

    position (M, d), R (M, d, d), best in what a radar measures, where clutter is even and coverage is a box.
    A box of that space is cut where this raises the plots' likelihood most, n log(n/V) over the two parts,
    until no cut tells or the parts would hold less than LEAF plots: no swarm of twenty stands out. Sides that
    the plots' noise blurs anyway are not cut and count as √(2π) σ at least, to which the noise spreads them.
    """
    blur = math.sqrt(2.0 * math.pi) * np.sqrt(np.median(np.diagonal(R, axis1=1, axis2=2), axis=0))
    found = np.empty(len(position))
    todo = [(np.arange(len(position)), position.min(axis=0), position.max(axis=0))]
    while todo:
        rows, low, high = todo.pop()
        cut = _cut(position[rows], low, high, blur) if len(rows) >= 2 * LEAF else None
        if cut is None:
            found[rows] = len(rows) / float(np.prod(np.maximum(high - low, blur)))
            continue
        axis, place = cut
        left, below, above = position[rows, axis] < place, high.copy(), low.copy()
        below[axis] = above[axis] = place
        todo += [(rows[left], low, below), (rows[~left], above, high)]
    return found


def converted(rho: Array, R: Array, S: Array) -> Array:
    """A density rho (M,) per unit of measurement space as one per m³ of what measurements are converted to.

    R (M, d, d) there is S (M, 3, 3) here: |S/R|^½ is the Jacobian of the conversion. A height that is none
    but a prior with σ_h spreads the density over √(2π) σ_h.
    """
    d = R.shape[1] - S.shape[1]
    return np.asarray(rho * np.sqrt(np.linalg.det(R) / np.linalg.det(S)) * (2.0 * math.pi) ** (0.5 * d))


def _cut(z: Array, low: Array, high: Array, blur: Array) -> tuple[int, float] | None:
    """The axis and place at which to cut a box of plots z (n, 3) from low (3,) to high (3,); None: nowhere.

    Tried are quantiles of a sample of them, which is enough to see where they are dense.
    """
    n, most, best = len(z), TELLING, None
    share = SHARES[np.minimum(SHARES, 1.0 - SHARES) * n >= LEAF]
    sample = z[:: max(1, n // SAMPLE)]
    for axis in np.flatnonzero(high - low > 2.0 * blur):
        places = np.quantile(sample[:, axis], share)
        f = (places - low[axis]) / (high[axis] - low[axis])
        f = np.clip(f, 1e-9, 1.0 - 1e-9)
        gain = n * (share * np.log(share / f) + (1.0 - share) * np.log((1.0 - share) / (1.0 - f)))
        k = int(gain.argmax())
        if gain[k] > most:
            most, best = float(gain[k]), (int(axis), float(places[k]))
    return best


# --- who may start


def lots(label: Ints, t: Ints) -> Array:
    """A number in (0, 1) for each plot (M,), as good as random and always the same (splitmix64)."""
    h = label.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + t.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        h = (h ^ (h >> np.uint64(shift))) * np.uint64(factor)
    h = h ^ (h >> np.uint64(31))
    return np.asarray(((h >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53)


def drawn(weight: Array, lot: Array, most: int) -> Bools:
    """Which of the plots (M,) may start a target: `most` of them, drawn without replacement.

    With odds in proportion to weight (M,) ≥ 0 (Efraimidis & Spirakis, Information Processing Letters 97(5),
    2006): the `most` smallest of −log(lot)/weight.
    """
    chosen = np.zeros(len(weight), bool)
    if most > 0:
        key = -np.log(lot) / np.maximum(weight, 1e-300)
        chosen[np.argsort(key, kind="stable")[:most]] = True
    return chosen


# --- who may learn


def under_gates(x: Array, P: Array, z: Array, R: Array, tau: Array, gamma: float) -> Ints:
    """(N,) at most how many plots lie under each target's gate, seen from above, in any of its modes.

    x (N, K, n), P (N, K, n, n); z (M, ≥2), R, tau (M,) s. Counted over a grid whose lines are quantiles of
    the plots, so that it is fine where they are.
    """
    D = x.shape[2] // 2
    t = float(np.abs(tau).max(initial=0.0))
    edges, low, high = [], [], []
    for a in range(2):
        v = x[:, :, D + a]
        spread = P[:, :, a, a] + 2.0 * t * np.abs(P[:, :, a, D + a]) + t * t * P[:, :, D + a, D + a]
        half = np.sqrt(gamma * (spread + float(R[:, a, a].max()))) + t * np.abs(v)
        lines = np.quantile(z[:, a], np.linspace(0.0, 1.0, BINS + 1))
        edges.append(np.searchsorted(lines[1:-1], z[:, a], side="right"))
        low.append(np.searchsorted(lines[1:-1], (x[:, :, a] - half).min(axis=1), side="left"))
        high.append(np.searchsorted(lines[1:-1], (x[:, :, a] + half).max(axis=1), side="right") + 1)
        outside = ((x[:, :, a] + half).max(axis=1) < lines[0]) | ((x[:, :, a] - half).min(axis=1) > lines[-1])
        high[a][outside] = low[a][outside] = 0
    total = np.zeros((BINS + 1, BINS + 1), np.int64)
    np.add.at(total, (edges[0] + 1, edges[1] + 1), 1)
    total = total.cumsum(axis=0).cumsum(axis=1)
    (x0, y0), (x1, y1) = low, high
    return np.asarray(total[x1, y1] - total[x0, y1] - total[x1, y0] + total[x0, y0])


def within(count: Ints, r: Array, shown: Bools, each: int, together: int) -> Bools:
    """Which targets (N,) may be updated, at `count` (N,) plots each: none with more than `each`, and not more
    than `together` in all; shown ones come first, the fewest plots before the most, then the others by r."""
    order = np.lexsort((np.where(shown, count, -r), ~shown))
    cost = np.where(count > each, 0, count)[order]
    fits = np.zeros(len(count), bool)
    fits[order] = np.cumsum(cost) <= together
    return fits & (count <= each)


def crowd(r: Array, shown: Bools, most: int) -> Bools | None:
    """Which targets (N,) to keep so that at most `most` are not shown, the likeliest; None: all."""
    hidden = np.flatnonzero(~shown)
    if len(hidden) <= most:
        return None
    keep = np.ones(len(r), bool)
    keep[hidden[np.argsort(-r[hidden], kind="stable")[most:]]] = False
    return keep
