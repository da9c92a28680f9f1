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
    observed,
    reach,
    same_motion,
    update,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

GATE = 16.27  # on d² with three degrees of freedom: 1 right pair in 1,000 is refused


@compiled
def learn(
    b: Floats, B: Floats, prior: Floats, places: Places, order: Ints, sensor: int, plot: Plot, memory: Memory,
    size: int, fresh: int, most: int, turn: int, links: Ints, doubt: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Learn the biases b (4 S,), B (4 S, 4 S) from one look, and remember its plots; all in place.

    prior (4 S, 4 S): B when nothing was known; places: each sensor's T, t and whether it is flat; order: the
    sensors to look for partners in; plot, memory: see `plots_of_tracks`, memory rows in use `size`; fresh ns:
    how old a partner may be; most: plots tried per look, others at the next; links (S, S) pairs so far;
    doubt (S,) up by one for a plot without a partner that would have had just one before anything was
    learned, down by one for a plot with a partner.

    Returns how many pairs were used, how many were ambiguous, and how many were refused.
    """
    _, when, z, C, J, _ = plot
    m = z.shape[0]
    stride = 1 + (m - 1) // most if m > 0 else 1
    fits = ambiguous = refused = 0
    spent = np.zeros(m, np.bool_)
    for p in order:
        if p == sensor or not has_fresh(p, plot, memory, size, fresh):
            continue
        own = placed(b, B, sensor, when, z, C, J, when[0], fresh)
        others = placed(
            b, B, p, memory[0][:size, p], memory[2][:size, p], memory[3][:size, p], memory[4][:size, p],
            when[0], fresh,
        )  # fmt: skip
        lost = 0
        for k in range(turn % stride, m, stride):
            if spent[k]:
                continue
            i, n = partner(b, B, places, sensor, plot, k, p, memory, own, others)
            if n > 0:
                doubt[sensor], doubt[p] = max(doubt[sensor] - 1, 0), max(doubt[p] - 1, 0)
            elif lost < 4:  # that many are enough to doubt
                lost += 1
                if once_possible(b, prior, places, sensor, plot, k, p, memory, size, fresh):
                    doubt[sensor], doubt[p] = doubt[sensor] + 1, doubt[p] + 1
            if n == 0 or not memory[1][i, p]:
                continue
            if n > 1 or rivals(b, B, places, sensor, plot, i, p, memory, own, others) != 1:
                ambiguous += 1
            elif take(b, B, places, sensor, plot, k, i, p, memory):
                fits += 1
                spent[k], memory[1][i, p] = True, False
                links[sensor, p], links[p, sensor] = links[sensor, p] + 1, links[p, sensor] + 1
            else:
                refused += 1
    remember(sensor, plot, spent, memory)
    return fits, ambiguous, refused


@compiled
def remember(sensor: int, plot: Plot, spent: Bools, memory: Memory) -> None:
    """Each plot into its track's row, in place of the sensor's last; a spent one makes no second pair."""
    rows, when, z, C, J, q = plot
    for k in range(rows.shape[0]):
        i = rows[k]
        memory[0][i, sensor], memory[1][i, sensor], memory[5][i, sensor] = when[k], not spent[k], q[k]
        memory[2][i, sensor], memory[3][i, sensor], memory[4][i, sensor] = z[k], C[k], J[k]


@compiled
def has_fresh(p: int, plot: Plot, memory: Memory, size: int, fresh: int) -> bool:
    """Whether sensor p has any plot within `fresh` ns of the first of the look."""
    if plot[1].shape[0] > 0:
        for i in range(size):
            if memory[0][i, p] > 0 and abs(memory[0][i, p] - plot[1][0]) <= fresh:
                return True
    return False


@compiled
def placed(
    b: Floats, B: Floats, sensor: int, t: Ints, z: Floats, C: Floats, J: Floats, t0: int, fresh: int
) -> Floats:
    """(n, 8): place with the bias taken off, velocity, time in s from t0, how far off, squared, it may be.

    The last is −1 for a plot not within `fresh` ns of t0. For two plots the sum of both, times γ, bounds |ν|²
    wherever d² < γ: |ν|² ≤ γ tr S, tr(H B Hᵀ) ≤ 2 Σ tr(G B Gᵀ), and the time between them at most makes
    tr R the fourfold of both plots' own noise.
    """
    out, o = np.empty((t.shape[0], 8)), STATES * sensor
    for k in range(t.shape[0]):
        out[k, 7] = -1.0
        if t[k] == 0 or abs(t[k] - t0) > fresh:
            continue
        out[k, 6], out[k, 7] = (t[k] - t0) / NS - b[o + 3], 2.0 * reach(B, sensor, J[k], z[k, 3:])
        for a in range(3):
            out[k, a], out[k, 3 + a] = z[k, a], z[k, 3 + a]
            for c in range(3):
                out[k, a] -= J[k, a, c] * b[o + c]
            out[k, 7] += 4.0 * C[k, a, a]
    return out


@compiled
def near(new: Floats, old: Floats) -> bool:
    """Whether two plots as `placed` can be in each other's gate at all."""
    if old[7] < 0.0 or new[7] < 0.0:
        return False
    dt, s = new[6] - old[6], 0.0
    for a in range(3):
        s += (new[a] - old[a] - dt * old[3 + a]) ** 2
    return bool(s <= GATE * (new[7] + old[7]))


@compiled
def once_possible(
    b: Floats, prior: Floats, places: Places, sensor: int, plot: Plot, k: int, p: int, memory: Memory,
    size: int, fresh: int,
) -> bool:  # fmt: skip
    """Whether new plot k would have just one partner of sensor p if nothing had been learned yet."""
    _, when, z, C, J, _ = plot
    zero = np.zeros(b.shape[0])
    own = placed(zero, prior, sensor, when, z, C, J, when[0], fresh)
    others = placed(
        zero, prior, p, memory[0][:size, p], memory[2][:size, p], memory[3][:size, p], memory[4][:size, p],
        when[0], fresh,
    )  # fmt: skip
    return partner(zero, prior, places, sensor, plot, k, p, memory, own, others)[1] == 1


@compiled
def difference(
    b: Floats, places: Places, sensor: int, plot: Plot, k: int, p: int, memory: Memory, i: int,
    nu: Floats, R: Floats, G1: Floats, G2: Floats,
) -> bool:  # fmt: skip
    """ν (3,), R (3, 3), G₁ and G₂ (3, 4) of new plot k and the plot of sensor p in row i.

    With δ = (t₁ − Δt₁) − (t₂ − Δt₂) and v the velocity that came with the older plot:
        ν = (z₁ − J₁ β₁) − (z₂ − J₂ β₂ + v δ),
        R = R₁ + R₂ + δ (P_pv + P_vp) + δ² P_vv + q |δ|³ / 3.
    G₁ and G₂ are taken at one place, between the two: taken at each plot's own, they would differ by noise
    even for two radars on one mast, and what no pair can tell would seem to be told a little by each.
    False when more than half of tr R comes from the time between them: such a pair is worth little.
    """
    _, when, z, C, J, q = plot
    t, _, zm, Cm, Jm, qm = memory
    dt = (when[k] - t[i, p]) / NS - b[STATES * sensor + 3] + b[STATES * p + 3]
    drift = max(q[k], qm[i, p]) * abs(dt) ** 3 / 3.0
    noise = moved = 0.0
    between = np.empty(3)
    for a in range(3):
        new, old = z[k, a], zm[i, p, a] + dt * zm[i, p, 3 + a]
        for c in range(3):
            new -= J[k, a, c] * b[STATES * sensor + c]
            old -= Jm[i, p, a, c] * b[STATES * p + c]
            R[a, c] = C[k, a, c] + Cm[i, p, a, c] + dt * dt * Cm[i, p, 3 + a, 3 + c]
            R[a, c] += dt * (Cm[i, p, a, 3 + c] + Cm[i, p, 3 + a, c])
        R[a, a] += drift
        nu[a], between[a] = new - old, 0.5 * (new + old)
        noise += C[k, a, a] + Cm[i, p, a, a]
        moved += dt * dt * Cm[i, p, 3 + a, 3 + a] + drift
    T, origin, flat = places
    observed(between, zm[i, p, 3:], T[sensor], origin[sensor], flat[sensor], G1)
    observed(between, zm[i, p, 3:], T[p], origin[p], flat[p], G2)
    return moved <= noise


@compiled
def partner(
    b: Floats, B: Floats, places: Places, sensor: int, plot: Plot, k: int, p: int, memory: Memory,
    own: Floats, others: Floats,
) -> tuple[int, int]:  # fmt: skip
    """The row of a remembered plot of sensor p in the gate of new plot k, and how many there are.

    Two tracks of one target move alike. own, others: the look's plots and the remembered ones as `placed`.
    """
    rows, _, z, C, _, _ = plot
    _, _, zm, Cm, _, _ = memory
    found, n = -1, 0
    nu, R, G1, G2 = np.empty(3), np.empty((3, 3)), np.empty((3, STATES)), np.empty((3, STATES))
    for i in range(others.shape[0]):
        if not near(own[k], others[i]) or not difference(
            b, places, sensor, plot, k, p, memory, i, nu, R, G1, G2
        ):
            continue
        if rows[k] != i and not same_motion(z[k], C[k], zm[i, p], Cm[i, p]):
            continue
        if distance(nu, R, B, sensor, G1, p, G2) < GATE:
            found, n = i, n + 1
    return found, n


@compiled
def rivals(
    b: Floats, B: Floats, places: Places, sensor: int, plot: Plot, i: int, p: int, memory: Memory,
    own: Floats, others: Floats,
) -> int:  # fmt: skip
    """How many plots of the look lie in the gate of the plot of sensor p remembered in row i."""
    nu, R, G1, G2 = np.empty(3), np.empty((3, 3)), np.empty((3, STATES)), np.empty((3, STATES))
    n = 0
    for k in range(own.shape[0]):
        if near(own[k], others[i]) and difference(b, places, sensor, plot, k, p, memory, i, nu, R, G1, G2):
            n += distance(nu, R, B, sensor, G1, p, G2) < GATE
    return n


@compiled
def take(
    b: Floats, B: Floats, places: Places, sensor: int, plot: Plot, k: int, i: int, p: int, memory: Memory
) -> bool:
    """Update the biases with new plot k and sensor p's plot in row i; False when they are too far apart."""
    nu, R, G1, G2 = np.empty(3), np.empty((3, 3)), np.empty((3, STATES)), np.empty((3, STATES))
    difference(b, places, sensor, plot, k, p, memory, i, nu, R, G1, G2)
    return update(b, B, sensor, G1, p, G2, nu, R, GATE) < GATE


@compiled
def follow(x: Floats, seen: Ints, places: Places, before: Floats, after: Floats, apart: int) -> None:
    """Move the tracks that one sensor alone feeds along with its bias, in place: p ← p − G (β⁺ − β⁻).

    x (N, K, 6), seen (N, S) ns of the last plot from each sensor; `apart` ns since any other's. Their next
    plots will lie there, and a jump would look like a manoeuvre.
    """
    T, t, flat = places
    G = np.empty((3, STATES))
    for i in range(x.shape[0]):
        s = int(np.argmax(seen[i]))
        alone = True
        for p in range(seen.shape[1]):
            alone = alone and (p == s or seen[i, p] < seen[i, s] - apart)
        if not alone:
            continue
        for mode in range(x.shape[1]):
            observed(x[i, mode], x[i, mode, 3:], T[s], t[s], flat[s], G)
            for a in range(3):
                for k in range(STATES):
                    o = STATES * s + k
                    x[i, mode, a] -= G[a, k] * (after[o] - before[o])
