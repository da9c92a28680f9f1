"""The bridge: what one side says, the other understands, by Stone Soup's own models."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from vedette.errors import MeasurementError
from vedette.geo.frame import to_polar
from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side import measure
from vedette.types import Detection, Estimate, Field, Kind, Status, Track, Truth

pytest.importorskip("stonesoup")

from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.measurement.nonlinear import (
    CartesianToBearingRange,
    CartesianToElevationBearing,
    CartesianToElevationBearingRange,
)
from stonesoup.types.detection import Detection as TheirDetection
from stonesoup.types.state import State

from vedette.study import stonesoup as bridge

PLACE = np.array([100.0, -200.0, 30.0])
TARGETS = np.array([[900.0, 400.0, 130.0], [-700.0, 2000.0, 300.0], [40.0, -900.0, 35.0]])
R_POLAR = np.diag([25.0, 1e-4, 4e-4])
T0 = 1_700_000_000_123_456_000


def polar_report(position, kind=Kind.RANGE_AZ_EL):
    z = to_polar(position - PLACE)
    z, R = {
        Kind.RANGE_AZ_EL: (z, R_POLAR),
        Kind.AZ_EL: (z[1:], R_POLAR[1:, 1:]),
        Kind.AZ: (z[1:2], R_POLAR[1:2, 1:2]),
    }[kind]
    return Detection(t=T0, t_rx=T0, sensor="north", seq=7, kind=kind, z=z, R=R, claims={"snr_db": 12.0})


def state(position, velocity=(1.0, 2.0, 3.0)):
    return State(np.ravel(np.column_stack([position, velocity]))[:, None])


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("kind", [Kind.RANGE_AZ_EL, Kind.AZ_EL, Kind.AZ])
def test_their_model_of_our_report_measures_what_we_measured(kind, target):
    """h(x) of the model that comes with the detection, where the target is, gives its numbers."""
    theirs = bridge.to_detection(polar_report(target, kind), PLACE)
    predicted = np.asarray(theirs.measurement_model.function(state(target)), float)
    difference = np.asarray(theirs.state_vector, float) - predicted
    np.testing.assert_allclose(np.remainder(difference + 1.0, 2 * math.pi) - 1.0, 0.0, atol=1e-9)
    assert theirs.metadata == {"sensor": "north", "seq": 7, "snr_db": 12.0}
    assert bridge.to_ns(theirs.timestamp) == T0


def test_a_report_survives_the_journey():
    ours = polar_report(TARGETS[1])
    back = bridge.from_detection(bridge.to_detection(ours, PLACE), sensor="north", seq=7)
    np.testing.assert_allclose(back.z, ours.z, rtol=1e-12)
    np.testing.assert_allclose(back.R, ours.R, rtol=1e-12)
    assert back.key == ours.key


def test_reports_without_a_counterpart_are_refused_in_a_sentence():
    geodetic = Detection(
        t=0, t_rx=0, sensor="s", seq=0, kind=Kind.GEODETIC, z=np.array([0.9, 0.1, 50.0]), R=np.eye(3)
    )
    with pytest.raises(MeasurementError, match="convert it with its sensor"):
        bridge.to_detection(geodetic, PLACE)
    position = TheirDetection(np.zeros((3, 1)), measurement_model=LinearGaussian(6, (0, 2, 4), np.eye(3)))
    with pytest.raises(MeasurementError, match="position_of"):
        bridge.from_detection(position, sensor="s", seq=0)
    bearing = CartesianToElevationBearing(6, (0, 2, 4), np.eye(2))
    with pytest.raises(MeasurementError, match="CartesianToElevationBearing"):
        bridge.position_of(TheirDetection(np.zeros((2, 1))), bearing)


def test_positions_are_where_their_own_inverse_puts_them():
    """Little noise: unbiased conversion and plain inversion agree; turned and shifted sensors too."""
    turned = CartesianToElevationBearingRange(
        6, (0, 2, 4), np.diag([1e-10, 1e-10, 1e-4]), translation_offset=PLACE[:, None],
        rotation_offset=np.array([[0.1], [-0.2], [0.7]]),
    )  # fmt: skip
    flat = CartesianToBearingRange(
        4, (0, 2), np.diag([1e-10, 1e-4]), translation_offset=PLACE[:2, None],
        rotation_offset=np.array([[0.0], [0.0], [0.4]]),
    )  # fmt: skip
    for target in TARGETS:
        for model, x in ((turned, state(target)), (flat, state(target[:2], (1.0, 2.0)))):
            seen = TheirDetection(model.function(x), measurement_model=model)
            y, _, _ = bridge.position_of(seen, model)
            theirs = np.asarray(model.inverse_function(seen), float)[list(model.mapping), 0]
            np.testing.assert_allclose(y, theirs, atol=1e-5)
            np.testing.assert_allclose(y, target[: len(y)], atol=1e-5)


def test_the_covariance_and_the_density_follow_the_model():
    """S = J⁻¹ R J⁻ᵀ and |det J| with Stone Soup's own Jacobian, where the noise is small."""
    R = np.diag([1e-8, 4e-8, 0.25])
    model = CartesianToElevationBearingRange(6, (0, 2, 4), R, translation_offset=PLACE[:, None])
    x = state(TARGETS[0])
    _, S, density = bridge.position_of(TheirDetection(model.function(x)), model)
    J = np.asarray(model.jacobian(x), float)[:, [0, 2, 4]]
    np.testing.assert_allclose(S, np.linalg.inv(J) @ R @ np.linalg.inv(J).T, rtol=1e-3, atol=1e-6)
    assert density == pytest.approx(abs(np.linalg.det(J)), rel=1e-6)


