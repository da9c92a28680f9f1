"""One look of a sensor that cannot tell some pairs of targets apart; else as kernel.pmb.look.

Koch & van Keuk (IEEE T-AES 33(3), 1997), with existence as in Williams 2015. If both of a pair (i, k) exist,
the sensor resolves them with probability 1 − P_u and then reports each on its own, or returns one plot of
both with probability P_u P_D^u. With m = r(1 − P)/(1 − rP), relative to "each was missed or is not there":

    φ_dd = 1 − P_u,   φ_d0 = 1 − m_k P_u,   φ_0d = 1 − m_i P_u
    φ_00 = 1 − m_i m_k P_u + r_i r_k P_u (1 − P_D^u) / ((1 − r_i P_i)(1 − r_k P_k))
    g_j  = r_i r_k P_u P_D^u N(z_j; ½ H(x_i + x_k), S_u) / ((1 − r_i P_i)(1 − r_k P_k))

N( ) as in kernel.group. A target's missing is no sign against it where the pair was unresolved, because its
existence given "not reported" is taken over all four cases.

What a look says of there being two and not one of a pair is the ratio of these odds after it and before: that
takes in all other targets and plots around (`told_apart`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.cluster import components
from vedette.kernel.compiled import compiled
from vedette.kernel.gate import gate
from vedette.kernel.group import group_plots
from vedette.kernel.kalman import update_mixtures
from vedette.kernel.pair_marginals import unit_marginals
from vedette.kernel.pmb import SURE, begin, keep_score, weights
from vedette.kernel.resolution import Pairs, group_detection
from vedette.kernel.rows import Rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TINY = 1e-300


@compiled
def units(
    pairs: Pairs, row: Ints, col: Ints, w: Floats, group_row: Ints, group_col: Ints, g: Floats
) -> tuple[Ints, Ints, Ints, Ints, Floats, Ints]:
    """Pairs and targets alone as units, in the order of their first target, with the plots of each.

    row, col, w: pairs target–plot and their weights; group_row, group_col, g: the same of pairs.
    Returns target (U,), pair (U,) (−1: alone), row (U+1,), col (E,), weights (E, 3), source (E, 3): where
    each weight came from, −1 for none.
    """
    first, second, _, _ = pairs
    N, Q, M = row.shape[0] - 1, first.shape[0], 0
    for e in range(col.shape[0]):
        M = max(M, col[e] + 1)
    for e in range(group_col.shape[0]):
        M = max(M, group_col[e] + 1)
    of, half = np.full(N, -1, np.int64), np.zeros(N, np.bool_)
    for q in range(Q):
        of[first[q]], half[second[q]] = q, True
    most = col.shape[0] + group_col.shape[0]
    target, pair = np.empty(N - Q, np.int64), np.empty(N - Q, np.int64)
    row_u, col_u = np.zeros(N - Q + 1, np.int64), np.empty(most, np.int64)
    w_u, source = np.zeros((most, 3)), np.full((most, 3), -1, np.int64)
    at = np.full(M, -1, np.int64)  # plot → its edge in the unit at hand
    U = E = 0
    for i in range(N):
        if half[i]:
            continue
        begun, q = E, of[i]
        for kind in range(3 if q >= 0 else 1):
            if kind < 2:
                t = i if kind == 0 else second[q]
                a, b = row[t], row[t + 1]
            else:
                a, b = group_row[q], group_row[q + 1]
            for e in range(a, b):
                j = group_col[e] if kind == 2 else col[e]
                if at[j] < 0:
                    at[j], col_u[E] = E, j
                    E += 1
                w_u[at[j], kind] = g[e] if kind == 2 else w[e]
                source[at[j], kind] = e
        for e in range(begun, E):
            at[col_u[e]] = -1
        target[U], pair[U], row_u[U + 1] = i, q, E
        U += 1
    return target, pair, row_u, col_u[:E], w_u[:E], source[:E]


@compiled
def look_unresolved(
    pairs: Pairs,
    rows: Rows,
    size: int,
    p_detect: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    t: Ints,
    plot_code: Ints,
    clutter: Floats,
    beta: Floats,
    gamma: float,
    exact_plots: int,
    trust: float,
    unexplained: float,
    rate_of_sensor: float,
    sensor: int,
) -> tuple[Floats, Ints, Ints, int, int, Floats]:
    """kernel.pmb.look where a sensor looks, with the `pairs` of kernel.resolution, and `told_apart` (Q,)."""
    r, _, _, mu, x, P, _, _, _, _, _, _, _, code, _ = rows
    kappa = clutter + beta
    p_new, used, gated, loopy, told = update_unresolved(
        pairs, r[:size], mu[:size], x[:size], P[:size], code[:size], p_detect,
        z, R, tau, plot_code, kappa, gamma, exact_plots, trust,
    )  # fmt: skip
    keep_score(rows, used, t, rate_of_sensor, sensor, True, p_detect)
    r_new, new = begin(p_new, beta, kappa, unexplained)
    return r_new, new, used, gated, loopy, told


@compiled
def update_unresolved(
    pairs: Pairs,
    r: Floats,
    mu: Floats,
    x: Floats,
    P: Floats,
    code: Ints,
    p_detect: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    plot_code: Ints,
    kappa: Floats,
    gamma: float,
    exact_plots: int,
    trust: float,
) -> tuple[Floats, Ints, int, int, Floats]:
    """Update r (N,), mu (N, K), x (N, K, n), P (N, K, n, n), code (N,) in place with a scan.

    Returns the probability that each plot is nobody's (M,), the plot each target uses or −1 (N,), the numbers
    of gated pairs and of loopy clusters, and `told_apart` (Q,).
    """
    N, M, Q = r.shape[0], z.shape[0], pairs[0].shape[0]
    row, col, likely, share = gate(mu, x, P, z, R, tau, gamma)
    w, r_miss = weights(r, p_detect, True, row, col, likely, code, plot_code, trust)
    g_row, g_col, g_log, z_all, R_all, tau_all, g_share = group_plots(pairs, mu, x, P, z, R, tau, gamma)
    g, phi_pair = _pair_weights(pairs, r, p_detect, r_miss, g_row, g_col, g_log, code, plot_code, trust)
    target, pair, row_u, col_u, w_u, source = units(pairs, row, col, w, g_row, g_col, g)
    phi = np.ones((N - Q, 4))
    for u in range(N - Q):
        for a in range(4 if pair[u] >= 0 else 0):
            phi[u, a] = phi_pair[pair[u], a]
    start, members, _ = components(row_u, col_u, M)
    p_u, none, p_new, loopy = unit_marginals(row_u, col_u, w_u, phi, kappa, start, members, exact_plots)

    p, p_group = np.zeros(col.shape[0]), np.zeros(g_col.shape[0])
    for e in range(col_u.shape[0]):
        for kind in range(2):
            if source[e, kind] >= 0:
                p[source[e, kind]] = p_u[e, kind]
        if source[e, 2] >= 0:
            p_group[source[e, 2]] = p_u[e, 2]
    stay = _unreported(pairs, target, pair, none, phi_pair, r, p_detect, r_miss)
    told = told_apart(pairs, pair, row_u, p_u, none, phi_pair, r, p_detect, r_miss)
    partner = np.full(N, -1, np.int64)
    for q in range(Q):
        partner[pairs[0][q]], partner[pairs[1][q]] = 2 * q, 2 * q + 1
    used, omega0, row2, col2, hit, share2 = _settle(
        r, code, stay, row, col, p, share, partner, g_row, g_col, p_group, g_share, plot_code, M
    )
    update_mixtures(mu, x, P, z_all, R_all, tau_all, row2, col2, omega0, hit, share2)
    return p_new, used, col.shape[0], loopy, told


@compiled
def _pair_weights(
    pairs: Pairs,
    r: Floats,
    p_detect: Floats,
    r_miss: Floats,
    row: Ints,
    col: Ints,
    log_l: Floats,
    code: Ints,
    plot_code: Ints,
    trust: float,
) -> tuple[Floats, Floats]:
    """g (G,) and φ (Q, 4) of the module's head. A plot that bears the name of either is the more theirs."""
    first, second, p_merge, _ = pairs
    g, phi = np.empty(col.shape[0]), np.empty((first.shape[0], 4))
    for q in range(first.shape[0]):
        i, k, u = first[q], second[q], p_merge[q]
        seen = group_detection(p_detect[i], p_detect[k])
        both = _both(r[i], p_detect[i], r[k], p_detect[k]) * u
        phi[q, 3], phi[q, 1], phi[q, 2] = 1.0 - u, 1.0 - r_miss[k] * u, 1.0 - r_miss[i] * u
        phi[q, 0] = 1.0 - r_miss[i] * r_miss[k] * u + both * (1.0 - seen)
        for e in range(row[q], row[q + 1]):
            g[e] = both * seen * math.exp(log_l[e])
            name = plot_code[col[e]]
            if name >= 0 and (code[i] == name or code[k] == name):
                g[e] *= trust
            elif name >= 0 and code[i] >= 0 and code[k] >= 0:
                g[e] /= trust
    return g, phi


