"""Plots with a radial speed: against filterpy's extended Kalman filter with the same linearisation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from filterpy.kalman import ExtendedKalmanFilter
from scipy.stats import norm

from tests.kernel.test_unresolved import spd
from vedette.kernel.gate import gate
from vedette.kernel.gauss import cholesky
from vedette.kernel.group import group_plots
from vedette.kernel.kalman import innovation, posterior, update_mixtures
from vedette.kernel.pmb import first_anywhere, started_anywhere
from vedette.kernel.resolution import merge_probability

WIDE = 1e4  # m/s, an interval in which nothing is ambiguous
EYE = np.array([-300.0, 200.0, 12.0])


def radial_speed(x, tau, eye, D):
    """ż of a state at the plot's time, without linearising."""
    s = x[:D] - tau * x[D:] - eye[:D]
    return x[D:] @ s / np.linalg.norm(s)


def case(rng, D, interval=WIDE):
    x = np.concatenate([rng.normal(0, 4000, D), rng.normal(0, 40, D)])
    P, tau, R = spd(rng, 2 * D, 6.0), rng.uniform(0, 1.0), np.zeros((D + 1, D + 1))
    R[:D, :D], R[D, D] = spd(rng, D, 25.0), 1.3**2
    place = x[:D] - tau * x[D:] + rng.normal(0, 25, D)
    z = np.concatenate(
        [place, [radial_speed(x, tau, EYE, D) + rng.normal(0, 5)], place - EYE[:D], [interval]]
    )
    return x, P, z, R, tau


def observation(x, z, tau, D):
    """H and h(x) as the module's head has them, written out."""
    s = z[D + 1 : 2 * D + 1]
    r = np.linalg.norm(s)
    u, v = s / r, x[D:]
    g = (v - (v @ u) * u) / r
    H = np.zeros((D + 1, 2 * D))
    H[:D] = np.hstack([np.eye(D), -tau * np.eye(D)])
    H[D] = np.concatenate([g, u - tau * g])
    p = x[:D] - tau * v
    return H, np.concatenate([p, [u @ v + g @ (p - z[:D])]])


