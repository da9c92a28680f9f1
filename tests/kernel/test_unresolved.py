"""Pairs that share a plot: against the sum over all joint events, and against the joint Gaussian update."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from vedette.kernel.cluster import components
from vedette.kernel.group import group_plots
from vedette.kernel.marginals import marginals
from vedette.kernel.pair_marginals import unit_marginals
from vedette.kernel.pmb import look
from vedette.kernel.resolution import group_detection, matching, merge_probability, pairs
from vedette.kernel.unresolved import look_unresolved
from vedette.tracker.bernoulli import Bernoullis

EVERYTHING = 1e9  # a gate that holds all
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)  # over the share of the power that one of two has


def spd(rng, n, size):
    A = rng.standard_normal((n, n))
    return size**2 * (A @ A.T / n + 0.3 * np.eye(n))


# ------------------------------------------------------------- resolution


@pytest.mark.slow
def test_merge_probability_is_the_mean_over_the_separation():
    """Against 400,000 separations drawn, within 4 standard errors; and Koch's formula where it is known."""
    rng = np.random.default_rng(1)
    for _ in range(10):
        d, C, R_u = rng.normal(0, 60, 3), spd(rng, 3, 30.0), spd(rng, 3, 70.0)
        drawn = rng.multivariate_normal(d, C, 100_000)
        p = np.exp(-0.5 * np.einsum("na,ab,nb->n", drawn, np.linalg.inv(R_u), drawn))
        assert merge_probability(d, C, R_u) == pytest.approx(p.mean(), abs=4 * p.std() / math.sqrt(1e5))
        exact = math.exp(-0.5 * d @ np.linalg.solve(R_u, d))
        assert merge_probability(d, np.zeros((3, 3)), R_u) == pytest.approx(exact, rel=1e-12)


def test_one_cell_apart_is_resolved_every_second_time():
    R_u = np.diag([15.0, 131.0, 400.0]) ** 2 / (2 * math.log(2))
    for a in range(3):
        d = np.zeros(3)
        d[a] = (15.0, 131.0, 400.0)[a]
        assert merge_probability(d, np.zeros((3, 3)), R_u) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize(("p", "q"), [(0.9, 0.9), (0.5, 0.5), (0.9, 0.3), (0.05, 0.95), (0.7, 0.0)])
def test_two_powers_that_add_are_seen_as_often_as_stated(p, q):
    """a Exp + b Exp over T, with a and b from P = e^{−T/a}; within 4 standard errors of 400,000 draws."""
    rng, T = np.random.default_rng(2), 13.8
    a, b = (T / -math.log(max(each, 1e-12)) for each in (p, q))
    found = (a * rng.standard_exponential(100_000) + b * rng.standard_exponential(100_000) > T).mean()
    assert group_detection(p, q) == pytest.approx(found, abs=4 * 0.5 / math.sqrt(1e5))
    assert group_detection(p, q) == group_detection(q, p)
    assert group_detection(p, p * (1 + 1e-7)) == pytest.approx(group_detection(p, p), abs=1e-6)


def test_pairs_are_disjoint_and_the_likeliest_first():
    """Four in a row and one far away: the nearest two pair first, and the rest among themselves."""
    x = np.zeros((6, 6))
    x[:, 0] = [0.0, 50.0, 60.0, 130.0, 9e3, 9.001e3]
    P = np.tile(np.eye(6), (6, 1, 1))
    R_u = np.tile(100.0**2 * np.eye(3), (6, 1, 1))
    r = np.array([0.9, 0.9, 0.9, 0.9, 0.9, 0.05])
    first, second, p, cell = pairs(r, x, P, R_u)
    assert list(zip(first, second, strict=True)) == [(0, 3), (1, 2)]
    assert p[1] == pytest.approx(merge_probability(x[1, :3] - x[2, :3], 2 * np.eye(3), R_u[0]))
    np.testing.assert_array_equal(cell, R_u[:2])
    order = np.array([3, 5, 0, 4, 2, 1])
    again = pairs(r[order], x[order], P, R_u)
    assert {frozenset(order[[a, b]]) for a, b in zip(*again[:2], strict=True)} == {
        frozenset((0, 3)),
        frozenset((1, 2)),
    }