@compiled
def _both(r: float, p: float, r2: float, p2: float) -> float:
    """r_i r_k / ((1 − r_i P_i)(1 − r_k P_k))"""
    return r * r2 / ((1.0 - min(r * p, SURE)) * (1.0 - min(r2 * p2, SURE)))


@compiled
def _unreported(
    pairs: Pairs,
    target: Ints,
    pair: Ints,
    none: Floats,
    phi: Floats,
    r: Floats,
    p_detect: Floats,
    r_miss: Floats,
) -> Floats:
    """P(exists, and no plot is its) of every target (N,).

    Of a pair, by what became of the other: neither reported, m_i (1 − m_k P_u) and the unresolved miss, over
    φ_00; the other alone reported, m_i (1 − P_u) over φ_0d.
    """
    first, second, p_merge, _ = pairs
    stay = np.empty(r.shape[0])
    for v in range(target.shape[0]):
        q = pair[v]
        if q < 0:
            stay[target[v]] = none[v, 0] * r_miss[target[v]]
            continue
        i, k, u = first[q], second[q], p_merge[q]
        missed = _both(r[i], p_detect[i], r[k], p_detect[k]) * u
        missed *= 1.0 - group_detection(p_detect[i], p_detect[k])
        together = r_miss[i] * r_miss[k] * u
        stay[i] = none[v, 0] * (r_miss[i] - together + missed) / phi[q, 0]
        stay[i] += none[v, 2] * r_miss[i] * (1.0 - u) / phi[q, 2]
        stay[k] = none[v, 0] * (r_miss[k] - together + missed) / phi[q, 0]
        stay[k] += none[v, 1] * r_miss[k] * (1.0 - u) / phi[q, 1]
    return stay