def test_truths_survive_the_journey():
    rng = np.random.default_rng(1)
    truths = [
        Truth(t=T0 + k * 10**9, id=name, klass="quadcopter", x=rng.normal(size=6))
        for k in range(4) for name in ("a", "b")
    ]  # fmt: skip
    paths = bridge.to_truths(reversed(truths))
    assert {path.id: len(path) for path in paths} == {"a": 4, "b": 4}
    back = bridge.from_truths(paths)
    assert [(t.t, t.id, t.klass) for t in back] == [(t.t, t.id, t.klass) for t in truths]
    np.testing.assert_array_equal([t.x for t in back], [t.x for t in truths])


def snapshot(k, status=Status.CONFIRMED):
    rng = np.random.default_rng(k)
    A = rng.normal(size=(6, 6))
    identity = {"callsign": Field(value="AFR34ZG", source="receiver", t=T0)}
    return Track(
        id=3, status=status, existence=0.9 + 0.01 * k, identity=identity, klass={}, contributors={},
        hits=k + 1,
        estimate=Estimate(t=T0 + k * 10**9, x=rng.normal(size=6), P=A @ A.T + np.eye(6), frame="enu:base"),
        t_born=T0, t_updated=T0 + k * 10**9,
    )  # fmt: skip


def test_tracks_survive_the_journey():
    pictures = [[snapshot(0)], [snapshot(1)], [snapshot(2, Status.DROPPED)]]
    (track,) = bridge.to_tracks(pictures)
    assert len(track) == 2
    assert track.metadata["callsign"] == "AFR34ZG"
    back, last = bridge.from_track(track, 3, "enu:base"), snapshot(1)
    np.testing.assert_array_equal(back.estimate.x, last.estimate.x)
    np.testing.assert_array_equal(back.estimate.P, last.estimate.P)
    assert (back.id, back.existence, back.t_born) == (3, last.existence, T0)
    assert back.estimate.t == last.estimate.t


