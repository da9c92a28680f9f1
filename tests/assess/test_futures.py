"""Sampled futures against closed forms, other formulas of the same thing, and assess.approach."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import chisquare, invgauss, kstest, lognorm, norm

from tests.assess.test_approach import circle, random_case
from vedette.assess.approach import entries
from vedette.assess.futures import CRUISE, HOVER, MANOEUVRE, Flights, Goals, Sight, Ways, fly
from vedette.assess.outlook import delays, factors
from vedette.assess.outlook_config import OutlookConfig
from vedette.kernel.motion import damped_velocity

NEVER = 1e12
BLIND = Sight(np.zeros((1, 1, 1)), np.array([100.0]), 0.0, 1.0)


def ways(**changed):
    """Straight and sure, unless told otherwise."""
    settings = {
        "q_u": 0.0, "q_up": 0.0, "q_c": 0.0, "tau": 10.0, "q_m": 0.0, "q_h": 0.0, "tau_h": 2.0,
        "T": np.full(3, NEVER), "fast": 20.0, "slow": 15.0, "turn": 60.0, "goals": 3, "lost": NEVER,
        "hits": 3, "least": 1.0, "most": 10.0,
    }  # fmt: skip
    return Ways(**settings | changed)


def flights(x, P=None, *, r=1.0, mu=(1.0, 0.0, 0.0), turns=0.0, told=0.0, silent=0.0):
    x = np.atleast_2d(np.array(x, float))
    N = len(x)
    P = np.zeros((6, 6)) if P is None else np.array(P, float)
    return Flights(
        x, factors(np.broadcast_to(P, (N, 6, 6))), np.full(N, r), np.tile(np.array(mu, float), (N, 1)),
        np.full(N, turns), np.full(N, silent), np.full(N, told),
    )  # fmt: skip


def goals(*places, radius=1000.0, ceiling=4000.0):
    return Goals(np.array(places, float).reshape(-1, 2), np.full(len(places), float(radius)), ceiling)


def flown(flights, ways, goals, *, futures=1, delay=0.0, horizon=600.0, seed=1, sight=BLIND):
    """arrival (F, N, A), decided (F, N), end (F, N, 7)."""
    N, A = len(flights.r), len(goals.radius)
    arrival, decided, end = np.empty((futures, N, A)), np.empty((futures, N)), np.empty((futures, N, 7))
    work = np.full((futures, N), float(delay))
    fly(np.random.default_rng(seed), flights, ways, goals, sight, work, horizon, arrival, decided, end)
    return arrival, decided, end


# Certain cases ---------------------------------------------------------------------------------------------


def test_a_sure_straight_flight_arrives_when_the_rule_of_three_says():
    arrival, decided, end = flown(
        flights([-7000.0, 0, 100, 50, 0, 0]),
        ways(),
        goals((0, 0), (0, 900), (0, 1100), (0, -5000)),
        delay=42.0,
    )
    chord = np.sqrt(1000.0**2 - 900.0**2)
    np.testing.assert_allclose(arrival[0, 0], [6000 / 50, (7000 - chord) / 50, np.inf, np.inf], rtol=1e-9)
    assert decided[0, 0] == pytest.approx(42.0)
    np.testing.assert_allclose(end[0, 0], [23_000, 0, 100, 50, 0, 0, CRUISE], rtol=1e-9)


def test_inside_is_now_and_above_the_ceiling_is_never_until_it_descends():
    x = [[0.0, 0, 100, 0, 0, 0], [0, 0, 5000, 0, 0, 0], [0, 0, 5000, 0, 0, -10]]
    arrival, _, _ = flown(flights(x), ways(), goals((0, 0), ceiling=4000.0))
    assert arrival[0, 0, 0] == 0.0
    assert arrival[0, 1, 0] == np.inf
    assert 100.0 <= arrival[0, 2, 0] <= 110.0  # told at the end of the step in which it comes through


def test_a_target_that_is_hardly_there_comes_as_seldom():
    arrival, decided, end = flown(
        flights([-7000.0, 0, 100, 50, 0, 0], r=0.3), ways(), goals((0, 0)), futures=20_000
    )
    there = np.isfinite(arrival[:, 0, 0])
    assert there.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 20_000))
    assert np.array_equal(there, np.isfinite(decided[:, 0]))
    assert np.array_equal(there, np.isfinite(end[:, 0, 0]))


def test_one_with_a_goal_goes_there_and_alike_to_the_nearest():
    start = flights([-7000.0, 3000, 100, 0, 50, 0], turns=1.0)
    places = [(0, 0), (0, 6000), (1000, 3000), (90_000, 0)]
    arrival, _, _ = flown(start, ways(turn=1e-6), goals(*places, radius=1.0), futures=9000)
    come = np.isfinite(arrival[:, 0])
    assert not come[:, 3].any()
    assert (come.sum(axis=1) >= 1).all()
    assert chisquare(come[:, :3].sum(axis=0)).pvalue > 1e-3
    distance = np.hypot(7000, 3000)
    for a in (0, 1):  # straight there, at its speed
        np.testing.assert_allclose(arrival[come[:, a], 0, a], (distance - 1) / 50, rtol=1e-3)


def test_it_turns_after_an_exponential_time():
    start = flights([-20_000.0, 0, 100, -50, 0, 0], turns=1.0)
    arrival, _, _ = flown(start, ways(turn=40.0), goals((0, 0), radius=1.0), futures=4000, horizon=3000.0)
    turned = (50 * arrival[:, 0, 0] - 20_000 + 1) / 100  # it flew away for t and has that to make up for
    assert kstest(turned, "expon", args=(0, 40.0)).pvalue > 1e-3


def test_the_same_generator_gives_the_same_futures():
    start = flights(
        [[-7000.0, 900, 100, 50, 0, 0]] * 3, np.diag([100.0] * 3 + [4.0] * 3), turns=0.5, told=1.0
    )
    full = ways(q_u=0.05, q_up=0.01, q_c=0.5, q_m=40.0, q_h=1.0, T=np.array([20.0, 5, 15]), lost=60.0)
    first, again, other = (
        flown(start, full, goals((0, 0)), futures=50, delay=60.0, seed=seed) for seed in (1, 1, 2)
    )
    assert all(a.tobytes() == b.tobytes() for a, b in zip(first, again, strict=True))
    assert first[2].tobytes() != other[2].tobytes()


# Motion ----------------------------------------------------------------------------------------------------


def test_a_gaussian_speed_gives_its_quantiles_to_the_time_of_arrival():
    start = flights([-10_000.0, 0, 100, 50, 0, 0], np.diag([0, 0, 0, 4.0, 0, 0]))
    arrival, _, _ = flown(start, ways(), goals((0, 0), radius=3000.0), futures=20_000)
    for share in (0.1, 0.5, 0.9):
        exact = 7000.0 / norm(50.0, 2.0).ppf(1.0 - share)
        assert np.quantile(arrival[:, 0, 0], share) == pytest.approx(exact, rel=0.003)


def test_the_whole_covariance_is_drawn_from():
    rng = np.random.default_rng(3)
    A = rng.normal(size=(6, 6)) * [100, 100, 10, 3, 3, 1]
    P = A.T @ A
    mean = np.array([0.0, 0, 9000, 30, 10, 0])
    _, _, end = flown(flights(mean, P), ways(), goals(), futures=40_000, horizon=20.0)
    F = np.eye(6) + 20.0 * np.eye(6, k=3)
    want = F @ P @ F.T
    scale = np.sqrt(np.outer(np.diag(want), np.diag(want)))
    assert np.abs(np.cov(end[:, 0, :6].T) - want).max() < 0.03 * scale.max()
    np.testing.assert_allclose((np.cov(end[:, 0, :6].T) - want) / scale, 0.0, atol=0.03)


@pytest.mark.parametrize("most", [3.0, 1000.0])
def test_a_manoeuvre_is_white_acceleration_whatever_the_step(most):
    """Of the same covariance as Bar-Shalom's Q, in one step or in many."""
    _, _, end = flown(
        flights([0, 0, 100, 30, 0, 0], mu=(0, 1, 0)),
        ways(q_m=40.0, most=most),
        goals(),
        futures=20_000,
        horizon=30.0,
    )
    t, q = 30.0, 40.0
    Q = np.array([[q * t**3 / 3, q * t**2 / 2], [q * t**2 / 2, q * t]])
    for a in (0, 1):
        np.testing.assert_allclose(np.cov(end[:, 0, [a, 3 + a]].T) / Q, 1.0, atol=0.05)
    np.testing.assert_allclose(end[:, 0, :6].mean(axis=0), [900, 0, 100, 30, 0, 0], atol=25)


