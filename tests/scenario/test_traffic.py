"""Plain traffic has the statistics it says, and the same seed gives the same traffic."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from vedette.scenario.traffic import Traffic

FLAT = Traffic(targets=400, seed=1)
DEEP = Traffic(targets=400, seed=2, dims=3, density=16.0)


@pytest.mark.parametrize("traffic", [FLAT, DEEP], ids=["2-D", "3-D"])
def test_the_same_seed_gives_the_same_traffic(traffic):
    one, again, other = list(traffic), list(traffic), list(replace(traffic, seed=traffic.seed + 1))
    for a, b in zip(one, again, strict=True):
        np.testing.assert_array_equal(a.states, b.states)
        np.testing.assert_array_equal(a.plots, b.plots)
    assert not np.array_equal(one[0].plots[:5], other[0].plots[:5])


@pytest.mark.parametrize("traffic", [FLAT, DEEP], ids=["2-D", "3-D"])
def test_noise_detection_and_clutter_are_as_stated(traffic):
    moments, D = list(traffic), traffic.dims
    errors, seen, alive, false = [], 0, 0, []
    for m in moments:
        real = m.origin >= 0
        row = np.searchsorted(m.ids, m.origin[real])
        assert np.array_equal(m.ids[row], m.origin[real])
        errors.append(m.plots[real] - m.states[row, :D])
        seen, alive = seen + int(real.sum()), alive + len(m.ids)
        false.append(m.plots[~real])
    errors, false = np.concatenate(errors), np.concatenate(false)
    assert errors.std(axis=0) == pytest.approx(traffic.sigma, rel=0.02)  # over 20,000 plots
    assert errors.mean(axis=0) == pytest.approx(0.0, abs=0.6)
    assert seen / alive == pytest.approx(traffic.p_detect, abs=0.01)
    assert len(false) / len(moments) == pytest.approx(traffic.clutter * traffic.volume, rel=0.07)
    assert false.mean(axis=0) == pytest.approx(traffic.corner / 2, rel=0.05)


@pytest.mark.parametrize("traffic", [FLAT, DEEP], ids=["2-D", "3-D"])
def test_the_targets_move_as_the_filters_are_told(traffic):
    """Increments over one period: q [[T³/3, T²/2], [T²/2, T]] on every axis (Bar-Shalom 6.2.2-4)."""
    D, noise = traffic.dims, []
    moments = list(traffic)
    for before, after in pairwise(moments):
        _, a, b = np.intersect1d(before.ids, after.ids, return_indices=True)
        x, y = before.states[a], after.states[b]
        noise.append(np.stack([y[:, :D] - x[:, :D] - x[:, D:], y[:, D:] - x[:, D:]], axis=2).reshape(-1, 2))
    found = np.cov(np.concatenate(noise).T)
    np.testing.assert_allclose(found, [[1 / 3, 1 / 2], [1 / 2, 1.0]], rtol=0.03)


@pytest.mark.parametrize("traffic", [FLAT, DEEP], ids=["2-D", "3-D"])
def test_numbers_stay_level_and_nobody_leaves_the_region(traffic):
    moments = list(traffic)
    counts = np.array([len(m.ids) for m in moments])
    assert counts[0] == traffic.targets
    assert counts.mean() == pytest.approx(traffic.targets, rel=0.12)
    for m in moments:
        assert (m.states[:, : traffic.dims] >= 0.0).all()
        assert (m.states[:, : traffic.dims] <= traffic.corner).all()
        assert (np.diff(m.ids) > 0).all()
    assert traffic.targets / traffic.side**2 == pytest.approx(traffic.density * 1e-6)


def test_speeds_at_birth_have_the_spread_the_trackers_are_given():
    first = next(iter(replace(FLAT, targets=40_000)))
    speed = np.linalg.norm(first.states[:, 2:], axis=1)
    assert FLAT.slowest <= speed.min()
    assert speed.max() <= FLAT.fastest
    assert first.states[:, 2:].std(axis=0) == pytest.approx(np.array(FLAT.speed_sigma), rel=0.02)