def tracker(traffic, **changes):
    settings = {
        "noise_diff_coeff": traffic.q, "prob_detect": traffic.p_detect,
        "clutter_spatial_density": traffic.clutter, "mean_life": 1.0 / traffic.death,
        "birth_density": traffic.births * traffic.targets / traffic.volume,
        "speed_sigma": traffic.speed_sigma,
    }  # fmt: skip
    return bridge.PmbTracker(**settings | changes)


def their_scans(traffic, model):
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for k, moment in enumerate(traffic):
        t = start + timedelta(seconds=k)
        yield t, {TheirDetection(z[:, None], measurement_model=model, timestamp=t) for z in moment.plots}


@pytest.mark.parametrize("dims", [2, 3])
def test_as_one_of_their_trackers_it_sees_what_it_sees_alone(dims):
    traffic = Traffic(targets=20, seed=6, dims=dims, scans=20)
    model = LinearGaussian(2 * dims, tuple(range(0, 2 * dims, 2)), traffic.sigma**2 * np.eye(dims))
    moments, found = list(traffic), []
    from vedette.kernel.gospa import gospa

    bridged = tracker(traffic, detector=their_scans(traffic, model))
    for moment, (_, tracks) in zip(moments, bridged, strict=True):
        y = np.array([np.asarray(track.mean, float)[::2, 0] for track in tracks]).reshape(-1, dims)
        found.append(gospa(moment.states[:, :dims], y, c=100.0).distance)
    assert np.mean(found) == pytest.approx(measure("vedette", traffic).gospa, rel=0.02)
    longest = max(tracks, key=len)
    assert len(longest) >= 15
    assert longest.metadata["existence"] > 0.9


def test_states_may_have_all_positions_first():
    traffic = Traffic(targets=5, seed=6, scans=8)
    model = LinearGaussian(4, (0, 1), traffic.sigma**2 * np.eye(2))
    *_, (_, tracks) = tracker(traffic, detector=their_scans(traffic, model))
    last = list(traffic)[-1].states
    for track in tracks:
        x = np.asarray(track.mean, float)[:, 0]
        assert np.linalg.norm(last[:, :2] - x[:2], axis=1).min() < 100.0


def test_a_state_of_other_axes_is_refused():
    t, model = datetime(2024, 1, 1, tzinfo=UTC), LinearGaussian(6, (0, 2, 4), np.eye(3))
    seen = {TheirDetection(np.zeros((3, 1)), measurement_model=model, timestamp=t)}
    one = tracker(Traffic(targets=5, seed=6))
    with pytest.raises(MeasurementError, match="positions and velocities of 2 axes"):
        one.update_tracker(t, seen)


def test_polar_plots_are_tracked_too():
    """One target past a radar: polar detections, with no more clutter than one false plot in twenty looks."""
    model = CartesianToElevationBearingRange(
        6, (0, 2, 4), np.diag([1e-3**2, 1e-3**2, 5.0**2]), translation_offset=PLACE[:, None]
    )
    one = tracker(
        Traffic(targets=1, seed=1, dims=3), clutter_spatial_density=0.05 / (4 * math.pi * 5000),
        birth_density=1e-13, speed_sigma=(20.0, 20.0, 5.0),
    )  # fmt: skip
    rng, start = np.random.default_rng(3), datetime(2024, 1, 1, tzinfo=UTC)
    for k in range(25):
        x = state(np.array([2000.0 - 20.0 * k, 500.0 + 15.0 * k, 200.0]), (-20.0, 15.0, 0.0))
        noise = rng.normal(size=(3, 1)) * [[1e-3], [1e-3], [5.0]]
        t = start + timedelta(seconds=k)
        seen = {TheirDetection(model.function(x) + noise, measurement_model=model, timestamp=t)}
        _, tracks = one.update_tracker(t, seen if k != 12 else set())
    (track,) = tracks
    np.testing.assert_allclose(
        np.asarray(track.mean, float)[:, 0], np.asarray(x.state_vector)[:, 0], atol=10.0
    )
