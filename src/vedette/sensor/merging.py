"""Targets too close for a radar to tell apart: what its resolution cell is, and the one plot they then give.

Koch & van Keuk, "Multiple hypothesis track maintenance with possibly unresolved measurements", IEEE T-AES
33(3), 1997: two targets apart by Δ in range, azimuth and elevation are not resolved with probability

    P_u = exp(−ln 2 · Σ (Δ_a/α_a)²) = exp(−½ Δᵀ R_u⁻¹ Δ),        R_u = diag(α²) / (2 ln 2)

where α is the resolution cell: one half at one cell apart.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from vedette.types import Array

Ints = NDArray[np.int64]

NEVER = 2.6  # cells apart beyond which two targets are always resolved: P_u below one in a hundred


def cell_covariance(polar: Array, cell: Array) -> Array:
    """R_u (N, 3, 3) along east, north, up at polar (N, 3) places, for a cell (3,) in m, rad, rad."""
    r, az, el = polar[:, 0], polar[:, 1], polar[:, 2]
    sa, ca, se, ce = np.sin(az), np.cos(az), np.sin(el), np.cos(el)
    zero = np.zeros(len(polar))
    along = np.stack([sa * ce, ca * ce, se], axis=1) * cell[0]
    across = np.stack([ca, -sa, zero], axis=1) * (r * np.maximum(ce, 1e-3) * cell[1])[:, None]
    upward = np.stack([-sa * se, -ca * se, ce], axis=1) * (r * cell[2])[:, None]
    sides = np.stack([along, across, upward], axis=2)
    return np.asarray(sides @ sides.transpose(0, 2, 1) / (2.0 * math.log(2.0)))


def unresolved(polar: Array, cell: Array, rng: np.random.Generator) -> Ints:
    """(N,) the group of each target, numbered from 0: one alone, or several that chance leaves unresolved.

    One draw for each pair nearer than NEVER cells, so targets far apart cost none.
    """
    N = len(polar)
    if N < 2:
        return np.arange(N)
    turn = 2.0 * math.pi / cell[1]
    scaled = polar / cell
    scaled[:, 1] = np.mod(scaled[:, 1], turn)
    scaled[scaled[:, 1] >= turn, 1] = 0.0  # the modulus of −1e-17 is a full turn
    pairs = KDTree(scaled, boxsize=[0.0, turn, 0.0]).query_pairs(NEVER, output_type="ndarray")
    if len(pairs) == 0:
        return np.arange(N)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    apart = scaled[pairs[:, 0]] - scaled[pairs[:, 1]]
    apart[:, 1] -= turn * np.round(apart[:, 1] / turn)
    together = pairs[rng.random(len(pairs)) < 0.5 ** (apart**2).sum(axis=1)]
    graph = coo_array((np.ones(len(together)), (together[:, 0], together[:, 1])), shape=(N, N))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def merged(group: Ints, x: Array, polar: Array, speed: Array) -> tuple[Ints, Array, Array, Array]:
    """What each group returns: powers add, and place and speed are the means weighted by power.

    group (N,), x (N,) powers, polar (N, 3), speed (N,). Returns the strongest member of each group (G,), and
    x (G,), polar (G, 3), speed (G,) of the groups.
    """
    order = np.lexsort((-x, group))
    leader = order[np.unique(group[order], return_index=True)[1]]
    total = np.bincount(group, x)
    part = x / total[group]
    off = polar - polar[leader][group]
    off[:, 1] -= 2.0 * math.pi * np.round(off[:, 1] / (2.0 * math.pi))
    mean = polar[leader] + np.stack([np.bincount(group, part * off[:, a]) for a in range(3)], axis=1)
    return leader, np.asarray(total, float), mean, np.asarray(np.bincount(group, part * speed), float)
