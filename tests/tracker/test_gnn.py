"""The plain baseline: exact assignment, M of N, and the same picture as other people's nearest neighbours."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side import measure
from vedette.tracker import Gnn, GnnConfig, Plots

SIGMA, CLUTTER, P_D = 20.0, 1e-7, 0.9


def scan(k, *positions):
    z = np.array(positions, float).reshape(-1, 2)
    M = len(z)
    return Plots(
        z=z, R=np.repeat(SIGMA**2 * np.eye(2)[None], M, axis=0), tau=np.zeros(M), clutter=np.full(M, CLUTTER),
        p_detect=np.full(M, P_D), t=np.full(M, k, np.int64), code=np.full(M, -1, np.int64),
    )  # fmt: skip


def step(tracker, k, *positions, looking=True):
    if k:
        tracker.predict(1.0)
    tracker.look(scan(k, *positions), np.full(len(tracker.tracks), P_D), looking=looking)
    tracker.forget(tracker.worth_keeping())


def tracker(**config):
    return Gnn(n=4, sigma_v=(20.0, 20.0), config=GnnConfig(**config))


def test_three_hits_confirm_and_three_misses_in_a_row_drop():
    one = tracker()
    for k in range(3):
        step(one, k, (10.0 * k, 0.0))
        assert len(one.confirmed()) == (k == 2)
    for k in range(3, 6):
        assert len(one.tracks) == 1
        step(one, k)
    assert len(one.tracks) == 0


def test_three_hits_must_fall_within_five_looks():
    one = tracker(gamma=30.0)
    hits = {0, 2, 5}  # of any five looks in a row only two, until the seventh
    for k in range(6):
        step(one, k, *([(0.0, 0.0)] if k in hits else []))
    assert len(one.tracks) == 1
    assert len(one.confirmed()) == 0
    step(one, 6, (0.0, 0.0))
    assert len(one.confirmed()) == 1


def test_a_look_elsewhere_is_no_miss():
    one = tracker()
    step(one, 0, (0.0, 0.0))
    for k in range(1, 9):
        step(one, k, looking=False)
    assert len(one.tracks) == 1


def best_by_trying_all(x, S, z, gamma):
    """The assignment of least total d² + ln|S| − unassigned costs, over every permutation."""
    cost = np.zeros((len(x), len(z)))
    for i, j in np.ndindex(*cost.shape):
        nu = z[j] - x[i]
        d2 = nu @ np.linalg.solve(S[i], nu)
        log_l = -0.5 * (d2 + np.log(np.linalg.det(2 * np.pi * S[i])))
        gain = np.log(P_D / (1 - P_D)) + log_l - np.log(CLUTTER)
        cost[i, j] = gain if d2 < gamma else 0.0
    padded = np.hstack([np.maximum(cost, 0.0), np.zeros((len(x), len(x)))])
    tries = permutations(range(padded.shape[1]), len(x))
    best = max(tries, key=lambda chosen: sum(padded[i, j] for i, j in enumerate(chosen)))
    return {(i, j) for i, j in enumerate(best) if j < len(z) and cost[i, j] > 0.0}


@pytest.mark.parametrize("seed", range(12))
def test_crowded_tracks_share_the_plots_as_well_as_any_choice_could(seed):
    rng = np.random.default_rng(seed)
    one = tracker()
    for k in range(3):
        step(one, k, *(60.0 * np.arange(4)[:, None] * [1.0, 0.3]))
    one.predict(1.0)
    x, S = one.tracks.x[:, :2].copy(), one.tracks.P[:, :2, :2] + SIGMA**2 * np.eye(2)
    z = x[rng.permutation(4)[:3]] + rng.normal(0.0, 45.0, (3, 2))
    one.look(scan(3, *z), np.full(4, P_D), looking=True)
    hit = one.tracks.history[:4, 0]
    expected = best_by_trying_all(x, S, z, one.config.gamma)
    assert {i for i, _ in expected} == set(np.flatnonzero(hit).tolist())
    for i, j in expected:  # the Kalman update with that very plot
        gain = (S[i] - SIGMA**2 * np.eye(2)) @ np.linalg.inv(S[i])
        np.testing.assert_allclose(one.tracks.x[i, :2], x[i] + gain @ (z[j] - x[i]), rtol=1e-9)


def test_confirmed_tracks_choose_first():
    one = tracker()
    for k in range(3):
        step(one, k, (0.0, 0.0))
    step(one, 3, (0.0, 0.0), (200.0, 0.0))  # a tentative track beside a confirmed one
    step(one, 4, (30.0, 0.0))  # nearer to the confirmed one, and nothing else there
    assert one.tracks.history[:, 0].tolist() == [True, False]


def test_the_picture_is_that_of_stone_soups_nearest_neighbours():
    """Same plots, same rule (2 hits, 2 misses, d < 3.5): GOSPA within 1 % of its KD-tree GNN."""
    pytest.importorskip("stonesoup")
    traffic = Traffic(targets=30, seed=5, scans=25)
    ours, theirs = measure("vedette-gnn", traffic), measure("stonesoup-kdgnn", traffic)
    assert ours.gospa == pytest.approx(theirs.gospa, rel=0.01)
