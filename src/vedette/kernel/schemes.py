"""Shots at one target: the best ones at given prices, and all that come close.

A scheme gives target j x_i shots of weapon i, at most u_i. What remains of the target's weight w, and the
shots, cost

    c(x) = w exp(−Σ a_i x_i) + Σ g_i x_i,    a_i = −ln(1 − p_i)

with g_i the price of a shot. For whole x this is the pricing problem of column generation for weapon–target
assignment (Lu and Chen, Omega 103, 2021). Searched depth first in the order of g/a, the price of a unit of
exponent. From a node (Y reached, C paid, weapons from k on left) whatever follows costs at least

    min over y ≥ 0 of  C + w exp(−(Y + y)) + K(y)

where K(y) is what y more costs if shots could be divided: cheapest first, so K is convex and the minimum lies
where the next weapon's g/a exceeds the slope w exp(−(Y + y)).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

EDGE = 1e-12  # a node must promise so much of the weight to be worth a look


@compiled
def _order(a: Array, g: Array, u: Ints, order: Ints) -> int:
    """Weapons that can do something, cheapest unit of exponent first, into order; how many there are."""
    usable = np.empty(len(a), np.int64)
    n = 0
    for i in range(len(a)):
        if u[i] > 0 and a[i] > 0.0:
            usable[n] = i
            n += 1
    ratio = np.empty(n)
    for k in range(n):
        ratio[k] = g[usable[k]] / a[usable[k]]
    by_ratio = np.argsort(ratio, kind="mergesort")
    for k in range(n):
        order[k] = usable[by_ratio[k]]
    return n


@compiled
def _bound(w: float, a: Array, g: Array, u: Ints, n: int, k: int, Y: float, C: float) -> float:
    """The least that a node may still come to; a, g, u in search order."""
    for i in range(k, n):
        left = w * math.exp(-Y)
        if g[i] >= left * a[i]:
            return float(C + left)
        whole = u[i] * a[i]
        # slope at the end of this weapon's shots: w exp(−(Y + u a)) against g/a
        if g[i] < left * math.exp(-whole) * a[i]:
            Y += whole
            C += u[i] * g[i]
        else:
            y = math.log(left * a[i] / g[i])  # where w exp(−(Y + y)) = g/a
            return float(C + g[i] / a[i] * (1.0 + y))
    return C + w * math.exp(-Y)


@compiled
def _search(
    w: float, a: Array, g: Array, u: Ints, n: int, nodes: int, x: Ints, stack: Ints, Y: Array, C: Array
) -> tuple[float, float]:
    """The cheapest scheme into x (in search order), by depth first within so many nodes; its cost, and what
    none costs less than: the same, unless the nodes did not suffice."""
    Y[0], C[0] = 0.0, 0.0
    best, edge = w, EDGE * w
    x[:n] = 0
    if n == 0:
        return best, best
    root = _bound(w, a, g, u, n, 0, 0.0, 0.0)
    k = 0
    stack[0] = u[0] + 1 if root < best - edge else 0
    while k >= 0:
        nodes -= 1
        if nodes < 0:
            return best, root
        if stack[k] == 0:
            k -= 1
            continue
        stack[k] -= 1
        count = stack[k]
        Y[k + 1] = Y[k] + count * a[k]
        C[k + 1] = C[k] + count * g[k]
        if count > 0:
            value = C[k + 1] + w * math.exp(-Y[k + 1])
            if value < best:
                best = value
                x[: k + 1] = stack[: k + 1]
                x[k + 1 : n] = 0
        if k + 1 < n and _bound(w, a, g, u, n, k + 1, Y[k + 1], C[k + 1]) < best - edge:
            k += 1
            stack[k] = u[k] + 1
    return best, best


@compiled
def price(
    w: Array, a: Array, g: Array, prices: Array, u: Ints, nodes: int
) -> tuple[Array, Array, Array, Ints, Ints, Ints]:
    """For every target its cheapest scheme at these prices, searched through so many nodes at most.

    w (T,), a (T, W), g (T, W) costs of a shot of its own, prices (W,) besides, u (T, W).
    Returns cost at the prices (T,), what no scheme costs less than (T,), cost without the prices (T,), and
    the schemes: first (T + 1,), weapon and count.
    """
    T, W = a.shape
    cost, least, own = np.empty(T), np.empty(T), np.empty(T)
    first = np.zeros(T + 1, np.int64)
    weapon, count = np.empty(4 * T, np.int64), np.empty(4 * T, np.int64)
    order, x, stack = np.empty(W, np.int64), np.zeros(W, np.int64), np.zeros(W + 1, np.int64)
    Y, C = np.empty(W + 1), np.empty(W + 1)
    filled = 0
    for j in range(T):
        at = g[j] + prices
        n = _useful(w[j], a[j], at, u[j], order)
        picked = order[:n]
        cost[j], least[j] = _search(w[j], a[j][picked], at[picked], u[j][picked], n, nodes, x, stack, Y, C)
        own[j] = cost[j]
        if filled + n > len(weapon):
            weapon, count = _longer(weapon, filled + n), _longer(count, filled + n)
        for k in range(n):
            if x[k] > 0:
                weapon[filled], count[filled] = picked[k], x[k]
                own[j] -= prices[picked[k]] * x[k]
                filled += 1
        first[j + 1] = filled
    return cost, least, own, first, weapon[:filled], count[:filled]


@compiled
def _useful(w: float, a: Array, g: Array, u: Ints, order: Ints) -> int:
    """The same as `_order` without weapons whose first shot costs more than it can ever gain."""
    n = _order(a, g, u, order)
    kept = 0
    for k in range(n):
        i = order[k]
        if g[i] < -w * math.expm1(-a[i]):
            order[kept] = i
            kept += 1
    return kept


@compiled
def _longer(values: Ints, least: int) -> Ints:
    grown = np.empty(max(2 * len(values), least), np.int64)
    grown[: len(values)] = values
    return grown


@compiled
def within(
    w: Array, a: Array, g: Array, prices: Array, u: Ints, limit: Array, most: int
) -> tuple[bool, Ints, Array, Ints, Ints, Ints]:
    """All schemes that cost no more at these prices than limit (T,), the empty one among them.

    Returns whether there are at most `most`; the scheme's target (S,), its cost without the prices (S,), and
    first (S + 1,), weapon and count.
    """
    T, W = a.shape
    target, own = np.empty(1024, np.int64), np.empty(1024)
    first = np.zeros(1025, np.int64)
    weapon, count = np.empty(4096, np.int64), np.empty(4096, np.int64)
    order, stack = np.empty(W, np.int64), np.zeros(W + 1, np.int64)
    Y, C, G = np.empty(W + 1), np.empty(W + 1), np.empty(W + 1)
    listed, filled = 0, 0
    for j in range(T):
        at = g[j] + prices
        n = _order(a[j], at, u[j], order)
        picked = order[:n]
        aj, gj, uj, oj = a[j][picked], at[picked], u[j][picked], g[j][picked]
        Y[0], C[0], G[0] = 0.0, 0.0, 0.0
        k, emit = -1, w[j] <= limit[j]  # the empty scheme
        deeper = n > 0 and _bound(w[j], aj, gj, uj, n, 0, 0.0, 0.0) <= limit[j]
        while True:
            if emit:
                if listed == most:
                    return (
                        False,
                        target[:listed],
                        own[:listed],
                        first[: listed + 1],
                        weapon[:filled],
                        count[:filled],
                    )
                if listed + 1 == len(target):
                    target, first, own = _longer(target, 0), _longer(first, 0), _wider(own)
                if filled + k + 1 > len(weapon):
                    weapon, count = _longer(weapon, filled + k + 1), _longer(count, filled + k + 1)
                target[listed] = j
                own[listed] = G[k + 1] + w[j] * math.exp(-Y[k + 1])
                for i in range(k + 1):
                    if stack[i] > 0:
                        weapon[filled], count[filled] = picked[i], stack[i]
                        filled += 1
                listed += 1
                first[listed] = filled
            if deeper:
                k += 1
                stack[k] = uj[k] + 1
            while k >= 0 and stack[k] == 0:
                k -= 1
            if k < 0:
                break
            stack[k] -= 1
            shots = stack[k]
            Y[k + 1], C[k + 1] = Y[k] + shots * aj[k], C[k] + shots * gj[k]
            G[k + 1] = G[k] + shots * oj[k]
            emit = shots > 0 and C[k + 1] + w[j] * math.exp(-Y[k + 1]) <= limit[j]
            deeper = k + 1 < n and _bound(w[j], aj, gj, uj, n, k + 1, Y[k + 1], C[k + 1]) <= limit[j]
    return True, target[:listed], own[:listed], first[: listed + 1], weapon[:filled], count[:filled]


@compiled
def _wider(values: Array) -> Array:
    grown = np.empty(2 * len(values))
    grown[: len(values)] = values
    return grown