# -------------------------------------------------------------- marginals


def solve(W1, W2, G, phi, kappa, exact_plots):
    """Dense unit weights (U, M) → dense marginals, `none`, p_new."""
    gated = (W1 > 0) | (W2 > 0) | (G > 0)
    row = np.concatenate([[0], np.cumsum(gated.sum(1))]).astype(np.int64)
    col = np.nonzero(gated)[1].astype(np.int64)
    start, members, _ = components(row, col, len(kappa))
    w = np.stack([W1[gated], W2[gated], G[gated]], axis=1)
    p, none, p_new, loopy = unit_marginals(row, col, w, phi, kappa, start, members, exact_plots)
    dense = np.zeros((*W1.shape, 3))
    dense[gated] = p
    return dense, none, p_new, loopy


def enumerate_units(W1, W2, G, phi, kappa):
    """Every joint event of all units, spelled out."""
    U, M = W1.shape
    events = [("none",)]
    events += [(name, j) for name in ("first", "second", "both") for j in range(M)]
    events += [("two", j, k) for j in range(M) for k in range(M) if j != k]
    p, none, free, total = np.zeros((U, M, 3)), np.zeros((U, 3)), np.zeros(M), 0.0
    for joint in product(events, repeat=U):
        used = [j for event in joint for j in event[1:]]
        if len(set(used)) < len(used):
            continue
        weight = np.prod([kappa[j] for j in range(M) if j not in used])
        for u, (name, *at) in enumerate(joint):
            weight *= {
                "none": lambda u, at: phi[u, 0],
                "first": lambda u, at: phi[u, 1] * W1[u, at[0]],
                "second": lambda u, at: phi[u, 2] * W2[u, at[0]],
                "both": lambda u, at: G[u, at[0]],
                "two": lambda u, at: phi[u, 3] * W1[u, at[0]] * W2[u, at[1]],
            }[name](u, at)
        total += weight
        for j in range(M):
            free[j] += weight * (j not in used)
        for u, (name, *at) in enumerate(joint):
            if name == "two":
                p[u, at[0], 0] += weight
                p[u, at[1], 1] += weight
            elif name != "none":
                p[u, at[0], ("first", "second", "both").index(name)] += weight
            if name in ("none", "first", "second"):
                none[u, ("none", "first", "second").index(name)] += weight
    return p / total, none / total, free / total


def random_units(rng, U, M):
    pair = rng.random(U) < 0.6
    W1 = rng.gamma(0.5, 3.0, (U, M)) * (rng.random((U, M)) < 0.8)
    W2 = rng.gamma(0.5, 3.0, (U, M)) * (rng.random((U, M)) < 0.8) * pair[:, None]
    G = rng.gamma(0.5, 9.0, (U, M)) * (rng.random((U, M)) < 0.8) * pair[:, None]
    phi = np.where(pair[:, None], rng.random((U, 4)) + 0.05, 1.0)
    return W1, W2, G, phi, rng.gamma(1.0, 1.0, M) + 1e-3


@pytest.mark.parametrize("seed", range(150))
def test_exact_marginals_equal_the_sum_over_all_events(seed):
    rng = np.random.default_rng(seed)
    problem = random_units(rng, *((1, 4), (2, 3), (2, 4), (3, 2))[seed % 4])
    p, none, p_new, loopy = solve(*problem, 12)
    expected = enumerate_units(*problem)
    assert loopy == 0
    for found, right in zip((p, none, p_new), expected, strict=True):
        np.testing.assert_allclose(found, right, atol=1e-12)


