"""Envelopes over hills, and the ways that stand for a track."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.advise.engagements import built, gun, jammer, sure_track, ways
from tests.assess.air import FRAME, make_track
from vedette.advise.envelope import MASKED
from vedette.advise.paths import NODES, SAMPLES
from vedette.assess.approach import predict
from vedette.assess.zone import level
from vedette.geo import Terrain
from vedette.sensor.station import Station


def hills() -> Terrain:
    axis = np.linspace(-8e3, 8e3, 161)
    east, north = np.meshgrid(axis, axis)
    bumps = 60.0 * np.sin(east / 900.0) * np.cos(north / 1_300.0) + 30.0 * np.sin((east - north) / 400.0)
    return Terrain.of(FRAME, FRAME.height + bumps, 100.0)


def test_hills_hide_from_an_effector_what_they_hide_from_a_sensor() -> None:
    """The same look-up as of sensors, whose is checked against GDAL."""
    terrain = hills()
    place = {"bearing": 40.0, "distance": 700.0}
    ground = float(terrain.ground(np.array([450.0, 536.0]))) - FRAME.height
    config = gun(
        range_max=6_000.0, height_min=-500.0, height_max=9_000.0, **{**place, "height": ground + 5.0}
    )
    effector = built(config, terrain)
    rng = np.random.default_rng(3)
    x = np.column_stack([rng.uniform(-5e3, 5e3, (4_000, 2)), rng.uniform(0, 200, 4_000)])
    x = x[np.linalg.norm(x - effector.position, axis=1) < 5_900.0]
    station = Station.at("s", config, FRAME, frozenset()).over(terrain, 6_000.0)
    seen = station.above_horizon(station.local(x))
    assert 0.2 < seen.mean() < 0.9
    agree = effector.holds(x) == seen
    assert agree.mean() > 0.999  # heights of the two frames differ by millimetres
    assert set(effector.where(x[~seen]).tolist()) <= {MASKED, 0}
    bare = built(gun(range_max=6_000.0, height_min=-500.0, height_max=9_000.0, line_of_sight=False,
                     **{**place, "height": ground + 5.0}), terrain)  # fmt: skip
    assert bare.holds(x).all()


def test_heights_count_from_the_ground() -> None:
    terrain = Terrain.of(FRAME, np.full((161, 161), FRAME.height + 40.0), 100.0)
    effector = built(gun(height=45.0, height_min=30.0, height_max=200.0), terrain)
    x = np.array([[1_000.0, 0.0, h] for h in (60.0, 80.0, 230.0, 250.0)])
    assert effector.holds(x).tolist() == [False, True, True, False]


def test_a_sector_turns_clockwise_through_north() -> None:
    effector = built(gun(sector=(300.0, 60.0)))
    turn = np.radians([0.0, 59.0, 61.0, 180.0, 299.0, 301.0])
    x = np.column_stack([1_000 * np.sin(turn), 1_000 * np.cos(turn), np.full(6, 50.0)])
    assert effector.holds(x).tolist() == [True, True, False, False, False, True]


def test_damage_and_kill_share_the_hits() -> None:
    effector = built(gun(kill={"other": 0.6}, damaged=0.25))
    assert float(effector.kill(500.0, "bird")) == pytest.approx(0.6)
    assert float(effector.damage(500.0, "bird")) == pytest.approx(0.2)  # of 0.8 hits a quarter
    assert float(built(jammer()).flight_s(2_000.0)) == 8.0
    assert float(effector.flight_s(1_600.0)) == 2.0


def test_the_ways_have_the_mean_and_covariance_of_the_prediction() -> None:
    q = np.array([0.05, 0.05, 0.005])
    track = make_track(0.0, (4_000.0, -2_000.0, 3_000.0), (-40.0, 25.0, 0.5), sigma=40.0, sigma_v=1.5)
    way = ways(track, turbulence=(0.05, 0.005))
    x = level(FRAME, track.estimate.x[None])
    for j in (0, 10, len(way.times) - 1):
        mean, P = predict(x, track.estimate.P[None], way.times[j : j + 1], q)
        X = way.X[0, :, j].copy()
        X[:, 2] = FRAME.height_above(X)
        np.testing.assert_allclose(X.mean(axis=0), mean[0, :3], rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(np.cov(X.T, bias=True), P[0, :3, :3], rtol=1e-6, atol=1e-3)
    np.testing.assert_allclose(NODES.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(NODES.T @ NODES / SAMPLES, np.eye(9), atol=1e-12)


def test_a_way_ends_where_it_comes_to_an_asset_and_flies_through_no_hill() -> None:
    from vedette.assess.zone import Asset

    asset = Asset(name="tower", position=np.array([0.0, 0.0, 0.0]), radius=300.0, value=1.0)
    there, past = (
        sure_track((5_000.0, 0.0, 90.0), (-50.0, 0.0, 0.0)),
        sure_track((5_000.0, 400.0, 90.0), (-50.0, 0, 0)),
    )
    high = sure_track((5_000.0, 0.0, 9_000.0), (-50.0, 0.0, 0.0))
    way = ways(there, past, high, assets=[asset])
    assert way.until[0] == pytest.approx(np.full(SAMPLES, 94.0))
    assert np.isinf(way.until[1:]).all()
    terrain = hills()
    over = ways(make_track(0.0, (5_000.0, 0.0, 60.0), (-50.0, 0.0, -1.0), sigma=50.0), terrain=terrain)
    inside = np.abs(over.X[0, :, :, 0]) < 7_000.0
    clear = FRAME.height + FRAME.height_above(over.X[0]) - terrain.ground(over.X[0])
    assert clear[inside & np.isfinite(clear)].min() > -1e-6
    assert math.isfinite(float(over.X.sum()))
