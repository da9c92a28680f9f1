"""Connected components of the gate graph: targets that compete for plots, directly or through others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Ints = NDArray[np.int64]


@compiled
def _root(parent: Ints, a: int) -> int:
    while parent[a] != a:
        parent[a] = parent[parent[a]]  # path halving
        a = parent[a]
    return a


@compiled
def components(row: Ints, col: Ints, M: int) -> tuple[Ints, Ints, Ints]:
    """Group targets by shared plots (union-find with path halving, O(E α)).

    Edges in compressed rows: target i ↔ plots col[row[i]:row[i+1]]; M plots in all.
    Returns start (C+1,), members (N',): targets of cluster c are members[start[c]:start[c+1]], ascending;
    clusters are ordered by their first target; targets without any plot belong to no cluster.
    Third: for every plot its cluster, or −1 (M,).
    """
    N = row.shape[0] - 1
    parent = np.arange(N)
    owner = np.full(M, -1, np.int64)
    for i in range(N):
        for e in range(row[i], row[i + 1]):
            j = col[e]
            if owner[j] < 0:
                owner[j] = i
            else:
                # The smaller index becomes the root, so a cluster is named by its first target.
                a, b = _root(parent, owner[j]), _root(parent, i)
                parent[max(a, b)] = min(a, b)
    name = np.full(N, -1, np.int64)
    size = np.zeros(N + 1, np.int64)
    C = 0
    for i in range(N):
        if row[i] == row[i + 1]:
            continue
        a = _root(parent, i)
        if name[a] < 0:
            name[a] = C
            C += 1
        name[i] = name[a]
        size[name[i] + 1] += 1
    start = np.zeros(C + 1, np.int64)
    for c in range(C):
        start[c + 1] = start[c] + size[c + 1]
    members = np.empty(start[C], np.int64)
    fill = np.zeros(C, np.int64)
    for i in range(N):
        c = name[i]
        if c >= 0:
            members[start[c] + fill[c]] = i
            fill[c] += 1
    plot_cluster = np.full(M, -1, np.int64)
    for j in range(M):
        if owner[j] >= 0:
            plot_cluster[j] = name[owner[j]]
    return start, members, plot_cluster