@pytest.mark.parametrize("most", [0.7, 1000.0])
def test_hovering_is_the_trackers_own_hovering(most):
    _, _, end = flown(
        flights([0, 0, 100, 12, 0, 0], mu=(0, 0, 1)),
        ways(q_h=1.0, most=most),
        goals(),
        futures=20_000,
        horizon=7.0,
    )
    alpha, beta, q_pp, q_pv, q_vv = damped_velocity(1.0, 2.0, 7.0)
    Q = np.array([[q_pp, q_pv], [q_pv, q_vv]])
    for a, (p, v) in enumerate(((12 * alpha, 12 * beta), (0, 0))):
        np.testing.assert_allclose(end[:, 0, [a, 3 + a]].mean(axis=0), [p, v], atol=0.12)
        np.testing.assert_allclose(np.cov(end[:, 0, [a, 3 + a]].T) / Q, 1.0, atol=0.05)


def test_cruise_returns_to_the_wanted_velocity():
    """The variance of v settles at q τ/2, and v is what the track said at the start."""
    spread = ways(q_c=0.5, tau=10.0)
    for horizon, share in ((1e-6, 0.0), (5.0, 1 - np.exp(-0.5)), (300.0, 1.0)):
        _, _, end = flown(flights([0, 0, 100, 50, 0, 0]), spread, goals(), futures=20_000, horizon=horizon)
        v = end[:, 0, 3]  # v₀ − d₀ + d(t): variance 2 (1 − e^{−t/τ}) q τ/2
        assert v.mean() == pytest.approx(50.0, abs=0.05)
        assert v.var() == pytest.approx(2.0 * share * 0.5 * 10.0 / 2.0, rel=0.04, abs=1e-4)


