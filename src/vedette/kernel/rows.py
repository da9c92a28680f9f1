"""Rows of a struct of arrays moved in place: births appended, the forgotten squeezed out.

The arrays are those of tracker.bernoulli.Bernoullis, in one order everywhere:
floats r, r_birth, rate, mu, x, P; integers label, id, confirmed, looks, hits, born, updated, code, seen.

All of them lie in two blocks, one of each type. What every scan calls takes the blocks: a compiled function
takes a sixth of a microsecond to receive an array, and at a site with a hundred targets that counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = tuple[
    Floats, Floats, Floats, Floats, Floats, Floats, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints
]  # fmt: skip
Store = tuple[Floats, Ints, int, int, int, int]  # the blocks; how many rows, modes, components, sensors


@compiled
def fields(store: Store) -> Rows:
    """The arrays that lie in the blocks of a store, without copying."""
    f, g, N, K, n, S = store
    mu, x = 3 * N, (3 + K) * N
    P = x + N * K * n
    return (
        f[:N], f[N : 2 * N], f[2 * N : mu], f[mu:x].reshape((N, K)), f[x:P].reshape((N, K, n)),
        f[P : P + N * K * n * n].reshape((N, K, n, n)),
        g[:N], g[N : 2 * N], g[2 * N : 3 * N], g[3 * N : 4 * N], g[4 * N : 5 * N], g[5 * N : 6 * N],
        g[6 * N : 7 * N], g[7 * N : 8 * N], g[8 * N : (8 + S) * N].reshape((N, S)),
    )  # fmt: skip


@compiled
def squeeze(rows: Rows, size: int, keep: NDArray[np.bool_]) -> int:
    """Move the rows to keep (size,) to the front, in order; returns how many there are."""
    r, r_birth, rate, mu, x, P, label, ident, confirmed, looks, hits, born, updated, code, seen = rows
    k = 0
    for i in range(size):
        if not keep[i]:
            continue
        if k < i:
            r[k], r_birth[k], rate[k] = r[i], r_birth[i], rate[i]
            for mode in range(mu.shape[1]):
                mu[k, mode] = mu[i, mode]
                for a in range(x.shape[2]):
                    x[k, mode, a] = x[i, mode, a]
                    for b in range(x.shape[2]):
                        P[k, mode, a, b] = P[i, mode, a, b]
            for s in range(seen.shape[1]):
                seen[k, s] = seen[i, s]
            label[k], ident[k], confirmed[k] = label[i], ident[i], confirmed[i]
            looks[k], hits[k], born[k], updated[k], code[k] = looks[i], hits[i], born[i], updated[i], code[i]
        k += 1
    return k


@compiled
def append(
    rows: Rows,
    size: int,
    labels: Ints,
    new: Ints,
    r_new: Floats,
    mu_new: Floats,
    x_new: Floats,
    P_new: Floats,
    t: Ints,
    plot_code: Ints,
    rate_of_sensor: float,
    sensor: int,
) -> int:
    """A Bernoulli for each of the plots `new` (C,); returns the new size.

    r_new (M,), mu_new (K,), x_new (C, n), P_new (C, n, n), labels, t and plot_code (M,);
    the arrays have room for C more.
    """
    r, r_birth, rate, mu, x, P, label, ident, confirmed, looks, hits, born, updated, code, seen = rows
    for c in range(new.shape[0]):
        k, j = size + c, new[c]
        r[k], r_birth[k], rate[k] = r_new[j], r_new[j], rate_of_sensor
        for mode in range(mu.shape[1]):
            mu[k, mode] = mu_new[mode]
            for a in range(x.shape[2]):
                x[k, mode, a] = x_new[c, a]
                for b in range(x.shape[2]):
                    P[k, mode, a, b] = P_new[c, a, b]
        for s in range(seen.shape[1]):
            seen[k, s] = t[j] if s == sensor else 0
        label[k], ident[k], confirmed[k] = labels[j], 0, 0
        looks[k], hits[k], born[k], updated[k], code[k] = 0, 1, t[j], t[j], plot_code[j]
    return size + len(new)


@compiled
def worth_keeping(
    r: Floats, r_birth: Floats, looks: Ints, updated: Ints, prune: float, grace: int, oldest: int
) -> tuple[NDArray[np.bool_], bool]:
    """Which rows (N,) to keep, and whether that is all of them.

    A newborn is kept for `grace` looks; then the threshold is min(prune, r_birth / 2), or `prune` from the
    start when grace < 0. A row without a report since `oldest` (ns UTC) goes in any case.
    """
    keep = np.ones(r.shape[0], np.bool_)
    everything = True
    for i in range(r.shape[0]):
        threshold = prune if grace < 0 else min(prune, 0.5 * r_birth[i]) if looks[i] > grace else 0.0
        if r[i] < threshold or updated[i] < oldest:
            keep[i] = False
            everything = False
    return keep, everything


@compiled
def pruned(store: Store, size: int, prune: float, grace: int, oldest: int) -> tuple[int, NDArray[np.bool_]]:
    """`worth_keeping`, and `squeeze` where that is not all: the new size, and which of the rows were kept."""
    rows = fields(store)
    r, r_birth, _, _, _, _, _, _, _, looks, _, _, updated, _, _ = rows
    keep, everything = worth_keeping(
        r[:size], r_birth[:size], looks[:size], updated[:size], prune, grace, oldest
    )
    return size if everything else squeeze(rows, size, keep), keep
