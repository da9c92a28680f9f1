"""Which plots of two sensors are of one target, while their biases are still being learned.

A pair is two plots of tracks that both are confirmed, each the only one in the other's gate, with the biases'
covariance considered: wide at first and narrow later. Whether the tracker holds them for one track or, misled
by the bias, for two does not matter. A plot serves in one pair only, so that pairs are independent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.registration import (
    NS,
    STATES,
    Memory,
    Places,
    Plot,
    distance,
    jacobian,
    observed_by,
    reach,
    same_motion,
    update,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GATE = 16.27  # on d² with three degrees of freedom: 1 right pair in 1,000 is refused


@compiled
def learn(
    b: Floats, B: Floats, prior: Floats, order: Ints, sensor: int, plot: Plot, memory: Memory, size: int,
    fresh: int, most: int, turn: int, links: Ints, doubt: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Learn the biases b (4 S,), B (4 S, 4 S) from one look, and remember its plots; all in place.

    order: the sensors to look for partners in; plot, memory: see kernel.registration, memory rows in use
    `size`; fresh ns: how old a partner may be; most: plots tried per look, others at the next;
    links (S, S) pairs so far; doubt (S,) up by one for a plot whose only partner lies beyond the gate though
    not beyond the prior's, down by one for a plot with a partner.

    Returns how many pairs were used, how many were ambiguous, and how many were refused.
    """
    rows, when, z, C, J, q = plot
    m = rows.shape[0]
    stride = 1 + (m - 1) // most if m > 0 else 1
    fits = ambiguous = refused = 0
    spent = np.zeros(m, np.bool_)
    for p in order:
        if p == sensor:
            continue
        width = reaches(prior, p, memory, size, when, fresh)
        for k in range(turn % stride, m, stride):
            if spent[k]:
                continue
            i, n, far = partner(b, B, prior, sensor, plot, k, p, memory, size, width)
            if n > 0 or far == 1:
                step = -1 if n > 0 else 1
                doubt[sensor], doubt[p] = max(doubt[sensor] + step, 0), max(doubt[p] + step, 0)
            if n == 0 or not memory[1][i, p]:
                continue
            if n > 1 or rivals(b, B, sensor, plot, i, p, memory) != 1:
                ambiguous += 1
                continue
            if take(b, B, sensor, plot, k, i, p, memory):
                fits += 1
                spent[k], memory[1][i, p] = True, False
                links[sensor, p], links[p, sensor] = links[sensor, p] + 1, links[p, sensor] + 1
            else:
                refused += 1
    for k in range(m):
        i = rows[k]
        memory[0][i, sensor], memory[1][i, sensor] = when[k], not spent[k]
        memory[2][i, sensor], memory[3][i, sensor], memory[4][i, sensor] = z[k], C[k], J[k]
        memory[5][i, sensor] = q[k]
    return fits, ambiguous, refused


@compiled
def reaches(prior: Floats, p: int, memory: Memory, size: int, when: Ints, fresh: int) -> Floats:
    """(size,): how far, squared, each remembered plot of sensor p may be from where it is, −1 if too old."""
    width = np.full(size, -1.0)
    if when.shape[0] == 0:
        return width
    t, _, z, C, J, _ = memory
    low, high = when.min() - fresh, when.max() + fresh
    for i in range(size):
        if t[i, p] > 0 and low <= t[i, p] <= high:
            width[i] = reach(prior, p, J[i, p], z[i, p, 3:])
            for a in range(3):
                width[i] += C[i, p, a, a]
    return width


@compiled
def difference(
    b: Floats, sensor: int, plot: Plot, k: int, p: int, memory: Memory, i: int,
    nu: Floats, R: Floats, G1: Floats, G2: Floats,
) -> bool:  # fmt: skip
    """ν (3,), R (3, 3), G₁ and G₂ (3, 4) of new plot k and the plot of sensor p in row i.

    With δ = (t₁ − Δt₁) − (t₂ − Δt₂) and v the velocity that came with the older plot:
        ν = (z₁ − J₁ β₁) − (z₂ − J₂ β₂) − v δ,
        R = R₁ + R₂ + δ (P_pv + P_vp) + δ² P_vv + q |δ|³ / 3.
    False when more than half of tr R comes from the time between them: such a pair is worth little.
    """
    _, when, z, C, J, q = plot
    t, _, zm, Cm, Jm, qm = memory
    dt = (when[k] - t[i, p]) / NS - b[STATES * sensor + 3] + b[STATES * p + 3]
    drift = max(q[k], qm[i, p]) * abs(dt) ** 3 / 3.0
    noise = moved = 0.0
    for a in range(3):
        nu[a] = z[k, a] - zm[i, p, a] - dt * zm[i, p, 3 + a]
        for c in range(3):
            nu[a] += Jm[i, p, a, c] * b[STATES * p + c] - J[k, a, c] * b[STATES * sensor + c]
            R[a, c] = C[k, a, c] + Cm[i, p, a, c] + dt * dt * Cm[i, p, 3 + a, 3 + c]
            R[a, c] += dt * (Cm[i, p, a, 3 + c] + Cm[i, p, 3 + a, c])
        R[a, a] += drift
        noise += C[k, a, a] + Cm[i, p, a, a]
        moved += dt * dt * Cm[i, p, 3 + a, 3 + a] + drift
    observed_by(J[k], zm[i, p, 3:], G1)
    observed_by(Jm[i, p], zm[i, p, 3:], G2)
    return moved <= noise