@compiled
def told_apart(
    pairs: Pairs,
    pair: Ints,
    row: Ints,
    p: Floats,
    none: Floats,
    phi: Floats,
    r: Floats,
    p_detect: Floats,
    r_miss: Floats,
) -> Floats:
    """(Q,) log of P(look | both of a pair exist) / P(look | one of them does).

    row (U+1,), p (E, 3), none (U, 3): the units' marginals; r (N,): existence before the look. Of the three
    cases in which not both were reported, with m as above and 1 − m_k = (1 − r_k)/(1 − r_k P_k):

        two: (m_i m_k (1 − P_u) + the unresolved miss)/φ_00,  m_k (1 − P_u)/φ_d0,  m_i (1 − P_u)/φ_0d
        one: (m_i (1 − m_k) + m_k (1 − m_i))/φ_00,            (1 − m_k)/φ_d0,      (1 − m_i)/φ_0d
    """
    first, second, p_merge, _ = pairs
    told = np.empty(first.shape[0])
    for v in range(pair.shape[0]):
        q = pair[v]
        if q < 0:
            continue
        i, k, u = first[q], second[q], p_merge[q]
        r_i, r_k, m_i, m_k = min(r[i], SURE), min(r[k], SURE), r_miss[i], r_miss[k]
        gone_i = (1.0 - r_i) / (1.0 - r_i * p_detect[i])
        gone_k = (1.0 - r_k) / (1.0 - r_k * p_detect[k])
        missed = _both(r_i, p_detect[i], r_k, p_detect[k]) * u
        missed *= 1.0 - group_detection(p_detect[i], p_detect[k])
        two = none[v, 0] * (m_i * m_k * (1.0 - u) + missed) / phi[q, 0]
        two += none[v, 1] * (m_k * (1.0 - u) / phi[q, 1] - 1.0) + none[v, 2] * m_i * (1.0 - u) / phi[q, 2]
        for e in range(row[v], row[v + 1]):
            two += p[e, 0] + p[e, 2]  # the first's own plot, whatever became of the second: less the above
        one = none[v, 0] * (m_i * gone_k + m_k * gone_i) / phi[q, 0]
        one += none[v, 1] * gone_k / phi[q, 1] + none[v, 2] * gone_i / phi[q, 2]
        odds = r_i * r_k / (r_i * (1.0 - r_k) + r_k * (1.0 - r_i))
        told[q] = math.log(max(two, TINY) / (max(one, TINY) * odds))
    return told