@pytest.mark.parametrize("D", [2, 3])
def test_update_equals_filterpys_extended_kalman_filter(D):
    for seed in range(50):
        x, P, z, R, tau = case(np.random.default_rng(seed), D)
        ekf = ExtendedKalmanFilter(dim_x=2 * D, dim_z=D + 1)
        ekf.x, ekf.P, ekf.R = x.copy(), P.copy(), R
        ekf.update(
            z[: D + 1], lambda x, z=z, tau=tau: observation(x, z, tau, D)[0],
            lambda x, z=z, tau=tau: observation(x, z, tau, D)[1],
        )  # fmt: skip
        m = D + 1
        nu, PHt, S, L = np.empty(m), np.empty((2 * D, m)), np.empty((m, m)), np.zeros((m, m))
        innovation(x, P, z, R, tau, nu, PHt, S)
        np.testing.assert_allclose(S, ekf.S, rtol=1e-10)
        assert cholesky(S, L, m)
        x1, P1 = np.empty(2 * D), np.empty((2 * D, 2 * D))
        posterior(x, P, nu, PHt, L, x1, P1)
        np.testing.assert_allclose(x1, ekf.x, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(P1, ekf.P, rtol=1e-9, atol=1e-8)
        # and the same through the two kernels that the tracker calls
        mu, X, C = np.ones((1, 1)), x[None, None].copy(), P[None, None].copy()
        row, col, likely, share = gate(mu, X, C, z[None], R[None], np.array([tau]), 1e9)
        assert math.log(likely[0]) == pytest.approx(ekf.log_likelihood, rel=1e-9)
        one = np.ones(1)
        update_mixtures(mu, X, C, z[None], R[None], np.array([tau]), row, col, 0 * one, one, share)
        np.testing.assert_allclose(X[0, 0], ekf.x, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(C[0, 0], ekf.P, rtol=1e-9, atol=1e-8)


def test_gate_finds_every_pair_and_no_other():
    """In space, of modes that differ, against every pair the obvious way: there are pairs that the place
    leaves out, pairs that only the speed leaves out, and pairs that one mode alone lets in."""
    rng, gamma, found, why = np.random.default_rng(4), 12.0, {}, set()
    some = [case(rng, 3) for _ in range(24)]
    x, P, z, R, tau = (np.array(each) for each in zip(*some, strict=True))
    x[:, :3], z[:, :3] = 0.01 * x[:, :3], z[:, :3] - 0.99 * x[:, :3]  # close to each other
    x, P = np.stack([x, x + rng.normal(0, 3, x.shape)], axis=1), np.stack([P, 9 * P], axis=1)
    mu = rng.dirichlet([2, 1], len(x))
    for i, j in np.ndindex(len(x), len(z)):
        d2, place, weight = np.empty(2), np.empty(2), np.empty(2)
        for k in range(2):
            H, h = observation(x[i, k], z[j], tau[j], 3)
            S, nu = H @ P[i, k] @ H.T + R[j], z[j, :4] - h
            d2[k], place[k] = nu @ np.linalg.solve(S, nu), nu[:3] @ np.linalg.solve(S[:3, :3], nu[:3])
            weight[k] = mu[i, k] * math.exp(-0.5 * d2[k]) / math.sqrt(np.linalg.det(2 * np.pi * S))
        near = d2 < gamma
        why.add((bool((place < gamma).any()), bool(near.any()), bool(near.all())))
        if near.any():
            found[i, j] = weight
    assert why == {(False, False, False), (True, False, False), (True, True, False), (True, True, True)}
    row, col, likely, share = gate(mu, x, P, z, R, tau, gamma)
    pairs = [(i, int(j)) for i in range(len(x)) for j in col[row[i] : row[i + 1]]]
    assert pairs == list(found)
    weights = np.array(list(found.values()))
    np.testing.assert_allclose(likely, weights.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(share, weights / weights.sum(axis=1, keepdims=True), rtol=1e-8)


def test_the_linearisation_is_the_derivative():
    """At the plot itself and the predicted velocity: central differences of the exact radial speed."""
    for seed in range(20):
        x, _, z, _, tau = case(np.random.default_rng(seed), 3)
        there = x.copy()
        there[:3] = z[:3] + tau * x[3:]
        H, h = observation(there, z, tau, 3)
        assert h[3] == pytest.approx(radial_speed(there, tau, EYE, 3))
        for a in range(6):
            step = np.zeros(6)
            step[a] = 1e-3
            slope = (radial_speed(there + step, tau, EYE, 3) - radial_speed(there - step, tau, EYE, 3)) / 2e-3
            assert H[3, a] == pytest.approx(slope, abs=1e-6)


def test_folded_speeds_update_as_unfolded_ones():
    """A speed known but for multiples of 120 m/s, of a target whose speed is known to a few."""
    for seed in range(20):
        x, P, z, R, tau = case(np.random.default_rng(seed), 3)
        x[3:] *= 5
        z[3] = radial_speed(x, tau, EYE, 3) + 2.0
        folded = z.copy()
        folded[3], folded[7] = math.remainder(z[3], 120.0), 120.0
        found = []
        for each in (z, folded):
            nu, PHt, S = np.empty(4), np.empty((6, 4)), np.empty((4, 4))
            innovation(x, P, each, R, tau, nu, PHt, S)
            found.append((nu, PHt, S))
        for one, other in zip(*found, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-9)


@pytest.mark.parametrize("why", ["no speed", "ambiguous"])
def test_a_speed_that_says_nothing_has_density_one_over_the_interval(why):
    """Likelihood: that of the position plot, over the interval. Update: that of the position plot."""
    for seed in range(20):
        x, P, z, R, tau = case(np.random.default_rng(seed), 3, 200.0)
        if why == "no speed":
            R[3, 3] = 1e12
        else:
            P[3:] *= 20
            P[:, 3:] *= 20
        t, one, mu = np.array([tau]), np.ones(1), np.ones((1, 1))
        results = []
        for z1, R1 in ((z, R), (z[:3], R[:3, :3])):
            X, C = x[None, None].copy(), P[None, None].copy()
            row, col, likely, share = gate(mu, X, C, z1[None].copy(), R1[None].copy(), t, 1e9)
            update_mixtures(mu, X, C, z1[None].copy(), R1[None].copy(), t, row, col, 0 * one, one, share)
            results.append((math.log(likely[0]), X, C))
        assert results[0][0] == pytest.approx(results[1][0] - math.log(200.0), rel=1e-9)
        np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(results[0][2], results[1][2], rtol=1e-9, atol=1e-8)


def test_first_plot_with_a_speed():
    """Velocity prior N(0, V) updated along the line of sight; β times N(ż; 0, uᵀVu + σ²)."""
    sigma_v = np.array([80.0, 70.0, 8.0])
    for seed in range(20):
        _, _, z, R, tau = case(np.random.default_rng(seed), 3)
        args = np.ones(1), 0.0, sigma_v
        beta = first_anywhere(0.0, 2.0, *args, z[None], R[None], np.array([0.7]))
        u = z[4:7] / np.linalg.norm(z[4:7])
        V = np.diag(sigma_v**2)
        S = u @ V @ u + R[3, 3]
        assert beta[0] == pytest.approx(0.7 * 2.0 * norm.pdf(z[3], 0, math.sqrt(S)), rel=1e-10)
        x, P = started_anywhere(np.array([0]), sigma_v, z[None], R[None], np.array([tau]))
        v = V @ u * z[3] / S
        C = V - np.outer(V @ u, V @ u) / S
        np.testing.assert_allclose(x[0], np.concatenate([z[:3] + tau * v, v]), rtol=1e-10)
        expected = np.block([[R[:3, :3] + tau**2 * C, tau * C], [tau * C, C]])
        np.testing.assert_allclose(P[0], expected, rtol=1e-9, atol=1e-9)
        # Ambiguous: as a position plot, over the interval.
        z[7] = 100.0
        beta = first_anywhere(0.0, 2.0, *args, z[None], R[None], np.array([0.7]))
        assert beta[0] == pytest.approx(0.7 * 2.0 / 100.0, rel=1e-10)
        x, P = started_anywhere(np.array([0]), sigma_v, z[None], R[None], np.array([tau]))
        plain = started_anywhere(
            np.array([0]), sigma_v, z[None, :3].copy(), R[None, :3, :3].copy(), np.array([tau])
        )
        np.testing.assert_allclose(x, plain[0], rtol=1e-12)
        np.testing.assert_allclose(P, plain[1], rtol=1e-12)


def test_the_common_plot_of_two_has_a_speed_too():
    """As the position of a merged plot: the marginals of the joint update, with each target's own H."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x, P, z, R, tau = case(rng, 3)
        x2 = x + np.concatenate([rng.normal(0, 20, 3), rng.normal(0, 1, 3)])
        P2, R_u = spd(rng, 6, 6.0), spd(rng, 3, 90.0)
        X, C = np.array([x, x2])[:, None], np.array([P, P2])[:, None]
        p = merge_probability(x[:3] - x2[:3], P[:3, :3] + P2[:3, :3], R_u)
        near = np.array([0]), np.array([1]), np.array([p]), R_u[None]
        t = np.array([tau])
        _, col, _, z_of, R_of, _, _ = group_plots(near, np.ones((2, 1)), X, C, z[None], R[None], t, 1e9)
        assert len(col) == 1
        (H1, h1), (H2, h2) = (observation(each, z, tau, 3) for each in (x, x2))
        apart = h1 - h2
        spread = np.outer(apart, apart) + H1 @ P @ H1.T + H2 @ P2 @ H2.T
        zero, noise = np.zeros((6, 6)), R + spread / 12
        joint = np.block([[P, zero], [zero, P2]])
        HJ = np.block([[H1 / 2, H2 / 2], [H1[:3], -H2[:3]]])
        RJ = np.block([[noise, np.zeros((4, 3))], [np.zeros((3, 4)), R_u]])
        S = HJ @ joint @ HJ.T + RJ
        K = joint @ HJ.T @ np.linalg.inv(S)
        mean = np.concatenate([x, x2]) + K @ np.concatenate([z[:4] - (h1 + h2) / 2, -apart[:3]])
        cov = joint - K @ S @ K.T
        for side, (state, own) in enumerate(((x, P), (x2, P2))):
            part = slice(6 * side, 6 * (side + 1))
            mu, X1, C1 = np.ones((1, 1)), state[None, None].copy(), own[None, None].copy()
            one, zj, Rj = np.ones(1), z_of[1 + side][None].copy(), R_of[1 + side][None].copy()
            row, col = np.array([0, 1]), np.array([0])
            update_mixtures(mu, X1, C1, zj, Rj, t, row, col, 0 * one, one, np.ones((1, 1)))
            np.testing.assert_allclose(X1[0, 0], mean[part], rtol=1e-7, atol=1e-5)
            np.testing.assert_allclose(C1[0, 0], cov[part, part], rtol=1e-6, atol=1e-5)