@compiled
def partner(
    b: Floats, B: Floats, prior: Floats, sensor: int, plot: Plot, k: int, p: int, memory: Memory, size: int,
    width: Floats,
) -> tuple[int, int, int]:  # fmt: skip
    """The row of a remembered plot of sensor p in the gate of new plot k, how many there are, and how many
    are outside it but within the prior's and move alike.
    """
    rows, when, z, C, J, _ = plot
    t, _, zm, Cm, _, _ = memory
    found, n, far = -1, 0, 0
    nu, R, G1, G2 = np.empty(3), np.empty((3, 3)), np.empty((3, STATES)), np.empty((3, STATES))
    own = reach(prior, sensor, J[k], z[k, 3:]) + C[k, 0, 0] + C[k, 1, 1] + C[k, 2, 2]
    for i in range(size):
        if width[i] < 0.0:
            continue
        dt, near = (when[k] - t[i, p]) / NS, 0.0
        for a in range(3):
            near += (z[k, a] - zm[i, p, a] - dt * zm[i, p, 3 + a]) ** 2
        if near > 2.0 * GATE * (own + width[i]):
            continue
        if not difference(b, sensor, plot, k, p, memory, i, nu, R, G1, G2):
            continue
        if rows[k] != i and not same_motion(z[k], C[k], zm[i, p], Cm[i, p]):
            continue
        if distance(nu, R, B, sensor, G1, p, G2) < GATE:
            found, n = i, n + 1
        elif distance(nu, R, prior, sensor, G1, p, G2) < GATE:
            far += 1
    return found, n, far


@compiled
def rivals(b: Floats, B: Floats, sensor: int, plot: Plot, i: int, p: int, memory: Memory) -> int:
    """How many plots of the look lie in the gate of the plot of sensor p remembered in row i."""
    nu, R, G1, G2 = np.empty(3), np.empty((3, 3)), np.empty((3, STATES)), np.empty((3, STATES))
    _, _, z, _, J, _ = plot
    _, _, zm, _, Jm, _ = memory
    width = reach(B, p, Jm[i, p], zm[i, p, 3:])
    n = 0
    for k in range(z.shape[0]):
        difference(b, sensor, plot, k, p, memory, i, nu, R, G1, G2)
        spread = width + reach(B, sensor, J[k], zm[i, p, 3:]) + R[0, 0] + R[1, 1] + R[2, 2]
        if nu[0] * nu[0] + nu[1] * nu[1] + nu[2] * nu[2] > 2.0 * GATE * spread:
            continue
        if distance(nu, R, B, sensor, G1, p, G2) < GATE:
            n += 1
    return n


@compiled
def take(b: Floats, B: Floats, sensor: int, plot: Plot, k: int, i: int, p: int, memory: Memory) -> bool:
    """Update the biases with new plot k and the plot of sensor p in row i; False when they are too far apart."""
    nu, R, G1, G2 = np.empty(3), np.empty((3, 3)), np.empty((3, STATES)), np.empty((3, STATES))
    difference(b, sensor, plot, k, p, memory, i, nu, R, G1, G2)
    return update(b, B, sensor, G1, p, G2, nu, R, GATE) < GATE


@compiled
def follow(x: Floats, seen: Ints, places: Places, before: Floats, after: Floats, apart: int) -> None:
    """Move the tracks that one sensor alone feeds along with its bias, in place: p ← p − G (β⁺ − β⁻).

    x (N, K, 6), seen (N, S) ns of the last plot from each sensor; `apart` ns since any other's. Their next
    plots will lie there, and a jump would look like a manoeuvre.
    """
    T, t, flat = places
    J, G = np.empty((3, 3)), np.empty((3, 4))
    for i in range(x.shape[0]):
        s = int(np.argmax(seen[i]))
        alone = True
        for p in range(seen.shape[1]):
            alone = alone and (p == s or seen[i, p] < seen[i, s] - apart)
        if not alone:
            continue
        for mode in range(x.shape[1]):
            jacobian(x[i, mode], T[s], t[s], flat[s], J)
            observed_by(J, x[i, mode, 3:], G)
            for a in range(3):
                for k in range(STATES):
                    o = STATES * s + k
                    x[i, mode, a] -= G[a, k] * (after[o] - before[o])