@compiled
def _settle(
    r: Floats,
    code: Ints,
    stay: Floats,
    row: Ints,
    col: Ints,
    p: Floats,
    share: Floats,
    partner: Ints,
    g_row: Ints,
    g_col: Ints,
    p_group: Floats,
    g_share: Floats,
    plot_code: Ints,
    M: int,
) -> tuple[Ints, Floats, Ints, Ints, Floats, Floats]:
    """Existence after the look, in place, and the hypotheses of every target's mixture.

    partner (N,) is 2q or 2q + 1 for the first or second of pair q, else −1. Returns used (N,), the weight of
    having been missed (N,), and edges in compressed rows: row, col (a pair's plot from M on), weight, shares.
    """
    N, K = r.shape[0], share.shape[1]
    E = col.shape[0] + 2 * g_col.shape[0]
    row2, col2, hit, share2 = np.zeros(N + 1, np.int64), np.empty(E, np.int64), np.empty(E), np.empty((E, K))
    used, omega0, at = np.full(N, -1, np.int64), np.ones(N), 0
    for i in range(N):
        begun, seen, best, single = at, 0.0, 0.0, 0.0
        for e in range(row[i], row[i + 1]):
            col2[at], hit[at] = col[e], p[e]
            for mode in range(K):
                share2[at, mode] = share[e, mode]
            seen, single, at = seen + p[e], max(single, p[e]), at + 1
            if p[e] > best:
                best, j = p[e], col[e]
        if partner[i] >= 0:
            for e in range(g_row[partner[i] // 2], g_row[partner[i] // 2 + 1]):
                s = 2 * e + partner[i] % 2
                col2[at], hit[at] = M + s, p_group[e]
                for mode in range(K):
                    share2[at, mode] = g_share[s, mode]
                seen, at = seen + p_group[e], at + 1
                if p_group[e] > best:
                    best, j = p_group[e], g_col[e]
        total = stay[i] + seen
        if seen > 0.5:
            used[i] = j
            # Only a plot of its own names a target.
            if single > 0.5 and single == best and plot_code[j] >= 0:
                code[i] = plot_code[j]
        r[i] = min(total, SURE)
        omega0[i] = stay[i] / total if total > 0.0 else 1.0
        for e in range(begun, at):
            hit[e] = hit[e] / total if total > 0.0 else 0.0
        row2[i + 1] = at
    return used, omega0, row2, col2[:at], hit[:at], share2[:at]
