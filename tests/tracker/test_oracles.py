"""The filter against other people's filters on the same plots, and against closed forms."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from vedette.kernel.cluster import components
from vedette.kernel.marginals import marginals
from vedette.kernel.pmb import first_detections, survive, weights
from vedette.scenario.reference import vo12, w15, weak9
from vedette.study.oracles import (
    mean_ospa,
    rms_gospa,
    vo12_setting,
    w15_setting,
    weak9_setting,
)


def test_w15_equals_the_reference_implementation_in_all_four_figures():
    """MTT's PMB with Murty's 200 best (Octave) and exact marginals: 3.1966, 1.9009, 2.0031, 1.6102."""
    got = rms_gospa((w15(s) for s in range(1, 11)), w15_setting(), c=10.0)
    assert got["gospa"] == pytest.approx(3.1966, abs=5e-4)
    assert got["localisation"] == pytest.approx(1.9009, abs=5e-4)
    assert got["missed"] == pytest.approx(2.0031, abs=5e-4)
    assert got["false"] == pytest.approx(1.6102, abs=5e-4)


def test_vo12_equals_the_reference_seed_by_seed():
    """Belief propagation: 11.21, 11.66, 11.48, 11.35, 11.39; mean 11.42."""
    got = [mean_ospa([vo12(s)], vo12_setting(), c=100.0) for s in range(1, 6)]
    assert got == pytest.approx([11.21, 11.66, 11.48, 11.35, 11.39], abs=0.006)
    assert np.mean(got) == pytest.approx(11.42, abs=0.03)


@pytest.mark.parametrize(("kind", "bound"), [("a", 193.5), ("b", 171.5), ("c", 137.5)])
def test_weak_targets_in_dense_clutter(kind, bound):
    """Other people's PMB with 200 hypotheses: 198.4, 174.0, 149.1."""
    got = rms_gospa((weak9(kind, s) for s in range(1, 6)), weak9_setting(kind), c=100.0)
    assert got["gospa"] <= bound


def test_the_scenarios_regenerate_from_their_seeds():
    """Plots counted and hashed when the figures above were made; Vo12's first plot is published."""
    assert [sum(map(len, vo12(s).scans)) for s in range(1, 6)] == [3663, 3777, 3816, 3665, 3758]
    np.testing.assert_allclose(vo12(1).scans[0][0], (-13.03157232, -0.94644133), atol=5e-9)
    assert sum(map(len, w15(1).scans)) == 1063
    assert sum(map(len, weak9("a", 1).scans)) == 1189


def digest(planes):
    """Of all plots, rounded to a micrometre so that a last bit of mathematics does not matter."""
    h = hashlib.sha256()
    for plane in planes:
        h.update(np.round(np.vstack(plane.scans), 6).tobytes())
    return h.hexdigest()[:16]


@pytest.mark.parametrize(
    ("planes", "expected"),
    [
        ([w15(s) for s in range(1, 11)], "b833505813407e2a"),
        ([vo12(s) for s in range(1, 6)], "94ebe56df9f7d623"),
        ([weak9("a", s) for s in range(1, 6)], "439ab18bac6bb273"),
        ([weak9("b", s) for s in range(1, 6)], "28ec635529c7e203"),
        ([weak9("c", s) for s in range(1, 6)], "901d70cd8239168f"),
    ],
    ids=["w15", "vo12", "weak9a", "weak9b", "weak9c"],
)
def test_the_plots_are_those_the_reference_figures_were_made_on(planes, expected):
    """Hashes of the stored plots that the other implementations were run on."""
    assert digest(planes) == expected


def ipda(r, p, clutter, likelihoods):
    """One target through the same kernels the tracker uses; returns r⁺ and β (miss, plot 1, plot 2, …)."""
    M = len(likelihoods)
    row, col = np.array([0, M]), np.arange(M)
    none = np.full(max(M, 1), -1)
    likely = np.array(likelihoods, float)
    w, r_miss = weights(np.array([r]), np.array([p]), True, row, col, likely, none[:1], none, 1.0)
    start, members, _ = components(row, col, M)
    prob, miss, _, _ = marginals(row, col, w, np.full(M, clutter), start, members, 12)
    r_plus = miss[0] * r_miss[0] + prob.sum()
    return r_plus, np.array([miss[0] * r_miss[0], *prob]) / r_plus


def test_one_target_is_ipda():
    """Mušicki's IPDA: Δ = 1 − p + p Σ l/λ, r⁺ = r Δ / (1 − r + r Δ); digits computed by hand."""
    r, beta = ipda(0.3, 0.7, 1e-4, [2e-4, 5e-5])
    assert r == pytest.approx(0.46768060836, abs=1e-11)
    np.testing.assert_allclose(beta, [0.1463414634, 0.6829268293, 0.1707317073], atol=1e-10)


def test_one_miss_is_ipda():
    assert ipda(0.3, 0.7, 1e-4, [])[0] == pytest.approx(0.1139240506, abs=1e-10)


def test_silence_of_a_transmitter_is_bayes():
    """P(real | silent for dt): r s / (1 − r + r s), s = e^{−rate dt}; survival first."""
    r = np.array([0.9, 0.9])
    survive(r, np.array([0.1, 0.0]), 0.99, 30.0)
    prior, s = 0.9 * 0.99, np.exp(-3.0)
    assert r[0] == pytest.approx(prior * s / (1 - prior + prior * s), rel=1e-12)
    assert r[1] == pytest.approx(prior, rel=1e-12)


def test_first_detection_of_a_single_gaussian_is_a_kalman_update():
    rng = np.random.default_rng(2)
    x, P = rng.standard_normal((1, 4)), np.diag([9.0, 9, 4, 4])[None]
    z, R = rng.standard_normal((1, 2)), np.eye(2)[None]
    beta, mean, cov = first_detections(np.array([0.5]), x, P, z, R, np.zeros(1), 0.8)
    S = P[0, :2, :2] + R[0]
    K = P[0, :, :2] @ np.linalg.inv(S)
    nu = z[0] - x[0, :2]
    likelihood = np.exp(-0.5 * nu @ np.linalg.solve(S, nu)) / (2 * np.pi * np.sqrt(np.linalg.det(S)))
    assert beta[0] == pytest.approx(0.5 * 0.8 * likelihood, rel=1e-12)
    np.testing.assert_allclose(mean[0], x[0] + K @ nu, rtol=1e-12)
    np.testing.assert_allclose(cov[0], P[0] - K @ S @ K.T, rtol=1e-12, atol=1e-14)
