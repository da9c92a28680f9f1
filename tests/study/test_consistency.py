"""Errors are as large as the tracker says, for every kind of sensor in the registry."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.errors import ConfigError
from vedette.kernel.motion import white_acceleration
from vedette.study import consistency as study
from vedette.study.consistency import MOTIONS, PLACING, example, matrices, measure, stepped
from vedette.tracker import Plots
from vedette.tracker.plots import without_guess
from vedette.types import Kind

# What a track feed sends is taken for other trackers' tracks, whose errors hang together; those of a
# simulated one do not, so that the tracker is on the careful side.
INDEPENDENT = [kind for kind in PLACING if kind != "tracks"]


def luck(number):
    return np.random.default_rng([1, number])


@pytest.mark.parametrize("kind", PLACING)
def test_every_kind_can_be_flown_past_and_nobody_is_lost(kind):
    got = measure(kind, "single", luck, runs=2, length=20)
    assert got.held == 1.0
    assert got.samples == 2 * 16 * 8
    low, high = (0.75, 1.25) if kind in INDEPENDENT else (0.4, 1.1)
    assert low < got.nees_factor < high
    assert low < got.nis_factor < high


@pytest.mark.slow
@pytest.mark.parametrize("kind", INDEPENDENT)
def test_nees_and_nis_lie_inside_their_bounds(kind):
    """96 tracks a second against the 95 % bounds, six times 56 seconds."""
    got = measure(kind, "single", luck, runs=12, groups=6, length=60)
    assert got.nees_factor == pytest.approx(1.0, abs=0.03)
    assert got.nis_factor == pytest.approx(1.0, abs=0.03)
    assert got.nis_inside >= 0.9
    if kind == "radar2d":  # bent in space, where its errors are no Gaussian
        assert got.straight_nees_factor == pytest.approx(1.0, abs=0.04)
        assert got.straight_nees_inside >= 0.9
    else:
        assert got.nees_inside >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("kind", INDEPENDENT)
def test_three_ways_of_moving_are_right_in_the_mean(kind):
    got = measure(kind, "imm", luck, runs=6, length=40)
    assert 0.8 < got.nees_factor < 1.25


def test_a_step_moves_as_its_matrices_say():
    step = white_acceleration(3.0, 2.0)
    F, Q = matrices(step)
    rng = np.random.default_rng(1)
    x = np.tile(np.arange(6.0), (200_000, 1))
    moved = stepped(x, step, rng.standard_normal((2, len(x), 3)))
    np.testing.assert_allclose(moved.mean(axis=0), F @ np.arange(6.0), atol=0.05)
    np.testing.assert_allclose(np.cov(moved.T), Q, atol=0.1)


def test_a_kind_with_a_key_that_nobody_knows_is_refused_by_name(monkeypatch):
    less = {name: value for name, value in study.VALUES.items() if name != "elevation_beamwidth"}
    monkeypatch.setattr(study, "VALUES", less)
    with pytest.raises(ConfigError, match="elevation_beamwidth of a radar3d"):
        example("radar3d")


# --- heights that nobody measured


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
def test_beside_little_noise_of_range_a_height_nobody_knows_is_right_in_the_mean(seed, monkeypatch):
    """3 m, a tenth of the usual: nearly all of the error along the ground is from bending then, no Gaussian,
    but as large as said."""
    monkeypatch.setattr(study, "OWN", {})
    got = measure("radar2d", "single", lambda number: np.random.default_rng([seed, number]))
    assert 0.88 < got.nees_factor < 1.13


def test_a_radar_without_height_bends_as_its_conversion_does():
    """c h by finite differences of the conversion at heights of the prior and around; half a kilometre off,
    the tangent bent by ½ c h² meets the place."""
    radar = example("radar2d")
    z, R = np.array([[12_000.0, 0.7], [20_000.0, 4.0]]), np.zeros((2, 3, 3))
    R[:, 0, 0], R[:, 1, 1], R[:, 2, 2] = 1e-4, 1e-12, 1e-4

    def at(change):
        heights = np.full(2, radar.station.site.height + radar.config.height_prior + change)
        return radar.convert(Kind.RANGE_AZ_HEIGHT, np.column_stack([z, heights]), R)[0]

    up, c, h0 = radar.bend(at(0.0))
    np.testing.assert_allclose(c, (at(50.0) + at(-50.0) - 2.0 * at(0.0)) / 2500.0, atol=2e-6)
    np.testing.assert_allclose(at(0.0) @ up, h0, atol=0.05)
    up, c, h0 = radar.bend(at(500.0))
    h = at(500.0) @ up - h0
    tangent = (at(5.0) - at(-5.0)) / 10.0
    np.testing.assert_allclose(
        at(0.0) + tangent * h[:, None] + 0.5 * c * (h * h)[:, None], at(500.0), atol=0.15
    )


def test_a_guess_moves_a_plot_as_the_height_does():
    """∂p/∂h σ_h by finite differences of the conversion itself, for a radar on a hill away from the site."""
    radar = example("radar2d")
    z, R = np.array([[12_000.0, 0.7], [20_000.0, 4.0]]), np.repeat(np.diag([900.0, 1e-5])[None], 2, axis=0)
    y, _ = radar.convert(Kind.RANGE_AZ, z, R)
    guess = radar.guess([Kind.RANGE_AZ] * 2, y)
    ends = []
    for change in (-1.0, 1.0):
        heights = np.full(2, radar.station.site.height + radar.config.height_prior + change)
        z3, R3 = np.column_stack([z, heights]), np.zeros((2, 3, 3))
        R3[:, :2, :2], R3[:, 2, 2] = R, 1.0
        ends.append(radar.convert(Kind.RANGE_AZ_HEIGHT, z3, R3)[0])
    np.testing.assert_allclose(guess / 300.0, (ends[1] - ends[0]) / 2.0, atol=2e-3)
    assert not radar.guess([Kind.RANGE_AZ_HEIGHT] * 2, y).any()


def test_what_was_guessed_is_believed_once():
    """Thirty plots of one place, without a height: its variance stays nearly that of the prior."""
    from tests.tracker.test_mixed_scan import imm

    pmb, guess = imm(), np.array([[-30.0, 0.0, 300.0]])
    for k in range(30):
        R = np.diag([900.0, 900.0, 1.0])[None] + guess[:, :, None] * guess[:, None, :]
        plots = Plots(
            z=np.array([[12_000.0, 0.0, 1500.0]]), R=R, tau=np.zeros(1), clutter=np.full(1, 1e-12),
            p_detect=np.full(1, 0.9), t=np.full(1, k), code=np.full(1, -1),
        )  # fmt: skip
        if k:
            pmb.predict(0.01, 1.0)  # too short to drift
        pmb.look(without_guess(plots, guess), np.full(len(pmb.bernoullis), 0.9), looking=True)
    _, cov = pmb.combined()
    assert pmb.bernoullis.r[0] > 0.99
    assert 0.9 * 300.0**2 < cov[0, 2, 2] < 1.05 * 300.0**2
    assert cov[0, 1, 1] < 4 * 900.0 / 30  # a straight line through thirty places


def test_motions_are_those_of_the_tracker():
    assert [len(motion.models) for motion in MOTIONS.values()] == [1, 3]