@pytest.mark.parametrize("start", [CRUISE, MANOEUVRE, HOVER])
@pytest.mark.parametrize("horizon", [4.0, 30.0])
def test_ways_change_as_the_matrix_exponential_says(start, horizon):
    T = np.array([20.0, 5.0, 15.0])
    G = np.repeat(1.0 / (2.0 * T)[:, None], 3, axis=1)
    np.fill_diagonal(G, -1.0 / T)
    _, _, end = flown(
        flights([0, 0, 100, 10, 0, 0], mu=np.eye(3)[start]),
        ways(T=T),
        goals(),
        futures=20_000,
        horizon=horizon,
    )
    seen = np.bincount(end[:, 0, 6].astype(int), minlength=3)
    assert chisquare(seen, 20_000 * expm(G * horizon)[start]).pvalue > 1e-3


def test_what_is_fast_does_not_hover():
    _, _, end = flown(
        flights([0, 0, 100, 40, 0, 0], mu=(0.2, 0.2, 0.6)), ways(T=np.array([20.0, 5, 15])), goals(),
        futures=20_000, horizon=2000.0,
    )  # fmt: skip
    assert np.bincount(end[:, 0, 6].astype(int)) / 20_000 == pytest.approx([0.8, 0.2], abs=0.015)


@pytest.mark.slow
def test_brownian_motion_with_drift_first_passes_as_the_inverse_gaussian_says():
    """d with a short memory makes the way u t + σ W, σ² = q τ²; the edge of a huge circle is a line.

    First passage of distance a: inverse Gaussian with mean a/u and shape a²/σ² (Schrödinger 1915).
    """
    a, u, sigma, tau, dt, R = 1000.0, 10.0, 60.0, 0.02, 0.25, 1e9
    start = flights([-a, 0, 100, u, 0, 0], mu=(0, 1, 0))  # of a manoeuvre that ends at once: u is known
    arrival, _, _ = flown(
        start,
        ways(q_c=(sigma / tau) ** 2, tau=tau, least=dt, most=dt, fast=0.0, T=np.array([NEVER, 1e-9, 1.0])),
        Goals(np.array([[R, 0.0]]), np.array([R]), 1e9), futures=2000, horizon=800.0,
    )  # fmt: skip
    # looked at every dt only, as if the line were further off (Broadie, Glasserman & Kou 1997)
    seen = a + 0.5826 * sigma * np.sqrt(dt)
    mean, shape = seen / u, seen**2 / sigma**2
    assert kstest(arrival[:, 0, 0], invgauss(mean / shape, scale=shape).cdf).pvalue > 1e-3