def test_belief_propagation_is_exact_within_a_pair_and_near_with_several():
    """One unit is a tree; of several, as of single targets, the error stays small (Williams & Lau 2014)."""
    worst, median = [], []
    for seed in range(150):
        rng = np.random.default_rng(1000 + seed)
        U = 1 + seed % 3
        problem = random_units(rng, U, 4)
        p = solve(*problem, 0)[0]
        exact = solve(*problem, 12)[0] if U > 1 else enumerate_units(*problem)[0]
        if U == 1:
            np.testing.assert_allclose(p, exact, atol=1e-6)
        worst.append(np.abs(p - exact).max())
        median.append(np.median(np.abs(p - exact)[exact > 0]))
    assert max(worst) < 0.2
    assert np.median(median) < 5e-3


@pytest.mark.parametrize("exact_plots", [0, 12])
def test_units_of_one_are_targets(exact_plots):
    """Without pairs: the marginals of kernel.marginals."""
    for seed in range(50):
        rng = np.random.default_rng(seed)
        W = rng.gamma(0.5, 3.0, (4, 5)) * (rng.random((4, 5)) < 0.7)
        kappa, zero = rng.gamma(1.0, 1.0, 5) + 1e-3, np.zeros((4, 5))
        p, none, p_new, _ = solve(W, zero, zero, np.ones((4, 4)), kappa, exact_plots)
        gated = W > 0
        row = np.concatenate([[0], np.cumsum(gated.sum(1))]).astype(np.int64)
        col = np.nonzero(gated)[1].astype(np.int64)
        start, members, _ = components(row, col, 5)
        found = marginals(row, col, W[gated], kappa, start, members, exact_plots)
        np.testing.assert_allclose(p[gated, 0], found[0], atol=1e-6 if exact_plots == 0 else 1e-12)
        np.testing.assert_allclose(none[:, 0], found[1], atol=1e-6 if exact_plots == 0 else 1e-12)
        np.testing.assert_allclose(p_new, found[2], atol=1e-6 if exact_plots == 0 else 1e-12)


# ------------------------------------------------------------ one look, all of it


