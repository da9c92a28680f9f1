"""Weapon–target assignment by rule of thumb: maximum marginal return, and exchanges."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

WORTH = 1e-12  # of the whole weight: what an exchange must save


@compiled
def marginal_return(w: Array, a: Array, g: Array, u: Ints, shots: Ints, x: Ints) -> None:
    """Fill x (W, T), each time with the shot that saves most: w_j e^(−Y_j) (1 − e^(−a_ij)) − g_ij.

    w (T,), a = −ln(1 − p) and g (T, W), u (W, T), shots (W,).
    """
    T = x.shape[1]
    left = shots - x.sum(axis=1)
    alive = np.empty(T)  # w_j e^(−Y_j)
    for j in range(T):
        alive[j] = w[j] * math.exp(-(a[j] * x[:, j]).sum())
    best, of = np.full(T, -1.0), np.full(T, -1, np.int64)
    for j in range(T):
        best[j], of[j] = _best(j, alive[j], a[j], g[j], u, x, left)
    while True:
        j = int(np.argmax(best)) if T else 0
        if T == 0 or best[j] <= 0.0:
            return
        i = of[j]
        x[i, j] += 1
        left[i] -= 1
        alive[j] *= math.exp(-a[j, i])
        best[j], of[j] = _best(j, alive[j], a[j], g[j], u, x, left)
        if left[i] == 0:
            for other in range(T):
                if of[other] == i:
                    best[other], of[other] = _best(other, alive[other], a[other], g[other], u, x, left)


@compiled
def _best(j: int, alive: float, a: Array, g: Array, u: Ints, x: Ints, left: Ints) -> tuple[float, int]:
    """What the best next shot at target j saves, and whose it is; (−1, −1) when nobody can."""
    most, of = -1.0, -1
    for i in range(len(a)):
        if left[i] > 0 and x[i, j] < u[i, j]:
            saved = -alive * math.expm1(-a[i]) - g[i]
            if saved > most:
                most, of = saved, i
    return most, of


@compiled
def improve(w: Array, a: Array, g: Array, u: Ints, shots: Ints, x: Ints) -> int:
    """Move single shots to other targets, and swap the targets of two, while that saves; how often it did."""
    W, T = x.shape
    edge = WORTH * w.sum()
    alive = np.empty(T)
    for j in range(T):
        alive[j] = w[j] * math.exp(-(a[j] * x[:, j]).sum())
    steps = 0
    again = True
    while again:
        again = False
        for i in range(W):
            for j in range(T):
                if x[i, j] > 0 and (
                    _move(i, j, a, g, u, x, alive, edge) or _swap(i, j, a, g, u, x, alive, edge)
                ):
                    again = True
                    steps += 1
    return steps


@compiled
def _move(i: int, j: int, a: Array, g: Array, u: Ints, x: Ints, alive: Array, edge: float) -> bool:
    """One shot of weapon i from target j to the target where it saves most, or kept, if that is better."""
    back = alive[j] * math.expm1(a[j, i]) - g[j, i]  # what it costs to take it away
    best, to = 0.0, -1
    for k in range(len(alive)):
        if k != j and x[i, k] < u[i, k]:
            saved = -alive[k] * math.expm1(-a[k, i]) - g[k, i]
            if saved > best:
                best, to = saved, k
    if best - back <= edge:
        return False
    x[i, j] -= 1
    alive[j] *= math.exp(a[j, i])
    if to >= 0:
        x[i, to] += 1
        alive[to] *= math.exp(-a[to, i])
    return True


@compiled
def _swap(i: int, j: int, a: Array, g: Array, u: Ints, x: Ints, alive: Array, edge: float) -> bool:
    """A shot of i at j and one of h at k change targets, the first pair that saves."""
    for h in range(len(x)):
        if h == i or x[h, j] >= u[h, j]:
            continue
        for k in range(len(alive)):
            if k == j or x[h, k] == 0 or x[i, k] >= u[i, k]:
                continue
            before = alive[j] + alive[k] + g[j, i] + g[k, h]
            at_j = alive[j] * math.exp(a[j, i] - a[j, h])
            at_k = alive[k] * math.exp(a[k, h] - a[k, i])
            if before - (at_j + at_k + g[j, h] + g[k, i]) > edge:
                x[i, j] -= 1
                x[h, j] += 1
                x[h, k] -= 1
                x[i, k] += 1
                alive[j], alive[k] = at_j, at_k
                return True
    return False
