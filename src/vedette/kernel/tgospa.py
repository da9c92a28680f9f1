"""T-GOSPA: GOSPA of trajectories, where a target that changes its track costs a switch.

García-Fernández, Rahmathullah & Svensson, A metric on the space of finite sets of trajectories for evaluation
of multi-target tracking algorithms, IEEE T-SP 68, 2020, eq. (23): the linear programme over weights w_ij(k)

    d^p = min Σ_k [ Σ_ij w_ij(k) D_ij(k) + (γ^p / 2) Σ_ij |w_ij(k+1) − w_ij(k)| ]

with D = min(d, c)^p where both exist, c^p / 2 where one does. A pair saves, against leaving both alone,

    g_ij(k) = c^p − min(d_ij(k), c)^p   where both exist, else 0,

so d^p = (c^p / 2)(truth states + track states) − max (Σ g w − switches), and only pairs that are ever closer
than c, at the steps where they are, enter the programme. It falls into components of such pairs:

* one pair alone: w = 1, no programme;
* one target with several tracks, or the reverse: a shortest path over "who holds it", exact because the
  constraint matrix is that of a flow (hub and spokes, half a switch per spoke);
* else the linear programme by HiGHS; if it is large, over windows that overlap: each is solved to its end,
  kept up to where the next begins, and the next starts from the weights kept. Weights so found are feasible,
  so the result is never below the exact one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, eye_array, hstack, kron, vstack

from vedette.kernel.assign import edge_components

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WHOLE = 20_000  # pairs × steps up to which a component is solved in one programme


@dataclass(frozen=True, slots=True)
class TrajectoryGospa:
    """`distance`, and its p-th power's parts: localisation + missed + false + switch = distance^p."""

    distance: float
    localisation: float
    missed: float
    false: float
    switch: float


def tgospa(
    step: Ints,
    i: Ints,
    j: Ints,
    d: Floats,
    counts: tuple[int, int],
    *,
    c: float,
    p: float = 2.0,
    gamma: float,
    window: int = 60,
    overlap: int = 20,
) -> TrajectoryGospa:
    """T-GOSPA from the pairs closer than c: truth i, track j, at `step`, at distance d (all (E,)).

    counts  states of all truths and of all tracks over the run
    gamma   γ, the cost of a switch in the unit of d: γ^p from track to track, γ^p / 2 from or to none
    window, overlap  in steps, for components of more than WHOLE pairs × steps
    """
    gain = c**p - d**p
    w, switch = weights(step, i, j, gain, 0.5 * gamma**p, window, overlap)
    held = float(w.sum())
    localisation = float(w @ d**p)
    missed, false = (0.5 * c**p * (count - held) for count in counts)
    total = max(localisation + missed + false + switch, 0.0)
    return TrajectoryGospa(total ** (1.0 / p), localisation, missed, false, switch)


def weights(
    step: Ints, i: Ints, j: Ints, gain: Floats, half: float, window: int, overlap: int
) -> tuple[Floats, float]:
    """The weight (E,) of each close pair at its step, and the switches' cost; `half` = γ^p / 2."""
    w = np.ones(len(gain))
    if len(gain) == 0:
        return w, 0.0
    pair, first, e = np.unique(i * (j.max() + 1) + j, return_index=True, return_inverse=True)
    pi, pj = i[first], j[first]
    label = edge_components(pi, pj, int(i.max()) + 1, int(j.max()) + 1)
    rows = np.argsort(label[e], kind="stable")
    bounds = np.searchsorted(label[e][rows], np.arange(label.max() + 2))
    members = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[members], np.arange(label.max() + 2))
    place = np.empty(len(pair), np.int64)
    place[members] = np.arange(len(pair)) - ends[label[members]]
    switch = 0.0
    for k in np.flatnonzero(np.diff(ends) > 1):
        row, member = rows[bounds[k] : bounds[k + 1]], members[ends[k] : ends[k + 1]]
        # A step at which the component saves nothing changes nothing: leave it out.
        steps, column = np.unique(step[row], return_inverse=True)
        g = np.zeros((len(member), len(steps)))
        g[place[e[row]], column] = gain[row]
        W = solve(g, pi[member], pj[member], half, np.empty(0), window, overlap)
        w[row] = W[place[e[row]], column]
        switch += half * float(np.abs(np.diff(W, axis=1)).sum())
    return w, switch