def scene(rng, N, M, D=2):
    """N targets and M plots within a few tens of metres, and who pairs with whom."""
    x = np.concatenate([rng.normal(0, 40, (N, 1, D)), rng.normal(0, 10, (N, 1, D))], axis=2)
    P = np.array([spd(rng, 2 * D, 15.0) for _ in range(N)])[:, None]
    z, R = rng.normal(0, 40, (M, D)), np.array([spd(rng, D, 12.0) for _ in range(M)]).reshape(M, D, D)
    tau = rng.uniform(0, 0.5, M)
    R_u = np.array([spd(rng, D, 80.0) for _ in range(N // 2)])
    first, second = np.arange(N // 2) * 2, np.arange(N // 2) * 2 + 1
    d = x[first, 0, :D] - x[second, 0, :D]
    C = P[first, 0, :D, :D] + P[second, 0, :D, :D]
    p = np.array([merge_probability(d[q], C[q], R_u[q]) for q in range(N // 2)])
    return x, P, z, R, tau, (first, second, p, R_u)


def bernoullis(r, x, P):
    """Rows of targets in one mode, with nothing else known of them."""
    b = Bernoullis(x.shape[2], 1, 1, room=len(r))
    b.r[:], b.mu[:], b.x[:], b.P[:], b.code[:], b.size = r, 1.0, x, P, -1, len(r)
    return b


def observation(D, tau):
    return np.hstack([np.eye(D), -tau * np.eye(D)])


def likelihoods(x, P, z, R, tau, near):
    """l (N, M) of each target's own plot and of each pair's common one (Q, M), written out."""
    (N, _, n), M = x.shape, len(z)
    D = n // 2
    alone, both = np.zeros((N, M)), np.zeros((len(near[0]), M))
    for j in range(M):
        H = observation(D, tau[j])
        S = [H @ P[i, 0] @ H.T for i in range(N)]
        for i in range(N):
            alone[i, j] = multivariate_normal.pdf(z[j], H @ x[i, 0], S[i] + R[j])
        for q, (i, k) in enumerate(zip(near[0], near[1], strict=True)):
            apart, middle = H @ (x[i, 0] - x[k, 0]), H @ (x[i, 0] + x[k, 0]) / 2
            places = middle + 0.5 * NODES[:, None] * apart
            at = multivariate_normal.pdf(places, z[j], (S[i] + S[k]) / 3 + R[j])
            both[q, j] = 0.5 * WEIGHTS @ at
    return alone, both


def enumerate_existence(r, p, alone, both, kappa, near):
    """Who exists, which pairs are resolved, who is reported, which plot is whose: all of it, summed.

    Returns existence after the look (N,), the probability that each plot is nobody's (M,) and, for each pair,
    the ratio of its odds of being two and not one after the look to those before (Q,).
    """
    N, M, Q = len(r), len(kappa), len(near[0])
    existence, free, total, number = np.zeros(N), np.zeros(M), 0.0, np.zeros((Q, 3))
    for exists in product((0, 1), repeat=N):
        prior = np.prod([r[i] if exists[i] else 1 - r[i] for i in range(N)])
        together = [q for q in range(Q) if exists[near[0][q]] and exists[near[1][q]]]
        for merged in product((0, 1), repeat=len(together)):
            weight = prior * np.prod(
                [near[2][q] if u else 1 - near[2][q] for q, u in zip(together, merged, strict=True)]
            )
            groups = [q for q, u in zip(together, merged, strict=True) if u]
            hidden = {int(near[side][q]) for q in groups for side in (0, 1)}
            # (P_D, likelihoods) of everything that can be reported
            sources = [(p[i], alone[i]) for i in range(N) if exists[i] and i not in hidden]
            sources += [(group_detection(p[near[0][q]], p[near[1][q]]), both[q]) for q in groups]
            for taken in product(range(-1, M), repeat=len(sources)):
                used = [j for j in taken if j >= 0]
                if len(set(used)) < len(used):
                    continue
                w = weight * np.prod([kappa[j] for j in range(M) if j not in used])
                for (seen, likely), j in zip(sources, taken, strict=True):
                    w *= seen * likely[j] if j >= 0 else 1 - seen
                total += w
                existence += w * np.array(exists)
                for q in range(Q):
                    number[q, exists[near[0][q]] + exists[near[1][q]]] += w
                free += w * np.array([j not in used for j in range(M)])
    a, b = r[near[0]], r[near[1]]
    before = a * b / (a * (1 - b) + b * (1 - a))
    return existence / total, free / total, number[:, 2] / number[:, 1] / before


@pytest.mark.parametrize("seed", range(120))
def test_existence_equals_the_sum_over_all_that_may_be(seed):
    rng = np.random.default_rng(seed)
    N, M = ((2, 1), (2, 3), (3, 2), (4, 2), (2, 0), (4, 1))[seed % 6]
    x, P, z, R, tau, near = scene(rng, N, M)
    r, p = rng.uniform(0.1, 0.99, N), rng.uniform(0.2, 0.95, N)
    clutter, beta = rng.uniform(1e-6, 1e-3, M), rng.uniform(1e-7, 1e-4, M)
    alone, both = likelihoods(x, P, z, R, tau, near)
    expected, free, ratio = enumerate_existence(r, p, alone, both, clutter + beta, near)
    b, t = bernoullis(r, x, P), np.zeros(M, np.int64)
    scan = z, R, tau, t, np.full(M, -1), clutter, beta, EVERYTHING, 12, 1.0, 0.0, 0.0, 0
    r_new, *_, told = look_unresolved(near, b.rows(), b.size, p, *scan)
    np.testing.assert_allclose(b.r[:N], expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(r_new, free * beta / (clutter + beta), atol=1e-12)
    np.testing.assert_allclose(told, np.log(ratio), rtol=1e-9, atol=1e-9)


def test_a_pair_that_is_always_resolved_changes_nothing():
    """P_u = 0: as kernel.pmb.look, by the other way of computing it."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        x, P, z, R, tau, (first, second, _, R_u) = scene(rng, 4, 3)
        near = first, second, np.zeros(2), R_u
        r, p = rng.uniform(0.1, 0.99, 4), rng.uniform(0.2, 0.95, 4)
        clutter, beta = rng.uniform(1e-6, 1e-3, 3), rng.uniform(1e-7, 1e-4, 3)
        scan = (
            z,
            R,
            tau,
            np.zeros(3, np.int64),
            np.full(3, -1),
            clutter,
            beta,
            EVERYTHING,
            12,
            1.0,
            0.0,
            0.0,
            0,
        )
        one, two = bernoullis(r, x, P), bernoullis(r, x, P)
        *found, _ = look_unresolved(near, one.rows(), 4, p, *scan)
        right = look(two.rows(), 4, p, True, *scan)
        for a, b in zip([*one.rows(), *found], [*two.rows(), *right], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_the_common_plot_updates_both_as_the_joint_state_would():
    """[x_i, x_k] with z = ½ H(x_i + x_k) + v and 0 = H(x_i − x_k) + n: each half's marginal, to 1e-9."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        D = 2 + seed % 2
        x, P, z, R, tau, near = scene(rng, 2, 1, D)
        row, col, _, z_of, R_of, tau_of, share = group_plots(
            near, np.ones((2, 1)), x, P, z, R, tau, EVERYTHING
        )
        assert list(row) == [0, 1]
        assert list(col) == [0]
        np.testing.assert_allclose(share, 1.0)
        np.testing.assert_allclose(tau_of, tau[0])
        np.testing.assert_array_equal(z_of[0], z[0])
        H = observation(D, tau[0])
        apart = H @ (x[0, 0] - x[1, 0])
        spread = np.outer(apart, apart) + H @ (P[0, 0] + P[1, 0]) @ H.T
        noise = R[0] + spread / 12
        joint = np.block([[P[0, 0], np.zeros((2 * D, 2 * D))], [np.zeros((2 * D, 2 * D)), P[1, 0]]])
        HJ = np.block([[H / 2, H / 2], [H, -H]])
        RJ = np.block([[noise, np.zeros((D, D))], [np.zeros((D, D)), near[3][0]]])
        S = HJ @ joint @ HJ.T + RJ
        K = joint @ HJ.T @ np.linalg.inv(S)
        mean = np.concatenate([x[0, 0], x[1, 0]])
        mean = mean + K @ (np.concatenate([z[0], np.zeros(D)]) - HJ @ mean)
        cov = joint - K @ S @ K.T
        for side in range(2):
            part = slice(2 * D * side, 2 * D * (side + 1))
            S1 = H @ P[side, 0] @ H.T + R_of[1 + side]
            K1 = P[side, 0] @ H.T @ np.linalg.inv(S1)
            np.testing.assert_allclose(
                x[side, 0] + K1 @ (z_of[1 + side] - H @ x[side, 0]), mean[part], rtol=1e-9, atol=1e-8
            )
            np.testing.assert_allclose(P[side, 0] - K1 @ S1 @ K1.T, cov[part, part], rtol=1e-8, atol=1e-7)


def test_the_matching_is_the_greedy_one():
    """Against sorting all edges by value, on random graphs with many equal values."""
    for seed in range(100):
        rng = np.random.default_rng(seed)
        edges = sorted({tuple(sorted(rng.choice(9, 2, replace=False))) for _ in range(20)})
        one, two = (np.array(side, np.int64) for side in zip(*edges, strict=True))
        value = rng.integers(0, 4, len(edges)) / 3.0
        shuffled = rng.permutation(len(edges))
        of = matching(one[shuffled], two[shuffled], value[shuffled], 9)
        found = {(int(one[shuffled][e]), int(two[shuffled][e])) for e in of if e >= 0}
        free, expected = set(range(9)), set()
        for e in sorted(range(len(edges)), key=lambda e: (-value[e], edges[e])):
            if value[e] > 0 and {one[e], two[e]} <= free:
                free -= {one[e], two[e]}
                expected.add((int(one[e]), int(two[e])))
        assert found == expected
