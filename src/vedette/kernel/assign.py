"""The assignment that gains most, over a sparse graph: exact, component by component.

Maximise Σ gain over chosen edges (i, j), each i and each j used at most once. Whoever stays unassigned gains
nothing, so an edge without gain is never worth choosing and the graph falls into connected components; each
is a rectangular assignment problem of its own (Crouse, On implementing 2D rectangular assignment algorithms,
IEEE T-AES 52(4), 2016, as in scipy).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DENSE = 4_000_000  # cells above which a component is solved by the sparse algorithm: 32 MB of doubles


def assign(i: Ints, j: Ints, gain: Floats, n: int, m: int) -> Ints:
    """Indices, ascending, of the edges (i (E,) in 0…n−1, j (E,) in 0…m−1) whose total gain (E,) is greatest.

    No edge may be given twice. Edges with gain ≤ 0 are never chosen.
    """
    edge = np.flatnonzero(gain > 0.0)
    if edge.size == 0:
        return edge
    label = edge_components(i[edge], j[edge], n, m)
    edge = edge[np.argsort(label, kind="stable")]
    size = np.bincount(label)
    end = np.cumsum(size)
    alone = size == 1
    chosen = [edge[end[alone] - 1]]
    # Components of one edge, by far the most, need no solver.
    for a, b in zip((end - size)[~alone], end[~alone], strict=True):
        some = edge[a:b]
        chosen.append(some[_component(i[some], j[some], gain[some])])
    return np.sort(np.concatenate(chosen))


def edge_components(i: Ints, j: Ints, n: int, m: int) -> Ints:
    """The connected component (E,) of each edge i–j, numbered from 0 without gaps."""
    graph = coo_array((np.ones(len(i), np.int8), (i, n + j)), shape=(n + m, n + m))
    _, node = connected_components(graph, directed=False)
    return np.unique(node[i], return_inverse=True)[1].astype(np.int64)


def _component(i: Ints, j: Ints, gain: Floats) -> Ints:
    """Chosen edges of one component, as indices into its edges."""
    rows, r = np.unique(i, return_inverse=True)
    cols, s = np.unique(j, return_inverse=True)
    if len(rows) * len(cols) > DENSE:
        return _sparse(r, s, gain, len(rows), len(cols))
    dense = np.zeros((len(rows), len(cols)))
    dense[r, s] = gain
    a, b = linear_sum_assignment(dense, maximize=True)
    real = dense[a, b] > 0.0
    return _find(r, s, a[real], b[real], len(cols))


def _sparse(r: Ints, s: Ints, gain: Floats, n: int, m: int) -> Ints:
    """The same for a component too large for a dense matrix: each row gets its own column for 'nobody'."""
    top = float(gain.max()) + 1.0  # all costs must be positive: an absent edge and a zero look the same
    own = np.arange(n)
    cost = np.concatenate([top - gain, np.full(n, top)])
    graph = csr_array((cost, (np.concatenate([r, own]), np.concatenate([s, m + own]))), shape=(n, m + n))
    a, b = min_weight_full_bipartite_matching(graph)
    real = b < m
    return _find(r, s, a[real], b[real], m)


def _find(r: Ints, s: Ints, a: Ints, b: Ints, m: int) -> Ints:
    """Where among the edges (r, s) the pairs (a, b) stand."""
    code = r * m + s
    order = np.argsort(code)
    return np.asarray(order[np.searchsorted(code, a * m + b, sorter=order)], np.int64)