def solve(g: Floats, i: Ints, j: Ints, half: float, before: Floats, window: int, overlap: int) -> Floats:
    """Weights w (E, T) of pairs (i, j) that maximise Σ g w − half Σ |w(k) − w(k−1)|, one track per truth.

    `before` (E,) is w at the step before the first, or empty where there is none.
    """
    E, T = g.shape
    hub = len(np.unique(i)) == 1 or len(np.unique(j)) == 1
    if hub and bool(np.all((before == 0.0) | (before == 1.0))):
        holder = _holders(g, half, _at_start(before, E, half))
        return np.asarray(holder[None, :] == np.arange(E)[:, None], np.float64)
    if E * T <= WHOLE or window + overlap >= T:
        return _programme(g, i, j, half, before)
    w = np.zeros((E, T))
    for a in range(0, T, window):
        ahead = g[:, a : a + window + overlap]
        live = (ahead > 0.0).any(axis=1)
        if before.size:
            live |= before > 0.0
        kept = min(window, T - a)
        w[live, a : a + kept] = _split(
            ahead[live], i[live], j[live], half, before[live] if before.size else before
        )[:, :kept]
        before = w[:, a + kept - 1]
    return w


def _split(g: Floats, i: Ints, j: Ints, half: float, before: Floats) -> Floats:
    """One window, component by component of the pairs that matter in it."""
    w = np.zeros(g.shape)
    label = edge_components(i, j, int(i.max()) + 1, int(j.max()) + 1) if len(i) else i
    for k in range(int(label.max(initial=-1)) + 1):
        some = label == k
        start = before[some] if before.size else before
        w[some] = solve(g[some], i[some], j[some], half, start, g.shape[1], 0)
    return w


def _at_start(before: Floats, E: int, half: float) -> Floats:
    """(E+1,) what being held by each pair, or by none (last), has cost when the first step begins."""
    if before.size == 0:
        return np.zeros(E + 1)
    at = np.append(before, 1.0 - before.sum())
    spoke = np.append(np.full(E, half), 0.0)
    was = int(np.argmax(at))
    to = spoke + spoke[was]
    to[was] = 0.0
    return np.asarray(-to)


@njit(cache=True, error_model="numpy")
def _holders(g: Floats, half: float, start: Floats) -> Ints:
    """The best sequence of holders (T,) in 0…E, E for none (Viterbi, IEEE T-IT 13(2), 1967); g (E, T)."""
    E, T = g.shape
    score = start.copy()
    came = np.empty((T, E + 1), np.int64)
    for k in range(T):
        # Every change of holder leads over the hub: half a switch to leave, half to arrive.
        hub, best = E, score[E]
        for s in range(E):
            if score[s] - half > best:
                hub, best = s, score[s] - half
        for s in range(E):
            came[k, s] = s
            if k > 0 and best - half > score[s]:
                score[s], came[k, s] = best - half, hub
            score[s] += g[s, k]
        came[k, E] = E
        if k > 0 and best > score[E]:
            score[E], came[k, E] = best, hub
    holder = np.empty(T, np.int64)
    holder[T - 1] = np.argmax(score)
    for k in range(T - 1, 0, -1):
        holder[k - 1] = came[k, holder[k]]
    return holder


def _programme(g: Floats, i: Ints, j: Ints, half: float, before: Floats) -> Floats:
    """The linear programme: variables w (T, E), then u (T′, E) ≥ |change of w|."""
    E, T = g.shape
    first = before.size > 0  # then there is a change into the first step too
    C = T - 1 + int(first)
    change = coo_array(
        (np.r_[np.ones(C), -np.ones(T - 1)],
         (np.r_[np.arange(C), np.arange(C - T + 1, C)], np.r_[np.arange(T - C, T), np.arange(T - 1)])),
        shape=(C, T),
    )  # fmt: skip
    D = kron(change, eye_array(E), format="csr")
    U = eye_array(C * E, format="csr")
    was = np.zeros((C, E))
    if first:
        was[0] = before
    share = _shares(i, j, E)
    once = kron(eye_array(T), share, format="csr")
    A = vstack([hstack([D, -U]), hstack([-D, -U]), hstack([once, csr_array((once.shape[0], C * E))])])
    b = np.concatenate([was.ravel(), -was.ravel(), np.ones(once.shape[0])])
    cost = np.concatenate([-g.T.ravel(), np.full(C * E, half)])
    upper = np.concatenate([np.ones(T * E), np.full(C * E, np.inf)])
    found = linprog(
        cost, A_ub=A, b_ub=b, bounds=np.column_stack([np.zeros(len(upper)), upper]), method="highs"
    )
    if found.status != 0:
        raise ArithmeticError(f"The T-GOSPA programme of {E} pairs over {T} steps failed: {found.message}")
    return np.asarray(np.clip(found.x[: T * E], 0.0, 1.0).reshape(T, E).T)


def _shares(i: Ints, j: Ints, E: int) -> csr_array:
    """(S, E) one row per truth and per track that several pairs share: their weights sum to at most one."""
    rows = [np.flatnonzero(side == one) for side in (i, j) for one in np.unique(side)]
    rows = [row for row in rows if len(row) > 1]
    at = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return csr_array((np.ones(len(at)), (at, np.concatenate(rows))), shape=(len(rows), E))
