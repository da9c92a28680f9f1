"""The K best joint associations over several hypotheses at once.

Murty 1968, "An algorithm for ranking all the assignments in order of increasing cost", Operations Research
16(3): every solution found is partitioned into subproblems that exclude it, and the best of all open ones is
the next best solution. Miller, Stone & Cox 1997 (IEEE T-AES 33(3)) rank over several parents in one queue,
as here. A subproblem is solved by shortest augmenting paths (Jonker & Volgenant 1987).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MISS = -1


@compiled
def best_assignment(gain: Floats, first: int, taken: Bools, forbidden: Bools, choice: Ints) -> float:
    """The assignment of rows first…N−1 that gains most; returns its gain, −inf where there is none.

    gain (N, M), −inf where a row cannot have a column; a row may stay without one, which gains 0.
    taken (M,): columns that nobody may have; forbidden (M + 1,): what row `first` may not have, the last
    entry for staying without. `choice` (N,) is filled from `first` on with columns or MISS.

    Row i's staying without is a column M + i of its own, so a solution always exists but for row `first`.
    """
    N, M = gain.shape
    u, v = np.zeros(N + 1), np.zeros(M + N + 1)
    owner = np.full(M + N + 1, -1, np.int64)  # column → row; the last column is where a path begins
    way = np.empty(M + N + 1, np.int64)
    distance, done = np.empty(M + N + 1), np.empty(M + N + 1, np.bool_)
    for start in range(first, N):
        for c in range(M + N + 1):
            distance[c], done[c] = math.inf, False
        c0 = M + N
        owner[c0] = start
        while owner[c0] >= 0:
            done[c0] = True
            i, delta, c1 = owner[c0], math.inf, -1
            for c in range(M + N):
                if done[c]:
                    continue
                if c < M:
                    open_ = not taken[c] and not (i == first and forbidden[c])
                    cost = -gain[i, c] if open_ else math.inf
                else:
                    open_ = c == M + i and not (i == first and forbidden[M])
                    cost = 0.0 if open_ else math.inf
                reduced = cost - u[i] - v[c]
                if reduced < distance[c]:
                    distance[c], way[c] = reduced, c0
                if distance[c] < delta:
                    delta, c1 = distance[c], c
            if c1 < 0:
                return -math.inf
            for c in range(M + N + 1):
                if done[c]:
                    u[owner[c]] += delta
                    v[c] -= delta
                else:
                    distance[c] -= delta
            c0 = c1
        while c0 != M + N:
            owner[c0] = owner[way[c0]]
            c0 = way[c0]
        owner[M + N] = -1
    total = 0.0
    for c in range(M + N):
        i = owner[c]
        if i >= first:
            choice[i] = c if c < M else MISS
            total += gain[i, c] if c < M else 0.0
    return total


@compiled
def rank(gain: Floats, base: Floats, K: int, least: float) -> tuple[Ints, Ints, Floats]:
    """The K best of all joint associations under all hypotheses, best first.

    gain (H, N, M): log weight of row i with column j relative to a miss, −inf where impossible; base (H,):
    log weight of each hypothesis with everything missed; what is `least` below the best is left out.

    Returns parent (k,), choice (k, N) columns or MISS, and log weight (k,). Equal weights keep the order in
    which they were found, so the result depends on the input alone.
    """
    H, N, M = gain.shape
    room = H + K * max(N, 1)
    parent, level = np.empty(room, np.int64), np.empty(room, np.int64)
    choice, value = np.full((room, N), MISS, np.int64), np.full(room, -math.inf)
    forbidden = np.zeros((room, M + 1), np.bool_)
    taken = np.zeros(M, np.bool_)
    size = 0
    for h in range(H):
        if base[h] > -math.inf:
            value[size] = base[h] + best_assignment(gain[h], 0, taken, forbidden[size], choice[size])
            parent[size], level[size] = h, 0
            size += 1
    order, found = np.empty(K, np.int64), 0
    while found < K:
        best, top = -1, -math.inf
        for q in range(size):
            if level[q] >= 0 and value[q] > top:
                best, top = q, value[q]
        if best < 0 or (found > 0 and top < value[order[0]] - least):
            break
        order[found] = best
        found += 1
        floor = value[order[0]] - least
        size = _partition(gain, base, best, floor, parent, level, choice, value, forbidden, taken, size)
        level[best] = -1
    k = order[:found]
    return parent[k], choice[k], value[k]


@compiled
def _partition(
    gain: Floats,
    base: Floats,
    q: int,
    floor: float,
    parent: Ints,
    level: Ints,
    choice: Ints,
    value: Floats,
    forbidden: Bools,
    taken: Bools,
    size: int,
) -> int:
    """Open the subproblems that together hold everything node q holds, but for its own solution.

    Subproblem t ≥ level: rows before t as in the solution, row t anything but its choice there (and, for the
    first, what was forbidden before). Those below `floor` are not opened.
    """
    N, M = choice.shape[1], forbidden.shape[1] - 1
    h = parent[q]
    done = base[h]
    for j in range(M):
        taken[j] = False
    for i in range(level[q]):
        if choice[q, i] != MISS:
            taken[choice[q, i]] = True
            done += gain[h, i, choice[q, i]]
    for t in range(level[q], N):
        for j in range(M + 1):
            forbidden[size, j] = forbidden[q, j] if t == level[q] else False
        own = choice[q, t]
        forbidden[size, own if own != MISS else M] = True
        for i in range(t):
            choice[size, i] = choice[q, i]
        rest = best_assignment(gain[h], t, taken, forbidden[size], choice[size])
        if done + rest >= floor and rest > -math.inf:
            parent[size], level[size], value[size] = h, t, done + rest
            size += 1
        if own != MISS:
            taken[own] = True
            done += gain[h, t, own]
    return size
