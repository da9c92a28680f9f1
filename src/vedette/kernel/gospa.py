"""GOSPA and OSPA: how far a set of estimates is from the set of truths.

GOSPA (Rahmathullah, García-Fernández & Svensson, FUSION 2017) with α = 2 splits into localisation, missed and
false parts:

    d^p = Σ_{(i,j) assigned} d_ij^p + (c^p / 2) (missed + false)

where only pairs with d_ij < c may be assigned. Far pairs cost what unassigned ones cost, so the optimum is
found per connected component of close pairs, exactly, however many points there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from vedette.kernel.assign import assign

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Gospa:
    """`distance`, and its p-th power's parts: localisation + missed + false = distance^p."""

    distance: float
    localisation: float
    missed: float
    false: float
    pairs: Ints  # (K, 2) assigned truth and estimate


def gospa(X: Floats, Y: Floats, *, c: float, p: float = 2.0, alpha: float = 2.0, rho: float = 0.5) -> Gospa:
    """GOSPA between truths X (N, D) and estimates Y (M, D), Euclidean base distance.

    c cut-off (m), p order, alpha in (0, 2]. `rho` weighs a false estimate ρ c^p against a missed truth
    (1 − ρ) c^p (the q-metric, García-Fernández et al. 2026); ½ is GOSPA proper and needs alpha = 2 otherwise.
    """
    X, Y = np.atleast_2d(X), np.atleast_2d(Y)
    n, m = (len(X) if X.size else 0), (len(Y) if Y.size else 0)
    pairs, cost = (
        _assign(X, Y, c, p) if n and m and alpha == 2.0 else (np.empty((0, 2), np.int64), np.empty(0))
    )
    if alpha != 2.0:
        return _unsplit(X[:n], Y[:m], c, p, alpha)
    localisation = float(cost.sum())
    missed = 2.0 * (1.0 - rho) * c**p / 2.0 * (n - len(pairs))
    false = 2.0 * rho * c**p / 2.0 * (m - len(pairs))
    return Gospa((localisation + missed + false) ** (1.0 / p), localisation, missed, false, pairs)


def _assign(X: Floats, Y: Floats, c: float, p: float) -> tuple[Ints, Floats]:
    """Optimal pairs (K, 2) closer than c and their costs d^p (K,)."""
    close = cKDTree(X).sparse_distance_matrix(cKDTree(Y), c, output_type="coo_matrix")
    i, j, d = close.row.astype(np.int64), close.col.astype(np.int64), close.data**p
    # A pair that is assigned saves the miss and the false estimate, c^p together, and costs d^p.
    best = assign(i, j, c**p - d, len(X), len(Y))
    return np.column_stack([i[best], j[best]]), d[best]


def _unsplit(X: Floats, Y: Floats, c: float, p: float, alpha: float) -> Gospa:
    """GOSPA for α ≠ 2, where missed and false cannot be told apart; the smaller set is wholly assigned."""
    n, m = len(X), len(Y)
    pairs, total = np.empty((0, 2), np.int64), 0.0
    if n and m:
        cost = np.minimum(np.linalg.norm(X[:, None] - Y[None], axis=-1), c) ** p
        a, b = linear_sum_assignment(cost)
        pairs, total = np.column_stack([a, b]), float(cost[a, b].sum())
    nan = float("nan")
    return Gospa((total + c**p / alpha * abs(n - m)) ** (1.0 / p), nan, nan, nan, pairs)


@dataclass(frozen=True, slots=True)
class Ospa:
    """`distance` with its localisation and cardinality parts (each already a p-th root)."""

    distance: float
    localisation: float
    cardinality: float


def ospa(X: Floats, Y: Floats, *, c: float, p: float = 1.0) -> Ospa:
    """OSPA (Schuhmacher, Vo & Vo 2008) between X (N, D) and Y (M, D)."""
    X, Y = np.atleast_2d(X), np.atleast_2d(Y)
    n, m = (len(X) if X.size else 0), (len(Y) if Y.size else 0)
    if max(n, m) == 0:
        return Ospa(0.0, 0.0, 0.0)
    cost = _assign(X, Y, c, p)[1] if n and m else np.empty(0)
    # Whoever finds nobody closer than c is assigned to somebody farther, at the cost c^p.
    near = float(cost.sum()) + c**p * (min(n, m) - len(cost))
    far = c**p * abs(n - m)
    k = max(n, m)
    return Ospa(((near + far) / k) ** (1 / p), (near / k) ** (1 / p), (far / k) ** (1 / p))
