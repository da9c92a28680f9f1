"""Delay, false tracks, continuity, accuracy, latency, warning: hand-made runs with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.metric.arrays import NS
from vedette.metric import (
    AccuracyMetric,
    Associations,
    Ball,
    ContinuityMetric,
    FalseTrackMetric,
    IdSiapMetric,
    InitiationMetric,
    LatencyMetric,
    WarningMetric,
    associate,
    track_paths,
    truth_paths,
)
from vedette.metric.continuity import target_hours

T = np.arange(101) * NS  # 100 s at 1 Hz


def east(n: int, first: int, last: int, *, north: float = 0.0) -> list[tuple[int, int, list[float]]]:
    """(step, who, x): object n flies east along `north` at 20 m/s, alive from step first to last."""
    return [(k, n, [20.0 * k - 2000.0, north, 100.0, 20.0, 0.0, 0.0]) for k in range(first, last + 1)]


def truths(*rows, **kw):
    step, who, x = zip(*(row for some in rows for row in some), strict=True)
    return truth_paths(T, step, who, x, **kw)


def tracks(*rows, **kw):
    step, who, x = zip(*(row for some in rows for row in some), strict=True)
    return track_paths(T, step, who, x, **kw)


def test_association_begins_after_three_and_ends_after_two():
    truth = truths(east(0, 0, 100), east(1, 0, 100, north=500.0))
    # Two reports near target 1 are too few to begin; one report away from target 0 is too little to end.
    seen = tracks(
        east(0, 0, 30), east(0, 31, 31, north=480.0), east(0, 32, 60), east(0, 61, 80, north=490.0)
    )  # fmt: skip
    who = associate(truth, seen, c=50.0)
    assert [v.tolist() for v in (who.truth, who.track, who.first, who.last)] == [
        [0, 1], [0, 0], [0, 61], [60, 80],
    ]  # fmt: skip


def test_holders_are_the_fewest_segments():
    who = Associations.of([(0, 1, 0, 10), (0, 2, 5, 30), (0, 3, 8, 20), (0, 1, 31, 40), (0, 4, 50, 60)])
    held = who.holders()
    assert [*zip(held.track.tolist(), held.first.tolist(), held.last.tolist(), strict=True)] == [
        (1, 0, 10), (2, 11, 30), (1, 31, 40), (4, 50, 60),
    ]  # fmt: skip


def test_initiation_delay_counts_from_coverage():
    covered = np.ones(3 * 101, bool)
    covered[:10] = False  # target 0 is in sight from 10 s on
    truth = truths(
        east(0, 0, 100), east(1, 0, 100, north=500.0), east(2, 0, 100, north=900.0), covered=covered
    )
    seen = tracks(east(0, 14, 100), east(1, 2, 100, north=500.0))
    got = InitiationMetric().score(truth, seen)
    assert got["targets"] == 3
    assert got["initiated"] == pytest.approx(2 / 3)
    # Delays 4 and 2 s, and the 100 s of the target that nobody reported.
    assert got["delay_median_s"] == 4.0
    assert got["delay_90_s"] == pytest.approx(4.0 + 0.8 * 96.0)


def test_false_tracks_per_hour_and_area():
    truth = truths(east(0, 0, 100))
    seen = tracks(east(0, 0, 100), east(1, 20, 40, north=3000.0), east(2, 60, 70, north=-2000.0))
    got = FalseTrackMetric(area_km2=400.0).score(truth, seen)
    assert got["false_tracks"] == 2
    assert got["false_tracks_per_h"] == pytest.approx(72.0)
    assert got["false_tracks_per_100_km2_h"] == pytest.approx(18.0)
    assert got["false_time_s"] == 30.0


def test_breaks_switches_and_duplicates():
    truth = truths(east(0, 0, 100), east(1, 0, 100, north=500.0))
    seen = tracks(
        east(0, 0, 39), east(1, 50, 100),  # target 0: lost for ten steps, found under another name
        east(2, 0, 60, north=500.0), east(3, 41, 100, north=500.0),  # target 1: handed over while both live
    )  # fmt: skip
    got = ContinuityMetric().score(truth, seen)
    hours = 200.0 / 3600.0
    assert target_hours(truth) == got["target_h"] == pytest.approx(hours)
    assert got["breaks_per_target_h"] == pytest.approx(1 / hours)
    assert got["switches_per_target_h"] == pytest.approx(2 / hours)
    assert got["tracked"] == pytest.approx((91 + 101) / 202)
    assert got["duplicates"] == pytest.approx(20 / 192)
    # Mean life of the tracks on it, over its life: (40 + 51)/2 of 101, and (61 + 40)/2 of 101.
    assert got["continuity"] == pytest.approx((45.5 + 50.5) / 202)


def test_coverage_forgives_what_nobody_could_see():
    covered = np.ones(101, bool)
    covered[40:50] = False
    truth = truths(east(0, 0, 100), covered=covered)
    got = ContinuityMetric().score(truth, tracks(east(0, 0, 39), east(0, 50, 100)))
    assert (got["tracked"], got["breaks_per_target_h"], got["switches_per_target_h"]) == (1.0, 0.0, 0.0)


def test_errors_along_across_and_vertical():
    truth = truths([(k, 0, [20.0 * k, 0, 100, 12, 16, 0]) for k in range(101)])
    # 3 m ahead and 4 m to the left of a course of (0.6, 0.8), 5 m low; 2 m/s too fast along it.
    off = np.array([0.6 * 3 - 0.8 * 4, 0.8 * 3 + 0.6 * 4, -5.0, 1.2, 1.6, 0.0])
    seen = tracks([(k, 0, np.array([20.0 * k, 0, 100, 12, 16, 0]) + off) for k in range(101)])
    got = AccuracyMetric().score(truth, seen)
    assert got["position_rms_m"] == pytest.approx(np.sqrt(50.0))
    assert (got["along_rms_m"], got["across_rms_m"], got["vertical_rms_m"]) == pytest.approx((3, 4, 5))
    assert got["velocity_along_rms_m_per_s"] == pytest.approx(2.0)
    assert got["velocity_across_rms_m_per_s"] == pytest.approx(0.0, abs=1e-12)
    assert got["heading_rms_rad"] == pytest.approx(0.0, abs=1e-12)


def test_a_hovering_target_has_no_course():
    truth = truths([(k, 0, [0, 0, 100, 0, 0, 0]) for k in range(101)])
    seen = tracks([(k, 0, [3, 4, 100, 0, 0.1, 0]) for k in range(101)])
    got = AccuracyMetric().score(truth, seen)
    assert (got["position_rms_m"], got["along_rms_m"], got["heading_rms_rad"]) == (5.0, 0.0, 0.0)


def test_latency_counts_each_report_once():
    steps = np.arange(101)
    # A report every 4 s reaches the picture 0.3 s old; in between the track coasts on it.
    updated = (steps // 4 * 4) * NS - 300_000_000
    got = LatencyMetric().score(truths(east(0, 0, 100)), tracks(east(0, 0, 100), t_updated=updated))
    assert (got["updates"], got["latency_median_s"], got["latency_99_s"]) == (26, 0.3, 0.3)


def test_warning_time_before_entry_and_by_class():
    # Both enter the ball of 400 m at step 81: 2000 − 20 k < 387.3, its section at 100 m height.
    truth = truths(
        east(0, 0, 100), east(1, 0, 100, north=0.0), east(2, 0, 100, north=5000.0),
        klass=["attack", "attack", "bird"],
    )  # fmt: skip
    n = 101 - 30
    p = np.zeros((n, 2))
    p[40:] = (0.9, 0.1)  # sure of its class from step 70 on
    seen = tracks(east(0, 30, 100), classes=("attack", "bird"), p_class=p)
    metric = WarningMetric(inside=Ball(radius=400.0), threats=frozenset({"attack"}))
    got = metric.score(truth, seen)
    assert got["intruders"] == 2
    assert got["warned"] == 0.5
    assert got["warning_share"] == pytest.approx(51 / 162)
    assert got["warning_median_s"] == pytest.approx(25.5)
    assert got["classed_median_s"] == pytest.approx(5.5)


def test_identities_of_followed_targets():
    truth = truths(east(0, 0, 100), east(1, 0, 100, north=500.0), klass=["attack", "bird"])
    p = np.zeros((202, 2))
    p[:101] = (0.9, 0.1)
    p[101:151] = (0.7, 0.3)  # the bird is called an attack for 50 steps, then nothing is said
    seen = tracks(east(0, 0, 100), east(1, 0, 100, north=500.0), classes=("attack", "bird"), p_class=p)
    got = IdSiapMetric().score(truth, seen)
    assert got["id_completeness"] == pytest.approx(151 / 202)
    assert got["id_correctness"] == pytest.approx(101 / 202)
    assert got["id_ambiguity"] == 0.0