# Sensors and people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("median", "spread"), [(60.0, 0.7), (20.0, 1.0)])
def test_delays_are_log_normal_and_wear_off(median, spread):
    config = OutlookConfig(decision_s=median, decision_spread=spread)
    found = delays(np.random.default_rng(1), np.array([0.0, 45.0, np.inf]), config, 20_000)
    exact = lognorm(spread, scale=median)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(found[:, 0], share) == pytest.approx(exact.ppf(share), rel=0.05)
        left = exact.isf(exact.sf(45.0) * (1.0 - share)) - 45.0  # of those not done after 45 s
        assert np.quantile(found[:, 1], share) == pytest.approx(left, rel=0.07)
    assert not found[:, 2].any()


def test_nothing_is_left_to_do_where_deciding_takes_no_time():
    assert not delays(np.random.default_rng(1), np.zeros(3), OutlookConfig(decision_s=0.0), 10).any()


def still_held(n, k, miss):
    """Probability that n looks hold no run of k misses."""
    held = np.zeros(k)
    held[0] = 1.0  # by the length of the present run
    for _ in range(n):
        held = np.concatenate([[held.sum() * (1.0 - miss)], held[:-1] * miss])
    return held.sum()


@pytest.mark.slow
def test_the_work_goes_on_while_the_track_is_held():
    """Reports at a rate of 0.5/s, steps of 1 s: lost by a run of 6 misses, and then begun anew."""
    start = flights([0, 0, 100, 30, 0, 0], told=0.5)
    _, decided, _ = flown(
        start, ways(lost=5.0, least=1.0, most=1.0), goals(), futures=20_000, delay=50.0, horizon=600.0
    )
    at_once = decided[:, 0] <= 50.0 + 1e-6
    assert at_once.mean() == pytest.approx(still_held(50, 6, np.exp(-0.5)), abs=0.015)
    assert decided[~at_once, 0].min() > 54.0  # two more reports at 0.5/s confirm it, after the loss


def test_out_of_sight_a_track_is_lost_after_the_time_that_the_tracker_waits():
    start = flights([0, 0, 100, 30, 0, 0], silent=20.0)
    for delay, decided in ((39.0, 39.0), (41.0, np.inf)):
        _, found, _ = flown(start, ways(lost=60.0, least=1.0, most=1.0), goals(), delay=delay)
        assert found[0, 0] == decided


def test_what_is_seen_depends_on_where_it_flies():
    """A wall of sight at e < 0 and below 200 m: beyond it, and above, nobody reports it."""
    rate = np.zeros((2, 101, 101))
    rate[0, :, :50] = 5.0
    sight = Sight(rate, np.array([100.0, 400.0]), -50_000.0, 1000.0)
    x = [[-9000.0, 0, 100, 50, 0, 0], [-9000.0, 0, 300, 50, 0, 0], [-900.0, 0, 100, 50, 0, 0]]
    _, decided, _ = flown(flights(x), ways(lost=10.0), goals(), delay=100.0, sight=sight)
    assert decided[0, 0] == pytest.approx(100.0)
    assert np.isinf(decided[0, 1:]).all()


# assess.approach -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cases", "futures"), [(10, 2000), pytest.param(80, 4000, marks=pytest.mark.slow)])
def test_it_agrees_with_the_rays_where_both_say_the_same(cases, futures):
    """White-noise acceleration alone, as assess.approach has it: it errs by 0.02 on average, 0.1 at worst."""
    rng, errors = np.random.default_rng(11), []
    for case in range(cases):
        radius, x, P = random_case(rng)
        told, times = circle_of(x, P, radius)
        start = flights(x, P)
        arrival, _, _ = flown(
            start, ways(q_u=0.05, q_up=0.005, least=0.5, fast=0.0),
            goals((0, 0), radius=radius, ceiling=3000.0), futures=futures, seed=case,
        )  # fmt: skip
        come = np.isfinite(arrival[:, 0, 0])
        errors.append(come.mean() - told)
        if come.sum() > 200:
            assert np.median(arrival[come, 0, 0]) == pytest.approx(times[1], rel=0.15, abs=8.0)
    noise = 0.5 / np.sqrt(futures)
    assert np.abs(errors).mean() < 0.02 + noise
    assert np.abs(errors).max() < 0.1 + 3 * noise


def circle_of(x, P, radius):
    found = entries(x[None], P[None], circle(radius, floor=-1e6), np.array([0.05, 0.05, 0.005]), 600.0)
    return found.probability[0, 0], found.time[0, 0]
